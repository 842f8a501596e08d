"""The alternative text of an element, and whether it needs one.

Sources: Accessible Name and Description Computation 1.2, HTML Accessibility API Mappings 1.0 (5.1,
img), WAI-ARIA 1.2 ("Presentational Roles Conflict Resolution"), compared with axe-core 4.
"""

from __future__ import annotations

from assetgen.refs.languages import MDX, suffix
from assetgen.refs.scan import components
from assetgen.refs.scan.document import UNASKED, Alt, Document
from assetgen.refs.scan.element import Attribute, Element
from assetgen.refs.scan.js_strings import string_literal, unescaped
from assetgen.refs.scan.picture_heuristics import FILLED_IN

#: The name comes from another attribute, or is not known.
_ELSEWHERE = Alt("dynamic")
_DECORATIVE = Alt("empty", "")
_MISSING = Alt("missing")
_NAMES = ("aria-labelledby", "aria-label", "title")
_ASKED = (*_NAMES, "role", "aria-hidden", "hidden")
_JSX = frozenset({"jsx", "tsx", "js"}) | MDX
_DECORATIVE_ROLES = frozenset({"none", "presentation"})


def of(tag: Element, document: Document, *, shows: bool) -> Alt:
    """The alternative text; it is missing only if the element ``shows`` an image itself."""
    attribute = tag.get("alt")
    if attribute is not None:
        return _written(attribute, document.text)
    if not shows:
        return UNASKED
    if tag.has_spread:
        return Alt("spread")
    if components.is_of_its_own(tag.name, document):
        return UNASKED
    return _otherwise(tag, document)


def _written(attribute: Attribute, text: str) -> Alt:
    if attribute.form == "bare":
        return Alt("empty", "")
    value, span = attribute.value, attribute.span
    if attribute.form == "code":
        literal = string_literal(value, span[0], escapes=True)
        if literal is None:
            return _ELSEWHERE
        value, span = unescaped(literal[0]), literal[1]
    elif FILLED_IN.search(text, *span):
        return _ELSEWHERE
    return Alt("present" if value.strip() else "empty", value, span)


def _otherwise(tag: Element, document: Document) -> Alt:
    """What an element without ``alt`` has instead: another name, or a mark that it is decorative.

    A role cannot hide what is focusable or described: browsers ignore it then.
    """
    is_jsx = suffix(document.file) in _JSX
    values = {name: _value(tag.get(name), is_jsx=is_jsx) for name in _ASKED}
    if values["aria-hidden"] == "true" or values["hidden"] == "true":
        return _DECORATIVE
    if None in values.values() or any((values[name] or "").strip() for name in _NAMES):
        return _ELSEWHERE
    is_marked = (values["role"] or "").strip().lower() in _DECORATIVE_ROLES
    return _DECORATIVE if is_marked and not any(map(_undoes_role, tag.attributes)) else _MISSING


def _value(attribute: Attribute | None, *, is_jsx: bool) -> str | None:
    """What an attribute is set to, "" if it is not; None if a program decides."""
    if attribute is None:
        return ""
    name = attribute.name.lower()
    if attribute.form == "bare":
        return "true" if name == "hidden" or (is_jsx and name == "aria-hidden") else ""
    value = attribute.value
    if attribute.form == "code":
        literal = string_literal(value, attribute.span[0], escapes=True)
        if literal is None and value.strip() not in ("true", "false"):
            return None
        value = literal[0] if literal else value.strip()
    if name == "hidden" and value not in ("false", "until-found"):
        return "true"
    return value


def _undoes_role(attribute: Attribute) -> bool:
    name = attribute.name.lower()
    is_global = name.startswith("aria-") and name != "aria-hidden"
    return name == "tabindex" or (is_global and bool(attribute.value.strip()))
