"""What a student wrote in Markdown, and their name, made harmless for whoever reads it."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#?\w+;)")  # a link's address may be spelled with these
_SCRIPT_ADDRESS = re.compile(r"(javascript|vbscript|data)\\?:(?=\S)", re.IGNORECASE)


def harmless(markdown: str) -> str:
    """The same text with HTML tags shown, not obeyed, and no link that runs a script.

    Formgrader shows a student's essay without any cleaning, to a person who is logged in as the
    instructor: a script in it could set grades.
    """
    text = _TAG.sub("&lt;", _ENTITY.sub("& ", markdown))
    return _SCRIPT_ADDRESS.sub(r"\1 :", text)


LONGEST_NAME = 100  # files are named after students, and file systems allow 255 bytes
RISKY_IN_NAMES = '<>"\\`%'


def harmless_name(name: str) -> str:
    """A student's name as pages, scripts, tables and file systems can hold it; most stay as is.

    Formgrader writes names into its scripts as they come. Risky and unprintable characters become
    %XX; what is too long is cut, with a hash of the whole.
    """
    risky = [c for c in name if c in RISKY_IN_NAMES or not c.isprintable()]
    if set(risky) - {"%"}:
        name = "".join(quote(c, safe="", errors="replace") if c in risky else c for c in name)
    if len(name.encode(errors="replace")) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode(errors="replace")).hexdigest()[:12]
    return f"{name.encode(errors='replace')[: LONGEST_NAME - 13].decode(errors='ignore')}-{digest}"
