"""The known mistakes of a3 in words: what the numbers show, why it tempts, where to read on.

The one table of them: the formative checks and the judge take their words from here.
"""

from __future__ import annotations

from glaucam.checks.base import Mistake
from glaucam.checks.misconception import Misconception

LAYER = "1 · Where does the network still know where?"
FORMULA = SCALE = "2.1 The formula, by hand"
ACTIVATION = "2.2 Getting A out: a forward hook, and why clone"
HOOKS = "2.3 Getting ∂y/∂A: cut, and hang a leaf"
CONTRAST = "3 · Normal against glaucoma"
OVERLAY = "4 · Laying heat over a photo"

MISCONCEPTIONS = {
    "layer-too-early": Misconception(
        "The layer you return comes before the last convolution.",
        "Early layers have sharper maps, but what they show is not yet what the decision uses.",
        LAYER,
    ),
    "layer-inside-block": Misconception(
        "The layer you return lies inside the last block and has fewer channels than its output.",
        "The last Conv2d in the list of modules looks like the end; in DenseNet it gives only one "
        "slice of the final feature map.",
        LAYER,
    ),
    "layer-after-collapse": Misconception(
        "The layer you return has lost the places: its output is a vector, or one pixel.",
        "The pooling or linear layer is the last one in the list, but there is no map left in it.",
        LAYER,
    ),
    "layer-unused": Misconception(
        "The layer you return runs, but the answer does not depend on it.",
        "A branch that nobody uses stands in the list of modules like any other.",
        LAYER,
    ),
    "not-a-module": Misconception(
        "What you return is not a layer of the network you were given.",
        "Other libraries take a name or a list of layers; here it is the module itself.",
        LAYER,
    ),
    "only-known-names": Misconception(
        "Your search works for networks whose names you know, and stops at others.",
        "A table of names is quick to write; following the data works for every network.",
        LAYER,
    ),
    "softmax-score": Misconception(
        "Your map follows the gradient of the softmax probability (or its log), not of the logit "
        "y.",
        "Probability is what we read, but its gradient mixes in all other classes and vanishes "
        "when the network is sure.",
        FORMULA,
        "Take y from the logits [N,K], before any softmax.",
    ),
    "loss-gradient": Misconception(
        "Your map follows the gradient of the loss: what would raise the error, with the sign "
        "turned.",
        "backward() is always called on a loss in training; here the scalar is the class score y.",
        FORMULA,
        "y is the logit of the asked class.",
    ),
    "classes-summed": Misconception(
        "Your map follows the sum of all class scores; the asked class makes no difference.",
        "backward() wants one number and sum() gives one, but the wrong one.",
        FORMULA,
        "Choose the column class_index before summing over the batch.",
    ),
    "predicted-class": Misconception(
        "Your map explains the predicted class, whichever class was asked.",
        "argmax is in many examples; here class_index says which class to explain.",
        FORMULA,
        "Use class_index, whatever the prediction.",
    ),
    "wrong-class": Misconception(
        "Your map explains another class than the one asked.",
        "A fixed index works as long as only that class is tried.",
        FORMULA,
        "y = logits[:, class_index], with the class_index that came in.",
    ),
    "max-pooled-gradients": Misconception(
        "Your weights α are the maximum of the gradients over the places, not their mean.",
        "On networks that end in average pooling both are the same, so nothing warns you.",
        FORMULA,
        "α = gradient.mean(dim=(2, 3), keepdim=True).",
    ),
    "gradient-times-activation": Misconception(
        "You multiply gradient and activation place by place (HiResCAM), without the mean that "
        "makes α.",
        "On networks that end in average pooling both are the same, so nothing warns you.",
        FORMULA,
        "α is the mean of the gradient over height and width.",
    ),
    "relu-on-weights": Misconception(
        "You cut the weights α at zero; channels that speak against the class are lost.",
        "There is a ReLU in Grad-CAM, but it comes after the sum over channels.",
        FORMULA,
        "ReLU of the sum, not of the weights.",
    ),
    "relu-on-gradients": Misconception(
        "You cut the gradients at zero before averaging.",
        "Guided backpropagation does so; Grad-CAM keeps the sign.",
        FORMULA,
    ),
    "absolute-gradients": Misconception(
        "You take the magnitude of gradients or weights; evidence against counts as evidence for.",
        "Large gradients look important whatever their sign.",
        FORMULA,
    ),
    "absolute-map": Misconception(
        "You take the magnitude of the map; evidence against the class lights up as evidence for.",
        "An all-negative map looks like a bug. It is an answer: nothing speaks for the class.",
        SCALE,
        "Replace abs by ReLU.",
    ),
    "negated-map": Misconception(
        "Your map has the opposite sign.",
        "One minus too many, often from a loss.",
        FORMULA,
    ),
    "against-the-rest": Misconception(
        "Your map explains the class against all others together.",
        "With two classes it is the same as the contrast; with three it is another question.",
        FORMULA,
    ),
    "score-turned-round": Misconception(
        "Your map changes its sign where the logit is negative: you differentiate log(y), y² or "
        "|y|.",
        "Logits are no probabilities; they may be negative and are used as they are.",
        FORMULA,
    ),
    "another-method": Misconception(
        "Your map is that of a relative of Grad-CAM: LayerCAM, Grad-CAM++ or XGrad-CAM.",
        "They are good methods too, but here the weights α are the plain mean of the gradient.",
        FORMULA,
    ),
    "wrong-mean-axes": Misconception(
        "The gradient is averaged over the wrong axes: one weight per channel is needed.",
        "In [N,C,h,w] the places are axes 2 and 3; without the batch axis they are 1 and 2.",
        FORMULA,
    ),
    "strongest-channel": Misconception(
        "You keep the strongest channel in place of the sum over all channels.",
        "max and sum look alike in code; evidence of many channels adds up.",
        FORMULA,
    ),
    "another-layer": Misconception(
        "Your map is made at the last convolution, not at the target_layer that was handed over.",
        "On many networks the two are close, but what follows the convolution counts too.",
        HOOKS,
    ),
    "preprocessed-again": Misconception(
        "The images are changed before they reach the network: scaled, stretched or resized again.",
        "They come as the network expects them; once more is once too often.",
        HOOKS,
    ),
    "constant-map": Misconception(
        "Your map has the same value everywhere.",
        "Zeros come out where the gradient vanished, for instance through a softmax over the wrong "
        "axis, or where the map was cast to whole numbers before it was scaled.",
        FORMULA,
    ),
    "network-ignored": Misconception(
        "Your map stays the same when the network's weights change.",
        "A picture of the image, or a blob in its middle, can look like an explanation. It "
        "explains "
        "nothing.",
        FORMULA,
    ),
    "pixel-gradients": Misconception(
        "Your map is made of the gradient of the pixels, not of the feature maps.",
        "That is a saliency map, another method. Grad-CAM stops at the target layer.",
        HOOKS,
    ),
    "class-ignored": Misconception(
        "Your map stays the same whichever class is asked.",
        "With one class tried, nobody notices. The class enters through y[:, class_index] only.",
        FORMULA,
    ),
    "not-repeatable": Misconception(
        "The same image gives two different maps.",
        "Something random is left in: dropout in training mode, noise, or a network that was not "
        "the one you were given.",
        HOOKS,
    ),
    "activations-only": Misconception(
        "Your map is the mean activation; no class has a say in it.",
        "It looks plausible: activations are high where there is something to see.",
        FORMULA,
        "Weigh each channel by its α.",
    ),
    "gradients-only": Misconception(
        "Your map is made of gradients alone, without the activations A.",
        "Grad-CAM weighs activations by the mean gradient.",
        FORMULA,
        "Multiply α by A before summing over channels.",
    ),
    "accumulator-ones": Misconception(
        "Your sum over channels starts at one, not at zero.",
        "np.ones stands in a widely copied version; it lifts the whole map.",
        FORMULA,
    ),
    "overwritten-in-place": Misconception(
        "The activations you saved were overwritten by the in-place ReLU that follows the layer.",
        "detach() shares memory with the original; clone() does not.",
        ACTIVATION,
        "Keep output.detach().clone() in the hook, and pass on a clone.",
    ),
    "channel-as-class": Misconception(
        "You show a channel of the feature map, with the class index used as channel index.",
        "Both are small integers; the class lives in the logits only.",
        FORMULA,
    ),
    "no-relu": Misconception(
        "There is no ReLU between the sum over channels and the scaling: evidence against the "
        "class "
        "stays in the heatmap.",
        "Stretching the signed map to [0,1] gives a richer picture and no error, but then zero "
        "evidence is warm. Heat should mean evidence for the class: first ReLU, then scale.",
        SCALE,
        "ReLU first; only then scale.",
    ),
    "not-normalised": Misconception(
        "The heatmap is not divided by its own maximum.",
        "The raw map is right, but heatmaps are compared in [0,1].",
        SCALE,
    ),
    "inverted-map": Misconception(
        "Hot and cold are swapped.",
        "Some colour maps look better that way round; the numbers must not turn.",
        SCALE,
        "L / L.max(), not 1 − that.",
    ),
    "scaled-to-255": Misconception(
        "The heatmap runs to 255, not to 1.",
        "Images do; a heatmap is a share of its own maximum.",
        SCALE,
    ),
    "squashed-map": Misconception(
        "A sigmoid or tanh squeezes the map into [0,1].",
        "It keeps the range right without any division, but the maximum is no longer 1, and with a "
        "sigmoid no evidence becomes 0.5.",
        SCALE,
    ),
    "bent-map": Misconception(
        "The heatmap is squared, or its root is taken.",
        "It looks cleaner, or fuller, but half the evidence no longer shows as half the heat.",
        SCALE,
    ),
    "thresholded-map": Misconception(
        "Heat below a threshold is cut off, or the map holds only 0 and 1.",
        "It looks decided. The threshold is yours, though, not the network's; a cast to uint8 "
        "before "
        "multiplying by 255 does the same by accident.",
        SCALE,
    ),
    "smoothed-map": Misconception(
        "Your map is right, and then blurred.",
        "Blur makes a coarse map look finer than it is, and moves heat across borders.",
        SCALE,
        "Bilinear enlarging is all the smoothing that is asked for.",
    ),
    "uint8-truncation": Misconception(
        "The heatmap was cast to uint8 on the way and has 256 levels left.",
        "Image libraries like uint8; numbers that are measured later should stay floats.",
        SCALE,
    ),
    "nearest-upsampling": Misconception(
        "The map is enlarged with nearest neighbours; bilinear is asked.",
        "It is the default of F.interpolate.",
        SCALE,
        "mode='bilinear'.",
    ),
    "bicubic-upsampling": Misconception(
        "The map is enlarged with cubic splines, which overshoot; bilinear is asked.",
        "It looks smoother.",
        SCALE,
    ),
    "not-upsampled": Misconception(
        "The map has the size of the feature map, not of the image.",
        "imshow stretches it on screen, so the eye does not notice.",
        SCALE,
    ),
    "fixed-size": Misconception(
        "The map comes in a size of its own, not in that of the image.",
        "With one image size in the whole notebook, a number in the code seems enough; take it "
        "from "
        "images.shape, height and width apart.",
        SCALE,
    ),
    "swapped-axes": Misconception(
        "Width and height are swapped.",
        "OpenCV and PIL take (width, height), PyTorch and NumPy (height, width); square images "
        "hide it.",
        SCALE,
    ),
    "flipped-map": Misconception(
        "The map is mirrored.",
        "Plots with the origin below do so.",
        SCALE,
    ),
    "batch-normalised": Misconception(
        "The maximum is taken over the whole batch, so one image's heat dims another's.",
        "max() without axes takes everything.",
        SCALE,
        "Take the maximum over dim=(1, 2) with keepdim=True.",
    ),
    "batch-averaged-gradients": Misconception(
        "The gradients are averaged over the images too, so all images share one α.",
        "mean((0, 2, 3)) is the habit from BatchNorm.",
        FORMULA,
        "α has the shape [N,C,1,1], one row per image.",
    ),
    "first-image-only": Misconception(
        "Only the first image of the batch is explained.",
        "With one image at a time nothing is missing.",
        HOOKS,
    ),
    "batch-axis-lost": Misconception(
        "For one image your map comes without the batch axis: [H,W] where [1,H,W] is asked.",
        "squeeze() drops every axis of length 1; name the axis, or leave it.",
        HOOKS,
    ),
    "extra-axis": Misconception(
        "Your maps have one axis too many: [N,1,H,W] where [N,H,W] is asked.",
        "F.interpolate needs a channel axis; take it off again with [:, 0].",
        HOOKS,
    ),
    "batch-crashes": Misconception(
        "One image works, several at once do not.",
        "Code tried on one image may take [0], item() or backward() for granted: sum the scores "
        "over "
        "the batch, every image gets its own gradient.",
        HOOKS,
    ),
    "accumulates-over-calls": Misconception(
        "The second call on the same image gives something else than the first.",
        "Gradients or activations of the call before are still there and are added, or a hook is "
        "registered twice.",
        HOOKS,
    ),
    "stale-activation": Misconception(
        "A later call gives the map of an earlier one.",
        "An `if` or a list's first entry keeps the first activations for ever.",
        HOOKS,
    ),
    "depends-on-batch": Misconception(
        "An image's map changes with the images beside it, or with the calls before.",
        "Something is kept or averaged across images.",
        HOOKS,
    ),
    "nan-on-flat-map": Misconception(
        "Where nothing speaks for the class, your map holds NaN: 0 divided by 0.",
        "Trained networks rarely give such maps, until a healthy eye comes by.",
        SCALE,
    ),
    "flat-map-lit": Misconception(
        "Where nothing speaks for the class, your heatmap is not zero.",
        "Scaling stretches whatever is left; no evidence must stay no heat.",
        SCALE,
    ),
    "absolute-eps": Misconception(
        "A constant added to the divisor fades faint maps.",
        "1e-7 looks like nothing, but gradients of a sure network are that small.",
        SCALE,
    ),
    "frozen-network": Misconception(
        "On a frozen network your extractor gets no gradient.",
        "With all weights frozen, nothing before the layer asks for a gradient, so neither does "
        "its "
        "output: make it a leaf of its own.",
        HOOKS,
    ),
    "full-backward-hook-in-place": Misconception(
        "A full backward hook on this layer forbids the in-place ReLU that follows.",
        "It is the hook most tutorials use; a hook on the output tensor has no such limit.",
        HOOKS,
        "Take the gradient of the captured tensor with torch.autograd.grad instead.",
    ),
    "no-gradient": Misconception(
        "There is no gradient to take: the scores were computed without a graph.",
        "torch.no_grad(), inference_mode(), detach() or .data cut it. They belong around "
        "inference, "
        "not around what is differentiated.",
        HOOKS,
        "Make the captured tensor a leaf with requires_grad_(), and run the forward pass under "
        "torch.enable_grad().",
    ),
    "gradient-is-none": Misconception(
        "What you expected from a hook or from .grad is None.",
        "PyTorch keeps .grad for leaves only (or after retain_grad()), and a hook stays silent "
        "on a "
        "module that is not run: say, on a copy of the network.",
        HOOKS,
        "Print it right after the forward pass; torch.autograd.grad(y, A) needs no .grad.",
    ),
    "needs-a-scalar": Misconception(
        "backward() was called on a vector.",
        "A batch has one score for each image: sum them first.",
        HOOKS,
        "Choose the class, then sum over the batch.",
    ),
    "channels-do-not-fit": Misconception(
        "Weights and activations have different shapes.",
        "A backward hook gives two gradients: grad_input is that of what went into the layer, "
        "grad_output that of what came out, which is A.",
        HOOKS,
        "Both must be [N,C,h,w] of the same layer's output: print the two shapes.",
    ),
    "needs-detach": Misconception(
        "A tensor that still belongs to a graph cannot become a NumPy array.",
        "Call detach() first.",
        HOOKS,
        "x.detach().cpu().numpy().",
    ),
    "graph-freed": Misconception(
        "A graph is walked backward a second time.",
        "What was kept from the first call belongs to the first call: run the network again.",
        HOOKS,
        "One call of autograd.grad per forward pass, or retain_graph=True.",
    ),
    "no-eval": Misconception(
        "The network was handed over in training mode and explained in it.",
        "BatchNorm then uses the batch, and each explanation changes its statistics for everybody "
        "after: switch to eval() first.",
        HOOKS,
        "Note each module's training flag, run in eval mode, and put the flags back.",
    ),
    "hooks-left-behind": Misconception(
        "Hooks are left on the network: each later forward pass runs them.",
        "One handle is kept and the other forgotten, or a hook is registered on every call.",
        HOOKS,
        "Keep the handle that register_forward_hook returns, and call its remove().",
    ),
    "removes-others-hooks": Misconception(
        "Hooks that were there before you came are gone.",
        "Clearing a layer's whole list of hooks is quick, but others had hung theirs there too.",
        HOOKS,
        "Take off your own hook only, with the remove() of its handle.",
    ),
    "one-extractor-only": Misconception(
        "With two extractors on one network, one disturbs the other.",
        "State kept on the model or in a global is shared.",
        HOOKS,
    ),
    "gradients-off": Misconception(
        "Gradients stay switched off, or on, after your call.",
        "set_grad_enabled() outlives the function that calls it; use it as a context.",
        HOOKS,
    ),
    "difference-of-heatmaps": Misconception(
        "You subtract two heatmaps, each already scaled by its own maximum.",
        "Scaling first makes the two incomparable: subtract the scores, then explain.",
        CONTRAST,
        "Subtract the logits first: y = logits[:, 1] − logits[:, 0]; then as in part 2.",
    ),
    "reversed-contrast": Misconception(
        "Your contrast is y₀ − y₁: what speaks for normal.",
        "The order is easily swapped; glaucoma is class 1.",
        CONTRAST,
        "Glaucoma is class 1: y[1] − y[0].",
    ),
    "one-class-only": Misconception(
        "Your contrast map is the map of one class alone.",
        "It often looks alike, but it also shows what speaks for both classes.",
        CONTRAST,
        "Take the gradient of the difference of the two logits.",
    ),
    "absolute-contrast": Misconception(
        "You take the magnitude of the difference; for and against glow alike.",
        "A difference seems to want abs().",
        CONTRAST,
    ),
    "alpha-reversed": Misconception(
        "alpha weighs the image, not the colours.",
        "Both conventions exist; here alpha = 0 shows the plain photo.",
        OVERLAY,
        "(1 − alpha)·image + alpha·colours.",
    ),
    "alpha-ignored": Misconception(
        "alpha makes no difference.",
        "A fixed 0.4 from a recipe looks right as long as nobody asks for another value.",
        OVERLAY,
    ),
    "heat-as-opacity": Misconception(
        "The heat decides how opaque its colours are: where it is cold, the bare photo shows.",
        "It looks tidy; but then a faint place and one without heat can't be told apart.",
        OVERLAY,
    ),
    "overlay-added": Misconception(
        "Image and colours are added without weighing the image by 1 − alpha.",
        "Bright regions then run over.",
        OVERLAY,
    ),
    "overlay-rescaled": Misconception(
        "The picture is stretched or clipped after mixing, so the photo changes its colours.",
        "Dividing by the maximum makes it lighter, and no longer the patient's photo.",
        OVERLAY,
    ),
    "colour-channels-swapped": Misconception(
        "Red and blue are swapped.",
        "OpenCV takes and gives colours as BGR; everything here is RGB.",
        OVERLAY,
        "Leave the channel order alone.",
    ),
    "heat-truncated": Misconception(
        "The heat falls into very few colours.",
        "Casting [0,1] to uint8 before colouring leaves only 0 and 1.",
        OVERLAY,
    ),
    "colours-wrap": Misconception(
        "The colours jump where the heat does not: numbers beyond 255 wrap around in uint8.",
        "Multiplying by 255 twice does so.",
        OVERLAY,
    ),
    "overlay-stretches-heat": Misconception(
        "The heat is stretched to [0,1] once more before it is coloured.",
        "The heatmap is scaled already; a second time makes half the heat look like all of it.",
        OVERLAY,
    ),
    "overlay-shape": Misconception(
        "The picture is not [H,W,3].",
        "Matplotlib's colours come with a fourth channel, PyTorch puts channels first.",
        OVERLAY,
    ),
    "overlay-empty": Misconception(
        "The picture does not change with the photo, or not with the heat.",
        "One of the two layers hides the other, or is never drawn.",
        OVERLAY,
    ),
    "overlay-dtype": Misconception(
        "The picture is not uint8.",
        "Mixing gives floats; round and cast at the end.",
        OVERLAY,
    ),
    "input-changed": Misconception(
        "Your function writes into the image it was given.",
        "`image *= …` changes the caller's array.",
        OVERLAY,
        "Work on a float copy.",
    ),
    "leaf-not-cloned": Misconception(
        "The leaf itself was handed to the rest of the network, whose in-place ReLU may not write "
        "into it.",
        "Without an in-place layer behind it the same code works.",
        HOOKS,
        "Return a clone of the leaf from the hook.",
    ),
    "captured-tensor-not-used": Misconception(
        "The tensor you differentiate by is not the one the network went on with.",
        "Hooks of two extractors can cut one another off, or the hook returns nothing.",
        HOOKS,
        "Return (a clone of) the captured tensor from the hook, and only while its own extractor "
        "is called.",
    ),
    "mode-not-restored": Misconception(
        "The network came in train mode and went out in eval mode.",
        "eval() alone gives right maps; but training would go on without dropout and with frozen "
        "statistics, and nobody would notice.",
        HOOKS,
        "Note each module's training flag before eval() and put it back in a finally block.",
    ),
    "backward-fills-grad": Misconception(
        "The weights' .grad is filled: the next optimiser step would use what your call left.",
        "y.backward() is shorter; it walks the whole network.",
        HOOKS,
        "torch.autograd.grad(y, A) returns the one gradient you need and touches no other.",
    ),
    "unfreezes-weights": Misconception(
        "Your code switched the frozen weights to requires_grad=True.",
        "It makes the error about the missing gradient go away.",
        HOOKS,
        "Let the leaf at the target layer require the gradient; the weights need none.",
    ),
    "heat-mirrored": Misconception(
        "The heat is mirrored: row 0 of a heatmap is the top of the image.",
        "Plots with the origin below turn it round.",
        OVERLAY,
        "Leave the axes of the heatmap as they are.",
    ),
}


def known(name: str) -> Mistake:
    """The known mistake of that name, as a check in the notebook tells it."""
    said = MISCONCEPTIONS[name]
    return Mistake(f"{said.shows} {said.tempting}", said.remedy, name)
