"""The page as a program sees it, on a server that really runs."""

import struct
import zlib

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from demo_app.eyes import example_eye
from glaucam.data import read_image


@pytest.fixture(scope="module")
def client(server):
    return Client(server.address, verbose=False)


def compare(client, path):
    panel, facts = client.predict(handle_file(str(path)), api_name="/compare")
    return read_image(panel), facts


def test_an_image_alone_gives_the_panel_and_the_numbers(client, phantom_file):
    panel, facts = compare(client, phantom_file)
    assert panel.shape[1] > 3 * panel.shape[0] / 2
    assert panel.std() > 20
    assert set(facts) >= {
        "probabilities", "class_asked", "target_layer", "raw_scales", "degenerate",
    }  # fmt: skip
    assert facts["class_asked"] == "glaucoma"
    assert facts["statement"].startswith("Not a diagnosis.")
    assert "phantom" in facts["statement"]


def test_every_action_has_a_name(client):
    api = client.view_api(return_format="dict", print_info=False)
    assert not api["unnamed_endpoints"]
    assert set(api["named_endpoints"]) == {
        "/compare", "/show", "/upload", "/example", "/clear", "/refresh", "/model",
        "/refresh_model", "/kind", "/errors", "/error_groups", "/show_report", "/check_notebook",
    }  # fmt: skip


def test_settings_reach_the_numbers(client, phantom_file):
    _, facts = client.predict(
        handle_file(str(phantom_file)),
        layer="features.block3.relu",
        asked="normal",
        api_name="/compare",
    )
    assert facts["target_layer"] == "features.block3.relu"
    assert facts["class_asked"] == "normal"


def _grey(eye):
    return Image.fromarray(eye).convert("L")


def _deep(eye):
    return Image.fromarray(np.asarray(_grey(eye)).astype(np.uint16) * 257)


def _see_through(eye):
    picture = Image.fromarray(eye).convert("RGBA")
    picture.putalpha(200)
    return picture


FORMS = {
    "grey.png": _grey,
    "cmyk.jpg": lambda eye: Image.fromarray(eye).convert("CMYK"),
    "deep.png": _deep,
    "alpha.png": _see_through,
    "EYE.TIF": Image.fromarray,
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_image_is_compared(client, tmp_path, name):
    FORMS[name](example_eye("glaucoma-whole").image).save(tmp_path / name)
    panel, _ = compare(client, tmp_path / name)
    assert panel.std() > 20


def test_a_photo_lying_on_its_side_is_turned_first(client, tmp_path, phantom_file):
    turned, exif = Image.open(phantom_file).transpose(Image.Transpose.ROTATE_90), Image.Exif()
    exif[0x0112] = 6
    turned.save(tmp_path / "turned.png", exif=exif)
    upright, lying = compare(client, phantom_file)[1], compare(client, tmp_path / "turned.png")[1]
    assert lying["probabilities"] == pytest.approx(upright["probabilities"], abs=1e-4)


def refused(client, value):
    with pytest.raises(AppError) as error:
        client.predict(value, api_name="/compare")
    message = str(error.value)
    assert "\n" not in message
    assert "Traceback" not in message
    return message


def test_text_called_png_is_refused(client, tmp_path):
    (tmp_path / "eye.png").write_text("not an eye")
    assert "expected a PNG, JPEG or TIFF" in refused(client, handle_file(str(tmp_path / "eye.png")))


def test_a_truncated_photo_is_refused(client, tmp_path, phantom_file):
    whole = phantom_file.read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    assert "damaged or cut short" in refused(client, handle_file(str(tmp_path / "half.png")))


def test_no_image_is_refused(client):
    assert "No eye chosen yet" in refused(client, None)


def test_an_address_in_place_of_a_file_is_not_fetched(client, server):
    payload = {
        "path": "https://example.org/eye.png",
        "url": "https://example.org/eye.png",
        "meta": {"_type": "gradio.FileData"},
    }
    assert "upload the image itself" in refused(client, payload)


def huge_png(path, side=20_000):
    """A true grey PNG of side × side px, a few hundred kB, written without holding its pixels."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packer, row = zlib.compressobj(1), b"\0" + bytes(range(250)) * (side // 250)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def test_a_huge_picture_is_refused_before_it_is_decoded(client, server, tmp_path, phantom_file):
    compare(client, phantom_file)
    before = server.peak_memory()
    huge_png(tmp_path / "huge.png")
    message = refused(client, handle_file(str(tmp_path / "huge.png")))
    assert "megapixels" in message
    assert server.peak_memory() - before < 100_000_000  # its pixels alone are 400 MB
    assert compare(client, phantom_file)[0].std() > 20


def test_a_scan_is_compared_by_the_oct_model(client, tmp_path):
    Image.fromarray(example_eye("oct-drusen").image).save(tmp_path / "scan.jpeg")
    panel, facts = client.predict(
        handle_file(str(tmp_path / "scan.jpeg")), model="Retinal CNN (embedded OCT)",
        contrast_for="DRUSEN", contrast_against="NORMAL", method="hirescam", api_name="/compare",
    )  # fmt: skip
    assert list(facts["probabilities"]) == ["NORMAL", "CNV", "DME", "DRUSEN"]
    assert facts["contrast_of"] == ["DRUSEN", "NORMAL"]
    assert facts["method"] == "hirescam"
    assert read_image(panel).std() > 20


@pytest.mark.parametrize("wrong", ["model", "method", "layer", "asked", "contrast_for", "colormap"])
def test_an_unknown_setting_is_refused_by_name(client, phantom_file, wrong):
    with pytest.raises(AppError, match="nowhere"):
        client.predict(handle_file(str(phantom_file)), **{wrong: "nowhere"}, api_name="/compare")
