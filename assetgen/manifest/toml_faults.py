"""What in a TOML document is not of its type, in plain words: the key, the value, the cure."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from assetgen.cure import Cure, advice
from assetgen.errors import AssetgenError, ManifestError
from assetgen.manifest.toml_positions import Key
from assetgen.text import brief


@dataclass(frozen=True)
class Fault:
    """One thing that is not of its type, and the key that it is under."""

    key: Key
    what: str
    cure: Cure | None
    unknown: str | None = None
    """The name of a key that does not exist."""
    meant: str | None = None
    """The name of a missing required key that ``unknown`` is a misspelling of."""
    names: tuple[str, ...] = ()
    """The keys that exist, if ``unknown`` is like none of them."""
    missing: str | None = None
    """The name of a required key that is missing from the table at ``key``."""
    error: type[AssetgenError] = ManifestError
    """What it is raised as."""
    where: str | None = None
    """The file that it is in, if that is not the document itself: a template."""


class Wording(Struct, frozen=True):
    """How values are described: ``forms`` gives regular expressions in words.

    Without ``quotes`` no value is repeated: it may be a secret.
    """

    forms: Mapping[str, str]
    quotes: bool = True


def faults(value: Any, form: Any, wording: Wording, key: Key = ()) -> Iterator[Fault]:
    """Everything in ``value`` that is not of the type ``form``; ``key`` is the key of ``value``.

    Table by table, in the order of the document; missing keys come last in their table. A list of
    a wrong length is one fault, whatever is in it.
    """
    message = _message(value, form)
    if message is None:
        return
    bare = _bare(form, value)
    shell = _shell(form, bare)
    own = message if shell is None else _message(value, shell)
    if own is not None:
        yield _explained(own, value, bare, key=key, wording=wording)
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct) and isinstance(value, Mapping):
        yield from _in_struct(value, bare, wording, key=key)
    elif get_origin(bare) is dict and isinstance(value, Mapping):
        yield from _in_table(value, bare, wording, key=key)
    elif get_origin(bare) in (tuple, list) and own is None:  # not in a list that is too long
        for index, entry in enumerate(value):
            yield from faults(entry, get_args(bare)[0], wording, key=(*key, index))


def leaves(value: Any, at: Key) -> Iterator[tuple[Key, Any]]:
    """Every value in ``value`` that is no table and no list, with its key."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, (*at, key))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*at, index))
    else:
        yield at, value


def value_at(document: Any, key: Sequence[str | int]) -> Any:
    """The value at ``key``; None if there is none."""
    for part in key:
        try:
            document = document[part]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def dotted(key: Sequence[str | int]) -> str:
    """A key as messages write it: asset[0].fit.width."""
    shown = ""
    for part in key:
        shown += f"[{part}]" if isinstance(part, int) else f".{part}"
    return shown.removeprefix(".")


def unquoted(text: str, line: int) -> Cure | None:
    """The cure for a line that is not TOML because a text in it has no quotes; else None."""
    rows = text.split("\n")[line - 1 : line]
    found = _UNQUOTED.fullmatch(rows[0]) if rows else None
    if found is None:
        return None
    return advice('text needs quotes: {key} = "{text}"', key=found[1], text=found[2])


_UNQUOTED = re.compile(r"\s*([A-Za-z0-9_.-]+)\s*=\s*([A-Za-z/@#][^\"'#\[\]{}=]*?)\s*")


# -- tables ----------------------------------------------------------------------------------------


def _in_struct(
    value: Mapping[str, Any], form: type[msgspec.Struct], wording: Wording, key: Key
) -> Iterator[Fault]:
    fields = _fields(form)
    absent = [name for name, field in fields.items() if field.required and name not in value]
    for name, inner in value.items():
        if name in fields:
            yield from faults(inner, fields[name].type, wording, key=(*key, name))
        else:
            near = nearest(name, fields)
            meant = near if near in absent else None
            absent = [one for one in absent if one != meant]
            names = () if near else tuple(fields)
            cure = (
                advice("did you mean {near}?", near=near)
                if near
                else advice("remove it; there are: {names}", names=names)
            )
            what = f"there is no key '{name}'"
            fault = Fault((*key, name), what, cure, unknown=name, meant=meant)
            yield replace(fault, names=names)
    for name in absent:
        what = f"{name} is missing from {dotted(key)}"
        yield Fault(key, what, advice("add {name} = ...", name=name), missing=name)


@lru_cache(maxsize=64)
def _fields(form: type[msgspec.Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(form)}


def _in_table(value: Mapping[str, Any], form: Any, wording: Wording, key: Key) -> Iterator[Fault]:
    of_names, of_values = get_args(form)
    for name, inner in value.items():
        if wrong := _message(name, of_names):
            what = f"{brief(name)} is not a valid name for a {key[-1]}: {_plain(wrong, wording)}"
            cure = advice("name it in lower-case letters, digits, - and _")
            yield Fault((*key, name), what, cure)
        yield from faults(inner, of_values, wording, key=(*key, name))


# -- types -----------------------------------------------------------------------------------------


def _message(value: Any, form: Any) -> str | None:
    """What msgspec says against ``value`` as a ``form``; None if nothing."""
    try:
        msgspec.convert(value, form, strict=True)
    except msgspec.ValidationError as exc:
        return str(exc).partition(" - at `")[0]
    return None


def _bare(form: Any, value: Any = None) -> Any:
    """A type without what surrounds it: descriptions, and all other choices than that of a value.

    No value means the first choice that is not None.
    """
    while True:
        if get_origin(form) is Annotated:
            form = get_args(form)[0]
        elif get_origin(form) in (Union, UnionType):
            choices = [_bare(one) for one in get_args(form) if one is not NoneType]
            form = next((one for one in choices if _is_like(value, one)), choices[0])
        else:
            return form


def _is_like(value: Any, bare: Any) -> bool:
    """Whether a value is a table or a list, and a type is one for such values."""
    if isinstance(value, Mapping):
        return isinstance(bare, type) and issubclass(bare, msgspec.Struct)
    return isinstance(value, list) and get_origin(bare) in (tuple, list)


def _shell(form: Any, bare: Any) -> Any:
    """The type of a container whatever is in it, with its own limits; None for any other type."""
    shell: Any
    if (isinstance(bare, type) and issubclass(bare, msgspec.Struct)) or get_origin(bare) is dict:
        shell = dict[str, Any]
    elif get_origin(bare) in (tuple, list):
        shell = list[Any]
    else:
        return None
    for limit in getattr(form, "__metadata__", ()):
        shell = Annotated[shell, limit]
    return shell


# -- words -----------------------------------------------------------------------------------------

_TYPES = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false"}
_TYPES |= {"array": "a list", "object": "a table"}


def _explained(message: str, value: Any, bare: Any, key: Key, wording: Wording) -> Fault:
    """msgspec's ``message`` on the value at ``key``, with the value and the nearest right one."""
    what = message.replace("`", "'")
    cure: Cure | None = None
    if what.startswith("Invalid enum value"):
        words = tuple(sorted(map(str, get_args(bare)))) if get_origin(bare) is Literal else ()
        what, cure = f"this is not one of {', '.join(words)}", _nearest_word(value, words)
    elif (
        isinstance(value, str)
        and re.search("Expected '(int|float)", what)
        and (number := _number(value))
    ):
        cure = advice("write {key} = {number}, without quotes", key=key[-1], number=number)
    elif isinstance(value, str) and key and _is_list_of_texts(bare):
        shown = json.dumps(value, ensure_ascii=False) if wording.quotes else "..."
        cure = advice("write {key} = [{shown}]", key=key[-1], shown=shown)
    shown = f" = {brief(value)}" if wording.quotes else ""
    return Fault(key, f"{dotted(key)}{shown}: {_plain(what, wording)}", cure)


def _is_list_of_texts(bare: Any) -> bool:
    return get_origin(bare) in (tuple, list) and _bare(get_args(bare)[0]) is str


def _number(text: str) -> str | None:
    return text.strip() if re.fullmatch(r"\s*-?(0|[1-9]\d*)(\.\d+)?\s*", text) else None


def nearest(value: object, words: Iterable[str]) -> str | None:
    """The word that ``value`` is most likely a misspelling of."""
    return _nearest(str(value)[:100], tuple(words))


@lru_cache(maxsize=256)
def _nearest(value: str, words: tuple[str, ...]) -> str | None:
    return next(iter(difflib.get_close_matches(value, words, n=1)), None)


def _nearest_word(value: Any, words: Sequence[str]) -> Cure | None:
    if near := nearest(value, words):
        return advice('did you mean "{near}"?', near=near)
    return advice('write "{word}", for instance', word=words[0]) if words else None


def _plain(what: str, wording: Wording) -> str:
    """msgspec's wording for someone who writes TOML."""
    what = what.replace("`", "'")
    for pattern, words in (
        (
            r"Expected '([^']+)', got '([^']+)'",
            lambda m: f"{_type(m[1])} is needed here, this is {_type(m[2])}",
        ),
        (
            r"Expected 'str' matching regex '(.+)'",
            lambda m: f"it must be {wording.forms.get(m[1], m[1])}",
        ),
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
    return " or ".join(_TYPES.get(name, name) for name in names)
