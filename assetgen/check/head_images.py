"""Whether each page names its own image in its front matter, where ``writes`` asks for that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any

from assetgen.check.problem import PageProblem, brief
from assetgen.cure import Cure, advice, command
from assetgen.errors import AssetgenError
from assetgen.fs import globs
from assetgen.manifest import writes
from assetgen.manifest.schema import Asset
from assetgen.manifest.writes import Writes
from assetgen.pages import card_element, card_value, front_key, published
from assetgen.pages.card_element import Place
from assetgen.plan.workspace import Workspace
from assetgen.refs.languages import ASTRO, suffix

CODE = "head-image"


class HeadImages:
    """The images that pages name as their own; of several for one key, the first."""

    def __init__(
        self, project: Workspace, only: Callable[[str], bool] = lambda _page: True
    ) -> None:
        """``only`` says of which pages."""
        self._project = project
        stated = project.manifest
        is_ignored = globs.matcher(stated.check.ignore)
        self._by_key: dict[tuple[str, str], Asset] = {}
        for asset in stated.asset:
            key, page = writes.of(asset.writes), asset.page
            if key is None or page is None or not only(page):
                continue
            if not (is_ignored(page) or is_ignored(asset.path)):
                self._by_key.setdefault((page, key.key), asset)
        self.assets = frozenset(asset.id for asset in self._by_key.values())

    def rests_on(self) -> set[str]:
        """The files that decide how pages name images."""
        if not self._by_key:
            return set()
        return {*self._project.listing.consulted, *(page for page, _ in self._by_key)}

    def problems(self) -> Iterator[PageProblem]:
        """One problem for each page and key that does not name the image of the page."""
        yield from self._problems.values()

    def instead_of(self, others: Iterable[PageProblem]) -> Iterator[PageProblem]:
        """These problems and ``others``, without those of the values that these replace."""
        for one in others:
            named = one.row.reference if one.row else None
            key = (one.path, named.key) if named and named.kind == "frontmatter" else None
            if key is None or key not in self._problems:
                yield one
        yield from self.problems()

    @cached_property
    def _problems(self) -> dict[tuple[str, str], PageProblem]:
        if self._project.manifest.check.head_image == "off":
            return {}
        found: dict[tuple[str, str], PageProblem] = {}
        for (page, _), asset in self._by_key.items():
            place = self._place(page, asset)
            if problem := self._problem(page, asset, place):
                found.setdefault((page, place.key), problem)
        return found

    def _place(self, page: str, asset: Asset) -> Place:
        framework = self._project.sites.of(page).framework
        return card_element.place(_stated(asset), self._front(page), framework)

    def _problem(self, page: str, asset: Asset, place: Place) -> PageProblem | None:
        project = self._project
        stated = _stated(asset)
        sites, public = project.sites, project.manifest.project.public
        wanted = card_value.written(asset.path, page, stated, sites, public)
        version = self._version(asset, page, stated) if wanted else ""
        wanted = wanted and wanted + version
        value = None if place.is_new else _value(self._front(page), place.key)
        if value is not None and value == wanted:
            return None
        if value is None or value == "":
            if card_value.is_found_by_name(asset.path, page, sites.of(page)):
                return None
            named = "og:image in its head" if place.is_new else place.key
            state = "empty" if value == "" else "missing"
            what = f"the page does not name its image {asset.path}: {named} is {state}"
        elif isinstance(value, str) and self._is_right(value, asset, page, stated):
            if not version or value.endswith(version):
                return None
            what = f"{place.key} is {brief(value)}, but the content of the image is {version[3:]}"
        else:
            shown = brief(value) if isinstance(value, str) else "no text"
            what = f"{place.key} is {shown}, but the image of the page is {asset.path}"
        return self._reported(page, asset, place, what=what, wanted=wanted)

    def _version(self, asset: Asset, page: str, stated: Writes) -> str:
        """What a URL ends in so that networks load the image again; "" for other values."""
        known = self._project.manifest.project
        if not known.card_version:
            return ""
        sites = self._project.sites
        if not card_value.may_have_query(asset.path, page, stated, sites, known.public):
            return ""
        digest = self._project.tree.digest(asset.path)
        return published.version(digest) if digest else ""

    def _front(self, page: str) -> Any:
        with suppress(AssetgenError):  # reported with the asset
            return self._project.page(page).own
        return {}

    def _is_right(self, value: str, asset: Asset, page: str, stated: Writes) -> bool:
        project = self._project
        return card_value.names(
            value,
            asset.path,
            page,
            stated=stated,
            sites=project.sites,
            listing=project.listing,
            public=project.manifest.project.public,
        )

    def _reported(
        self, page: str, asset: Asset, place: Place, *, what: str, wanted: str | None
    ) -> PageProblem:
        text = self._text(page)
        line = front_key.line(text or "", page, place.key)
        is_site = self._project.sites.of(page).framework in card_value.GENERATORS
        edit = None
        is_code = suffix(page) in ASTRO  # between its fences
        if text is not None and wanted is not None and not is_code:
            value = place.form.element(wanted) if place.form and place.is_new else wanted
            edit = front_key.edit(text, page, place.key, value, is_site=is_site)
        if edit is None:
            fix, remark = None, self._by_hand(page, asset, place, wanted)
        else:
            where = f"{page}:{line}"
            fix = command("assetgen refs --fix {where}", where=where)
            key = "og:image" if place.is_new else place.key
            remark = advice("writes {key} = {value}", key=key, value=wanted or "")
        return PageProblem(
            code=CODE,
            message=f"{what} (asset {asset.id})",
            path=page,
            line=line,
            col=1,
            command=fix,
            remark=remark,
            edits=(edit,) if edit else (),
        )

    def _by_hand(self, page: str, asset: Asset, place: Place, wanted: str | None) -> Cure:
        stated, site = _stated(asset), self._project.sites.of(page)
        if suffix(page) in ASTRO:
            print_it = command("assetgen snippet {id} --for astro-head", id=asset.id)
            return advice("it has no front matter; {print} prints the code", print=print_it)
        if wanted and place.is_new and place.form and (form := place.form.snippet):
            print_it = command("assetgen snippet {id} --for {form}", id=asset.id, form=form)
            return advice("write the elements that {print} prints", print=print_it)
        if wanted is not None:
            return advice(
                "write {value} under {key} in its front matter", value=wanted, key=place.key
            )
        if card_value.needs_url(stated, site) and not self._project.sites.url:
            return advice('add url = "https://example.org" under [project]')
        public = self._project.manifest.project.public or "the public folder"
        return advice("give asset {id} a path in {public}", id=asset.id, public=public)

    def _text(self, page: str) -> str | None:
        data = self._project.content(page)
        try:
            return None if data is None else data.decode()
        except UnicodeDecodeError:
            return None


def _stated(asset: Asset) -> Writes:
    stated = writes.of(asset.writes)
    assert stated is not None
    return stated


def _value(front: Any, key: str) -> Any:
    """What the front matter has under ``key``; None if it has nothing."""
    for step in front_key.steps(key):
        if isinstance(step, int):
            front = front[step] if isinstance(front, list) and step < len(front) else None
        else:
            front = front.get(step) if isinstance(front, dict) else None
    return front
