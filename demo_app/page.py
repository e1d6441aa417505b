"""The whole page: head, tabs, and how it is served."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo_app.assignments_tab import assignments_tab
from demo_app.compare_tab import compare_tab
from demo_app.errors import Analyses
from demo_app.errors_tab import errors_tab
from demo_app.look import css, theme
from demo_app.shelf import Shelf

LARGEST_UPLOAD = "64mb"
LOOK_EVERY, KEEP_FOR = 60, 600  # s: uploads and pictures older than ten minutes are deleted
# The answer is read out when it changes, whichever part of the page has the focus.
ANNOUNCE = '() => document.getElementById("answer").setAttribute("aria-live", "polite")'
HEAD = (
    "<h1>GlauCAM</h1><p>See where a retinal network looks: the heat for each answer it could "
    "give, side by side.</p>"
)


def build_page(shelf: Shelf, folder: str | None = None) -> gr.Blocks:
    """The page as Gradio Blocks, not yet served; ``folder``: a class folder for *Errors*."""
    with gr.Blocks(
        title="GlauCAM", analytics_enabled=False, delete_cache=(LOOK_EVERY, KEEP_FOR)
    ) as page:
        gr.HTML(HEAD, elem_id="head")
        with gr.Tabs():
            with gr.Tab("Compare", id="compare"):
                compare_tab(shelf)
            with gr.Tab("Errors", id="errors") as errors:
                errors_tab(Analyses(shelf, folder), errors)
            with gr.Tab("Assignments", id="assignments"):
                assignments_tab()
        page.load(None, js=ANNOUNCE, api_visibility="private")
    return page


def serve(page: gr.Blocks, host: str, port: int, **more: Any) -> Any:
    """Serve ``page``; raises OSError where the port is taken."""
    return page.queue(max_size=32).launch(
        server_name=host, server_port=port, share=False, quiet=True, show_error=False,
        theme=theme(), css=css(), footer_links=[], max_file_size=LARGEST_UPLOAD,
        pwa=False, ssr_mode=False, enable_monitoring=False, mcp_server=False, **more,
    )  # fmt: skip
