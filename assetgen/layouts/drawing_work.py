"""What an SVG file would take to draw, before the engine, which cannot be stopped, begins.

All of it is counted as elements, each time that it is drawn: those that others use or are filled
with, the markers at points, the layers of transparent parts, the dashes of lines, the rules of
style sheets.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator
from xml.etree.ElementTree import Element

# What the parts of an element refer to as well; others are drawn once for the element itself.
_INHERITED = ("fill", "stroke", "marker", "marker-start", "marker-mid", "marker-end")
_LAYERS = ("opacity", "mask", "clip-path", "mix-blend-mode", "isolation")
_GRADIENTS = ("linearGradient", "radialGradient")
# Elements that a layer is worth, and the points and dashes that are worth one element.
_LAYER, _POINTS, _DASHES = 5, 100, 100
# How often a rule of a style sheet is compared with an element in the time of one.
_COMPARED = 500
_REFERENCE = re.compile(r"url\(\s*+[\"']?+\s*+#([^\"')]*+)", re.I)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_NUMBER = re.compile(r"[-+]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][-+]?\d++)?")
_STEP = re.compile(rf"([a-df-zA-DF-Z])|({_NUMBER.pattern})")
_SCALES = re.compile(r"(scale|matrix|skew)\w*+\s*+\(([^()]*+)\)", re.I)
# What cannot be a number: a colour, and the name of a class.
_NAMES = re.compile(r"#\w+|\.[A-Za-z_-][\w-]*")
_PLAIN = ("id", "class", "href")
_SIDES = ("width", "height")
_TRANSFORMS = ("transform", "patterntransform", "gradienttransform")

_Declared = list[tuple[str, str]]


def reach(root: Element, deepest: int) -> float:
    """How far from its origin something may be drawn, at most, in sides of the picture.

    The time of a curve grows with its length in pixels, also where it is not seen.
    """
    return _Work(root, deepest).stretch(root, 0) * max(map(_largest, root.iter()), default=0.0)


def _largest(element: Element) -> float:
    """The largest number of an element."""
    texts = [value for name, value in element.attrib.items() if name not in _PLAIN]
    texts += [element.text or ""] if _tag(element) == "style" else []
    numbers = _NUMBER.findall(_NAMES.sub(" ", " ".join(texts)))
    return max((abs(float(one)) for one in numbers), default=0.0)


def elements(root: Element, deepest: int) -> float:
    """How many elements are drawn; infinite if they refer to each other more than ``deepest``."""
    many = sum(1 for _ in root.iter())
    words = sum(
        len(re.split(r"[\s>+~,}]+", one.text or "")) for one in root.iter() if _tag(one) == "style"
    )
    return _Work(root, deepest).of(root, 0) + many * words / _COMPARED


class _Work:
    def __init__(self, root: Element, deepest: int) -> None:
        self._deepest = deepest
        self._known: dict[int, float] = {}
        self._stretched: dict[int, float] = {}
        self._named: defaultdict[str, list[Element]] = defaultdict(list)
        self._sheet = list(_rules(root))
        self._has_markers = False
        for one in root.iter():
            self._has_markers |= _tag(one) == "marker"
            if name := one.get("id"):
                self._named[name.strip()].append(one)
        values = [value for one in root.iter() for value in _dashes(self._declared(one))]
        self._period = min(values, default=0.0)

    def of(self, element: Element, depth: int) -> float:
        """How many elements ``element`` is drawn as."""
        if depth > self._deepest:
            return math.inf
        if id(element) not in self._known:
            declared = self._declared(element)
            own, times = self._itself(element, declared), 1.0
            for name, value in declared:
                for target in self._targets(name, value):
                    many = self.of(target, depth + 1)
                    if name not in _INHERITED:
                        own += many
                    elif _tag(target) not in _GRADIENTS:
                        times += many
            own += sum(self.of(child, depth + 1) for child in element)
            self._known[id(element)] = own * times
        return self._known[id(element)]

    def stretch(self, element: Element, depth: int) -> float:
        """How much larger the parts of ``element`` may be drawn than they are written."""
        if depth > self._deepest:
            return math.inf
        if id(element) not in self._stretched:
            declared = self._declared(element)
            inside = [*element, *(one for said in declared for one in self._targets(*said))]
            most = max((self.stretch(one, depth + 1) for one in inside), default=1.0)
            self._stretched[id(element)] = most * _scale(element, declared, is_root=not depth)
        return self._stretched[id(element)]

    def _itself(self, element: Element, declared: _Declared) -> float:
        """The element without its parts: its layer, its points, its dashes."""
        outline = element.get("d") or element.get("points") or ""
        points = len(_NUMBER.findall(outline))
        found = 1 + (points if self._has_markers else points / _POINTS)
        found += _LAYER * any(name in _LAYERS for name, _ in declared)
        if self._period and (outline or _tag(element) not in ("g", "svg", "use", "symbol")):
            found += _length(element, outline) / self._period / _DASHES
        return found

    def _declared(self, element: Element) -> _Declared:
        """What the attributes and the style sheets say of an element."""
        found = list(element.attrib.items())
        found += _declarations(element.get("style", ""))
        own = {_tag(element), f"#{element.get('id', '')}"}
        own |= {f".{name}" for name in element.get("class", "").split()}
        for names, declared in self._sheet:
            if not names or not names.isdisjoint(own):
                found += declared
        return found

    def _targets(self, name: str, value: str) -> Iterator[Element]:
        names = [value[1:]] if name == "href" else _REFERENCE.findall(value)
        for one in names:
            yield from self._named.get(one.strip(), ())


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _declarations(text: str) -> Iterator[tuple[str, str]]:
    for one in text.split(";"):
        name, colon, value = one.partition(":")
        if colon:
            yield name.strip().lower(), value


def _rules(root: Element) -> Iterator[tuple[set[str], _Declared]]:
    """What each rule of a style sheet that matters here says, and of which elements.

    These are tags, .classes and #ids, one of which an element has; none means all elements.
    """
    for sheet in root.iter():
        text = _COMMENT.sub(" ", sheet.text or "") if _tag(sheet) == "style" else ""
        for rule in text.split("}"):
            head, _, body = rule.rpartition("{")
            declared = [
                (name, value)
                for name, value in _declarations(body)
                if name in (*_LAYERS, *_TRANSFORMS, "stroke-dasharray") or "url(" in value.lower()
            ]
            if declared:
                yield _selected(head.rpartition("{")[2]), declared


def _selected(selectors: str) -> set[str]:
    found: set[str] = set()
    for selector in selectors.split(","):
        last = re.split(r"[\s>+~]", selector.strip())[-1]
        names = set(re.findall(r"[.#]?[\w-]+", last))
        if not names or re.search(r"[\[:*]", last):
            return set()
        found |= names
    return found


def _scale(element: Element, declared: _Declared, *, is_root: bool) -> float:
    """How much larger what is in ``element`` is drawn, at least once."""
    found = 1.0
    for name, value in declared:
        for kind, given in _SCALES.findall(value) if name.lower() in _TRANSFORMS else ():
            numbers = [abs(float(one)) for one in _NUMBER.findall(given)]
            if kind.lower() == "skew":
                numbers = [1 + abs(math.tan(math.radians(one))) for one in numbers]
            found *= max(1.0, sum(numbers[:4]))
    box = [float(one) for one in _NUMBER.findall(element.get("viewBox", ""))]
    sides = [float(element.get(name) or 0) if _is_number(element, name) else 0 for name in _SIDES]
    if len(box) == 4 and min(box[2:]) > 0:
        return found * (1.0 if is_root else max(1.0, *sides)) / min(box[2:])
    return found / max(1.0, *sides) if is_root else found


def _is_number(element: Element, name: str) -> bool:
    return _NUMBER.fullmatch(element.get(name, "")) is not None


def _dashes(declared: _Declared) -> Iterator[float]:
    """The lengths after which lines repeat their dashes."""
    for name, value in declared:
        if name == "stroke-dasharray":
            total = sum(abs(float(one)) for one in _NUMBER.findall(value))
            if total > 0:
                yield total / 100 if "%" in value else total


def _length(element: Element, outline: str) -> float:
    """About how long the outline of an element is, never less than half of it."""
    if not outline:
        sides = ("x1", "x2", "y1", "y2", "width", "height", "r", "rx", "ry")
        numbers = _NUMBER.findall(" ".join(element.get(side, "") for side in sides))
        return 4 * sum(abs(float(one)) for one in numbers)
    total, command, at, before = 0.0, "L", 0, [0.0, 0.0]
    for letter, number in _STEP.findall(outline):
        if letter:
            command, at = letter, int(letter == "V")
            continue
        value = float(number)
        if command.islower() or command == "A":
            total += (4 if command in "aA" else 1) * abs(value)
        else:
            total += abs(value - before[at % 2])
            before[at % 2] = value
            at += command not in "HV"
    return total
