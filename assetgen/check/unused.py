"""Images of the manifest that no page refers to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property

from assetgen.check.misspelled import words_in
from assetgen.check.problem import PageProblem
from assetgen.check.surveyed import SurveyedPages
from assetgen.cure import advice, command
from assetgen.errors import AssetgenError
from assetgen.fs import paths
from assetgen.manifest.schema import FILE, Asset, references, targets
from assetgen.pages import append, card_value, published, snippets, typed_module
from assetgen.pages.published import Published
from assetgen.plan.wish import rests_on
from assetgen.record.record import Record
from assetgen.refs.languages import suffix

# Names that frameworks find by themselves: Next's app/opengraph-image.png.
_FOUND_BY_NAME = re.compile(
    r"(?:^|/)app/(?:.*/)?(?:opengraph-image|twitter-image|icon|apple-icon)\d*\.\w+\Z"
)
# How many pages are tried for one that the snippet can be appended to.
_MOST_PAGES = 8
# The kind of the cards of pages, which their front matter names.
_CARD = "cover"
# Words in paths of pages that say nothing about a page.
_OF_ANY_PAGE = frozenset(
    {"app", "assets", "blog", "content", "docs", "en", "img", "images", "index", "md", "mdx"}
    | {"markdown", "page", "pages", "png", "posts", "public", "readme", "src", "static"}
)
# What a template fills in when the page is built.
_HOLE = re.compile(r"\$\{[^}]{0,500}+\}|\{\{.{0,500}?\}\}|#\{[^}]{0,500}+\}")
_QUOTED = re.compile(r"(?<=[\"'`])[a-z0-9][a-z0-9/-]*(?=[\"'`])")


class UnusedImages:
    """The assets that no page refers to, and for each a page that it could be appended to."""

    def __init__(self, pages: SurveyedPages, heads: Container[str] = ()) -> None:
        """``heads`` are the ids of the images that their pages name, which is checked apart."""
        self._pages = pages
        self._heads = heads
        self._project = pages.project
        self._manifest = pages.project.manifest

    def problems(self) -> Iterator[PageProblem]:
        """One problem for each asset that nothing uses; none if a page was not read."""
        if not self._pages.survey.pages or self._pages.survey.unread:
            return  # a page that was not read may refer to any of them
        named = self._pages.named()
        unused: list[Asset] = []
        used: set[str] = set()
        for asset in self._manifest.asset:
            files = [target.path for target in targets(asset)]
            if named.intersection(files) or self._is_used(asset, files):
                used.update(self._names(asset))
            else:
                unused.append(asset)
        # In other themes and sizes it is the same image, such as a card for another network.
        yield from (self._problem(one) for one in unused if used.isdisjoint(self._names(one)))

    def _is_used(self, asset: Asset, files: Sequence[str]) -> bool:
        """Whether something else than a plain reference uses one of the asset's ``files``."""
        return (
            any(map(self._pages.is_ignored, files))
            or _FOUND_BY_NAME.search(asset.path) is not None
            or asset.id in self._heads
            or self._is_of_its_page(asset)
            or not self._inputs.isdisjoint(files)
            or any(may_name(pieces, path) for pieces in self._templates for path in files)
            or not self._quoted_ids.isdisjoint(self._names(asset))
        )

    def _names(self, asset: Asset) -> Sequence[str]:
        """The ids under which the typed module has it."""
        family = self._project.places.families.of(asset.id)
        return (asset.id, family.id) if family else (asset.id,)

    def _is_of_its_page(self, asset: Asset) -> bool:
        """Whether the framework finds it beside its page, by its name."""
        if asset.page is None:
            return False
        site = self._project.sites.of(asset.page)
        return card_value.is_found_by_name(asset.path, asset.page, site)

    def _problem(self, asset: Asset) -> PageProblem:
        page = self._page_for(asset)
        remove = advice("remove asset {asset} from {file}", asset=asset.id, file=FILE)
        site = self._project.sites.of(asset.path)
        by_hand = advice(
            "refer to it in a page ({snippet} prints the code), or {remove}",
            snippet=snippets.printing(asset.id, site),
            remove=remove,
        )
        if asset.kind == _CARD and asset.page:
            by_hand = advice(
                "name it in the front matter of {page}, or {remove}", page=asset.page, remove=remove
            )
        paste = command("assetgen snippet {asset} --into {page}", asset=asset.id, page=page or "")
        return PageProblem(
            code="unreferenced",
            message=f"no page refers to {asset.path} (asset {asset.id})",
            path=FILE,
            line=self._project.line(asset.id),
            command=paste if page else None,
            remark=advice("appends it to that page") if page else by_hand,
            otherwise=remove if page else None,
            page=page,
        )

    # -- what uses an image ------------------------------------------------------------------------

    @cached_property
    def _inputs(self) -> set[str]:
        """The images that other images are made from."""
        found: set[str] = set()
        for asset in self._manifest.asset:
            with suppress(AssetgenError):  # reported with the asset itself
                found |= {one for one in rests_on(self._project.wish(asset.id)) if one[:1] != "@"}
            if asset.draft:  # it is to be made from them
                paths = self._project.paths
                found.update(paths.get(one[1:], one) for one in references(asset))
        return found

    @cached_property
    def _templates(self) -> list[list[str]]:
        """The fixed pieces of paths that a page puts together, such as ``/img/${name}.png``."""
        found = set()
        for code in self._pages.dynamic():
            raw = re.sub(r"\A[.@~]+(?=/)", "", code)
            pieces = _HOLE.split(raw)
            is_long = len(pieces) > 1 and len("".join(pieces)) > 5
            if is_long and "\n" not in raw:
                found.add(tuple(pieces))
        return [list(pieces) for pieces in sorted(found)]

    @cached_property
    def _quoted_ids(self) -> set[str]:
        """Strings in code that may be ids, with which code reads the typed module."""
        if not self._manifest.project.modules:
            return set()
        ours = typed_module.names(self._manifest)
        pages = (page for page in self._pages.survey.pages if page not in ours)
        return {found for page in pages for found in _QUOTED.findall(self._pages.text(page)[0])}

    # -- where it could be shown -------------------------------------------------------------------

    def _page_for(self, asset: Asset) -> str | None:
        """The likeliest page that shows the image once its snippet is appended."""
        known = self._project.record(asset.id)
        found = published.of(asset, known) if isinstance(known, Record) else None
        if not found or not all(self._project.rebuilt.digest(file.path) for file in found.files):
            return None
        likeliest = self._likeliest(asset)[:_MOST_PAGES]
        return next((page for page in likeliest if self._would_show(page, found)), None)

    def _would_show(self, page: str, found: Published) -> bool:
        text, is_whole = self._pages.text(page)
        project = self._project
        with suppress(AssetgenError):
            return is_whole and bool(
                append.insert(
                    found,
                    page,
                    text,
                    sites=project.sites,
                    listing=project.listing,
                    public=project.manifest.project.public,
                )
            )
        return False

    def _likeliest(self, asset: Asset) -> list[str]:
        """The pages that take snippets and are about the image.

        A page is if it is the only one with a word of the image in its name. A card of a page is
        for its front matter: no page shows it within its text.
        """
        if asset.kind == _CARD:
            return []
        words = {*words_in(asset.path), *words_in(asset.id)}
        sharing = (self._pages_by_word.get(word, []) for word in words)
        common = Counter(pages[0] for pages in sharing if len(pages) == 1)
        if asset.page in self._appendable:
            common[asset.page] = len(words) + 1
        return sorted(common, key=lambda page: (-common[page], len(page), page))

    @cached_property
    def _appendable(self) -> list[str]:
        pages = (page for page in self._pages.survey.pages if suffix(page) in append.PAGES)
        return [
            page
            for page in pages
            if not self._pages.is_ignored(page) and paths.problem_of_page(page) is None
        ]

    @cached_property
    def _pages_by_word(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for page in self._appendable:
            for word in set(words_in(page)) - _OF_ANY_PAGE:
                found.setdefault(word, []).append(page)
        return found


def may_name(pieces: Sequence[str], path: str) -> bool:
    """Whether ``path`` ends in these pieces, in their order, with anything between them."""
    text, at = f"/{path}", 0
    for piece in pieces[:-1]:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return text.endswith(pieces[-1]) and at + len(pieces[-1]) <= len(text)
