"""An element with its attributes in JSX, HTML, Vue and Astro, read tolerantly from any text."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Literal

from assetgen.refs.reference import Span
from assetgen.refs.scan import template_code
from assetgen.refs.scan.effort import Effort

#: The longest tag, comment in a tag and expression, in characters: an unclosed one must end.
_LONGEST_TAG = 60_000
_LONGEST_COMMENT = 4_000
_LONGEST_CODE = 400_000
#: How deep braces and templates may be nested: no one writes deeper code.
_DEEPEST = 60

NAME = re.compile(r"[A-Za-z][\w.:-]*")
_ATTRIBUTE = re.compile(r"[^\s=>/{}\"'<`]+")
_AFTER_BRACES = re.compile(r"/[\w.@-][^\s>\"'=<`]*")
# HTML reads a quote or an equals sign within an unquoted value as a part of it.
_UNQUOTED = re.compile(r"[^\s>\"'=<`][^\s><]*")
_SPACE = re.compile(r"\s*")
_SAME_NAME = re.compile(r"[A-Za-z][\w-]*")
_COMMENT_ENDS = {"/*": "*/", "//": "\n"}
_STOP = re.compile(r"""['"`{}]|/""")
#: A regular expression of JavaScript, and what comes before one: a division follows a value.
_REGEX = re.compile(r"/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*+\])++/[a-z]*")
_BEFORE_REGEX = re.compile(r"(?:[(,=:\[!&|?{};+*%^~-]|=>|\b(?:return|typeof|case|in|of))\s*\Z")
_NEAR = 40
_LONGEST_REGEX = 1000


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
    is_markup: bool = True
    """Whether it is written as ``<name ...>``; else it is a shortcode or a directive."""

    def get(self, *names: str) -> Attribute | None:
        """The attribute with one of ``names`` (in lower case); case does not count, as in HTML."""
        return next((one for one in self.attributes if one.name.lower() in names), None)

    @property
    def has_spread(self) -> bool:
        return any(one.form == "spread" for one in self.attributes)

    @property
    def after_name(self) -> int | None:
        """Where an attribute can be inserted; None if it is no markup."""
        return self.span[0] + 1 + len(self.name) if self.is_markup else None


def attributes_in_braces(
    text: str, at: int, effort: Effort
) -> tuple[tuple[Attribute, ...], int] | None:
    """The attributes between the brace at ``at`` and its other, and where that ends.

    As directives have them: ``{#id .class src="/a.png" :items='["b"]'}``. Raises Unread.
    """
    attributes: list[Attribute] = []
    spot, last = at + 1, min(len(text), at + _LONGEST_DIRECTIVE)
    while True:
        effort.spend()
        spot = _after_space(text, spot, last)
        if spot >= last:
            effort.search(last - at)
            return None
        if text[spot] == "}":
            return tuple(attributes), spot + 1
        one = _IN_BRACES.match(text, spot, last)
        if one is None:
            return None
        spot = one.end()
        if text[spot - 1] == "=" and (value := _value_in_braces(text, spot, effort)):
            form, span, spot = value
            name, is_bound = _plain_name(one[0][:-1])
            written = text[span[0] : span[1]]
            attributes.append(
                Attribute(name, "code" if is_bound else form, value=written, span=span)
            )


_LONGEST_DIRECTIVE = 4_000
_IN_BRACES = re.compile(r"[^\s=}\"']+=?")
_PLAIN_IN_BRACES = re.compile(r"[^\s}\"']+")


def _value_in_braces(
    text: str, at: int, effort: Effort
) -> tuple[Literal["literal", "code"], Span, int] | None:
    if text[at : at + 1] in ("'", '"'):
        return _value(text, at, effort)
    found = _PLAIN_IN_BRACES.match(text, at)
    return ("literal", found.span(), found.end()) if found else None


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
        if char in "/\"'":  # of "/>", or a quote too many
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
    if text.startswith("{{", spot) and plain.lower() in _PATHS and not is_bound:
        value = _hole(text, spot)  # of a template engine, without quotes
    else:
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


_PATHS = frozenset({"src", "href", "srcset", "poster"})


def _hole(text: str, at: int) -> tuple[Literal["literal", "code"], Span, int] | None:
    end = text.find("}}", at, at + _LONGEST_HOLE) + 2
    return ("literal", (at, end), end) if end > 1 else None


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
        if found is None:
            return None
        if rest := _AFTER_BRACES.match(text, found + 1):  # src={base}/a.png of Svelte
            return "literal", (at, rest.end()), rest.end()
        return "code", (at + 1, found), found + 1
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
    hole = template_code.OPENS.search(text, at, end) if end >= 0 else None
    while hole:
        after = text.find(template_code.ENDS[hole[0]], hole.end(), hole.end() + _LONGEST_HOLE)
        if after < 0:
            break
        if after > end:
            end = text.find(text[at], after)
            effort.search((end if end >= 0 else len(text)) - after)
        hole = template_code.OPENS.search(text, after, end) if end >= 0 else None
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
        else:
            after = _after_slash(text, found.start(), last, effort)
            if after is None:
                return None
            spot = after
    effort.search(last - spot)
    return None


def _after_slash(text: str, at: int, last: int, effort: Effort) -> int | None:
    """The offset after the comment, the regular expression or the slash at ``at``."""
    after = text[at + 1 : at + 2]
    if after == "*":
        return _behind(text, "*/", at + 2, effort)
    if after == "/":  # of a comment, not of a URL in plain text
        return at + 2 if text[at - 1] == ":" else _behind(text, "\n", at + 2, effort) or last
    effort.spend()
    if _BEFORE_REGEX.search(text, max(0, at - _NEAR), at) and (
        found := _REGEX.match(text, at, at + _LONGEST_REGEX)
    ):
        effort.search(found.end() - at)
        return found.end()
    return at + 1


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
