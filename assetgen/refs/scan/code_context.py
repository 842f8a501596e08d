"""The role of a string in the code around it, and the names that it is bound to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from assetgen.refs.scan import template_code
from assetgen.refs.scan.tree_cursor import TreeCursor

if TYPE_CHECKING:
    from tree_sitter import Node

Role = Literal["string", "template", "import", "require", "new_url", "glob"]

#: The functions of bundlers that take glob patterns.
GLOBS = (b"import.meta.glob", b"import.meta.globEager", b"require.context")
_BRANCHES = re.compile(
    "(?:parenthesized|ternary|binary|as|satisfies|non_null|await)_expression"
    "|expression_statement|program"
)
_NO_VALUES = frozenset({"literal_type", "jsx_text", "property_signature", "method_signature"})
_OF_CALLS = frozenset(
    {
        "call_expression",
        "arguments",
        "member_expression",
        "template_string",
        "template_substitution",
    }
)
_OF_MODULE = frozenset({b"src", b"default", b"url", b"href"})
_REQUIRED = frozenset({"member_expression", "parenthesized_expression", "as_expression"})
_DECLARED = frozenset({"variable_declarator", "public_field_definition", "required_parameter"})
_ASSIGNED = frozenset({"assignment_expression", "assignment_pattern", "object_assignment_pattern"})
_KEYLESS = frozenset(
    {"object", "statement_block", "jsx_expression", "arrow_function", "class_body"}
)
# The longest code that is compared, in bytes: of a function, a new URL(...), a name that a value
# is assigned to. Every string inside of it may ask.
_LONGEST_NAME, _LONGEST_URL, _LONGEST_KEY = 200, 5000, 2000
# How many nodes above a value its name may be.
_FARTHEST_KEY = 8


def role(tree: TreeCursor, node: Node, value: str) -> Role | None:
    """The role of a string without holes; None if it is a type or a key."""
    parent = tree.parent(node)
    if parent is None or not _is_value(tree, parent, node):
        return None
    if parent.type in ("import_statement", "export_statement", "import_require_clause"):
        return "import"
    found = _role_in_call(tree, node, parent)
    return None if found == "string" and "*" in value else found


def _is_value(tree: TreeCursor, parent: Node, node: Node) -> bool:
    if parent.type in _NO_VALUES or _is_of_types(parent):
        return False
    if parent.type == "binary_expression" and _is_appended(tree, parent, node):
        return False
    return not (parent.type == "pair" and parent.child_by_field_name("key") == node)


def _role_in_call(tree: TreeCursor, node: Node, parent: Node) -> Role:
    call = _call(tree, node)
    if call is None:
        return "string"
    called = call.child_by_field_name("function") or call.child_by_field_name("constructor")
    name = tree.text(called, _LONGEST_NAME) if called else b""
    if name in GLOBS:
        return "glob"
    if parent != call.child_by_field_name("arguments"):
        return "string"
    if name == b"import":
        return "import"
    if name in (b"require", b"require.resolve"):
        return "require"
    is_url = call.type == "new_expression" and name == b"URL"
    return "new_url" if is_url and b"import.meta.url" in tree.text(call, _LONGEST_URL) else "string"


def bindings(tree: TreeCursor, node: Node, as_role: Role | None) -> Iterator[str]:
    """The local names of the module whose specifier is ``node``, an import or a require."""
    parent = tree.parent(node)
    if as_role == "require":
        call = _call(tree, node)
        names = _required_names(tree, call) if call is not None else iter(())
    elif parent is not None and parent.type.startswith(("import_", "export_")):
        names = _identifiers(parent)
    else:
        return
    for name in names:
        yield tree.text(name).decode("utf-8", "replace")


def _required_names(tree: TreeCursor, call: Node) -> Iterator[Node]:
    node = tree.parent(call)
    while node is not None and node.type in _REQUIRED:
        node = tree.parent(node)
    if node is not None and node.type == "variable_declarator":
        name = node.child_by_field_name("name")
        if name is not None and name.type == "identifier":
            yield name


def _call(tree: TreeCursor, node: Node) -> Node | None:
    """The call that has ``node`` among its arguments, by itself or in a list."""
    below, current = node, tree.parent(node)
    while current is not None and current.type in ("arguments", "array"):
        below, current = current, tree.parent(current)
    is_call = current is not None and current.type in ("call_expression", "new_expression")
    return current if is_call and below is not node else None


def key(tree: TreeCursor, node: Node) -> str:
    """The object key, variable or property that a value is assigned to; "" for none."""
    below, current = node, tree.parent(node)
    for _ in range(_FARTHEST_KEY):
        if current is None or current.type in _KEYLESS:
            break
        name = _assigned_name(current)
        if name is not None and name != below:
            return tree.text(name, _LONGEST_KEY).decode("utf-8", "replace").strip("'\"")
        below, current = current, tree.parent(current)
    return ""


def _assigned_name(node: Node) -> Node | None:
    if node.type == "pair":
        return node.child_by_field_name("key")
    if node.type in _DECLARED:
        return node.child_by_field_name("name")
    if node.type not in _ASSIGNED:
        return None
    name = node.child_by_field_name("left")
    if name is not None and name.type == "member_expression":
        return name.child_by_field_name("property")
    return name


#: The keys whose values describe the image in the same object, and its own.
_DESCRIBES = frozenset({b"alt", b"altText", b"width", b"height"})
_NAMES_IMAGE = re.compile(rb"url|src|path|href|image|secureUrl")
_MOST_NEIGHBOURS = 40


def neighbours(tree: TreeCursor, node: Node) -> Iterator[tuple[str, Node]]:
    """The literals that describe the image ``node`` in its object, by key."""
    pair = tree.parent(node)
    around = tree.parent(pair) if pair is not None and pair.type == "pair" else None
    if pair is None or around is None or around.child_count > _MOST_NEIGHBOURS:
        return
    own = pair.child_by_field_name("key")
    if own is None or not _NAMES_IMAGE.fullmatch(tree.text(own, _LONGEST_KEY).strip(b"'\"")):
        return
    for other in tree.children(around):
        name = other.child_by_field_name("key") if other.type == "pair" else None
        value = other.child_by_field_name("value") if name is not None else None
        if name is None or value is None or value.type not in ("string", "number"):
            continue
        written = tree.text(name, _LONGEST_KEY).strip(b"'\"")
        if written in _DESCRIBES:
            yield written.decode(), value


def direct_strings(tree: TreeCursor) -> Iterator[Node]:
    """The strings that the code may evaluate to as they are."""
    waiting = [tree.root]
    while waiting:
        node = waiting.pop()
        for child in tree.children(node):
            if not is_branch(tree, node, child):
                continue
            if child.type in ("string", "template_string"):
                yield child
            elif _BRANCHES.fullmatch(child.type):
                waiting.append(child)


def _is_of_types(statement: Node) -> bool:
    """Whether it is ``import type``, which the compiler removes."""
    return statement.type == "import_statement" and any(
        child.type == "type" for child in statement.children
    )


def _is_appended(tree: TreeCursor, sum_: Node, node: Node) -> bool:
    """Whether a string is only the end of a concatenated text, not a path below a base."""
    operator = sum_.child_by_field_name("operator")
    if operator is None or operator.type != "+" or sum_.child_by_field_name("left") == node:
        return False
    return not _is_below_base(tree, sum_)


def _is_below_base(tree: TreeCursor, sum_: Node) -> bool:
    """Whether what the site is deployed below comes before the ``+``."""
    left = sum_.child_by_field_name("left")
    code = tree.text(left, _LONGEST_NAME) if left is not None else b""
    return bool(code) and template_code.is_base(code.decode("utf-8", "replace"))


def is_branch(tree: TreeCursor, node: Node, below: Node) -> bool:
    if node.type == "ternary_expression":
        return node.child_by_field_name("condition") != below
    if node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        if operator is not None and operator.type == "+":
            return node.child_by_field_name("right") == below and _is_below_base(tree, node)
        return operator is not None and operator.type in ("&&", "||", "??")
    return _BRANCHES.fullmatch(node.type) is not None


def is_branch_or_argument(tree: TreeCursor, node: Node, below: Node) -> bool:
    return node.type in _OF_CALLS or is_branch(tree, node, below)


def is_branch_or_source(tree: TreeCursor, node: Node, below: Node) -> bool:
    """Whether the code may evaluate to the module ``below``, or to its src."""
    if node.type != "member_expression":
        return is_branch(tree, node, below)
    name = node.child_by_field_name("property")
    is_source = name is not None and tree.text(name, _LONGEST_NAME) in _OF_MODULE
    return is_source and node.child_by_field_name("object") == below


def _identifiers(statement: Node) -> Iterator[Node]:
    """The local names of an import statement."""
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
