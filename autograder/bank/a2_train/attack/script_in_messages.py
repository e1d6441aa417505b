# attack: HTML and terminal escapes in errors, in keys and in layers' names
# on: solution
# harm: plain feedback shows the traceback as it came: the script runs in the browser of whoever reads it
# %% solution="model"
class RetinalCNN(nn.Module):
    def __init__(self, n_classes):
        super().__init__()
        raise ValueError("<script>alert(document.cookie)</script>\x1b[2J\x1b]0;owned\x07 =cmd|' /C calc'!A0")

# %% solution="report"
def report(y_true, p, threshold):
    return {"<img src=x onerror=alert(1)>\x1b[31m": 1.0}
