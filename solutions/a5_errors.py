# %% [markdown]
# # Where does the network go wrong, and why? An error analysis
#
# *"Accuracy 84 %."* Before anyone uses such a network, a clinician asks four things it does not say: **which eyes does it miss? How sure was it when it was wrong? Was it looking at the disc? And is it using something that has nothing to do with glaucoma?** In this assignment you build the table that answers them, one row for each eye, and you catch a network that cheats.
#
# **When you are done you can** tell a false alarm from a missed eye without hesitating · put confidence, group and heat of every image into one table that others can check · summarise it without inventing numbers for empty groups · find an attribute that a network uses as a shortcut, and say why that is an association and not yet a cause · write an error analysis that a reader can act on.
#
# | part | you write | points | about |
# |---|---|---|---|
# | 1 | `error_table` | 16 | 60 min |
# | 2 | `group_summary` | 5 | 20 min |
# | 3 | `find_shortcut` | 4 | 40 min |
# | 4 | three short texts, read by a person | 10 | 40 min |
#
# **Time and memory.** Under three hours of your time. The finished notebook runs from top to bottom in under 4 minutes on 2 CPU cores and needs about 1.5 GB of memory; no GPU, no network. With the environment variable `GLAUCAM_QUICK=1` it looks at fewer eyes and takes under 40 seconds.
#
# **How it works.** Write where it says `# YOUR CODE HERE`, run the cell, run the checks below it. Checks are practice: they say what is right, what is wrong, and why that mistake is tempting. The grade is decided later on *other* tables, so write what the definitions say. Each of your three code cells is graded **on its own**: it may use what the locked cell below imports and its own imports, nothing from the other cells you write.
#
# > **Not a medical device.** The eyes below are phantoms: drawn by a program, with glaucoma put in on purpose. Nothing here is a diagnosis.

# %% locked="setup"
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

# %% [markdown]
# The next cell opens eyes that the course's small network has **never seen**. To look at real photos, change **one line**: `DATA = "my_eyes"`, a folder with `my_eyes/normal/…` and `my_eyes/glaucoma/…` (and `my_eyes/masks/disc/…`, if you have them).

# %%
DATA = "phantom_disc"

import os

import torch
from matplotlib import pyplot as plt

import glaucam
from glaucam.checks import a5_errors as checks
from glaucam.data import open_data
from glaucam.plots.captioned import captioned
from glaucam.training.embedded import embedded_model

QUICK = os.environ.get("GLAUCAM_QUICK") == "1"
pd.set_option("display.precision", 3)
checkpoint = embedded_model()
model, preprocess = checkpoint.model, checkpoint.preprocessing
eyes = open_data(DATA, classes=checkpoint.classes)
chosen = np.random.default_rng(0).permutation(len(eyes))[: 40 if QUICK else 120]
print(f"{len(chosen)} of {len(eyes)} eyes of the classes {eyes.classes}")

# %% [markdown]
# From here on the network is asked once. For each eye we keep its name, its true class, $p$ (the network's probability of glaucoma), the disc's mask, and **the heatmap of the class that was called**: whoever asks why an eye was missed wants to see what spoke for *normal*.
#
# The **threshold** is not .5. It was chosen on validation eyes, and stored with the network, so that 85 of 100 normal eyes are left in peace.

# %%
names = [eyes.image_name(i) for i in chosen]
y_true = np.array([eyes.label(i) for i in chosen])  # 0 normal, 1 glaucoma
pictures, inputs, disc_masks = [], [], []
for i in chosen:
    photo = eyes.image(i)
    pictures.append(preprocess.frame(photo))  # uint8 [S,S,3]
    inputs.append(preprocess(photo))
    disc = eyes.masks(i).get("disc", np.ones(photo.shape[:2], bool))  # no mask: all of it, lift 1
    disc_masks.append(preprocess.frame_mask(disc, photo))
disc_masks = np.stack(disc_masks)  # bool [N,S,S]

explained = glaucam.explain(model, torch.stack(inputs))
p_glaucoma = explained.probabilities[:, 1].double().numpy()  # [N]
threshold = checkpoint.header["thresholds"]["0.85"]
both = np.stack([explained.heatmaps[c].values.numpy() for c in (0, 1)])  # [2,N,S,S]
heatmaps = both[(p_glaucoma >= threshold).astype(int), np.arange(len(names))]  # [N,S,S]
print(f"p {p_glaucoma.shape}, heatmaps {heatmaps.shape}, masks {disc_masks.shape}, threshold {threshold:.3f}")

# %% [markdown]
# ---
# ## 0 · Look at one number first
#
# **Predict:** here are the probabilities of all eyes, by their true class. The line is the threshold. Which dots are the missed eyes, which the false alarms? And which mistakes would you rather have fewer of?

# %%
figure, ax = plt.subplots(figsize=(9, 2.6))
for row, colour in enumerate(("#0b6e75", "#a3341f")):
    of_class = p_glaucoma[y_true == row]
    jitter = np.random.default_rng(1).uniform(-0.25, 0.25, len(of_class))
    ax.scatter(of_class, row + jitter, s=16, color=colour, marker="os"[row], alpha=0.7)
ax.axvline(threshold, color="black", linewidth=1)
ax.set_yticks([0, 1], [f"truly {name}" for name in eyes.classes])
ax.set_xlabel("p(glaucoma)")
captioned(
    figure,
    "Figure 1. Probability of glaucoma of eyes the network has not seen. Line: the threshold.",
    "Two rows of dots, normal eyes mostly left, glaucoma eyes mostly right, with an overlap "
    "around the threshold line.",
)

# %% [markdown]
# Lower row, right of the line: normal eyes that were called glaucoma, **false alarms**. Upper row, left of it: glaucoma that was called normal, **missed eyes**. A false alarm costs a visit; a missed eye may cost sight. One number for both, accuracy, hides which of them you bought.

# %% [markdown]
# ---
# ## 1 · One row for each image
#
# An error analysis is a table that somebody else can check: one row for each image, nothing left out, names instead of row numbers.
#
# | column | what | |
# |---|---|---|
# | `image` | the name that was given | |
# | `true`, `predicted` | `'normal'` or `'glaucoma'` | 1.1 |
# | `group` | `'TP'`, `'TN'`, `'FP'`, `'FN'`; glaucoma is positive | 1.1 |
# | `p_glaucoma` | as it was given | 1.2 |
# | `confidence` | the probability of the **predicted** class | 1.2 |
# | `band` | `'high'`, `'middle'`, `'low'` | 1.2 |
# | `disc_share`, `disc_lift` | where the heat lies; NaN where there is none at all | 1.3 |
#
# ### 1.1 Which error is it?
#
# Predicted glaucoma means $p \ge t$: an eye exactly at the threshold **is** called. Then two questions make four groups:
#
# | | called glaucoma (**P**ositive) | called normal (**N**egative) |
# |---|---|---|
# | it was right (**T**rue) | TP | TN |
# | it was wrong (**F**alse) | **FP**: false alarm | **FN**: missed eye |
#
# The second letter is what the *model said*, the first whether that was right. A missed glaucoma was called **negative**, **falsely**: FN.
#
# ### 1.2 How sure was it?
#
# $$c=\begin{cases}p & \text{glaucoma was called}\\ 1-p & \text{normal was called}\end{cases}\qquad \text{band}=\begin{cases}\text{high} & c\ge .9\\ \text{middle} & .7\le c<.9\\ \text{low} & c<.7\end{cases}$$
#
# A network that says 3 % glaucoma is **sure**: $c = .97$. And with a threshold of .35, an eye with $p=.4$ is called glaucoma at a confidence of .4: less than half, and still the right number to write down.
#
# ### 1.3 Where was the heat?
#
# $$\text{share}=\frac{\sum_{\text{disc}}L}{\sum L}\qquad\qquad \text{lift}=\frac{\text{share}}{\text{area of the disc}\,/\,\text{area of the image}}$$
#
# Share alone misleads: on a close crop the disc may be a third of the picture, and a map that knows nothing puts a third of its heat there. **Lift** divides that out: 1 is chance. Each image has its own mask, and discs differ.
#
# If a map has **no heat at all**, nothing was measured: share and lift are **NaN**. Not 0: a share of 0 says that all the heat lies elsewhere, which is a finding.
#
# ### By hand, before you write code
#
# Four eyes, threshold $t=.4$. Fill in the table with a pencil.
#
# | eye | true | $p$ | predicted | group | confidence | band |
# |---|---|---|---|---|---|---|
# | a | glaucoma | .40 | … | … | … | … |
# | b | glaucoma | .10 | … | … | … | … |
# | c | normal | .45 | … | … | … | … |
# | d | normal | .30 | … | … | … | … |
#
# And one heatmap, its disc in the left column: share? lift?
#
# $$L=\begin{pmatrix}1&0&.5\\.5&0&0\end{pmatrix}\qquad \text{disc}=\begin{pmatrix}1&0&0\\1&0&0\end{pmatrix}$$
#
# <details><summary>Compare</summary><p>a: called (p ≥ t), TP, .40, low. b: not called, <b>FN</b>, .90, <b>high</b>: a confidently missed eye. c: called, <b>FP</b>, .45, low. d: not called, TN, .70, middle. Share = 1.5/2 = .75; the disc is 2 of 6 pixels, so lift = .75/(1/3) = 2.25.</p></details>

# %%
L = np.array([[1, 0, 0.5], [0.5, 0, 0]])
disc = np.array([[1, 0, 0], [1, 0, 0]], bool)
share = L[disc].sum() / L.sum()
print(f"share = {share}, area = {disc.mean():.3f}, lift = {share / disc.mean():.2f}")

# %% [markdown]
# ### Your turn: `error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold)`
#
# | argument | |
# |---|---|
# | `names` | list of `N` names |
# | `y_true` | array `[N]`, 0 normal, 1 glaucoma |
# | `p_glaucoma` | array `[N]` in [0, 1] |
# | `heatmaps` | array `[N, H, W]`, 0 or more |
# | `disc_masks` | bool array `[N, H, W]`, True inside; no mask is empty |
# | `threshold` | a number |
#
# Return a DataFrame with the nine columns. Their order, the order of the rows, the index and the dtypes are yours to choose; names and meaning are not. Each question has its check, so you can fill the columns one after the other.
#
# <details><summary>Hint 1: conditions on whole columns</summary><p><code>np.where(condition, a, b)</code> chooses for every row at once. A loop over the images and a list of dicts is just as right.</p></details>
# <details><summary>Hint 2: the group from two letters</summary><p>First letter from <code>true == predicted</code>, second from <code>predicted</code>.</p></details>
# <details><summary>Hint 3: no heat</summary><p>Sum over the axes (1, 2) gives all heat of each image. <code>np.where(total &gt; 0, inside / total, np.nan)</code> divides anyway and warns; that is harmless, or silence it with <code>np.errstate</code>.</p></details>

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    """One row per image → DataFrame with the nine columns of the assignment."""
    ### BEGIN SOLUTION
    classes = np.array(["normal", "glaucoma"])
    y_true, p = np.asarray(y_true), np.asarray(p_glaucoma, dtype=float)
    heatmaps, disc_masks = np.asarray(heatmaps, dtype=float), np.asarray(disc_masks, dtype=bool)

    called = p >= threshold  # [N]
    right = called == (y_true == 1)
    group = np.char.add(np.where(right, "T", "F"), np.where(called, "P", "N"))
    confidence = np.where(called, p, 1 - p)
    band = np.where(confidence >= 0.9, "high", np.where(confidence >= 0.7, "middle", "low"))

    total = heatmaps.sum(axis=(1, 2))
    inside = (heatmaps * disc_masks).sum(axis=(1, 2))
    share = np.divide(inside, total, out=np.full(len(p), np.nan), where=total > 0)
    return pd.DataFrame(
        {
            "image": list(names),
            "true": classes[y_true],
            "predicted": classes[called.astype(int)],
            "p_glaucoma": p,
            "confidence": confidence,
            "group": group,
            "band": band,
            "disc_share": share,
            "disc_lift": share / disc_masks.mean(axis=(1, 2)),
        }
    )
    ### END SOLUTION

# %% [markdown]
# Rows and decisions:

# %% check="error_table.table" points=2
checks.error_table_table(error_table)

# %% check="error_table.decision" points=3
checks.error_table_decision(error_table)

# %% check="error_table.group" points=2
checks.error_table_group(error_table)

# %% [markdown]
# Confidence:

# %% check="error_table.confidence" points=2
checks.error_table_confidence(error_table)

# %% check="error_table.band" points=2
checks.error_table_band(error_table)

# %% [markdown]
# Heat:

# %% check="error_table.share" points=2
checks.error_table_share(error_table)

# %% check="error_table.lift" points=2
checks.error_table_lift(error_table)

# %% check="error_table.no_heat" points=1
checks.error_table_no_heat(error_table)

# %% [markdown]
# ### Look at the mistakes
#
# Now the table of the real network. Sort the wrong ones by confidence: **the errors it was surest of come first**, and they are the ones to look at.

# %%
table = error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold)
wrong = table[table["true"] != table["predicted"]].sort_values("confidence", ascending=False)
print(f"{len(wrong)} of {len(table)} are wrong")
wrong.head(6)

# %%
from glaucam.plots.overlay import overlay


def board(table, groups, per_row=5):
    """The surest images of each group, the heat of the called class over each."""
    place = {name: i for i, name in enumerate(names)}
    figure, axes = plt.subplots(len(groups), per_row, figsize=(11, 2.6 * len(groups)), squeeze=False)
    for row, group in zip(axes, groups):
        rows = table[table["group"] == group].sort_values("confidence", ascending=False)
        for ax in row:
            ax.set_axis_off()
        row[0].set_title(f"{group}: none here", fontsize=9)
        for ax, (_, eye) in zip(row, rows.iterrows()):
            i = place[eye["image"]]
            ax.imshow(overlay(pictures[i], heatmaps[i]))
            ax.contour(disc_masks[i], [0.5], colors="white", linewidths=0.8)
            ax.set_title(f"{group}  c = {eye['confidence']:.2f}  lift {eye['disc_lift']:.1f}", fontsize=9)
    return figure


captioned(
    board(table, ("FN", "FP")),
    "Figure 2. The surest mistakes. Upper row: missed eyes, with the heat for normal. Lower row: "
    "false alarms, with the heat for glaucoma. White: the true edge of the disc.",
    "Two rows of eyes overlaid with heatmaps: false negatives above, false positives below; each "
    "titled with its confidence and lift.",
)

# %% [markdown]
# **Write down, before you read on:** does the heat in the missed eyes lie elsewhere than in the false alarms? Do the two rows look like *different* eyes: larger cups, darker photos, smaller discs?
#
# **What this does not show.** Ten pictures are a source of questions, not of answers. The eyes that were called *rightly* may look just the same: a board of mistakes without a board of successes beside it misleads.

# %%
captioned(
    board(table, ("TP", "TN")),
    "Figure 3. The same for the decisions that were right. Is there still a difference?",
    "Two rows of eyes overlaid with heatmaps: true positives above, true negatives below.",
)

# %% [markdown]
# ---
# ## 2 · Four groups, four sentences
#
# **Predict:** in which of the four groups is the mean confidence highest? In which would you *want* it lowest?
#
# A summary has a row for **each** of the four groups, also for one that nobody is in: *no missed eye* is the sentence a clinician most wants to read. How many there were is known, 0. Their mean confidence is not 0: the mean of nothing does not exist, so it is **NaN**. Likewise one eye without heat must not turn the whole group's mean lift into NaN, nor count as 0: average over the eyes that have one.
#
# By hand: lifts 2, NaN, 4 in a group of three. $n=3$, mean lift $=(2+4)/2=3$. Not 2, not NaN.
#
# ### Your turn: `group_summary(table)`
#
# `table` is an error table. Return a DataFrame with the index `TP, TN, FP, FN` (in any order, always all four) and the columns `n`, `mean_confidence`, `mean_disc_lift`.
#
# <details><summary>Hint</summary><p><code>groupby</code> only knows groups it has met; <code>reindex</code> adds the others, filled with NaN. <code>size()</code> counts rows, <code>count()</code> counts what is not NaN.</p></details>

# %% solution="summary"
def group_summary(table):
    """Error table → DataFrame with index TP, TN, FP, FN and n, mean_confidence, mean_disc_lift."""
    ### BEGIN SOLUTION
    groups = ["TP", "TN", "FP", "FN"]
    by_group = table.groupby("group")
    summary = by_group[["confidence", "disc_lift"]].mean().add_prefix("mean_").reindex(groups)
    summary.insert(0, "n", by_group.size().reindex(groups, fill_value=0))
    return summary
    ### END SOLUTION

# %% check="summary.groups" points=2
checks.summary_groups(group_summary)

# %% check="summary.means" points=2
checks.summary_means(group_summary)

# %% check="summary.empty" points=1
checks.summary_empty(group_summary)

# %%
summary = group_summary(table)
summary

# %%
bands = ["low", "middle", "high"]
parts = table.groupby(["band", "group"]).size().unstack(fill_value=0)
parts = parts.reindex(index=bands, columns=["TP", "TN", "FP", "FN"], fill_value=0)
figure, ax = plt.subplots(figsize=(7, 2.8))
left = np.zeros(3)
for group, colour, hatch in zip(parts, ("#0b6e75", "#7fb8bc", "#e0a458", "#a3341f"), ("", "", "//", "xx")):
    ax.barh(bands, parts[group], left=left, color=colour, hatch=hatch, edgecolor="white", label=group)
    left += parts[group].to_numpy()
ax.set_xlabel("eyes")
ax.legend(ncols=4, frameon=False, fontsize=9, loc="lower left", bbox_to_anchor=(0, 1))
captioned(
    figure,
    "Figure 4. Groups within the bands of confidence. Hatched: mistakes.",
    "Three stacked bars, for low, middle and high confidence; mistakes are hatched and are the "
    "larger part of the low band.",
)
# %% [markdown]
# Say it in four sentences, one for each group. Two things are worth saying besides:
#
# **Are the mistakes the unsure ones?** If errors crowd into the band *low*, a second reader for unsure eyes catches most of them. An error in the band *high* is caught by nobody.
#
# **How many stand behind each mean?** A mean lift of four eyes is an anecdote. That is why `n` comes first.
#
# **What this does not show.** Whether a confidence of .9 is right nine times out of ten. That is *calibration*, a question for more eyes than these.

# %% [markdown]
# ---
# ## 3 · The clever horse
#
# In 1904 a horse called Hans answered sums by tapping its hoof. He could not count: he watched his questioner, who grew tense at the right number. Networks do the same. If the clinic that sends most glaucoma eyes prints a **label in the corner** of its photos, the label is an easier lesson than the rim of a disc.
#
# Let us breed such a horse: we train a small network on phantoms where 95 of 100 glaucoma eyes carry a bright label, and hardly any normal one.

# %% local="hans"
from glaucam.data import FundusParameters, PhantomFundus
from glaucam.training.examples import Examples
from glaucam.training.fit import fit
from glaucam.training.recipe import Recipe


def labelled(photo):
    photo = photo.copy()
    photo[-16:-5, 5:26] = (230, 228, 220)
    return photo


def clinic(n, seed, agree):
    """n eyes; with probability ``agree`` the label is where the disease is."""
    found = PhantomFundus(n, seed, FundusParameters(size=96, view="crop", severity=1.2))
    marked = (found.labels == 1) == (np.random.default_rng(seed).random(n) < agree)
    photos = [labelled(found.image(i)) if marked[i] else found.image(i) for i in range(n)]
    return found, photos, marked


n_train, n_held_out = (100, 60) if QUICK else (240, 120)
parts = {"training": clinic(n_train, 11, 0.95), "validation": clinic(40, 12, 0.95)}
examples = {
    part: Examples(preprocess.batch(photos), torch.from_numpy(found.labels), found.classes)
    for part, (found, photos, marked) in parts.items()
}
recipe = Recipe(epochs=5, batch_size=8, learning_rate=2e-3, seed=0)
hans = fit(examples["training"], examples["validation"], recipe, progress=False).model
print("trained on", n_train, "eyes")

# %% [markdown]
# **Predict:** on new eyes from the *same* clinic, how well will it do? And on eyes from another one, where the label says nothing?

# %% local="held_out"
def hans_on(n, seed, agree):
    """The error table of the horse on new eyes, and what there is to know of their photos."""
    found, photos, marked = clinic(n, seed, agree)
    explained = glaucam.explain(hans, preprocess.batch(photos))
    p = explained.probabilities[:, 1].double().numpy()
    heat = np.stack([explained.heatmaps[c].values.numpy() for c in (0, 1)])
    masks = np.stack([preprocess.frame_mask(found.masks(i)["disc"], photos[i]) for i in range(n)])
    names = [found.image_name(i) for i in range(n)]
    called = (p >= 0.5).astype(int)
    table = error_table(names, found.labels, p, heat[called, np.arange(n)], masks, 0.5)
    attributes = pd.DataFrame(
        {
            "brightness": [photo[..., 1].mean() for photo in photos],  # green, 0 to 255
            "redness": [photo[..., 0].mean() / photo[..., 1].mean() for photo in photos],
            "sharpness": [np.abs(np.diff(photo[..., 1].astype(float), axis=0)).mean() for photo in photos],
            "laterality": [found[i].attributes["laterality"] for i in range(n)],
            "corner_label": marked,
        },
        index=pd.Index(names, name="image"),
    )
    return table, attributes, photos, heat[called, np.arange(n)]


same_clinic, _, _, _ = hans_on(40, 13, agree=0.95)
table_hans, attributes_hans, photos_hans, heat_hans = hans_on(n_held_out, 14, agree=0.5)
for where, t in (("same clinic", same_clinic), ("another clinic", table_hans)):
    print(f"{where:15s} {(t['true'] == t['predicted']).mean():.0%} right of {len(t)}")
print(group_summary(table_hans))

# %% local="hans_board"
figure, axes = plt.subplots(2, 5, figsize=(11, 5))
for row, group in zip(axes, ("FP", "FN")):
    for ax in row:
        ax.set_axis_off()
    for ax, i in zip(row, np.flatnonzero(table_hans["group"] == group)):
        ax.imshow(overlay(preprocess.frame(photos_hans[i]), heat_hans[i]))
        ax.set_title(f"{group}  lift {table_hans['disc_lift'][i]:.1f}", fontsize=9)
captioned(
    figure,
    "Figure 5. The horse's mistakes in another clinic. Look into the lower left corner of both rows.",
    "Two rows of eyes: false positives all carry a bright label in a corner, and the heat lies on "
    "it; false negatives carry none.",
)

# %% [markdown]
# On eyes of the same clinic nobody would have noticed. **A shortcut is invisible on data that share it.** That is why attributes are compared on *held-out eyes from elsewhere*, never on training data.
#
# ### How to find it in a table
#
# We are given *attributes* of each photo: brightness, colour, the camera, the eye's side, a label. **Does the model use one of them?**
#
# The tempting way: see which attribute goes with the *predicted* class. **Predict** why that accuses the innocent. Suppose a good model that looks at nothing but the rim, and a clinic where glaucoma eyes are photographed with a brighter flash:
#
# | | called glaucoma | called normal |
# |---|---|---|
# | truly glaucoma (bright) | 90 bright | 10 bright |
# | truly normal (dark) | 10 dark | 90 dark |
#
# Of the called, 90 % are bright; of the uncalled, 10 %. Strongly associated, and the model does not even see brightness. Both follow the **truth**. Statisticians call the truth a *confounder*. The remedy: compare **within each true class**. In the upper row all are bright, called or not; in the lower row all are dark. No difference, no shortcut.
#
# So an attribute is a **shortcut** if, *among images of the same true class*, it separates those called glaucoma from those called normal. One measure without units is the AUROC, the probability that a called image has the higher value: .5 is chance, and **.05 is as telling as .95** (the attribute then pushes towards *normal*).
#
# **Laterality** deserves a place in every such list: whether a photo shows a right or a left eye can be read from it almost without error, so a network can always use it, and a clinic that photographs the sick eye first teaches it. (For the same reason, never average the heatmaps of right and left eyes without mirroring one of them.)
#
# ### Your turn: `find_shortcut(table, attributes)`
#
# - `table`: an error table, some hundred images.
# - `attributes`: a DataFrame whose **index is the image's name**, one column for each attribute: numbers, True/False, or one of two words. Its rows stand in **another order** than those of the table, and it may hold images that the table has not.
# - Return the **name of the attribute** that explains the model's calls, or **`None`** if none does.
#
# In the tables you are graded on the difference is clear: a shortcut reaches an AUROC beyond .85 (or below .15) *in both true classes*; everything else stays between .35 and .65 there, also an attribute that goes with the disease as such. AUROC, correlation, difference of means in units of the spread, χ², a permutation test: all are right, if you look within each true class and say from where on you believe it.
#
# <details><summary>Hint 1: bring them together</summary><p><code>attributes.loc[table["image"]]</code> has the rows of the table in the order of the table.</p></details>
# <details><summary>Hint 2: words</summary><p><code>pd.factorize(column)[0]</code> turns words into 0 and 1; a correlation or an AUROC can then be taken.</p></details>

# %% solution="shortcut"
def find_shortcut(table, attributes):
    """The attribute that separates the calls within both true classes, or None."""
    ### BEGIN SOLUTION
    seen = attributes.loc[table["image"]]
    called = (table["predicted"] == "glaucoma").to_numpy()
    best, strength = None, 0.3  # an AUROC beyond .8, or below .2
    for name in seen.columns:
        x = pd.factorize(seen[name], sort=True)[0]  # ranks are enough for an AUROC
        distances = [0.5]
        for label in ("normal", "glaucoma"):
            rows = (table["true"] == label).to_numpy()
            if called[rows].any() and not called[rows].all():
                distances.append(abs(roc_auc_score(called[rows], x[rows]) - 0.5))
        if len(distances) > 1 and min(distances) > strength:
            best, strength = name, min(distances)
    return best
    ### END SOLUTION

# %% check="shortcut.planted" points=3
checks.shortcut_planted(find_shortcut)

# %% check="shortcut.none" points=1
checks.shortcut_none(find_shortcut)

# %% local="unmask"
print("the horse uses:", find_shortcut(table_hans, attributes_hans))

# %% [markdown]
# ### Correlation is not cause
#
# What you found is an association, if a well-chosen one. The label may stand for something else that the network sees: labelled photos may come from another camera, and the network may look at its colour. To show a **cause**, change one thing and nothing else: put the label onto an eye that has none. **Predict:** how does $p$ change?

# %% local="experiment"
unlabelled = [photo for photo, label in zip(photos_hans, attributes_hans["corner_label"]) if not label][:30]
with torch.no_grad():
    before, after = (
        hans(preprocess.batch(photos)).softmax(dim=1)[:, 1].mean()
        for photos in (unlabelled, [labelled(photo) for photo in unlabelled])
    )
print(f"mean p(glaucoma) of {len(unlabelled)} eyes: {before:.2f} as they are, {after:.2f} with a label pasted in")

# %% [markdown]
# *That* is evidence of a cause: nothing about the eyes has changed. A heatmap on the label, an association in a table and an experiment on the image say the same here; believe the experiment most.

# %% [markdown]
# ---
# ## 4 · Write it down
#
# Three short texts, read by a person. Write for a clinician who decides whether to use the network: full sentences, numbers from your own tables, nothing you cannot show.
#
# ### 4.1 An error analysis (4 points)
#
# Six to ten sentences on the network of parts 1 and 2 (not the horse).
#
# | points | for |
# |---|---|
# | 1 | both kinds of error by number and by name, and which one matters more here, with the reason |
# | 1 | confidence: are the mistakes the unsure ones? The number of sure mistakes |
# | 1 | heat: what lift says in each group, and what it cannot say; `n` beside every mean |
# | 1 | a limit of this very analysis (how many eyes, which eyes), and what you would look at next |

# %% [markdown] answer="analysis" points=4
# **Your error analysis of the network of parts 1 and 2**
#
# ### BEGIN SOLUTION
# *A model answer; your figures will differ.* Of 120 eyes it had not seen, the network judged 75 rightly. It missed 34 of 66 eyes with glaucoma (FN) and raised 11 false alarms among 54 normal ones (FP), because the threshold was set to leave most normal eyes in peace. For screening I would rather have it the other way round: a false alarm costs a visit, a missed eye may cost sight. Eleven of the 45 mistakes, ten of them missed eyes, were made with high confidence: a second reader for unsure eyes would not see them, and would see 91 of the 120 eyes. Where *normal* was called the heat lies on the disc 2.5 (FN, n = 34) and 2.4 times (TN, n = 43) more than chance: missed and healthy eyes do not differ. Where *glaucoma* was called it is 2.2 (FP, n = 11) and 3.0 times (TP, n = 32). So the missed eyes do not come from looking elsewhere, and lift cannot say what was seen there. The false alarms may be lit less on the disc, but a mean over 11 of them may differ from the others by chance. All eyes are phantoms from one generator; on photos from a clinic everything must be measured again. Next I would look at the missed eyes one by one and compare the size of their discs with those of the true positives.
# ### END SOLUTION

# %% [markdown]
# ### 4.2 Cause or association? (3 points)
#
# A colleague has run your `find_shortcut` on *her* network. It says `camera`. She writes: "The network decides by the camera; we throw it away."
#
# | points | for |
# |---|---|
# | 1 | what the finding does show, said precisely (within each true class, on which images) |
# | 1 | what else could be behind it: at least one concrete alternative |
# | 1 | an experiment that would decide, with what each outcome would mean |

# %% [markdown] answer="cause" points=3
# **What would you answer her?**
#
# ### BEGIN SOLUTION
# *A model answer.* The finding shows that, among eyes of the same true class, those from one camera were called glaucoma more often; so the calls go with the camera for a reason other than the disease as labelled. It need not be the camera itself: one camera may belong to a clinic that sends more advanced glaucoma and more suspicious normal eyes, and the network may judge these by their rims. To decide, photograph the same eyes with both cameras, or turn one camera's colours into the other's and change nothing else. If p moves with the camera, the network uses it, and we retrain with both cameras in both classes; if p stays, the eyes differ, and we should compare them by severity.
# ### END SOLUTION

# %% [markdown]
# ### 4.3 Refute a claim (3 points)
#
# "In our false negatives the mean lift is 2.5. So the network looked at the disc, and a shortcut is excluded. Mean confidence in this group is 0, so it was at least unsure." The table beside it says `n = 0` for FN in one of the two test sets.
#
# | points | for |
# |---|---|
# | 1 | why a lift above 1 does not exclude a shortcut |
# | 1 | what happened to the confidence, and what should stand there |
# | 1 | one figure or experiment the authors should have shown instead |

# %% [markdown] answer="refute" points=3
# **Your refutation**
#
# ### BEGIN SOLUTION
# *A model answer.* A lift of 2.5 says that the heat lies on the disc more than chance would put it there. It does not say what was read there: brightness, colour or sharpness of the disc may be the shortcut, and on a crop a blob in the middle of the picture reaches a similar lift without any network. The confidence of 0 is no measurement: the group is empty in one set, and its mean was filled with 0. It should be NaN, with n = 0 beside it. The authors should show the lift of a control that knows nothing of the network, and, for each attribute, the AUROC within each true class; better, an experiment in which only the suspected attribute is changed.
# ### END SOLUTION

# %% [markdown]
# ---
# ## 5 · True or false?
#
# <details><summary>"A missed glaucoma is a false positive, because glaucoma is the positive class."</summary><p><b>False.</b> The second letter is what the model said: negative. FN.</p></details>
# <details><summary>"With 95 % accuracy on held-out eyes of the same clinic, a shortcut is excluded."</summary><p><b>False.</b> The horse had that too.</p></details>
# <details><summary>"An attribute that differs between called and uncalled eyes is used by the model."</summary><p><b>False.</b> It may go with the truth, and the model too. Compare within each true class.</p></details>
# <details><summary>"If the shortcut is found, removing the label from the photos mends the network."</summary><p><b>Not by itself.</b> The network has learned little else; it must be trained again, without the label or with it in both classes.</p></details>
# <details><summary>"p = .04 is an unsure call."</summary><p><b>False.</b> Normal was called with a confidence of .96.</p></details>
# <details><summary>"Both eyes of a patient may lie in training and test, as long as the photos differ."</summary><p><b>False.</b> They share pigment, camera and often the disease: the test then measures memory.</p></details>

# %% [markdown]
# ---
# ## What you have built, and what it is not
#
# You have a table in which every mistake has a name, a confidence and a place, and a way to ask whether something irrelevant explains the calls. It can accuse only attributes **that somebody wrote down**: a shortcut nobody thought of is not in the table. And it cannot acquit: *None* means that none of *these* attributes explains *these* calls.
#
# **Before you submit:** restart the kernel, run all cells, read the checks and your three texts once more, save.
