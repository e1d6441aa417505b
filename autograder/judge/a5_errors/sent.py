"""Secret inputs as what crosses the wire: JSON and plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from glaucam.checks.a5_shortcut import Shortcut
from glaucam.checks.a5_situation import Situation

Sent = tuple[dict[str, Any], dict[str, np.ndarray]]


def situations_sent(situations: Sequence[Situation]) -> Sent:
    """The arguments of `error_table`, for each situation."""
    cases, arrays = [], {}
    for i, s in enumerate(situations):
        cases.append({"names": list(s.names), "threshold": s.threshold})
        parts = {"y": s.y_true, "p": s.p, "heat": s.heatmaps, "masks": s.masks}
        arrays.update({f"{i}/{name}": array for name, array in parts.items()})
    return {"cases": cases}, arrays


def tables_sent(tables: Sequence[pd.DataFrame]) -> Sent:
    """Error tables, for `group_summary`."""
    sent = [frame_sent(table, f"{i}/") for i, table in enumerate(tables)]
    return {"cases": [case for case, _ in sent]}, joined([arrays for _, arrays in sent])


def shortcuts_sent(shortcuts: Sequence[Shortcut]) -> Sent:
    """Error tables and attributes, for `find_shortcut`."""
    tables = [frame_sent(s.table, f"{i}/table/") for i, s in enumerate(shortcuts)]
    beside = [frame_sent(s.attributes, f"{i}/attributes/") for i, s in enumerate(shortcuts)]
    cases = [
        {"table": table, "attributes": attributes}
        for (table, _), (attributes, _) in zip(tables, beside, strict=True)
    ]
    return {"cases": cases}, joined([arrays for _, arrays in (*tables, *beside)])


def frame_sent(frame: pd.DataFrame, prefix: str) -> Sent:
    """A DataFrame: columns of words as JSON, columns of numbers as arrays."""
    words = {c: [str(v) for v in frame[c]] for c in frame if not is_number(frame[c])}
    arrays = {prefix + c: frame[c].to_numpy() for c in frame if c not in words}
    case = {
        "columns": [str(c) for c in frame],
        "words": words,
        "index": frame.index.tolist(),
        "index_name": frame.index.name,
    }
    return case, arrays


def is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)


def joined(parts: Sequence[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: array for part in parts for name, array in part.items()}
