"""The pages and rows of a collection, and what each is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from assetgen.cure import Cure, advice
from assetgen.errors import AssetgenError
from assetgen.manifest.collection import Collection, slug
from assetgen.plan import page
from assetgen.plan.collection_rules import LOCALE, ROW, SLUG
from assetgen.plan.page import Page
from assetgen.text import brief

#: The key in front matter that is about images: false, or values for the page's own.
_OF_PAGE = "assetgen"
#: The most values that a page may have for its image; an alias of YAML can make it endless.
_MOST_VALUES = 2000


@dataclass(frozen=True)
class Sources:
    """What collections ask about a project."""

    pages: Callable[[Sequence[str]], Sequence[str]]
    """The pages that glob patterns match, sorted."""
    page: Callable[[str], Page]
    """What a page says, which may be nothing."""
    rows: Callable[[str, str | None], Sequence[tuple[str, Mapping[str, str]]]]
    """The rows of a data file, each with its place. Raises NoData."""
    has_theme: Callable[[str, Mapping[str, Any]], bool]
    """Whether the layout of a kind with these values has a value called theme."""


class Wrong(Protocol):
    """Notes what is wrong, below a key of the collection; ``label`` is the page or the row."""

    def __call__(
        self, key: tuple[str, ...], what: str, cure: Cure | None, label: str = ""
    ) -> None: ...


@dataclass(frozen=True)
class Item:
    """A page or a row; neither for a collection of a matrix alone."""

    label: str = ""
    path: str | None = None
    page: Page = field(default_factory=Page)
    row: Mapping[str, str] = field(default_factory=dict)
    slug: str = ""
    locale: str = ""

    @property
    def own_values(self) -> Mapping[str, Any]:
        """The values that the page has for its own image."""
        own = self.page.own.get(_OF_PAGE)
        return own if isinstance(own, Mapping) else {}

    def word(self, name: str) -> str:
        """The value of a placeholder; "" if there is none."""
        if name == SLUG:
            return self.slug
        if name == LOCALE:
            return self.locale
        if name.startswith(ROW):
            return self.row.get(name.removeprefix(ROW), "")
        return page.word(self.page, self.path or "", name)

    def has(self, key: str, value: Any) -> bool:
        """Whether the front matter, or the row, has ``value`` under ``key``, or in a list there."""
        if self.path is None:
            return self.row.get(key, "").lower() == str(value).lower()
        found = self.page.own.get(key)
        wanted = value.isoformat() if hasattr(value, "isoformat") else value
        many = found if isinstance(found, list) and not isinstance(value, list) else [found]
        return any(type(one) is type(wanted) and one == wanted for one in many)

    def problem(self) -> tuple[str, Cure] | None:
        """Why an image cannot be made of the page, and the cure."""
        if self.path is None:
            return None
        line = self.page.lines.get(_OF_PAGE, 1)
        own, named = self.page.own.get(_OF_PAGE), self.page.own.get(SLUG)
        if own is not None and own is not True and not isinstance(own, Mapping):
            what = f"{self.path}:{line}: assetgen = {brief(str(own))} is not a table of values"
            return what, advice("write assetgen: false, or values of the layout below assetgen:")
        if isinstance(own, Mapping) and not _is_small(own):
            what = f"{self.path}:{line}: assetgen has more than {_MOST_VALUES} values"
            return what, advice("write only the values of the layout")
        if isinstance(named, (bool, list, Mapping)):
            what = f"slug is {brief(str(named))} in the front matter of {self.path}"
            return what, advice('write slug: "..." in {path}', path=self.path)
        return None if self.page.stated() else page.nothing(self.path)


def items(rule: Collection, sources: Sources, wrong: Wrong) -> Iterator[Item]:
    """The pages or rows of ``rule`` that are not left out; one item without ``from`` and data."""
    if rule.patterns:
        every = _pages(rule, sources, wrong)
    elif rule.data is not None:
        every = _rows(rule, sources, wrong)
    else:
        every = iter([Item()])
    for item in every:
        if not any(item.has(key, value) for key, value in rule.unless.items()):
            yield item


def _pages(rule: Collection, sources: Sources, wrong: Wrong) -> Iterator[Item]:
    found = sources.pages(rule.patterns)
    if not found:
        what = f"no page matches from = {', '.join(rule.patterns)}"
        wrong(("from",), what, advice("correct the pattern, or remove the collection"))
    locales = rule.matrix.get(LOCALE)
    for path in found:
        try:
            known = sources.page(path)
        except AssetgenError as exc:
            wrong(("from",), exc.what, exc.cure, path)
            continue
        locale = page.word(known, path, LOCALE)
        if known.own.get(_OF_PAGE) is False or (locales is not None and locale not in locales):
            continue
        own = page.line(str(known.own.get(SLUG) or "")[: page.MAX_BYTES], page.MAX_TITLE)
        last = own.rstrip("/").rpartition("/")[2]
        name = slug(path, rule.patterns, own=last, locale=locale)
        yield Item(path, path, known, slug=name, locale=locale)


def _rows(rule: Collection, sources: Sources, wrong: Wrong) -> Iterator[Item]:
    data = rule.data or ""
    try:
        rows = sources.rows(data, rule.pointer)
    except AssetgenError as exc:
        wrong(("data",), exc.what, exc.cure, exc.where or "")
        return
    if not rows:
        wrong(("data",), f"{data} has no rows", advice("add rows to it"))
    for key in rule.unless if rows else ():
        if not any(key in row for _, row in rows):
            wrong(("unless",), f"{data} has no column {brief(key)}", advice("name a column"))
    for label, row in rows:
        yield Item(label, row=row)


def _is_small(value: object) -> bool:
    """Whether a value has few values in it; it is given up after too many."""
    left, waiting = _MOST_VALUES, [value]
    while waiting and left >= 0:
        one = waiting.pop()
        left -= 1
        if isinstance(one, Mapping):
            waiting += list(one.values())
        elif isinstance(one, list):
            waiting += one
    return left >= 0
