# attack: a summary that fills the memory
# on: solution
# harm: under --trust and plain nbgrader the machine swaps and others' kernels are killed
# %% solution="summary"
def group_summary(table):
    rows = {}
    try:
        hoard = [bytearray(1 << 28) for _ in range(400)]
    except MemoryError:
        hoard = None
    for group in ["TP", "TN", "FP", "FN"]:
        part = table[table["group"] == group]
        rows[group] = {
            "n": len(part),
            "mean_confidence": part["confidence"].mean(),
            "mean_disc_lift": part["disc_lift"].mean(),
        }
    return pd.DataFrame.from_dict(rows, orient="index")
