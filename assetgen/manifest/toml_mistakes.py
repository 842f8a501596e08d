"""What is wrong with a TOML document, in the words of whoever writes it: key, line, value, cure."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from assetgen.manifest.toml_lines import Key
from assetgen.text import brief


@dataclass(frozen=True)
class Mistake:
    """One mistake and the key that it stands at."""

    key: Key
    what: str
    cure: str | None
    unknown: str | None = None
    """The name of a key that there is none of."""
    missing: str | None = None
    """The name of a key that is needed and not there."""


def explained(
    message: str,
    document: Mapping[str, Any],
    form: type,
    forms: Mapping[str, str],
    *,
    quotes: bool = True,
) -> Mistake:
    """msgspec's ``message`` on converting ``document`` to ``form``; ``forms`` says patterns in words.

    Without ``quotes`` no value is repeated: it may be a secret.
    """
    what, _, path = message.partition(" - at `$")
    what, in_names, names_of = what.partition(" - at `key` in `$")
    what = what.replace("`", "'")
    if in_names:  # a name of a table, such as [style.NAME]
        key = key_at(names_of.rstrip("`"), document, form)
        name = next((name for name in value_at(document, key) if not _NAME.fullmatch(name)), "")
        said = f"{brief(name)} is no name for a {key[0]}: {_plain(what, forms)}"
        return Mistake((*key, name), said, "name it in lower-case letters, digits, - and _")
    key = key_at(path.rstrip("`"), document, form)
    if unknown := re.fullmatch(r"Object contains unknown field '(.*)'", what, re.S):
        key, names = (*key, unknown[1]), names_at(form, key)
        return Mistake(
            key, f"there is no key '{unknown[1]}'", _instead(unknown[1], names), unknown=unknown[1]
        )
    if missing := re.fullmatch(r"Object missing required field '(.+)'", what):
        cure = f"add {missing[1]} = ..."
        return Mistake(key, f"{missing[1]} is missing from {dotted(key)}", cure, missing=missing[1])
    value = value_at(document, key)
    advice: str | None = None
    if what.startswith("Invalid enum value"):
        words = _words_at(form, key)
        what, advice = f"this is none of {', '.join(words)}", _nearest(value, words)
    elif (
        isinstance(value, str)
        and re.search("Expected '(int|float)", what)
        and (number := _number(value))
    ):
        advice = f"write {key[-1]} = {number}, without quotes"
    elif isinstance(value, str) and key and _is_list_of_texts(form, key):
        advice = f"write {key[-1]} = [{json.dumps(value, ensure_ascii=False) if quotes else '...'}]"
    shown = f" = {brief(value)}" if quotes else ""
    return Mistake(key, f"{dotted(key)}{shown}: {_plain(what, forms)}", advice)


def unquoted(text: str, line: int) -> str | None:
    """The cure for a text without quotes on a line that is not TOML; None if the line is none of that kind."""
    rows = text.split("\n")[line - 1 : line]
    found = (
        re.fullmatch(r"\s*([A-Za-z0-9_.-]+)\s*=\s*([A-Za-z/@#][^\"'#\[\]{}=]*?)\s*", rows[0])
        if rows
        else None
    )
    return f'text needs quotes: {found[1]} = "{found[2]}"' if found else None


_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_PATH = re.compile(r"\.(\w+)|\[(\d+|\.\.\.)\]|\[([^\]]+)\]")
_WORDS = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false"}
_WORDS |= {"array": "a list", "object": "a table"}


def _number(text: str) -> str | None:
    return text.strip() if re.fullmatch(r"\s*-?(0|[1-9]\d*)(\.\d+)?\s*", text) else None


def _instead(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {near[0]}?" if near else f"take it out; there are: {', '.join(names)}"


def _nearest(value: Any, words: Sequence[str]) -> str | None:
    near = difflib.get_close_matches(str(value), words, n=1)
    return (
        f'did you mean "{near[0]}"?'
        if near
        else f'write "{words[0]}", for instance'
        if words
        else None
    )


def _plain(what: str, forms: Mapping[str, str]) -> str:
    """msgspec's wording for someone who writes TOML."""
    for pattern, words in (
        (
            r"Expected '([^']+)', got '([^']+)'",
            lambda m: f"{_type(m[1])} is needed here, this is {_type(m[2])}",
        ),
        (r"Expected 'str' matching regex '(.+)'", lambda m: f"it must be {forms.get(m[1], m[1])}"),
        (r"Expected '(?:int|float)' >= (\S+)", r"at least \1 is needed"),
        (r"Expected '(?:int|float)' <= (\S+)", r"at most \1 is allowed"),
        (r"Expected '(?:str|array)' of length >= (\S+)", r"at least \1 long"),
        (r"Expected '(?:str|array)' of length <= (\S+)", r"at most \1 long"),
    ):
        what = re.sub(pattern, words, what)
    return what


def _type(types: str) -> str:
    names = [name for name in types.split(" | ") if name != "null"]
    if "float" in names and "int" in names:
        names.remove("int")
    return " or ".join(_WORDS.get(name, name) for name in names)


# -- keys ------------------------------------------------------------------------------------------


def key_at(path: str, document: Any, form: type) -> Key:
    """msgspec's path as a key of ``document``."""
    key: Key = ()
    for name, index, _other in _PATH.findall(path):
        if name:
            key = (*key, name)
        elif index.isdigit():
            key = (*key, int(index))
        else:  # msgspec writes [...] for a name in a table of tables: the first that fails is meant
            failing = _failing(document, key, form)
            key = (*key, failing) if failing is not None else key
    return key


def _failing(document: Any, key: Key, form: type) -> str | None:
    """The name of the first table below ``key``, which stands at the top of the document, that is none of its form."""
    tables = value_at(document, key)
    for name in tables if isinstance(tables, dict) and len(key) == 1 else ():
        try:
            msgspec.convert({key[0]: {name: tables[name]}}, form, strict=True)
        except msgspec.ValidationError:
            return str(name)
    return None


def value_at(document: Any, key: Sequence[str | int]) -> Any:
    """What stands at ``key``; None if there is nothing."""
    for part in key:
        try:
            document = document[part]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def dotted(key: Sequence[str | int]) -> str:
    """A key as messages write it."""
    shown = ""
    for part in key:
        shown += f"[{part}]" if isinstance(part, int) else (f".{part}" if shown else str(part))
    return shown


def names_at(form: type, key: Sequence[str | int]) -> tuple[str, ...]:
    """The names of the keys that the table at ``key`` takes."""
    from msgspec import inspect

    found = _form_at(form, key)
    return (
        tuple(field.encode_name for field in found.fields)
        if isinstance(found, inspect.StructType)
        else ()
    )


def _words_at(form: type, key: Sequence[str | int]) -> tuple[str, ...]:
    """The words that are allowed at ``key``."""
    from msgspec import inspect

    found = _form_at(form, key)
    return tuple(map(str, found.values)) if isinstance(found, inspect.LiteralType) else ()


def _form_at(form: type, key: Sequence[str | int]) -> Any:
    """The type of what stands at ``key``, as msgspec sees it."""
    from msgspec import inspect

    found: Any = _bare(inspect.type_info(form))
    for part in key:
        if isinstance(found, inspect.StructType):
            found = next((field.type for field in found.fields if field.encode_name == part), None)
        elif isinstance(found, inspect.DictType):
            found = found.value_type
        else:
            found = getattr(found, "item_type", None)
        found = _bare(found)
    return found


def _is_list_of_texts(form: type, key: Sequence[str | int]) -> bool:
    from msgspec import inspect

    found = _form_at(form, key)
    is_list = isinstance(found, inspect.VarTupleType | inspect.ListType)
    return is_list and isinstance(_bare(found.item_type), inspect.StrType)


def _bare(found: Any) -> Any:
    """A type without what only surrounds it: descriptions, and None as the other choice."""
    from msgspec import inspect

    while isinstance(found, inspect.Metadata | inspect.UnionType):
        if isinstance(found, inspect.Metadata):
            found = found.type
        else:
            found = next(one for one in found.types if not isinstance(one, inspect.NoneType))
    return found
