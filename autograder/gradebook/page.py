"""The feedback page by nbgrader's own template, for many notebooks that are nearly alike."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.gradebook.preprocessors import HarmlessComments

NO_ALT = re.compile(r"<img (?![^>]*\balt=)")
# nbgrader's template leaves no room between a table's columns
TABLES = "<style>td, th { padding: .15em .6em; text-align: left; vertical-align: top }</style>"
KEPT = 512  # rendered texts; a released notebook has some sixty


class FeedbackExporter(HTMLExporter):
    """nbconvert's exporter, which renders a text that it has rendered before only once."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._coloured = lru_cache(KEPT)(Highlight2HTML(pygments_lexer="ipython3", parent=self))
        self._rendered: dict[str, str] = {}

    def coloured(self, source: str, language: str | None = None, metadata: Any = None) -> str:
        """Source code as HTML."""
        return self._coloured(source, language)

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Markdown as HTML; attachments belong to their cell, so those are rendered anew."""
        if context.get("cell", {}).get("attachments"):
            return super().markdown2html(context, source)
        if source not in self._rendered:
            if len(self._rendered) >= KEPT:
                self._rendered.clear()
            self._rendered[source] = super().markdown2html(context, source)
        return self._rendered[source]

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **more: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page; HTMLExporter's own way reads it all again to find pictures without a text."""
        resources = self._init_resources(resources)
        types = WidgetsDataTypeFilter(
            notebook_metadata=self._nb_metadata, parent=self, resources=resources
        )
        self.register_filter("highlight_code", self.coloured)
        self.register_filter("filter_data_type", types)
        page, resources = super(HTMLExporter, self).from_notebook_node(nb, resources, **more)
        page = page.replace("</head>", f"{TABLES}</head>", 1)
        return NO_ALT.sub('<img alt="picture" ', page), resources


def feedback_exporter(out: Path) -> FeedbackExporter:
    """An exporter with nbgrader's template and steps; what students wrote is made harmless."""
    converter = GenerateFeedback(coursedir=CourseDirectory(root=str(out)))
    config = Config(converter.config)
    config.HTMLExporter.sanitize_html = True
    exporter = FeedbackExporter(config=config)
    for step in (*converter.preprocessors, HarmlessComments):
        exporter.register_preprocessor(step, enabled=True)
    return exporter
