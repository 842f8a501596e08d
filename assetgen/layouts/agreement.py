"""Values of a layout that do not agree with each other: the image would not show one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assetgen.cure import advice
from assetgen.layouts import code_text
from assetgen.layouts.field import Field
from assetgen.manifest.toml_faults import Fault, dotted, nearest
from assetgen.manifest.toml_positions import Key
from assetgen.text import brief, count

#: The names of a list that a message states.
_MOST_NAMES = 12


def disagreements(
    filled: Mapping[str, Any], fields: Mapping[str, Field], at: Key
) -> Iterator[Fault]:
    """Each value of ``filled`` that another value leaves no place for, with its key."""
    yield from _in_table(filled, fields, at, whole=filled)


def _in_table(
    filled: Mapping[str, Any], fields: Mapping[str, Field], at: Key, whole: Mapping[str, Any]
) -> Iterator[Fault]:
    for key, spec in fields.items():
        value, here = filled.get(key), (*at, key)
        if not _is_given(value, spec):
            continue
        yield from _replaced(filled, fields, here, whole=whole)
        if spec.needs and not any(_is_given(filled.get(name), fields[name]) for name in spec.needs):
            what = f"{dotted(here)} is shown only together with {' or '.join(spec.needs)}"
            yield Fault(here, what, advice("remove {key}", key=key))
        yield from _unknown(value, spec, here, whole=whole)
        code = whole.get(spec.lines_of) if spec.lines_of else None
        if isinstance(code, str) and isinstance(value, str):
            yield from code_text.wrong_with_lines(value, code, whole.get("first_line"), here)
        if spec.type == "table" and isinstance(value, Mapping):
            yield from _in_table(value, spec.fields, here, whole=whole)
        elif spec.type == "list" and isinstance(value, list):
            yield from _too_many(value, spec, here, whole=whole)
            yield from _in_list(value, spec, here, whole=whole)


def _in_list(
    items: Sequence[Any], spec: Field, at: Key, whole: Mapping[str, Any]
) -> Iterator[Fault]:
    if spec.of == ("number",) and not [one for one in items if one is not None]:
        what = f"{dotted(at)} has no number, only gaps"
        yield Fault(at, what, advice("write at least one number"))
    for name in (name for name, one in spec.fields.items() if one.falls):
        yield from _rising(items, name, at)
    between = [name for name, one in spec.fields.items() if one.between]
    for index, item in enumerate(items):
        if not isinstance(item, Mapping):
            continue
        yield from _in_table(item, spec.fields, (*at, index), whole=whole)
        yield from _repeated(items, index, spec, at)
        yield from _circles(items, index, spec, at)
        if index == len(items) - 1:
            for name in between:
                if item.get(name):
                    what = f"{dotted((*at, index, name))} leads to nothing: it is in the last entry"
                    cure = advice("remove it, or add an entry after it")
                    yield Fault((*at, index, name), what, cure)


def _repeated(items: Sequence[Any], index: int, spec: Field, at: Key) -> Iterator[Fault]:
    """Each text of an item that another one before it has too, though they must differ."""
    for name in (name for name, one in spec.fields.items() if one.unique):
        value = items[index].get(name)
        before = [one.get(name) for one in items[:index] if isinstance(one, Mapping)]
        if value and value in before:
            first = dotted((*at, before.index(value), name))
            what = f"{dotted((*at, index, name))} = {brief(value)} is also {first}"
            yield Fault((*at, index, name), what, advice("write another {name}", name=name))


def _rising(items: Sequence[Any], name: str, at: Key) -> Iterator[Fault]:
    """Each number that cannot be what is left of the one before it."""
    before: float | None = None
    for index, item in enumerate(items):
        number = item.get(name) if isinstance(item, Mapping) else None
        if not isinstance(number, (int, float)):
            continue  # reported already
        here = (*at, index, name)
        if before is None and number == 0:
            what = f"{dotted(here)} = 0: nothing can be left of zero"
            yield Fault(here, what, advice("write a number above zero"))
        elif before is not None and number > before:
            what = (
                f"{dotted(here)} = {number:.12g} is above the {before:.12g} before it: each number "
                "is what is left of the one before"
            )
            cure = advice("correct one of them, or use a layout whose numbers may rise")
            yield Fault(here, what, cure)
        before = number


def _circles(items: Sequence[Any], index: int, spec: Field, at: Key) -> Iterator[Fault]:
    """A way from an item up to itself; said once, of the first item on it."""
    for name, one in spec.fields.items():
        key = one.among.partition(".")[2]
        if not one.above or not key:
            continue
        above = {item[key]: item.get(name) for item in items if isinstance(item, Mapping)}
        start, way = items[index].get(key), [items[index].get(key)]
        while (after := above.get(way[-1])) and after not in way:
            way.append(after)
        earlier = {item.get(key) for item in items[:index] if isinstance(item, Mapping)}
        if start and after == start and not earlier & set(way):
            what = f"{dotted((*at, index, name))} leads back to itself: {' > '.join([*way, start])}"
            yield Fault((*at, index, name), what, advice("remove {name} of one of them", name=name))


def _is_given(value: Any, spec: Field) -> bool:
    return value not in (None, "", [], {}, spec.default) and value is not False


def replaces(name: str, fields: Mapping[str, Field], values: Mapping[str, Any]) -> list[str]:
    """The names of ``values`` that leave no place for the value ``name``."""
    return [
        other
        for other in fields[name].without
        if other in fields and _is_given(values.get(other), fields[other])
    ]


def _replaced(
    filled: Mapping[str, Any], fields: Mapping[str, Field], at: Key, whole: Mapping[str, Any]
) -> Iterator[Fault]:
    own = str(at[-1])
    beside = [(*at[:-1], other) for other in replaces(own, fields, filled)]
    above = [(at[0], other) for other in fields[own].without if other not in fields]
    for place in (*beside, *(one for one in above if whole.get(one[1]))):
        what = f"{dotted(at)} is not shown together with {dotted(place)}"
        yield Fault(at, what, advice("remove {own} or {other}", own=own, other=place[-1]))


def _unknown(value: Any, spec: Field, at: Key, whole: Mapping[str, Any]) -> Iterator[Fault]:
    among, _, name = spec.among.partition(".")
    known = whole.get(among) if among else None
    if name and isinstance(known, list):
        known = [one.get(name) for one in known if isinstance(one, Mapping)]
    if not isinstance(known, list) or not isinstance(value, str) or value in known:
        return
    if name and not known:
        return  # the list is missing, which is said elsewhere
    names = list(dict.fromkeys(one for one in known if isinstance(one, str) and one))
    listed = ", ".join(names[:_MOST_NAMES]) + (", ..." if len(names) > _MOST_NAMES else "")
    kind = f"{name}s of {among}" if name else among
    what = f"{dotted(at)} = {brief(value)} is not one of the {kind}"
    what += f": {listed}" if names else f": none of the {among} has one"
    near = nearest(value, names)
    cure = (
        advice("did you mean {near}?", near=near)
        if near
        else advice("name one of them, or remove {own}", own=at[-1])
    )
    yield Fault(at, what, cure)


def _too_many(
    items: Sequence[Any], spec: Field, at: Key, whole: Mapping[str, Any]
) -> Iterator[Fault]:
    owners = whole.get(spec.each) if spec.each else None
    if isinstance(owners, list) and len(items) > len(owners):
        noun = "number" if spec.of == ("number",) else "text"
        what = (
            f"{dotted(at)} has {count(len(items), noun)} for {len(owners)} {spec.each}: "
            f"{brief(items[len(owners)])} has no place"
        )
        cure = advice("give one {noun} for each of the {each}", noun=noun, each=spec.each)
        yield Fault(at, what, cure)
