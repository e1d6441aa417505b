"""Phantom eyes: synthetic photos whose truth is known by construction."""

from glaucam.data.phantoms.dataset import PhantomData, PhantomDisc, PhantomFundus
from glaucam.data.phantoms.dr import dr_phantom, draw_dr_eye
from glaucam.data.phantoms.dr_dataset import PhantomDr, PhantomDrReferable
from glaucam.data.phantoms.dr_parameters import DrParameters
from glaucam.data.phantoms.eye import draw_eye
from glaucam.data.phantoms.fundus import Phantom, fundus_phantom
from glaucam.data.phantoms.oct import OctPhantom, oct_phantom
from glaucam.data.phantoms.oct_dataset import PhantomOct, PhantomOctVolume
from glaucam.data.phantoms.oct_parameters import LAYERS, OctParameters, OctVolumeParameters
from glaucam.data.phantoms.oct_volume import OctVolume, oct_volume
from glaucam.data.phantoms.parameters import FundusParameters

__all__ = [
    "LAYERS",
    "DrParameters",
    "FundusParameters",
    "OctParameters",
    "OctPhantom",
    "OctVolume",
    "OctVolumeParameters",
    "Phantom",
    "PhantomData",
    "PhantomDisc",
    "PhantomDr",
    "PhantomDrReferable",
    "PhantomFundus",
    "PhantomOct",
    "PhantomOctVolume",
    "dr_phantom",
    "draw_dr_eye",
    "draw_eye",
    "fundus_phantom",
    "oct_phantom",
    "oct_volume",
]
