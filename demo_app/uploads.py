"""Files that visitors send: uploaded ones only, never fetched from an address."""

from __future__ import annotations

from typing import Any

import gradio as gr


def upload_of(label: str, id: str, what: str, height: int = 140) -> gr.File:
    """A field to drop one file into; ``what`` names it in a refusal."""
    field = gr.File(label=label, elem_id=id, height=height)
    field.async_move_resource_to_block_cache = _uploads_only(
        field.async_move_resource_to_block_cache, what
    )
    return field


def _uploads_only(keep: Any, what: str) -> Any:
    """Gradio would fetch an address that a program sends in place of a file; this page does not."""

    async def kept(path: Any) -> Any:
        if str(path).startswith(("http://", "https://")):
            raise gr.Error(
                f"an address came, expected a file: upload the {what} itself",
                print_exception=False,
            )
        return await keep(path)

    return kept
