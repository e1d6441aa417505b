"""Phantom eyes: synthetic photos whose truth is known by construction."""

from glaucam.data.phantoms.dataset import PhantomDisc, PhantomFundus
from glaucam.data.phantoms.fundus import Phantom, draw_eye, fundus_phantom
from glaucam.data.phantoms.parameters import FundusParameters

__all__ = [
    "FundusParameters",
    "Phantom",
    "PhantomDisc",
    "PhantomFundus",
    "draw_eye",
    "fundus_phantom",
]
