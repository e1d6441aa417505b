"""What a card says of a data set, as objects; ``card_schema`` makes them from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

UNVERIFIED = "unverified"  # what a field says that was not read in a named source
TOLD = ("licence", "terms", "citation", "images", "reference_standard", "population")


@dataclass(frozen=True)
class Part:
    """Some images of a set: a glob, the split they belong to, and the table that labels them."""

    images: str
    split: str = ""
    table: str = ""
    image: str = ""  # the column that names the image: its path, its name, or its stem
    label: str = ""  # the column whose text is the class's
    delimiter: str = ","
    columns: tuple[str, ...] = ()  # of a table without a header


@dataclass(frozen=True)
class Layout:
    """``rule``: the class is in the folder's name, the file's name, or a table.

    ``values``: the text found there → class; ``leave_out``: texts of images that are not used.
    ``pattern``: for ``name``, a regex on the file's name whose first group is the text.
    ``partial``: the table may name images that are not there. ``flag``: of MedMNIST.
    """

    rule: str
    parts: tuple[Part, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    leave_out: tuple[str, ...] = ()
    pattern: str = ""
    partial: bool = False
    flag: str = ""
    size: int = 28
    why: str = ""  # for ``none``: what keeps this kit from reading the files


@dataclass(frozen=True)
class Patients:
    """``name``: the first group of ``pattern`` on the file's name; ``table``: a column of the
    layout's table; ``tens``: neighbouring file numbers are one; ``unknown``: nothing tells."""

    rule: str = "unknown"
    pattern: str = ""
    column: str = ""


@dataclass(frozen=True)
class MaskRule:
    """``file`` relative to the root, with {stem} and {folder} of the image; ``inside``: the grey
    levels, both included, that mean inside."""

    file: str
    inside: tuple[int, int] = (128, 255)


@dataclass(frozen=True)
class Card:
    """One data set. The texts in TOLD were read where ``read_in`` says, or say "unverified"."""

    path: Path
    name: str
    title: str
    task: str
    modality: str
    classes: tuple[str, ...]
    source: str
    licence: str
    terms: str
    citation: str
    images: str
    reference_standard: str
    population: str
    traps: tuple[str, ...]
    steps: tuple[str, ...]  # how a person gets it
    layout: Layout
    patients: Patients
    masks: Mapping[str, MaskRule] = field(default_factory=dict)
    files: tuple[Mapping[str, Any], ...] = ()  # what `data fetch` may download
    read_in: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_readable(self) -> bool:
        """Whether this kit reads the files, or the card only says what there is."""
        return self.layout.rule != "none"
