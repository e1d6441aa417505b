"""What the judge asks of a5's cells. Sent into the jail as text, after a5_columns.py.

Each probe takes the student's namespace, plain arguments and arrays, and gives back a JSON value
and arrays: evidence, no verdict. An exception in a later case than the first is given back beside
the answers to the others.
"""

import pandas as pd


def error_tables(namespace, args, arrays):
    """The table of each situation, as columns."""

    def answer(i, case):
        y, p, heatmaps, masks = (arrays[f"{i}/{k}"].copy() for k in ("y", "p", "heat", "masks"))
        function = namespace["error_table"]
        table = function(list(case["names"]), y, p, heatmaps, masks, case["threshold"])
        return columns_of(table, args["columns"])  # noqa: F821  (a5_columns.py stands above)

    return each(args["cases"], answer)


def summaries(namespace, args, arrays):
    """The summary of each error table, as columns."""

    def answer(i, case):
        table = frame_of(case, arrays, f"{i}/")
        return columns_of(namespace["group_summary"](table), args["columns"], "group")  # noqa: F821

    return each(args["cases"], answer)


def shortcuts(namespace, args, arrays):
    """The attribute named for each table, None, or the type of what came instead."""

    def answer(i, case):
        table = frame_of(case["table"], arrays, f"{i}/table/")
        attributes = frame_of(case["attributes"], arrays, f"{i}/attributes/")
        named = namespace["find_shortcut"](table, attributes)
        if named is None or isinstance(named, str):
            return {"answer": named and str.__str__(named)[:60]}, {}
        return {"other": type(named).__name__[:60]}, {}

    return each(args["cases"], answer)


def each(cases, answer):
    values, out = [], {}
    for i, case in enumerate(cases):
        try:
            value, numbers = answer(i, case)
        except Exception as error:
            if i == 0:
                raise
            value = {"error": {"name": type(error).__name__, "message": str(error)[:400]}}
            numbers = {}
        values.append(value)
        out.update({f"{i}/{name}": array for name, array in numbers.items()})
    return values, out


def frame_of(case, arrays, prefix):
    """A DataFrame from columns of words (in the case) and of numbers (among the arrays)."""
    columns = {
        name: case["words"][name] if name in case["words"] else arrays[prefix + name]
        for name in case["columns"]
    }
    return pd.DataFrame(columns, pd.Index(case["index"], name=case["index_name"]))


def signature(namespace, args, arrays):
    """Which of the asked names exist, so that a missing one is told as missing."""
    return [name for name in args["names"] if callable(namespace.get(name))], {}
