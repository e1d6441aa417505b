# %% [markdown]
# # Train a network to find glaucoma, then the same code on OCT
#
# A screening clinic photographs four hundred eyes a day. Nobody can look at all of them the same evening, so it asks: **which ten should the doctor see first?** In this assignment you build what answers: a small network, the loop that trains it, the line above which an eye is called suspicious, and a report that says honestly how good all this is.
#
# **When you are done you can** say of every layer what it does to shapes and numbers · write a training loop of which you can defend every line · keep a rare disease from being ignored · choose a threshold for a promise made to a clinic · read, and mistrust, AUROC, sensitivity and a confusion table · run the same code on OCT scans with four classes.
#
# | part | you write | points | about |
# |---|---|---|---|
# | 1 | `RetinalCNN` | 7 | 35 min |
# | 2 | `train_one_epoch` | 9 | 45 min |
# | 3 | `operating_point` | 5 | 25 min |
# | 4 | `report` | 4 | 20 min |
#
# **Time and memory.** About two and a half hours of your time. The finished notebook runs from top to bottom in under 4 minutes on 2 CPU cores and needs about 1.5 GB of memory; no GPU, no network. With the environment variable `GLAUCAM_QUICK=1` it draws fewer eyes, trains for a few epochs only (so its figures mean nothing) and takes under 40 seconds.
#
# **How it works.** Write where it says `# YOUR CODE HERE`, run the cell, run the check below it. Checks are practice: run them as often as you like. They say what is right, what is wrong, and why that mistake is tempting. The grade is decided later on *other* networks and *other* eyes. Each of your four cells is graded **on its own**: it may use what the locked cell below imports and its own imports, nothing from the other cells you write.
#
# > **Not a medical device.** The eyes below are phantoms: drawn by a program, with disease put in on purpose. What your network learns is true of these drawings. Nothing here is a diagnosis.

# %% locked="setup"
import numpy as np
import torch
from sklearn import metrics
from torch import nn
from torch.nn import functional as F

# %% [markdown]
# The next cell draws the eyes. To train on real photos, change **one line**: `eyes = open_data("my_eyes", classes=("normal", "glaucoma"))`, where the folder `my_eyes` holds a folder for each class.

# %%
SEED = 21

import os
import time

from glaucam.data import FundusParameters, PhantomFundus, Preprocessing, open_data

QUICK = os.environ.get("GLAUCAM_QUICK") == "1"
view = FundusParameters(size=128, view="crop", severity=1.6)
eyes = PhantomFundus(n=130 if QUICK else 460, seed=SEED, parameters=view)

import pandas as pd
from matplotlib import pyplot as plt
from torch.utils.data import DataLoader, TensorDataset

import glaucam
from glaucam.checks import a2_train as checks
from glaucam.checks.a2_carry import as_library_model
from glaucam.plots.captioned import captioned

torch.manual_seed(0)
preprocess = Preprocessing(size=48 if QUICK else 64)
began = time.perf_counter()
images = preprocess.batch(eyes.image(i) for i in range(len(eyes)))  # [N,3,H,W]
labels = torch.as_tensor(eyes.labels)  # [N], 0 = normal, 1 = glaucoma
print(f"{len(eyes)} eyes in {time.perf_counter() - began:.0f} s; images {list(images.shape)}, labels {list(labels.shape)}")

# %% [markdown]
# ---
# ## 0 · Look first
#
# **What is in the box?** Nobody should train on images they have not looked at.

# %%
figure, axes = plt.subplots(2, 5, figsize=(11, 4.8))
for row, name in zip(axes, eyes.classes):
    for ax, i in zip(row, np.flatnonzero(eyes.labels == eyes.classes.index(name))[:5]):
        ax.imshow(preprocess.frame(eyes.image(int(i))))
        ax.set_title(name, fontsize=10)
        ax.set_axis_off()
captioned(
    figure,
    "Figure 1. Five eyes of each class, as coarse as the network gets them.",
    "Two rows of five disc crops: normal eyes above, eyes with glaucoma below.",
)

# %% [markdown]
# Glaucoma kills the fibres of the optic nerve. They leave the eye at the **optic disc**, the pale oval. Its hollow centre is the **cup**, the ring of tissue around it the **rim**. As fibres die the rim thins and the cup grows: the vertical cup-to-disc ratio rises. Clinics say "above .5 to .6, look closer", and that is a rule of thumb, not a border: large discs have large cups and are healthy, small discs can be ill at .4, and two readers of one photo differ by .1.
#
# **Predict before you run:** could a light meter do it? If the mean brightness of the photo alone told the classes apart, your network would learn that, and it would fail at the next camera. An AUROC (part 4) of .5 is a coin, 1 is perfect.

# %%
brightness = np.array([preprocess.frame(eyes.image(i)).mean(axis=(0, 1)) for i in range(min(len(eyes), 120))])  # [n,3]
for channel, name in enumerate(("red", "green", "blue")):
    auroc = metrics.roc_auc_score(eyes.labels[: len(brightness)], brightness[:, channel])
    print(f"mean {name:5s} alone: AUROC {auroc:.2f}")

# %% [markdown]
# ### Who may sit on both sides? Nobody.
#
# Three sets, three jobs: the network learns from **train**, you make choices (when to stop, where the line lies) on **val**, and **test** is looked at once, at the end. Here each patient gave two photos. **Predict:** if you deal out *photos* at random, how many of the test photos show an eye of a patient whose other photo the network has learnt by heart?

# %%
dealt = np.random.default_rng(0).choice(["train", "val", "test"], size=len(eyes), p=[0.7, 0.15, 0.15])
for how, splits in (("photos dealt at random", dealt), ("patients dealt whole", eyes.splits)):
    known = np.isin(eyes.groups[splits == "test"], eyes.groups[splits == "train"]).mean()
    print(f"{how:23s}: {known:.0%} of the test photos belong to a patient of the training set")
pd.crosstab(eyes.splits, np.array(eyes.classes)[eyes.labels], rownames=["part"], colnames=["class"]).loc[["train", "val", "test"]]

# %% [markdown]
# We use the second. A good figure on the first would measure memory.

# %%
def part(split):
    """Images and labels of "train", "val" or "test"."""
    chosen = np.flatnonzero(eyes.splits == split)
    return TensorDataset(images[chosen], labels[chosen])


train, val, test = part("train"), part("val"), part("test")

# %% [markdown]
# ---
# ## 1 · A small network
#
# ### 1.1 One block, by hand
#
# Our network has three **blocks**. Each does four things to a stack of maps $A$ `[N, C, H, W]`:
#
# | step | formula | shape |
# |---|---|---|
# | convolution 3×3, padding 1 | $z_{k}=\sum_c W_{kc} * A_c + b_k$ | `[N,C,H,W]` → `[N,K,H,W]` |
# | BatchNorm | $\hat z=\gamma\,\dfrac{z-\mu}{\sigma}+\beta$ | the same |
# | ReLU | $\max(0,\hat z)$ | the same |
# | max-pooling 2×2 | the largest of four | `[N,K,H/2,W/2]` |
#
# **With pencil and paper:** a convolution has given $z$ below; BatchNorm has $\mu=2$, $\sigma=2$, $\gamma=1$, $\beta=0$. What comes out of the block? And how many numbers does the first convolution learn, from 3 channels to 32?
#
# $$z=\begin{pmatrix}1&3\\5&-1\end{pmatrix}$$

# %%
z = torch.tensor([[1.0, 3.0], [5.0, -1.0]])  # [H,W]
normed = (z - 2) / 2
lit = normed.clamp(min=0)
print(f"after BatchNorm {normed.tolist()}\nafter ReLU {lit.tolist()}\nafter pooling {lit.max().item()}")
print("numbers in the first convolution:", 3 * 32 * 3 * 3, "weights +", 32, "biases =", 3 * 32 * 3 * 3 + 32)

# %% [markdown]
# **Predict the whole chain** for an image of 64×64 before you run the next cell: three blocks of 32, 64 and 128 channels.

# %%
A = torch.zeros(1, 3, 64, 64)
for channels in (32, 64, 128):
    block = nn.Sequential(nn.Conv2d(A.shape[1], channels, 3, padding=1), nn.BatchNorm2d(channels), nn.ReLU(), nn.MaxPool2d(2))
    learnt = sum(p.numel() for p in block.parameters())
    before, A = list(A.shape), block(A)
    print(f"{before!s:18s} → {list(A.shape)!s:18s} {learnt:6,d} numbers learnt")

# %% [markdown]
# **BatchNorm has two lives.** In **train mode** $\mu$ and $\sigma$ are those of the batch at hand, and a running average follows them. In **eval mode** it uses the running average, so that an eye's result doesn't depend on which eyes came along. Remember this: it comes back in part 2.
#
# ### 1.2 From maps to a verdict: average or flatten?
#
# After three blocks there are 128 maps of 8×8. Two ways lead to a vector. **Flatten** puts all 8 192 numbers in a row. **Global average pooling** (GAP) keeps one mean for each map:
#
# $$v_k=\frac1{hw}\sum_{ij}A^k_{ij}\qquad y=W v+b$$
#
# A textbook says: *"GAP is used because flattening destroys the places."* **Is that so?** Shuffle the 64 places of a map, the same way in all channels. Predict which head notices.

# %%
A = torch.rand(1, 128, 8, 8, generator=torch.Generator().manual_seed(1))
moved = A.flatten(2)[:, :, torch.randperm(64, generator=torch.Generator().manual_seed(2))].reshape(A.shape)
flat, gap = nn.Linear(128 * 8 * 8, 2), nn.Linear(128, 2)
with torch.no_grad():
    print(f"flatten: the logits move by {(flat(A.flatten(1)) - flat(moved.flatten(1))).abs().max():.3f}")
    print(f"average: the logits move by {(gap(A.mean((2, 3))) - gap(moved.mean((2, 3)))).abs().max():.3f}")
for size in (64, 224):
    print(f"head for {size}×{size} images: flatten {128 * (size // 8) ** 2 * 2 + 2:8,d} numbers, average {128 * 2 + 2}")

# %% [markdown]
# **Refuted, the other way round.** Flatten keeps every place: it notices the shuffle. *Average* forgets them. We use it for other reasons: few numbers (less to learn by heart from few eyes), images of any size, a disc that may lie a little to the left, and one weight for each map and class, which makes heatmaps easy to read in the next assignment. What we pay: the head cannot know *where* a sign was.
#
# ### Your turn: `RetinalCNN(n_classes)`
#
# - an `nn.Module`; images `[N, 3, H, W]` of any size from 8×8 up → **raw logits** `[N, n_classes]`, no softmax;
# - three blocks of 32, 64, 128 channels; each: convolution 3×3 with padding 1, BatchNorm, ReLU, max-pooling 2;
# - the mean over height and width, then one linear layer. No dropout.
#
# That is 93 954 numbers for two classes (93 730 if you leave out the convolutions' biases, which BatchNorm makes useless). Names, `nn.Sequential` or single layers, functions or modules: as you like.
#
# <details><summary>Hint 1: the skeleton</summary><p>In <code>__init__</code> first <code>super().__init__()</code>, then make the layers. In <code>forward(self, images)</code> call them in order and return the logits.</p></details>
# <details><summary>Hint 2: the mean</summary><p><code>A.mean(dim=(2, 3))</code> makes <code>[N, 128]</code> from <code>[N, 128, h, w]</code>. Avoid <code>squeeze()</code>: with a single image it takes the batch axis too.</p></details>

# %% solution="model"
class RetinalCNN(nn.Module):
    """Three blocks of 32, 64 and 128 channels, the mean over places, one linear layer."""

    def __init__(self, n_classes):
        ### BEGIN SOLUTION
        super().__init__()
        blocks, channels_in = [], 3
        for channels_out in (32, 64, 128):
            blocks += [
                nn.Conv2d(channels_in, channels_out, kernel_size=3, padding=1),
                nn.BatchNorm2d(channels_out),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
            channels_in = channels_out
        self.features = nn.Sequential(*blocks)
        self.classifier = nn.Linear(128, n_classes)
        ### END SOLUTION

    def forward(self, images):
        """images [N,3,H,W] → raw logits [N,n_classes]."""
        ### BEGIN SOLUTION
        final_map = self.features(images)  # [N,128,h,w]
        return self.classifier(final_map.mean(dim=(2, 3)))
        ### END SOLUTION

# %% check="model.shape" points=1
checks.model_shape(RetinalCNN)

# %% check="model.layers" points=2
checks.model_layers(RetinalCNN)

# %% check="model.logits" points=3
checks.model_logits(RetinalCNN)

# %% check="model.gradients" points=1
checks.model_gradients(RetinalCNN)

# %% [markdown]
# **What this does not show.** That this is the *best* network. It is a small and honest one: few enough numbers for few eyes, and nothing in it you cannot explain.

# %% [markdown]
# ---
# ## 2 · Learning
#
# ### 2.1 The loss, by hand
#
# The network gives logits $y$; **softmax** makes probabilities of them, and the **cross-entropy** asks how surprised one is by the truth $c$:
#
# $$p_c=\frac{e^{y_c}}{\sum_k e^{y_k}}\qquad \ell=-\ln p_c$$
#
# **With pencil:** an eye gets $y=(2, 0)$. What is its loss if it is normal ($c=0$)? If it has glaucoma ($c=1$)? (You need $e^2\approx7.39$, and $\ln 1.135\approx.127$.) Then predict: what happens to the second loss if somebody hands the *probabilities* to `nn.CrossEntropyLoss`, which takes the softmax itself?

# %%
y = torch.tensor([[2.0, 0.0]])
for c, name in enumerate(eyes.classes):
    right, squeezed = F.cross_entropy(y, torch.tensor([c])), F.cross_entropy(y.softmax(1), torch.tensor([c]))
    print(f"{name:9s} p = {y.softmax(1)[0, c]:.3f}  loss {right:.3f}   with softmax taken twice {squeezed:.3f}")

# %% [markdown]
# Squeezed twice, a network that is surely wrong is hardly blamed, and one that is surely right is never praised: the loss can't fall below .31. It learns, slowly, without an error message.
#
# ### 2.2 The loop, line by line
#
# | line | what it does | formula |
# |---|---|---|
# | `model.train()` | BatchNorm uses and follows the batches | $\mu,\sigma$ of the batch |
# | `for images, labels in loader:` | one batch after the other, each once: an **epoch** | |
# | `value = loss(model(images), labels)` | raw logits, then labels | $\ell=\frac1n\sum_i\ell_i$ |
# | `optimiser.zero_grad()` | empty the gradients of the batch before | $g\leftarrow0$ |
# | `value.backward()` | *add* this batch's gradient | $g\leftarrow g+\partial\ell/\partial w$ |
# | `optimiser.step()` | go downhill | $w\leftarrow w-\eta\, g$ |
#
# **Predict:** one weight $w=1$, loss $w^2$, so the gradient is $2w=2$. What does `.grad` hold after `backward()`? After a second `backward()` without `zero_grad()`?

# %%
w = torch.tensor(1.0, requires_grad=True)
for turn in (1, 2):
    (w**2).backward()
    print(f"after backward number {turn}: w.grad = {w.grad.item()}")

# %% [markdown]
# `backward()` *adds*. Forget `zero_grad()` and every step drags all earlier batches along. Nothing crashes; the loss even falls for a while.
#
# And the first line? **Predict:** a network comes back from an evaluation in eval mode, and somebody trains it without `model.train()`. Which of its numbers stay where they were?

# %%
norm = nn.BatchNorm2d(1)
bright = 5 + torch.randn(8, 1, 4, 4)
for mode in (False, True):
    norm.train(mode)(bright)
    print(f"{'train' if mode else 'eval'} mode: running mean {norm.running_mean.item():.2f} after a batch of mean {bright.mean():.2f}")

# %% [markdown]
# ### 2.3 When glaucoma is rare
#
# In a screening one eye in thirty has glaucoma. A network that always says *normal* is then right in 97 % of all eyes, and useless. **Class weights** make each class count the same in the loss, however rare it is:
#
# $$w_c=\frac{n}{C\,n_c}\qquad \ell=\frac{\sum_i w_{c_i}\,\ell_i}{\sum_i w_{c_i}}$$
#
# **With pencil:** 90 normal eyes, 10 with glaucoma, $C=2$. What are the two weights? What does each class then weigh in all?

# %%
counts = np.array([90, 10])
weights = counts.sum() / (2 * counts)
print("weights", weights.round(3), " each class in all", weights * counts)

# %% [markdown]
# The weights live **inside the loss object** that your loop is handed. A loop that makes its own loss throws them away.
#
# ### Your turn: `train_one_epoch(model, loader, optimiser, loss)`
#
# Go once through `loader`, whose batches are `(images [n,3,H,W], labels [n])`, update the model with the `optimiser` after **every** batch, and return the **mean loss** of the epoch as one number.
#
# - train mode first, whatever mode the model comes in;
# - use the loss and the optimiser you were given; the images are ready as they come;
# - the last batch is usually smaller. Weigh each batch's loss by its images: $\bar\ell=\sum_b n_b\ell_b\,/\sum_b n_b$. (Many programs take the plain mean over batches, $\frac1B\sum_b\ell_b$; that is accepted too.)
# - return a number that doesn't hang on the computation: `.item()`.
#
# <details><summary>Hint 1: the order</summary><p>The table in 2.2, from top to bottom, is the loop.</p></details>
# <details><summary>Hint 2: the mean</summary><p>Before the loop <code>total, n = 0.0, 0</code>; in it <code>total += value.item() * len(labels)</code> and <code>n += len(labels)</code>; after it <code>return total / n</code>.</p></details>

# %% solution="training"
def train_one_epoch(model, loader, optimiser, loss):
    """One pass over ``loader``; the model learns after every batch. Returns the mean loss."""
    ### BEGIN SOLUTION
    model.train()
    total, n = 0.0, 0
    for batch_images, batch_labels in loader:
        value = loss(model(batch_images), batch_labels)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        total += value.item() * len(batch_labels)
        n += len(batch_labels)
    return total / n
    ### END SOLUTION

# %% check="training.weights" points=5
checks.training_weights(train_one_epoch)

# %% check="training.loss" points=2
checks.training_loss(train_one_epoch)

# %% [markdown]
# The next check lets your loop teach a network for some seconds, once with true labels and once with **shuffled** ones, most of them wrong. A network can learn either by heart. What it then says of *unseen* eyes tells whether it learnt something.

# %% check="training.learns" points=2
checks.training_learns(train_one_epoch)

# %% [markdown]
# ### 2.4 Your network learns
#
# **Predict:** of the two curves, training and validation loss, which will be smooth and which will jump? Why?

# %% local="teach"
from glaucam.training.fit import class_weights


def probabilities(model, data):
    """p of every class, [N,C], in eval mode."""
    model.eval()
    with torch.no_grad():
        return torch.cat([model(x).softmax(1) for x, _ in DataLoader(data, batch_size=64)])


def teach(model, train, val, loss, epochs, rate=3e-3):
    """Train, and keep the weights of the epoch that is best on ``val``. Returns the history."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    loader = DataLoader(train, batch_size=16, shuffle=True)
    history, best = [], float("inf")
    for _ in range(epochs):
        row = {"train": train_one_epoch(model, loader, optimiser, loss)}
        schedule.step()
        row["val"] = F.nll_loss(probabilities(model, val).clamp(min=1e-9).log(), val.tensors[1]).item()
        history.append(row)
        if row["val"] < best:
            best, kept = row["val"], {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(kept)
    return pd.DataFrame(history)


torch.manual_seed(1)
model = RetinalCNN(2)
loss = nn.CrossEntropyLoss(weight=class_weights(train.tensors[1], eyes.classes))
began = time.perf_counter()
history = teach(model, train, val, loss, epochs=3 if QUICK else 14)
print(f"{len(history)} epochs in {time.perf_counter() - began:.0f} s; best epoch {history['val'].argmin() + 1}")

figure, ax = plt.subplots(figsize=(6, 3))
for name, style in (("train", "--"), ("val", "-")):
    ax.plot(history.index + 1, history[name], style, marker="o", markersize=3, color="#0b6e75" if name == "val" else "#5b6475", label=name)
ax.axhline(np.log(2), color="#a3341f", linewidth=0.8)
ax.set(xlabel="epoch", ylabel="mean loss", ylim=(0, None))
ax.legend()
captioned(
    figure,
    "Figure 2. Mean loss after each epoch. The red line is ln 2 = .69: a network that says one half to everything.",
    "Two curves of loss against epoch: the training loss falls smoothly, the validation loss jumps and then settles.",
)

# %% [markdown]
# The training loss is the mean over hundreds of eyes while the network changes, so it is smooth. The validation loss is of few eyes, in eval mode: as long as the steps are large, BatchNorm's running averages limp behind and it jumps; it settles as the learning rate falls. With patience the training loss falls on and on, for in the end the network knows its eyes by heart. The validation loss then turns up: learning has stopped being about *eyes* and is about *these* eyes. We keep the weights of its lowest point.
#
# ### 2.5 The same, with one glaucoma in ten
#
# **Predict:** trained without class weights on nine normal eyes for each with glaucoma: which accuracy, which sensitivity?

# %% local="rare"
sick, healthy = (np.flatnonzero(train.tensors[1].numpy() == c) for c in (1, 0))
few = np.concatenate([healthy, sick[: max(4, len(healthy) // 9)]])


def small(data, rows=slice(None)):
    return TensorDataset(F.interpolate(data.tensors[0][rows], size=32), data.tensors[1][rows])


rare, tried = small(train, few), small(val)
truth, batches = tried.tensors[1].numpy(), DataLoader(rare, batch_size=16, shuffle=True)
for name, weight in (("without weights", None), ("with weights", class_weights(rare.tensors[1], eyes.classes))):
    right, found = [], []
    for start in (3, 4, 5):  # so few eyes: the mean of three networks says more than one
        torch.manual_seed(start)
        other = RetinalCNN(2)
        optimiser = torch.optim.AdamW(other.parameters(), lr=1e-3)
        for _ in range(1 if QUICK else 3):
            train_one_epoch(other, batches, optimiser, nn.CrossEntropyLoss(weight=weight))
        called = probabilities(other, tried)[:, 1].numpy() >= 0.5
        found.append(called[truth == 1].mean())
        right.append(0.9 * (~called[truth == 0]).mean() + 0.1 * found[-1])
    print(f"{name:16s} accuracy where one in ten is ill {np.mean(right):.0%}, glaucoma found {np.mean(found):.0%}")

# %% [markdown]
# Without weights the accuracy looks better, because nearly everybody is called normal, and most glaucomas are missed. With weights both classes count, and the many healthy eyes make the accuracy drop. **What this does not show:** that weights are always right. They shift where the network draws its line; with a threshold chosen on purpose (next part) one can get there as well.

# %% [markdown]
# ---
# ## 3 · Where to draw the line?
#
# The network says $p$ = probability of glaucoma. The clinic can re-examine only so many healthy people, so it asks for a **specificity**: of the *normal* eyes, at least 95 % must be left in peace. An eye is **positive** when $p\ge t$. Then
#
# $$\text{specificity}(t)=\frac{\#\{\text{normal},\ p<t\}}{\#\{\text{normal}\}}\qquad \text{sensitivity}(t)=\frac{\#\{\text{glaucoma},\ p\ge t\}}{\#\{\text{glaucoma}\}}$$
#
# A higher $t$ raises the first and lowers the second. So among all thresholds that keep the promise, the **smallest** finds the most glaucoma. The counts change only at the values of $p$ that occur, so those are the ones to try.
#
# **With pencil:** eight eyes, specificity at least .75. Which $t$? How sensitive is it?
#
# | p | .1 | .2 | .3 | .4 | .5 | .6 | .7 | .9 |
# |---|---|---|---|---|---|---|---|---|
# | truth | normal | normal | glaucoma | normal | glaucoma | normal | glaucoma | glaucoma |

# %%
p8 = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9])
y8 = np.array([0, 0, 1, 0, 1, 0, 1, 1])
for t in p8:
    print(f"t = {t:.1f}: specificity {(p8[y8 == 0] < t).mean():.2f}, sensitivity {(p8[y8 == 1] >= t).mean():.2f}")

# %% [markdown]
# Did you take .4? There the third normal eye is *at* the line, and at the line means positive: only two of four are below. The answer is .5: three of four normal eyes are left in peace, three of four ill ones found. At .6 and with `p > t` the counts differ by exactly the eye at the line, and the line always passes through an eye.
#
# ### Your turn: `operating_point(y_true, p, specificity)`
#
# Return the smallest threshold whose specificity is at least the one asked for.
#
# - `y_true` (0 normal, 1 glaucoma) and `p` are arrays, lists or tensors, in no order;
# - positive means `p >= threshold`; exactly the asked specificity is enough;
# - any number that sorts these eyes the same way is right (a value of `p`, or one between it and the next smaller one);
# - where even the largest `p` is not specific enough (a normal eye has it), return any number above it: nobody is called.
#
# <details><summary>Hint</summary><p><code>np.unique(p)</code> gives the values in order. For each, count the normal eyes below it. (<code>roc_curve</code> works too, with <code>drop_intermediate=False</code>.)</p></details>

# %% solution="operating_point"
def operating_point(y_true, p, specificity):
    """The smallest threshold whose specificity is at least ``specificity``."""
    ### BEGIN SOLUTION
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    normal = p[y_true == 0]
    for candidate in np.unique(p):
        if (normal < candidate).mean() >= specificity:
            return float(candidate)
    return float("inf")
    ### END SOLUTION

# %% check="operating_point.threshold" points=3
checks.operating_point_threshold(operating_point)

# %% check="operating_point.edges" points=2
checks.operating_point_edges(operating_point)

# %% [markdown]
# **Where may you choose it?** On the validation eyes. A threshold chosen on the test eyes has seen the answers, and its specificity is a wish.

# %% local="line"
p_val, y_val = probabilities(model, val)[:, 1].numpy().astype(float), val.tensors[1].numpy()
threshold = operating_point(y_val, p_val, 0.95)
figure, ax = plt.subplots(figsize=(7, 2.6))
for c, colour in ((0, "#5b6475"), (1, "#0b6e75")):
    ax.hist(p_val[y_val == c], bins=np.linspace(0, 1, 26), alpha=0.6, color=colour, label=eyes.classes[c])
ax.axvline(min(threshold, 1), color="#a3341f")
ax.set(xlabel="p(glaucoma)", ylabel="validation eyes")
ax.legend()
print(f"threshold {threshold:.3f}: of {(y_val == 0).sum()} normal validation eyes {(p_val[y_val == 0] >= threshold).sum()} are called")
captioned(
    figure,
    "Figure 3. What the network says of the validation eyes. Red: the smallest line with 95 % specificity. Right of it one is called.",
    "Histogram of p for normal eyes and eyes with glaucoma, with a red line at the threshold.",
)

# %% [markdown]
# ---
# ## 4 · What a report must say
#
# One number never does. **AUROC** asks about the order alone: how often does a random eye with glaucoma get a higher $p$ than a random normal one (equal $p$ counts half)? No threshold in it. **AUPRC**, computed as the average precision $\sum_i (R_i-R_{i-1})P_i$, looks at the called eyes: its coin is not .5 but the share of glaucoma. **Sensitivity** and **specificity** belong to one threshold. The **confusion table** says how many eyes stand behind them:
#
# | | called normal | called glaucoma |
# |---|---|---|
# | **is normal** | TN | FP |
# | **is glaucoma** | FN | TP |
#
# **With pencil:** six eyes, $t=.5$. Fill the table, then both rates, then the AUROC: of the 9 pairs (ill, healthy), how many are in the right order?
#
# | p | .9 | .8 | .5 | .4 | .3 | .1 |
# |---|---|---|---|---|---|---|
# | truth | glaucoma | normal | glaucoma | glaucoma | normal | normal |

# %%
p6, y6 = np.array([0.9, 0.8, 0.5, 0.4, 0.3, 0.1]), np.array([1, 0, 1, 1, 0, 0])
table = [[((y6 == i) & ((p6 >= 0.5) == j)).sum() for j in (0, 1)] for i in (0, 1)]
pairs = np.subtract.outer(p6[y6 == 1], p6[y6 == 0]) > 0
print("confusion", np.array(table).tolist(), f" pairs in order {pairs.sum()} of {pairs.size}: AUROC {pairs.mean():.3f}")

# %% [markdown]
# ### Your turn: `report(y_true, p, threshold)`
#
# Return a dictionary with
#
# | key | value |
# |---|---|
# | `auroc` | from `p` itself, not from the calls |
# | `auprc` | the average precision (the area by the trapezoid rule is accepted, too) |
# | `sensitivity`, `specificity` | at `threshold`, positive meaning `p >= threshold` |
# | `confusion` | 2×2 counts, rows = truth, columns = call, normal before glaucoma |
#
# Fractions, not percent; rounded to three digits at the least, or not at all. `sklearn.metrics` is imported above as `metrics` and is welcome.
#
# <details><summary>Hint</summary><p>First <code>called = p &gt;= threshold</code>. Then <code>metrics.confusion_matrix(y_true, called, labels=[0, 1])</code> and its four numbers are most of the work.</p></details>

# %% solution="report"
def report(y_true, p, threshold):
    """Figures of a classifier: auroc, auprc, sensitivity, specificity, confusion."""
    ### BEGIN SOLUTION
    y_true, p = np.asarray(y_true), np.asarray(p, dtype=float)
    called = (p >= threshold).astype(int)
    confusion = metrics.confusion_matrix(y_true, called, labels=[0, 1])
    (tn, fp), (fn, tp) = confusion.tolist()
    return {
        "auroc": float(metrics.roc_auc_score(y_true, p)),
        "auprc": float(metrics.average_precision_score(y_true, p)),
        "sensitivity": tp / (tp + fn),
        "specificity": tn / (tn + fp),
        "confusion": confusion.tolist(),
    }
    ### END SOLUTION

# %% check="report.ranking" points=1
checks.report_ranking(report)

# %% check="report.rates" points=2
checks.report_rates(report)

# %% check="report.confusion" points=1
checks.report_confusion(report)

# %% [markdown]
# Now open the test set, once. **Predict:** will the specificity be .95?

# %% local="result"
p_test, y_test = probabilities(model, test)[:, 1].numpy().astype(float), test.tensors[1].numpy()
said = report(y_test, p_test, threshold)
for key, value in said.items():
    print(f"{key:12s}", value if key == "confusion" else f"{value:.3f}")

rng = np.random.default_rng(0)
drawn = [rng.integers(len(y_test), size=len(y_test)) for _ in range(300)]
again = [metrics.roc_auc_score(y_test[k], p_test[k]) for k in drawn if 0 < y_test[k].sum() < len(k)]
print(f"AUROC of 300 test sets drawn anew from these {len(y_test)} eyes: {np.quantile(again, 0.025):.2f} to {np.quantile(again, 0.975):.2f}")

figure, ax = plt.subplots(figsize=(4, 4))
fpr, tpr, _ = metrics.roc_curve(y_test, p_test)
ax.plot(fpr, tpr, color="#0b6e75")
ax.plot([0, 1], [0, 1], ":", color="#5b6475")
ax.plot(1 - said["specificity"], said["sensitivity"], "o", color="#a3341f")
ax.set(xlabel="1 − specificity (false alarms)", ylabel="sensitivity (glaucoma found)", aspect="equal")
captioned(
    figure,
    "Figure 4. ROC curve on the test eyes: one point for each threshold. Red: the threshold chosen on the validation eyes. Dotted: a coin.",
    "A curve above the diagonal, with a red point near its left edge.",
)

# %% [markdown]
# The specificity is seldom exactly .95: the promise was made on other eyes, and few of them. The interval says how much of the AUROC is luck of the draw. **What this does not show:** anything about real eyes, other cameras, or why the network says what it says. That last question is the next assignment.

# %% [markdown]
# ---
# ## 5 · Keep it
#
# A trained network is numbers; without names, classes and preprocessing they are noise. A **checkpoint** holds all of it. Yours carries your own layer names; `as_library_model` puts the same numbers into the library's twin, so that every tool of the course can read them.

# %% local="keep"
header = {
    "model": "retinal_cnn",
    "classes": list(eyes.classes),
    "preprocessing": preprocess.to_dict(),
    "data": {"name": eyes.name or "phantom_disc", "task": eyes.task, "n": len(eyes), "seed": getattr(eyes, "seed", None)},
    "threshold": threshold if np.isfinite(threshold) else None,
    "metrics": said,
}
kept = as_library_model(model, len(eyes.classes))
glaucam.save_checkpoint("my_model.safetensors", kept, header)

back = glaucam.load_checkpoint("my_model.safetensors")
with torch.no_grad():
    apart = (back.model(images[:8]) - model.eval()(images[:8])).abs().max()
print(f"saved and read again: largest difference of a logit {apart:.1e}")

# %% [markdown]
# **In the next assignment, `a3_gradcam`, one line makes it explain *your* network:** `MODEL = "../a2_train/my_model.safetensors"`. What if the file is broken? Predict, then look: a tool that guesses would be worse than one that stops.

# %% local="broken"
from glaucam.errors import CheckpointError

with open("my_model.safetensors", "rb") as whole, open("broken.safetensors", "wb") as half:
    half.write(whole.read()[:5000])
try:
    glaucam.load_checkpoint("broken.safetensors")
except CheckpointError as error:
    print(error)
os.remove("broken.safetensors")

# %% [markdown]
# ---
# ## 6 · The same code reads OCT
#
# **Optical coherence tomography** is an echo with light: a cut through the retina, layer by layer. Kermany's well-known set has four classes: **NORMAL**; **CNV**, new vessels that break through from below; **DME**, fluid from leaking vessels in diabetes; **DRUSEN**, deposits that lift the lowest layer in small domes. (Two networks of about this size reached 92 and 96 % on its validation images: context, not a target. These here are phantoms.)
#
# Nothing you wrote knows what a fundus is. **Predict:** which of your four functions run on OCT as they are? Which asks for two classes?

# %% local="oct"
scans = open_data("phantom_oct", n=48 if QUICK else 320, seed=5)
as_scan = Preprocessing(size=48 if QUICK else 64, crop=False)
pixels = as_scan.batch(scans.image(i) for i in range(len(scans)))
truth = torch.as_tensor(scans.labels)
oct_train, oct_val, oct_test = (TensorDataset(pixels[k], truth[k]) for k in map(scans.indices, ("train", "val", "test")))

figure, axes = plt.subplots(1, 4, figsize=(11, 3))
for c, (ax, name) in enumerate(zip(axes, scans.classes)):
    ax.imshow(scans.image(int(np.flatnonzero(scans.labels == c)[0])))
    ax.set_title(name, fontsize=10)
    ax.set_axis_off()
captioned(
    figure,
    "Figure 5. One phantom scan of each class, the eye's inside above.",
    "Four OCT scans in a row: NORMAL, CNV, DME and DRUSEN.",
)

# %% local="oct_teach"
torch.manual_seed(2)
reader = RetinalCNN(len(scans.classes))
fair = nn.CrossEntropyLoss(weight=class_weights(oct_train.tensors[1], scans.classes))
began = time.perf_counter()
teach(reader, oct_train, oct_val, fair, epochs=2 if QUICK else 14)
P = probabilities(reader, oct_test)  # [N,4]
found = metrics.confusion_matrix(oct_test.tensors[1], P.argmax(1), labels=range(len(scans.classes)))
print(f"{time.perf_counter() - began:.0f} s; {found.trace()} of {found.sum()} test scans right (guessing: one in {len(scans.classes)})")
pd.DataFrame(found, index=[f"is {c}" for c in scans.classes], columns=[f"called {c}" for c in scans.classes])

# %% [markdown]
# The network, the loop and the loss ran unchanged: only `n_classes` differs. `operating_point` and `report` ask a yes-or-no question, so with four classes one asks it for each: *CNV or not?* Read the table by rows: which class is taken for which? CNV and DME are urgent, drusen can wait, so not every mistake weighs the same. (A file saved from this network holds four classes; `a3_gradcam` would refuse it for eyes with two, in one clear line.)

# %% [markdown]
# ---
# ## 7 · True or false?
#
# Each of these has been said with confidence. Decide, then unfold.
#
# <details><summary>"The training loss is falling, so the network learns about eyes."</summary><p><b>Not yet shown.</b> It falls with shuffled labels too: then the network learns by heart. Only unseen patients tell.</p></details>
# <details><summary>"Accuracy 97 % in screening: excellent."</summary><p><b>Empty</b> where 97 % are healthy: “always normal” has it as well. Ask for sensitivity at a specificity.</p></details>
# <details><summary>"Flattening destroys the places, so one needs global average pooling."</summary><p><b>False.</b> Flatten keeps them, in a fixed order; the average forgets them. You saw it in 1.2.</p></details>
# <details><summary>"An AUROC of .95 means that 95 % of the patients are diagnosed correctly."</summary><p><b>False.</b> It means that of a random pair, ill and healthy, 95 % are in the right order. How many diagnoses are right depends on the threshold and on how rare the disease is.</p></details>
# <details><summary>"We chose the threshold that gives 95 % specificity on the test set, and report 95 %."</summary><p><b>Circular.</b> Chosen there, it is a wish. Choose on validation, report what the test eyes then say.</p></details>
# <details><summary>"A cup-to-disc ratio above .6 is glaucoma."</summary><p><b>False.</b> It is a reason to look closer. Large discs have large cups; the ratio alone errs on both sides.</p></details>
#
# **Before you submit:** restart the kernel, run all cells, read the checks once more, save.
