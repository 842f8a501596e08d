"""JavaScript, TypeScript and JSX: the strings, imports and elements in a piece of code that may name pictures.

Parsed by tree-sitter, which goes on behind what it does not understand. Only what a search for signs of pictures
points at is looked up in the tree: walking it would cost ten times as much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from assetgen.refs import element
from assetgen.refs.element import Element
from assetgen.refs.reference import Span
from assetgen.refs.signs import EXTENSIONS, is_image_like, is_picture

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

Role = Literal["string", "template", "import", "require", "new_url", "glob"]


@dataclass(frozen=True, slots=True)
class Text:
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

    texts: list[Text] = field(default_factory=list)
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
# How far up the tree is looked: finding a parent takes longer the deeper it lies.
_HIGHEST = 300
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
    if _SIGN.search(data) is None and not bound and not is_source:
        return found
    if as_value:
        data, start = b"(" + data + b")", start - 1
    _Reading(text, start, data, found, bound or {}, is_source, ts).run()
    return found


@cache
def _parser(ts: bool) -> Parser:
    import tree_sitter_typescript
    from tree_sitter import Language, Parser

    grammar = tree_sitter_typescript.language_typescript if ts else tree_sitter_typescript.language_tsx
    return Parser(Language(grammar()))


class _Reading:
    """One parse."""

    def __init__(
        self, text: str, start: int, data: bytes, found: Script, bound: dict[str, str], is_source: bool, ts: bool
    ) -> None:
        self._text = text
        self._start = start
        self._data = data
        self._found = found
        self._bound = bound
        self._is_source = is_source
        self._tree = _parser(ts).parse(data)
        self._is_ascii = data.isascii()
        self._seen: set[int] = set()
        self._tags: set[int] = set()

    def run(self) -> None:
        for sign in _SIGN.finditer(self._data):
            if sign[0].startswith(b"<"):
                self._tag_at(sign.start(), sign.end())
            else:
                self._string_at(sign.start(), sign.end())
        if self._is_source:
            for node in _direct_strings(self._tree.root_node):
                self._string(node)
        self._uses({**self._bound, **self._found.bindings})

    def _at(self, byte: int) -> int:
        """A byte of the code as an offset in the text."""
        if self._is_ascii:
            return self._start + byte
        return self._start + len(self._data[:byte].decode("utf-8", "surrogatepass"))

    def _node(self, first: int, last: int) -> Node | None:
        return self._tree.root_node.descendant_for_byte_range(first, last)

    # -- elements ----------------------------------------------------------------------------------

    def _tag_at(self, first: int, last: int) -> None:
        node = self._node(first, last)
        while node is not None and node.type not in ("jsx_opening_element", "jsx_self_closing_element"):
            if node.type in ("string", "template_string", "comment", "jsx_text"):
                return
            node = node.parent
        if node is None:
            return
        outer = _outermost(node)
        if outer is None and (node.start_byte != first or not is_image_like(self._data[first + 1 : last].decode())):
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
        node = self._node(first, last)
        while node is not None and node.type in ("string_fragment", "escape_sequence", "html_character_reference"):
            node = node.parent
        if node is not None and node.type in ("member_expression", "property_identifier", "identifier"):
            self._glob_at(node)
            return
        if node is not None and node.type in ("string", "template_string"):
            self._string(node)

    def _string(self, node: Node) -> None:
        if node.id in self._seen:
            return
        self._seen.add(node.id)
        if (tag := _outermost(node)) is not None:
            self._tag(tag)
            return
        has_holes = any(child.type == "template_substitution" for child in node.children)
        value = _value(node)
        self._text_of(node, value, "template" if has_holes else self._role(node, value))

    def _text_of(self, node: Node, value: str, role: Role | None) -> None:
        if role is None:
            return
        span = (self._at(node.start_byte) + 1, self._at(node.end_byte) - 1)
        is_direct, is_argument = _reach(node)
        self._found.texts.append(Text(value, span, role, _key(node), is_direct, is_argument))

    def _role(self, node: Node, value: str) -> Role | None:
        """What a string without holes is to the code around it; None if it is a type or a key."""
        parent = node.parent
        if parent is None or parent.type in ("literal_type", "jsx_text"):
            return None
        if parent.type == "binary_expression" and _is_appended(parent, node):
            return None
        if parent.type == "pair" and parent.child_by_field_name("key") == node:
            return None
        if parent.type in ("import_statement", "export_statement", "import_require_clause"):
            if is_picture(value):
                self._bind(parent, value)
            return "import"
        call = _call(node)
        if call is None:
            return None if "*" in value else "string"
        called = call.child_by_field_name("function") or call.child_by_field_name("constructor")
        name = called.text or b"" if called else b""
        if name in _GLOBS:
            return "glob"
        if node.parent != call.child_by_field_name("arguments"):
            return None if "*" in value else "string"
        if name == b"import":
            return "import"
        if name in (b"require", b"require.resolve"):
            self._bind_call(call, value)
            return "require"
        if call.type == "new_expression" and name == b"URL" and b"import.meta.url" in (call.text or b""):
            return "new_url"
        return None if "*" in value else "string"

    def _glob_at(self, node: Node) -> None:
        """``require.context("./img", true, /\\.png$/)`` and globs whose extensions stand in braces."""
        while node.type in ("property_identifier", "identifier") and node.parent is not None:
            node = node.parent
        call = node.parent
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

    # -- imported pictures -------------------------------------------------------------------------

    def _bind(self, statement: Node, specifier: str) -> None:
        for node in _identifiers(statement):
            self._found.bindings[(node.text or b"").decode()] = specifier

    def _bind_call(self, call: Node, specifier: str) -> None:
        node = call.parent
        while node is not None and node.type in ("member_expression", "parenthesized_expression", "as_expression"):
            node = node.parent
        if node is None or node.type != "variable_declarator" or not is_picture(specifier):
            return
        name = node.child_by_field_name("name")
        if name is not None and name.type == "identifier":
            self._found.bindings[(name.text or b"").decode()] = specifier

    def _uses(self, bound: dict[str, str]) -> None:
        if not bound:
            return
        names = b"|".join(re.escape(name.encode()) for name in bound)
        for found in re.finditer(rb"(?<![\w$.])(?:" + names + rb")(?![\w$])", self._data):
            node = self._node(found.start(), found.end())
            if node is None or node.type != "identifier":
                continue
            if (tag := _outermost(node)) is not None:
                self._tag(tag)
            elif _is_value(node):
                span = (self._at(found.start()), self._at(found.end()))
                self._found.names.append(Name(found[0].decode(), span))


def _is_appended(sum_: Node, node: Node) -> bool:
    """Whether a string is only the end of a text that is put together."""
    operator = sum_.child_by_field_name("operator")
    return operator is not None and operator.type == "+" and sum_.child_by_field_name("left") != node


def _value(node: Node) -> str:
    """The text between the quotes, its escapes undone where that is simple."""
    raw = (node.text or b"")[1:-1].decode("utf-8", "replace")
    return re.sub(r"\\([^nrtbfvxu0-9\n])", r"\1", raw) if "\\" in raw else raw


def _outermost(node: Node) -> Node | None:
    """The element in whose attribute ``node`` stands; of nested ones the outermost, which is read as a whole."""
    found, current = None, node.parent
    for _ in range(_HIGHEST):
        if current is None:
            break
        if current.type == "jsx_attribute":
            found = current.parent
        current = current.parent
    return found


def _climb(node: Node, accept: Callable[[Node, Node], bool]) -> bool:
    """Whether every node from ``node`` up to the program is accepted, each together with the one below it."""
    below, current = node, node.parent
    for _ in range(_HIGHEST):
        if current is None:
            return True
        if not accept(current, below):
            return False
        below, current = current, current.parent
    return False


def _is_branch(node: Node, below: Node) -> bool:
    if node.type == "ternary_expression":
        return node.child_by_field_name("condition") != below
    if node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        return operator is not None and operator.type in ("&&", "||", "??")
    return _BRANCHES.fullmatch(node.type) is not None


def _reach(node: Node) -> tuple[bool, bool]:
    if _climb(node, _is_branch):
        return True, False
    calls = ("call_expression", "arguments", "member_expression", "template_string", "template_substitution")
    return False, _climb(node, lambda at, below: at.type in calls or _is_branch(at, below))


def _is_value(node: Node) -> bool:
    """Whether the code as a whole may evaluate to the module ``node``, or to its src."""

    def accept(at: Node, below: Node) -> bool:
        if at.type == "member_expression":
            name = at.child_by_field_name("property")
            return (
                at.child_by_field_name("object") == below and (name.text or b"").decode() in _OF_MODULE
                if name
                else False
            )
        return _is_branch(at, below)

    return _climb(node, accept)


def _direct_strings(node: Node) -> Iterator[Node]:
    """The strings that an expression may evaluate to as they are."""
    for child in node.children:
        if not _is_branch(node, child):
            continue
        if child.type in ("string", "template_string"):
            yield child
        elif _BRANCHES.fullmatch(child.type):
            yield from _direct_strings(child)


def _call(node: Node) -> Node | None:
    """The call that has ``node`` among its arguments, by itself or in a list."""
    current = node.parent
    while current is not None and current.type in ("arguments", "array"):
        current = current.parent
    is_call = current is not None and current.type in ("call_expression", "new_expression")
    return current if is_call and current is not node.parent else None


def _key(node: Node) -> str:
    """The object key, variable or property that a value is given to."""
    below, current = node, node.parent
    for _ in range(8):
        if current is None:
            break
        name = None
        if current.type == "pair":
            name = current.child_by_field_name("key")
        elif current.type in ("variable_declarator", "public_field_definition", "required_parameter"):
            name = current.child_by_field_name("name")
        elif current.type in ("assignment_expression", "assignment_pattern", "object_assignment_pattern"):
            name = current.child_by_field_name("left")
            if name is not None and name.type == "member_expression":
                name = name.child_by_field_name("property")
        elif current.type in ("object", "statement_block", "jsx_expression", "arrow_function", "class_body"):
            break
        if name is not None and name != below:
            return (name.text or b"").decode("utf-8", "replace").strip("'\"")
        below, current = current, current.parent
    return ""


def _strings(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.type == "string":
            yield child
        elif child.type == "array":
            yield from _strings(child)


def _identifiers(statement: Node) -> Iterator[Node]:
    """The local names that an import statement gives."""
    waiting = [child for child in statement.children if child.type in ("import_clause", "import_require_clause")]
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
