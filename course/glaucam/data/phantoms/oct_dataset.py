"""OCT phantoms as a data set: as many labelled B-scans as asked for, made when looked at."""

from __future__ import annotations

from typing import cast

import numpy as np

from glaucam.data.phantoms.dataset import PhantomData, checked_number
from glaucam.data.phantoms.oct import OctPhantom, oct_label_of, oct_phantom, patient_of
from glaucam.data.phantoms.oct_parameters import (
    OCT_CLASSES,
    OCT_STRUCTURES,
    OctParameters,
    OctVolumeParameters,
)
from glaucam.data.phantoms.oct_volume import draw_volume
from glaucam.data.splits import split_by_group
from glaucam.registry import DATASETS


@DATASETS.register("phantom_oct")
class PhantomOct(PhantomData):
    """``n`` B-scans of ``seed``; ``data[i]`` is an OctPhantom, the same in every process."""

    title = "Phantom OCT B-scans of the macula: normal, CNV, DME, drusen"
    task = "oct"
    classes = OCT_CLASSES
    structures = OCT_STRUCTURES
    stem = "phantom_oct"
    default_parameters = OctParameters()

    def __init__(
        self, n: int = 1000, seed: int = 0, parameters: OctParameters | None = None
    ) -> None:
        self.parameters = parameters or self.default_parameters
        self.seed, n = int(seed), checked_number(n)
        self.labels = np.array([oct_label_of(self.seed, i) for i in range(n)], np.int64)
        self.groups = np.array([f"p{patient_of(i):05d}" for i in range(n)])
        self.splits = split_by_group(self.groups, self.labels, seed=self.seed)

    def layers(self, i: int) -> np.ndarray:
        """uint8 [S,S]: the number in LAYERS of every pixel, 255 outside the scanned field."""
        return cast(OctPhantom, self[i]).layers

    def _make(self, i: int) -> OctPhantom:
        return oct_phantom(self.seed, i, self.parameters)


@DATASETS.register("phantom_oct_volume")
class PhantomOctVolume(PhantomOct):
    """The first ``n`` B-scans of the volumes of ``seed``, slice by slice, each labelled by what it
    shows; all slices of a patient's volumes are of one group, and so of one split.
    """

    title = "Phantom OCT volumes of the macula, as B-scans labelled by what they show"
    stem = "phantom_oct_volume"
    default_parameters: OctVolumeParameters = OctVolumeParameters()

    def __init__(
        self, n: int = 1900, seed: int = 0, parameters: OctVolumeParameters | None = None
    ) -> None:
        self.parameters = parameters or self.default_parameters
        self.seed, n = int(seed), checked_number(n)
        slices = self.parameters.slices
        volumes = range(-(-n // slices))
        shown = [draw_volume(self.seed, v, self.parameters).labels for v in volumes]
        self.labels = np.concatenate(shown)[:n]
        self.groups = np.repeat([f"p{patient_of(v):05d}" for v in volumes], slices)[:n]
        self.splits = split_by_group(self.groups, self.labels, seed=self.seed)

    def image_name(self, i: int) -> str:
        volume, row = divmod(int(i) % len(self), self.parameters.slices)
        return f"{self.stem}_{self.seed}_{volume:05d}_{row:03d}"

    def _make(self, i: int) -> OctPhantom:
        volume, row = divmod(i, self.parameters.slices)
        return draw_volume(self.seed, volume, self.parameters).scan(row)
