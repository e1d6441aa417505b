"""What usually lies behind an exception that PyTorch words for its own developers."""

from __future__ import annotations

import re

# (pattern in the message, likely cause, misconception id); the first that fits speaks.
_CAUSES = (
    (
        r"is a view and is being modified inplace|BackwardHookFunction",
        "A full backward hook wraps the layer's output, and the in-place ReLU after it may not "
        "write there. Take the gradient of the captured tensor with torch.autograd.grad instead.",
        "full-backward-hook-in-place",
    ),
    (
        r"leaf Variable that requires grad is being used in an in-place",
        "You hand the leaf itself to the rest of the network, and its in-place ReLU wants to write "
        "into it. Return a clone of the leaf from the hook.",
        "leaf-not-cloned",
    ),
    (
        r"modified by an inplace operation",
        "A layer after the target overwrites the tensor you captured. Capture a clone.",
        "overwritten-in-place",
    ),
    (
        r"does not require grad|can't retain_grad on Tensor that has requires_grad=False"
        r"|doesn't require gradient|does not have a grad_fn"
        r"|only tensors of floating point|Inference tensors cannot be saved",
        "No gradient reaches your activations: the network may be frozen, or the forward pass ran "
        "under no_grad. Make the captured tensor a leaf with requires_grad_(), and run the forward "
        "pass under torch.enable_grad().",
        "no-gradient",
    ),
    (
        r"appears to not have been used in the graph",
        "The tensor you differentiate by is not the one the network went on with: the hook must "
        "return (a clone of) the tensor it captured.",
        "captured-tensor-not-used",
    ),
    (
        r"grad can be (implicitly )?created only for scalar outputs",
        "A gradient needs one number: choose the class, then sum over the batch.",
        "needs-a-scalar",
    ),
    (
        r"backward through the graph a second time",
        "The graph was freed by the first gradient. One call of autograd.grad per forward pass.",
        "graph-freed",
    ),
    (
        r"that requires grad\. Use tensor\.detach\(\)",
        "Call .detach() before .numpy().",
        "needs-detach",
    ),
    (
        r"Expected more than 1 value per channel when training",
        "The network is in train mode: BatchNorm wants a batch. Explain in eval mode.",
        "no-eval",
    ),
    (
        r"NoneType",
        "Something is still None: a hook that did not run, or the .grad of a tensor that is not a "
        "leaf. Print it right after the forward pass.",
        "gradient-is-none",
    ),
    (
        r"must match the size of tensor b \(\d+\) at non-singleton dimension 1",
        "Weights and activations have different shapes: is one of them grad_input, or of another "
        "layer? Print the shapes of A, of α and of your map.",
        "channels-do-not-fit",
    ),
    (
        r"Sizes of tensors must match|must match the size|could not be broadcast|shape mismatch",
        "Two shapes disagree. Print the shapes of A, of α and of your map.",
        None,
    ),
)  # fmt: skip

_OTHERWISE = "Run the cell that calls it yourself to see the whole traceback."


def likely_cause(error: BaseException) -> tuple[str, str | None]:
    """What to try next, and the misconception's id where the message gives it away."""
    if isinstance(error, SystemExit):
        return "Leave exit() and quit() out: they end the notebook's kernel.", None
    return cause_of_message(str(error)) or (_OTHERWISE, None)


def cause_of_message(message: str) -> tuple[str, str | None] | None:
    """What to try next and the misconception behind an exception's message, where it is known."""
    for pattern, cause, misconception in _CAUSES:
        if re.search(pattern, message):
            return cause, misconception
    return None
