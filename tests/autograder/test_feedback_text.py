"""The judge's words in the summary table: shown as they are, names in backticks as code."""

from __future__ import annotations

import pytest
from nbconvert.filters import markdown2html

from autograder.gradebook.preprocessors import one_line


@pytest.mark.parametrize(
    ("message", "html"),
    [
        ("is paid in `gradcam.values`.", "is paid in <code>gradcam.values</code>."),
        ("`a_b*c_d*`", "<code>a_b*c_d*</code>"),
        ("a lone ` and two\nlines", "a lone ` and two lines"),
        ("`<img src=x>`", "<code>&lt;img src=x&gt;</code>"),
        ("y < 0 _and_ $x$ | [a](b)", "y &lt; 0 _and_ $x$ | [a](b)"),
    ],
)
def test_a_message_is_shown_as_it_is(message, html):
    page = markdown2html(f"<table><tr><td>{one_line(message)}</td></tr></table>")
    shown = page.split("<td>")[1].split("</td>")[0]
    for code, character in (("96", "`"), ("95", "_"), ("42", "*"), ("36", "$"), ("124", "|"),
                            ("91", "["), ("93", "]"), ("60", "&lt;"), ("62", "&gt;")):  # fmt: skip
        shown = shown.replace(f"&#{code};", character)
    assert shown == html
