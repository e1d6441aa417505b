"""The wire between judge and kernel: a JSON header and plain arrays, nothing that can execute.

A frame is two little-endian uint32 lengths, the header as UTF-8 JSON, then the arrays' bytes in
the order the header lists them. This file runs on both sides of the wall, so it imports only
numpy; the judge trusts none of what ``read_frame`` gives it beyond shape and type.
"""

import json
import math
import struct

import numpy as np

LENGTHS = struct.Struct("<II")
MAX_HEADER = 1 << 20
MAX_ARRAYS = 96 << 20
DTYPES = frozenset(
    {"bool", "float16", "float32", "float64"}
    | {f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)}
)

BADLY_FORMED = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


class BadFrame(ValueError):
    """What came is not a frame: too large, truncated, or not what its header says."""


def encode(header, arrays=None):
    """Header (JSON-able dict) and arrays {name: ndarray} → bytes."""
    arrays = {name: np.asarray(a, order="C") for name, a in (arrays or {}).items()}
    listed = [[name, a.dtype.name, list(a.shape)] for name, a in arrays.items()]
    for name, dtype, _ in listed:
        if dtype not in DTYPES:
            raise BadFrame(f"{name} has dtype {dtype}, expected numbers")
    head = json.dumps({**header, "arrays": listed}).encode()
    body = b"".join(a.tobytes() for a in arrays.values())
    if len(head) > MAX_HEADER or len(body) > MAX_ARRAYS:
        raise BadFrame(f"{len(head)} + {len(body)} bytes are more than a frame may hold")
    return LENGTHS.pack(len(head), len(body)) + head + body


def lengths(prefix):
    """The eight first bytes → (header length, arrays length), within bounds."""
    head, body = LENGTHS.unpack(prefix)
    if head > MAX_HEADER or body > MAX_ARRAYS:
        raise BadFrame(f"{head} + {body} bytes announced, more than a frame may hold")
    return head, body


def decode(head, body):
    """Header bytes and array bytes → (dict, {name: ndarray}); raises BadFrame."""
    try:
        header = json.loads(head.decode())
        listed = header.pop("arrays")
        arrays, at = {}, 0
        for name, dtype, shape in listed:
            if dtype not in DTYPES or any(type(n) is not int or n < 0 for n in shape):
                raise BadFrame(f"array {name!r} of {dtype} {shape}")
            count = math.prod(shape)
            end = at + count * np.dtype(dtype).itemsize
            if end > len(body) or len(shape) > 8:
                raise BadFrame(f"array {name!r} is larger than what came")
            arrays[str(name)] = np.frombuffer(body, dtype, count, at).reshape(shape).copy()
            at = end
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise BadFrame(str(error)) from error
    return header, arrays
