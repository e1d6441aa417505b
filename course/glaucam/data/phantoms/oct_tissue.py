"""What stands on Bruch's membrane, healthy or not, before it is seen by a scanner."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from glaucam.data.phantoms.oct_retina import ROW, Macula

_TOP_DOWN = ("rnfl", "gcl", "ipl", "inl", "opl", "onl", "photoreceptors")


@dataclass(frozen=True)
class Cyst:
    """An ellipse of fluid: centre ``x`` mm, ``depth`` in layers from the surface (4.5: mid OPL)."""

    x: float
    depth: float
    width: float  # mm, half axis
    height: float  # µm, half axis

    @property
    def layer(self) -> str:
        """The layer that makes room for it."""
        return "inl" if self.depth < 5 else "onl"


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
