# %% [markdown]
# # Can you believe it? Measuring a heatmap
#
# A colleague shows you an eye with a glow on the optic disc. *"Look, the network has understood glaucoma."* It is a beautiful picture. Before you nod, ask what you would ask of any test: **what would the picture look like if it were wrong?** If a map that knows nothing of the network glows just as nicely, the glow is no evidence.
#
# **When you are done you can** put a number on *where* the heat lies, and say what chance would give · put a number on *what the heat does* to the score, and say what that number cannot see · ask whether a map knows the network's weights at all · set every method beside four controls, with intervals · say in one sentence what a heatmap has shown, and what not.
#
# **Time and memory.** About 60 minutes to read and work through. The notebook runs in under 2 minutes on 2 CPU cores and needs about 1.2 GB of memory; no GPU, no network. With the environment variable `GLAUCAM_QUICK=1` it looks at fewer eyes and takes under 40 seconds. Nothing here is graded.
#
# > **Not a medical device.** The eyes below are phantoms: drawn by a program, with glaucoma put in on purpose. That is why we know which pixels belong to the disc. Nothing here is a diagnosis.

# %%
import os

import numpy as np
import pandas as pd
import torch
from matplotlib import pyplot as plt
from torch.nn import functional as F

import glaucam
from glaucam.data import FundusParameters, PhantomFundus
from glaucam.metrics import (
    CONTROLS,
    average_drop,
    bootstrap_interval,
    changes_under_randomisation,
    deletion_auc,
    dice,
    energy_share,
    increase,
    insertion_auc,
    iou,
    lift,
    paired_interval,
    pointing_hit,
    spearman,
)
from glaucam.metrics.classification import auroc
from glaucam.metrics.perturbation import curve, emptied
from glaucam.plots.captioned import captioned
from glaucam.plots.overlay import overlay
from glaucam.training.embedded import embedded_model
from glaucam.training.predict import predict

QUICK = os.environ.get("GLAUCAM_QUICK") == "1"
BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#5b6475"  # safe for colour-blind eyes


def show(ax, picture, title="", **how):
    ax.imshow(picture, **how)
    ax.set_title(title, fontsize=9.5)
    ax.set_axis_off()


# %% [markdown]
# The course's small trained network, and eyes that it has never seen. We keep, for each eye, what the network gets (`images`), what we look at (`pictures`) and the true `disc`.

# %%
checkpoint = embedded_model()
model, preprocess = checkpoint.model, checkpoint.preprocessing
drawn = PhantomFundus(30 if QUICK else 60, seed=41, parameters=FundusParameters(size=96, view="crop", severity=1.6))
photos = [drawn.image(i) for i in range(len(drawn))]
images = preprocess.batch(photos)  # [N,3,64,64]
pictures = [preprocess.frame(photo) for photo in photos]  # uint8 [64,64,3]
disc = [preprocess.frame_mask(drawn.masks(i)["disc"], photo) for i, photo in enumerate(photos)]
P = predict(model, images).numpy()  # [N,2]
ill = np.flatnonzero(drawn.labels == 1)[: 10 if QUICK else 24]
shown = ill[np.argsort(-P[ill, 1])][:4]  # the four that it is surest of


def f(batch):
    """What the metrics ask: images [M,3,H,W] → probability of glaucoma [M]."""
    return predict(model, batch)[:, 1]


def heat(method, which, network=model):
    """The method's heatmaps for glaucoma, [n,H,W]."""
    return glaucam.explain(network, images[which], ["glaucoma"], method).heatmaps["glaucoma"].values.numpy()


print(f"{len(photos)} eyes, {len(ill)} with glaucoma to be explained; AUROC {auroc(drawn.labels, P):.2f}")

# %% [markdown]
# ---
# ## 0 · Which of these is the network?
#
# **Would you notice if the heatmap were not a heatmap?** Below are four eyes with glaucoma, twice. One row shows Grad-CAM. The other shows a picture that was computed **without any network**. **Commit yourself before you run the cell after the next:** which row would you show to a clinician?

# %%
gaussian = np.stack([CONTROLS["centre_gaussian"](picture, 0) for picture in pictures])
rows = {"row A": gaussian[shown], "row B": heat("gradcam", shown)}
figure, axes = plt.subplots(2, 4, figsize=(9, 4.9), layout="constrained")
for line, (name, maps) in zip(axes, rows.items()):
    for ax, i, L in zip(line, shown, maps):
        show(ax, overlay(pictures[i], L))
    line[0].set_title(name, fontsize=11, loc="left")
captioned(
    figure,
    "Figure 1. Four eyes with glaucoma under two kinds of map. Yellow is hot. One row has never met a network.",
    "Two rows of the same four eyes with heat: in row A a smooth round glow in the middle, in row B patches of various shape.",
)

# %%
def mean(values):
    """The mean of what was measured: None, where there is no heat at all, is left out."""
    return np.mean([value for value in values if value is not None])


both = {"row A, a round blob in the middle": gaussian[ill], "row B, Grad-CAM": heat("gradcam", ill)}
for name, maps in both.items():
    print(f"{name:35s} heat on the disc, as a multiple of chance: {mean([lift(L, disc[i]) for i, L in zip(ill, maps)]):.1f}, mean of {len(ill)} eyes")

# %% [markdown]
# On the four eyes that the network is surest of, Grad-CAM looks good. Over *all* eyes with glaucoma the blob comes close, or wins: it glows on the disc because the photo was cut around the disc. (And choosing the surest eyes for the figure was an old trick: **a figure of four is chosen by somebody**.) So two things are needed before one may believe a map: a **number**, and a **control**, the same number for a map that knows nothing. Everything below is these two.

# %% [markdown]
# ---
# ## 1 · Where is the heat? Share and lift
#
# **How much of the glow lies on the disc, and is that much?**
#
# $$\text{share}=\frac{\sum_{\text{mask}}L}{\sum L}\qquad\qquad\text{lift}=\frac{\text{share}}{\text{area of the mask}\,/\,\text{area of the picture}}$$
#
# $L$ is the heatmap. The share is the part of the heat that lies in the mask. A large disc gets a large share for nothing; lift takes that away. **Lift 1 is chance.**
#
# **With pencil.** A map of nine places; the disc is the three places of the middle row.
#
# ```
#       0  1  0                . . .
# L  =  2  6  1       mask  =  d d d
#       0  2  0                . . .
# ```
#
# Share? Lift? And what is the largest lift that any map can reach with this mask?
#
# <details><summary>The answer</summary><p>All heat is 12, on the disc 9: share <b>.75</b>. The disc is 3/9 of the picture: lift <b>2.25</b>. With all heat on the disc the share is 1 and the lift 1/(3/9) = <b>3</b>. A disc that fills half of the picture cannot be lit more than twice as much as chance: <b>never compare lifts across crops of different width</b>.</p></details>

# %%
L = np.array([[0, 1, 0], [2, 6, 1], [0, 2, 0]])
mask = np.array([[0, 0, 0], [1, 1, 1], [0, 0, 0]], dtype=bool)
share = L[mask].sum() / L.sum()
area = mask.mean()
print(f"share = {share}, lift = {share / area:.2f}")
print(f"the library says     {energy_share(L, mask)} and {lift(L, mask):.2f}")
print(f"no heat anywhere:    {energy_share(0 * L, mask)}, not 0: nothing was measured")
print(f"the same everywhere: share {energy_share(0 * L + 1, mask):.2f}, lift {lift(0 * L + 1, mask):.2f}")

# %% [markdown]
# **Predict:** in which of the three maps below is the lift highest, in which lowest?

# %%
i = shown[0]
three = {"Grad-CAM": heat("gradcam", [i])[0], "gradient": heat("gradient", [i])[0], "Sobel: the photo's edges": CONTROLS["sobel"](pictures[i], 0)}
figure, axes = plt.subplots(1, 4, figsize=(11, 3.1), layout="constrained")
show(axes[0], pictures[i], "the eye")
for ax, (name, L_i) in zip(axes[1:], three.items()):
    show(ax, overlay(pictures[i], L_i), f"{name}\nshare {energy_share(L_i, disc[i]):.2f}, lift {lift(L_i, disc[i]):.1f}")
for ax in axes:
    ax.contour(disc[i], [0.5], colors="white", linewidths=1)
captioned(
    figure,
    "Figure 2. Share and lift of three maps of one eye; white is the true edge of the disc. The last one knows no network.",
    "One eye, and the same under Grad-CAM, the gradient and an edge map, each with the outline of the disc and its share and lift.",
)

# %% [markdown]
# **What this does not show.** *Why* the heat is there. A network that reads nothing but how bright the disc is would be lit there, too.

# %% [markdown]
# ---
# ## 2 · The hottest place, and the hottest region
#
# **Does the peak hit?** Share adds up everything, also a weak haze. Two other questions are sharper.
#
# | metric | asks | a detail that decides |
# |---|---|---|
# | pointing game | is the maximum in the mask, or within 15 px of it? | several maxima: the part of them that hits; no mask: no game |
# | IoU at top-k | hottest k pixels ∩ mask ÷ their union | k by *count*, not by a threshold; k = size of the mask is fairest |
# | Dice at top-k | 2 · both ÷ sum of the two sizes | Dice = 2·IoU / (1 + IoU): the same order, kinder numbers |
#
# **With pencil**, on the same nine places: does the pointing game hit? Take as many hottest places as the mask has (three). Two places have heat 2: they tie. What are IoU and Dice?
#
# <details><summary>The answer</summary><p>The maximum, 6, lies in the mask: <b>hit</b>. The hottest three are 6, 2, 2; of them 6 and one 2 lie in the mask: both = 2, union = 3 + 3 − 2 = 4, IoU = <b>.5</b>, Dice = 4/6 = <b>.67</b>. The tie was harmless, because both are taken. Chance: hottest places drawn at random give an IoU near a/(2 − a) = .2 with a = 1/3.</p></details>

# %%
print(f"pointing {pointing_hit(L, mask, tolerance=0)}, IoU {iou(L, mask)}, Dice {dice(L, mask):.2f}")
print(f"a map that is 1 everywhere: pointing {pointing_hit(0 * L + 1, mask, tolerance=0):.2f}, IoU {iou(0 * L + 1, mask):.2f}")

# %% [markdown]
# **A number to distrust.** The 15 px come from a paper on photos some 500 px wide. Our network sees 64 px. **Predict:** how often does a *random* map win the game with 15 px, and how often with 2?

# %%
noise = np.stack([CONTROLS["random"](picture, n) for n, picture in enumerate(pictures)])[ill]
maps = {"Grad-CAM": heat("gradcam", ill), "random": noise}
games = {
    name: {f"{px} px": np.mean([pointing_hit(L_i, disc[i], px) for i, L_i in zip(ill, found)]) for px in (15, 2)}
    for name, found in maps.items()
}
pd.DataFrame(games).T.round(2)

# %% [markdown]
# A test that noise passes most of the time is no test. State the tolerance, in parts of the picture.

# %% [markdown]
# ---
# ## 3 · What does the heat do? Deletion and insertion
#
# **If the network really uses these pixels, then taking them away must hurt.** *Deletion* removes the hottest pixels first and watches the score $s$ fall: a small area under the curve is good. *Insertion* starts from a blurred photo and brings the hottest pixels back: a large area is good. With $N$ steps
#
# $$\text{AUC}=\frac{\sum_k s_k-\frac{s_0}{2}-\frac{s_N}{2}}{N}$$
#
# **With pencil.** Let the "network" be the *mean* of the picture, and the picture four pixels, all 1. Delete one at a time, to 0. Which scores come, and what is the AUC? Does it depend on the heatmap?
#
# <details><summary>The answer</summary><p>1, .75, .5, .25, 0. Sum 2.5; minus .5 and minus 0 is 2; divided by N = 4: <b>exactly .5</b>. The order makes no difference: every pixel weighs the same, so every heatmap gets .5. A program that prints .625 has forgotten to halve the two ends.</p></details>

# %%
ones, ramp = torch.ones(3, 2, 2), np.array([[4.0, 3.0], [2.0, 1.0]]) / 4


def mean_of(batch):
    return batch.mean(dim=(1, 2, 3))


s = curve(mean_of, ones, 0 * ones, ramp, step=1)
print("s =", s, " AUC =", (s.sum() - s[0] / 2 - s[-1] / 2) / (len(s) - 1), " library:", deletion_auc(mean_of, ones, ramp, step=1))

# %% [markdown]
# Now a real curve. **Predict:** three orders of deletion for the same eye, by Grad-CAM, at random, and from the centre outwards. Which falls first?

# %%
i, x = shown[0], images[shown[0]]
orders = {"Grad-CAM": heat("gradcam", [i])[0], "random": CONTROLS["random"](pictures[i], 0), "centre-Gaussian": gaussian[i]}
marks = {"Grad-CAM": (BLUE, "-"), "random": (GREY, ":"), "centre-Gaussian": (ORANGE, "--")}
figure = plt.figure(figsize=(11, 4.4), layout="constrained")
grid = figure.add_gridspec(2, 5, width_ratios=(1, 1, 1, 0.15, 3))
ranking = np.argsort(np.argsort(-orders["Grad-CAM"], axis=None, kind="stable")).reshape(64, 64) / 64**2
for place, gone in enumerate((0, 0.05, 0.1, 0.2, 0.4, 0.8)):
    ax = figure.add_subplot(grid[divmod(place, 3)])
    left = torch.where(torch.from_numpy(ranking < gone), torch.zeros(()), x)
    show(ax, np.where((ranking < gone)[..., None], 118, pictures[i]), f"{gone:.0%} gone: p = {f(left[None])[0]:.2f}")
ax = figure.add_subplot(grid[:, 4])
for name, order in orders.items():
    s = curve(f, x, emptied(x, "zero"), order)
    ax.plot(np.linspace(0, 1, len(s)), s, color=marks[name][0], linestyle=marks[name][1], label=f"{name}: AUC {deletion_auc(f, x, order):.2f}")
ax.set_xlabel("part of the pixels deleted")
ax.set_ylabel("p(glaucoma)")
ax.set_ylim(0, 1.02)
ax.legend(frameon=False, fontsize=9)
captioned(
    figure,
    "Figure 3. Left: one eye while its hottest pixels go. Right: how the network's probability follows, for three orders of going.",
    "Six pictures of an eye with growing grey patches and their probabilities, and three curves of probability against pixels deleted.",
)

# %% [markdown]
# Look at the six pictures again, not at the curve. **Has the network ever seen such an eye?** No. Half of the curve is its opinion of things that do not exist. What does it say of nothing at all?

# %%
nothing = {"empty": 0 * x, "blurred": emptied(x, "blur"), "noise": torch.randn(x.shape, generator=torch.Generator().manual_seed(0))}
print({name: round(float(f(z[None])[0]), 2) for name, z in nothing.items()}, "= p(glaucoma)")

# %% [markdown]
# The network has an opinion even of nothing. The end of every deletion curve is the first of these numbers, whatever the heatmap: a curve may *rise* at the end, and the area pays for it. That is why one prints at least two *substrates* (0 and blur), and never compares areas across networks.
#
# ### A claim to refute
#
# *"Our new map has exactly the deletion AUC of Grad-CAM, so it shows the same."* Take $L^{8}$: raise every value of the heatmap to the eighth power. **Predict:** what happens to deletion, what to the share, what to the picture?

# %%
L_i = heat("gradcam", [i])[0]
powers = {1: L_i, 8: L_i**8, 0.125: L_i**0.125}
figure, axes = plt.subplots(1, 3, figsize=(9, 3.4), layout="constrained")
for ax, (power, changed) in zip(axes, powers.items()):
    numbers = f"deletion {deletion_auc(f, x, changed):.3f}, lift {lift(changed, disc[i]):.2f}"
    show(ax, overlay(pictures[i], changed), f"L to the power {power:g}\n{numbers}")
    ax.contour(disc[i], [0.5], colors="white", linewidths=1)
captioned(
    figure,
    "Figure 4. Three pictures that no reader would take for the same, and one deletion AUC.",
    "One eye under a heatmap, under a much sharper and under a much flatter version of it; the deletion AUC in the titles is the same.",
)

# %% [markdown]
# Refuted: **deletion and insertion see only the ranking of the pixels.** The contrast that a reader sees is not in them at all.

# %% [markdown]
# ---
# ## 4 · Average drop, and how to win it
#
# **What is left of the score when the network sees only what the heat lets through?** With $Y=f(x)$ and $O=f(L\odot x)$:
#
# $$\text{average drop}=\frac{100}{N}\sum\frac{\max(0,\,Y-O)}{Y}\qquad\qquad\text{\% increase}=\frac{100}{N}\sum\mathbf 1[Y<O]$$
#
# **With pencil.** Two eyes: $Y=.8,\ O=.6$ and $Y=.5,\ O=.7$. Average drop? % increase? And now **the trap**: which map, drawn without looking at the eye, has the best average drop there is?
#
# <details><summary>The answer</summary><p>.2/.8 = 25 %, and 0 for the second (it rose): average drop <b>12.5 %</b>; increase in one of two: <b>50 %</b>. The map that is <b>1 everywhere</b> hides nothing: O = Y, drop exactly 0. The emptiest explanation wins.</p></details>

# %%
Y, O = np.array([0.8, 0.5]), np.array([0.6, 0.7])
print(f"by hand: {100 * (np.maximum(0, Y - O) / Y).mean():.1f} % drop, {100 * (Y < O).mean():.0f} % increase")

some = ill[:8]
candidates = {"Grad-CAM": heat("gradcam", some), "centre-Gaussian": gaussian[some], "constant": np.ones((len(some), 64, 64))}
pd.DataFrame(
    {
        name: {
            "average drop %": np.mean([average_drop(f, images[i], L_i) for i, L_i in zip(some, found)]),
            "% increase": np.mean([increase(f, images[i], L_i) for i, L_i in zip(some, found)]),
        }
        for name, found in candidates.items()
    }
).T.round(1)

# %% [markdown]
# **What this does not show.** Faithfulness. A metric with a trivial winner is only readable beside that winner: print the *constant* row, always.

# %% [markdown]
# ---
# ## 5 · Does the map know the network? Randomisation
#
# **If you destroy the network, does the picture change?** Draw the weights anew, at random, from the last layer down, and explain again after each layer (*cascading randomisation*, Adebayo and others, 2018). A network without knowledge has nothing to explain: an honest map must fall apart. One that stays is about the *photo*.
#
# Two maps are compared by **Spearman's** rank correlation, $\rho=1-\dfrac{6\sum d^2}{n(n^2-1)}$, where $d$ is the difference of the ranks of a pixel.
#
# **With pencil.** Before: `4 3 2 1`. After: `3 4 2 1`. What is $\rho$?
#
# <details><summary>The answer</summary><p>Rank differences 1, 1, 0, 0: Σd² = 2. ρ = 1 − 12/60 = <b>.8</b>.</p></details>

# %%
print("ρ =", round(spearman(np.array([[4, 3], [2, 1]]), np.array([[3, 4], [2, 1]])), 3))

# %% [markdown]
# **Predict before you run:** three rows, Grad-CAM, the gradient, and the edges of the photo. From left to right more and more layers are random. Which row dies first, which never?

# %%
few = shown[:2] if QUICK else shown
rows = {
    "Grad-CAM": lambda network: heat("gradcam", few, network),
    "gradient": lambda network: heat("gradient", few, network),
    "Sobel": lambda network: np.stack([CONTROLS["sobel"](pictures[i], 0) for i in few]),
}


def cascade(heatmap_of):
    """The first eye's map before and after each layer, and the library's comparison of all eyes."""
    seen = []

    def watched(network):
        seen.append(heatmap_of(network))
        return seen[-1]

    changes = list(changes_under_randomisation(model, watched))
    return [maps[0] for maps in seen], changes


broken = {name: cascade(heatmap_of) for name, heatmap_of in rows.items()}
layers = [change.layer.removeprefix("features.") for change in broken["Sobel"][1]]
keep = [0, *[k + 1 for k, layer in enumerate(layers) if not layer.endswith("norm")]]

figure, axes = plt.subplots(3, len(keep), figsize=(2 * len(keep), 6.4), layout="constrained")
for line, (name, (frames, changes)) in zip(axes, broken.items()):
    for ax, k in zip(line, keep):
        rho = None if k == 0 else changes[k - 1].spearman[0]
        words = f"{name}, trained" if k == 0 else f"… {layers[k - 1]}\nρ = {'none' if rho is None else f'{rho:.2f}'}"
        show(ax, frames[k], words, cmap="viridis", vmin=0, vmax=1)
captioned(
    figure,
    "Figure 5. One eye's maps while the network is destroyed from the last layer (second column) to the first (last column). "
    "ρ: rank correlation with the first column; none: the map is empty.",
    "Three rows of maps: Grad-CAM and the gradient change as layers become random, the edge map stays the same in all columns.",
)

# %%
figure, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
for (name, (_, changes)), (colour, style, dot) in zip(broken.items(), ((BLUE, "-", "o"), (GREEN, "--", "s"), (ORANGE, ":", "^"))):
    means = [np.mean([v for v in c.spearman if v is not None] or [np.nan]) for c in changes]
    ax.plot(range(len(layers) + 1), [1, *means], color=colour, linestyle=style, marker=dot, label=name)
ax.set_xticks(range(len(layers) + 1), ["trained", *layers], rotation=25, ha="right", fontsize=9)
ax.set_ylabel("rank correlation")
ax.axhline(0, color=GREY, linewidth=0.6)
ax.legend(frameon=False, fontsize=9)
captioned(
    figure,
    f"Figure 6. The same as numbers, mean of {len(few)} eyes. A line that stays up belongs to a map that is not about the network.",
    "Rank correlation against layers made random: the edge map stays at one, Grad-CAM and the gradient fall.",
)

# %% [markdown]
# Grad-CAM loses much of its order with the first layer, for its weights come from there, and all of it by the last convolution. It may climb again, or turn round (ρ below 0), by accident: even a random network answers otherwise to a bright disc than to an even ground. The gradient holds on longer. The edges never move, and they are the map that most resembles a drawing of an eye.
#
# This test has thrown out well-known methods: *Guided Backpropagation* and *Guided Grad-CAM* draw crisp edges whether the network is trained or not. They are still recommended here and there as "sharper Grad-CAM". Sharper, yes. An edge map is sharp, too.
#
# **What this does not show.** That a map which falls apart is right. Noise falls apart as well: passing is *necessary*, not *sufficient*.

# %% [markdown]
# ---
# ## 6 · Everything beside its controls
#
# **Is the method better than nothing?** Here *nothing* has four faces:
#
# | control | knows | beats you if |
# |---|---|---|
# | random | nothing | your metric is broken |
# | constant | nothing | the metric rewards saying nothing |
# | centre-Gaussian | that photographers centre things | your data are centred |
# | Sobel | the photo, not the network | your method draws edges |
#
# A mean without an interval is an anecdote. The interval is a **bootstrap over images**: draw as many eyes as there are, *with replacement*, take the mean, two thousand times; keep the middle 95 %.
#
# **With pencil.** Two eyes have lifts 1 and 3. Which means can a bootstrap draw give, and how often each?
#
# <details><summary>The answer</summary><p>(1,1) → 1, (1,3) and (3,1) → 2, (3,3) → 3: <b>1 in a quarter, 2 in half, 3 in a quarter</b> of the draws. The 95 % interval is the whole of 1 to 3. Two eyes tell you hardly anything, and the interval says so.</p></details>

# %%
methods = ("gradcam", "gradient") if QUICK else ("gradcam", "layercam", "gradient", "occlusion")
all_maps = {glaucam.METHODS[m].title: heat(m, ill) for m in methods}
all_maps |= {c: np.stack([CONTROLS[c](pictures[i], int(i)) for i in ill]) for c in CONTROLS}
asked = {
    "lift of the disc ↑": lambda L_i, i: lift(L_i, disc[i]),
    "IoU, area-matched ↑": lambda L_i, i: iou(L_i, disc[i]),
    "deletion AUC ↓": lambda L_i, i: deletion_auc(f, images[i], L_i, step=256),
    "insertion AUC ↑": lambda L_i, i: insertion_auc(f, images[i], L_i, step=256),
}
scores = {q: {name: [metric(L_i, i) for i, L_i in zip(ill, maps)] for name, maps in all_maps.items()} for q, metric in asked.items()}

figure, axes = plt.subplots(1, 4, figsize=(12, 3.6), layout="constrained", sharey=True)
for ax, (question, of) in zip(axes, scores.items()):
    for place, (name, values) in enumerate(of.items()):
        told = [v for v in values if v is not None]
        low, high = bootstrap_interval(values)
        control = name in CONTROLS
        ax.plot([low, high], [place, place], color=GREY if control else BLUE, linewidth=2)
        ax.plot(np.mean(told), place, marker="D" if control else "o", color=GREY if control else BLUE)
    ax.set_title(question, fontsize=10)
    ax.grid(axis="x", color="#dddddd", linewidth=0.6)
axes[0].set_yticks(range(len(all_maps)), [f"{n.replace('centre_g', 'centre-G')} (control)" if n in CONTROLS else n for n in all_maps], fontsize=9)
axes[0].invert_yaxis()
captioned(
    figure,
    f"Figure 7. Methods (blue, round) beside controls (grey, diamonds): mean over {len(ill)} eyes and its bootstrap interval. "
    "The arrows say which way is better.",
    "Four dot plots with intervals for lift, overlap, deletion and insertion; the centre-Gaussian control keeps up in lift and is far ahead in overlap.",
)

# %% [markdown]
# Read it a column at a time, and start with the diamonds. *What would a method have to show to be better than those?*
#
# In lift Grad-CAM and the gradient lie about where the blob lies, in overlap the blob wins by far: it is round, as a disc is, and heat that gathers in the cup is not. In deletion it loses. In insertion nothing beats even the *random* map: the blurred photo that it starts from may please the network as it is (section 3). And the intervals overlap widely, because eyes differ more than methods do.
#
# Do intervals that overlap mean "no difference"? Not here: all maps were scored **on the same eyes**. Take the difference eye by eye, and ask whether *its* interval leaves 0 out.

# %%
for question, of in scores.items():
    gap, low, high = paired_interval(of["Grad-CAM"], of["centre_gaussian"])
    verdict = "no difference shown" if low <= 0 <= high else "a difference"
    print(f"{question:22s} Grad-CAM − centre-Gaussian = {gap:+.2f}  [{low:+.2f}, {high:+.2f}]  {verdict}")

# %% [markdown]
# ### Is it the centre, or the disc?
#
# On crops around the disc, "middle" and "disc" are the same place: **the data cannot tell them apart**, whatever the metric. So change the data. Move every photo to the lower right by a quarter of its side, and fill what opens up with the border. **Predict:** what happens to the lift of the Gaussian, and to that of Grad-CAM?

# %%
shift = 16


def moved(z):
    """Tensor [N,C,64,64] moved right and down, its upper left filled with the border."""
    return F.pad(z, (shift, 0, shift, 0), mode="replicate")[..., :64, :64]


moved_images = moved(images[ill])
moved_disc = [np.pad(disc[i], ((shift, 0), (shift, 0)))[:64, :64] for i in ill]
moved_pictures = [np.pad(pictures[i], ((shift, 0), (shift, 0), (0, 0)), mode="edge")[:64, :64] for i in ill]
moved_heat = glaucam.explain(model, moved_images, ["glaucoma"]).heatmaps["glaucoma"].values.numpy()
after = {
    "Grad-CAM": [lift(L_i, m) for L_i, m in zip(moved_heat, moved_disc)],
    "centre_gaussian": [lift(gaussian[0], m) for m in moved_disc],
}

figure, axes = plt.subplots(1, 4, figsize=(11, 3.1), layout="constrained")
column = int(np.flatnonzero(ill == shown[0])[0])
for ax, L_i, name in zip(axes[:2], (moved_heat[column], gaussian[0]), ("Grad-CAM", "centre-Gaussian")):
    show(ax, overlay(moved_pictures[column], L_i), f"{name}, disc moved")
    ax.contour(moved_disc[column], [0.5], colors="white", linewidths=1)
for ax, name in zip(axes[2:], after):
    before_after = scores["lift of the disc ↑"][name], after[name]
    for k, values in enumerate(before_after):
        told = [v for v in values if v is not None]
        low, high = bootstrap_interval(values)
        ax.plot([k, k], [low, high], color=BLUE, linewidth=2)
        ax.plot(k, np.mean(told), "o", color=BLUE)
    ax.axhline(1, color=GREY, linewidth=0.8, linestyle=":")
    ax.set_xticks((0, 1), ("centred", "moved"))
    ax.set_xlim(-0.6, 1.6)
    ax.set_ylim(0, 3.2)
    ax.set_title(f"lift: {name.replace('centre_g', 'centre-G')}", fontsize=9.5)
captioned(
    figure,
    "Figure 8. The disc moved out of the middle. Dotted: chance.",
    "An eye whose disc lies at the lower right, with Grad-CAM and with a central blob; and the lifts of both before and after moving.",
)

# %% [markdown]
# The blob falls to chance: its lift was the photographer's, not the network's. Grad-CAM keeps nearly all of its own: its heat **goes where the disc goes**. On the centred crops one could not have known, for there the two were equal. A good control is one that *can* be beaten; if the data do not allow it, change the data.
#
# **What this does not show.** That the network reads glaucoma: a disc detector would follow the disc as well, and section 7 asks what lies beside it. And the stretched border is no eye: the trick that separates two explanations has added a third.

# %% [markdown]
# ---
# ## 7 · Heat outside the disc
#
# **Is a map wrong if it lights up beside the disc?** A large study (Hemelings and others, 2021) cut the disc *out* of real photos and trained anew: AUROC still **.88**, against .94 with the whole photo. There is glaucoma outside the disc: bundles of nerve fibres that are gone, vessels that have moved. Ask our network the cheap version of that question: cover the disc, or all but the disc, with an even colour.

# %%
inside = torch.from_numpy(np.stack(disc))[:, None]
versions = {"whole photo": images, "disc covered": torch.where(inside, 0.0, images), "all but the disc covered": torch.where(inside, images, 0.0)}
for name, z in versions.items():
    print(f"{name:25s} AUROC {auroc(drawn.labels, predict(model, z).numpy()):.2f} on {len(z)} eyes")

# %% [markdown]
# Neither part alone is at .5; when we ran this, the disc alone ranked the eyes as well as the whole photo, and what lies around it ranked them, too, though worse. Three warnings go with these numbers. The network was not trained on covered eyes (the study's was); the *shape* of the cover tells it how large the disc is; and the eyes are few. What may be said is modest: **heat outside is a question, not a verdict**. Look whether there is something to see.

# %% [markdown]
# ---
# ## 8 · One sentence
#
# Everything so far fits into a sentence with blanks. Use it whenever you show a heatmap:
#
# > *Method* … at layer … puts … times as much heat on … as chance (interval …, $n$ = …); a map without any network gets …; the map does / does not fall apart when the weights are drawn anew; removing the hottest pixels lowers the score faster / no faster than …
#
# ## 9 · True or false?
#
# Decide, then unfold. Each was computed above.
#
# <details><summary>"The lift is 2, so the network has learnt where glaucoma is."</summary><p><b>False.</b> A blob that has never met a network reaches that on disc crops (figure 1).</p></details>
# <details><summary>"Share 0 and no heat at all are the same."</summary><p><b>False.</b> The first says the heat is elsewhere. In the second there is nothing to measure: none, not 0. Averaging zeros in punishes a method for eyes it said nothing about.</p></details>
# <details><summary>"A better deletion AUC means a better picture."</summary><p><b>False.</b> Deletion sees the ranking only (figure 4), on eyes that do not exist (figure 3).</p></details>
# <details><summary>"Average drop 0 is the ideal."</summary><p><b>False.</b> The constant map has it.</p></details>
# <details><summary>"The map changes when the weights are random, so it is faithful."</summary><p><b>False.</b> So does noise. Only the converse holds: if it does <em>not</em> change, it is not about the network.</p></details>
# <details><summary>"Two intervals overlap, so the methods are equally good."</summary><p><b>False.</b> Same eyes: take differences by eye. And "no difference shown" with ten eyes is not "no difference".</p></details>
# <details><summary>"Regulators ask for a lift above some number."</summary><p><b>False.</b> Such numbers go round without a source. There is no official threshold for a heatmap.</p></details>
#
# The same table for your own data and network, in one command: `glaucam score --model embedded --data phantom_disc --method gradcam --method gradient`.
#
# **Next:** [05_errors_and_shortcuts](05_errors_and_shortcuts.ipynb) looks at the eyes that the network gets wrong, and breeds a network that cheats.
