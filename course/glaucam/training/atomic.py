"""Write a file whole or not at all; lives with the data, which writes files too."""

from glaucam.data.atomic import write_atomically

__all__ = ["write_atomically"]
