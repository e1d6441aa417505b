# attack: errors whose text is HTML, a spreadsheet formula, terminal escapes, surrogates, a megabyte long; the exception's __str__ raises too
# on: empty
# %% solution="target_layer"
class Points(Exception):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__


def find_target_layer(model):
    raise Points()


# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        raise AssertionError(
            '=HYPERLINK("http://evil.example","25")\r\n,25,25,passed\n'
            "</pre><script>document.title='25/25'</script><img src=x onerror=alert(1)>"
            "\x1b]0;25/25\x07\x1b[2J\u202e\ud800" + "A" * 1_000_000
        )

    def __call__(self, images, class_index):
        return None

    def remove(self):
        return None


# %% solution="overlay"
def overlay(image, heatmap, alpha):
    raise type("</td><td>passed", (BaseException,), {})("@SUM(1+1)*cmd|' /C calc'!A0")
