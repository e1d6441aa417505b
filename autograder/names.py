"""Which names a piece of notebook code defines, and which it needs from elsewhere."""

from __future__ import annotations

import ast
import builtins
import symtable
from dataclasses import dataclass

BUILTINS = frozenset(dir(builtins)) | {"get_ipython", "display", "__name__", "__file__"}


@dataclass(frozen=True)
class Names:
    """Top-level names a cell binds, and global names it reads anywhere without binding them."""

    defined: frozenset[str]
    needed: frozenset[str]


NOTHING = Names(frozenset(), frozenset())


def names_of(source: str) -> Names:
    """Read the names of a cell; magics are understood, code that does not parse names nothing."""
    try:
        code = plain_python(source)
        table = symtable.symtable(code, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return NOTHING
    defined = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    return Names(frozenset(defined), frozenset(_read_globals(table) - defined - BUILTINS))


def plain_python(source: str) -> str:
    """The cell as Python: IPython's own reading of ``%magic`` and ``!command`` lines."""
    from IPython.core.inputtransformer2 import TransformerManager

    code = TransformerManager().transform_cell(source)
    ast.parse(code)
    return code


def _read_globals(table: symtable.SymbolTable) -> set[str]:
    top = table.get_type() == "module"
    read = {
        s.get_name() for s in table.get_symbols() if s.is_referenced() and (top or s.is_global())
    }
    for child in table.get_children():
        read |= _read_globals(child)
    return read
