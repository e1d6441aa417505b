"""The syllabus names every notebook there is, and nothing that is not there."""

import re

from autograder.build import buildable_ids
from autograder.lessons import lesson_ids, lesson_notebook, lesson_path
from autograder.source import ROOT
from tests.notebooks import words

SYLLABUS = ROOT / "course" / "README.md"


def test_every_lesson_and_assignment_has_a_row():
    rows = [line for line in SYLLABUS.read_text().splitlines() if re.match(r"\| \d", line)]
    named = re.findall(r"\[`(\w+)`\]", "\n".join(rows))
    assert sorted(named) == sorted(buildable_ids())


def test_links_of_syllabus_and_lessons_lead_somewhere():
    pages = {SYLLABUS: SYLLABUS.read_text()}
    pages |= {lesson_path(name): words(lesson_notebook(name)) for name in lesson_ids()}
    for page, text in pages.items():
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            assert link.startswith("http") or (page.parent / link).exists(), f"{page.name}: {link}"
