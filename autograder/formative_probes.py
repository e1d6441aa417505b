"""Runs a notebook's own check cell in the jail. Sent there as text, after the assignment's probes.

What it gives back was made beside the student's code: words to show, which decide nothing.
"""

import ast
import importlib


def formative(namespace, args, arrays):
    """The fields of the Outcome that the check cell's last line evaluates to."""
    names = {**namespace, "checks": importlib.import_module(args["module"])}
    *before, last = ast.parse(args["source"]).body
    try:
        exec(compile(ast.Module(before, []), "<check>", "exec"), names)
        outcome = eval(compile(ast.Expression(last.value), "<check>", "eval"), names)
    except NameError as error:  # of the check cell itself: a check keeps what your code raises
        why = f"It needs `{error.name}` from another cell: run this check in the notebook."
        return {"status": "not checkable", "rationale": why}, {}
    fields = ("status", "title", "rationale", "help", "misconception")
    return {field: str(getattr(outcome, field) or "")[:1200] for field in fields}, {}
