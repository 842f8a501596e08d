"""JavaScript, TypeScript and JSX: the strings, imports and elements that may name images.

tree-sitter parses the code and goes on after an error. A search finds the hints of images, and only
these are looked up in the tree: to walk all of it would cost ten times as much.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assetgen.refs.reference import Span
from assetgen.refs.scan import code_context, element, parsing
from assetgen.refs.scan.code_context import Role
from assetgen.refs.scan.document import Document
from assetgen.refs.scan.element import Attribute, Element
from assetgen.refs.scan.picture_heuristics import EXTENSIONS, is_image_like, is_picture
from assetgen.refs.scan.tree_cursor import TreeCursor

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class StringValue:
    """A string or template; ``span`` is without its quotes."""

    value: str
    span: Span
    role: Role
    key: str
    """The object key or variable that it is assigned to; "" for none."""
    is_direct: bool
    """Whether the code as a whole may evaluate to it: by itself, or as a branch."""
    is_argument: bool = False
    """Whether it is an argument of a call that the code as a whole may evaluate to."""
    beside: Mapping[str, Attribute] = field(default_factory=dict)
    """The alternative text and the size in the object that it is a value of."""


@dataclass(frozen=True, slots=True)
class Name:
    """The use of an imported image as the value of the code as a whole."""

    name: str
    span: Span


@dataclass
class Script:
    """What a piece of code contains."""

    texts: list[StringValue] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    bindings: dict[str, str] = field(default_factory=dict)
    """Imported images: local name -> specifier."""


_HINT = re.compile(
    rb"(?i)\.(?:" + EXTENSIONS.encode() + rb")(?![\w-])"
    rb"|(?-i:<(?:[\w.:]*(?:Image|Img|Picture|Illustration|Screenshot)"
    rb"|(?:[\w.:]*[.:])?(?:[iI]mg|image|picture))\b)"
    rb"|url\(\s*['\"]?\$\{|import\.meta\.glob|require\.context"
)
_NAME = re.compile(rb"(?<![\w$.\x80-\xff])[A-Za-z_$\x80-\xff][\w$\x80-\xff]*")
_TAGS = frozenset({"jsx_opening_element", "jsx_self_closing_element"})
_PARTS_OF_STRINGS = frozenset({"string_fragment", "escape_sequence", "html_character_reference"})
_PARTS_OF_MEMBERS = frozenset({"member_expression", "property_identifier", "identifier"})
_LONGEST_GLOB = 100
_NEVER_AROUND_TAGS = frozenset({"string", "template_string", "comment", "jsx_text"})


def read(
    document: Document,
    span: Span | None = None,
    *,
    as_value: bool = False,
    is_source: bool = False,
    ts: bool = False,
) -> Script:
    """Read the code at ``span`` of a document (all of it, if None); spans are those of its text.

    ``as_value`` reads one expression, as in an attribute. If it ``is_source``, every string that it
    may evaluate to names an image. Raises Unread.
    """
    text, bound = document.text, document.bound
    start, end = span or (0, len(text))
    data = text[start:end].encode("utf-8", "surrogatepass")
    found = Script()
    if _HINT.search(data) is None and not is_source and next(_uses(data, bound), None) is None:
        return found
    if as_value:
        data, start = b"(" + data + b")", start - 1
    tree = TreeCursor(parsing.tree(data, document.effort, ts=ts), data, document.effort)
    _Reading(document, start, data, tree=tree, found=found).run(bound, is_source=is_source)
    return found


def _uses(data: bytes, bound: Mapping[str, str]) -> Iterator[re.Match[bytes]]:
    """Where the code uses the names of imported images."""
    if bound:
        yield from (
            found for found in _NAME.finditer(data) if found[0].decode("utf-8", "replace") in bound
        )


class _Reading:
    """One parse."""

    def __init__(
        self, document: Document, start: int, data: bytes, *, tree: TreeCursor, found: Script
    ) -> None:
        self._text = document.text
        self._effort = document.effort
        self._start = start
        self._data = data
        self._tree = tree
        self._found = found
        self._seen: set[int] = set()
        self._tags: set[int] = set()
        self._nearest: dict[int, Node | None] = {}

    def run(self, bound: dict[str, str], *, is_source: bool) -> None:
        for hint in _HINT.finditer(self._data):
            self._effort.spend()
            if hint[0].startswith(b"<"):
                self._tag_at(hint.start(), hint.end())
            else:
                is_hole = hint[0].endswith(b"${")  # the hole begins after the text
                self._string_at(hint.start(), hint.start() + 1 if is_hole else hint.end())
        if is_source:
            for node in code_context.direct_strings(self._tree):
                self._string(node)
        self._use(ChainMap(self._found.bindings, bound))

    def _at(self, byte: int) -> int:
        """The offset in the text of a byte of the code."""
        return self._start + self._tree.characters(byte)

    # -- elements ----------------------------------------------------------------------------------

    def _tag_at(self, first: int, last: int) -> None:
        node = self._nearest_tag(self._tree.at(first, last))
        if node is None:
            return
        outer = self._tree.outermost_tag(node)
        if outer is None and (
            node.start_byte != first or not is_image_like(self._data[first + 1 : last].decode())
        ):
            return
        self._tag(outer or node)

    def _nearest_tag(self, node: Node) -> Node | None:
        """The nearest element around ``node``; None if a text is nearer."""
        known, way = self._nearest, []
        below: Node | None = node
        while below is not None and below.id not in known:
            way.append(below.id)
            if below.type in _TAGS or below.type in _NEVER_AROUND_TAGS:
                known[below.id] = below if below.type in _TAGS else None
            else:
                below = self._tree.parent(below)
        found = known[below.id] if below is not None else None
        known.update(dict.fromkeys(way, found))
        return found

    def _tag(self, node: Node) -> None:
        if node.start_byte in self._tags:
            return
        self._tags.add(node.start_byte)
        if (found := element.read(self._text, self._at(node.start_byte), self._effort)) is not None:
            self._found.elements.append(found)

    # -- strings -----------------------------------------------------------------------------------

    def _string_at(self, first: int, last: int) -> None:
        node: Node | None = self._tree.at(first, last)
        while node is not None and node.type in _PARTS_OF_STRINGS:
            node = self._tree.parent(node)
        if node is None:
            return
        if node.type in _PARTS_OF_MEMBERS:
            self._glob_at(node)
        elif node.type in ("string", "template_string"):
            self._string(node)

    def _string(self, node: Node) -> None:
        if node.id in self._seen:
            return
        self._seen.add(node.id)
        if (tag := self._tree.outermost_tag(node)) is not None:
            self._tag(tag)
            return
        has_holes = any(child.type == "template_substitution" for child in node.children)
        value = self._unquoted(node)
        role = "template" if has_holes else code_context.role(self._tree, node, value)
        if role in ("import", "require") and is_picture(value):
            for name in code_context.bindings(self._tree, node, role):
                self._found.bindings[name] = value
        if role is not None:
            self._add_text(node, value, role)

    def _add_text(self, node: Node, value: str, role: Role) -> None:
        span = (self._at(node.start_byte) + 1, self._at(node.end_byte) - 1)
        is_direct = self._tree.climb(node, code_context.is_branch)
        is_argument = not is_direct and self._tree.climb(node, code_context.is_branch_or_argument)
        found = StringValue(
            value=value,
            span=span,
            role=role,
            key=code_context.key(self._tree, node),
            is_direct=is_direct,
            is_argument=is_argument,
            beside=self._beside(node),
        )
        self._found.texts.append(found)

    def _beside(self, node: Node) -> dict[str, Attribute]:
        """``alt``, ``width`` and ``height`` in ``{ url: "/a.png", width: 1200, alt: "A" }``."""
        found: dict[str, Attribute] = {}
        for name, value in code_context.neighbours(self._tree, node):
            span = (self._at(value.start_byte), self._at(value.end_byte))
            written = self._text[slice(*span)]
            found[name] = Attribute(name, "code", value=written, span=span)
        return found

    def _glob_at(self, node: Node) -> None:
        """``require.context("./img", true, /\\.png$/)`` and patterns with extensions in braces."""
        around = self._tree.parent(node)
        while node.type in ("property_identifier", "identifier") and around is not None:
            node, around = around, self._tree.parent(around)
        call = around
        name = self._tree.text(node, _LONGEST_GLOB)
        if name not in code_context.GLOBS or call is None or call.type != "call_expression":
            return
        arguments = call.child_by_field_name("arguments")
        if arguments is not None:
            self._effort.search(arguments.end_byte - arguments.start_byte)
        if arguments is None or re.search(EXTENSIONS.encode(), self._tree.text(arguments)) is None:
            return
        for string in _strings(arguments):
            if string.id not in self._seen:
                self._seen.add(string.id)
                self._add_text(string, self._unquoted(string), "glob")
                if name == b"require.context":
                    return

    def _unquoted(self, node: Node) -> str:
        """The text between the quotes, without the escapes of punctuation."""
        raw = self._tree.text(node)[1:-1].decode("utf-8", "replace")
        return re.sub(r"\\([^nrtbfvxu0-9\n])", r"\1", raw) if "\\" in raw else raw

    def _use(self, bound: Mapping[str, str]) -> None:
        for found in _uses(self._data, bound):
            node = self._tree.at(found.start(), found.end())
            if node.type != "identifier":
                continue
            if (tag := self._tree.outermost_tag(node)) is not None:
                self._tag(tag)
            elif self._tree.climb(node, code_context.is_branch_or_source):
                span = (self._at(found.start()), self._at(found.end()))
                self._found.names.append(Name(found[0].decode(), span))


def _strings(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.type == "string":
            yield child
        elif child.type == "array":
            yield from _strings(child)
