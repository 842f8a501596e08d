"""SVG files as values of layouts: shapes only, guarded like templates, drawn once as pixels.

What is kept is named: elements and attributes that are not shapes, paint or their structure are
left out, and those that would be seen are refused. Source: SVG 1.1, https://www.w3.org/TR/SVG11/.
"""

from __future__ import annotations

import base64
import math
import re
from xml.etree import ElementTree

from assetgen.cure import Cure, advice
from assetgen.errors import StorageError, TemplateError
from assetgen.layouts import drawing_work, engine, markup_drawings

#: The largest file in bytes, the most elements when each <use> is replaced, the deepest element.
MAX_BYTES, MAX_ELEMENTS, MAX_DEPTH = 1024 * 1024, 20_000, 64
#: The farthest that something may be drawn from the origin, in sides of the picture.
MAX_REACH = 1e5
#: The most attributes of an element: the engine compares each with each.
MAX_ATTRIBUTES = 200
_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
_KEPT = frozenset(
    (
        *("svg", "g", "defs", "symbol", "use", "switch", "style", "marker"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern"),
    )
)
# Elements that show something that is not drawn here, in words, and what to do about it.
_SEEN = {
    "text": ("text", "convert its text to paths"),
    "image": ("a picture", "export it as PNG"),
    "foreignObject": ("HTML", "export it as PNG"),
    "filter": ("an effect such as a shadow", "export it as PNG"),
    "script": ("a script", "export it as PNG"),
    "animate": ("an animation", "export it as PNG"),
    "animateTransform": ("an animation", "export it as PNG"),
    "animateMotion": ("an animation", "export it as PNG"),
    "set": ("an animation", "export it as PNG"),
}
_ELSEWHERE = re.compile(r"url\(\s*+[\"']?+(?!\s*+#)|@import|\\|javascript:", re.I)
_FILTER = re.compile(r"(?<![\w-])filter\s*+:(?!\s*+none\b)", re.I)


def is_svg(data: bytes) -> bool:
    """Whether the first bytes are those of an SVG file."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and re.search(rb"<(?:\w+:)?svg[\s>]", head) is not None


def cleaned(data: bytes) -> tuple[str, float, float]:
    """The shapes of an SVG file as text, and its width and height in CSS px.

    Raises Refused.
    """
    root = _parsed(data)
    kept = _clean(root, 0)
    _refuse_work(kept)
    width, height = _size(root)
    kept.set("width", f"{width:g}")
    kept.set("height", f"{height:g}")
    kept.attrib.setdefault("viewBox", f"0 0 {width:g} {height:g}")
    ElementTree.register_namespace("", _SVG[1:-1])
    return ElementTree.tostring(kept, encoding="unicode"), width, height


def pixels(data: bytes, side: int) -> tuple[int, int, bytes]:
    """An SVG file drawn with ``side`` pixels on its longer side: width, height, RGBA rows.

    Raises Refused.
    """
    shapes, width, height = cleaned(data)
    scale = side / max(width, height)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    source = base64.b64encode(shapes.encode()).decode()
    document = (
        "<!doctype html><html><body style='margin:0'>"
        f"<img style='display:block;width:{wide}px;height:{high}px' "
        f"src='data:image/svg+xml;base64,{source}'></body></html>"
    )
    try:
        return engine.Page(document, "", (wide, high, 1.0, True), {}).pixels()
    except TemplateError as exc:
        raise Refused(f"it cannot be drawn: {exc.what}") from None


class Refused(StorageError):
    """An SVG file that is not drawn."""


def _refused(what: str, cure: str) -> Refused:
    return Refused(f"this SVG {what}", cure=_CURES[cure])


def _not_drawn(name: str) -> Refused:
    what, cure = _SEEN[name]
    return _refused(f"contains {what}, which is not drawn", cure)


_CURES: dict[str, Cure] = {
    "export it as PNG": advice("export it as PNG"),
    "convert its text to paths": advice("convert its text to paths, or export it as PNG"),
}


def _parsed(data: bytes) -> ElementTree.Element:
    if len(data) > MAX_BYTES:
        raise _refused(f"has {len(data):,} bytes; the limit is {MAX_BYTES:,}", "export it as PNG")
    if b"\0" in data:
        raise _refused("is not UTF-8", "export it as PNG")
    if re.search(rb"<!ENTITY|<!DOCTYPE[^<>\[]*+\[", data, re.I):
        raise _refused("declares entities", "export it as PNG")
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as exc:
        raise _refused(f"is damaged: {str(exc)[:80]}", "export it as PNG") from None
    if root.tag != f"{_SVG}svg":
        raise _refused("has no <svg> element of http://www.w3.org/2000/svg", "export it as PNG")
    return root


def _clean(element: ElementTree.Element, depth: int) -> ElementTree.Element:
    """``element`` with nothing but what is kept."""
    if depth > MAX_DEPTH:
        raise _refused(f"has elements more than {MAX_DEPTH} levels deep", "export it as PNG")
    if len(element.attrib) > MAX_ATTRIBUTES:
        many = len(element.attrib)
        raise _refused(f"has an element with {many:,} attributes", "export it as PNG")
    made = ElementTree.Element(element.tag)
    for name, value in element.attrib.items():
        plain = "href" if name == f"{_XLINK}href" else name
        if name != plain and element.get(plain) is not None:
            continue  # the other one counts
        if plain.startswith("{") or plain.lower().startswith("on"):
            continue  # of another program, or of a script
        if _ELSEWHERE.search(value) or (plain == "href" and not value.startswith("#")):
            raise _refused("loads something from elsewhere", "export it as PNG")
        if _FILTER.search(value if plain == "style" else f"{plain}:{value}"):
            raise _not_drawn("filter")
        made.set(plain, value)
    name = element.tag.removeprefix(_SVG)
    if name == "style":
        made.text = element.text or ""
        if _ELSEWHERE.search(made.text):
            raise _refused("loads something from elsewhere", "export it as PNG")
        if _FILTER.search(made.text):
            raise _not_drawn("filter")
        return made
    for child in element:
        if not isinstance(child.tag, str) or not child.tag.startswith(_SVG):
            continue  # a comment, or what a program keeps for itself
        of_child = child.tag.removeprefix(_SVG)
        if of_child in _SEEN:
            raise _not_drawn(of_child)
        if of_child in _KEPT:
            made.append(_clean(child, depth + 1))
    return made


def _refuse_work(root: ElementTree.Element) -> None:
    """Raise Refused for what the engine would draw for minutes, or without end."""
    _refuse_much(root)
    _refuse_far(root)


def _refuse_much(root: ElementTree.Element) -> None:
    many = drawing_work.elements(root, 2 * MAX_DEPTH)
    if many == math.inf:
        raise _refused("has elements that repeat each other", "export it as PNG")
    if many > MAX_ELEMENTS:
        what = f"is drawn as {many:,.0f} elements; the limit is {MAX_ELEMENTS:,}"
        raise _refused(what, "export it as PNG")


def _refuse_far(root: ElementTree.Element) -> None:
    if not drawing_work.reach(root, 2 * MAX_DEPTH) <= MAX_REACH:
        raise _refused("has a number that is too large to draw with", "export it as PNG")


def refuse_inline(document: str) -> None:
    """Raise TemplateError for drawings of a filled layout that would take too long to draw."""
    if "<svg" not in document.lower():
        return
    root = markup_drawings.parsed(document)
    try:
        _refuse_much(root)
        for one in root:
            _refuse_far(one)
    except Refused as exc:
        raise TemplateError(exc.what.replace("this SVG", "an SVG of the layout", 1)) from None


def refuse_file(data: bytes) -> None:
    """Raise Refused for an SVG file of a layout that would take too long to draw."""
    root = _parsed(data)
    _refuse_work(root)


def _size(root: ElementTree.Element) -> tuple[float, float]:
    """Width and height in CSS px, from the attributes or from the viewBox."""
    width, height = (_length(root.get(name, "")) for name in ("width", "height"))
    box = [float(one) for one in _NUMBER.findall(root.get("viewBox", ""))]
    if len(box) == 4 and min(box[2:]) > 0:
        ratio = box[2] / box[3]
        width = width or (height * ratio if height else box[2])
        height = height or (width / ratio if ratio else 0.0)
    if not (width and height):
        raise _refused("states no size: it has no viewBox, width and height", "export it as PNG")
    if not _THINNEST <= width / height <= 1 / _THINNEST:
        raise _refused(f"is {width:g} px wide and {height:g} px high", "export it as PNG")
    return width, height


# The smallest ratio of the sides of a picture that can be seen.
_THINNEST = 1e-4
_NUMBER = re.compile(r"[-+]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][-+]?\d++)?")
_UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


def _length(text: str) -> float:
    """A length in CSS px; 0 for none and for one that depends on its place."""
    found = re.fullmatch(r"\s*+(\d++(?:\.\d*+)?|\.\d++)\s*+([a-z]*+)\s*+", text)
    return float(found[1]) * _UNITS.get(found[2], 0.0) if found else 0.0
