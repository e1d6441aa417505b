"""Refused and failed actions: words in place of pictures, never a traceback."""

import pytest

from demo_app.actions import Actions
from demo_app.words import EMPTY, FAILED
from glaucam.errors import ImageError

SETTINGS = {"model": "any", "colormap": "viridis"}


def raising(error):
    actions = Actions({})

    def run(*_, **__):
        raise error

    actions.run = run
    return actions


def test_a_refusal_says_why_and_empties_the_pictures():
    words, shown, *values = raising(ImageError("no eye in it")).show("photo", None, **SETTINGS)
    assert "No eye in it" in words
    assert shown.visible is False
    assert set(values) <= {None, ""}


def test_a_failure_is_logged_and_told_without_its_traceback(caplog):
    words, *_ = raising(RuntimeError("inner workings")).show("photo", None, **SETTINGS)
    assert words == FAILED
    assert "inner workings" in caplog.text


@pytest.mark.parametrize("action", ["upload", "pick"])
def test_one_eye_at_a_time(action):
    assert getattr(raising(ImageError("x")), action)("chosen", **SETTINGS)[0] is None


def test_taking_the_photo_away_empties_the_page():
    assert Actions({}).clear()[0] == EMPTY
