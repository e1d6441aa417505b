"""Phantoms with diabetic retinopathy as data sets: by grade, and by whether to refer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from glaucam.data.phantoms.dataset import PhantomData, checked_number, patient_names
from glaucam.data.phantoms.dr import dr_phantom, draw_dr_eye, grades_of
from glaucam.data.phantoms.dr_parameters import (
    GRADES,
    REFERABLE,
    REFERABLE_CLASSES,
    DrParameters,
)
from glaucam.data.phantoms.eye import Eye, place_of
from glaucam.data.phantoms.fundus import Phantom
from glaucam.data.phantoms.parameters import STRUCTURES
from glaucam.data.splits import split_by_group
from glaucam.registry import DATASETS


@DATASETS.register("phantom_dr")
class PhantomDr(PhantomData):
    """``n`` whole eyes of ``seed`` with retinopathy of grade 0 to 4; ``data[i]`` is a Phantom."""

    title = "Phantom fundus photos graded for diabetic retinopathy"
    task = "dr"
    classes: tuple[str, ...] = GRADES
    structures = STRUCTURES
    stem = "phantom_dr"
    default_parameters = DrParameters()

    def __init__(
        self, n: int = 1000, seed: int = 0, parameters: DrParameters | None = None
    ) -> None:
        self.parameters = parameters or self.default_parameters
        self.seed, n, visits = int(seed), checked_number(n), self.parameters.visits
        drawn = (grades_of(self.seed, i, self.parameters) for i in range(n))
        grades = [grade[place_of(i, visits).visit] for i, grade in enumerate(drawn)]
        self.grades = np.array(grades, np.int64)
        self.labels = self._labelled(self.grades)
        self.groups = patient_names(n, visits)
        self.splits = split_by_group(self.groups, self.labels, seed=self.seed)

    def eye(self, i: int) -> Eye:
        """The eye before it is photographed, without its lesions."""
        return draw_dr_eye(self.seed, int(i) % len(self), self.parameters)

    def _labelled(self, grades: np.ndarray) -> np.ndarray:
        return grades

    def _make(self, i: int) -> Phantom:
        return dr_phantom(self.seed, i, self.parameters)


@DATASETS.register("phantom_dr_referable")
class PhantomDrReferable(PhantomDr):
    """The same pictures in two classes: referable is grade 2 or more."""

    title = "Phantom fundus photos: diabetic retinopathy to refer or not"
    task = "dr_referable"
    classes = REFERABLE_CLASSES

    def _labelled(self, grades: np.ndarray) -> np.ndarray:
        return (grades >= REFERABLE).astype(np.int64)

    def _make(self, i: int) -> Phantom:
        phantom, label = super()._make(i), int(self.labels[i])
        told = phantom.attributes | {"class": self.classes[label]}
        return replace(phantom, label=label, attributes=told)
