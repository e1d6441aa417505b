"""One small Registry for models, methods, metrics and data sets."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from glaucam.errors import UnknownName

Entry = TypeVar("Entry", bound=type)
Family = TypeVar("Family", bound=Callable[[str], Any])


class Registry(Mapping[str, Any]):
    """Names → registered classes, in order of registration.

    Entries live in ``package``, which is imported at the first look-up, so that holding a registry
    costs nothing. What menus, docs and tests say about an entry is an attribute of its class.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self._package = package
        self._entries: dict[str, Any] = {}
        self._families: dict[str, Callable[[str], Any]] = {}
        self._listed: list[tuple[Callable[[], Iterable[str]], Callable[[str], Any]]] = []
        self._loaded = False

    def register(self, name: str) -> Callable[[Entry], Entry]:
        """Class decorator that files the class under ``name`` and tells the class its name."""

        def file(entry: Entry) -> Entry:
            if name in self._entries and not _same_source(self._entries[name], entry):
                raise ValueError(f"{self.kind} {name!r} is already registered")
            entry.name = name  # type: ignore[attr-defined]
            self._entries[name] = entry
            return entry

        return file

    def register_family(self, prefix: str) -> Callable[[Family], Family]:
        """Decorator for a function that makes the entry of any name with ``prefix``.

        It is given the whole name, and raises UnknownName for one it does not know. Such names can
        be asked for, and are not listed when iterating: another library may bring a thousand.
        """

        def file(make: Family) -> Family:
            self._families[prefix] = make
            return make

        return file

    def register_files(self, names: Callable[[], Iterable[str]]) -> Callable[[Family], Family]:
        """Decorator for a function that makes the entry of a name that ``names()`` gives.

        For entries that are files in a folder: they are listed, and read when asked for.
        """

        def file(make: Family) -> Family:
            self._listed.append((names, make))
            return make

        return file

    def _load(self) -> dict[str, Any]:
        if not self._loaded:
            importlib.import_module(self._package)
            self._loaded = True
        return self._entries

    def __getitem__(self, name: str) -> Any:
        entries = self._load()
        if name in entries:
            return entries[name]
        for prefix, make in self._families.items():
            if isinstance(name, str) and name.startswith(prefix):
                return make(name)
        for names, make in self._listed:
            if name in names():
                return make(name)
        raise UnknownName(unknown(self.kind, name, list(self), most=40))

    def __contains__(self, name: object) -> bool:
        self._load()
        if any(name in set(names()) for names, _ in self._listed):
            return True
        try:
            self[name]  # type: ignore[index]
        except UnknownName:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        entries = self._load()
        return iter(
            dict.fromkeys([*entries, *(name for names, _ in self._listed for name in names())])
        )

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __repr__(self) -> str:
        return f"<{self.kind} registry: {', '.join(self)}>"


def _same_source(old: type, new: type) -> bool:
    """A notebook cell that is run again brings the same class again: that is no conflict."""
    return (old.__module__, old.__qualname__) == (new.__module__, new.__qualname__)


def unknown(kind: str, name: object, known: Mapping[str, Any] | list[str], most: int = 24) -> str:
    """One line for a name that is not there: the nearest known name first, then those there are."""
    names = list(known)
    near = difflib.get_close_matches(str(name), names, n=1)
    hint = f" did you mean {near[0]!r}?" if near else ""
    listed = ", ".join(names[:most]) + (", …" if len(names) > most else "")
    return f"unknown {kind} {name!r}:{hint} known are {listed or 'none'}"


MODELS = Registry("model", "glaucam.models")
METHODS = Registry("method", "glaucam.methods")
METRICS = Registry("metric", "glaucam.metrics")
DATASETS = Registry("data set", "glaucam.data")
