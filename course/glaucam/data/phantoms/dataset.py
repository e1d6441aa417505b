"""Phantoms as a data set: as many labelled eyes as asked for, made when looked at."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from glaucam.data.dataset import EyeData
from glaucam.data.phantoms.eye import Eye, draw_eye, label_of, place_of
from glaucam.data.phantoms.fundus import Phantom, fundus_phantom
from glaucam.data.phantoms.parameters import CLASSES, STRUCTURES, FundusParameters
from glaucam.data.splits import split_by_group
from glaucam.errors import InputError
from glaucam.registry import DATASETS


class PhantomData(EyeData):
    """Phantoms by index, each made when first looked at; ``data[i]`` is a Phantom."""

    structures: tuple[str, ...] = ()
    stem = "phantom"
    seed: int
    default_parameters: Any  # a frozen dataclass
    parameters: Any  # of these phantoms, of the same class

    @classmethod
    def parameters_of(cls, asked: Mapping[str, Any]) -> Any:
        """The default parameters with those asked for; raises InputError on one there is not."""
        known = [field.name for field in fields(cls.default_parameters)]
        if strange := [name for name in asked if name not in known]:
            raise InputError(
                f"{cls.name} has no {strange[0]}; expected only {', '.join(known)}: leave it out"
            )
        return replace(cls.default_parameters, **asked)

    def __getitem__(self, i: int) -> Phantom:
        if not -len(self) <= i < len(self):
            raise IndexError(f"phantom {i} of {len(self)}")
        return self._phantom(int(i) % len(self))

    def image(self, i: int) -> np.ndarray:
        return self[i].image

    def masks(self, i: int) -> dict[str, np.ndarray]:
        return self[i].masks

    def image_name(self, i: int) -> str:
        return f"{self.stem}_{self.seed}_{int(i) % len(self):05d}"

    @cached_property
    def _phantom(self) -> Callable[[int], Phantom]:
        return lru_cache(maxsize=4)(self._make)  # image(i), masks(i), label(i) draw once

    def __getstate__(self) -> dict[str, object]:
        return {key: value for key, value in vars(self).items() if key != "_phantom"}

    @abstractmethod
    def _make(self, i: int) -> Phantom:
        """The phantom number ``i``, from 0 on."""


def checked_number(n: int) -> int:
    """``n``, if so many phantoms can be made; raises InputError."""
    if not (isinstance(n, int | np.integer) and n > 0):
        raise InputError(f"{n!r} phantoms; expected a whole number from 1 on")
    return int(n)


def patient_names(n: int, visits: int) -> np.ndarray:
    """str [n]: whose each picture is; both eyes and all visits of a patient are one's."""
    return np.array([f"p{place_of(i, visits).patient:05d}" for i in range(n)])


@DATASETS.register("phantom_fundus")
class PhantomFundus(PhantomData):
    """``n`` fundus phantoms of ``seed``; ``data[i]`` is a Phantom, the same in every process."""

    title = "Phantom fundus photos: whole eyes and disc crops"
    task = "glaucoma"
    classes = CLASSES
    structures = STRUCTURES
    default_parameters = FundusParameters()

    def __init__(
        self, n: int = 1000, seed: int = 0, parameters: FundusParameters | None = None
    ) -> None:
        self.parameters = parameters or self.default_parameters
        self.seed, n = int(seed), checked_number(n)
        drawn = [label_of(self.seed, i, self.parameters) for i in range(n)]
        self.labels = np.array(drawn, np.int64)
        self.groups = patient_names(n, self.parameters.visits)
        self.splits = split_by_group(self.groups, self.labels, seed=self.seed)

    def eye(self, i: int) -> Eye:
        """The eye before it is photographed: its truth without the cost of a picture."""
        return draw_eye(self.seed, int(i) % len(self), self.parameters)

    def _make(self, i: int) -> Phantom:
        return fundus_phantom(self.seed, i, self.parameters)


@DATASETS.register("phantom_disc")
class PhantomDisc(PhantomFundus):
    """The same eyes, cropped around the disc."""

    title = "Phantom fundus photos: disc crops"
    default_parameters = replace(PhantomFundus.default_parameters, view="crop")
