# %% [markdown]
# # Where did it look? Grad-CAM, letter by letter
#
# The network says *71 % glaucoma*. The clinician asks: **where in this eye does it get that from?** A heatmap is one answer, and a seductive one: it always looks like something. In this lesson you learn to read every letter of the formula behind it, why two heatmaps side by side can mislead while their *contrast* does not, what a colour stands for, and what SHAP would have said.
#
# **When you are done you can** compute a Grad-CAM with a pencil · get one from any network in one line, and say at which layer · explain why "normal against glaucoma" needs the contrast map · read a colour bar, and distrust a rainbow · choose between Grad-CAM, SHAP and occlusion for a question · compare what three architectures say of one scan.
#
# **Time and memory.** About 70 minutes to read and work through. The notebook runs in under 4 minutes on 2 CPU cores and needs about 1.5 GB of memory; no GPU, no network. With the environment variable `GLAUCAM_QUICK=1` it draws fewer scans and trains for few epochs, so the last part means little, and takes under 40 seconds. Nothing here is graded; the assignment `a3_gradcam` is, and there you build all this yourself.
#
# > **Not a medical device.** Eyes and scans are phantoms, and the networks have seen nothing else. A heatmap shows what moved a network's answer, not where disease is. Nothing here is a diagnosis.

# %%
import copy
import os
import time

import numpy as np
import pandas as pd
import torch
from matplotlib import colormaps
from matplotlib import pyplot as plt
from torch import nn

import glaucam
from glaucam.data import FundusParameters, OctParameters, PhantomFundus, PhantomOct, Preprocessing
from glaucam.metrics import CONTROLS, lift
from glaucam.plots.captioned import captioned
from glaucam.plots.grids import grid_figure
from glaucam.plots.overlay import overlay
from glaucam.plots.summary import statement
from glaucam.training.embedded import embedded_model

QUICK = os.environ.get("GLAUCAM_QUICK") == "1"
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#5b6475"  # safe for colour-blind eyes


def show(ax, picture, title="", **how):
    drawn = ax.imshow(picture, **how)
    ax.set_title(title, fontsize=10)
    ax.set_axis_off()
    return drawn


# %% [markdown]
# ---
# ## 1 · The letters
#
# A convolutional network makes **activations** $A$: stacks of small maps, each a coarse picture of where one pattern occurs. The layer whose $A$ we look at is the **target layer**. What follows it turns places into one **logit** $y_c$ for each class $c$. Grad-CAM asks, for each map $k$, how much $y_c$ would rise if that map were a little more active, and adds the maps up with these weights.
#
# | letter | name | shape | what it says |
# |---|---|---|---|
# | $x$ | image | `[N, 3, H, W]` | pixels, preprocessed |
# | $A^k$ | activation of map $k$ | `[N, C, h, w]` | where pattern $k$ occurs, coarsely |
# | $y_c$ | logit of class $c$ | `[N, K]` | before the softmax |
# | $\partial y_c/\partial A^k_{ij}$ | gradient, with respect to $A$, **not** to $x$ | `[N, C, h, w]` | would $y_c$ rise with more of $k$ at $(i,j)$? |
# | $\alpha^c_k=\frac1{hw}\sum_{ij}\partial y_c/\partial A^k_{ij}$ | weight of map $k$ | `[N, C]` | does pattern $k$ speak for $c$ or against? |
# | $\sum_k\alpha^c_k A^k$ | raw map | `[N, h, w]` | signed evidence, place by place |
# | $L=\mathrm{ReLU}(\cdot)/\max$ | heatmap | `[N, H, W]` | in [0, 1], enlarged to image size |
#
# ### By hand: two classes and their difference
#
# An "eye" of four places and a network of two maps. The head averages each map and applies one row of weights per class:
#
# $$A^1=\begin{pmatrix}2&0\\0&0\end{pmatrix}\quad A^2=\begin{pmatrix}0&0\\0&4\end{pmatrix}\qquad w_\text{normal}=(0,\,2)\quad w_\text{glaucoma}=(4,\,1)\qquad y_c=\sum_k w_{c,k}\,\tfrac14\sum_{ij}A^k_{ij}$$
#
# **With pencil:** the two logits; $\alpha$ for both classes (with an average head $\alpha^c_k=w_{c,k}/4$); the two raw maps; and the raw map of the **contrast** $y_\text{glaucoma}-y_\text{normal}$. Which place does each praise most?
#
# <details><summary>The answer</summary><p>Means: .5 and 1. y(normal) = 2, y(glaucoma) = 4·.5 + 1·1 = 3.<br>α(normal) = (0, .5): raw map (0, 0; 0, 2). α(glaucoma) = (1, .25): raw map (2, 0; 0, 1). Each raw map sums to its logit.<br>Contrast: α = (1, −.25), raw map (2, 0; 0, <b>−1</b>), after ReLU (2, 0; 0, 0).<br>The glaucoma map alone shows the lower right half as hot as the upper left. But that place speaks <em>more</em> for normal (2) than for glaucoma (1): in the contrast it is negative.</p></details>

# %%
class Toy(nn.Module):
    """Two maps, their means, two classes."""

    def __init__(self, weights):
        super().__init__()
        self.features = nn.Conv2d(3, 2, 1, bias=False)  # hands on the first two channels of the image
        self.features.weight.data = torch.eye(2, 3)[:, :, None, None]
        self.head = nn.Linear(2, 2, bias=False)
        self.head.weight.data = torch.tensor(weights)

    def forward(self, images):
        return self.head(self.features(images).mean(dim=(2, 3)))


x = torch.zeros(1, 3, 2, 2)
x[0, 0, 0, 0], x[0, 1, 1, 1] = 2, 4
toy = Toy([[0.0, 2.0], [4.0, 1.0]])

# %% [markdown]
# Now in ten lines, the same letters. A **forward hook** is a function that PyTorch calls when a module has finished; ours keeps the output and asks for its gradient.

# %%
kept = {}


def keep(module, inputs, output):
    output.retain_grad()
    kept["A"] = output


handle = toy.features.register_forward_hook(keep)
y = toy(x)  # [1,K]
handle.remove()  # a forgotten hook runs for everybody, for ever
y[0, 1].backward()
A, dy_dA = kept["A"][0].detach(), kept["A"].grad[0]  # [C,h,w]
α = dy_dA.mean(dim=(1, 2))  # [C]
raw = (α[:, None, None] * A).sum(dim=0)  # [h,w]
print(f"y = {y[0].tolist()}\nα = {α.tolist()}\nraw map of glaucoma = {raw.tolist()}")

# %% [markdown]
# These ten lines are honest and naive: `backward()` also fills the `.grad` of every weight, an in-place ReLU after the layer would overwrite `A`, a frozen network gives no gradient, and one image goes at a time. The library's one line minds all that, and gives both classes and their contrast from a single forward pass. In `a3_gradcam` you build such a one yourself.

# %%
told = glaucam.explain(toy, x)
for name, heat in (("normal", told.heatmaps[0]), ("glaucoma", told.heatmaps[1]), ("glaucoma − normal", told.contrast)):
    print(f"{name:18s} raw map {[[round(v, 6) for v in row] for row in heat.raw[0].tolist()]}")
print("layer:", told.target_layer, "  by hand and by the library the same:", torch.allclose(raw, told.heatmaps[1].raw[0]))

# %% [markdown]
# ---
# ## 2 · Why two maps are not enough
#
# **Predict before you run.** Add the *same* row $v=(0,3)$ to the weights of both classes. Both logits rise by 3·1. What happens to the probabilities? To the difference of the logits? And which place will the *glaucoma* map praise now?
#
# <details><summary>With pencil</summary><p>y becomes (5, 6): the difference is still 1, so softmax gives the same. α(glaucoma) = (4, 4)/4 = (1, 1), raw map (2, 0; 0, <b>4</b>): the hottest place has <b>moved</b>. α of the contrast is (1, −.25) as before.</p></details>

# %%
twin = Toy([[0.0, 5.0], [4.0, 4.0]])
for name, net in (("the toy", toy), ("its twin", twin)):
    told = glaucam.explain(net, x)
    print(f"{name:9s} p(glaucoma) {told.probabilities[0, 1]:.4f}  glaucoma map {told.heatmaps[1].raw[0].tolist()}  contrast {told.contrast.raw[0].tolist()}")

# %% [markdown]
# Two networks that agree on every image to the last digit, and their glaucoma maps point at opposite corners. So a class map answers a question that the network's decision does not settle: any vector $v$ added to all rows leaves softmax as it is. The contrast depends on the difference of the rows only, and $v$ cancels. **"Compare normal with glaucoma" is ill-posed without it.** Now a trained network: the course's own, three blocks, phantoms only. We choose $v$ with malice: from the patterns in the lower left corner of one photo. **Predict** both rows of the figure.

# %%
ready = embedded_model()
eyes = PhantomFundus(n=40, seed=41, parameters=FundusParameters(size=256, view="crop", severity=1.6))
chosen = [int(np.flatnonzero(eyes.labels == c)[k]) for c, k in ((0, 0), (1, 0), (1, 4))]
images = ready.preprocessing.batch(eyes.image(i) for i in chosen)  # [3,3,64,64]
larger = Preprocessing(size=256)
pictures = [larger.frame(eyes.image(i)) for i in chosen]  # for us to look at
discs = [larger.frame_mask(eyes.masks(i)["disc"], eyes.image(i)) for i in chosen]

other = copy.deepcopy(ready.model)
with torch.no_grad():
    A = ready.model.features(images[1:2])[0]  # [128,8,8]
    v = A[:, 6:, :2].mean(dim=(1, 2)) - A.mean(dim=(1, 2))  # what is active in the lower left corner
    other.classifier.weight += 3 * v / v.norm()  # the same row for both classes
one, two = glaucam.explain(ready.model, images), glaucam.explain(other, images)
print(f"largest change of a probability: {(one.probabilities - two.probabilities).abs().max():.0e}")

figure, axes = plt.subplots(2, 4, figsize=(10.5, 5.4), layout="compressed")
for row, (title, told) in zip(axes, (("the network", one), ("its twin", two))):
    show(row[0], pictures[1], f"{title}: {told.probabilities[1, 1]:.1%} glaucoma")
    for ax, name, heat in zip(row[1:], ("normal", "glaucoma", "glaucoma − normal"), (told.heatmaps["normal"], told.heatmaps["glaucoma"], told.contrast)):
        show(ax, overlay(pictures[1], heat.values[1], 0.55), name)
        ax.contour(discs[1], [0.5], colors="white", linewidths=0.8)
bar = figure.colorbar(plt.cm.ScalarMappable(cmap="viridis"), ax=axes, shrink=0.6, ticks=[0, 0.5, 1])
bar.set_label("part of each map's own maximum")
captioned(
    figure,
    "Figure 1. One eye, two networks that give every eye the same probability. In the twin both class maps point at a corner where nothing is; the contrast map has not moved. White: the disc.",
    "Two rows: photo, heatmap for normal, for glaucoma, and contrast. In the lower row the class maps light up the lower left corner, the contrast is unchanged.",
)

# %% [markdown]
# **What this does not show.** That the contrast map is *right*. It is well-posed: it depends only on what the decision depends on. Whether it is faithful is the subject of lesson 4.

# %% [markdown]
# ---
# ## 3 · Which layer?
#
# **Where does a network still know where?** The target layer is the last with a map before places are lost: richest meaning, coarsest grid. Names tell nothing, so the library runs the network once and follows the data. **Predict** for each network: how many places has its last map, for an image of 64×64?

# %%
from glaucam.models.target_layer import resolve_target_layer

probe, rows = torch.randn(1, 3, 64, 64), []
for name in ("retinal_cnn", "resnet18", "densenet121", "retinal_hybrid"):
    net = glaucam.MODELS[name].build(2).eval()
    layer = resolve_target_layer(net, probe)
    h, w = glaucam.explain(net, probe).contrast.raw.shape[1:]
    rows.append({"network": name, "target layer": layer, "it is a": type(net.get_submodule(layer)).__name__, "places": f"{h}×{w}", "one place covers": f"{64 // h} px"})
pd.DataFrame(rows).set_index("network")

# %% [markdown]
# Three families, three names, one rule. A ResNet on a 64-pixel image has *four* places left: its heatmap can say "upper left" and no more, however smooth the enlargement looks. (`retinal_hybrid` turns its last map into tokens that attend to each other; what it then decides by is a token without a place, so its last *map* is explained.)
#
# May one take an earlier layer? Yes, and one must say so:

# %%
figure, axes = plt.subplots(1, 4, figsize=(11, 3.1), layout="compressed")
show(axes[0], pictures[2], "the eye")
for ax, layer in zip(axes[1:], ("features.block1", "features.block2", "features.block3")):
    told = glaucam.explain(ready.model, images, target_layer=layer)
    h, w = told.contrast.raw.shape[1:]
    drawn = show(ax, told.contrast.values[2], f"{layer}: {h}×{w}", vmin=0, vmax=1)
    ax.contour(np.asarray(discs[2])[::4, ::4], [0.5], colors="white", linewidths=0.8)
figure.colorbar(drawn, ax=axes, shrink=0.7, ticks=[0, 0.5, 1])
captioned(
    figure,
    "Figure 2. The contrast map of one network at three layers. Earlier layers are finer and know less. A heatmap without its layer is half a statement.",
    "A photo and three heatmaps of the same network: fine and scattered at block 1, coarser at block 2, eight by eight at block 3.",
)

# %% [markdown]
# ---
# ## 4 · What does a colour mean?
#
# In every map of this course: **the share of that map's own maximum**. Not probability, not severity, not "disease here". Two things follow. Yellow in two pictures is not the same evidence (print the raw scale beside it), and a map always has *some* yellow, unless nothing at all speaks for the class.

# %%
for i, told_of in enumerate(chosen):
    scales = "  ".join(f"{name} {heat.scale[i]:.3f}" for name, heat in one.heatmaps.items())
    print(f"eye {i} ({eyes.classes[eyes.label(told_of)]:8s}): yellow stands for {scales}  glaucoma − normal {one.contrast.scale[i]:.3f}")

# %% [markdown]
# Published heatmaps often wear the rainbow `jet`. **Predict:** the strip below rises evenly from 0 to 1. In which colormap do you see bands that are not in the numbers? What remains of each in grey print, and for a reader who does not see red and green apart, as one man in twelve?

# %%
def to_linear(rgb):
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def to_screen(linear):
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


DEUTERANOPIA = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])  # Machado et al. 2009


def lightness(rgb):
    """L*, 0 black to 100 white, from RGB in [0,1]."""
    Y = to_linear(rgb) @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(Y > 0.008856, 116 * np.cbrt(Y) - 16, 903.3 * Y)


values = np.linspace(0, 1, 256)
figure, axes = plt.subplots(4, 2, figsize=(11, 4.6), height_ratios=[1, 1, 1, 3], layout="constrained")
for column, name in zip(axes.T, ("jet", "viridis")):
    colours = colormaps[name](values)[:, :3]
    grey = np.repeat(lightness(colours)[:, None] / 100, 3, axis=1)
    seen = to_screen(to_linear(colours) @ DEUTERANOPIA.T)
    for ax, strip, words in zip(column, (colours, grey, seen), (f"{name}", "in grey print", "without red and green")):
        ax.imshow(strip[None], aspect="auto", extent=(0, 1, 0, 1))
        ax.set_yticks([])
        ax.set_xticks([])
        ax.set_ylabel(words, rotation=0, ha="right", va="center", fontsize=9)
    column[3].plot(values, lightness(colours), color=BLUE)
    column[3].set(xlabel="heat", xlim=(0, 1), ylim=(0, 100), ylabel="lightness L*")
    turns = (np.diff(np.sign(np.diff(lightness(colours)))) != 0).sum()
    column[3].set_title("rises all the way" if turns == 0 else "rises, and falls again: one lightness, two values", fontsize=9)
captioned(
    figure,
    "Figure 3. The legend of two colormaps: left jet, right viridis, our default. From top: as drawn, in grey print, as a reader without red-green vision sees it, and its lightness.",
    "Colour strips of jet and viridis with their grey and colour-blind versions, and curves of lightness: jet rises and falls, viridis rises evenly.",
)

# %%
jet, viridis = (lightness(colormaps[name](values)[:, :3]) for name in ("jet", "viridis"))
low, high = 64, int(128 + np.abs(jet[128:] - jet[64]).argmin())
print(f"in grey, jet shows the heat {values[low]:.2f} and the heat {values[high]:.2f} with the same lightness {jet[low]:.0f}; viridis with {viridis[low]:.0f} and {viridis[high]:.0f}")
pd.DataFrame({"jet": ["dark blue", "cyan", "green", "yellow", "dark red"], "viridis": ["violet", "blue", "teal", "green", "yellow"]}, index=pd.Index([0, 0.35, 0.5, 0.65, 1], name="heat about")).T

# %% [markdown]
# `jet` makes an edge where it runs through yellow and cyan, and the eye takes an edge for a border of something. In print its hottest red is as dark as its coldest blue. `viridis` is **perceptually uniform**: equal steps of heat look like equal steps, in grey as well. When you must read somebody else's `jet`, read it against its bar.

# %% [markdown]
# ---
# ## 5 · What would SHAP say?
#
# **Is there a method that divides the answer among the pixels *exactly*?** Shapley values do: let the inputs enter the room one by one in every possible order, note by how much $f$ changes as each enters, and average over the orders. A **claim** one reads: *"SHAP is exact for deep nets."* Let us try to refute it with a net small enough for a pencil: one neuron, two inputs,
#
# $$f(a,b)=\mathrm{ReLU}(a+b-1),\qquad x=(1,\,2),\qquad \text{empty picture } x_0=(0,0)$$
#
# **With pencil:** the two orders ($a$ first, $b$ first) give the Shapley values. Then what SHAP *methods for networks* compute: walk straight from $x_0$ to $x$, at $t\,(1,2)$ with $t$ from 0 to 1, and average the gradient on the way, times $x$. The neuron is awake where $3t>1$. What do you get?
#
# <details><summary>The answer</summary><p>f(0,0)=0, f(1,0)=0, f(0,2)=1, f(1,2)=2. a enters first: 0, then b brings 2. b enters first: 1, then a brings 1. Shapley: a <b>.5</b>, b <b>1.5</b>.<br>Along the line the gradient is (1, 1) for two thirds of the way: a ⅔·1 = <b>.667</b>, b ⅔·2 = <b>1.333</b>. Both divide the same 2. They do not divide it alike.</p></details>

# %%
def f(points):
    return torch.relu(points[:, 0] + points[:, 1] - 1)


g = {(a, b): f(torch.tensor([[a * 1.0, b * 2.0]])).item() for a in (0, 1) for b in (0, 1)}
shapley = [((g[1, 0] - g[0, 0]) + (g[1, 1] - g[0, 1])) / 2, ((g[0, 1] - g[0, 0]) + (g[1, 1] - g[1, 0])) / 2]
t = torch.rand(200_000, 1, generator=torch.Generator().manual_seed(0))
points = (t * torch.tensor([[1.0, 2.0]])).requires_grad_()
(slope,) = torch.autograd.grad(f(points).sum(), points)
estimate = slope.mean(dim=0) * torch.tensor([1.0, 2.0])
print("Shapley, all orders:       ", shapley)
print("GradientShap, 200,000 draws:", [round(v, 3) for v in estimate.tolist()])

# %% [markdown]
# **Refuted.** For two hundred thousand draws the second does not come nearer to the first: it estimates something else, which agrees with Shapley only where the network is nearly linear. All orders are out of reach beyond toys: an image of 64×64 pixels has $2^{4096}$ subsets. (For *trees* there is an exact algorithm; hence the rumour.) What remains is a family of good estimates that need gradients through the whole network and an **empty picture**, which somebody has to choose.
#
# Here are several methods on the same eyes. **Predict:** which will be smooth, which will dance on edges and vessels?

# %%
methods = ("gradcam", "occlusion", "integrated_gradients", "gradient_shap")
found, seconds = {}, {}
for method in methods:
    began = time.perf_counter()
    found[method] = glaucam.explain(ready.model, images[:2] if QUICK else images, method=method)
    seconds[method] = time.perf_counter() - began
figure = grid_figure(pictures[: len(found["gradcam"].logits)], found, asked="glaucoma", names=[eyes.classes[eyes.label(i)] for i in chosen][: len(found["gradcam"].logits)], note=statement(ready.header))
captioned(
    figure,
    "Figure 4. What speaks for glaucoma, by four methods. Same network, same eyes, same class: they answer different questions.",
    "A grid: each row an eye, each column a method; Grad-CAM is smooth, occlusion blocky, Integrated Gradients and GradientShap are scattered points.",
)

# %% [markdown]
# A method that draws at random should be asked twice. In this library a method is one class; here is GradientShap with other draws, and how much the two agree (Spearman's rank correlation of the raw maps, 1 is the same order). Beside it: does the map add up to what it promises, $y(x)-\overline{y(x_0)}$?

# %%
from glaucam.methods.references import reference_images
from glaucam.metrics import spearman


@glaucam.METHODS.register("gradient_shap_again")
class GradientShapAgain(glaucam.METHODS["gradient_shap"]):
    title = "GradientShap, other draws"
    seed = 1


first, again = (glaucam.explain(ready.model, images[1:2], method=m) for m in ("gradient_shap", "gradient_shap_again"))
exact = [glaucam.explain(ready.model, images[1:2]).contrast.raw[0] for _ in range(2)]
print(f"asked twice: GradientShap agrees with itself at {spearman(first.contrast.raw[0], again.contrast.raw[0]):.2f}, Grad-CAM at {spearman(*exact):.2f}")
with torch.no_grad():
    promised = ready.model(images[1:2])[0, 1] - ready.model(reference_images(images[1:2]))[:, 1].mean()
print(f"the map's sum {first.heatmaps['glaucoma'].raw[0].sum():+.2f} and {again.heatmaps['glaucoma'].raw[0].sum():+.2f}, promised {promised:+.2f}")
pd.Series(seconds, name="seconds for the figure above").round(2).to_frame().T

# %% [markdown]
# ### Which one when?
#
# | your question | take | because | mind |
# |---|---|---|---|
# | *where* does this CNN find its evidence, and is it on the disc? | **Grad-CAM**, the contrast map | one forward pass; for one class and against another; no noise | coarse; one layer; what later layers do with it is unseen |
# | which *pixels*, with sign, adding up to the answer? | **GradientShap**, Integrated Gradients | share out $y(x)-y(x_0)$ over pixels | hang on the empty picture; noisy; slow; not exact |
# | what *happens* if this place is gone? | **occlusion** | no gradient, no theory: it tries | grey squares are no eyes; the window's size decides what can be found |
# | age, pressure, vCDR in a *table*, with trees | **SHAP** (TreeSHAP) | few inputs; exact there | inputs that go together share their credit oddly |
# | what did a *transformer* relate? | rollout **and** one of the first two | attention shows what was read | being read is not being decisive |
# | is this network using a *shortcut*? | none of them alone | change the suspect in the image, and see whether the answer changes | a heatmap suggests, an experiment shows |
#
# Two methods that agree raise the hope that both show the network; they do not show that the network is right.

# %% [markdown]
# ---
# ## 6 · One scan, three architectures
#
# **Do different networks look at the same place?** We train three on the same OCT phantoms (seconds, so none is good), then ask all of them about the same scan. **Predict:** which will give the coarsest map? Which the best lift? (**Lift**: share of the heat on the lesion ÷ the lesion's part of the area; 1 is chance.)

# %%
from glaucam.training.examples import Examples
from glaucam.training.fit import fit
from glaucam.training.predict import predict
from glaucam.training.recipe import Recipe

scans = PhantomOct(n=64 if QUICK else 360, seed=42, parameters=OctParameters(size=128, severity=1.6))
as_scan = Preprocessing(size=48 if QUICK else 64, crop=False)
pixels, truth = as_scan.batch(scans.image(i) for i in range(len(scans))), torch.as_tensor(scans.labels)
of = {split: Examples(pixels[scans.indices(split)], truth[scans.indices(split)], scans.classes) for split in ("train", "val", "test")}
nets, rows = {}, []
for name, epochs in (("retinal_cnn", 14), ("retinal_hybrid", 14), ("resnet18", 6)):
    began = time.perf_counter()
    nets[name] = fit(of["train"], of["val"], Recipe(model=name, epochs=1 if QUICK else epochs, seed=1), progress=False).model
    right = (predict(nets[name], of["test"].images).argmax(1) == of["test"].labels).float().mean().item()
    rows.append({"network": name, "numbers": f"{sum(p.numel() for p in nets[name].parameters()):,d}", "seconds": round(time.perf_counter() - began), "test scans right": f"{right:.0%}"})
pd.DataFrame(rows).set_index("network")

# %%
ill = [int(i) for i in scans.indices("test") if scans.label(i) != 0][: 6 if QUICK else 30]
some = as_scan.batch(scans.image(i) for i in ill)
lesions = [as_scan.frame_mask(scans.masks(i)["lesion"], scans.image(i)) for i in ill]
asked = [("retinal_cnn", None), ("retinal_hybrid", None), ("resnet18", None), ("resnet18", "layer3")]
maps, lifts = {}, {}
for name, layer in asked:
    told = glaucam.explain(nets[name], some, target_layer=layer)
    own = torch.stack([told.heatmaps[scans.classes[scans.label(i)]].values[k] for k, i in enumerate(ill)])  # heat for the true class
    key = f"{name}\n{told.target_layer}, {told.contrast.raw.shape[1]}×{told.contrast.raw.shape[2]}"
    maps[key] = own
    lifts[key.replace("\n", " · ")] = [lift(L, mask) for L, mask in zip(own, lesions)]
lifts["control · blob in the middle"] = [lift(CONTROLS["centre_gaussian"](as_scan.frame(scans.image(i)), 0), mask) for i, mask in zip(ill, lesions)]

wide = Preprocessing(size=256, crop=False)
k = next((k for k, i in enumerate(ill) if scans.classes[scans.label(i)] == "CNV"), 0)
figure, axes = plt.subplots(1, 5, figsize=(13, 3.2), layout="compressed")
show(axes[0], wide.frame(scans.image(ill[k])), f"{scans.classes[scans.label(ill[k])]}: the scan")
for ax, (title, own) in zip(axes[1:], maps.items()):
    show(ax, overlay(wide.frame(scans.image(ill[k])), own[k], 0.5), title)
for ax in axes:
    ax.contour(wide.frame_mask(scans.masks(ill[k])["lesion"], scans.image(ill[k])), [0.5], colors="white", linewidths=1)
bar = figure.colorbar(plt.cm.ScalarMappable(cmap="viridis"), ax=axes, shrink=0.7, ticks=[0, 0.5, 1])
bar.set_label("heat")
captioned(
    figure,
    "Figure 5. One phantom scan, heat for its true class by three networks; resnet18 at its last layer and at one earlier. White: the lesion.",
    "An OCT scan with its lesion outlined, and four heatmaps of it from three networks, from fine to very coarse.",
)

# %%
def told_of(values):
    values = [v for v in values if v is not None]
    return {"scans with heat": len(values), "median lift": round(float(np.median(values)), 2) if values else None}


pd.DataFrame({name: told_of(values) for name, values in lifts.items()}).T

# %% [markdown]
# One picture is an anecdote. When we ran this at full size, the small network's heat for this very scan lay on the white wedge below, which the scanner's export left there and which is no part of any eye; over thirty scans its median lift was 5 all the same. Look at pictures to get ideas, and at numbers to test them.
#
# Read the maps *together with* the accuracies above. When we ran this at full size, the network that answered best by far (`resnet18`, 84 % right) had a lift of 1 at its last layer: chance. A network that answers badly may have a fine-looking map, and one that answers well a coarse one. The blob knows nothing and still has some lift, because lesions lie near the middle of a macular scan; so a lift counts only beyond it. And a map from 2×2 places cannot have a high lift, whatever the network knows: resolution is a property of the *layer*, not of the insight.
#
# **What this does not show.** That networks with different maps decide differently, or with equal maps alike. It shows where, in one layer of each, the evidence lay.

# %% [markdown]
# ---
# ## 7 · True or false?
#
# Decide, then unfold.
#
# <details><summary>"SHAP is exact for deep nets."</summary><p><b>False.</b> Section 5: for trees there is an exact algorithm, for networks there are estimates, and one neuron is enough to see them differ.</p></details>
# <details><summary>"The map for normal is empty, so the eye is ill."</summary><p><b>False.</b> A class map alone is not settled by the decision. Look at the contrast, and at p.</p></details>
# <details><summary>"The spot is deep red, so the disease is severe there."</summary><p><b>False.</b> A colour is a part of that map's own maximum.</p></details>
# <details><summary>"Grad-CAM takes the gradient with respect to the pixels."</summary><p><b>False.</b> With respect to the activations of one layer. Pixel gradients are another method.</p></details>
# <details><summary>"ResNet's heatmap is smoother, so it is the better explanation."</summary><p><b>False.</b> It is smoother because four numbers were enlarged to an image.</p></details>
# <details><summary>"Our network for diabetic retinopathy lights up on the optic disc: it knows anatomy."</summary><p><b>Suspicious.</b> The disc is no sign of that disease. Perhaps it reads how the photo was centred.</p></details>
#
# **Next:** [04_believe_it](04_believe_it.ipynb) asks whether such a map can be believed at all. **To try your own hand:** the assignment [a3_gradcam](../../assignments/a3_gradcam/a3_gradcam.ipynb).
