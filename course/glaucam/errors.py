"""The one exception tree: what came, what was expected, what to do next."""

from __future__ import annotations


class GlaucamError(Exception):
    """Anything this kit raises on purpose."""


class InputError(GlaucamError, ValueError):
    """The user's input is wrong. The message is one line; commands exit with 2."""


class UnknownName(InputError, KeyError):
    """A name that no registry, model or folder holds. The message lists those it does."""

    __str__ = Exception.__str__  # a KeyError would show the line in quotes


class ImageError(InputError):
    """A file or array that cannot be read as an image."""


class DataError(InputError):
    """A folder, table or card that breaks its contract."""


class CheckpointError(InputError):
    """A checkpoint that is truncated, foreign, or of another version."""


class ModelError(InputError):
    """A network that cannot be explained: no spatial layer, wrong output, wrong input size."""


class ForwardError(ModelError, RuntimeError):
    """A network that cannot run the images it is given, in torch's own words."""
