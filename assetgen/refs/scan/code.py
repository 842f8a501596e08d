"""The references in scripts and style sheets, by themselves or within a page."""

from __future__ import annotations

from assetgen.refs.reference import Kind, Span
from assetgen.refs.scan import attributes, code_strings, script, stylesheet
from assetgen.refs.scan.document import Document
from assetgen.refs.scan.picture_heuristics import is_picture
from assetgen.refs.scan.script import Script


def add_script(document: Document, span: Span | None = None, *, ts: bool = False) -> None:
    """Add the references in the code at ``span`` (None for all of it), and keep its imports."""
    found = script.read(document, span, ts=ts)
    document.bound.update(found.bindings)
    _add(document, found)


def add_expression(document: Document, span: Span) -> None:
    """Add the references in the expression at ``span``."""
    _add(document, script.read(document, span, as_value=True))


def _add(document: Document, found: Script) -> None:
    for text in found.texts:
        if text.role == "template" and (one := code_strings.path_in_template(text)):
            document.add("js_string", one.value, one.span, key=text.key, in_code=one.in_code)
        elif text.role == "template":
            for kind, raw, span in code_strings.paths_of_template(text, document.effort):
                document.add(kind, raw, span, key=text.key)
        elif text.role == "string":
            code_strings.add(document, text, text.key)
        elif text.role == "glob" or is_picture(text.value):
            document.add(text.role, text.value, text.span, key=text.key)
    for tag in found.elements:
        attributes.add_element(document, tag)


def add_style(document: Document, span: Span) -> None:
    """Add the references in the style sheet at ``span``."""
    for url in stylesheet.urls(document.text[span[0] : span[1]]):
        kind: Kind = "dynamic" if url.is_filled else "css_url"
        place = (span[0] + url.span[0], span[0] + url.span[1])
        document.add(kind, url.raw, place, in_code=url.in_code)
