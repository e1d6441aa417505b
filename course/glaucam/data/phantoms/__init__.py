"""Phantom eyes: synthetic photos whose truth is known by construction."""

from glaucam.data.phantoms.dataset import PhantomData, PhantomDisc, PhantomFundus
from glaucam.data.phantoms.eye import draw_eye
from glaucam.data.phantoms.fundus import Phantom, fundus_phantom
from glaucam.data.phantoms.oct import OctPhantom, oct_phantom
from glaucam.data.phantoms.oct_dataset import PhantomOct
from glaucam.data.phantoms.oct_parameters import LAYERS, OctParameters
from glaucam.data.phantoms.parameters import FundusParameters

__all__ = [
    "LAYERS",
    "FundusParameters",
    "OctParameters",
    "OctPhantom",
    "Phantom",
    "PhantomData",
    "PhantomDisc",
    "PhantomFundus",
    "PhantomOct",
    "draw_eye",
    "fundus_phantom",
    "oct_phantom",
]
