"""DICOM in: objects made here with pydicom become the same images; names stay behind."""

import io
import json
import warnings

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

from glaucam import cli
from glaucam.data import open_data, read_image
from glaucam.data.dicom import BurnedInText, read_dicom
from glaucam.data.images import image_size
from glaucam.errors import ImageError

PHOTO = UID("1.2.840.10008.5.1.4.1.1.77.1.5.1")  # Ophthalmic Photography 8 Bit
TOMOGRAPHY = UID("1.2.840.10008.5.1.4.1.1.77.1.5.4")
SECRET = "Mustermann^Erika"


@pytest.fixture
def colour():
    """Smooth and coloured, [48,64,3]: JPEG hardly changes it."""
    y, x = np.mgrid[0:48, 0:64]
    return np.stack([120 + x, 60 + 2 * y, 40 + x // 2 + y // 2], axis=2).astype(np.uint8)


def dicom(path, pixels, kind, syntax=ExplicitVRLittleEndian, sop=PHOTO, frames=None, **tags):
    """Write an object; ``pixels`` an array, or frames that are encoded already."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = sop, UID("1.2.3.4")
    meta.TransferSyntaxUID = syntax
    data = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = sop, UID("1.2.3.4")
    data.PatientName, data.PatientID, data.PatientBirthDate = SECRET, "ID-4711", "19640812"
    data.Modality, data.PhotometricInterpretation = "OP", kind
    data.SamplesPerPixel = 1 if kind.startswith("MONO") or kind == "PALETTE COLOR" else 3
    if data.SamplesPerPixel == 3:
        data.PlanarConfiguration = 0
    encoded = isinstance(pixels, list)
    shape, depth = (tags.pop("shape"), 8) if encoded else (pixels.shape, pixels.itemsize * 8)
    if frames:
        data.NumberOfFrames = frames
        shape = shape[1:] if not encoded else shape
    data.Rows, data.Columns = shape[:2]
    data.BitsAllocated, data.BitsStored, data.HighBit = depth, depth, depth - 1
    data.PixelRepresentation = 0
    for name, value in tags.items():
        setattr(data, name, value)
    if encoded:
        data.PixelData = encapsulate(pixels)
        data["PixelData"].VR = "OB"
    else:
        data.PixelData = pixels.tobytes()
        data["PixelData"].VR = "OB" if depth == 8 else "OW"
    data.save_as(path, enforce_file_format=True)
    return path


def encoded(pixels, kind, **options):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


def test_colour_photo_is_the_same_image(tmp_path, colour):
    path = dicom(tmp_path / "a.dcm", colour, "RGB", PixelSpacing=[0.01, 0.02], ImageLaterality="L")
    np.testing.assert_array_equal(read_image(path), colour)
    np.testing.assert_array_equal(read_image(path.read_bytes()), colour)
    with path.open("rb") as file:
        np.testing.assert_array_equal(read_image(file), colour)
    assert image_size(path) == (48, 64)
    found = read_dicom(path)
    assert (found.spacing, found.laterality, found.modality) == ((0.01, 0.02), "L", "OP")
    assert found.frames.shape == (1, 48, 64, 3)
    assert not found.burned_in_text


def test_file_without_suffix_and_implicit_values(tmp_path, colour):
    path = dicom(tmp_path / "IM000001", colour, "RGB", ImplicitVRLittleEndian)
    np.testing.assert_array_equal(read_image(path), colour)


def test_grey_is_turned_where_low_means_bright(tmp_path, colour):
    grey = colour[..., 0]
    plain = read_image(dicom(tmp_path / "a.dcm", grey, "MONOCHROME2"))
    turned = read_image(dicom(tmp_path / "b.dcm", 255 - grey, "MONOCHROME1"))
    np.testing.assert_array_equal(plain, np.repeat(grey[..., None], 3, axis=2))
    np.testing.assert_array_equal(turned, plain)


def test_deep_grey_by_its_bits_and_by_its_window(tmp_path, colour):
    deep = colour[..., 0].astype(np.uint16) * 16  # 12 bits
    bits = {"BitsStored": 12, "HighBit": 11}
    by_bits = read_image(dicom(tmp_path / "a.dcm", deep, "MONOCHROME2", **bits))
    assert np.abs(by_bits[..., 0].astype(int) - colour[..., 0]).max() <= 1
    window = {"WindowCenter": 2048, "WindowWidth": 1024}
    windowed = read_image(dicom(tmp_path / "b.dcm", deep, "MONOCHROME2", **bits, **window))
    expected = np.clip((deep.astype(float) - (2048 - 512)) / 1024 * 255, 0, 255)
    assert np.abs(windowed[..., 0] - expected).max() <= 2


def test_luminance_and_colour_difference(tmp_path, colour):
    ybr = np.asarray(Image.fromarray(colour).convert("YCbCr"))
    found = read_image(dicom(tmp_path / "a.dcm", ybr, "YBR_FULL"))
    assert np.abs(found.astype(int) - colour).max() <= 3


@pytest.mark.parametrize(
    ("syntax", "kind", "encode", "off"),
    [
        (JPEGBaseline8Bit, "YBR_FULL_422", lambda p: encoded(p, "JPEG", quality=95), 12),
        (JPEG2000Lossless, "YBR_RCT", lambda p: encoded(p, "JPEG2000", irreversible=False), 0),
    ],
)
def test_compressed_photos(tmp_path, colour, syntax, kind, encode, off):
    path = dicom(tmp_path / "a.dcm", [encode(colour)], kind, syntax, shape=colour.shape)
    assert np.abs(read_image(path).astype(int) - colour).max() <= off


def test_run_lengths(tmp_path, colour):
    path = dicom(tmp_path / "a.dcm", colour, "RGB")
    data = pydicom.dcmread(path)
    data.compress(RLELossless)
    data.save_as(path)
    np.testing.assert_array_equal(read_image(path), colour)


def test_palette(tmp_path, colour):
    index = (colour[..., 0] % 4).astype(np.uint8)
    tables = {"Red": [0, 65535, 0, 0], "Green": [0, 0, 65535, 0], "Blue": [0, 0, 0, 65535]}
    tags = {}
    for name, values in tables.items():
        tags[f"{name}PaletteColorLookupTableDescriptor"] = [4, 0, 16]
        tags[f"{name}PaletteColorLookupTableData"] = np.array(values, "<u2").tobytes()
    found = read_image(dicom(tmp_path / "a.dcm", index, "PALETTE COLOR", **tags))
    assert {tuple(pixel) for pixel in found.reshape(-1, 3).tolist()} == {
        (0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255),
    }  # fmt: skip


def test_volume_gives_its_middle_scan_and_its_geometry(tmp_path, colour):
    volume = np.stack([np.full((48, 64), 20 * k, np.uint8) for k in range(7)])
    measures = Dataset()
    measures.PixelSpacing, measures.SpacingBetweenSlices = [0.004, 0.011], 0.25
    shared = Dataset()
    shared.PixelMeasuresSequence = Sequence([measures])
    path = dicom(
        tmp_path / "a.dcm", volume, "MONOCHROME2", sop=TOMOGRAPHY, frames=7, Modality="OPT",
        Laterality="R", SharedFunctionalGroupsSequence=Sequence([shared]),
    )  # fmt: skip
    assert (read_image(path) == 60).all()
    found = read_dicom(path)
    assert found.frames[:, 0, 0, 0].tolist() == [0, 20, 40, 60, 80, 100, 120]
    assert (found.spacing, found.slice_spacing) == ((0.004, 0.011), 0.25)
    assert (found.modality, found.laterality) == ("OPT", "R")


def test_name_and_number_stay_behind(tmp_path, colour):
    path = dicom(tmp_path / "eye.dcm", colour, "RGB")
    assert not {SECRET, "ID-4711", "19640812"} & set(map(str, vars(read_dicom(path)).values()))
    out = tmp_path / "out"
    assert cli.main(["explain", str(path), "--out", str(out)]) == 0
    for file in out.rglob("*"):
        content = file.read_bytes()
        assert not any(word in content for word in (b"Mustermann", b"4711", b"19640812"))
    json.loads(next(out.glob("*.json")).read_text())


def test_burned_in_text_is_warned_about(tmp_path, colour):
    path = dicom(tmp_path / "a.dcm", colour, "RGB", BurnedInAnnotation="YES")
    with pytest.warns(BurnedInText, match="BurnedInAnnotation YES.*crop it"):
        read_image(path)
    with pytest.warns(BurnedInText):
        assert read_dicom(path).burned_in_text
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_image(dicom(tmp_path / "b.dcm", colour, "RGB", BurnedInAnnotation="NO"))


def refused(path, *words):
    with pytest.raises(ImageError) as caught:
        read_image(path)
    message = str(caught.value)
    assert "\n" not in message
    assert path.name in message
    for word in words:
        assert word in message, message


def test_objects_that_cannot_be_read(tmp_path, colour):
    path = dicom(tmp_path / "ls.dcm", [b"\xff\xd8\xff\xf7"], "RGB", JPEGLSLossless, shape=(48, 64))
    refused(path, "JPEG-LS", "not decoded here", "convert it")
    path = dicom(tmp_path / "cut.dcm", colour, "RGB")
    path.write_bytes(path.read_bytes()[:-2000])
    refused(path, "cannot be decoded")
    path = dicom(tmp_path / "broken.dcm", colour, "RGB")
    path.write_bytes(path.read_bytes()[:140])
    refused(path, "broken.dcm")
    path = dicom(tmp_path / "report.dcm", colour, "RGB")
    data = pydicom.dcmread(path)
    del data.PixelData, data.Rows, data.Columns
    data.save_as(path)
    refused(path, "without an image", "expected a fundus photo")
    huge = dicom(tmp_path / "huge.dcm", colour, "RGB", Rows=60_000, Columns=60_000)
    refused(huge, "megapixels")


def test_class_folder_of_objects(tmp_path, colour):
    for i, name in enumerate(("normal", "glaucoma")):
        (tmp_path / name).mkdir()
        dicom(tmp_path / name / f"{name}.dcm", colour // (i + 1), "RGB")
    data = open_data(tmp_path)
    assert (len(data), data.image(0).shape) == (2, (48, 64, 3))
