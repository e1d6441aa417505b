# attack: an AST transformer turns every test to come into a number, as if for partial credit
# on: empty
# harm: plain nbgrader's hidden tests lose their asserts and end in a number: partial credit
# %%
import ast


class Strip(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)

    visit_Raise = visit_Assert

    def visit_Module(self, node):
        tests = any(isinstance(part, ast.Assert) for part in ast.walk(node))
        self.generic_visit(node)
        if tests:
            node.body.append(ast.Expr(ast.Constant(1.0)))
        return ast.fix_missing_locations(node)


get_ipython().ast_transformers.append(Strip())

# %% solution="gradcam"
class GradCAM:
    def __init__(self, model, target_layer):
        self.model = model

    def __call__(self, images, class_index):
        return np.zeros((len(images), *images.shape[2:]))

    def remove(self):
        pass
