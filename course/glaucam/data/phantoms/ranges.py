"""How widely eyes and cameras vary: as the lessons need it, or as clinics send them."""

from __future__ import annotations

from dataclasses import dataclass

Range = tuple[float, float]
Pair = tuple[float, float]


@dataclass(frozen=True)
class Ranges:
    """A ``Range`` is drawn from evenly, a ``Pair`` is two numbers; what is called a spread is a
    standard deviation.

    Engineering choices, made by looking at photos beside phantoms; none has a source.
    """

    # vessels: where they come through the disc (disc diameters / 1.8), how they leave it
    nasal: Pair = (0.06, 0.3)  # shift without a cup, and what a deep cup adds
    entry: Pair = (0.07, 0.07)  # spreads across and up
    aside: Range = (0.03, 0.13)  # mm between artery or vein and the entry
    beside: float = 0.06  # mm, spread up
    apart: float = 0.0  # mm, spread between the halves of an artery that split below the surface
    emerge: float = 0.0  # mm over which a trunk comes out of the tissue
    heading: float = 14.0  # degrees, spread
    meander: float = 32.0  # degrees on the disc
    short: float = 0.0  # chance that a trunk splits at once
    on_disc: float = 0.0  # smaller branches of a trunk on the disc, on average
    bayonet: float = 0.0  # part of the bend that vessels make without a deep cup
    haze: float = 0.0  # most of the light that vessels take from what is beside them
    # the disc's colours, log reflectance
    halo: Range = (-0.08, 0.25)
    rim: Range = (0.5, 1.6)  # × the mean rim
    temporal: float = 0.22  # most of the temporal pallor
    turned: float = 0.0  # degrees, spread of where that is
    sector: Range = (55, 55)  # degrees, SD of how far it reaches
    nasal_pallor: Range = (0.0, 0.0)
    poles: float = 0.0  # most that a thick rim is redder above and below
    faintest: float = 0.1  # least contrast of a cup
    unseen: float = 0.0  # chance of a cup that hardly shows
    ring: float = 0.25
    whole_ring: float = 0.0  # chance that the scleral ring goes all round
    half: float = 0.0  # most by which the disc is paler temporal of the vessels' trunk
    # what disease does to colour; ``late`` is severity beyond 1
    cup_tells: float = 0.0  # pallor with the size of the cup, in every eye
    late_pallor: float = 0.6
    late_rim: float = 0.0  # pallor of the rim
    fibres: tuple[float, float, float, float] = (0.85, 0.12, 0.0, 0.22)  # −ill, −late, spread
    atrophy: Pair = (0.0, 1.0)  # of its chance and width: without disease, and what that adds
    around: Range = (30, 70)  # degrees, SD of how far atrophy reaches round the disc
    # the camera
    disc_exposed: Range | None = None  # green of the brightest 3 % that an operator puts up with
    defocus: float = 2.2  # most, in 1/256 of a crop's side
    cataract: float = 0.0  # chance that the eye's media scatter much of the light


LESSONS = Ranges()
CLINICS = Ranges(
    nasal=(0.12, 0.1), entry=(0.13, 0.1), aside=(0.03, 0.16), beside=0.08, apart=0.08,
    emerge=0.2, heading=20, meander=40, short=0.4, on_disc=0.8, bayonet=0.3, haze=0.35,
    halo=(-0.12, 0.35), rim=(0.1, 1.9), temporal=0.6, turned=12, sector=(30, 60),
    nasal_pallor=(-0.05, 0.2), poles=0.25, faintest=0.05, unseen=0.25, ring=0.3, whole_ring=0.3,
    half=0.6, cup_tells=1.3, late_pallor=0.7, late_rim=0.2, fibres=(0.85, 0.1, 0.2, 0.3),
    atrophy=(0.5, 0.3), around=(30, 160), disc_exposed=(0.7, 1.3), defocus=5.0, cataract=0.15,
)  # fmt: skip
