"""Whatever is called an image is read the same way, or refused in one line."""

import contextlib
import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image

from glaucam.data import MAX_PIXELS, read_image, read_mask
from glaucam.errors import ImageError


@pytest.fixture
def pixels():
    smooth = np.add.outer(np.arange(40), np.arange(60))
    return np.stack([smooth * 2, smooth, 255 - smooth * 2], axis=2).astype(np.uint8)


def encoded(image, kind="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def refused(source, *words):
    with pytest.raises(ImageError) as caught:
        read_image(source)
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message
    return message


def test_every_kind_of_source_gives_the_same_pixels(tmp_path, pixels):
    image = Image.fromarray(pixels)
    path = tmp_path / "eye.PNG"
    path.write_bytes(encoded(image))
    sources = [path, str(path), path.read_bytes(), io.BytesIO(path.read_bytes()), image, pixels]
    for source in sources:
        np.testing.assert_array_equal(read_image(source), pixels)
    with path.open("rb") as file:
        np.testing.assert_array_equal(read_image(file), pixels)
        assert not file.closed


@pytest.mark.parametrize(
    ("kind", "options"), [("TIFF", {}), ("BMP", {}), ("JPEG", {"quality": 98})]
)
def test_formats(pixels, kind, options):
    read = read_image(encoded(Image.fromarray(pixels), kind, **options))
    assert np.abs(read.astype(int) - pixels).mean() < 3


def test_exif_turn_is_applied(pixels):
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned a quarter clockwise
    data = encoded(Image.fromarray(pixels), exif=exif)
    np.testing.assert_array_equal(read_image(data), np.rot90(pixels, -1))


def test_transparent_pixels_are_black(pixels):
    opacity = np.zeros((40, 60, 1), np.uint8)
    opacity[:20] = 255
    rgba = np.concatenate([pixels, opacity], axis=2)
    for source in (encoded(Image.fromarray(rgba)), rgba):
        read = read_image(source)
        np.testing.assert_array_equal(read[:20], pixels[:20])
        assert (read[20:] == 0).all()


def test_transparent_palette(pixels):
    palette = Image.fromarray(pixels).quantize(16)
    index = palette.getpixel((0, 0))
    read = read_image(encoded(palette, transparency=index))
    assert (read[np.asarray(palette) == index] == 0).all()


def test_grey_palette_and_one_bit(pixels):
    grey = Image.fromarray(pixels[..., 0])
    np.testing.assert_array_equal(read_image(encoded(grey)), np.repeat(pixels[..., :1], 3, axis=2))
    assert read_image(encoded(grey.convert("1"))).max() == 255
    palette = Image.fromarray(pixels).quantize(64)
    np.testing.assert_array_equal(read_image(encoded(palette)), np.asarray(palette.convert("RGB")))


def test_cmyk():
    red = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    read = read_image(encoded(red, "JPEG", quality=100))
    assert read[..., 0].min() > 200
    assert read[..., 1:].max() < 60


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bit_grey_is_scaled_not_clipped(kind):
    deep = np.array([[0, 257, 32896, 65535]], np.uint16)
    read = read_image(encoded(Image.fromarray(deep), kind))
    assert read[0, :, 0].tolist() == [0, 1, 128, 255]


def test_float_arrays_in_unit_range():
    read = read_image(np.array([[0.0, 0.5, 1.0]], np.float32))
    assert read[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize(
    ("array", "word"),
    [
        (np.full((4, 4, 3), np.nan), "NaN"),
        (np.full((4, 4), np.inf), "infinite"),
        (np.zeros((4, 4, 5)), "[4, 4, 5]"),
        (np.zeros(7), "[7]"),
        (np.zeros((0, 4, 3), np.uint8), "0"),
        (np.full((4, 4), 300.0), "300"),
        (np.full((4, 4), -1), "-1"),
        (np.full((4, 4), "a"), "uint8"),
    ],
)
def test_bad_arrays(array, word):
    refused(array, word)


def test_nan_in_a_float_tiff():
    refused(encoded(Image.fromarray(np.full((4, 4), np.nan, np.float32)), "TIFF"), "NaN")


def test_files_that_are_no_image(tmp_path):
    text = tmp_path / "notes.png"
    text.write_text("the patient's eye")
    refused(text, "notes.png", "not an image")
    empty = tmp_path / "empty.jpg"
    empty.touch()
    refused(empty, "not an image")
    refused(tmp_path / "absent.png", "no such file")
    refused(tmp_path, "folder")
    refused(b"", "not an image")
    refused(42, "int")
    refused(io.StringIO("text"), "binary")
    refused("a\0b.png", "cannot be opened")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_cut_short(kind):
    rng = np.random.default_rng(0)
    data = encoded(Image.fromarray(rng.integers(0, 255, (64, 64, 3), np.uint8)), kind)
    refused(data[: len(data) // 2])


def test_damaged_bytes_never_escape_as_another_error():
    rng = np.random.default_rng(0)
    whole = rng.integers(0, 255, (32, 32, 3), np.uint8)
    for kind in ("PNG", "JPEG", "TIFF"):
        data = encoded(Image.fromarray(whole), kind)
        for _ in range(60):
            broken = bytearray(data)
            for at in rng.integers(0, len(data), 6):
                broken[at] = rng.integers(256)
            with contextlib.suppress(ImageError):  # refused is right too, any other error is not
                assert read_image(bytes(broken)).dtype == np.uint8


def bomb(side):
    """A real PNG of side × side grey pixels that compresses to a few hundred kB."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packer, row = zlib.compressobj(9), bytes(side + 1)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"".join(
        [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), chunk(b"IDAT", body), chunk(b"IEND", b"")]
    )


def test_decompression_bomb_is_refused_before_it_is_decoded(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(20_000))
    tracemalloc.start()
    refused(path, "megapixels")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e6


def test_just_too_large_names_the_size():
    side = int(MAX_PIXELS**0.5) + 1
    assert f"{side}×{side}" in refused(bomb(side))


def test_mask_threshold_is_half_of_full_scale(tmp_path):
    path = tmp_path / "mask.png"
    Image.fromarray(np.array([[0, 127, 128, 255]], np.uint8)).save(path)
    assert read_mask(path).tolist() == [[False, False, True, True]]
    with pytest.raises(ImageError, match="4×1 px but its image is 5×2"):
        read_mask(path, size=(2, 5))
