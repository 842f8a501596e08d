"""An element with its attributes in JSX, HTML, Vue and Astro, read tolerantly from any text."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Literal

from assetgen.refs.reference import Span
from assetgen.refs.scan.effort import Effort

#: The longest tag, comment in a tag and expression, in characters: an unclosed one must end.
_LONGEST_TAG = 60_000
_LONGEST_COMMENT = 4_000
_LONGEST_CODE = 400_000
#: How deep braces and templates may be nested: no one writes deeper code.
_DEEPEST = 60

NAME = re.compile(r"[A-Za-z][\w.:-]*")
_ATTRIBUTE = re.compile(r"[^\s=>/{}\"'<`]+")
_UNQUOTED = re.compile(r"[^\s>\"'=<`]+")
_SPACE = re.compile(r"\s*")
_SAME_NAME = re.compile(r"[A-Za-z][\w-]*")
_COMMENT_ENDS = {"/*": "*/", "//": "\n"}
_STOP = re.compile(r"""['"`{}]|/[/*]""")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute; ``span`` is that of its value, without quotes or braces."""

    name: str
    """Without the colon or v-bind: of Vue; "" for a spread."""
    form: Literal["literal", "code", "bare", "spread"]
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Element:
    """An opening tag."""

    name: str
    attributes: tuple[Attribute, ...]
    span: Span

    def get(self, *names: str) -> Attribute | None:
        """The attribute with one of ``names`` (in lower case); case does not count, as in HTML."""
        return next((one for one in self.attributes if one.name.lower() in names), None)

    @property
    def has_spread(self) -> bool:
        return any(one.form == "spread" for one in self.attributes)

    @property
    def after_name(self) -> int:
        """Where an attribute can be inserted."""
        return self.span[0] + 1 + len(self.name)


def read(text: str, at: int, effort: Effort) -> Element | None:
    """The opening tag that begins at ``at`` (a ``<``), None if there is none. Raises Unread."""
    name = NAME.match(text, at + 1)
    if name is None:
        return None
    attributes: list[Attribute] = []
    spot, last = name.end(), min(len(text), at + _LONGEST_TAG)
    if spot < last and text[spot] == "<":  # the type arguments of a component
        spot = _after_angles(text, spot)
    while True:
        effort.spend()
        spot = _after_space(text, spot, last)
        if spot >= last:
            return None
        char = text[spot]
        if char == ">":
            return Element(name[0], tuple(attributes), (at, spot + 1))
        if char == "/":
            spot += 1
            continue
        read_one = _braced(text, spot, effort) if char == "{" else _named(text, spot, effort)
        if read_one is None:
            return None
        attribute, after = read_one
        effort.search(after - spot)
        spot = after
        attributes.append(attribute)


def _after_space(text: str, at: int, last: int) -> int:
    """The offset after white space and comments."""
    while True:
        space = _SPACE.match(text, at, last)
        at = space.end() if space else at
        if text[at : at + 1] != "/":
            return at
        end = _COMMENT_ENDS.get(text[at : at + 2], "")
        close = text.find(end, at + 2, min(last, at + _LONGEST_COMMENT)) if end else -1
        if close < 0:
            return at
        at = close + len(end)


def _after_angles(text: str, at: int) -> int:
    end = text.find(">", at, at + 200)
    return end + 1 if end >= 0 else at


def _braced(text: str, at: int, effort: Effort) -> tuple[Attribute, int] | None:
    """``{...rest}``, or ``{src}`` as Astro writes it for src={src}; a comment counts as neither."""
    end = closing(text, at, effort)
    if end is None:
        return None
    inner = text[at + 1 : end]
    span = (at + 1, end)
    if inner.lstrip().startswith("..."):
        return Attribute("", "spread", value=inner, span=span), end + 1
    name = inner.strip() if re.fullmatch(r"\s*[A-Za-z_$][\w$]*\s*", inner) else ""
    return Attribute(name, "code" if name else "bare", value=inner, span=span), end + 1


def _named(text: str, at: int, effort: Effort) -> tuple[Attribute, int] | None:
    name = _ATTRIBUTE.match(text, at)
    if name is None:
        return None
    spot = _after_space(text, name.end(), min(len(text), at + _LONGEST_TAG))
    plain, is_bound = _plain_name(name[0])
    if spot >= len(text) or text[spot] != "=":
        if name[0] != plain and _SAME_NAME.fullmatch(plain):
            return Attribute(
                plain,
                "code",
                value=_in_camel_case(plain),
                span=(name.end() - len(plain), name.end()),
            ), name.end()
        return Attribute(plain, "bare", value="", span=(name.end(), name.end())), name.end()
    spot += 1
    while spot < len(text) and text[spot].isspace():
        spot += 1
    if spot >= len(text):
        return None
    value = _value(text, spot, effort)
    if value is None:
        return None
    form, span, end = value
    written = text[span[0] : span[1]]
    if name[0] == "v-bind":
        return Attribute("", "spread", value=written, span=span), end
    if form == "literal":
        written = html.unescape(written) if "&" in written else written
        return Attribute(plain, "code" if is_bound else "literal", value=written, span=span), end
    return Attribute(plain, "code", value=written, span=span), end


def _plain_name(name: str) -> tuple[str, bool]:
    """The name without Vue's prefix, and whether it had one, so that its value is code."""
    if name.startswith(":") and len(name) > 1:
        return name[1:], True
    if name.startswith("v-bind:"):
        return name[7:], True
    return name, name.startswith(
        ("@", "v-on:", "v-if", "v-for", "v-model", "v-show", "v-else-if", "#", "v-slot")
    )


def _in_camel_case(name: str) -> str:
    """The variable that ``:data-src`` without a value means in Vue."""
    return re.sub(r"-(\w)", lambda found: found[1].upper(), name)


def _value(
    text: str, at: int, effort: Effort
) -> tuple[Literal["literal", "code"], Span, int] | None:
    """Form, span and end of an attribute's value."""
    char = text[at]
    if char in "\"'":
        end = _end_of_literal(text, at, effort)
        return ("literal", (at + 1, end), end + 1) if end is not None else None
    if char == "{":
        found = closing(text, at, effort)
        return ("code", (at + 1, found), found + 1) if found is not None else None
    if char == "`":
        after = _after_template(text, at, effort)
        return ("code", (at, after), after) if after is not None else None
    bare = _UNQUOTED.match(text, at)
    if bare is None:
        return None
    stop = (
        bare.end() - 1
        if bare[0].endswith("/") and text[bare.end() : bare.end() + 1] == ">"
        else bare.end()
    )
    return "literal", (at, stop), bare.end()


def _end_of_literal(text: str, at: int, effort: Effort) -> int | None:
    """The closing quote; one that a template engine fills in (``{{ get "x" }}``) closes nothing."""
    end = text.find(text[at], at + 1)
    effort.search((end if end >= 0 else len(text)) - at)
    hole = text.find("{{", at, end) if end >= 0 else -1
    while hole >= 0:
        after = text.find("}}", hole, hole + _LONGEST_HOLE)
        if after < end:
            break
        end = text.find(text[at], after)
        effort.search((end if end >= 0 else len(text)) - after)
        hole = text.find("{{", after, end) if end >= 0 else -1
    return end if end >= 0 else None


_LONGEST_HOLE = 300


def closing(text: str, at: int, effort: Effort, deep: int = 0) -> int | None:
    """The offset of the ``}`` that closes the ``{`` at ``at``, outside of strings and comments.

    Raises Unread.
    """
    depth, last = 0, min(len(text), at + _LONGEST_CODE)
    spot: int = at
    while found := _STOP.search(text, spot, last):
        token = found[0]
        effort.search(found.end() - spot)
        spot = found.end()
        if token == "{":
            depth += 1
            if depth + deep > _DEEPEST:
                return None
        elif token == "}":
            depth -= 1
            if depth == 0:
                return found.start()
        elif token in "'\"":
            spot = after_string(text, found.start(), effort)
        elif token == "`":
            after = _after_template(text, found.start(), effort, deep + depth)
            if after is None:
                return None
            spot = after
        elif token == "/*":
            after = _behind(text, "*/", spot, effort)
            if after is None:
                return None
            spot = after
        elif text[found.start() - 1] != ":":  # // of a comment, not of a URL in plain text
            spot = _behind(text, "\n", spot, effort) or last
    effort.search(last - spot)
    return None


def _behind(text: str, token: str, at: int, effort: Effort) -> int | None:
    found = text.find(token, at)
    effort.search((found if found >= 0 else len(text)) - at)
    return found + len(token) if found >= 0 else None


_INSIDE = {
    "'": re.compile(r"(?:[^'\\\n]|\\.)*+", re.S),
    '"': re.compile(r'(?:[^"\\\n]|\\.)*+', re.S),
}
_TEMPLATE_STOP = re.compile(r"\\.|`|\$\{", re.S)


def after_string(text: str, at: int, effort: Effort) -> int:
    """The offset after the string at ``at``, or after the quote if it is none, as in don't."""
    quote = text[at]
    if quote == "'" and at > 0 and text[at - 1].isalnum():
        return at + 1
    inside = _INSIDE[quote].match(text, at + 1)
    end = inside.end() if inside else at + 1
    effort.search(end - at)
    return end + 1 if text[end : end + 1] == quote else at + 1


def _after_template(text: str, at: int, effort: Effort, deep: int = 0) -> int | None:
    spot = at + 1
    while found := _TEMPLATE_STOP.search(text, spot):
        effort.search(found.end() - spot)
        spot = found.end()
        if found[0] == "`":
            return spot
        if found[0] == "${":
            end = closing(text, spot - 1, effort, deep + 1)
            if end is None:
                return None
            spot = end + 1
    effort.search(len(text) - spot)
    return None
