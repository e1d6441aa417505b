# chaff: returns the attribute with the largest difference, however small: never None
# fails: shortcut.none
# mistake: no threshold, never None

# %% solution="shortcut"
def find_shortcut(table, attributes):
    call = table.set_index("image")["predicted"] == "glaucoma"
    true = table.set_index("image")["true"]
    a = attributes.loc[call.index]

    def separation(col):
        x = pd.Series(
            pd.factorize(col, sort=True)[0], index=col.index
        )  # sorted codes keep the order
        values = [roc_auc_score(call[true == c], x[true == c]) for c in ("normal", "glaucoma")]
        return min(abs(v - 0.5) for v in values)

    return a.apply(separation).idxmax()
