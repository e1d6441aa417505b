"""Phantom eyes: synthetic photos whose truth is known by construction."""

from glaucam.data.phantoms.dataset import PhantomData, PhantomDisc, PhantomFundus
from glaucam.data.phantoms.fundus import Phantom, draw_eye, fundus_phantom
from glaucam.data.phantoms.oct import OctPhantom, oct_phantom
from glaucam.data.phantoms.oct_dataset import PhantomOct, PhantomOctVolume
from glaucam.data.phantoms.oct_parameters import LAYERS, OctParameters, OctVolumeParameters
from glaucam.data.phantoms.oct_volume import OctVolume, oct_volume
from glaucam.data.phantoms.parameters import FundusParameters

__all__ = [
    "LAYERS",
    "FundusParameters",
    "OctParameters",
    "OctPhantom",
    "OctVolume",
    "OctVolumeParameters",
    "Phantom",
    "PhantomData",
    "PhantomDisc",
    "PhantomFundus",
    "PhantomOct",
    "PhantomOctVolume",
    "draw_eye",
    "fundus_phantom",
    "oct_phantom",
    "oct_volume",
]
