"""Eye images with their truth: phantoms, class folders, splits, preprocessing. Knows no model."""

from glaucam.data.check import FolderReport, check_folder
from glaucam.data.dataset import SPLITS, EyeData
from glaucam.data.disc import DiscLocation, crop_around_disc, find_disc
from glaucam.data.export import export_phantoms
from glaucam.data.field import field_box, find_field
from glaucam.data.folders import ClassFolder
from glaucam.data.images import IMAGE_SUFFIXES, MAX_PIXELS, read_image, read_mask
from glaucam.data.phantoms import (
    FundusParameters,
    OctParameters,
    OctPhantom,
    Phantom,
    PhantomData,
    PhantomDisc,
    PhantomFundus,
    PhantomOct,
    fundus_phantom,
    oct_phantom,
)
from glaucam.data.preprocessing import Preprocessing
from glaucam.data.source import open_data
from glaucam.data.splits import split_by_group, tens_of_file_number

__all__ = [
    "IMAGE_SUFFIXES",
    "MAX_PIXELS",
    "SPLITS",
    "ClassFolder",
    "DiscLocation",
    "EyeData",
    "FolderReport",
    "FundusParameters",
    "OctParameters",
    "OctPhantom",
    "Phantom",
    "PhantomData",
    "PhantomDisc",
    "PhantomFundus",
    "PhantomOct",
    "Preprocessing",
    "check_folder",
    "crop_around_disc",
    "export_phantoms",
    "field_box",
    "find_disc",
    "find_field",
    "fundus_phantom",
    "oct_phantom",
    "open_data",
    "read_image",
    "read_mask",
    "split_by_group",
    "tens_of_file_number",
]
