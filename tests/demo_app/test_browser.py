"""The page as a visitor sees it, in headless Chromium."""

import io
import os
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from demo_app.compare import picture_names
from glaucam.data import read_image

pytestmark = pytest.mark.browser
NAMES = picture_names(("normal", "glaucoma"))


def upload(page, path):
    page.set_input_files("#photo input[type=file]", str(path))


def pictures(page):
    """The four pictures as the browser shows them, uint8 arrays, once all have loaded."""
    shown = []
    for name in NAMES:
        image = page.locator(f"#picture-{name} img")
        image.wait_for(timeout=90_000)
        page.wait_for_function(
            "i => i.complete && i.naturalWidth > 0", arg=image.element_handle(), timeout=90_000
        )
        response = page.request.get(image.get_attribute("src"))
        shown.append(read_image(response.body()))
    return shown


def assert_four_different(shown):
    assert [picture.shape for picture in shown] == [shown[0].shape] * 4
    for picture in shown:
        assert picture.std() > 5, "a blank picture"
    for one, other in combinations(shown, 2):
        visible = np.abs(one.astype(int) - other) >= 2
        assert visible.mean() > 0.01, "two pictures are the same"


def assert_no_sideways_scroll(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", [1280, 390])
def test_an_uploaded_phantom_is_compared(visit, phantom_file, width):
    page = visit(width, 844)
    assert_no_sideways_scroll(page)
    upload(page, phantom_file)
    assert_four_different(pictures(page))
    assert "The model says" in page.inner_text("#answer")
    assert "% glaucoma" in page.inner_text("#answer")
    assert "Not a diagnosis" in page.inner_text("#caveat")
    assert page.locator("#bar .ramp").is_visible()
    assert_no_sideways_scroll(page)
    for title in ("Settings", "The panel and its numbers"):
        page.get_by_role("button", name=title).click()
    page.locator("#picture-panel img").wait_for()
    assert_no_sideways_scroll(page)


def test_a_phone_is_shown_the_answer(visit, phantom_file):
    page = visit(390, 844)
    upload(page, phantom_file)
    pictures(page)
    page.wait_for_function(
        "document.getElementById('answer').getBoundingClientRect().top < 0.6 * innerHeight"
    )


def test_the_four_stand_in_a_row_on_a_desktop_and_in_order(visit, phantom_file):
    page = visit(1280)
    upload(page, phantom_file)
    pictures(page)
    boxes = [page.locator(f"#picture-{name} img").bounding_box() for name in NAMES]
    assert [box["x"] for box in boxes] == sorted({box["x"] for box in boxes})
    assert max(box["y"] for box in boxes) - min(box["y"] for box in boxes) < 2


def test_pictures_and_controls_have_names(visit, phantom_file):
    page = visit()
    upload(page, phantom_file)
    pictures(page)
    alts = [page.locator(f"#picture-{name} img").get_attribute("alt") for name in NAMES]
    assert len(set(alts)) == 4
    assert all(alts)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input:not([type=file]), a[href]")]
             .filter(e => e.offsetParent && !(e.innerText || e.ariaLabel || e.title
                          || e.closest("label") || e.querySelector("img")?.alt
                          || e.getAttribute("aria-labelledby")))
             .map(e => e.outerHTML)"""
    )
    assert nameless == []


def test_nothing_but_this_machine_is_asked(visit, phantom_file, server):
    page = visit()
    upload(page, phantom_file)
    pictures(page)
    own = (server.address, "data:", "blob:")
    assert [address for address in page.asked if not address.startswith(own)] == []
    assert len(page.asked) > 5


def test_an_example_is_compared_by_keyboard_alone(visit):
    page = visit()
    for _ in range(40):
        page.keyboard.press("Tab")
        focus = page.evaluate("document.activeElement.getAttribute('value')")
        if focus == "glaucoma-crop":
            break
    assert focus == "glaucoma-crop"
    page.keyboard.press("Space")
    assert_four_different(pictures(page))
    assert "disc" in page.locator("#answer .verdict").inner_text()
    assert page.evaluate("document.getElementById('answer').getAttribute('aria-live')") == "polite"


def test_a_bad_file_is_refused_and_the_page_goes_on(visit, tmp_path, phantom_file):
    page = visit()
    upload(page, phantom_file)
    pictures(page)
    (tmp_path / "eye.png").write_text("not an eye")
    page.get_by_label("Clear").or_(page.get_by_label("Remove")).first.click()
    page.locator("#photo input[type=file]").wait_for(state="attached")
    upload(page, tmp_path / "eye.png")
    page.locator("#answer .refused").wait_for()
    assert "expected a PNG, JPEG or TIFF" in page.inner_text("#answer")
    assert "Traceback" not in page.inner_text("body")
    assert page.locator("#pictures img").count() == 0
    page.locator('#examples input[value="normal-crop"]').check(force=True)
    assert_four_different(pictures(page))


def test_compare_without_an_eye_says_what_to_do(visit):
    page = visit()
    page.get_by_role("button", name="Compare", exact=True).click()
    page.locator("#answer .refused").wait_for()
    assert "pick an example" in page.inner_text("#answer")


def test_an_upload_that_is_too_large_is_refused(visit, tmp_path):
    page = visit()
    with (tmp_path / "large.png").open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    upload(page, tmp_path / "large.png")
    page.get_by_text("exceed the maximum allowed size").first.wait_for()


def test_the_colours_follow_the_menu(visit):
    page = visit()
    page.locator('#examples input[value="glaucoma-crop"]').check(force=True)
    before = pictures(page)
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Colours").click()
    page.get_by_role("option", name="magma").click()
    page.locator('#bar [aria-label="Colour bar, magma"]').wait_for()
    after = pictures(page)
    assert np.array_equal(before[0], after[0])
    assert not np.array_equal(before[2], after[2])


def test_the_panel_can_be_downloaded(visit, phantom_file):
    page = visit()
    upload(page, phantom_file)
    pictures(page)
    with page.expect_download() as download:
        page.locator("#download").click()
    assert download.value.suggested_filename == "glaucam_panel.png"
    panel = read_image(Path(download.value.path()).read_bytes())
    assert panel.shape[1] > 1200
    assert panel.std() > 20


def test_the_dark_page_is_dark(visit):
    page = visit(color_scheme="dark")
    corner = read_image(io.BytesIO(page.screenshot(clip={"x": 2, "y": 2, "width": 9, "height": 9})))
    assert corner.max() < 60


@pytest.mark.realdata
@pytest.mark.parametrize("folder", ["drishti_gs1_train/glaucoma", "acrima/normal"])
def test_a_real_photo_is_compared(visit, folder):
    root = os.environ.get("GLAUCAM_REAL_DATA")
    if not root:
        pytest.skip("GLAUCAM_REAL_DATA is not set")
    page = visit()
    upload(page, sorted((Path(root) / folder).iterdir())[0])
    assert_four_different(pictures(page))


@pytest.mark.jail
@pytest.mark.parametrize("width", [390])
def test_a_notebook_gets_its_practice_checks(visit, tmp_path, width):
    from autograder.formative import student_notebooks

    page = visit(width, 844, color_scheme="dark")
    page.get_by_role("tab", name="Assignments").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="a3_gradcam").click()
    mine = tmp_path / "mine.ipynb"
    mine.write_bytes(Path(download.value.path()).read_bytes())
    assert mine.read_bytes() == student_notebooks()["a3_gradcam"].read_bytes()
    page.locator("#choice input[value=a3_gradcam]").check()
    page.set_input_files("#notebook input[type=file]", str(mine))
    page.get_by_text("waits for its turn").wait_for()
    page.locator("#found .receipt").wait_for(timeout=120_000)
    assert "0 of 13 checks passed" in page.inner_text("#found")
    assert page.locator("#found li").count() == 13
    assert_no_sideways_scroll(page)
    (tmp_path / "broken.ipynb").write_text("no notebook")
    page.set_input_files("#notebook input[type=file]", str(tmp_path / "broken.ipynb"))
    page.locator("#found .refused").wait_for(timeout=60_000)
    assert "not checked: broken.ipynb is not a notebook" in page.inner_text("#found")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_scan_gets_a_map_for_each_class(visit, width):
    page = visit(width, 844, color_scheme="dark")
    page.locator("#kind input[value=oct]").focus()
    page.keyboard.press("Space")
    example = page.locator('#examples input[value="oct-dme"]')
    example.wait_for(state="attached")
    example.focus()
    page.keyboard.press("Space")
    names = ("original", "NORMAL", "CNV", "DME", "DRUSEN", "contrast")
    for name in names:
        page.locator(f"#picture-{name} img").wait_for(timeout=90_000)
    assert page.locator("#pictures img").count() == len(names)
    assert "lesion" in page.locator("#answer .verdict").inner_text()
    assert_no_sideways_scroll(page)
    page.locator("#kind input[value=fundus]").check(force=True)  # nothing of the scan stays
    page.locator('#examples input[value="normal-crop"]').wait_for(state="attached")
    assert page.locator("#pictures img").count() == 0
    page.locator('#examples input[value="normal-crop"]').check(force=True)
    assert_four_different(pictures(page))


@pytest.mark.parametrize("width", [1280, 390])
def test_errors_are_shown_by_group_beside_their_rows(visit, width):
    page = visit(width, 844)
    page.get_by_role("tab", name="Errors").click()
    figures = page.locator("#errors-pictures figure")
    figures.first.wait_for(timeout=60_000)
    assert figures.count() == page.locator("#errors-pictures .wrong").count() > 0
    first = page.locator("#errors-pictures figcaption b").first.inner_text()
    assert first in page.inner_text("#errors-table")
    assert "Not a diagnosis" in page.inner_text("#errors-caveat")
    assert_no_sideways_scroll(page)
    page.locator("#errors-group input[value=correct_glaucoma]").check(force=True)
    page.get_by_text("Correct glaucoma:").wait_for(timeout=90_000)
    assert page.locator("#errors-pictures .wrong").count() == 0
