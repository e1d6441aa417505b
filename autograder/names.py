"""Which names a piece of notebook code defines, and which it needs from elsewhere."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import threading
from dataclasses import dataclass

BUILTINS = frozenset(dir(builtins)) | {"get_ipython", "display", "__name__", "__file__"}


@dataclass(frozen=True)
class Names:
    """Top-level names a cell binds, and global names it reads anywhere without binding them."""

    defined: frozenset[str]
    needed: frozenset[str]


NOTHING = Names(frozenset(), frozenset())
LONGEST = 100_000  # characters of a cell that are read; it may still run
LONGEST_WITH_MAGICS, MOST_MAGICS = 20_000, 50  # IPython reads the whole cell again for each
ONE_AT_A_TIME = threading.Lock()
MAGIC = re.compile(r"^[^\S\n]*[%!]|\?[^\S\n]*$|=[^\S\n]*[%!]", re.MULTILINE)


def names_of(source: str) -> Names:
    """Read the names of a cell; magics are understood, code that does not parse names nothing.

    This runs in the judge on whatever was handed in: nothing here may raise, or take long.
    """
    try:
        table = symtable.symtable(plain_python(source), "<cell>", "exec")
        defined = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
        return Names(frozenset(defined), frozenset(_read_globals(table) - defined - BUILTINS))
    except (SyntaxError, ValueError, RuntimeError, MemoryError):  # RecursionError among them
        return NOTHING


def plain_python(source: str) -> str:
    """The cell as Python, with IPython's own reading of ``%magic`` and ``!command`` lines.

    ValueError where it is too long to be read in reasonable time.
    """
    from IPython.core.inputtransformer2 import TransformerManager

    if len(source) > LONGEST:
        raise ValueError(f"{len(source)} characters are more than {LONGEST}")
    try:
        tree_of(source)
        return source
    except SyntaxError:
        magics = len(MAGIC.findall(source))
        if magics > MOST_MAGICS or len(source) > LONGEST_WITH_MAGICS:
            raise
    code = TransformerManager().transform_cell(source)
    tree_of(code)
    return code


def tree_of(source: str) -> ast.Module:
    """The syntax tree of some Python; raises SyntaxError, ValueError, RecursionError, MemoryError.

    One at a time: Python 3.11 counts the depth of a tree for all threads together, so that of two
    at once, and recording reads beside judging, one may end in a SystemError.
    """
    with ONE_AT_A_TIME:
        return ast.parse(source)


def _read_globals(table: symtable.SymbolTable) -> set[str]:
    top = table.get_type() == "module"
    read = {
        s.get_name() for s in table.get_symbols() if s.is_referenced() and (top or s.is_global())
    }
    for child in table.get_children():
        read |= _read_globals(child)
    return read
