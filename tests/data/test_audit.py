"""The audit finds what gives the classes away, whatever it is, and is silent where nothing does."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glaucam import cli
from glaucam.data import FundusParameters, PhantomFundus
from glaucam.data.attributes import ATTRIBUTES, attributes_of
from glaucam.data.audit import audit_folder
from glaucam.data.audit_report import as_page, write_report
from glaucam.errors import DataError, InputError

N = 60


@pytest.fixture(scope="module")
def eyes():
    """Phantom crops with their class, two of each patient."""
    data = PhantomFundus(N, 31, FundusParameters(size=96, view="crop"))
    return [(Image.fromarray(data.image(i)), data.classes[data.label(i)]) for i in range(N)]


def written(root, eyes, change=lambda image, is_glaucoma, i: image, **saved):
    """A class folder of eyes, each changed by its class; ``saved`` goes to Pillow by class."""
    patients = ["image,patient"]
    for i, (image, name) in enumerate(eyes):
        (root / name).mkdir(parents=True, exist_ok=True)
        file = f"{name}/eye_{i:03d}.{'jpg' if saved else 'png'}"
        options = saved.get(name, {})
        change(image.copy(), name == "glaucoma", i).save(root / file, **options)
        patients.append(f"{file},p{i // 2}")
    (root / "patients.csv").write_text("\n".join(patients) + "\n")
    return root


def trapped(root):
    return {trap.attribute for trap in audit_folder(root).traps if trap.is_trap}


def test_a_clean_folder_is_silent(eyes, tmp_path):
    audit = audit_folder(written(tmp_path, eyes))
    assert audit.warnings == []
    assert sum(audit.counts[""].values()) == N
    assert {trap.attribute for trap in audit.traps} <= ATTRIBUTES.keys()
    assert len(audit.traps) > 8


def resized(image, is_glaucoma, i):
    side = 110 if is_glaucoma else 96 + i % 4
    return image.resize((side, side))


def brightened(image, is_glaucoma, i):
    return image.point(lambda value: value * (1.3 if is_glaucoma else 0.7))


def marked(image, is_glaucoma, i):
    if is_glaucoma:
        image.paste((255, 255, 255), (88, 2, 93, 7))
    return image


def framed(image, is_glaucoma, i):
    if is_glaucoma:
        inner = image.resize((88, 88))
        image.paste((0, 0, 0), (0, 0, 96, 96))
        image.paste(inner, (4, 4))
    return image


def blurred(image, is_glaucoma, i):
    return image.resize((40, 40)).resize((96, 96)) if is_glaucoma else image


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (resized, {"width", "height"}),
        (brightened, {"brightness"}),
        (marked, {"corner_top_right"}),
        (framed, {"frame"}),
        (blurred, {"sharpness"}),
    ],
)
def test_planted_traps_are_found(eyes, tmp_path, change, found):
    assert found <= trapped(written(tmp_path, eyes, change))


def test_a_marker_in_one_corner_accuses_no_other(eyes, tmp_path):
    corners = {name for name in trapped(written(tmp_path, eyes, marked)) if "corner" in name}
    assert corners == {"corner_top_right"}


def test_jpeg_quality_is_found(eyes, tmp_path):
    by_class = {"glaucoma": {"quality": 92}, "normal": {"quality": 70}}
    assert "jpeg" in trapped(written(tmp_path, eyes, **by_class))


def test_compression_is_found_after_saving_anew(eyes, tmp_path):
    def squeezed(image, is_glaucoma, i):
        if is_glaucoma:
            image.save(tmp_path / "passing.jpg", quality=40)
            image = Image.open(tmp_path / "passing.jpg").convert("RGB")
        return image

    assert "blocks" in trapped(written(tmp_path / "data", eyes, squeezed))


def test_laterality_is_found(tmp_path):
    data = PhantomFundus(32, 32, FundusParameters(size=96, view="macula"))
    eyes = []
    for name, sides in (("normal", (0, 1)), ("glaucoma", (0, 0))):
        taken = [i for i in range(32) if i % 2 in sides][:14]
        eyes += [(Image.fromarray(data.image(i)), name) for i in taken]
    traps = {trap.attribute: trap for trap in audit_folder(written(tmp_path, eyes)).traps}
    assert traps["laterality"].auroc > 0.65


def test_duplicates_across_classes_and_splits_are_named(eyes, tmp_path):
    for i, (image, name) in enumerate(eyes[:12]):
        folder = tmp_path / ("train" if i < 8 else "test") / name
        folder.mkdir(parents=True, exist_ok=True)
        image.save(folder / f"{i}.png")
    first, name = eyes[0]
    other = "glaucoma" if name == "normal" else "normal"
    first.save(tmp_path / "train" / other / "wrong.png")
    first.resize((120, 120)).save(tmp_path / "test" / name / "again.png")
    audit = audit_folder(tmp_path)
    across = {(pair.exact, pair.across) for pair in audit.duplicates}
    assert (True, ("class",)) in across
    assert any("split" in where for _, where in across)
    assert any("different classes" in sentence for sentence in audit.warnings)
    assert any("different splits" in sentence for sentence in audit.warnings)


def test_what_cannot_be_read_is_listed_once(eyes, tmp_path):
    written(tmp_path, eyes[:4])
    (tmp_path / "normal" / "broken.png").write_bytes(b"no picture")
    audit = audit_folder(tmp_path)
    assert len(audit.unreadable) == 1
    assert audit.unreadable[0].startswith("normal/broken.png: ")
    assert audit.traps == []  # two or three of a class say nothing


def test_the_page_escapes_names_and_needs_no_other_file(eyes, tmp_path):
    root = written(tmp_path / "<b>eyes", eyes[:20], marked)
    eyes[0][0].save(root / "normal" / "a<script>&.png")
    eyes[0][0].save(root / "normal" / "b.png")
    page = as_page(audit_folder(root))
    assert "<script>" not in page
    assert "<b>eyes" not in page
    assert "a&lt;script&gt;&amp;.png" in page
    assert "data:image/jpeg;base64," in page


def test_the_page_shows_a_histogram_for_each_trap(eyes, tmp_path):
    audit = audit_folder(written(tmp_path, eyes, marked))
    page = as_page(audit)
    assert page.count("<svg") == sum(trap.is_trap for trap in audit.traps) >= 1
    assert "crop to the field and mask" in page


def test_the_report_is_written_or_one_line_says_why(eyes, tmp_path):
    audit = audit_folder(written(tmp_path / "data", eyes[:8]))
    assert write_report(audit, tmp_path / "out").is_file()
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="choose another --out folder"):
        write_report(audit, tmp_path / "file")


def test_folders_without_images_are_refused(tmp_path):
    (tmp_path / "normal").mkdir()
    with pytest.raises(DataError, match="no images in class folders"):
        audit_folder(tmp_path)


def test_the_command_prints_json_and_writes_the_page(eyes, tmp_path, capsys):
    root, out = written(tmp_path / "data", eyes, marked), tmp_path / "out"
    assert cli.main(["data", "audit", str(root), "--out", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert Path(said["report"]).is_file()
    assert any("top right corner" in sentence for sentence in said["warnings"])
    assert {"attribute", "klass", "auroc", "low", "high", "is_trap"} <= said["traps"][0].keys()


def test_attributes_of_flat_and_tiny_pictures_are_finite(tmp_path):
    for shape in ((1, 1), (3, 90), (40, 40)):
        path = tmp_path / "flat.png"
        Image.new("RGB", shape, (9, 9, 9)).save(path)
        values = [value for value in attributes_of(path).values() if value is not None]
        assert np.isfinite(values).all()


@pytest.mark.realdata
@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("GLAUCAM_REAL_DATA"), reason="GLAUCAM_REAL_DATA not set")
def test_acrimas_width_is_found():
    audit = audit_folder(Path(os.environ["GLAUCAM_REAL_DATA"]) / "acrima")
    width = next(trap for trap in audit.traps if trap.attribute == "width")
    assert width.is_trap
    assert width.auroc == pytest.approx(0.86, abs=0.02)
