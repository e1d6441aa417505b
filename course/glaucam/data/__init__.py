"""Eye images with their truth: phantoms, class folders, splits, preprocessing. Knows no model."""

from glaucam.data.check import FolderReport, check_folder
from glaucam.data.dataset import SPLITS, EyeData
from glaucam.data.disc import DiscLocation, crop_around_disc, find_disc
from glaucam.data.duplicates import DuplicatePair, near_duplicate_groups, near_duplicate_pairs
from glaucam.data.export import export_phantoms
from glaucam.data.field import field_box, find_field
from glaucam.data.field_circle import FieldCircle, fit_field_circle
from glaucam.data.folders import ClassFolder
from glaucam.data.gate import Gate, judge_image
from glaucam.data.images import IMAGE_SUFFIXES, MAX_PIXELS, read_image, read_mask
from glaucam.data.phantoms import (
    DrParameters,
    FundusParameters,
    OctParameters,
    OctPhantom,
    OctVolume,
    OctVolumeParameters,
    Phantom,
    PhantomData,
    PhantomDisc,
    PhantomDr,
    PhantomDrReferable,
    PhantomFundus,
    PhantomOct,
    PhantomOctVolume,
    dr_phantom,
    fundus_phantom,
    oct_phantom,
    oct_volume,
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
    "DrParameters",
    "DuplicatePair",
    "EyeData",
    "FieldCircle",
    "FolderReport",
    "FundusParameters",
    "Gate",
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
    "Preprocessing",
    "check_folder",
    "crop_around_disc",
    "dr_phantom",
    "export_phantoms",
    "field_box",
    "find_disc",
    "find_field",
    "fit_field_circle",
    "fundus_phantom",
    "judge_image",
    "near_duplicate_groups",
    "near_duplicate_pairs",
    "oct_phantom",
    "oct_volume",
    "open_data",
    "read_image",
    "read_mask",
    "split_by_group",
    "tens_of_file_number",
]
