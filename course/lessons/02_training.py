# %% [markdown]
# # Training a network, and knowing what it is worth
#
# *"Our network reaches an accuracy of 97 %."* A clinician who hears this should ask five things back: **on whose eyes? how many of them were ill? what does a ruler reach? where is the line drawn? and when it says 90 %, is it right nine times in ten?** In this lesson you train a small network in a loop you can read in one breath, and learn to answer all five.
#
# **When you are done you can** split data so that nothing leaks · say what a network must beat before it is interesting · choose between average pooling and flattening for the right reason · read a training loop line by line · keep a rare class from being ignored · choose a threshold, and mistrust a probability · run the same code on OCT with four classes.
#
# **Time and memory.** About 70 minutes to read and work through. The notebook runs in under 4 minutes on 2 CPU cores and needs about 1.5 GB of memory; no GPU, no network. With the environment variable `GLAUCAM_QUICK=1` it draws fewer eyes and trains for few epochs, so its figures mean little, and takes under 40 seconds. Nothing here is graded; the assignment `a2_train` is.
#
# > **Not a medical device.** The eyes are phantoms: drawn by a program, with disease put in on purpose. What the network learns is true of these drawings. Nothing here is a diagnosis.

# %%
import os
import time

import numpy as np
import pandas as pd
import torch
from matplotlib import pyplot as plt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch.nn import functional as F

import glaucam
from glaucam.data import FundusParameters, OctParameters, PhantomFundus, PhantomOct, Preprocessing
from glaucam.plots.captioned import captioned
from glaucam.training.examples import Examples
from glaucam.training.predict import predict

QUICK = os.environ.get("GLAUCAM_QUICK") == "1"
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#5b6475"  # safe for colour-blind eyes
torch.manual_seed(0)

view = FundusParameters(size=128, view="crop", severity=1.6)  # plainer cases than in a clinic
eyes = PhantomFundus(n=140 if QUICK else 700, seed=31, parameters=view)
preprocess = Preprocessing(size=48 if QUICK else 64)
began = time.perf_counter()
frames = [preprocess.frame(eyes.image(i)) for i in range(len(eyes))]  # uint8 [S,S,3]
images = preprocess.batch(frames)  # [N,3,S,S]
labels = torch.as_tensor(eyes.labels)  # [N], 0 normal, 1 glaucoma
print(f"{len(eyes)} eyes of {len(set(eyes.groups))} patients in {time.perf_counter() - began:.0f} s; images {list(images.shape)}")

# %%
figure, axes = plt.subplots(1, 8, figsize=(12, 1.9))
for ax, i in zip(axes, [int(k) for c in (0, 1) for k in np.flatnonzero(eyes.labels == c)[:8:2]]):
    ax.imshow(frames[i])
    ax.set_title(eyes.classes[eyes.label(i)], fontsize=9)
    ax.set_axis_off()
captioned(
    figure,
    "Figure 1. Four eyes of each class, as coarse as the network gets them. Look before you train.",
    "Eight small disc crops in a row: four normal eyes, then four with glaucoma.",
)

# %% [markdown]
# ---
# ## 1 · Nothing may leak
#
# **Is a test result about new patients, or about old acquaintances?** Here is an experiment in which there is *nothing to learn*. We take 100 eyes and give each a label by tossing a coin. Then each eye is photographed four times (a little brighter, a little shifted). A program that only looks up the most similar photo of its training set will judge the rest.
#
# **Predict before you run:** how accurate is it on the test photos if we deal *photos* to train and test at random? And if we deal *eyes*?

# %%
rng = np.random.default_rng(0)
few = images[:100]
coin = rng.integers(2, size=100)  # a label that has nothing to do with the eye
photos, owner = [], []
for eye in range(100):
    for _ in range(4):
        shift = tuple(int(s) for s in rng.integers(-1, 2, size=2))
        photos.append((few[eye] * rng.uniform(0.9, 1.1) + rng.normal(0, 0.05)).roll(shift, dims=(1, 2)).flatten())
        owner.append(eye)
photos, owner = torch.stack(photos), np.array(owner)


def looked_up(train, test):
    """The accuracy of the label of the most similar training photo."""
    nearest = torch.cdist(photos[test], photos[train]).argmin(dim=1).numpy()
    return (coin[owner[train]][nearest] == coin[owner[test]]).mean()


leaky, honest = [], []
for _ in range(20):  # deal twenty times: one deal of 25 eyes is luck
    by_photo, by_eye = rng.permutation(len(photos)), rng.permutation(100)
    leaky.append(looked_up(by_photo[:300], by_photo[300:]))
    honest.append(looked_up(np.flatnonzero(np.isin(owner, by_eye[:75])), np.flatnonzero(np.isin(owner, by_eye[75:]))))
print(f"photos dealt at random: {np.mean(leaky):.0%} right\neyes dealt whole:       {np.mean(honest):.0%} right, of a coin")

# %% [markdown]
# Nothing could be learnt, and the first figure is near perfect: the test photos had been seen, only a little brighter. Both eyes of one patient are such twins too, and so are the many scans of one OCT visit. **Deal whole patients.** `glaucam.data.split_by_group` does, and every data set here comes split that way.
#
# <details><summary>How would you notice a leak in somebody else's paper?</summary><p>Ask how the split was made, in patients. Look for more images than patients. Be suspicious of a test figure as good as the training figure, and of a great fall on data from elsewhere: published Kermany figures of 99 % come from splits in which patients stand on both sides.</p></details>

# %%
for one, other in (("train", "val"), ("train", "test"), ("val", "test")):
    print(f"patients in both {one} and {other}:", len(set(eyes.groups[eyes.splits == one]) & set(eyes.groups[eyes.splits == other])))


def part(split):
    chosen = eyes.indices(split)
    return Examples(images[chosen], labels[chosen], eyes.classes)


train_eyes, val_eyes, test_eyes = part("train"), part("val"), part("test")

# %% [markdown]
# ---
# ## 2 · What must it beat?
#
# **What do a ruler and a light meter reach?** Before any network, two baselines. The *ruler* is the true vertical cup-to-disc ratio, one number. The *light meter* knows the mean and the spread of red, green and blue, six numbers without any place, and a logistic regression. If the light meter does well, the classes differ by camera or exposure, and any network will find that first.

# %%
ruler = np.array([eyes.eye(i).disc.vcdr for i in range(len(eyes))])
light = np.array([[*f.mean(axis=(0, 1)), *f.std(axis=(0, 1))] for f in np.array(frames, np.float32)])  # [N,6]
train, val, test = (eyes.indices(split) for split in ("train", "val", "test"))
meter = make_pipeline(StandardScaler(), LogisticRegression()).fit(light[train], eyes.labels[train])
baselines = {"ruler: true vCDR alone": ruler[test], "light meter: colour statistics": meter.predict_proba(light[test])[:, 1]}
for name, scores in baselines.items():
    print(f"{name:31s} AUROC {roc_auc_score(eyes.labels[test], scores):.2f} on {len(test)} test eyes")

# %% [markdown]
# The ruler is *very* good on these phantoms: their glaucoma was drawn by widening the cup, and plainer than in a clinic. Remember its figure. The light meter should be near .5: the phantoms were drawn so that brightness tells nothing. On a real set it often tells a lot.

# %% [markdown]
# ---
# ## 3 · Average or flatten?
#
# Three blocks (convolution, BatchNorm, ReLU, pooling) turn an image into activations $A$: 128 maps of $h\times w$ places. Two ways lead on to one logit $y$ per class:
#
# $$\text{average (GAP):}\quad y=b+\sum_k w_k\,\frac1{hw}\sum_{ij}A^k_{ij}\qquad\qquad \text{flatten:}\quad y=b+\sum_k\sum_{ij} w^k_{ij}\,A^k_{ij}$$

# %%
for size in (64, 96, 224):
    h = size // 8
    print(f"{size:3d} px: maps of {h:2d}×{h:<2d}  head after average {128 * 2 + 2:6,d} numbers, after flatten {128 * h * h * 2 + 2:7,d}")
print(f"the whole retinal_cnn: {sum(p.numel() for p in glaucam.MODELS['retinal_cnn'].build(2).parameters()):,d} numbers")

# %% [markdown]
# **A claim:** *"Flatten destroys the positions, that is why one uses GAP."* It is repeated in many notebooks. **Let us try to refute it.** Below are small maps with one bright blob, either in the left or in the right half. The class is the side. **Predict:** which head can learn it?

# %%
blob_at = rng.integers([0, 0], [6, 6], size=(1200, 2))
side = (blob_at[:, 1] >= 3).astype(int)
maps = np.zeros((1200, 6, 6))
maps[np.arange(1200), blob_at[:, 0], blob_at[:, 1]] = 1
for name, vector in (("flatten", maps.reshape(1200, -1)), ("average", maps.mean(axis=(1, 2))[:, None])):
    head = LogisticRegression(C=100).fit(vector[:800], side[:800])
    print(f"{name}: {head.score(vector[800:], side[800:]):.0%} of the sides right")

# %% [markdown]
# **Refuted: it is the other way round.** Flatten keeps every place, in a fixed order; the average forgets them. What *does* flatten break? The reading of one weight per map, on which class activation maps (CAM) stand. **With pencil:** one map, and a flatten head with one weight for each place:
#
# $$A=\begin{pmatrix}1&0\\0&2\end{pmatrix}\qquad w=\begin{pmatrix}3&0\\0&-1\end{pmatrix}\qquad b=0$$
#
# What is $y$? What does each place really contribute? Now pretend there were one weight for the whole map, the mean $\alpha$ of $w$: which map $\alpha A$ would you draw, and which place would it praise?
#
# <details><summary>The answer</summary><p>y = 3·1 + (−1)·2 = <b>1</b>. The places contribute +3 (upper left) and <b>−2</b> (lower right). The mean weight is α = (3+0+0−1)/4 = .5, so αA = (.5, 0; 0, 1): it praises the lower right <b>most</b>, which in truth speaks <em>against</em>, and its sum is 1.5, not y. With an average head all places of a map share one weight, so this cannot happen.</p></details>

# %%
A, w = np.array([[1.0, 0], [0, 2]]), np.array([[3.0, 0], [0, -1]])
print("y =", (w * A).sum(), "  contributions", (w * A).tolist(), "  one weight for all places", (w.mean() * A).tolist())

# %% [markdown]
# So the average head is chosen for these reasons: few numbers, which few eyes cannot be learnt by heart with; any image size; a disc that lies a little to the left is the same disc; and one weight per map and class, which lesson 3 reads. Its price: it cannot know *where* a sign was.

# %% [markdown]
# ---
# ## 4 · The loop
#
# Everything a network learns, it learns in these lines. Read them aloud.
#
# | line | what | in letters |
# |---|---|---|
# | `model.train()` | BatchNorm follows the batch at hand | |
# | `augment(images)` | other cameras, the same label | |
# | `y = model(images)` | logits `[n, C]` | $y$ |
# | `loss = cross_entropy(y, labels, weights)` | surprise at the truth $c$, weighed by class | $\ell=-w_c\ln\dfrac{e^{y_c}}{\sum_k e^{y_k}}$ |
# | `zero_grad(); backward()` | forget the last gradient, compute this one | $g=\partial\ell/\partial\theta$ |
# | `step()` | downhill, by a rate $\eta$ that falls as a half cosine | $\theta\leftarrow\theta-\eta\,g$ (AdamW scales $g$) |

# %%
from glaucam.training.augment import augment


def fit(model, train, val, epochs, weights=None, rate=3e-3):
    """Train; keep the epoch with the lowest validation loss. Returns the losses."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=1e-4)
    batches = len(train.loader(32, shuffle_seed=0))
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs * batches)
    chance, history, best = torch.Generator().manual_seed(0), [], float("inf")
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for images, labels in train.loader(32, shuffle_seed=epoch):
            y = model(augment(images, chance))
            loss = F.cross_entropy(y, labels, weight=weights)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            falling.step()
            total += loss.item() / batches
        val_loss = F.nll_loss(predict(model, val.images).clamp(min=1e-9).log(), val.labels, weight=weights).item()
        history.append({"train": total, "val": val_loss})
        if val_loss < best:
            best, kept = val_loss, {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(kept)
    return pd.DataFrame(history)


# %% [markdown]
# **Predict:** a network that says one half to everything has the loss $\ln 2=.69$. Where will the first epoch end, and which curve will be lower in the end?

# %%
torch.manual_seed(1)
model = glaucam.MODELS["retinal_cnn"].build(2).to(memory_format=torch.channels_last)  # a little faster on CPUs
began = time.perf_counter()
history = fit(model, train_eyes, val_eyes, epochs=3 if QUICK else 14)
print(f"{len(history)} epochs of {len(train_eyes)} eyes in {time.perf_counter() - began:.0f} s; best epoch {history['val'].argmin() + 1}")

figure, ax = plt.subplots(figsize=(6.5, 3))
ax.plot(history.index + 1, history["train"], "o--", color=GREY, markersize=4, label="training eyes (augmented)")
ax.plot(history.index + 1, history["val"], "s-", color=BLUE, markersize=4, label="validation eyes")
ax.axhline(np.log(2), color="black", linewidth=0.8)
ax.text(len(history), np.log(2) + 0.01, "says one half to everything", ha="right", va="bottom", fontsize=8)
ax.set(xlabel="epoch", ylabel="mean loss", ylim=(0, 0.1 + max(0.7, history.to_numpy().max())), xticks=history.index + 1)
ax.legend(frameon=False, loc="lower left")
captioned(
    figure,
    "Figure 2. Loss after each epoch. The best epoch by the validation curve is kept: that is a choice, so it may not be made on the test eyes.",
    "Two curves of the loss falling over the epochs, with a line at ln 2 for a network that says one half to everything.",
)

# %% [markdown]
# Does the validation curve lie *below* the training curve? That is no miracle: the training eyes were made harder (augmented) and were judged while the network still learnt. What would worry us is a validation curve that turns and rises while the other falls: the network learns its eyes by heart.
#
# The same recipe with checkpoint, resumption and header is one command: `glaucam train --model retinal_cnn --data phantom_disc --epochs 14 --out runs/mine`.

# %% [markdown]
# ---
# ## 5 · Drawing the line
#
# **Who is called?** The network gives $p$ = p(glaucoma). A clinic can re-examine only so many healthy people, so it fixes the **specificity**, .95 say, and asks for the **smallest threshold** $t$ that keeps the promise: an eye is called where $p\ge t$. The line is chosen on the **validation** eyes, for on the test eyes it would have seen the answers. **Predict:** what specificity will the test eyes show?

# %%
from glaucam.metrics.classification import confusion, operating_point, sensitivity_specificity

p_val, p_test = (predict(model, e.images)[:, 1].numpy().astype(float) for e in (val_eyes, test_eyes))
y_test = test_eyes.labels.numpy()
t = operating_point(val_eyes.labels.numpy(), p_val, specificity=0.95)
sensitivity, specificity = sensitivity_specificity(y_test, p_test, t)
print(f"threshold {t:.3f} from {len(val_eyes)} validation eyes; on {len(y_test)} test eyes: specificity {specificity:.2f}, sensitivity {sensitivity:.2f}")

# %% [markdown]
# The promise is seldom kept exactly: it was made on other eyes, and few. Now the picture of all thresholds at once, the counts at ours, and a question that neither answers: **can its probabilities be taken at their word?**
#
# Sort the answers into bins by their confidence $c$ (the probability of the class that was said). In each bin compare the mean confidence with the part that was right. The **expected calibration error** adds up the gaps:
#
# $$\text{ECE}=\sum_m \frac{n_m}{N}\,\bigl|\text{right}_m-\bar c_m\bigr|$$
#
# **With pencil:** four answers with confidence .9, .9, .6, .6. Of the first two one was right, of the last two both. What is the ECE, with a bin for each? How do *mean* confidence and *overall* accuracy compare?
#
# <details><summary>The answer</summary><p>Bin .9: right .5, gap .4. Bin .6: right 1, gap .4. ECE = ½·.4 + ½·.4 = <b>.4</b>. And yet the mean confidence is .75 and three of four were right: overall it looks perfectly honest. One has to look bin by bin.</p></details>

# %%
from glaucam.metrics.calibration import calibration_error, reliability, top_confidence

print("by hand's example:", round(calibration_error([0.9, 0.9, 0.6, 0.6], [True, False, True, True]), 3))
P_test = predict(model, test_eyes.images).numpy()
confidence, right = top_confidence(y_test, P_test)
bins = reliability(confidence, right, bins=10)
bins = bins[bins.n > 0]

figure, axes = plt.subplots(1, 3, figsize=(12, 3.7), layout="constrained")
wrong_rate, found_rate, _ = roc_curve(y_test, p_test)
axes[0].plot(wrong_rate, found_rate, color=BLUE, label=f"network, AUROC {roc_auc_score(y_test, p_test):.2f}")
ruler_wrong, ruler_found, _ = roc_curve(y_test, ruler[test])
axes[0].plot(ruler_wrong, ruler_found, "--", color=ORANGE, label=f"ruler, AUROC {roc_auc_score(y_test, ruler[test]):.2f}")
axes[0].plot([0, 1], [0, 1], ":", color=GREY, label="coin")
axes[0].plot(1 - specificity, sensitivity, "X", color="black", markersize=9, label="our threshold")
axes[0].set(xlabel="1 − specificity (false alarms)", ylabel="sensitivity (glaucoma found)", aspect="equal")
axes[0].legend(frameon=False, fontsize=8, loc="lower right")
counts = np.array(confusion(y_test, (p_test >= t).astype(int), 2))
axes[1].imshow(counts / counts.sum(axis=1, keepdims=True), cmap="Blues", vmin=0, vmax=1)
for i, j in np.ndindex(2, 2):
    dark = counts[i, j] > 0.5 * counts[i].sum()
    axes[1].text(j, i, counts[i, j], ha="center", va="center", fontsize=14, color="white" if dark else "black")
axes[1].set_xticks([0, 1], ["called normal", "called glaucoma"])
axes[1].set_yticks([0, 1], ["is normal", "is glaucoma"], rotation=90, va="center")
axes[2].plot([0.5, 1], [0.5, 1], ":", color=GREY)
axes[2].vlines(bins.confidence, bins.confidence, bins.accuracy, color=GREY)
axes[2].scatter(bins.confidence, bins.accuracy, s=20 + 200 * bins.n / bins.n.max(), color=BLUE, alpha=0.8)
axes[2].set(xlabel="confidence", ylabel="part that was right", title=f"ECE {calibration_error(confidence, right):.2f}", ylim=(0, 1.05))
captioned(
    figure,
    "Figure 3. Left: ROC curves of the network and of the ruler. Middle: the eyes at our threshold. Right: confidence against truth, "
    "larger dots for more eyes; below the dotted line it is surer than right.",
    "Three charts: ROC curves with a cross at the threshold, a two by two table of counts, and a reliability diagram.",
)

# %% [markdown]
# ### Everything beside everything
#
# One figure without its interval, and without the baselines, is an advertisement. **Predict:** does our network beat the ruler?

# %%
from glaucam.training.embedded import FUNDUS, embedded_model

ready = embedded_model()
p_ready = predict(ready.model, ready.preprocessing.batch(eyes.image(int(i)) for i in test))[:, 1].numpy()
rivals = {f"our network, {len(train_eyes)} training eyes": p_test, f"the course's network, {FUNDUS.counts['train']} training eyes": p_ready, **baselines,
          "a coin": np.random.default_rng(4).random(len(test))}
rows = []
for name, scores in rivals.items():
    again = [rng.integers(len(test), size=len(test)) for _ in range(400)]
    drawn = [roc_auc_score(y_test[k], scores[k]) for k in again if 0 < y_test[k].sum() < len(k)]
    rows.append({"": name, "AUROC": roc_auc_score(y_test, scores), "low": np.quantile(drawn, 0.025), "high": np.quantile(drawn, 0.975)})
pd.DataFrame(rows).set_index("").round(2)

# %% [markdown]
# The interval (test eyes drawn anew, 400 times) is wide: a hundred eyes cannot tell .85 from .9. **And the ruler wins.** It was given the truth of disc and cup, which in life somebody must outline first; the networks had to find disc, cup and ratio from pixels, and many times as many eyes to learn from do not close the gap. On published sets with real photos, networks beat the ruler by a little or by a lot: .986 to .946 on REFUGE1, .769 to .748 on PAPILA. Always print both.
#
# **What this does not show.** That any of these works on a real photo. It does not: these networks have seen drawings.

# %% [markdown]
# ---
# ## 6 · When glaucoma is rare
#
# **What if one eye in twelve is ill, instead of one in two?** A network can then be right in 92 % by always saying *normal*, and the loss pushes it there. **Class weights** give each class the same say:
#
# $$w_c=\frac{n}{C\,n_c}$$
#
# **With pencil:** 220 normal eyes, 20 with glaucoma. What are the two weights? How much does each class weigh in all?
#
# <details><summary>The answer</summary><p>n = 240, C = 2: w = 240/440 = <b>.545</b> and 240/40 = <b>6</b>. In all 220 · .545 = 120 and 20 · 6 = 120: the same.</p></details>
#
# **Predict, then run:** the same loop on rare glaucoma (smaller images, so that it is quick), without and with weights. Accuracy, and glaucoma found at the line .5?

# %%
from glaucam.training.fit import class_weights

print("weights by hand:", class_weights(torch.tensor([0] * 220 + [1] * 20), eyes.classes).tolist())
healthy, ill = (np.flatnonzero(train_eyes.labels.numpy() == c) for c in (0, 1))
rare = np.concatenate([healthy, ill[: max(6, len(healthy) // 11)]])


def small(examples, rows=slice(None)):
    return Examples(F.interpolate(examples.images[rows], size=40), examples.labels[rows], examples.classes)


rare_eyes, judged = small(train_eyes, rare), small(val_eyes)
said = {}
for name, weights in (("without weights", None), ("with weights", class_weights(rare_eyes.labels, eyes.classes))):
    torch.manual_seed(2)
    net = glaucam.MODELS["retinal_cnn"].build(2).to(memory_format=torch.channels_last)
    fit(net, rare_eyes, rare_eyes, epochs=3 if QUICK else 16, weights=weights)
    said[name] = predict(net, judged.images)[:, 1].numpy()

truth = judged.labels.numpy()
rows = []
for name, p in said.items():
    found, spared = (p[truth == 1] >= 0.5).mean(), (p[truth == 0] < 0.5).mean()
    rows.append({"": name, "accuracy where 1 in 12 is ill": (11 * spared + found) / 12, "glaucoma found": found, "healthy left in peace": spared, "AUROC": roc_auc_score(truth, p)})
pd.DataFrame(rows).set_index("").round(2)

# %%
figure, axes = plt.subplots(1, 2, figsize=(11, 2.6), sharey=True, layout="constrained")
for ax, (name, p) in zip(axes, said.items()):
    for c, colour, hatch in ((0, BLUE, ""), (1, ORANGE, "///")):
        ax.hist(p[truth == c], np.linspace(0, 1, 21), color=colour, alpha=0.55, hatch=hatch, edgecolor="white", label=eyes.classes[c])
    ax.axvline(0.5, color="black", linewidth=1)
    ax.set(title=name, xlabel="p(glaucoma)")
axes[0].set_ylabel("validation eyes")
axes[0].legend(frameon=False, loc="upper left")
captioned(
    figure,
    "Figure 4. What two networks say of the same validation eyes. Without weights nearly everybody lies left of the line, the ill too.",
    "Two histograms of p(glaucoma) with a line at one half: without weights nearly all eyes lie left of it, with weights they spread.",
)

# %% [markdown]
# Look at the accuracy first, as a hurried reader would, and at the glaucomas found second. Then look at the **AUROC**: it hardly asks for weights. Much of what they do is to move $p$ across the line .5, and a threshold chosen on purpose does that too. Weights help *while learning*, so that the rare class has a say in the features; they do not make twenty eyes into two hundred.
#
# **What this does not show.** That weighted probabilities mean anything. With weights the network answers as if half of all people were ill: $p=.5$ in a town where one in twelve is ill means far less.

# %% [markdown]
# ---
# ## 7 · The same code on OCT
#
# **Does anything in the loop know what a fundus is?** Four classes instead of two, grey scans instead of colour photos: `fit` stays as it is. The weights matter here as well: in the public OCT set drusen are four times rarer than CNV. **Predict:** which two classes will be taken for each other most?

# %%
scans = PhantomOct(n=64 if QUICK else 400, seed=32, parameters=OctParameters(size=128, severity=1.6))
as_scan = Preprocessing(size=48 if QUICK else 64, crop=False)  # a scan has no round field
pictures = [as_scan.frame(scans.image(i)) for i in range(len(scans))]
pixels, classes = as_scan.batch(pictures), torch.as_tensor(scans.labels)
of = {split: Examples(pixels[scans.indices(split)], classes[scans.indices(split)], scans.classes) for split in ("train", "val", "test")}

torch.manual_seed(3)
reader = glaucam.MODELS["retinal_cnn"].build(len(scans.classes)).to(memory_format=torch.channels_last)
began = time.perf_counter()
fit(reader, of["train"], of["val"], epochs=3 if QUICK else 16, weights=class_weights(of["train"].labels, scans.classes))
P, y = predict(reader, of["test"].images).numpy(), of["test"].labels.numpy()
grey = np.array([[f.mean(), f.std()] for f in np.array(pictures, np.float32)])
meter = make_pipeline(StandardScaler(), LogisticRegression()).fit(grey[scans.indices("train")], scans.labels[scans.indices("train")])
print(f"{time.perf_counter() - began:.0f} s; of {len(y)} test scans right: network {(P.argmax(1) == y).mean():.0%}, "
      f"light meter {meter.score(grey[scans.indices('test')], y):.0%}, guessing 25%")

counts = np.array(confusion(y, P.argmax(axis=1), 4))
figure, axes = plt.subplots(1, 5, figsize=(13, 3.1), width_ratios=[1, 1, 1, 1, 1.5], layout="constrained")
for c, ax in enumerate(axes[:4]):
    ax.imshow(pictures[int(np.flatnonzero(scans.labels == c)[0])])
    ax.set_title(scans.classes[c], fontsize=10)
    ax.set_axis_off()
axes[4].imshow(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), cmap="Blues", vmin=0, vmax=1)
for i, j in np.ndindex(4, 4):
    dark = counts[i, j] > 0.5 * counts[i].sum()
    axes[4].text(j, i, counts[i, j], ha="center", va="center", color="white" if dark else "black")
axes[4].set_xticks(range(4), scans.classes, fontsize=7)
axes[4].set_yticks(range(4), scans.classes, fontsize=7)
axes[4].set(xlabel="called", ylabel="is")
captioned(
    figure,
    "Figure 5. One phantom scan of each class as the network gets it, and what the network called the test scans.",
    "Four small OCT scans, NORMAL, CNV, DME and DRUSEN, beside a four by four table of true and called classes.",
)

# %% [markdown]
# Read the table by rows. CNV and DME are urgent, drusen can wait: not every mistake weighs the same, and no single number says so. With four classes, ask the yes-or-no questions one by one: *CNV or not?* Each has its own ROC curve and its own threshold.
#
# Two networks of this size and a little more reached 92.2 % and 95.5 % on the validation images of the public set. That is context, not a target: other images, far more of them, and a split one would have to look into.

# %% [markdown]
# ---
# ## 8 · True or false?
#
# Decide, then unfold.
#
# <details><summary>"The test accuracy is 99 %, so the network works."</summary><p><b>Not yet.</b> Section 1 got nearly that with labels from a coin. First ask how the patients were split.</p></details>
# <details><summary>"An AUROC of .9 means that 90 % of the patients are called rightly."</summary><p><b>False.</b> Of all pairs, one ill and one healthy, 90 % are in the right order. How many are called rightly hangs on the threshold, and on how rare the disease is.</p></details>
# <details><summary>"We tried ten thresholds on the test set and report the best."</summary><p><b>Circular.</b> Choose on validation, report what the test says.</p></details>
# <details><summary>"Flatten destroys positions."</summary><p><b>False.</b> Section 3: the average does. What flatten breaks is one weight for each map.</p></details>
# <details><summary>"Softmax says .97, so it is 97 % sure to be right."</summary><p><b>Only if it is calibrated</b>, which section 5 measures, and only on eyes like those it was measured on.</p></details>
#
# **Next:** [03_gradcam](03_gradcam.ipynb) asks the trained network *where* it looked. **To try your own hand:** the assignment [a2_train](../../assignments/a2_train/a2_train.ipynb).
