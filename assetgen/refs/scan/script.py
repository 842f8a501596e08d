"""JavaScript, TypeScript and JSX: the strings, imports and elements in a piece of code that may name pictures.

Parsed by tree-sitter, which goes on behind what it does not understand. Only what a search for signs of pictures
points at is looked up in the tree: walking it would cost ten times as much.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from assetgen.refs.reference import Span
from assetgen.refs.scan import element
from assetgen.refs.scan.element import Element
from assetgen.refs.scan.picture_heuristics import EXTENSIONS, is_image_like, is_picture
from assetgen.refs.scan.tree_cursor import Syntax

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

Role = Literal["string", "template", "import", "require", "new_url", "glob"]


@dataclass(frozen=True, slots=True)
class StringValue:
    """A string or template; ``span`` is without its quotes."""

    value: str
    span: Span
    role: Role
    key: str
    """The object key or variable that it is given to; "" for none."""
    is_direct: bool
    """Whether the code as a whole may evaluate to it: by itself, or as a branch."""
    is_argument: bool = False
    """Whether it is an argument of a call that the code as a whole may evaluate to."""


@dataclass(frozen=True, slots=True)
class Name:
    """The use of an imported picture as what the code as a whole evaluates to."""

    name: str
    span: Span


@dataclass
class Script:
    """What was found in a piece of code."""

    texts: list[StringValue] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    bindings: dict[str, str] = field(default_factory=dict)
    """Imported pictures: local name -> specifier."""


_SIGN = re.compile(
    rb"(?i)\.(?:" + EXTENSIONS.encode() + rb")(?![\w-])"
    rb"|(?-i:<(?:[\w.:]*(?:Image|Img|Picture|Illustration|Screenshot)|(?:[\w.:]*[.:])?(?:[iI]mg|image|picture))\b)"
    rb"|url\(\s*['\"]?\$\{|import\.meta\.glob|require\.context"
)
_BRANCHES = re.compile(
    "(?:parenthesized|ternary|binary|as|satisfies|non_null|await)_expression|expression_statement|program"
)
_GLOBS = (b"import.meta.glob", b"import.meta.globEager", b"require.context")
_NAME = re.compile(rb"(?<![\w$.\x80-\xff])[A-Za-z_$\x80-\xff][\w$\x80-\xff]*")
_NO_VALUES = frozenset({"literal_type", "jsx_text", "property_signature", "method_signature"})
_NEVER_AROUND_TAGS = frozenset({"string", "template_string", "comment", "jsx_text"})
_OF_CALLS = frozenset(
    {
        "call_expression",
        "arguments",
        "member_expression",
        "template_string",
        "template_substitution",
    }
)
_OF_MODULE = frozenset({"src", "default", "url", "href"})


def read(
    text: str,
    span: Span | None = None,
    bound: dict[str, str] | None = None,
    *,
    as_value: bool = False,
    is_source: bool = False,
    ts: bool = False,
) -> Script:
    """What is in the code that stands at ``span`` of ``text``; spans in the answer are those of ``text``.

    ``bound`` are pictures imported elsewhere. ``as_value`` reads one expression, as an attribute holds it;
    if it ``is_source``, every string that it may evaluate to names a picture.
    """
    start, end = span or (0, len(text))
    data = text[start:end].encode("utf-8", "surrogatepass")
    found = Script()
    if (
        _SIGN.search(data) is None
        and not is_source
        and next(_uses(data, bound or {}), None) is None
    ):
        return found
    if as_value:
        data, start = b"(" + data + b")", start - 1
    _Reading(text, start, data, found, bound or {}, is_source, ts).run()
    return found


@cache
def _parser(ts: bool) -> Parser:
    import tree_sitter_typescript
    from tree_sitter import Language, Parser

    grammar = (
        tree_sitter_typescript.language_typescript if ts else tree_sitter_typescript.language_tsx
    )
    return Parser(Language(grammar()))


def _uses(data: bytes, bound: Mapping[str, str]) -> Iterator[re.Match[bytes]]:
    """Where the names of imported pictures stand in code."""
    if bound:
        yield from (
            found for found in _NAME.finditer(data) if found[0].decode("utf-8", "replace") in bound
        )


class _Reading:
    """One parse."""

    def __init__(
        self,
        text: str,
        start: int,
        data: bytes,
        found: Script,
        bound: dict[str, str],
        is_source: bool,
        ts: bool,
    ) -> None:
        self._text = text
        self._start = start
        self._data = data
        self._found = found
        self._bound = bound
        self._is_source = is_source
        self._syntax = Syntax(_parser(ts).parse(data), data)
        self._seen: set[int] = set()
        self._tags: set[int] = set()

    def run(self) -> None:
        for sign in _SIGN.finditer(self._data):
            if sign[0].startswith(b"<"):
                self._tag_at(sign.start(), sign.end())
            else:
                is_hole = sign[0].endswith(b"${")  # begins behind the text that is sought
                self._string_at(sign.start(), sign.start() + 1 if is_hole else sign.end())
        if self._is_source:
            for node in self._direct_strings():
                self._string(node)
        self._use(ChainMap(self._found.bindings, self._bound))

    def _at(self, byte: int) -> int:
        """A byte of the code as an offset in the text."""
        return self._start + self._syntax.characters(byte)

    # -- elements ----------------------------------------------------------------------------------

    def _tag_at(self, first: int, last: int) -> None:
        node: Node | None = self._syntax.at(first, last)
        while node is not None and node.type not in (
            "jsx_opening_element",
            "jsx_self_closing_element",
        ):
            if node.type in _NEVER_AROUND_TAGS:
                return
            node = self._syntax.parent(node)
        if node is None:
            return
        outer = self._syntax.outermost_tag(node)
        if outer is None and (
            node.start_byte != first or not is_image_like(self._data[first + 1 : last].decode())
        ):
            return
        self._tag(outer or node)

    def _tag(self, node: Node) -> None:
        if node.start_byte in self._tags:
            return
        self._tags.add(node.start_byte)
        if (found := element.read(self._text, self._at(node.start_byte))) is not None:
            self._found.elements.append(found)

    # -- strings -----------------------------------------------------------------------------------

    def _string_at(self, first: int, last: int) -> None:
        node: Node | None = self._syntax.at(first, last)
        while node is not None and node.type in (
            "string_fragment",
            "escape_sequence",
            "html_character_reference",
        ):
            node = self._syntax.parent(node)
        if node is not None and node.type in (
            "member_expression",
            "property_identifier",
            "identifier",
        ):
            self._glob_at(node)
            return
        if node is not None and node.type in ("string", "template_string"):
            self._string(node)

    def _string(self, node: Node) -> None:
        if node.id in self._seen:
            return
        self._seen.add(node.id)
        if (tag := self._syntax.outermost_tag(node)) is not None:
            self._tag(tag)
            return
        has_holes = any(child.type == "template_substitution" for child in node.children)
        value = _value(node)
        self._text_of(node, value, "template" if has_holes else self._role(node, value))

    def _text_of(self, node: Node, value: str, role: Role | None) -> None:
        if role is None:
            return
        span = (self._at(node.start_byte) + 1, self._at(node.end_byte) - 1)
        is_direct = self._syntax.climb(node, _is_branch)
        is_argument = not is_direct and self._syntax.climb(node, _is_branch_or_argument)
        self._found.texts.append(
            StringValue(value, span, role, self._key(node), is_direct, is_argument)
        )

    def _role(self, node: Node, value: str) -> Role | None:
        """What a string without holes is to the code around it; None if it is a type or a key."""
        parent = self._syntax.parent(node)
        if parent is None or parent.type in _NO_VALUES or _is_of_types(parent):
            return None
        if parent.type == "binary_expression" and _is_appended(parent, node):
            return None
        if parent.type == "pair" and parent.child_by_field_name("key") == node:
            return None
        if parent.type in ("import_statement", "export_statement", "import_require_clause"):
            if is_picture(value):
                self._bind(parent, value)
            return "import"
        call = self._call(node)
        if call is None:
            return None if "*" in value else "string"
        called = call.child_by_field_name("function") or call.child_by_field_name("constructor")
        name = called.text or b"" if called else b""
        if name in _GLOBS:
            return "glob"
        if parent != call.child_by_field_name("arguments"):
            return None if "*" in value else "string"
        if name == b"import":
            return "import"
        if name in (b"require", b"require.resolve"):
            self._bind_call(call, value)
            return "require"
        if (
            call.type == "new_expression"
            and name == b"URL"
            and b"import.meta.url" in (call.text or b"")
        ):
            return "new_url"
        return None if "*" in value else "string"

    def _glob_at(self, node: Node) -> None:
        """``require.context("./img", true, /\\.png$/)`` and globs whose extensions stand in braces."""
        around = self._syntax.parent(node)
        while node.type in ("property_identifier", "identifier") and around is not None:
            node, around = around, self._syntax.parent(around)
        call = around
        if node.text not in _GLOBS or call is None or call.type != "call_expression":
            return
        arguments = call.child_by_field_name("arguments")
        if arguments is None or re.search(EXTENSIONS.encode(), arguments.text or b"") is None:
            return
        for string in _strings(arguments):
            if string.id not in self._seen:
                self._seen.add(string.id)
                self._text_of(string, _value(string), "glob")
                if node.text == b"require.context":
                    return

    # -- what is around and inside ---------------------------------------------------------------

    def _direct_strings(self) -> Iterator[Node]:
        """The strings that the code may evaluate to as they are."""
        waiting = [self._syntax.root]
        while waiting:
            node = waiting.pop()
            for child in self._syntax.children(node):
                if not _is_branch(node, child):
                    continue
                if child.type in ("string", "template_string"):
                    yield child
                elif _BRANCHES.fullmatch(child.type):
                    waiting.append(child)

    def _call(self, node: Node) -> Node | None:
        """The call that has ``node`` among its arguments, by itself or in a list."""
        below, current = node, self._syntax.parent(node)
        while current is not None and current.type in ("arguments", "array"):
            below, current = current, self._syntax.parent(current)
        is_call = current is not None and current.type in ("call_expression", "new_expression")
        return current if is_call and below is not node else None

    def _key(self, node: Node) -> str:
        """The object key, variable or property that a value is given to."""
        below, current = node, self._syntax.parent(node)
        for _ in range(8):
            if current is None:
                break
            name = None
            if current.type == "pair":
                name = current.child_by_field_name("key")
            elif current.type in (
                "variable_declarator",
                "public_field_definition",
                "required_parameter",
            ):
                name = current.child_by_field_name("name")
            elif current.type in (
                "assignment_expression",
                "assignment_pattern",
                "object_assignment_pattern",
            ):
                name = current.child_by_field_name("left")
                if name is not None and name.type == "member_expression":
                    name = name.child_by_field_name("property")
            elif current.type in (
                "object",
                "statement_block",
                "jsx_expression",
                "arrow_function",
                "class_body",
            ):
                break
            if name is not None and name != below:
                return (name.text or b"").decode("utf-8", "replace").strip("'\"")
            below, current = current, self._syntax.parent(current)
        return ""

    # -- imported pictures -------------------------------------------------------------------------

    def _bind(self, statement: Node, specifier: str) -> None:
        for node in _identifiers(statement):
            self._found.bindings[(node.text or b"").decode()] = specifier

    def _bind_call(self, call: Node, specifier: str) -> None:
        node = self._syntax.parent(call)
        while node is not None and node.type in (
            "member_expression",
            "parenthesized_expression",
            "as_expression",
        ):
            node = self._syntax.parent(node)
        if node is None or node.type != "variable_declarator" or not is_picture(specifier):
            return
        name = node.child_by_field_name("name")
        if name is not None and name.type == "identifier":
            self._found.bindings[(name.text or b"").decode()] = specifier

    def _use(self, bound: Mapping[str, str]) -> None:
        for found in _uses(self._data, bound):
            node = self._syntax.at(found.start(), found.end())
            if node.type != "identifier":
                continue
            if (tag := self._syntax.outermost_tag(node)) is not None:
                self._tag(tag)
            elif self._syntax.climb(node, _is_branch_or_source):
                span = (self._at(found.start()), self._at(found.end()))
                self._found.names.append(Name(found[0].decode(), span))


def _is_of_types(statement: Node) -> bool:
    """Whether it is ``import type``, of which nothing is left in the code that runs."""
    return statement.type == "import_statement" and any(
        child.type == "type" for child in statement.children
    )


def _is_appended(sum_: Node, node: Node) -> bool:
    """Whether a string is only the end of a text that is put together."""
    operator = sum_.child_by_field_name("operator")
    return (
        operator is not None and operator.type == "+" and sum_.child_by_field_name("left") != node
    )


def _value(node: Node) -> str:
    """The text between the quotes, its escapes undone where that is simple."""
    raw = (node.text or b"")[1:-1].decode("utf-8", "replace")
    return re.sub(r"\\([^nrtbfvxu0-9\n])", r"\1", raw) if "\\" in raw else raw


def _is_branch(node: Node, below: Node) -> bool:
    if node.type == "ternary_expression":
        return node.child_by_field_name("condition") != below
    if node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        return operator is not None and operator.type in ("&&", "||", "??")
    return _BRANCHES.fullmatch(node.type) is not None


def _is_branch_or_argument(node: Node, below: Node) -> bool:
    return node.type in _OF_CALLS or _is_branch(node, below)


def _is_branch_or_source(node: Node, below: Node) -> bool:
    """Whether the code may evaluate to the module ``below``, or to its src."""
    if node.type != "member_expression":
        return _is_branch(node, below)
    name = node.child_by_field_name("property")
    is_source = name is not None and (name.text or b"").decode() in _OF_MODULE
    return is_source and node.child_by_field_name("object") == below


def _strings(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.type == "string":
            yield child
        elif child.type == "array":
            yield from _strings(child)


def _identifiers(statement: Node) -> Iterator[Node]:
    """The local names that an import statement gives."""
    waiting = [
        child
        for child in statement.children
        if child.type in ("import_clause", "import_require_clause")
    ]
    while waiting:
        node = waiting.pop()
        if node.type == "import_specifier":
            name = node.child_by_field_name("alias") or node.child_by_field_name("name")
            if name is not None:
                yield name
        elif node.type == "identifier":
            yield node
        else:
            waiting += node.children
