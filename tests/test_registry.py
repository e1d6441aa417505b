"""Registries: names in order, metadata on the class, errors that list what there is."""

from __future__ import annotations

import pytest

import glaucam
from glaucam.errors import InputError, UnknownName
from glaucam.registry import Registry


@pytest.fixture
def shelf() -> Registry:
    """A registry of its own, whose package holds nothing to load."""
    registry = Registry("spice", "glaucam.errors")
    registry.register("pepper")(type("Pepper", (), {}))
    registry.register("salt")(type("Salt", (), {}))
    return registry


def test_an_unknown_name_lists_the_known_and_the_nearest(shelf):
    with pytest.raises(UnknownName) as caught:
        shelf["peper"]
    assert (
        str(caught.value) == "unknown spice 'peper': did you mean 'pepper'? known are pepper, salt"
    )


@pytest.mark.parametrize("kind", [InputError, KeyError, LookupError, ValueError])
def test_an_unknown_name_is_the_error_that_callers_expect(shelf, kind):
    with pytest.raises(kind):
        shelf["cumin"]


def test_a_registry_is_a_mapping(shelf):
    assert list(shelf) == ["pepper", "salt"]
    assert len(shelf) == 2
    assert "salt" in shelf
    assert "cumin" not in shelf
    assert shelf.get("cumin") is None
    assert shelf["salt"].name == "salt"
    assert "pepper, salt" in repr(shelf)


def test_two_classes_cannot_share_a_name(shelf):
    with pytest.raises(ValueError, match="spice 'salt' is already registered"):
        shelf.register("salt")(type("OtherSalt", (), {}))


def test_a_cell_that_runs_again_replaces_its_own_class(shelf):
    again = type("Salt", (), {"grain": "coarse"})
    shelf.register("salt")(again)
    assert shelf["salt"] is again


def test_a_package_that_fails_to_import_fails_every_time():
    registry = Registry("ghost", "glaucam.nowhere")
    for _ in range(2):
        with pytest.raises(ModuleNotFoundError):
            list(registry)


@pytest.mark.parametrize("name", glaucam.MODELS)
def test_every_model_says_what_it_is(name):
    entry = glaucam.MODELS[name]
    assert entry.name == name
    assert entry.title
    assert entry.paper
    assert entry.input_size >= 32


@pytest.mark.parametrize("name", glaucam.METHODS)
def test_every_method_says_what_it_is(name):
    entry = glaucam.METHODS[name]
    assert entry.name == name
    assert entry.title
    assert entry.paper
    assert entry.cost
    assert isinstance(entry.needs_gradients, bool)


@pytest.mark.parametrize("wrong", ["gradcm", "resnet"])
def test_the_library_registries_name_the_nearest(wrong):
    registry = glaucam.METHODS if wrong == "gradcm" else glaucam.MODELS
    with pytest.raises(UnknownName, match=r"did you mean '(gradcam|resnet18)'"):
        registry[wrong]
