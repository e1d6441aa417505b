"""The known mistakes of a5 in words: what the table shows, why it tempts, where to read on.

The one table of them: the formative checks and the judge take their words from here.
"""

from __future__ import annotations

from glaucam.checks.base import Mistake
from glaucam.checks.misconception import Misconception

TABLE = "1 · One row for each image"
GROUPS = "1.1 Which error is it?"
BANDS = "1.2 How sure was it?"
HEAT = "1.3 Where was the heat?"
SUMMARY = "2 · Four groups, four sentences"
SHORTCUT = "3 · The clever horse"

# fmt: off
MISCONCEPTIONS = {
    # ---- the table itself
    "not-a-table": Misconception(
        "What came back is not a table with a row for each image.",
        "A list or a dict of columns holds the same numbers; the next step needs a DataFrame.",
        TABLE, "Return pd.DataFrame({'image': names, …}).",
    ),
    "missing-column": Misconception(
        "A column is missing, or has another name.",
        "Another name says the same to you, but not to the next function.",
        TABLE, "Use the nine names of the table, letter by letter.",
    ),
    "too-many-rows": Misconception(
        "There are far more rows than images.",
        "A merge on a column that is not unique, or pixels in place of images, multiplies rows.",
        TABLE, "One row for each image: compare len(table) with len(names).",
    ),
    "rows-too-many": Misconception(
        "There are rows that belong to no image.",
        "A line of totals looks good in a report; in a table it is counted as an eye.",
        TABLE, "One row for each image and nothing else.",
    ),
    "rows-left-out": Misconception(
        "Some images have no row.",
        "dropna(), or `continue` where there is no heat, drops just the images that need a look.",
        TABLE, "Keep every image; write NaN where a number does not exist.",
    ),
    "duplicated-images": Misconception(
        "An image stands in the table more than once.",
        "Building the groups one by one and joining them repeats whatever lies in two of them.",
        TABLE, "Decide each image once; the four groups never overlap.",
    ),
    "names-changed": Misconception(
        "The images are not called by the names that were given.",
        "A running number is enough while the order stays; after sorting nobody finds the eye.",
        TABLE, "Put `names` into the column `image` as they are.",
    ),
    "rows-mixed": Misconception(
        "The values are right, but stand beside the wrong images.",
        "Sorting one column, or pairing sets and dicts, loses the order the inputs share.",
        TABLE, "Build the table first, sort the whole table afterwards.",
    ),
    "empty-cells": Misconception(
        "Cells are empty that have a value.",
        "Nested conditions with a gap leave NaN without a word.",
        TABLE, "Let the last case be an else.",
    ),
    "strings-for-numbers": Misconception(
        "Numbers came as text.",
        "f'{p:.0%}' reads well, but text cannot be averaged or compared.",
        TABLE, "Keep numbers in the table; format when you print.",
    ),
    "percent": Misconception(
        "Percent came where a fraction in [0,1] was asked.",
        "71 % and .71 are the same to a reader, but not to a threshold.",
        BANDS, "Leave out the factor 100.",
    ),
    "rounded": Misconception(
        "The numbers are rounded.",
        "Two digits look tidy; but a value rounded up to .90 changes its band.",
        BANDS, "Round when you print, not in the table.",
    ),
    # ---- decision and group
    "indices-for-names": Misconception(
        "Class indices (0, 1) came where class names were asked.",
        "The labels come as indices; a reader of the table should not have to know their order.",
        GROUPS, "('normal', 'glaucoma')[index].",
    ),
    "other-class-names": Misconception(
        "The classes have other names than normal and glaucoma.",
        "Capitals or another word say the same to you, but == finds nothing.",
        GROUPS, "Write exactly 'normal' and 'glaucoma'.",
    ),
    "positive-class-inverted": Misconception(
        "Normal and glaucoma are exchanged.",
        "p is the probability of glaucoma, and glaucoma has index 1; it is easily taken for the "
        "first class.",
        GROUPS, "Index 0 is normal, 1 is glaucoma; predicted glaucoma means p ≥ threshold.",
    ),
    "true-and-predicted-swapped": Misconception(
        "`true` and `predicted` are exchanged.",
        "Confusion matrices come in both orientations, so rows and columns are easily confused.",
        GROUPS, "`true` comes from y_true, `predicted` from p and the threshold.",
    ),
    "threshold-not-included": Misconception(
        "An image exactly at the threshold is called normal: > came where ≥ was asked.",
        "On real numbers ties are rare, so nothing warns you; on a score with few levels they are "
        "not.",
        GROUPS, "p >= threshold.",
    ),
    "threshold-ignored": Misconception(
        "The decision falls at .5, whatever the threshold is.",
        "argmax and round() carry a .5 that nobody sees.",
        GROUPS, "Compare p with the threshold that came in.",
    ),
    "predicted-copied": Misconception(
        "`predicted` holds the true class.",
        "A copied line; a model without a single error should make you suspicious.",
        GROUPS, "`predicted` depends on p and the threshold alone.",
    ),
    "constant-prediction": Misconception(
        "Every image is called the same.",
        "Comparing with something that is never, or always, true gives no error.",
        GROUPS, "Print p and the threshold side by side for three images.",
    ),
    "fp-fn-swapped": Misconception(
        "FP and FN are exchanged.",
        "P and N are taken from the truth. They say what the model called the image: a missed "
        "glaucoma was called negative, falsely.",
        GROUPS, "T or F: was it right? P or N: what did the model say?",
    ),
    "tp-tn-swapped": Misconception(
        "TP and TN are exchanged.",
        "Both are right decisions; P and N say which class was called.",
        GROUPS, "P means the model said glaucoma.",
    ),
    "normal-as-positive": Misconception(
        "The groups take normal as the positive class.",
        "Positive sounds like good; in medicine it is the finding that was looked for.",
        GROUPS, "Positive is glaucoma.",
    ),
    "other-group-names": Misconception(
        "Groups have other names than TP, TN, FP and FN.",
        "Words are easier to read, but later steps look for these four.",
        GROUPS, "Exactly 'TP', 'TN', 'FP', 'FN', one for each image.",
    ),
    "groups-merged": Misconception(
        "Not all four groups are told apart.",
        "Right and wrong are two groups; but a missed eye and a false alarm cost differently.",
        GROUPS, "Two questions, four answers: right or wrong, called positive or negative.",
    ),
    # ---- confidence and band
    "p-is-not-glaucoma": Misconception(
        "`p_glaucoma` holds the probability of normal.",
        "Softmax gives both; the one of glaucoma was given.",
        BANDS, "Put p_glaucoma into the table as it came.",
    ),
    "confidence-is-p-glaucoma": Misconception(
        "The confidence is p(glaucoma), also where normal was called.",
        "It is the number at hand; but a model that says 3 % glaucoma is sure, not unsure.",
        BANDS, "1 − p where normal was called.",
    ),
    "confidence-is-maximum": Misconception(
        "The confidence is the larger of p and 1 − p, not that of the predicted class.",
        "At a threshold of .5 both are the same. At another one, a model may call a class to which "
        "it gives less than half.",
        BANDS, "p where glaucoma was called, else 1 − p.",
    ),
    "confidence-of-other-class": Misconception(
        "The confidence is that of the class that was not predicted.",
        "The two cases of a condition are quickly exchanged.",
        BANDS, "p where glaucoma was called, else 1 − p.",
    ),
    "confidence-of-true-class": Misconception(
        "The confidence is that of the true class.",
        "In training the loss asks for that number; here the question is how sure the model was of "
        "what it said.",
        BANDS, "Let the predicted class decide, not the truth.",
    ),
    "confidence-is-distance": Misconception(
        "The confidence is a distance from .5 or from the threshold.",
        "Far away does mean sure; but the bands are drawn for probabilities.",
        BANDS, "The probability of the predicted class.",
    ),
    "band-edge-high": Misconception(
        "A confidence of exactly .9 is not called high.",
        "> and ≥ differ only at the edge; pd.cut closes its intervals on the right by default.",
        BANDS, "high is confidence >= .9.",
    ),
    "band-edge-low": Misconception(
        "A confidence of exactly .7 is called low.",
        "> and ≥ differ only at the edge; pd.cut closes its intervals on the right by default.",
        BANDS, "low is confidence < .7, so .7 is middle.",
    ),
    "band-top-left-out": Misconception(
        "A confidence of exactly 1 has no band.",
        "pd.cut(…, right=False) leaves the upper end of the last interval out.",
        BANDS, "Let the last interval end above 1.",
    ),
    "band-of-p-glaucoma": Misconception(
        "The band is made from p(glaucoma), not from the confidence.",
        "A confident normal has a small p.",
        BANDS, "Cut the column `confidence`.",
    ),
    "bands-reversed": Misconception(
        "high and low are exchanged.",
        "Labels of pd.cut go from the lowest interval to the highest.",
        BANDS, "low, middle, high in that order.",
    ),
    "bands-by-quantile": Misconception(
        "The bands follow the images at hand, not the fixed edges .7 and .9.",
        "Equal groups are convenient; but then an unsure model has as many 'high' as a sure one.",
        BANDS, "Use the edges .7 and .9.",
    ),
    "other-band-edges": Misconception(
        "The bands are cut at other confidences.",
        "Thirds and quarters are round numbers too; the edges asked for are .7 and .9.",
        BANDS, "high from .9 on, low below .7, middle between.",
    ),
    "other-band-names": Misconception(
        "Bands have other names than high, middle and low.",
        "Intervals and numbers carry the same meaning, but later steps look for these words.",
        BANDS, "Exactly 'high', 'middle', 'low'.",
    ),
    # ---- heat
    "share-counts-pixels": Misconception(
        "The share counts pixels with heat, not the heat in them.",
        "A mask of the warm pixels is easily drawn; but faint and strong then weigh the same.",
        HEAT, "Add up the heat inside, divide by all heat.",
    ),
    "share-of-the-disc": Misconception(
        "You divide by the size of the disc: that is the mean heat inside it.",
        "A mean over the mask is one call; share asks what part of all heat lies inside.",
        HEAT, "heat[mask].sum() / heat.sum().",
    ),
    "heat-stretched": Misconception(
        "Each map is stretched from its minimum before the share is taken.",
        "It looks like tidying up; but a map that is warm everywhere says so, and no longer does.",
        HEAT, "Take the heatmap as it is: heat[mask].sum() / heat.sum().",
    ),
    "share-of-all-pixels": Misconception(
        "You divide by the number of pixels, not by the heat.",
        ".mean() is one call; but then a faint map has a small share wherever it lies.",
        HEAT, "heat[mask].sum() / heat.sum().",
    ),
    "share-outside": Misconception(
        "The share is that outside the disc.",
        "~ turns a mask round.",
        HEAT, "True is inside.",
    ),
    "mask-of-another-image": Misconception(
        "The heat of an image is measured with another image's mask.",
        "One mask for all, or another order, gives numbers that look sensible.",
        HEAT, "heatmaps[i] belongs to disc_masks[i].",
    ),
    "share-for-lift": Misconception(
        "The lift is the share: nothing was divided by the area.",
        "Half of the heat on the disc sounds much, but on a crop the disc may be half the picture.",
        HEAT, "lift = share / (disc pixels / all pixels).",
    ),
    "lift-for-share": Misconception(
        "The share is divided by the area: that is the lift.",
        "Both are written side by side.",
        HEAT, "The share is a part of 1.",
    ),
    "lift-times-area": Misconception(
        "You multiply the share by the area instead of dividing.",
        "Both have 'of the area' in them.",
        HEAT, "lift = share / area: 1 is chance.",
    ),
    "lift-upside-down": Misconception(
        "The lift is upside down: area ÷ share.",
        "Which one is above is quickly forgotten; more heat on the disc must give more lift.",
        HEAT, "lift = share / area.",
    ),
    "area-in-pixels": Misconception(
        "The area is a number of pixels, not a part of the image.",
        "mask.sum() is at hand; but the lift then depends on how large the picture is.",
        HEAT, "area = mask.mean().",
    ),
    "area-of-another-mask": Misconception(
        "The lift is taken with the area of another mask: one image's, or the mean of all.",
        "Discs look alike; but one eye's may be twice as large as another's, and the lift half.",
        HEAT, "Take each image's own mask.mean().",
    ),
    "inside-against-outside": Misconception(
        "The lift compares inside with outside, not with the whole image.",
        "Also a sensible ratio, with another name and no upper bound.",
        HEAT, "lift = share / area.",
    ),
    "lift-minus-one": Misconception(
        "The lift is shifted or a logarithm: chance should be 1.",
        "0 for chance looks natural.",
        HEAT, "lift = share / area, nothing more.",
    ),
    "zero-for-no-heat": Misconception(
        "A map without any heat gets the share 0.",
        "0 says: all the heat lies elsewhere. But there is none, and a mean would take it for "
        "evidence against the disc. A small eps below the fraction does the same.",
        HEAT, "NaN: np.where(total > 0, inside / total, np.nan).",
    ),
    "number-for-no-heat": Misconception(
        "A map without any heat gets a number, or infinity.",
        "A table without gaps looks tidy; but this number was not measured.",
        HEAT, "NaN where heat.sum() == 0.",
    ),
    "no-heat-raises": Misconception(
        "A map without any heat stops your function.",
        "On the images at hand every map had some; 0/0 raises for Python's own numbers.",
        HEAT, "Ask whether the sum is above 0 before you divide; else NaN.",
    ),
    "nan-where-heat-is": Misconception(
        "NaN came for a map that has heat, though none of it on the disc, or little.",
        "`if share:` is false for 0 as well. No heat on the disc is a finding: share 0, lift 0.",
        HEAT, "Ask whether heat.sum() > 0, nothing else.",
    ),
    # ---- summary
    "groups-missing": Misconception(
        "The summary has no row for one of the four groups.",
        "groupby only gives what it meets.",
        SUMMARY, ".reindex(['TP', 'TN', 'FP', 'FN']).",
    ),
    "rows-beyond-four": Misconception(
        "The summary has rows beside the four groups.",
        "A line of totals looks good in a report; the next step takes it for a group.",
        SUMMARY, "TP, TN, FP, FN and nothing else.",
    ),
    "n-without-nan": Misconception(
        "n counts the images that have heat, not the images.",
        ".count() leaves NaN out; .size() does not.",
        SUMMARY, "Use size(), or count a column that is never NaN.",
    ),
    "n-as-fraction": Misconception(
        "n is a part of all images, not a number of images.",
        "Rates compare well; but whether two or two hundred stand behind one is lost.",
        SUMMARY, "Count.",
    ),
    "group-rows-swapped": Misconception(
        "The rows of two groups are exchanged.",
        "Writing new labels onto an index keeps the rows where they were.",
        SUMMARY, "Select by label: reindex, or table[table['group'] == g].",
    ),
    "groups-overlap": Misconception(
        "An image is counted in more than one group.",
        "All called, all ill, all right: each joins two of the four groups.",
        SUMMARY, "Select by the column `group`, one of its four words at a time.",
    ),
    "sum-for-mean": Misconception(
        "A sum came where a mean was asked.", "One word in agg().", SUMMARY, "mean",
    ),
    "median-for-mean": Misconception(
        "A median came where a mean was asked.",
        "It is the sturdier number, but another one.", SUMMARY, "mean",
    ),
    "mean-of-p-glaucoma": Misconception(
        "`mean_confidence` is the mean of p_glaucoma.",
        "In TP and FP both are the same; in TN and FN they are not.",
        SUMMARY, "Average the column `confidence`.",
    ),
    "mean-share-for-lift": Misconception(
        "`mean_disc_lift` is the mean share.",
        "Two neighbouring columns.", SUMMARY, "Average the column `disc_lift`.",
    ),
    "nan-counted-as-zero": Misconception(
        "Images without heat count as 0 in the mean.",
        "fillna(0), or dividing by n, makes the gap go away, and the mean too small.",
        SUMMARY, "Average over the images that have a lift: pandas' mean() does.",
    ),
    "nan-spreads": Misconception(
        "One image without heat makes the whole mean NaN.",
        "np.mean and Python's sum take NaN along; pandas' mean() and np.nanmean don't.",
        SUMMARY, "np.nanmean, or the mean() of a Series.",
    ),
    "mean-of-all": Misconception(
        "Every group has the mean of all images.",
        "The selection was made, but not used.",
        SUMMARY, "Take the mean within the group.",
    ),
    "zero-for-empty-group": Misconception(
        "An empty group gets a mean of 0.",
        "fillna(0) fills the count and the means alike. But a mean of nothing is not 0: it says "
        "the model was sure of the wrong.",
        SUMMARY, "fillna only in `n`.",
    ),
    "empty-group-left-out": Misconception(
        "A group without images has no row.",
        "groupby only gives what it meets; and 'no missed glaucoma' is what one wants to read.",
        SUMMARY, ".reindex(['TP', 'TN', 'FP', 'FN']), then 0 for n.",
    ),
    "empty-group-without-count": Misconception(
        "The count of an empty group is NaN, not 0.",
        "reindex fills with NaN. How many there were is known: none.",
        SUMMARY, ".fillna({'n': 0}).",
    ),
    # ---- shortcut
    "not-a-name": Misconception(
        "What came back is neither an attribute's name nor None.",
        "The score beside it is useful, but not asked.",
        SHORTCUT, "Return the name of the column, or None.",
    ),
    "follows-the-label": Misconception(
        "The attribute you name goes with the true class, and the model does not use it.",
        "Whoever is right follows the truth, and with it everything that goes with the truth. Only "
        "within one true class does it show whether the model looks at it.",
        SHORTCUT, "Compare the images called glaucoma and called normal within each true class.",
    ),
    "always-names-one": Misconception(
        "An attribute is named where none explains the predictions.",
        "idxmax always finds a largest one, also among noise.",
        SHORTCUT, "Say how strong is strong enough, and return None below it.",
    ),
    "never-names-one": Misconception(
        "Nothing is named, though an attribute decides the predictions.",
        "An association may point either way, or be hidden in the errors: pooled over right and "
        "wrong images, FP and FN cancel.",
        SHORTCUT, "Look within each true class, at the distance from chance in both directions.",
    ),
    "one-direction-only": Misconception(
        "A shortcut is only found where it pushes towards glaucoma.",
        "An AUROC of .05 is as far from chance as one of .95.",
        SHORTCUT, "abs(auroc - .5).",
    ),
    "rows-not-matched": Misconception(
        "The attributes are read in their own order, not in that of the table.",
        ".values and zip() forget the names; the order happens to be the same at home.",
        SHORTCUT, "attributes.loc[table['image']], or a merge on the name.",
    ),
    "another-attribute": Misconception(
        "Another attribute is named than the one that decides the predictions.",
        "Differences in degrees, pixels and yes or no are not comparable as they are.",
        SHORTCUT, "Use a measure without units: AUROC, correlation, or a test's p.",
    ),
    # ---- what was raised
    "words-not-numbers": Misconception(
        "A column of words was taken for numbers.",
        "Most attributes are numbers; a camera's name or the eye's side is not.",
        SHORTCUT, "pd.factorize(column)[0] gives a number to each word.",
    ),
    "empty-group-raises": Misconception(
        "A group without images stops your function.",
        "On the images at hand every group had some.",
        SUMMARY, "Ask len(rows) before dividing, or let pandas' mean() give NaN.",
    ),
    "lengths-differ": Misconception(
        "Columns of different length were put into one table.",
        "An image that was skipped in one list was not skipped in another.",
        TABLE, "Append to every list once for each image.",
    ),
    "column-not-in-table": Misconception(
        "Your code asks for a column that the table does not have.",
        "The functions are graded one by one, each on the judge's own table, with the nine columns "
        "of the notebook.",
        TABLE, "Use the nine names, and compute what is beyond them.",
    ),
    "truth-of-array": Misconception(
        "An `if` was asked about many images at once.",
        "For one number it works.",
        TABLE, "np.where(condition, a, b), or a loop over the images.",
    ),
}
# fmt: on

# Part of an exception's message → the mistake behind it; the first that fits speaks.
ERRORS = {
    "could not convert string to float": "words-not-numbers",
    "Cannot convert": "words-not-numbers",
    "could not convert string": "words-not-numbers",
    "unsupported operand type(s) for -: 'str'": "words-not-numbers",
    "must be of the same length": "lengths-differ",
    "does not match length of index": "lengths-differ",
    "truth value of": "truth-of-array",
    "division by zero": "empty-group-raises",
    "mean requires at least one data point": "empty-group-raises",
}


def known(name: str, came: str = "", expected: str = "") -> Mistake:
    """The known mistake of that name; ``came`` and ``expected`` say what did and what should have.

    What was expected goes with the remedy: the judge, whose tables are secret, tells neither.
    """
    said = MISCONCEPTIONS[name]
    return Mistake(f"{came}{said.shows} {said.tempting}".strip(), f"{expected}{said.remedy}", name)


def mistake_behind(message: str) -> str | None:
    """The name of the mistake behind an exception's message, where it is known."""
    return next((name for text, name in ERRORS.items() if text in message), None)
