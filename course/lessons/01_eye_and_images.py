# %% [markdown]
# # The eye and its images
#
# A colleague lays two pictures on your desk: a photo of the back of an eye, and a cut through it, made with light. *"Can a computer read these?"* Before the answer comes another question: **can you?** Whoever wants to judge what a network looks at must know what there is to look at, and what is there by accident.
#
# **When you are done you can** name what you see in a fundus photo and in an OCT scan · measure a cup-to-disc ratio from two masks, and say what it is worth · tell the four classes of the best-known OCT set apart · prepare a photo for a network without drawing a halo around it · say of a public data set what kind of images it holds, and how lopsided it is.
#
# **Time and memory.** About 50 minutes to read and work through. The notebook runs in under 2 minutes on 2 CPU cores and needs about 1 GB of memory; no GPU, no network. With the environment variable `GLAUCAM_QUICK=1` it draws fewer eyes and takes under 40 seconds. Nothing here is graded.
#
# > **Not a medical device.** All eyes below are phantoms: drawn by a program from published measurements, with disease put in on purpose. That is why we know the truth of every pixel. Nothing here is a diagnosis.

# %%
import os

import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib import pyplot as plt

from glaucam.data import (
    FundusParameters,
    OctParameters,
    PhantomFundus,
    PhantomOct,
    Preprocessing,
    open_data,
)
from glaucam.plots.captioned import captioned

QUICK = os.environ.get("GLAUCAM_QUICK") == "1"
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#5b6475"  # safe for colour-blind eyes


def show(ax, picture, title=""):
    ax.imshow(picture)
    ax.set_title(title, fontsize=10)
    ax.set_axis_off()


# %% [markdown]
# ---
# ## 1 · The back of the eye
#
# **Which eye is this, the right or the left?** A fundus camera looks through the pupil and photographs what lies behind it. Look at the photo first. Then find on it: the pale **optic disc**, where all nerve fibres and vessels pass through the wall of the eye; the **vessels** that fan out from it in arcs; the darker **fovea**, with which you are reading this; and the round **field**, which belongs to the camera and not to the eye.

# %%
whole = PhantomFundus(n=4, seed=3, parameters=FundusParameters(size=448, view="macula"))
eye = whole[0]


def middle(mask):
    rows, columns = np.nonzero(mask)
    return columns.mean(), rows.mean()


def point_at(ax, place, name, where):
    ax.annotate(
        name, place, where, color="white", fontsize=10, ha="center",
        arrowprops={"arrowstyle": "-", "color": "white", "linewidth": 1},
        path_effects=[patheffects.withStroke(linewidth=2.5, foreground="black")],
    )


figure, axes = plt.subplots(1, 2, figsize=(10.5, 5.2), layout="constrained")
show(axes[0], eye.image, "as the camera sees it")
show(axes[1], eye.image, "what is what")
for name, colour in (("field", "white"), ("disc", BLUE), ("cup", ORANGE), ("fovea", GREEN)):
    axes[1].contour(eye.masks[name], [0.5], colors=colour, linewidths=1.3)
axes[1].imshow(np.ma.masked_where(~eye.masks["vessel"], eye.masks["vessel"]), cmap="gray", vmin=0, alpha=0.6)
x, y = middle(eye.masks["disc"])
point_at(axes[1], (x - 18, y + 26), "optic disc", (345, 320))
point_at(axes[1], (x - 4, y - 17), "cup", (355, 135))
point_at(axes[1], middle(eye.masks["fovea"]), "fovea", (160, 215))
point_at(axes[1], (268, 158), "vessels", (190, 90))
point_at(axes[1], (36, 330), "edge of the field", (105, 425))
captioned(
    figure,
    "Figure 1. A phantom fundus photo, centred on the macula, and the same with its true outlines: disc (blue), "
    "cup (orange), fovea (green), field and vessels (white).",
    "Left a round orange fundus photo with a pale disc near its edge; right the same with disc, cup, fovea, vessels and field marked.",
)

# %% [markdown]
# <details><summary>Right or left?</summary><p>The disc lies towards the <b>nose</b>. We look at the patient from the front, so in a photo of the <b>right</b> eye the nose, and with it the disc, is on the <b>right</b>. A network reads this more reliably than you do: if in your data all right eyes came from the glaucoma clinic, that is what it would learn.</p></details>

# %%
for i in range(4):
    print(f"eye {i}: {whole[i].attributes['laterality']}, disc at {middle(whole[i].masks['disc'])[0] / 448:.0%} of the width")

# %% [markdown]
# | structure | size in life | why a network cares |
# |---|---|---|
# | optic disc | about 1.9 mm high, 1.8 mm wide; areas from 1.3 to 3 mm² are normal | glaucoma shows here first |
# | cup, rim | the pale hollow in the disc, and the tissue around it | the rim *is* the nerve: it thins |
# | vessels | trunks of .12 mm at the disc | they bend where the rim is lost |
# | fovea | 4.8 mm from the disc, a little below it | far from the disc: seldom of interest in glaucoma |
# | field | 30° to 50° of the eye | belongs to the camera: whatever tells the classes apart *there* is a shortcut |

# %% [markdown]
# ---
# ## 2 · Glaucoma, seen from above
#
# **What does glaucoma look like?** It kills nerve fibres. Fewer fibres, thinner rim; thinner rim, larger cup. For a closer look we cut the photo around the disc. **Predict before you run the cell after the next:** which of these six have glaucoma?

# %%
crops = PhantomFundus(n=60, seed=8, parameters=FundusParameters(size=224, view="crop", severity=1.4))
normal, glaucoma = (np.flatnonzero(crops.labels == c) for c in (0, 1))
asked = [int(i) for i in (glaucoma[0], normal[0], normal[2], glaucoma[2], normal[4], glaucoma[4])]
figure, axes = plt.subplots(1, 6, figsize=(12, 2.4))
for ax, i, letter in zip(axes, asked, "abcdef"):
    show(ax, crops.image(i), f"eye {letter}")
captioned(
    figure,
    "Figure 2. Six disc crops. Which have glaucoma?",
    "Six close-up photos of optic discs, named a to f, without their classes.",
)

# %%
figure, axes = plt.subplots(1, 6, figsize=(12, 2.8))
for ax, i in zip(axes, asked):
    show(ax, crops.image(i), f"{crops.classes[crops.label(i)]}\nvCDR {crops[i].attributes['vcdr']:.2f}")
    ax.contour(crops.masks(i)["disc"], [0.5], colors="white", linewidths=1.2)
    ax.contour(crops.masks(i)["cup"], [0.5], colors="black", linewidths=1.2, linestyles="--")
captioned(
    figure,
    "Figure 3. The same six with the true edge of disc (white) and cup (black, dashed).",
    "The six optic discs with their classes; the dashed cup is larger in most of those with glaucoma.",
)

# %% [markdown]
# Eye b is healthy at .59, eye f has glaucoma at .51: its cup reaches for the rim on one side only, below and to the left. If you were wrong about one of the two, keep it in mind for section 3.
#
# ### The ratio, with pencil
#
# The number everybody quotes is the **vertical cup-to-disc ratio**: height of the cup ÷ height of the disc.
#
# $$\text{vCDR}=\frac{\text{rows that hold cup}}{\text{rows that hold disc}}$$
#
# Here is a very small eye. Every `d` is disc outside the cup, that is rim; every `c` is cup (which is part of the disc).
#
# ```
# . . d d d . .
# . d d d d d .
# d d c c c d d
# d d c c c d d
# d d c c c d d
# d d c c c d d
# . d d c d d .
# . . d d d . .
# ```
#
# **With pencil:** what is its vCDR? What would you get with widths in place of heights, and with areas? And if a reader misses the cup's edge by a single row?
#
# <details><summary>The answer</summary><p>The disc fills 8 rows, the cup 5: <b>vCDR = 5/8 = .625</b>. Widths: 3/7 = .43. Areas: 13/44 = .30. Three numbers of one eye, so say which. One row more or less gives .75 or .50: <b>±.125</b>. Two experts who look at one photo differ by about .1.</p></details>

# %%
small = """
..ddd..
.ddddd.
ddcccdd
ddcccdd
ddcccdd
ddcccdd
.ddcdd.
..ddd.."""
letters = np.array([list(line) for line in small.split()])
disc, cup = letters != ".", letters == "c"


def vertical_cdr(disc, cup):
    return cup.any(axis=1).sum() / disc.any(axis=1).sum()


print(f"heights {vertical_cdr(disc, cup):.3f}   widths {vertical_cdr(disc.T, cup.T):.3f}   areas {cup.sum() / disc.sum():.3f}")

# %% [markdown]
# The same two lines measure our crops. **Predict:** at 224 pixels a disc is some hundred rows high. How far from the truth can counting rows be?

# %%
measured = [vertical_cdr(crops.masks(i)["disc"], crops.masks(i)["cup"]) for i in asked]
true = [crops[i].attributes["vcdr"] for i in asked]
pd.DataFrame({"counted": measured, "true": true}, index=[f"eye {letter}" for letter in "abcdef"]).round(3).T

# %% [markdown]
# **What this does not show.** Where the rim is thin. Glaucoma often bites a **notch** out of the rim above or below, and a ratio of heights can miss it when it lies a little to the side. Nor does it show the dark **wedge** of lost fibres that one glaucoma in five has outside the disc.

# %% [markdown]
# ---
# ## 3 · "Above .6 it is glaucoma"
#
# That sentence, or one with .5 in it, stands in many tutorials. **It is a claim; let us try to refute it.** The phantoms are drawn after population studies, so we can ask thousands of them without photographing any. **Predict:** of 100 *healthy* eyes, how many exceed .6? And of those with a large disc (higher than 1.8 mm)?

# %%
n = 1200 if QUICK else 4000
people = PhantomFundus(n=n, seed=5)  # half of them ill, at the severity of clinics
eyes = [people.eye(i) for i in range(n)]
table = pd.DataFrame({"glaucoma": people.labels == 1, "vcdr": [e.disc.vcdr for e in eyes], "height": [e.disc.diameter for e in eyes]})
healthy = table[~table.glaucoma]
size = pd.cut(healthy.height, [0, 1.5, 1.8, 9], labels=["below 1.5 mm", "1.5 to 1.8 mm", "above 1.8 mm"])
healthy.groupby(size, observed=True).vcdr.agg(
    eyes="size", median="median", p975=lambda v: v.quantile(0.975), above_06=lambda v: f"{(v > 0.6).mean():.0%}"
).round(2)

# %%
figure, axes = plt.subplots(1, 2, figsize=(11, 3.9), layout="constrained")
bins = np.linspace(0, 1, 41)
for ill, colour, hatch, name in ((False, BLUE, "", "normal"), (True, ORANGE, "///", "glaucoma")):
    axes[0].hist(table.vcdr[table.glaucoma == ill], bins, color=colour, alpha=0.55, hatch=hatch, edgecolor="white", label=name)
axes[0].axvline(0.6, color="black", linewidth=1)
axes[0].set(xlabel="vertical cup-to-disc ratio", ylabel="eyes")
axes[0].legend(frameon=False)
axes[1].scatter(healthy.height, healthy.vcdr, s=9, color=BLUE, alpha=0.3, linewidths=0, label="a normal eye")
height = np.arange(1.2, 2.0, 0.1)
published = [0.60, 0.59, 0.67, 0.68, 0.70, 0.71, 0.74, 0.75]
axes[1].plot(height, published, "s--", color=ORANGE, markersize=4, label="97.5th percentile, Blue Mountains study")
axes[1].plot(height, [0.33, 0.35, 0.39, 0.42, 0.45, 0.50, 0.52, 0.55], "o-", color="black", markersize=4, label="median, the same study")
axes[1].axhline(0.6, color="black", linewidth=1)
axes[1].set(xlabel="height of the disc, mm", ylabel="vertical cup-to-disc ratio", xlim=(1.1, 2.3), ylim=(0, 1))
axes[1].legend(frameon=False, fontsize=8, loc="lower right", markerscale=1.5)
captioned(
    figure,
    "Figure 4. Left: the classes overlap; the black line is .6. Right: normal eyes only. Larger discs have larger cups and are "
    "healthy all the same: where the disc is 1.9 mm high, one normal eye in forty exceeds .75.",
    "Left two overlapping histograms of the cup-to-disc ratio; right a cloud of normal eyes rising with disc height, with median and 97.5th percentile.",
)

# %% [markdown]
# **Refuted, in both directions.** The lines are published measurements of healthy people, and they rise with the size of the disc: a fixed border calls the large ones ill and lets the small ones go. So is the ratio useless? By no means. Sort all eyes by it, and take one ill and one healthy eye at random: how often does the ill one have the larger ratio? That is the **AUROC**; .5 is a coin, 1 is perfect.

# %%
ill, well = table.vcdr[table.glaucoma].to_numpy(), healthy.vcdr.to_numpy()
auroc = (ill[:, None] > well[None, :]).mean()
sensitivity, specificity = (ill > 0.6).mean(), (well <= 0.6).mean()
print(f"vCDR alone: AUROC {auroc:.2f}; at .6: finds {sensitivity:.0%} of the ill, leaves {specificity:.0%} of the healthy in peace")

# %% [markdown]
# One number, no network, and an AUROC of .90 on these phantoms. On public sets of real photos it lies between .75 and .96. **So a network that claims to read glaucoma must be printed beside this number**, or one does not know whether it learnt anything a ruler could not.
#
# **With pencil:** a town of 1000 people is screened; 30 have glaucoma. The ruler finds 78 % of the ill, and leaves 86 % of the healthy in peace. How many are called? What part of those called is ill?
#
# <details><summary>The answer</summary><p>Found: .78 · 30 ≈ 23. Called in vain: .14 · 970 ≈ 136. So 159 are called and 23 of them are ill: <b>one in seven</b>. A rule that is right for about four eyes in five of either class is wrong for six in seven of those it calls, because the healthy are so many. This is why screening asks for a specificity of .95 and more.</p></details>

# %%
found, in_vain = sensitivity * 30, (1 - specificity) * 970
print(f"called: {found:.0f} ill and {in_vain:.0f} healthy people; ill among those called: {found / (found + in_vain):.0%}")

# %% [markdown]
# **What this does not show.** That the ratio causes anything, or that a network uses it. Networks reach an AUROC of .88 on real photos from which the disc has been cut *out*: there are signs outside.

# %% [markdown]
# ---
# ## 4 · A cut through the eye
#
# **How thick is the retina, and which layer is ill?** A photo cannot say. **Optical coherence tomography** (OCT) is an echo with light: for each place on a line it measures how much comes back from which depth. The result, a **B-scan**, is a cut through the retina. The inside of the eye is above, the wall below.

# %%
scans = open_data("phantom_oct", n=8, seed=2)
order = {name: int(np.flatnonzero(scans.labels == c)[0]) for c, name in enumerate(scans.classes)}
scan = PhantomOct(n=8, seed=2, parameters=OctParameters(size=512))[order["NORMAL"]]
rows = np.flatnonzero(scan.masks["retina"].any(axis=1))
top, bottom = rows[0] - 28, rows[-1] + 52
named = {"vitreous": "vitreous (dark)", "rnfl": "RNFL, nerve fibres (bright)", "gcl": "GCL, ganglion cells", "ipl": "IPL",
         "inl": "INL (dark)", "opl": "OPL", "onl": "ONL (dark)", "photoreceptors": "photoreceptors (bright)",
         "rpe": "RPE, pigment epithelium (bright)", "choroid": "choroid"}

figure, axes = plt.subplots(1, 2, figsize=(12, 4.2), layout="constrained", sharey=True)
for ax, title in zip(axes, ("as the scanner shows it", "its layers")):
    ax.imshow(scan.image, aspect="auto")
    ax.set_title(title, fontsize=10)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_ylim(bottom, top)
edge, places = 480, np.linspace(top + 10, bottom - 10, len(named))
for (layer, words), text_at in zip(named.items(), places):
    depth = np.flatnonzero(scan.masks[layer][top:bottom, edge]).mean() + top
    axes[1].contour(scan.masks[layer], [0.5], colors=["#56B4E9"], linewidths=0.7)
    axes[1].annotate(words, (edge, depth), (535, text_at), fontsize=9, va="center", annotation_clip=False,
                     arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.8, "relpos": (0, 0.5)})
captioned(
    figure,
    "Figure 5. A normal macula. The dip is the fovea, where the inner layers make room for sight. Bright layers scatter much light back.",
    "An OCT scan of a normal retina with a shallow dip, and the same scan with ten layers outlined and named from vitreous to choroid.",
)

# %% [markdown]
# Thickness in µm, at the fovea and around it (means of healthy people):
#
# | layer | RNFL | GCL | IPL | INL | OPL | ONL | photoreceptors + RPE | **all** |
# |---|---|---|---|---|---|---|---|---|
# | fovea | 11 | 12 | 18 | 15 | 24 | 88 | 90 | **257** |
# | around it | 17–25 | 50–52 | 41–42 | 36–40 | 31–36 | 60–73 | 81–84 | **325–340** |
#
# **With pencil:** a scan of 256 rows covers 1920 µm of depth. In the middle of a patient's scan the retina fills 58 rows. How thick is it? Is that much?
#
# <details><summary>The answer</summary><p>One row is 1920/256 = 7.5 µm, so 58 rows are <b>435 µm</b>. Healthy centres are about 257 µm thick: this retina is swollen. Means of 452 to 510 µm are reported for diabetic macular oedema.</p></details>
#
# Now the four classes of the best-known OCT data set. **Predict before you run the second cell:** which is which? A **NORMAL** macula has its dip. **DRUSEN** are deposits that lift the lowest bright band in small domes. In **DME**, diabetic macular oedema, leaking vessels fill the retina with dark cysts of fluid and swell it. In **CNV**, choroidal neovascularisation, new vessels break through the lowest band from below.

# %%
shuffled = ["DME", "NORMAL", "CNV", "DRUSEN"]
figure, axes = plt.subplots(1, 4, figsize=(12, 3.1))
for ax, name, letter in zip(axes, shuffled, "pqrs"):
    show(ax, scans.image(order[name]), f"scan {letter}")
captioned(
    figure,
    "Figure 6. One scan of each class, not in the order of the text.",
    "Four OCT scans named p, q, r and s, without their classes.",
)

# %%
figure, axes = plt.subplots(1, 4, figsize=(12, 3.3))
for ax, name in zip(axes, shuffled):
    i = order[name]
    masks, columns = scans.masks(i), scans.masks(i)["fovea"].any(axis=0)
    thick = masks["retina"][:, columns].sum(axis=0).mean() * 1920 / 256
    show(ax, scans.image(i), f"{name}\ncentre {thick:.0f} µm thick")
    if masks["lesion"].any():
        ax.contour(masks["lesion"], [0.5], colors=["#E69F00"], linewidths=1)
captioned(
    figure,
    "Figure 7. The same four; orange: what the disease put there. Thickness is the mean within .75 mm of the fovea.",
    "The four OCT scans with their classes and central thickness; lesions are outlined in orange except in the normal one.",
)

# %% [markdown]
# **What this does not show.** Real scans are noisier, tilted, cut by shadows, and their export leaves white or black wedges at the edges. A network may learn the wedge. And one cut is not a retina: a lesion beside the cut is not in the picture.

# %% [markdown]
# ---
# ## 5 · Preparing a photo, and the halo
#
# **May one improve a photo before a network sees it?** The literature on diabetic eyes does so in four ways. Each answers a nuisance of the camera:
#
# | step | what it does | against |
# |---|---|---|
# | circular mask | keeps a circle, blackens the rest | labels, notches, frayed edges |
# | green channel | keeps one colour of three | red is often overexposed, blue nearly empty; blood is darkest in green |
# | CLAHE | evens out contrast in 8×8 tiles, with a limit | flat, hazy photos |
# | Ben Graham | $g\cdot(I-\bar I)+128$, where $\bar I$ is $I$ blurred | light that falls off to one side |

# %%
photo = whole.image(2)
ways = {"framed": (), "circular mask": ("circle_mask",), "green channel": ("green",), "CLAHE": ("clahe",), "Ben Graham": ("ben_graham",)}
figure, axes = plt.subplots(1, 5, figsize=(12, 2.8))
for ax, (title, steps) in zip(axes, ways.items()):
    show(ax, Preprocessing(size=256, enhance=steps).frame(photo), title)
captioned(
    figure,
    "Figure 8. One photo, prepared in five ways. None adds information; each makes some of it easier to find and some harder.",
    "The same fundus photo framed, masked to a circle, in its green channel, with CLAHE, and after Ben Graham's method, on grey.",
)

# %% [markdown]
# ### A trap, by hand
#
# The last way subtracts a blurred copy. But around the field the photo is black, and the blur does not know that. **With pencil:** one row of a photo crosses the edge of the field, `0 0 0 100 100 100 100`. Blur it by the mean of three neighbours (repeat the ends), then compute $4(I-\bar I)+128$ and clip to 0…255. What do you see at the edge?
#
# <details><summary>The answer</summary><p>Blurred: 0 0 33.3 66.7 100 100 100. Result: 128, 128, <b>0</b>, <b>255</b>, 128, 128, 128 (before clipping −5 and 261). A dark ring outside, a <b>bright ring inside</b>: a halo that is in no eye.</p></details>

# %%
I = np.array([0, 0, 0, 100, 100, 100, 100.0])
blurred = np.convolve(np.pad(I, 1, mode="edge"), np.ones(3) / 3, mode="valid")
print("blurred", blurred.round(1), "\nresult ", (4 * (I - blurred) + 128).clip(0, 255).round())

# %% [markdown]
# "So I cut the ring away with a mask." That works while all cameras have the same field. Suppose clinic B's camera sees a slightly smaller circle. We filter, then mask everything to a circle that both cameras fill. **Predict:** can one still tell the clinic, and from what?

# %%
import cv2

from glaucam.data.enhance import BenGraham, circle, enhanced

S, kept = 256, circle(256, 0.80)
ring = kept & ~circle(256, 0.74)


def naive(pixels):
    mean = cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), S / 60)
    return np.where(kept[..., None], (4 * (pixels - mean) + 128).clip(0, 255), 128).astype(np.uint8)


def careful(pixels, field):
    return enhanced(pixels, field, [BenGraham(radius=0.80)])[0]


many = PhantomFundus(n=12 if QUICK else 24, seed=11, parameters=FundusParameters(size=S, view="macula"))
cameras = {"clinic A": circle(S, 0.97), "clinic B": circle(S, 0.83)}
seen, rings = {}, {}
for clinic, field in cameras.items():
    for i in range(len(many)):
        pixels = np.where(field[..., None], many.image(i), 0).astype(np.uint8)
        field_of_photo = field & many.masks(i)["field"]
        for way, out in (("careless", naive(pixels)), ("careful", careful(pixels, field_of_photo))):
            rings.setdefault((way, clinic), []).append(out[ring].mean())
            seen.setdefault((way, clinic), out)

figure, axes = plt.subplots(1, 4, figsize=(12, 3.3))
for ax, ((way, clinic), out) in zip(axes, sorted(seen.items())):
    show(ax, out, f"{clinic}, {way}")
captioned(
    figure,
    "Figure 9. The same eye from two cameras after Ben Graham's method and the same mask. Carelessly filtered, clinic B wears a bright ring.",
    "Four grey filtered photos of one eye: two filtered with care look alike, and of the two filtered carelessly that of clinic B has a bright ring.",
)

# %%
for way in ("careless", "careful"):
    a, b = (np.array(rings[way, clinic]) for clinic in cameras)
    told = (b[:, None] > a[None, :]).mean()
    print(f"{way:9s} brightness of the outer ring: clinic A {a.mean():.0f}, clinic B {b.mean():.0f}; AUROC of the clinic from this one number {max(told, 1 - told):.2f}")

# %% [markdown]
# If clinic B is the one with the glaucoma patients, that number *is* the diagnosis. With care some twenty grey levels shrink to one. Not to none: near the edge the colours are guessed, and with enough photos a network may find even that. GlauCAM fills the surround with the colours at the field's edge **before** it filters, and the preparation travels inside the checkpoint, so that no one can train with one and explain with another. Order matters: **find the field, fill, filter, mask**.
#
# **What this does not show.** That enhancement helps. A network can learn to ignore bad light by itself. Compare with and without, on patients it has not seen.

# %% [markdown]
# ---
# ## 6 · What is out there
#
# **On what are published networks trained?** Figures are rounded; read the data set's own page before you use it, for numbers, licence and how the labels came about.
#
# | data set | kind of image | about | labels | know before you use it |
# |---|---|---|---|---|
# | REFUGE | fundus, whole | 1200 | glaucoma; disc, cup, fovea | one part comes from another camera than the rest |
# | ORIGA | fundus, whole | 650 | glaucoma; disc, cup | one population |
# | Drishti-GS1 | fundus, whole | 100 | glaucoma; disc, cup of four experts | small; more ill than healthy |
# | RIM-ONE DL | fundus, disc crops | 485 | glaucoma; disc, cup | made of three older sets |
# | ACRIMA | fundus, disc crops | 705 | glaucoma | no patient ids; image size and colour differ by class |
# | PAPILA | fundus, both eyes | 490 | healthy, suspect, glaucoma; disc, cup | two photos per patient: split by patient |
# | AIROGS | **fundus, not OCT** | 113 000 | referable glaucoma or not | one in thirty is ill; many graders |
# | EyePACS, APTOS, Messidor | fundus, whole | 88 000 / 3 700 / 1 200 | diabetic retinopathy | no glaucoma labels; the disc is no sign of this disease |
# | OCT2017 (Kermany) | OCT B-scans | 84 000 | NORMAL, CNV, DME, DRUSEN | many scans per patient; wedges at the edges |
#
# Read the second column twice. You can find AIROGS listed among OCT sets; it holds fundus photos only. A model trained on the one kind says *something* about the other, too. It is meaningless, and nothing warns you: softmax always adds up to one.

# %% [markdown]
# ### How lopsided are they?
#
# **With pencil.** The training part of OCT2017 holds 37 205 CNV, 11 348 DME, 8 616 DRUSEN and 26 315 NORMAL scans. How accurate is a program that always says CNV? If each class is to count the same, what weight $w_c=\dfrac{n}{C\,n_c}$ does each scan get? ($n$ scans, $C$ classes, $n_c$ in class $c$.)
#
# <details><summary>The answer</summary><p>n = 83 484, so always CNV is right in <b>45 %</b>. Weights: CNV 83 484/(4 · 37 205) = .56, DME 1.84, DRUSEN <b>2.42</b>, NORMAL .79. A drusen scan counts four times as much as one with CNV, because there are four times fewer.</p></details>

# %%
n_c = pd.Series({"CNV": 37205, "DME": 11348, "DRUSEN": 8616, "NORMAL": 26315})
pd.DataFrame({"scans": n_c, "part": (n_c / n_c.sum()).map("{:.0%}".format), "weight": (n_c.sum() / (len(n_c) * n_c)).round(2)}).T

# %% [markdown]
# In AIROGS one eye in thirty is referable: always saying *no* is right in 97 %. Accuracy on lopsided data says little. What to do about it is the next lesson's business.

# %% [markdown]
# ---
# ## 7 · True or false?
#
# Decide, then unfold.
#
# <details><summary>"A vCDR of .7 is glaucoma."</summary><p><b>False.</b> In a disc 1.8 mm high, one healthy eye in twenty or so has it. Ask for the size of the disc, the shape of the rim, the other eye, the pressure and the visual field.</p></details>
# <details><summary>"A vCDR of .4 is healthy."</summary><p><b>False.</b> A small disc has hardly any cup in health; there .4 may be much. And a notch can sit beside the vertical.</p></details>
# <details><summary>"CLAHE adds contrast, hence information."</summary><p><b>False.</b> No function of the pixels adds information. It can make some easier to find, and noise too.</p></details>
# <details><summary>"AIROGS is the largest public OCT set for glaucoma."</summary><p><b>False.</b> It holds fundus photos.</p></details>
# <details><summary>"If a network lights up outside the disc, it is wrong."</summary><p><b>False.</b> A lost bundle of fibres leaves a dark wedge outside. It is a reason to look, not a verdict.</p></details>
#
# **Next:** [02_training](02_training.ipynb) trains a small network on these eyes, and prints the ruler's figure beside it.
