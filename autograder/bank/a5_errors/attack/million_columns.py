# attack: a table with a row for each image and two million columns
# on: empty
# harm: a grader that lists the columns in its message writes a book for each student
# %% solution="summary"
def group_summary(table):
    return pd.DataFrame(np.zeros((4, 200_000), np.int8), index=["TP", "TN", "FP", "FN"])
