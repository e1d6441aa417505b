"""The known mistakes of a2 in words: what the numbers show, why it tempts, where to read on.

The one table of them: the formative checks and the judge take their words from here.
"""

from __future__ import annotations

from glaucam.checks.base import Mistake
from glaucam.checks.misconception import Misconception

BLOCK = "1.1 One block, by hand"
GATHER = "1.2 From maps to a verdict: average or flatten?"
WRITE_MODEL = "Your turn: RetinalCNN(n_classes)"
LOSS = "2.1 The loss, by hand"
LINES = "2.2 The loop, line by line"
WEIGHTS = "2.3 When glaucoma is rare"
WRITE_LOOP = "Your turn: train_one_epoch(model, loader, optimiser, loss)"
CHOOSE = "3 · Where to draw the line?"
WRITE_CHOICE = "Your turn: operating_point(y_true, p, specificity)"
FIGURES = "4 · What a report must say"
WRITE_REPORT = "Your turn: report(y_true, p, threshold)"

MODEL = {
    "classes-ignored": Misconception(
        "Your network gives the same number of outputs whatever n_classes is.",
        "With two classes, a fixed 2 works, until the OCT data come with four.",
        WRITE_MODEL,
        "Use n_classes in the last linear layer.",
    ),
    "flatten-head": Misconception(
        "Your head flattens the map, so the network takes images of one size only and the linear "
        "layer learns a weight for every place.",
        "Flatten is what many tutorials write; with three poolings it makes most of the numbers.",
        GATHER,
        "Average over height and width, then Linear(128, n_classes).",
    ),
    "batch-axis-lost": Misconception(
        "With one image the batch axis is lost.",
        "squeeze() takes off every axis of length 1, also that of the batch.",
        WRITE_MODEL,
        "Take off the axes by name: mean(dim=(2, 3)) or flatten(1).",
    ),
    "one-output": Misconception(
        "Your network gives one number for each image, not one logit for each class.",
        "With two classes one number would do; the rest of the course wants one for each class.",
        WRITE_MODEL,
        "End with Linear(128, n_classes) and return its output as it is.",
    ),
    "wrong-depth": Misconception(
        "The network has not three 3×3 convolutions.",
        "More or fewer blocks train too, but then it is another network than the one compared.",
        WRITE_MODEL,
        "Three blocks, of 32, 64 and 128 channels.",
    ),
    "wrong-widths": Misconception(
        "The convolutions do not lead from 3 to 32 to 64 to 128 channels.",
        "Any widths that fit one another run without an error.",
        WRITE_MODEL,
        "Conv2d(3, 32, …), Conv2d(32, 64, …), Conv2d(64, 128, …).",
    ),
    "wrong-kernel": Misconception(
        "A convolution has not the 3×3 kernel asked for.",
        "Larger kernels see further at once; three blocks of 3×3 get there with fewer numbers.",
        BLOCK,
    ),
    "wrong-padding": Misconception(
        "A convolution changes the map's size: stride 1 and padding 1 were asked for.",
        "Without padding each convolution cuts a frame of one pixel off, and nothing complains.",
        BLOCK,
        "Conv2d(…, kernel_size=3, padding=1).",
    ),
    "norm-missing": Misconception(
        "Not every convolution is followed by a BatchNorm of its own.",
        "The network trains without it too, only slower and less surely.",
        BLOCK,
        "One BatchNorm2d for each block, as wide as its convolution.",
    ),
    "extra-head": Misconception(
        "The head is not one linear layer.",
        "A hidden layer looks like more power; with few eyes it is more to overfit.",
        WRITE_MODEL,
        "After the mean: Linear(128, n_classes), nothing else.",
    ),
    "other-layers": Misconception(
        "Your network learns numbers in layers that were not asked for.",
        "Any extra layer trains along, and the count tells.",
        WRITE_MODEL,
        "Count by hand: 93,954 numbers for two classes (93,730 without the convolutions' biases).",
    ),
    "filters-alike": Misconception(
        "All filters of a convolution start with the same numbers.",
        "Zeros or ones look tidy; equal filters get equal gradients and stay equal for ever.",
        WRITE_MODEL,
        "Leave the initial weights to PyTorch.",
    ),
    "softmax-in-model": Misconception(
        "Your network returns probabilities (or their logs), not raw logits.",
        "Probabilities are what we read; but CrossEntropyLoss applies the softmax itself, and "
        "Grad-CAM wants the logit.",
        LOSS,
        "Return the linear layer's output as it is.",
    ),
    "relu-on-logits": Misconception(
        "The logits go through a ReLU: nothing can speak against a class any more.",
        "A ReLU after every layer is a good habit everywhere but at the end.",
        WRITE_MODEL,
    ),
    "order-in-block": Misconception(
        "The layers of a block come in another order than convolution, BatchNorm, ReLU, pooling.",
        "Each order runs and trains; the numbers differ, and results can no longer be compared.",
        BLOCK,
    ),
    "no-relu": Misconception(
        "A ReLU is missing.",
        "Without it two convolutions in a row are one: the network runs, and can do less.",
        BLOCK,
    ),
    "no-norm": Misconception(
        "A BatchNorm is declared and never used.",
        "What stands in __init__ has no effect unless forward calls it.",
        BLOCK,
    ),
    "pool-missing": Misconception(
        "A pooling is missing: the last map is larger than an eighth of the image.",
        "The average at the end makes the output fit in any case.",
        BLOCK,
    ),
    "average-pooled": Misconception(
        "The blocks pool by the average, not by the maximum.",
        "Both halve the map; the maximum keeps a small bright sign, the average thins it out.",
        BLOCK,
    ),
    "global-maximum": Misconception(
        "The head takes the maximum over all places, not the average.",
        "Both give 128 numbers.",
        GATHER,
    ),
    "places-summed": Misconception(
        "The head gets the sum over all places, not the mean.",
        "Both give 128 numbers; but a sum grows with the image, and so do the logits.",
        GATHER,
    ),
    "other-activation": Misconception(
        "Another activation than ReLU stands in your blocks.",
        "LeakyReLU, GELU and SiLU are in fashion, and train as well; ReLU was asked for.",
        BLOCK,
    ),
    "other-pool": Misconception(
        "The maximum is taken over other windows than 2×2.",
        "A window of 3 with stride 2 halves the map too.",
        BLOCK,
    ),
    "images-scaled-inside": Misconception(
        "Your network scales the images; they come ready.",
        "/ 255 is in every first tutorial.",
        WRITE_MODEL,
    ),
    "random-in-eval": Misconception(
        "In eval mode the same images get other logits on each call.",
        "F.dropout is on unless it is told `training=self.training`; a layer made in forward() "
        "starts anew each time and never learns.",
        WRITE_MODEL,
        "Make all layers in __init__.",
    ),
    "one-size-only": Misconception(
        "Your head fits images of one size only.",
        "A pooling over a fixed window looks like the mean at the size it was made for.",
        GATHER,
        "A.mean(dim=(2, 3)), or nn.AdaptiveAvgPool2d(1).",
    ),
    "more-than-logits": Misconception(
        "forward() returns more than the logits.",
        "The features are useful elsewhere; whoever calls the network expects one tensor.",
        WRITE_MODEL,
    ),
    "layers-not-registered": Misconception(
        "The network does not know its layers: model.parameters() lacks them.",
        "A plain list holds layers as well as nn.ModuleList does, but PyTorch doesn't look into "
        "it: nothing in it is trained, saved or moved.",
        WRITE_MODEL,
        "Assign each layer to self, or use nn.Sequential or nn.ModuleList.",
    ),
    "super-forgotten": Misconception(
        "super().__init__() was not called.",
        "Without it nn.Module has nowhere to keep your layers.",
        WRITE_MODEL,
        "Make it the first line of __init__.",
    ),
    "norm-never-settles": Misconception(
        "In eval mode your BatchNorm still uses the batch: an eye's result depends on its "
        "neighbours.",
        "track_running_stats=False, or train() inside forward, hides it during training.",
        BLOCK,
    ),
    "random-in-training": Misconception(
        "In train mode your network does something more than in eval mode, such as dropout.",
        "Dropout helps large heads against overfitting; it was not asked for here.",
        WRITE_MODEL,
    ),
    "gradient-cut": Misconception(
        "Some of the network's numbers get no gradient, so they can never learn.",
        "detach(), no_grad or requires_grad=False inside the model stop learning without an error.",
        LINES,
        "Leave detach, item, numpy and no_grad out of forward.",
    ),
}  # fmt: skip

LOOP = {
    "no-zero-grad": Misconception(
        "The gradients of earlier batches are still there when you step.",
        "backward() adds to .grad; the loss falls for a while all the same, so nobody notices.",
        LINES,
        "optimiser.zero_grad() in every turn of the loop, before backward().",
    ),
    "no-gradient-to-step": Misconception(
        "The optimiser steps, but finds no gradients, so the weights stay as they were.",
        "backward() is missing, or zero_grad() stands between backward() and step(); the lines "
        "look as if their order did not matter.",
        LINES,
        "zero_grad, backward, step.",
    ),
    "no-step": Misconception(
        "The network's weights are the same after the epoch as before.",
        "backward() computes where to go; it does not go there.",
        LINES,
        "optimiser.step() after loss.backward().",
    ),
    "step-before-backward": Misconception(
        "You step before backward(): each step uses the batch before.",
        "It runs one batch behind and still learns, more or less.",
        LINES,
        "zero_grad, backward, step.",
    ),
    "one-step-per-epoch": Misconception(
        "The optimiser steps once, at the end, with the gradients of all batches added up.",
        "It is gradient descent too, but with one step where a hundred are possible.",
        LINES,
        "step() belongs inside the loop.",
    ),
    "no-train-mode": Misconception(
        "The network is not in train mode: BatchNorm neither uses nor follows the batches.",
        "After an evaluation the network is left in eval mode, and training runs on without "
        "an error.",
        LINES,
        "model.train() at the start of every epoch.",
    ),
    "softmax-before-loss": Misconception(
        "The loss gets probabilities; it wants raw logits and takes the softmax itself.",
        "Cross-entropy is written with probabilities on paper. Twice squeezed, gradients fade.",
        LOSS,
        "loss(model(images), labels), nothing in between.",
    ),
    "loss-ignored": Misconception(
        "You use a loss of your own, not the one you were given.",
        "CrossEntropyLoss() is always at hand, but the class weights are in the other one.",
        WEIGHTS,
        "Call the loss that comes as an argument.",
    ),
    "loss-arguments-exchanged": Misconception(
        "The loss was not given logits first and labels second.",
        "scikit-learn takes the truth first; PyTorch takes it last.",
        LINES,
        "loss(model(images), labels).",
    ),
    "optimiser-ignored": Misconception(
        "The weights move, but not by the optimiser you were given.",
        "An optimiser made inside the function forgets its momentum after every epoch.",
        LINES,
        "Use the optimiser that comes as an argument.",
    ),
    "gradient-ascent": Misconception(
        "You climb the loss instead of going down.",
        "The optimiser subtracts already; a minus of your own turns it round.",
        LINES,
    ),
    "loss-rescaled": Misconception(
        "The loss is multiplied or divided before backward(): every step has another length than "
        "the learning rate says.",
        "Means and sums are easily mixed up; the loss object has averaged over the batch already.",
        LINES,
        "loss(…).backward() on the value as it came.",
    ),
    "first-batch-only": Misconception(
        "Only the first batch is used.",
        "A return inside the loop ends it after one turn.",
        LINES,
        "Return after the loop: mind the indent.",
    ),
    "last-batch-left-out": Misconception(
        "The last batch is left out.",
        "It is smaller, and range(len(loader) - 1) or a test for full batches drops it.",
        LINES,
    ),
    "first-batch-left-out": Misconception(
        "The first batch is not learnt from.",
        "next(iter(loader)) outside the loop, to look at the shapes, is easy to forget.",
        LINES,
    ),
    "two-epochs": Misconception(
        "You go through the data twice.",
        "A loop around the loop belongs to whoever calls the function.",
        LINES,
    ),
    "second-look": Misconception(
        "The network runs twice on each batch in train mode, so BatchNorm counts each batch twice.",
        "A second forward pass for the accuracy looks harmless.",
        LINES,
        "Keep the logits of the one forward pass.",
    ),
    "gradients-clipped": Misconception(
        "The gradients are clipped before the step.",
        "It calms large networks; here it was not asked for, and changes every step.",
        LINES,
    ),
    "stepped-twice": Misconception(
        "The optimiser steps twice for each batch.",
        "A pasted line; the loss falls all the same.",
        LINES,
    ),
    "images-rescaled": Misconception(
        "You scale the images once more; they come ready from the loader.",
        "/ 255 is in every first tutorial.",
        LINES,
    ),
    "labels-exchanged": Misconception(
        "The labels you learn from are not those of the images.",
        "1 − y, or a batch turned round, trains to a network that is wrong with confidence.",
        LINES,
    ),
    "nothing-returned": Misconception(
        "Your function returns nothing.",
        "Printing the loss is not returning it.",
        WRITE_LOOP,
        "return the mean loss after the loop.",
    ),
    "not-one-number": Misconception(
        "What you return is not one number.",
        "A list of losses is good for a plot; the mean was asked for.",
        WRITE_LOOP,
        "Return one float.",
    ),
    "graph-kept": Misconception(
        "The number you return still hangs on the whole computation (requires_grad is True), so "
        "the memory of every batch is kept.",
        "total += loss looks like adding numbers; it adds tensors with their history.",
        LINES,
        "total += loss.item() …",
    ),
    "loss-summed": Misconception(
        "You return the sum of the losses, not their mean.",
        "The sum falls too, but it grows with the number of eyes, so no two sets can be compared.",
        WRITE_LOOP,
        "Divide by the number of images.",
    ),
    "last-batch-loss": Misconception(
        "You return the loss of one batch, not the mean of all.",
        "After the loop the variable still holds the last value.",
        WRITE_LOOP,
        "Add up in the loop, divide after it.",
    ),
    "wrong-count": Misconception(
        "You divide by a number that does not belong to what you added up.",
        "Losses are means over a batch already: either weigh each by its batch and divide by the "
        "images, or add them up and divide by the batches. The last batch is smaller.",
        WRITE_LOOP,
        "total += loss.item() * len(labels), and at the end / number of images.",
    ),
    "accuracy-returned": Misconception(
        "You return the accuracy, not the loss.",
        "Accuracy is easier to read, but it does not show how sure the wrong answers were.",
        WRITE_LOOP,
    ),
    "best-batch-loss": Misconception(
        "You return the smallest or largest loss of a batch.",
        "The best batch looks good in a log.",
        WRITE_LOOP,
    ),
    "does-not-learn": Misconception(
        "After some epochs your network fits even the eyes it was shown no better than before.",
        "A loop can run, print falling numbers and change nothing that matters.",
        LINES,
        "Print one weight before and after an epoch, and the loss of each batch.",
    ),
    "labels-not-used": Misconception(
        "Trained on labels that are mostly wrong, your network answers as it does with the true "
        "ones. So what it knows does not come from the labels it was given.",
        "Ready-made weights, or a rule for these very images, score well until the images change.",
        LINES,
    ),
}  # fmt: skip

POINT = {
    "above-not-at": Misconception(
        "You call an eye positive only above the threshold; here p ≥ threshold counts.",
        "> and ≥ differ only for eyes exactly at the line, and the threshold is always one eye's "
        "p: that eye is the difference.",
        CHOOSE,
        "Positive means p >= threshold; a normal eye is right when p < threshold.",
    ),
    "more-than-asked": Misconception(
        "You ask for more specificity than was asked: exactly the asked one is enough.",
        "> is written quickly where “at least” means ≥.",
        CHOOSE,
    ),
    "sensitivity-for-specificity": Misconception(
        "You fix the sensitivity, not the specificity.",
        "Both are parts of one class that are called right; the names are easily exchanged.",
        CHOOSE,
        "Specificity looks at the normal eyes alone (y = 0).",
    ),
    "glaucoma-for-normal": Misconception(
        "You count the eyes with glaucoma where the normal ones count.",
        "“Positive” suggests looking at class 1; specificity is about those without the disease.",
        CHOOSE,
        "p[y_true == 0] are the eyes that matter for the specificity.",
    ),
    "all-eyes-counted": Misconception(
        "You count over all eyes; specificity is a part of the normal ones.",
        "It comes near when nearly all eyes are normal, as in a screening.",
        CHOOSE,
        "p[y_true == 0].",
    ),
    "fixed-threshold": Misconception(
        "Your threshold does not depend on the eyes.",
        "0.5 is the line that argmax draws; nothing says that a clinic's line lies there.",
        CHOOSE,
    ),
    "quantile-between": Misconception(
        "You take a quantile of the normal eyes' p; the specificity then misses what was asked.",
        "A quantile is nearly it, but it interpolates between eyes, and an eye at the line is "
        "called positive.",
        CHOOSE,
        "Try each value of p as a threshold and count.",
    ),
    "wrong-tail": Misconception(
        "You cut at the other end: the threshold gives 1 − specificity.",
        "The false alarms are 1 − specificity, and they lie above the threshold.",
        CHOOSE,
    ),
    "not-the-smallest": Misconception(
        "A smaller threshold would do as well, and would find more glaucoma.",
        "A high threshold is surely specific enough; each step up costs patients.",
        CHOOSE,
        "Take the smallest that is specific enough.",
    ),
    "less-than-asked": Misconception(
        "You count off too few normal eyes: the specificity falls short of what was asked.",
        "int() cuts 0.95 · 30 = 28.5 down to 28; 'at least' means up.",
        WRITE_CHOICE,
        "math.ceil, or compare the specificity itself.",
    ),
    "rounded-threshold": Misconception(
        "The threshold is rounded.",
        "Two digits look tidier, and put the line on the other side of an eye.",
        WRITE_CHOICE,
        "Round when you print.",
    ),
    "closest-not-least": Misconception(
        "You take the specificity nearest to the asked one, which may lie below it.",
        "“Closest” sounds fair; “at least” is a promise.",
        CHOOSE,
    ),
    "youden": Misconception(
        "You take the best sum of sensitivity and specificity (Youden's J); the specificity asked "
        "for makes no difference.",
        "It is the textbook's threshold, for those who ask for no specificity.",
        CHOOSE,
    ),
    "roc-thinned": Misconception(
        "roc_curve leaves out points on straight pieces of the curve, and yours was one of them.",
        "By default it keeps only corners, to plot faster.",
        CHOOSE,
        "roc_curve(…, drop_intermediate=False).",
    ),
    "of-normals-only": Misconception(
        "You try only the normal eyes' p as thresholds; a smaller one can lie between them.",
        "Specificity is about normal eyes, but the line may lie at any eye.",
        CHOOSE,
        "Try the p of all eyes.",
    ),
    "coarse-grid": Misconception(
        "You try thresholds on a grid; the line often lies between two of its points.",
        "linspace(0, 1, 101) looks fine enough; networks give many p near 0 and 1.",
        CHOOSE,
        "Try the values of p themselves: np.unique(p).",
    ),
    "none-reaches": Misconception(
        "Where no value of p is specific enough, you return the smallest one.",
        "argmax over nothing but False is 0, the first of the list.",
        WRITE_CHOICE,
        "Then every eye must be called normal: return any number above the largest p.",
    ),
    "not-sorted": Misconception(
        "You go through the eyes in the order they come; the first that would do is not the "
        "smallest.",
        "Examples are often sorted; patients are not.",
        CHOOSE,
        "np.unique(p) sorts.",
    ),
    "not-the-threshold": Misconception(
        "You return a rate or a position; the threshold itself was asked for.",
        "roc_curve gives three arrays, and they are easily exchanged.",
        WRITE_CHOICE,
    ),
    "lists-not-taken": Misconception(
        "Your function works with arrays only; lists and tensors are right inputs too.",
        "p >= t on a list is an error, on an array it is not.",
        WRITE_CHOICE,
        "np.asarray(p) in the first line.",
    ),
    "edge-of-the-range": Misconception(
        "At a specificity of 0 or 1, or where equal p stand at the line, your threshold is wrong.",
        "The ordinary case hides the ends of the range.",
        WRITE_CHOICE,
    ),
    "not-a-number": Misconception(
        "What you return is not one finite number (infinity is fine where no eye may be called).",
        "None, NaN and lists come from a path without a return, or from an empty choice.",
        WRITE_CHOICE,
    ),
}  # fmt: skip

REPORT = {
    "key-missing": Misconception(
        "A figure is missing from your dictionary.",
        "A different spelling is a different key.",
        WRITE_REPORT,
        "auroc, auprc, sensitivity, specificity, confusion.",
    ),
    "not-a-dict": Misconception(
        "What you return is not a dictionary.",
        "A tuple loses which figure is which.",
        WRITE_REPORT,
    ),
    "ranked-by-calls": Misconception(
        "The area is computed from the calls (p ≥ threshold), not from p.",
        "Calls are what one counts elsewhere; but with them the ranking is gone and only one point "
        "of the curve is left.",
        FIGURES,
        "roc_auc_score(y_true, p).",
    ),
    "wrong-way-round": Misconception(
        "Your area ranks the other way: for the other class, or by 1 − p.",
        "Column 0 of the probabilities is p(normal).",
        FIGURES,
    ),
    "ties-misjudged": Misconception(
        "Equal values of p are counted as won, as lost, or by their position.",
        "> and >= both look right; a tie says nothing, so it counts half.",
        FIGURES,
        "roc_auc_score, or scipy.stats.rankdata with average ranks.",
    ),
    "wrong-figure": Misconception(
        "It is another figure under this name.",
        "Names of figures are easily exchanged: accuracy, precision, AUROC, AUPRC.",
        FIGURES,
    ),
    "threshold-ignored": Misconception(
        "You count at 0.5; the threshold came as an argument.",
        "0.5 is what round() and argmax do.",
        FIGURES,
        "called = p >= threshold.",
    ),
    "rates-exchanged": Misconception(
        "Sensitivity and specificity are exchanged.",
        "It happens when class 0 is taken for the positive one.",
        FIGURES,
    ),
    "precision-for-sensitivity": Misconception(
        "You divide by the eyes that were called so, not by those that are so: that is a "
        "predictive value.",
        "TP stands in the numerator of both; the denominator differs.",
        FIGURES,
        "Sensitivity = TP / (TP + FN), specificity = TN / (TN + FP).",
    ),
    "complement": Misconception(
        "It is 1 minus the rate: the part that is missed, or falsely alarmed.",
        "roc_curve gives the false alarms, 1 − specificity.",
        FIGURES,
    ),
    "wrong-denominator": Misconception(
        "You divide by all eyes.",
        "A rate is a part of its own class.",
        FIGURES,
    ),
    "confusion-transposed": Misconception(
        "Rows and columns of your confusion table are exchanged: rows are the truth.",
        "confusion_matrix(predicted, true) runs without an error.",
        FIGURES,
        "confusion_matrix(y_true, called).",
    ),
    "confusion-order": Misconception(
        "The classes of your confusion table are in another order than (normal, glaucoma).",
        "Medical books put the sick first: TP at the top left. Here class 0 comes first.",
        FIGURES,
    ),
    "confusion-normalised": Misconception(
        "Your confusion table holds shares, not counts.",
        "normalize=… makes a nicer plot, but counts say how many eyes stand behind it.",
        FIGURES,
    ),
    "confusion-shape": Misconception(
        "Your confusion table is not two by two.",
        "ravel() gives tn, fp, fn, tp in a row; and a class that nobody was called falls out "
        "unless labels=[0, 1] is given.",
        FIGURES,
    ),
    "percent": Misconception(
        "Your figure runs to 100; a fraction in [0, 1] was asked for.",
        "Clinics speak in percent, functions in fractions.",
        FIGURES,
    ),
    "rounded": Misconception(
        "Your figure is rounded to fewer than three digits.",
        "Round when you print, not when you compute.",
        FIGURES,
    ),
    "not-a-figure": Misconception(
        "A figure is not a finite number.",
        "NaN and None come from an empty class or an unfinished line.",
        FIGURES,
    ),
}  # fmt: skip

MISCONCEPTIONS = {**MODEL, **LOOP, **POINT, **REPORT}


def known(name: str, before: str = "") -> Mistake:
    """The known mistake of that name, as a check in the notebook tells it."""
    said = MISCONCEPTIONS[name]
    return Mistake(f"{before}{said.shows} {said.tempting}", said.remedy, name)
