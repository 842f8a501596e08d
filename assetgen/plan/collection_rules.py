"""What is wrong with a [[collection]] by itself, before any page is read."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import msgspec

from assetgen.cure import advice
from assetgen.errors import UnsupportedOption
from assetgen.fs import globs, paths
from assetgen.manifest import module_rules, placeholders, presets, writes
from assetgen.manifest.collection import FILLED, MAX_ITEMS, Collection
from assetgen.manifest.key_types import Ground
from assetgen.manifest.toml_faults import Fault, leaves
from assetgen.manifest.toml_positions import Key
from assetgen.text import brief

#: Axes and placeholders with a meaning of their own.
LOCALE, SIZE, SLUG, THEME = "locale", "size", "slug", "theme"
#: Prefix of the column of a row.
ROW = "row."


def broken(rule: Collection) -> Iterator[Fault]:
    """Every fault, with keys below the collection."""
    yield from _of_sources(rule)
    yield from _of_matrix(rule)
    if rule.writes and (wrong := writes.problem(rule.writes, has_page=bool(rule.patterns))):
        yield Fault(("writes",), *wrong)
    names, prefixes = _names(rule), _prefixes(rule)
    for key in FILLED:
        stated = getattr(rule, key)
        stated = stated.key if isinstance(stated, writes.Writes) else stated
        stated = msgspec.to_builtins(stated) if isinstance(stated, Ground) else stated
        for at, text in leaves(stated, (key,)):
            is_text = isinstance(text, str)
            if is_text and (wrong := placeholders.problem(text, names, prefixes)):
                yield Fault(at, f"{key}: {wrong[0]}", wrong[1])
    for key in ("id", "path"):
        if "{" not in getattr(rule, key).replace("{{", ""):
            what = f"{key} has no placeholder, so all images of the collection would have the same"
            yield Fault((key,), what, advice("add one, such as {example}", example="{slug}"))


def _of_sources(rule: Collection) -> Iterator[Fault]:
    if rule.patterns and rule.data is not None:
        what = "a collection has images of pages or of rows, and this one has from and data"
        yield Fault(("data",), what, advice("remove one of them, or make two collections"))
    if not (rule.patterns or rule.data or rule.matrix):
        what = "the collection does not say what there is an image of"
        yield Fault((), what, advice("add from (pages), data (rows) or matrix"), missing="from")
    for pattern in rule.patterns:
        try:
            globs.matcher([pattern])
        except ValueError as exc:
            what = f"{brief(pattern)} is not a glob pattern: {exc}"
            yield Fault(("from",), what, advice("correct the pattern"))
            continue
        if module_rules.wrong_with_pattern(pattern.removeprefix("!")):
            what = f"{brief(pattern)} is not a pattern below the project"
            yield Fault(("from",), what, advice('write it as in "content/blog/**/*.md"'))
    if rule.data is not None and (wrong := paths.problem_of_page(rule.data)):
        yield Fault(("data",), f"{brief(rule.data)} {wrong}", advice("name a file of the project"))
    if rule.pointer is not None and rule.data is None:
        yield Fault(("pointer",), "pointer is a place in data", advice("add data, or remove it"))
    if rule.unless and not (rule.patterns or rule.data):
        what = "unless leaves out pages or rows, and there are none"
        yield Fault(("unless",), what, advice("remove it"))


def _of_matrix(rule: Collection) -> Iterator[Fault]:
    for axis, values in rule.matrix.items():
        at: Key = ("matrix", axis)
        if not values:
            yield Fault(at, f"the axis {axis} has no values", advice("add some, or remove it"))
        if len(set(values)) < len(values):
            yield Fault(at, f"the axis {axis} has a value twice", advice("remove one of them"))
        if axis in (*placeholders.OF_PAGE, "page", "row") and axis != LOCALE:
            what = f"{{{axis}}} is a word of the page, so an axis cannot have that name"
            yield Fault(at, what, advice("rename the axis"))
        if any("{" in value or "}" in value for value in values):
            yield Fault(at, "values of axes have no placeholders", advice("write plain texts"))
    for size in rule.matrix.get(SIZE, ()):
        if wrong := presets.problem(size):
            yield Fault(("matrix", SIZE), *wrong, error=UnsupportedOption)
    if rule.size is not None and SIZE in rule.matrix:
        yield Fault(("size",), "size is an axis of the matrix too", advice("remove one of them"))
    count = prod(len(values) for values in rule.matrix.values())
    if count > MAX_ITEMS:
        what = f"the matrix has {count} combinations; at most {MAX_ITEMS} are possible"
        yield Fault(("matrix",), what, advice("remove values or axes"))


def _names(rule: Collection) -> tuple[str, ...]:
    of_page = placeholders.OF_PAGE if rule.patterns else ()
    return tuple(dict.fromkeys((*of_page, *rule.matrix)))


def _prefixes(rule: Collection) -> tuple[str, ...]:
    return (placeholders.PAGE,) if rule.patterns else (ROW,) if rule.data else ()
