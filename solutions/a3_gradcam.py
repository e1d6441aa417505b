# %% [markdown]
# # Where does the network look? Grad-CAM from hooks
#
# A network says *"71 % glaucoma"*. Before anyone acts on that, a clinician asks: **what in this eye made you say so?** In this assignment you build the tool that gives one answer to that question, Grad-CAM, from nothing but PyTorch hooks, and you learn how far to trust it.
#
# **When you are done you can** find the layer to explain in a network you have never seen · read activations and gradients out of it without leaving a trace · turn them into a heatmap and explain every step · compare *normal* with *glaucoma* in the one way that is well-posed · lay heat over a photo without distorting either.
#
# | part | you write | points | about |
# |---|---|---|---|
# | 1 | `find_target_layer` | 5 | 25 min |
# | 2 | `GradCAM` | 14 | 60 min |
# | 3 | `contrast_heatmap` | 3 | 20 min |
# | 4 | `overlay` | 3 | 15 min |
#
# **Time and memory.** About two hours of your time. The finished notebook runs from top to bottom in under 4 minutes on 2 CPU cores and needs about 1.5 GB of memory; no GPU, no network. With the environment variable `GLAUCAM_QUICK=1` it looks at fewer eyes and takes under 40 seconds.
#
# **How it works.** Write where it says `# YOUR CODE HERE`, run the cell, run the check below it. Checks are practice: run them as often as you like. They say what is right, what is wrong, and why that mistake is tempting. The grade is decided later on *other* networks and *other* images, so write what the formula says, not what the check wants. Each of your four cells is graded **on its own**: it may use what the locked cell below imports and its own imports, nothing from the other cells you write.
#
# > **Not a medical device.** The eyes below are phantoms: drawn by a program, with glaucoma put in on purpose. The network has seen nothing else. Nothing here is a diagnosis.

# %% locked="setup"
import numpy as np
import torch
from matplotlib import colormaps
from torch import nn
from torch.nn import functional as F

# %% [markdown]
# The next cell opens the eyes and the course's small trained network. To look at real photos, change **one line**: put a folder there that holds one folder for each class, `DATA = "my_eyes"` with `my_eyes/normal/…` and `my_eyes/glaucoma/…`. To explain **your own network** from assignment `a2_train`, change **the other**: `MODEL = "../a2_train/my_model.safetensors"`.

# %%
DATA = "phantom_disc"
MODEL = "embedded"  # or your own: "../a2_train/my_model.safetensors"

import os

from matplotlib import pyplot as plt

import glaucam
from glaucam.checks import a3_gradcam as checks
from glaucam.data import open_data
from glaucam.plots.captioned import captioned
from glaucam.training.embedded import named_checkpoint

QUICK = os.environ.get("GLAUCAM_QUICK") == "1"
torch.manual_seed(0)

checkpoint = named_checkpoint(MODEL)
model, preprocess = checkpoint.model, checkpoint.preprocessing
eyes = open_data(DATA, classes=checkpoint.classes)
print(f"{len(eyes)} eyes of the classes {eyes.classes}; the network is a {type(model).__name__}")

# %% [markdown]
# ---
# ## 0 · Look first
#
# **What would *you* look at?** Glaucoma kills the fibres of the optic nerve. They leave the eye at the **optic disc**, the pale oval where the vessels meet. Its hollow centre is the **cup**; the ring of living tissue between cup and edge is the **rim**. As fibres die the rim thins, the cup grows, and their ratio (vertical cup-to-disc ratio, vCDR) rises. Sometimes a **dark wedge** fans out from the disc where a bundle of fibres (the retinal nerve fibre layer, RNFL) is gone.
#
# **Run the next cell and commit yourself.** For each eye write down: normal or glaucoma? And at which place did you decide? Only then run the cell after it.

# %%
shown = [int(i) for label in (1, 0) for i in np.flatnonzero(eyes.labels == label)[:4:2]]
shown = [shown[k] for k in (2, 0, 1, 3)[: len(shown)]]  # no order that gives the answer away
images = preprocess.batch(eyes.image(i) for i in shown)  # [4,3,H,W], what the network gets
pictures = [preprocess.frame(eyes.image(i)) for i in shown]  # uint8 [H,W,3], what we look at

figure, axes = plt.subplots(1, len(shown), figsize=(11, 3))
for ax, picture, letter in zip(axes, pictures, "abcd"):
    ax.imshow(picture)
    ax.set_title(f"eye {letter}", fontsize=10)
    ax.set_axis_off()
captioned(
    figure,
    "Figure 1. Four eyes, as coarse as the network gets them.",
    "Four fundus pictures in a row, named eye a to eye d.",
)

# %%
with torch.no_grad():
    probabilities = model(images).softmax(dim=1)  # [4,2]
for letter, i, p in zip("abcd", shown, probabilities):
    print(f"eye {letter}: truth {eyes.classes[eyes.label(i)]:9s} network {p[1]:.0%} glaucoma")

# %% [markdown]
# **What should a glaucoma network look at?** The disc, and there the rim; the nerve-fibre wedges beside it. Heat on the macula, on the rim of the photo or on a label deserves suspicion. But heat outside the disc is **not by itself wrong**: a wedge lies outside, and a coarse map smears. And heat on the disc is **not by itself right**: it may be the disc's brightness, not its shape.

# %% [markdown]
# ---
# ## 1 · Where does the network still know *where*?
#
# A convolutional network turns the image into stacks of small maps, **activations** $A$ of shape `[N, C, h, w]`: $C$ channels, each a coarse picture of where one pattern occurs. Deeper maps hold richer patterns on a coarser grid. At the end a **pooling** throws the places away and a linear layer turns $C$ numbers into one **logit** $y$ per class.
#
# The **target layer** is the last one that still has places: richest meaning, just before *where* is lost. Let us watch it happen.

# %%
def shape_note(name):
    def note(module, inputs, output):
        print(f"{name:24s}{type(module).__name__:20s}{list(output.shape)}")

    return note


noted = [m.register_forward_hook(shape_note(name)) for name, m in model.named_modules() if name]
with torch.no_grad():
    model(images[:1])
for handle in noted:
    handle.remove()

# %% [markdown]
# Read the right column downwards. A line appears when a module has *finished*, so a block comes after its parts. **Predict:** which lines could be the target layer? Which is the first that could not?
#
# The picture shows what the three blocks hold for one eye.

# %%
figure, axes = plt.subplots(1, 4, figsize=(11, 3))
axes[0].imshow(pictures[-1])
axes[0].set_title("the eye", fontsize=10)
A = images[-1:]
with torch.no_grad():
    for ax, (name, block) in zip(axes[1:], model.features.named_children()):
        A = block(A)
        ax.imshow(A[0].mean(dim=0), cmap="viridis")
        ax.set_title(f"{name}: {A.shape[1]} maps of {A.shape[2]}×{A.shape[3]}", fontsize=10)
for ax in axes:
    ax.set_axis_off()
captioned(
    figure,
    "Figure 2. Mean activation after each block. Details go, places stay, until pooling "
    "ends that too.",
    "One eye and three ever coarser maps of the mean activation after the three blocks.",
)

# %% [markdown]
# ### Your turn: `find_target_layer(model)`
#
# Return the **module** (not its name) whose output is the final feature map:
#
# - its output is a map `[N, C, h, w]` with more than one place, and has the final map's height, width and number of channels;
# - it comes at or after the last convolution, and before the collapse to a vector;
# - several modules may qualify (a block, its last activation, the container around it). All are right; a layer *inside* the last block with fewer channels is not.
#
# It must work on networks you have **never seen**: names mean nothing, layers may be declared in another order than they run, and a branch whose result nobody uses does not count. You may run the model on an all-zero 224×224 image. Leave no hooks. Put the train/eval flags back, too (told in the feedback; it costs no points).
#
# <details><summary>Hint 1: how to know the order</summary><p><code>model.modules()</code> gives the order of <em>declaration</em>. To learn the order of <em>running</em>, put a forward hook on every module and let each append itself and its output to a list, as in the cell above.</p></details>
# <details><summary>Hint 2: what to keep</summary><p>Keep outputs with four dimensions and more than one place. The last one kept is the final feature map. (<code>AdaptiveAvgPool2d</code> belongs to the collapse: skip it.) Among the modules that give that shape, at or after the last <code>nn.Conv2d</code>, prefer the outermost that contains a convolution: it finishes last.</p></details>
# <details><summary>Hint 3: a branch nobody uses</summary><p>If the answer does not depend on an output, its gradient does not exist: <code>torch.autograd.grad(..., allow_unused=True)</code> returns <code>None</code> for it. Give the image <code>requires_grad=True</code>, so that this works on frozen networks too.</p></details>

# %% solution="target_layer"
def find_target_layer(model):
    """The module that gives the final feature map [N,C,h,w], found by running the model once."""
    ### BEGIN SOLUTION
    maps = []  # (module, its output), in the order in which they ran

    def remember(module, inputs, output):
        is_map = torch.is_tensor(output) and output.ndim == 4 and output[0, 0].numel() > 1
        if is_map and not isinstance(module, (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)):
            maps.append((module, output))

    flags = [(module, module.training) for module in model.modules()]
    handles = [module.register_forward_hook(remember) for module in model.modules()]
    try:
        model.eval()
        with torch.enable_grad():
            y = model(torch.zeros(1, 3, 224, 224, requires_grad=True))
    finally:
        for handle in handles:
            handle.remove()
        for module, flag in flags:
            module.training = flag

    def is_used(A):
        return torch.autograd.grad(y.sum(), A, retain_graph=True, allow_unused=True)[0] is not None

    while not is_used(maps[-1][1]):  # it ran last, but the answer does not depend on it
        maps.pop()
    final_shape = maps[-1][1].shape
    last_conv = max(i for i, (module, _) in enumerate(maps) if isinstance(module, nn.Conv2d))
    right = [module for module, A in maps[last_conv:] if A.shape == final_shape]
    blocks = [m for m in right if any(isinstance(part, nn.Conv2d) for part in m.modules())]
    return (blocks or right)[-1]
    ### END SOLUTION

# %% check="target_layer.named" points=2
checks.target_layer_named(find_target_layer)

# %% check="target_layer.unseen" points=3
checks.target_layer_unseen(find_target_layer)

# %% [markdown]
# **What this does not show.** That the last layer is the *best* to look at. An earlier one gives a finer map of poorer meaning. Whatever you choose, say which layer it was: the same network gives different pictures from different layers.

# %% [markdown]
# ---
# ## 2 · Grad-CAM
#
# **The question:** which places of the final map pushed the logit $y$ of *this class* up?
#
# ### 2.1 The formula, by hand
#
# Take one image, two channels, a 2×2 map. The gradient $\partial y/\partial A^k_{ij}$ says how much $y$ would rise if channel $k$ were a little more active at place $(i,j)$.
#
# $$A^1=\begin{pmatrix}1&2\\0&1\end{pmatrix}\qquad \frac{\partial y}{\partial A^1}=\begin{pmatrix}.5&.5\\.5&.5\end{pmatrix}\qquad\quad A^2=\begin{pmatrix}3&0\\1&0\end{pmatrix}\qquad \frac{\partial y}{\partial A^2}=\begin{pmatrix}-1&0\\0&0\end{pmatrix}$$
#
# **Predict before you run.** With pencil and paper:
#
# | step | formula | your result |
# |---|---|---|
# | 1 one weight for each channel: its mean gradient | $\alpha_k=\frac1{hw}\sum_{ij}\frac{\partial y}{\partial A^k_{ij}}$ | $\alpha_1=$ …, $\alpha_2=$ … |
# | 2 weigh and add the channels: the raw map, signed | $\sum_k\alpha_k A^k$ | … |
# | 3 keep what speaks *for* the class | $L=\mathrm{ReLU}(\cdot)$ | … |
# | 4 scale by the map's own maximum | $L/\max L$ | … |
#
# Then compare. Here are the same four lines for this single image, same letters:

# %%
A = torch.tensor([[[1.0, 2.0], [0.0, 1.0]], [[3.0, 0.0], [1.0, 0.0]]])  # [C,h,w]
dy_dA = torch.tensor([[[0.5, 0.5], [0.5, 0.5]], [[-1.0, 0.0], [0.0, 0.0]]])  # [C,h,w]

α = dy_dA.mean(dim=(1, 2))  # [C]
raw = (α[0] * A[0]) + (α[1] * A[1])  # [h,w]
L = raw.clamp(min=0)
print(f"α = {α.tolist()}\nraw map = {raw.tolist()}\nafter ReLU = {L.tolist()}")
print(f"heatmap = {(L / L.max()).tolist()}")

# %% [markdown]
# Two things to notice. At the top left **both** channels are active, and the raw map is *negative*: channel 2 speaks against the class and wins. And the weights are averages, so channel 2's gradient, though it lives in one corner only, counts everywhere.
#
# **Stop and think.** Without step 3, what colour would the top left get after stretching from minimum to maximum? What would a reader take it for?
#
# ### 2.2 Getting $A$ out: a forward hook, and why `clone`
#
# A **forward hook** is a function that PyTorch calls when a module has finished, with its output. Keep that output and you have $A$. Or have you? **Predict:** the toy network below ends in a ReLU that works *in place*. What will the kept tensor hold afterwards: values before the ReLU, or after?

# %%
toy = nn.Sequential(nn.Conv2d(1, 1, 1, bias=False), nn.ReLU(inplace=True))
toy[0].weight.data.fill_(-1.0)
kept = {}


def keep(module, inputs, output):
    kept["as it is"] = output.detach()
    kept["cloned"] = output.detach().clone()


handle = toy[0].register_forward_hook(keep)
with torch.no_grad():
    toy(torch.tensor([[[[1.0, 2.0]]]]))
handle.remove()
print({name: tensor.flatten().tolist() for name, tensor in kept.items()})

# %% [markdown]
# `detach()` shares memory with the original, so the ReLU wrote over what you kept, without an error. DenseNet does exactly this after its last layer. `clone()` takes a copy. And `handle.remove()` matters: a forgotten hook runs on every later forward pass, for everybody.
#
# ### 2.3 Getting $\partial y/\partial A$: cut, and hang a leaf
#
# The gradient we want is with respect to the **feature maps**, not to the pixels and not to the weights. So the backward pass need only reach $A$. A hook may *return* a tensor, which then replaces the output. We cut there: hand the rest of the network a fresh **leaf** that asks for a gradient.
#
# ```
# image ──► backbone ──► output ✂  leaf ──► head ──► y
#           (no gradient needed)    ▲                 │
#                                   └── ∂y/∂leaf ◄────┘   torch.autograd.grad(y, leaf)
# ```

# %%
backbone = nn.Conv2d(1, 1, 1, bias=False).requires_grad_(False)  # frozen, as in transfer learning
backbone.weight.data.fill_(2.0)
output = backbone(torch.tensor([[[[1.0, 3.0]]]]))
leaf = output.detach().clone().requires_grad_()
y_toy = (leaf.clone() ** 2).sum()  # stands for the head
print("A =", leaf.flatten().tolist(), " ∂y/∂A =", torch.autograd.grad(y_toy, leaf)[0].flatten().tolist())

# %% [markdown]
# Three reasons for `torch.autograd.grad(y, leaf)` over `y.backward()`: it stops at the leaf, so it is several times cheaper; it works though every weight is frozen; and it leaves all `.grad` fields alone, which an optimiser may be in the middle of using. The second `clone` is for the in-place ReLU: it may not write into a leaf. (And forget `register_backward_hook` from old tutorials: it is deprecated, and gives wrong gradients for modules with several inputs.)
#
# A batch has one $y$ per image, and a gradient needs **one** number. In eval mode images do not touch each other, so sum $y$ over the batch: each image gets its own gradient.
#
# ### Your turn: `GradCAM(model, target_layer)`
#
# `cam = GradCAM(model, layer)`, then `cam(images, class_index)` → heatmaps `[N, H, W]` for `images [N, 3, H, W]`, then `cam.remove()`. Every line of this list is graded:
#
# | | requirement | why |
# |---|---|---|
# | values | $y$ is the **logit** of `class_index`, whatever is predicted; ReLU; each map divided by **its own** maximum; enlarged **bilinearly** | a softmax mixes the classes; nearest makes squares |
# | size | image size, in [0, 1]; images need not be square | masks and photos are laid over it |
# | batch | the same heatmap alone, in a batch, in any order, on the second call | a patient's map may not depend on the neighbour's |
# | flat | nothing speaks for the class → zeros, never NaN | "no evidence" is an answer |
# | faint | a map with maximum 0.00001 is scaled like any other: no fixed eps | big networks have small gradients |
# | frozen | works when no weight requires a gradient | transfer learning |
# | in place | works when an in-place ReLU follows the layer | DenseNet |
# | state | computes in eval mode even if the model comes in train mode; BatchNorm statistics and `requires_grad` untouched; no hook left after `remove()`, nobody else's taken off; two extractors on one model don't disturb each other | somebody else is using that model |
# | manners | puts the flags back; leaves `.grad` alone. (Practised in the check and told in the feedback; it costs no points.) | somebody may be training it |
#
# Max-scaling and min-max-scaling *after* the ReLU are both accepted, either `align_corners`, scaling before or after enlarging; so are tensors and arrays.
#
# <details><summary>Hint 1: the skeleton</summary><p>In <code>__init__</code> keep the model and register <b>one</b> hook (keep its handle). In the hook cut and hang the leaf, and store it on <code>self</code>. In <code>__call__</code> run the model, choose the logits, sum, differentiate, and go through the four steps with <code>dim=(2, 3)</code> for the places and <code>keepdim=True</code>.</p></details>
# <details><summary>Hint 2: two extractors on one model</summary><p>If both hooks always cut, one cuts the other's leaf off. Let a hook do nothing (<code>return None</code>) unless its own extractor is being called.</p></details>
# <details><summary>Hint 3: eval, and back</summary><p><code>model.train()</code> afterwards is not "as it was": some modules may have been in eval mode. Note <code>(module, module.training)</code> for all of <code>model.modules()</code> and put each back in a <code>finally</code> block, which runs even when something raises.</p></details>
# <details><summary>Hint 4: zero maximum</summary><p><code>torch.where(top &gt; 0, L / top, ...)</code> chooses element by element, so a 0/0 that is not chosen does no harm.</p></details>

# %% solution="gradcam"
class GradCAM:
    """Heatmaps of one class at one layer. Call ``remove()`` when done."""

    def __init__(self, model, target_layer):
        ### BEGIN SOLUTION
        self.model = model
        self.A = None
        self.listening = False

        def cut(module, inputs, output):
            if not self.listening:
                return None
            self.A = output.detach().clone().requires_grad_()
            return self.A.clone()  # an in-place ReLU may write into this one

        self.handle = target_layer.register_forward_hook(cut)
        ### END SOLUTION

    def __call__(self, images, class_index):
        """images [N,3,H,W] → heatmaps [N,H,W] in [0,1]."""
        ### BEGIN SOLUTION
        images = torch.as_tensor(images, dtype=torch.float32)
        flags = [(module, module.training) for module in self.model.modules()]
        self.listening = True
        try:
            self.model.eval()
            with torch.enable_grad():
                y = self.model(images)[:, class_index]  # [N]
                (gradient,) = torch.autograd.grad(y.sum(), self.A)  # [N,C,h,w]
        finally:
            self.listening = False
            for module, flag in flags:
                module.training = flag
        alpha = gradient.mean(dim=(2, 3), keepdim=True)  # [N,C,1,1]
        L = F.relu((alpha * self.A.detach()).sum(dim=1))  # [N,h,w]
        top = L.amax(dim=(1, 2), keepdim=True)  # [N,1,1]
        L = torch.where(top > 0, L / top, torch.zeros_like(L))
        return F.interpolate(L[:, None], size=images.shape[2:], mode="bilinear")[:, 0]
        ### END SOLUTION

    def remove(self):
        """Take the hook off the model."""
        ### BEGIN SOLUTION
        self.handle.remove()
        ### END SOLUTION

# %% [markdown]
# First the numbers, then the shape:

# %% check="gradcam.values" points=5
checks.gradcam_values(GradCAM)

# %% check="gradcam.size" points=1
checks.gradcam_size(GradCAM)

# %% [markdown]
# Many images, and the awkward maps:

# %% check="gradcam.batch" points=2
checks.gradcam_batch(GradCAM)

# %% check="gradcam.flat" points=1
checks.gradcam_flat(GradCAM)

# %% check="gradcam.faint" points=1
checks.gradcam_faint(GradCAM)

# %% [markdown]
# The awkward networks, and what you leave behind:

# %% check="gradcam.frozen" points=1
checks.gradcam_frozen(GradCAM)

# %% check="gradcam.inplace" points=1
checks.gradcam_inplace(GradCAM)

# %% check="gradcam.state" points=2
checks.gradcam_state(GradCAM)

# %% [markdown]
# ### 2.4 Your heatmaps
#
# **Predict:** for an eye with glaucoma, will the map for *normal* be empty?

# %%
layer = model.features  # what your find_target_layer(model) returns
cam = GradCAM(model, layer)
maps = {name: cam(images, c) for c, name in enumerate(eyes.classes)}
cam.remove()

figure, axes = plt.subplots(3, len(shown), figsize=(10, 7), layout="compressed")
for column, picture in enumerate(pictures):
    axes[0, column].imshow(picture)
    axes[0, column].set_title(f"truth: {eyes.classes[eyes.label(shown[column])]}", fontsize=10)
    for row, (name, heat) in enumerate(maps.items(), start=1):
        axes[row, column].imshow(picture)
        last = axes[row, column].imshow(heat[column], cmap="viridis", alpha=0.55, vmin=0, vmax=1)
        axes[row, column].set_title(f"heat for {name}", fontsize=10)
for ax in axes.flat:
    ax.set_axis_off()
figure.colorbar(last, ax=axes, shrink=0.5, label="part of each map's own maximum")
captioned(
    figure,
    "Figure 3. Your Grad-CAM for both classes. Each map is scaled by itself: two maps of "
    "equal yellow may stand for very different evidence.",
    "Four eyes in columns; below each its heatmap for normal and its heatmap for glaucoma.",
)

# %% [markdown]
# **What this does not show.** How *much* evidence there is: scaling by the own maximum removed it. A network that is nearly sure of *normal* still paints a glaucoma map with yellow in it. That is one reason for part 3.

# %% [markdown]
# ---
# ## 3 · Normal against glaucoma
#
# A clinician's question is seldom "what speaks for glaucoma?" but "**why glaucoma and not normal?**" It seems natural to put the two maps side by side. Here is why that alone is ill-posed.
#
# Add **the same** vector $v$ to the weights of both classes in the last layer. Both logits rise by the same amount, and softmax only sees their difference. **Predict:** what happens to the probabilities? To the two heatmaps?

# %%
import copy

twin = copy.deepcopy(model)
head = [m for m in twin.modules() if isinstance(m, nn.Linear)][-1]
v = 0.3 * torch.randn(head.in_features, generator=torch.Generator().manual_seed(4))
with torch.no_grad():
    head.weight += v  # the same row for every class

one, two = (glaucam.explain(net, images) for net in (model, twin))
print("largest change of a probability:", f"{(one.probabilities - two.probabilities).abs().max():.1e}")

figure, axes = plt.subplots(2, 4, figsize=(10, 5.2), layout="compressed")
for row, (title, explained) in enumerate((("network", one), ("its twin", two))):
    shown_maps = [*(explained.heatmaps[c] for c in eyes.classes), explained.contrast]
    axes[row, 0].imshow(pictures[-1])
    axes[row, 0].set_title(f"{title}: {explained.probabilities[-1, 1]:.1%} glaucoma", fontsize=10)
    for ax, name, heat in zip(axes[row, 1:], (*eyes.classes, "glaucoma − normal"), shown_maps):
        ax.imshow(heat.values[-1], cmap="viridis", vmin=0, vmax=1)
        ax.set_title(name, fontsize=10)
for ax in axes.flat:
    ax.set_axis_off()
captioned(
    figure,
    "Figure 4. Two networks that agree on every image to the last digit. Their class maps"
    " differ; the contrast map does not.",
    "Two rows of heatmaps. Normal and glaucoma maps change from the upper to the lower "
    "row, the contrast map stays the same.",
)

# %% [markdown]
# Two networks that give **every** image the same probabilities have different class maps. So a class map answers a question that the network's decision does not settle. The **contrast map** explains the difference, which is all the decision depends on:
#
# $$y = y_\text{glaucoma} - y_\text{normal},\qquad \alpha_k=\frac1{hw}\sum_{ij}\frac{\partial (y_\text{glaucoma}-y_\text{normal})}{\partial A^k_{ij}}$$
#
# and then Grad-CAM as before. A gradient is linear, so *before* the ReLU the raw contrast map is the difference of the two raw maps. After ReLU and scaling it is not: subtracting two finished heatmaps compares numbers in different units.
#
# ### Your turn: `contrast_heatmap(model, target_layer, images)`
#
# Return the heatmap `[N, H, W]` of `y[1] − y[0]`, finished as in part 2 and with the same good manners (eval and back, no hook left, in-place ReLU, frozen). The cell must stand alone: don't use your `GradCAM` class, take from it what you need.
#
# <details><summary>Hint</summary><p>Only the line that chooses y is new. A local function as a hook and a list to append the leaf to save you the class.</p></details>

# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    """images [N,3,H,W] → heatmaps [N,H,W] in [0,1] of what speaks for class 1 and against class 0."""
    ### BEGIN SOLUTION
    leaves = []

    def cut(module, inputs, output):
        leaves.append(output.detach().clone().requires_grad_())
        return leaves[-1].clone()

    images = torch.as_tensor(images, dtype=torch.float32)
    flags = [(module, module.training) for module in model.modules()]
    handle = target_layer.register_forward_hook(cut)
    try:
        model.eval()
        with torch.enable_grad():
            logits = model(images)  # [N,2]
            y = logits[:, 1] - logits[:, 0]
            (gradient,) = torch.autograd.grad(y.sum(), leaves[-1])
    finally:
        handle.remove()
        for module, flag in flags:
            module.training = flag
    alpha = gradient.mean(dim=(2, 3), keepdim=True)
    L = F.relu((alpha * leaves[-1].detach()).sum(dim=1))
    top = L.amax(dim=(1, 2), keepdim=True)
    L = torch.where(top > 0, L / top, torch.zeros_like(L))
    return F.interpolate(L[:, None], size=images.shape[2:], mode="bilinear")[:, 0]
    ### END SOLUTION

# %% check="contrast.values" points=3
checks.contrast_values(contrast_heatmap)

# %% [markdown]
# **What this does not show.** A map of zeros here does not mean "healthy". It means that nowhere does the final map speak for glaucoma *more* than for normal.

# %% [markdown]
# ---
# ## 4 · Laying heat over a photo
#
# **What do the colours mean?** One thing only: the share of *this map's* maximum. Not probability, not severity, not "disease here". Yellow in one picture and yellow in another are not the same amount.
#
# **Predict:** below, the same smooth heat in two colormaps. In which one do you see edges that are not in the numbers?

# %%
smooth = np.exp(-(np.linspace(-2, 2, 120)[:, None] ** 2 + np.linspace(-2, 2, 120) ** 2))
figure, axes = plt.subplots(1, 3, figsize=(9, 3))
axes[0].plot(np.linspace(-2, 2, 120), smooth[60], color="#0b6e75")
axes[0].set_title("the heat along the middle row", fontsize=10)
axes[0].set_box_aspect(1)
for ax, name in zip(axes[1:], ("jet", "viridis")):
    ax.imshow(smooth, cmap=name)
    ax.set_title(name, fontsize=10)
    ax.set_axis_off()
captioned(
    figure,
    "Figure 5. jet draws rings where the heat is smooth, and its red and green look alike"
    " to one man in twelve. viridis rises evenly in lightness, also in grey print.",
    "A bell curve, and the same bell as an image in the colormaps jet, with false rings, "
    "and viridis, without.",
)

# %% [markdown]
# ### Your turn: `overlay(image, heatmap, alpha)`
#
# $$\text{picture} = (1-\alpha)\cdot\text{image} + \alpha\cdot\text{colours}(\text{heatmap})$$
#
# `image` is uint8 `[H, W, 3]` (RGB, 0 to 255), `heatmap` `[H, W]` in [0, 1] (array or tensor). Return uint8 `[H, W, 3]`. Any colormap will do. Don't stretch the heatmap again, don't change `image` itself, and mind that uint8 arithmetic runs over at 255 without a word.
#
# <details><summary>Hint</summary><p><code>colormaps["viridis"](x)</code> takes values in [0, 1] and gives RGBA in [0, 1]: bring it to the image's scale, and leave out the fourth channel.</p></details>

# %% solution="overlay"
def overlay(image, heatmap, alpha):
    """uint8 [H,W,3], heat [H,W] in [0,1], opacity in [0,1] → uint8 [H,W,3]."""
    ### BEGIN SOLUTION
    colours = 255 * colormaps["viridis"](np.asarray(heatmap))[..., :3]
    return ((1 - alpha) * np.asarray(image) + alpha * colours).round().astype(np.uint8)
    ### END SOLUTION

# %% check="overlay.blend" points=2
checks.overlay_blend(overlay)

# %% check="overlay.layout" points=1
checks.overlay_layout(overlay)

# %% [markdown]
# ---
# ## 5 · Does it look where it should?
#
# All your pieces together. The white line is the true edge of the disc, known because these eyes are phantoms. **Predict:** in which eyes will the heat lie inside it?

# %%
contrast = contrast_heatmap(model, layer, images)  # [4,H,W]
figure, axes = plt.subplots(1, len(shown), figsize=(11, 3.3))
for ax, picture, heat, i in zip(axes, pictures, contrast, shown):
    ax.imshow(overlay(picture, heat, alpha=0.5))
    disc = eyes.masks(i).get("disc")
    if disc is not None:
        ax.contour(preprocess.frame_mask(disc, eyes.image(i)), [0.5], colors="white", linewidths=1)
    ax.set_title(f"truth: {eyes.classes[eyes.label(i)]}", fontsize=10)
    ax.set_axis_off()
captioned(
    figure,
    "Figure 6. Contrast heatmaps (glaucoma − normal). White: the true edge of the optic disc.",
    "Four eyes overlaid with their contrast heatmaps; a white line marks the optic disc.",
)

# %% [markdown]
# Four pictures prove nothing: it is easy to fall in love with a good one. Count instead. **Share** is the part of the heat inside the disc; **lift** is share divided by the disc's part of the area, so 1 is chance. Beside your maps stands a **control** that knows nothing of the network: a blob in the middle of every image.

# %% local="lift"
from glaucam.metrics import CONTROLS, lift

n = 12 if QUICK else 60
lifts = {(c, of): [] for c in eyes.classes for of in ("your contrast map", "blob in the middle")}
for i in range(min(n, len(eyes))):
    photo, mask, truth = eyes.image(i), eyes.masks(i).get("disc"), eyes.classes[eyes.label(i)]
    if mask is None:
        continue
    framed, disc = preprocess.frame(photo), preprocess.frame_mask(mask, photo)
    heat = contrast_heatmap(model, layer, preprocess.batch([photo]))[0]
    lifts[truth, "your contrast map"].append(lift(heat, disc))
    lifts[truth, "blob in the middle"].append(lift(CONTROLS["centre_gaussian"](framed), disc))
for (truth, of), values in lifts.items():
    values = [value for value in values if value is not None]
    if values:
        print(f"{truth:9s} {of:19s} median lift {np.median(values):.1f} ({len(values)} eyes with heat)")
if not any(lifts.values()):
    print(f"{DATA} has no disc masks: nothing to measure")

# %% [markdown]
# Read the two classes apart. **In eyes with glaucoma:** does your map beat the blob clearly? On these crops the disc sits near the middle, because that is how it is photographed, so a blob that knows nothing scores well: "the heat is on the disc" is cheap praise. **In normal eyes:** why may the heat for glaucoma lie anywhere? Think of what scaling by the own maximum does to a little noise when there is little evidence.
#
# And if your map does no better than the blob, it may still be faithful: perhaps the *network* looks elsewhere. A heatmap can only be as sensible as the network it explains.

# %% [markdown]
# ---
# ## 6 · True or false?
#
# Each of these stands in a published tutorial or paper. Decide, then unfold.
#
# <details><summary>"Grad-CAM uses the gradient with respect to the pixels."</summary><p><b>False.</b> With respect to the feature maps of one layer. Pixel gradients are another method (saliency maps).</p></details>
# <details><summary>"Grad-CAM needs global average pooling, because flattening destroys the places."</summary><p><b>False.</b> Flattening keeps every place, in a fixed order. What it breaks is <em>CAM</em>, which needs one weight for each channel. Grad-CAM takes its weights from the gradient and works with either head.</p></details>
# <details><summary>"Guided Grad-CAM sharpens the map, so it is the better explanation."</summary><p><b>False.</b> Guided backpropagation gives nearly the same picture when the network's weights are replaced by random ones: it shows edges of the image, not reasons of the network.</p></details>
# <details><summary>"A diabetic-retinopathy network that lights up on the optic disc has learned anatomy."</summary><p><b>Suspicious.</b> The disc is no sign of diabetic retinopathy. It may be a shortcut: how the photo was centred, which camera, which clinic.</p></details>
# <details><summary>"Regulators ask for a heatmap score above a fixed number."</summary><p><b>There is no such number.</b> Thresholds that circulate have no source.</p></details>
# <details><summary>"If the heatmap is on the disc, the diagnosis is right."</summary><p><b>False.</b> The map shows where the network took its evidence from, not whether the evidence was good.</p></details>

# %% [markdown]
# ---
# ## What you have built, and what it is not
#
# You can now say *where* in its last map a network found what moved its answer. You cannot say *why* (brightness? shape? a vessel's bend?), nor whether the network would have answered otherwise without that place. Those are questions for experiments on the image, in the next assignment.
#
# A heatmap is **not a diagnosis and not a proof of one**. It shows what moved the network's answer, not where disease is. This network has seen only phantoms; on a real eye its answer means nothing.
#
# **Before you submit:** restart the kernel, run all cells, read the checks once more, save.
