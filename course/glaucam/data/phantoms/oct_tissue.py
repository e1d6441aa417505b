"""What stands on Bruch's membrane, healthy or not, before it is seen by a scanner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from glaucam.data.phantoms.oct_retina import ROW, Macula

_LEAST_CYST = 6.0  # µm, half axis
_TOP_DOWN = ("rnfl", "gcl", "ipl", "inl", "opl", "onl", "photoreceptors")


@dataclass(frozen=True)
class Cyst:
    """An ellipsoid of fluid: centre ``x``, ``y`` mm, ``depth`` in layers from the surface (4.5: mid
    OPL), as wide across the slices as along them.
    """

    x: float
    depth: float
    width: float  # mm, half axis
    height: float  # µm, half axis
    y: float = 0.0

    @property
    def layer(self) -> str:
        """The layer that makes room for it."""
        return "inl" if self.depth < 5 else "onl"

    def cut(self, y: float) -> Cyst | None:
        """The ellipse that a slice at ``y`` mm shows of it; None where that is too low to see."""
        part = max(1 - ((y - self.y) / self.width) ** 2, 0.0) ** 0.5
        if part * self.height < _LEAST_CYST:
            return None
        return replace(self, y=y, width=part * self.width, height=part * self.height)


@dataclass(frozen=True)
class Dome:
    """Round at its foot: centre ``x``, ``y`` and ``radius`` mm, ``height`` µm; steeper with less
    ``power``.
    """

    x: float
    radius: float
    height: float
    power: float
    y: float = 0.0

    def over(self, x: np.ndarray, y: float) -> np.ndarray:
        """Its height µm [S] in the columns ``x`` mm of a slice at ``y`` mm."""
        away = np.clip(np.hypot(x - self.x, y - self.y) / self.radius, 0, 1)
        return self.height * (1 - away**2) ** self.power


@dataclass(frozen=True)
class Tissue:
    """A macula with what disease adds; every array has one value per column, [S].

    ``subretinal`` and ``sub_rpe`` are heights in µm of the spaces above and below the pigment
    epithelium (RPE); ``material`` is how far the subretinal space is filled with solid matter
    instead of fluid, ``damage`` how far the photoreceptor bands are lost, ``gaps`` the RPE;
    ``deposit`` the grey level of what lies under it.
    """

    macula: Macula
    thickness: np.ndarray  # µm [8,S] of TISSUES
    subretinal: np.ndarray
    sub_rpe: np.ndarray
    material: np.ndarray
    damage: np.ndarray
    gaps: np.ndarray
    deposit: float = 0.42
    cysts: tuple[Cyst, ...] = ()

    @cached_property
    def boundaries(self) -> np.ndarray:
        """µm [12,S]: where each of LAYERS after the vitreous begins, from the surface down."""
        inner = [self.thickness[ROW[name]] for name in _TOP_DOWN]
        heights = [*inner, self.subretinal, self.thickness[ROW["rpe"]], self.sub_rpe]
        above = np.cumsum(heights[::-1], axis=0)[::-1]  # of each layer's top over Bruch's membrane
        bruch = self.macula.bruch
        return np.concatenate([bruch - above, [bruch, bruch + self.macula.choroid]])

    @property
    def raised(self) -> np.ndarray:
        """µm [S]: all that lies under the neural retina besides the pigment epithelium."""
        return self.sub_rpe + self.subretinal

    @property
    def total(self) -> np.ndarray:
        """µm [S] from the surface down to Bruch's membrane."""
        return self.macula.bruch - self.boundaries[0]

    def layers_at(self, depth: np.ndarray) -> np.ndarray:
        """The number in LAYERS of every pixel, uint8 [H,S], for its centre's depth in µm [H]."""
        labels = np.zeros((len(depth), self.boundaries.shape[1]), np.uint8)
        for boundary in self.boundaries:
            labels += depth[:, None] >= boundary
        return labels

    def thinned(self, step: int) -> Tissue:
        """Every ``step``-th column alone."""
        narrow = {
            name: getattr(self, name)[..., ::step]
            for name in ("thickness", "subretinal", "sub_rpe", "material", "damage", "gaps")
        }
        return replace(self, macula=self.macula.thinned(step), **narrow)


def healthy(macula: Macula) -> Tissue:
    """That macula as it is: nothing added."""
    nothing = np.zeros(len(macula.x))
    return Tissue(macula, macula.thickness, nothing, nothing, nothing, nothing, nothing)


def lifted(thickness: np.ndarray, height: np.ndarray, yielding: float, smooth: int) -> np.ndarray:
    """Layers µm [8,S] over something of ``height`` µm [S]: the surface rises less, and smoothly.

    The outer nuclear layer takes up ``yielding`` of the height and its roughness over ``smooth``
    columns; where it is spent, the plexiform and the inner nuclear layer above it give way.
    """
    thickness = thickness.copy()
    excess = height - (1 - yielding) * smoothed(height, smooth)
    for name, least in (("onl", 14.0), ("opl", 12.0), ("inl", 9.0)):
        layer = thickness[ROW[name]]
        given = np.minimum(excess, np.maximum(layer - least, 0))
        thickness[ROW[name]] = layer - given
        excess = excess - given
    return thickness


def smoothed(height: np.ndarray, columns: int) -> np.ndarray:
    """[S], averaged over a bell of so many columns to either side."""
    bell = np.hanning(2 * columns + 3)[1:-1]
    return np.convolve(np.pad(height, columns, mode="edge"), bell / bell.sum(), mode="valid")


def highest(domes: Iterable[Dome], macula: Macula) -> np.ndarray:
    """µm [S]: of all ``domes`` the highest in each column, 0 where none is."""
    height = np.zeros(len(macula.x))
    for dome in domes:
        height = np.maximum(height, dome.over(macula.x, macula.y))
    return height
