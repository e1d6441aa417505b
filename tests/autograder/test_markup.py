"""Essays in a browser: tags are shown as text, everything else reads as it was written."""

from __future__ import annotations

import pytest
from nbconvert.filters.markdown import markdown2html

from autograder.markup import LONGEST_NAME, harmless, harmless_name


@pytest.mark.parametrize(
    "trick",
    [
        "<script>document.title = 'stolen'</script>",
        "<img src=x onerror=alert(1)>",
        "a\n\n<ScRiPt\n>alert(1)</ScRiPt>",
        "<svg/onload=alert(1)>",
        "<!-- --><iframe src=javascript:alert(1)>",
        "[read](javascript:alert(1))",
        "[read](java&#115;cript:alert(1))",
        "[read](<JavaScript\\\\:alert(1)>)",
        "[read][1]\\n\\n[1]: javascript:alert(1)",
        "![](data:text/html,alert(1))",
        "```html\n<script>alert(1)</script>\n```",
    ],
)
def test_no_tag_and_no_script_address_survives(trick: str) -> None:
    page = markdown2html(harmless(trick)).lower()
    for sign in ("<script", "<img", "<svg", "<iframe", '="javascript:', '="data:'):
        assert sign not in page, page


def test_other_text_stays() -> None:
    text = "If $a < b$ and **n > 3**, then:\n\n1. small discs\n2. 1<2"
    assert harmless(text) == text


@pytest.mark.parametrize(
    "name", ["ann", "O'Brien", "Müller, Zoë", "=dee", "50%", "李雷", "a.b@c.de"]
)
def test_usual_names_stay(name: str) -> None:
    assert harmless_name(name) == name


NAMES = [
    '";alert(1);//',
    "<img src=x onerror=alert(1)>",
    "a\nb",
    "\x1b[2J",
    "x\\",
    "\udcff",
    "a" * 250,
]


@pytest.mark.parametrize("name", [*NAMES, "é" * 120])
def test_a_hostile_name_ends_in_no_script_and_fits_a_file(name: str) -> None:
    safe = harmless_name(name)
    assert safe.isprintable()
    assert not set(safe) & set('<>"\\`')
    assert len(safe.encode()) <= LONGEST_NAME
    assert harmless_name(name + "!") != safe
