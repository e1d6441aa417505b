"""Which known mistake of a2 lies behind what PyTorch says."""

# (pattern in the message, misconception id); the first that fits speaks.
CAUSES = (
    (r"before Module.__init__\(\) call", "super-forgotten"),
    (r"mat1 and mat2 shapes cannot be multiplied", "flatten-head"),
    (r"does not require grad|does not have a grad_fn", "gradient-cut"),
    (r"modified by an inplace operation", "step-before-backward"),
    (r"backward through the graph a second time", "graph-kept"),
    (r"grad can be implicitly created only for scalar", "loss-ignored"),
    (r"log_softmax\w*\" not implemented|Expected floating point type|expected scalar type Long"
     r"|Float can't be cast|0D or 1D target tensor expected|multi-target not supported"
     r"|Expected input batch_size|size mismatch \(got input", "loss-arguments-exchanged"),
)  # fmt: skip

# What is said where images of some size, or the answer's shape, make trouble → misconception id.
SHAPE_ERRORS = {
    "cannot be multiplied": "flatten-head",
    "Output size is too small": "one-size-only",
    "can't be larger than": "one-size-only",
    "'tuple' object": "more-than-logits",
    "'list' object": "more-than-logits",
}


def shape_cause(message: str) -> str:
    """The mistake behind an error met while asking for the output's shape, or ""."""
    return next((name for words, name in SHAPE_ERRORS.items() if words in message), "")
