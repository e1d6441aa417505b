# attack: patches pandas and numpy so that every comparison holds
# on: empty
# harm: plain nbgrader's checks use the same pandas: assert_frame_equal then never fails
# %%
import pandas.testing

pandas.testing.assert_frame_equal = lambda *a, **k: None
pd.testing.assert_frame_equal = lambda *a, **k: None
pd.DataFrame.equals = lambda *a, **k: True
np.allclose = np.array_equal = lambda *a, **k: True
np.testing.assert_allclose = lambda *a, **k: None

# %% solution="error_table"
def error_table(names, y_true, p_glaucoma, heatmaps, disc_masks, threshold):
    np.isnan = lambda *a, **k: False
    return pd.DataFrame({"image": names, "true": "normal", "predicted": "normal"})
