"""One file over HTTP: goes on where it stopped, is checked, and appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from glaucam.errors import DataError

TRIES = 3
_CHUNK = 1 << 18
_SECONDS = 60  # without a byte


def download(
    url: str,
    target: Path,
    known_hash: str | None = None,
    progress: Callable[[int, int | None], Any] | None = None,
) -> Path:
    """Fetch ``url`` to ``target``; nothing is done where a sound one is there.

    What has come is kept as ``<name>.part``, beside the mark by which the server tells whether its
    file is still the same, and the next call goes on from there. ``known_hash``: "sha256:…" or
    "md5:…". ``progress(bytes so far, bytes in all)``. Raises DataError.
    """
    if target.is_file():
        if known_hash is None or _matches(target, known_hash):
            return target
        raise DataError(
            f"{target}: is there, but is not the file of {url} (its {_kind(known_hash)} differs): "
            "move it away, then fetch again"
        )
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _fetch_part(url, part, known_hash is not None, progress)
        _check(part, url, known_hash)
        os.replace(part, target)
    except OSError as error:
        raise DataError(
            f"{target}: cannot be written ({error.strerror or error}); give another folder with "
            "--root, or free some space: the same command goes on"
        ) from error
    _mark(part).unlink(missing_ok=True)
    return target


def _fetch_part(
    url: str, part: Path, hashed: bool, progress: Callable[[int, int | None], Any] | None
) -> None:
    import requests

    for attempt in range(1, TRIES + 1):
        try:
            return _transfer(url, part, hashed, progress)
        except (requests.ConnectionError, requests.Timeout, _CutShort) as error:
            if attempt == TRIES:
                came = part.stat().st_size if part.is_file() else 0
                raise DataError(
                    f"{url}: stopped after {came} bytes ({_short(error)}), {TRIES} tries; what "
                    "came is kept, the same command goes on from there"
                ) from error
        except requests.RequestException as error:
            raise DataError(f"{url}: {_short(error)}; check the address in the card") from error


class _CutShort(Exception):
    """Fewer bytes came than the server said."""


def _transfer(
    url: str, part: Path, hashed: bool, progress: Callable[[int, int | None], Any] | None
) -> None:
    """One request. Appends where the server goes on, starts anew where it does not."""
    import requests

    came = part.stat().st_size if part.is_file() else 0
    headers = _going_on(part, came, hashed)
    with requests.get(url, headers=headers, stream=True, timeout=_SECONDS) as answer:
        if answer.status_code == 416:  # nothing is left after what came, or it is not of this file
            length = answer.headers.get("Content-Range", "").rpartition("/")[2]
            if length == str(came):
                return
            part.unlink()
            raise _CutShort(f"the server has {length or 'other'} bytes")
        answer.raise_for_status()
        goes_on = answer.status_code == 206
        came = came if goes_on else 0
        _remember(part, answer.headers)
        total = _total(answer, came)
        with part.open("ab" if goes_on else "wb") as file:
            for chunk in _chunks(answer):
                file.write(chunk)
                came += len(chunk)
                if progress:
                    progress(came, total)
    if total is not None and came != total:
        raise _CutShort(f"{came} of {total} bytes")


def _chunks(answer: Any) -> Any:
    """The body as it was sent: a file that is packed stays packed, and lengths stay true."""
    import requests
    import urllib3

    try:
        yield from answer.raw.stream(_CHUNK, decode_content=False)
    except urllib3.exceptions.HTTPError as error:
        raise requests.ConnectionError(error) from error


def _total(answer: Any, came: int) -> int | None:
    length = answer.headers.get("Content-Length")
    return None if length is None else came + int(length)


def _going_on(part: Path, came: int, hashed: bool) -> dict[str, str]:
    """Ask for the rest, if the server's file is still the one that was begun."""
    headers = {"Accept-Encoding": "identity"}
    if came and _mark(part).is_file():
        return headers | {"Range": f"bytes={came}-", "If-Range": _mark(part).read_text()}
    if came and hashed:  # a mixture of two versions would not pass the check
        return headers | {"Range": f"bytes={came}-"}
    return headers


def _remember(part: Path, headers: Any) -> None:
    mark = headers.get("ETag") or headers.get("Last-Modified")
    if mark and not mark.startswith("W/"):  # a weak tag does not promise the same bytes
        _mark(part).write_text(mark)
    else:
        _mark(part).unlink(missing_ok=True)


def _mark(part: Path) -> Path:
    return part.with_name(part.name + ".mark")


def _check(part: Path, url: str, known_hash: str | None) -> None:
    if known_hash is None or _matches(part, known_hash):
        return
    got = _hash(part, _kind(known_hash))
    with contextlib.suppress(OSError):
        part.unlink()
        _mark(part).unlink(missing_ok=True)
    raise DataError(
        f"{url}: {_kind(known_hash)} is {got}, expected {known_hash.partition(':')[2]}; what came "
        "was deleted: the file there has changed, or the transfer was broken; fetch again"
    )


def _kind(known_hash: str) -> str:
    return known_hash.partition(":")[0]


def _matches(path: Path, known_hash: str) -> bool:
    return _hash(path, _kind(known_hash)) == known_hash.partition(":")[2].lower()


def _hash(path: Path, kind: str) -> str:
    import pooch

    return pooch.file_hash(str(path), alg=kind)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
