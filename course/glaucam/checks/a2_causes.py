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
