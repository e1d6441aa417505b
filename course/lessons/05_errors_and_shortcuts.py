# %% [markdown]
# # Where it errs, and what it may be using instead
#
# *"Our network finds glaucoma with an AUROC of .95."* Two questions decide whether anybody should care. **Which eyes does it get wrong, and how sure was it then?** And: **is it reading the eye at all**, or something that happened to come along with the ill eyes in our collection?
#
# **When you are done you can** read an error table and a board of false alarms and missed eyes · say whether a confidence of .9 is right nine times in ten · breed a network that cheats, and catch it by its numbers, by its heatmap, and by an experiment · name a shortcut that **no** heatmap will ever show · cure a shortcut, and recognise a cure that only hides it.
#
# **Time and memory.** About 60 minutes to read and work through. The notebook runs in under 3 minutes on 2 CPU cores and needs about 1.5 GB of memory; no GPU, no network. With the environment variable `GLAUCAM_QUICK=1` it draws fewer eyes and takes under 40 seconds; the cheat is then bred on so few eyes that the figures are rough. Nothing here is graded.
#
# > **Not a medical device.** The eyes below are phantoms: drawn by a program, with glaucoma, and later a shortcut, put in on purpose. Nothing here is a diagnosis.

# %%
import os

import numpy as np
import pandas as pd
import torch
from matplotlib import pyplot as plt

import glaucam
from glaucam.data import FundusParameters, PhantomFundus, Preprocessing
from glaucam.metrics import bootstrap_interval, lift
from glaucam.metrics.calibration import calibration_error, reliability
from glaucam.metrics.classification import auroc
from glaucam.plots.boards import board_figure
from glaucam.plots.captioned import captioned
from glaucam.plots.overlay import DEFAULT_COLORMAP, overlay
from glaucam.training.embedded import embedded_model
from glaucam.training.error_boards import board_rows, tiles_of
from glaucam.training.error_table import error_table, group_summary
from glaucam.training.examples import Examples
from glaucam.training.fit import fit
from glaucam.training.predict import predict
from glaucam.training.recipe import Recipe

QUICK = os.environ.get("GLAUCAM_QUICK") == "1"
BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#5b6475"  # safe for colour-blind eyes
CLASSES = ("normal", "glaucoma")
pd.set_option("display.precision", 2)


def show(ax, picture, title=""):
    ax.imshow(picture)
    ax.set_title(title, fontsize=9.5)
    ax.set_axis_off()


# %% [markdown]
# ---
# ## 1 · A row for every eye
#
# **Which eyes does it miss?** An *accuracy* does not say. An **error table** has a row for each eye: what it is, what it was called, how surely, and where the heat of *that answer* lay. Calling means: glaucoma where $p\ge$ the **threshold**, which was chosen on validation eyes and travels with the network.
#
# | group | truth | called | in the clinic |
# |---|---|---|---|
# | TP | glaucoma | glaucoma | found |
# | TN | normal | normal | left in peace |
# | FP | normal | glaucoma | a false alarm: fear, and a visit for nothing |
# | FN | glaucoma | normal | missed: sight may be lost |
#
# The *confidence* is the probability of the class that was called: **high** from .9 on, **low** below .7.
#
# **With pencil.** The threshold is .75. Four eyes: truth glaucoma, $p=.71$; truth normal, $p=.80$; truth glaucoma, $p=.02$; truth normal, $p=.40$. Group, confidence and band of each?
#
# <details><summary>The answer</summary><p><b>FN</b>, called normal with 1 − .71 = .29: low. <b>FP</b>, .80: middle. <b>FN</b>, .98: <b>high</b>, the dangerous kind. <b>TN</b>, .60: low. The first is a curiosity worth knowing: with a threshold away from .5 a confidence may lie <em>below</em> one half.</p></details>

# %%
checkpoint = embedded_model()
model, preprocess = checkpoint.model, checkpoint.preprocessing
eyes = PhantomFundus(40 if QUICK else 100, seed=61, parameters=FundusParameters(size=96, view="crop", severity=1.6))
threshold = checkpoint.header["metrics"]["threshold"]
table = error_table(model, eyes, preprocess, threshold, progress=False)
print(f"threshold {threshold:.2f}, {len(table)} eyes that the network has never seen, AUROC {auroc(eyes.labels, np.stack([1 - table.p_glaucoma, table.p_glaucoma], 1)):.2f}")
table[["image", "true", "predicted", "p_glaucoma", "confidence", "group", "band", "disc_share", "disc_lift", "outside_field"]].head(6)

# %% [markdown]
# **Predict:** the threshold is strict, so that nearly all normal eyes are left in peace. Which kind of error will there be more of? In which group is the network least sure?

# %%
group_summary(table)

# %% [markdown]
# Say it in four sentences, one for each group, and say `n` in each: the mean of four eyes is an anecdote. Then read the lifts, always of the answer that was *given*. On the disc but hardly on the rim means in the cup; on disc and rim alike means at the edge. Where do *glaucoma* and *normal* get their evidence? Do the missed eyes differ from the rightly normal ones, whose answer was the same?

# %% [markdown]
# ### Look at them
#
# A **board** shows a group at a glance, the surest first. An error that was sure is worth more of your time than an unsure one: no second look at "unsure eyes" would have caught it.

# %%
boards = board_rows(table, CLASSES)


def board(name, title, most=3):
    rows = boards[name].head(most)
    return board_figure(tiles_of(checkpoint, eyes, rows, "gradcam", DEFAULT_COLORMAP), title)


captioned(
    board("false_negative", f"Missed: {len(boards['false_negative'])} of {len(table)} eyes, the surest misses first"),
    "Figure 1. Missed eyes, each beside the heat of what it was called: normal.",
    "Pairs of eye and heatmap of glaucoma eyes that were called normal, with probability, confidence and lift below each.",
)

# %%
captioned(
    board("false_positive", f"False alarms: {len(boards['false_positive'])} of {len(table)} eyes"),
    "Figure 2. False alarms, beside the heat of what they were called: glaucoma.",
    "Pairs of eye and heatmap of normal eyes that were called glaucoma, with probability, confidence and lift below each.",
)

# %%
captioned(
    board("correct_glaucoma", f"Rightly called glaucoma: {len(boards['correct_glaucoma'])} of {len(table)} eyes"),
    "Figure 3. And three that were right. A board of errors without one of successes beside it misleads.",
    "Pairs of eye and heatmap of glaucoma eyes that were called glaucoma, with probability, confidence and lift below each.",
)

# %% [markdown]
# Write down what the missed eyes have in common *before* you look for it in numbers. Then look. A candidate that can be measured: the missed ones have smaller cups.

# %%
vcdr = pd.Series([eyes.eye(i).disc.vcdr for i in range(len(eyes))])
vcdr.groupby(table["group"]).agg(["count", "mean", "min", "max"]).rename_axis("group").rename(columns={"count": "n", "mean": "mean vCDR"})

# %% [markdown]
# On the whole the network errs where a *ruler* errs, on small cups in ill eyes and large ones in healthy eyes. That is a comfort of a kind: its errors have a reason that lies in the eye. **What this does not show:** that it measures cups. Anything that goes along with the cup would give the same table.
#
# The whole analysis as a folder (table, summary, boards): `glaucam errors --help` tells how.

# %% [markdown]
# ---
# ## 2 · Can its confidence be believed?
#
# **Of a hundred eyes that it calls with .9, are ninety right?** If so, it is **calibrated**. Sort the answers into bins by confidence; in each bin $m$ compare the accuracy with the mean confidence:
#
# $$\mathrm{ECE}=\sum_m\frac{n_m}{N}\,\bigl|\mathrm{acc}_m-\mathrm{conf}_m\bigr|$$
#
# **With pencil.** Ten answers. Six were given with confidence .9, four of these are right. Four with confidence .6, three of these are right. ECE, with each in a bin of its own? Is the network too sure, or not sure enough?
#
# <details><summary>The answer</summary><p>First bin: |4/6 − .9| = .233, weight .6: .14. Second: |.75 − .6| = .15, weight .4: .06. ECE = <b>.20</b>. Too sure where it is sure, too modest where it is not.</p></details>

# %%
by_hand = calibration_error([0.9] * 6 + [0.6] * 4, [1] * 4 + [0] * 2 + [1] * 3 + [0], bins=10)
print("ECE =", round(by_hand, 3))

# %% [markdown]
# **Predict:** in which direction does our network err? (It was stopped early, at its best epoch; networks that are trained to the end tend to be too sure.) Here confidence is that of the more probable class, and we use few bins, because we have few eyes.

# %%
p = table["p_glaucoma"].to_numpy()
confidence, right = np.maximum(p, 1 - p), (p >= 0.5) == (eyes.labels == 1)
rows = reliability(confidence, right, bins=10)
full = rows[rows.n > 0]
figure, ax = plt.subplots(figsize=(5.6, 4.2), layout="constrained")
ax.plot([0.5, 1], [0.5, 1], ":", color=GREY, label="says what it does")
for _, row in full.iterrows():
    inside = (confidence > row.lower) & (confidence <= row.upper)
    low, high = bootstrap_interval(right[inside].astype(float))
    if low is not None:
        ax.plot([row.confidence] * 2, [low, high], color=BLUE, linewidth=1.5)
    ax.annotate(f"n = {int(row.n)}", (row.confidence, row.accuracy), (6, -12), textcoords="offset points", fontsize=8, color=GREY)
ax.plot(full.confidence, full.accuracy, "o", color=BLUE, label="a bin, with its bootstrap interval")
ax.set_xlabel("confidence")
ax.set_ylabel("part that was right")
ax.set_ylim(0, 1.05)
ax.legend(frameon=False, loc="lower right", fontsize=9)
captioned(
    figure,
    f"Figure 4. Confidence against truth, ECE {calibration_error(confidence, right, bins=10):.2f} from {len(p)} eyes. Below the dotted line: too sure.",
    "Dots with intervals for five bins of confidence around the diagonal, with the number of eyes beside each.",
)

# %% [markdown]
# Look at the intervals before you call it anything. (A dot without one: all its eyes were right, and drawing them anew always gives 1. The bootstrap is blind there; three right out of three is not certainty.) With so few eyes ECE itself is never 0, even for a perfectly calibrated network: it measures luck, too.
#
# ### A claim to refute
#
# *"Model B has the lower ECE, so it is the better one."* Model B says .5 to every eye.

# %%
half = np.full(len(p), 0.5)
for name, said in (("our network", p), ("model B, always .5", half)):
    sure, ok = np.maximum(said, 1 - said), (said >= 0.5) == (eyes.labels == 1)
    print(f"{name:20s} ECE {calibration_error(sure, ok, bins=10):.2f}   AUROC {auroc(eyes.labels, np.stack([1 - said, said], 1)):.2f}")

# %% [markdown]
# Model B is honest, and useless: it says that it does not know. **Calibration and discrimination are two things.** And calibration belongs to a *place*: where one eye in a hundred is ill instead of one in two, the same network is too sure of glaucoma everywhere.

# %% [markdown]
# ---
# ## 3 · The clever horse
#
# **Could it be using something else?** Around 1904 a horse named Hans answered sums by tapping his hoof. He could not count: he watched his questioner. A network watches, too. Suppose that the glaucoma clinic's camera prints a small pale **stamp** into its photos, and that the screening bus's camera does not. Then 95 of 100 ill eyes carry the stamp, and 5 of 100 healthy ones.

# %%
PARAMETERS = FundusParameters(size=80, view="crop", severity=1.6)
HOW_MANY = {"train": 100, "validation": 30, "test": 60} if QUICK else {"train": 240, "validation": 40, "test": 120}
drawn = {part: PhantomFundus(n, 71 + k, PARAMETERS) for k, (part, n) in enumerate(HOW_MANY.items())}
photos = {part: [data.image(i) for i in range(len(data))] for part, data in drawn.items()}
discs = [drawn["test"].masks(i)["disc"] for i in range(len(drawn["test"]))]
prepare = Preprocessing(size=64)


def stamped(photo):
    photo = photo.copy()
    photo[6:13, 62:76] = (235, 232, 224)
    return photo


def who(labels, agree):
    """bool [N]: which photos get the mark; in each class exactly so many that ``agree`` of all do as the label says."""
    marked = np.zeros(len(labels), dtype=bool)
    for label in (0, 1):
        members = np.flatnonzero(labels == label)
        part = agree if label == 1 else 1 - agree
        marked[members[: round(part * len(members))]] = True
    return marked


def collection(part, agree, change):
    """The photos of ``part``, changed where they get the mark, and which these are."""
    marked = who(drawn[part].labels, agree)
    return [change(photo) if m else photo for photo, m in zip(photos[part], marked)], marked


def examples(part, agree, change, prepare):
    found, _ = collection(part, agree, change)
    return Examples(prepare.batch(found), torch.from_numpy(drawn[part].labels), CLASSES)


def breed(agree, change, prepare=prepare):
    recipe = Recipe(epochs=8, batch_size=8 if QUICK else 16, learning_rate=3e-3, seed=0)
    parts = [examples(part, agree, change, prepare) for part in ("train", "validation")]
    return fit(*parts, recipe, progress=False).model


def measure(network, agree, change, prepare=prepare, part="test"):
    z = examples(part, agree, change, prepare)
    return auroc(drawn[part].labels, predict(network, z.images).numpy())


figure, axes = plt.subplots(2, 6, figsize=(11, 4.2), layout="constrained")
found, marked = collection("train", 0.95, stamped)
order = np.random.default_rng(1).permutation(len(found))
for line, label in zip(axes, (0, 1)):
    for ax, i in zip(line, [i for i in order if drawn["train"].labels[i] == label]):
        show(ax, found[i])
    line[0].set_title(CLASSES[label], fontsize=10, loc="left")
captioned(
    figure,
    "Figure 5. Twelve of the training photos. Would you have noticed, with ten thousand of them and no caption?",
    "A row of normal eyes without and a row of glaucoma eyes nearly all with a small pale rectangle in the upper right corner.",
)

# %% [markdown]
# **Predict, as numbers, before you run:** the AUROC of the network that is trained on these, on (1) its training eyes, (2) new eyes from the same two cameras, (3) new eyes from a hospital where every second photo is stamped, ill or not, (4) a hospital where the bus has the stamp.

# %%
hans = breed(0.95, stamped)
wheres = {
    "its training eyes": ("train", 0.95),
    "new eyes, same cameras": ("test", 0.95),
    "new eyes, stamp tells nothing": ("test", 0.5),
    "new eyes, stamp on the healthy": ("test", 0.05),
}
fell = {where: measure(hans, agree, stamped, part=part) for where, (part, agree) in wheres.items()}
figure, ax = plt.subplots(figsize=(8, 2.6), layout="constrained")
for place, value in enumerate(fell.values()):
    ax.plot([0.5, value], [place, place], color=BLUE if value > 0.5 else ORANGE, linewidth=3)
    ax.plot(value, place, "o", color=BLUE if value > 0.5 else ORANGE)
    ax.annotate(f"{value:.2f}", (value, place), (0, 7), textcoords="offset points", ha="center", fontsize=9)
ax.axvline(0.5, color=GREY, linewidth=0.8)
ax.set_yticks(range(len(fell)), fell, fontsize=9)
ax.set_xlim(-0.03, 1.06)
ax.set_ylim(len(fell) - 0.5, -0.8)
ax.set_xlabel("AUROC (line: chance)")
captioned(
    figure,
    "Figure 6. One network, four collections. The eyes of the last three rows are the very same; only the stamps differ.",
    "AUROC is near one on training eyes and on new eyes of the same cameras, near chance where the stamp tells nothing, near zero where it is reversed.",
)

# %% [markdown]
# Look at the first two rows. The second is a **held-out test**, done properly: new patients, no leak. It saw nothing. *A held-out set from the same source holds the same shortcut.* Only eyes from **elsewhere** tell; that is why studies ask for external validation.
#
# ### What does the heat say?

# %%
found, marked = collection("test", 0.5, stamped)
z = prepare.batch(found)
told = glaucam.explain(hans, z)
L = told.heatmaps["glaucoma"].values.numpy()
test_labels = drawn["test"].labels
picked = [np.flatnonzero((test_labels == label) & (marked == m))[1] for label, m in ((0, True), (1, True), (0, False), (1, False))]
figure, axes = plt.subplots(2, 4, figsize=(10, 5.3), layout="constrained")
for column, i in zip(axes.T, picked):
    p_i = float(told.probabilities[i, 1])
    show(column[0], prepare.frame(found[i]), f"{CLASSES[test_labels[i]]}, {'stamped' if marked[i] else 'no stamp'}")
    empty = bool(told.heatmaps["glaucoma"].is_degenerate[i])
    show(column[1], overlay(prepare.frame(found[i]), L[i]), f"p(glaucoma) = {p_i:.2f}{', no heat' if empty else ''}")
captioned(
    figure,
    "Figure 7. The horse explained: heat for glaucoma. Where there is a stamp the heat is on it, whatever the eye.",
    "Four eyes and their heatmaps: two with a stamp have a high probability and a hot spot on the stamp, two without have a low one.",
)

# %%
disc_masks = [prepare.frame_mask(m, photo) for m, photo in zip(discs, found)]
stamp = np.zeros((80, 80), dtype=bool)
stamp[6:13, 62:76] = True
stamp_masks = [prepare.frame_mask(stamp, photo) for photo in found]
on_disc = [lift(L[i], disc_masks[i]) for i in np.flatnonzero(marked)]
on_stamp = [lift(L[i], stamp_masks[i]) for i in np.flatnonzero(marked)]
for name, values in (("disc", on_disc), ("stamp", on_stamp)):
    told_values = [v for v in values if v is not None]
    low, high = bootstrap_interval(values)
    print(f"stamped eyes: lift on the {name:5s} {np.mean(told_values):5.2f}  [{low:.2f}, {high:.2f}], n = {len(told_values)}")

# %% [markdown]
# Here the heatmap earns its keep: one look at ten of them, and a clinician asks "what is that in the corner?" No AUROC did.
#
# ### Correlation is not cause
#
# The heat and the falling AUROC *suggest* the stamp. The network might still be reading something that comes along with it. To show a cause, **change one thing and nothing else**: print the stamp onto eyes that have none, and take nothing else away. **Predict** the change of $p$, for the horse, and for the course's honest network.

# %%
clean = photos["test"]
for name, network in (("the horse", hans), ("the course's network", model)):
    before, after = (predict(network, prepare.batch(batch))[:, 1].numpy() for batch in (clean, [stamped(photo) for photo in clean]))
    low, high = bootstrap_interval(list(after - before))
    print(f"{name:22s} mean p(glaucoma) {before.mean():.2f} → {after.mean():.2f}; change {np.mean(after - before):+.2f} [{low:+.2f}, {high:+.2f}]")

# %% [markdown]
# The same eyes, the same pixels but for one patch. *That* is evidence of a cause. If table, heatmap and experiment disagree, believe the experiment.
#
# And look at the second line. The course's network never saw a stamp, so it can have learnt no shortcut. Yet a small pale patch moves it far, in *some* direction: what a network has never seen need not leave it cold. So the experiment proves **that** a mark matters, not **why**; the horse alone moves *towards glaucoma*, as its training would have it.

# %% [markdown]
# ---
# ## 4 · Curing it
#
# **The stamp is found. What now?** Three proposals:
#
# 1. *Paint the stamp over* in the photos that we test, keep the network.
# 2. *Paint it over everywhere* and train **anew**.
# 3. *Balance*: train anew on photos where the stamp is on half of either class.
#
# **Predict:** which of them work, measured where the stamp tells nothing?

# %%
def painted_over(photo):
    """The corner filled with the photo's median colour, whether there was a stamp or not."""
    photo = photo.copy()
    photo[4:15, 60:78] = np.median(photo.reshape(-1, 3), axis=0)
    return photo


def score(network, batch):
    return auroc(test_labels, predict(network, prepare.batch(batch)).numpy())


everywhere = {part: [painted_over(photo) for photo in photos[part]] for part in photos}
parts = [Examples(prepare.batch(everywhere[part]), torch.from_numpy(drawn[part].labels), CLASSES) for part in ("train", "validation")]
recipe = Recipe(epochs=8, batch_size=8 if QUICK else 16, learning_rate=3e-3, seed=0)
painted = fit(*parts, recipe, progress=False).model
balanced = breed(0.5, stamped)
cures = {
    "no cure": score(hans, found),
    "1 paint over, keep the network": score(hans, everywhere["test"]),
    "2 paint over, train anew": score(painted, everywhere["test"]),
    "3 balance, train anew": score(balanced, found),
}
figure, ax = plt.subplots(figsize=(8, 2.6), layout="constrained")
for place, value in enumerate(cures.values()):
    ax.barh(place, value, color=GREEN if place > 1 else GREY, hatch="" if place > 1 else "//", edgecolor="white")
    ax.annotate(f"{value:.2f}", (value, place), (5, -3), textcoords="offset points", fontsize=9)
ax.axvline(0.5, color="black", linewidth=0.8, linestyle=":")
ax.set_yticks(range(len(cures)), cures, fontsize=9)
ax.invert_yaxis()
ax.set_xlim(0, 1.05)
ax.set_xlabel("AUROC on new eyes where the stamp tells nothing (dotted: chance)")
captioned(
    figure,
    "Figure 8. Hatched: the old network. Plain: trained anew.",
    "Bars of AUROC for no cure and three cures; the two that train anew are higher.",
)

# %% [markdown]
# The first proposal is the tempting one, because it costs nothing. But a horse whose questioner has left the room cannot count any better: **what it did not learn is not there**. Only training anew heals, and the two ways differ. Painting over needs you to *know* every mark. Balancing needs you to know which photos have it; and the stamp is still there, a loud and useless thing that has to be learnt away, for which a few hundred eyes are few. Expect it to heal more slowly.

# %% [markdown]
# ---
# ## 5 · The shortcut that no heatmap shows
#
# A mark in a corner is a friendly shortcut: it has a *place*. Suppose instead that the clinic's camera is a shade more **violet**, all over. **Predict:** where will the heat be? Will lift warn you?

# %%
def violet(photo):
    return (photo * np.array([1.0, 0.88, 1.25])).clip(0, 255).astype(np.uint8)


raw_colours = Preprocessing(size=64, standardise="fixed")  # keeps the camera's colours
tinted = breed(0.95, violet, raw_colours)
found_violet, is_violet = collection("test", 0.5, violet)
told = glaucam.explain(tinted, raw_colours.batch(found_violet))
L = told.heatmaps["glaucoma"].values.numpy()
masks = [raw_colours.frame_mask(m, photo) for m, photo in zip(discs, found_violet)]

figure, axes = plt.subplots(2, 4, figsize=(10, 5.3), layout="constrained")
picked = [np.flatnonzero((test_labels == label) & (is_violet == m))[1] for label, m in ((0, True), (1, True), (0, False), (1, False))]
for column, i in zip(axes.T, picked):
    frame = raw_colours.frame(found_violet[i])
    show(column[0], frame, f"{CLASSES[test_labels[i]]}, {'violet' if is_violet[i] else 'as drawn'}")
    empty = bool(told.heatmaps["glaucoma"].is_degenerate[i])
    show(column[1], overlay(frame, L[i]), f"p(glaucoma) = {float(told.probabilities[i, 1]):.2f}{', no heat' if empty else ''}")
    column[1].contour(masks[i], [0.5], colors="white", linewidths=1)
captioned(
    figure,
    "Figure 9. The network that uses colour, explained. White: the disc. Would these maps have alarmed you?",
    "Four eyes, two of them slightly violet, and their heatmaps, which give no hint of where a colour was read.",
)

# %%
values = [v for v in (lift(L_i, m) for L_i, m in zip(L, masks)) if v is not None]
print(f"lift on the disc {np.mean(values):.2f} (n = {len(values)}): nothing that cries out")
for where, agree in (("same cameras", 0.95), ("colour tells nothing", 0.5), ("colour reversed", 0.05)):
    print(f"AUROC, {where:22s} {measure(tinted, agree, violet, raw_colours):.2f}")
before, after = (predict(tinted, raw_colours.batch(batch))[:, 1].numpy() for batch in (clean, [violet(photo) for photo in clean]))
print(f"experiment: mean p(glaucoma) {before.mean():.2f} → {after.mean():.2f} when nothing but the colour is changed")

# %% [markdown]
# A heatmap answers *where*. Colour, sharpness, brightness, compression have no where. **A clean heatmap acquits nobody**; the experiment finds this shortcut as easily as the other.
#
# The cure, this time, is in the preparation: give every photo's channels the same mean and spread, and the camera's tint is gone before the network can see it. The course's networks do so by default.

# %%
cured = breed(0.95, violet, prepare)
for where, agree in (("same cameras", 0.95), ("colour tells nothing", 0.5), ("colour reversed", 0.05)):
    print(f"AUROC, {where:22s} {measure(cured, agree, violet, prepare):.2f}")

# %% [markdown]
# ---
# ## 6 · Right and left
#
# **Is laterality a shortcut?** Whether a photo shows the right or the left eye can be read from it almost without error. If the clinic photographs the ill eye, and that was more often the right one, it is a stamp printed by nature. Two habits guard against it: mirror photos at random while training (our recipe does), and **list the figures by side**.

# %%
side = pd.Series([eyes.eye(i).laterality for i in range(len(eyes))], name="side")
by_side = pd.DataFrame({"side": side, "y": eyes.labels, "p": p})
by_side.groupby("side").apply(
    lambda part: pd.Series({"n": len(part), "with glaucoma": part.y.sum(), "AUROC": auroc(part.y.to_numpy(), np.stack([1 - part.p, part.p], 1))}),
    include_groups=False,
)

# %% [markdown]
# Are the two apart? With a few dozen eyes on either side, AUROCs may differ by .1 by chance alone; ask for more eyes before you ask why.
#
# A second trap: **averaging heatmaps**. In right eyes the nose is on the right, in left eyes on the left. **With pencil:** a right eye's map is `0 0 1 3`, a left eye's, by the same finding, `3 1 0 0`. What is their mean? What is it after mirroring the left?
#
# <details><summary>The answer</summary><p>Straight: <b>1.5 .5 .5 1.5</b>, heat at both ends and none between: a pattern that is in no eye. Mirrored: <b>0 0 1 3</b>, the finding.</p></details>

# %%
right_map, left_map = np.array([0, 0, 1, 3]), np.array([3, 1, 0, 0])
print("mean", (right_map + left_map) / 2, " mirrored first", (right_map + left_map[::-1]) / 2)

# %% [markdown]
# ---
# ## 7 · What would you ask?
#
# For each of these, say what you suspect and which **experiment** would decide. Then unfold.
#
# <details><summary>A network for <b>diabetic retinopathy</b> lights up the optic disc in most eyes.</summary><p>The disc is no lesion of this disease (new vessels on it are, but are rare). <b>Suspect a shortcut</b>: it may read from the disc which eye, which camera, which centring it is. Cover the disc and see whether p moves; list the AUROC by camera and by side. A paper that shows such a map as a success has shown the opposite.</p></details>
# <details><summary>A glaucoma network lights up beside the disc, below on the temporal side.</summary><p>It may be right: bundles of fibres are lost there first. Look for a dark wedge. Heat outside the disc is a question, not a verdict.</p></details>
# <details><summary>An OCT network is lit on the white wedges at the edge of the scan.</summary><p>They come from the export. Fill them with grey in all scans: does p move?</p></details>
# <details><summary>A network does well in every hospital but one.</summary><p>Not yet a reason to blame the hospital. What is different there: camera, age, severity? Where the shortcut is <em>absent</em>, the honest performance shows.</p></details>
# <details><summary>An attribute differs between the eyes called glaucoma and the eyes called normal.</summary><p>That alone accuses nobody: both may follow the truth. Compare <em>within</em> each true class (you will, in the assignment), then change the attribute and nothing else.</p></details>
#
# ## 8 · True or false?
#
# <details><summary>"We tested on patients held out. A shortcut is excluded."</summary><p><b>False.</b> Figure 6, second row.</p></details>
# <details><summary>"The heat lies on the disc, so it is not a shortcut."</summary><p><b>False.</b> The colour of the disc is at the disc. Section 5.</p></details>
# <details><summary>"The heat is on the stamp, so the stamp is the cause."</summary><p><b>Not yet.</b> It is where to look. The experiment shows the cause.</p></details>
# <details><summary>"We removed the stamp from the test photos, so the network is clean."</summary><p><b>False.</b> It has learnt nothing to put in its place. Figure 8.</p></details>
# <details><summary>"An AUROC of .04 is a bad network."</summary><p><b>It is a very good one, at something else.</b> It ranks eyes almost perfectly, by the stamp. Chance would be .5.</p></details>
# <details><summary>"ECE is small, so the network may be used."</summary><p><b>False.</b> So it is for one that always says .5; and it was measured where one eye in two is ill.</p></details>
#
# **Next:** the assignment `a5_errors`, where you build the error table and the shortcut finder yourself.
