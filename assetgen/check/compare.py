"""Compares the references of pages with the files and the manifest: paths, texts, sizes."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, cached_property

from assetgen.check.misspelled import Correction, KnownNames
from assetgen.check.moved import MovedPictures
from assetgen.check.problem import ALT_PLACEHOLDER, PageProblem, brief, fold
from assetgen.check.surveyed import SurveyedPages
from assetgen.cure import Cure, advice, command
from assetgen.errors import StorageError
from assetgen.fs.lfs import is_pointer
from assetgen.image import decode
from assetgen.manifest.schema import FILE, FORMATS, Asset
from assetgen.pages import edits
from assetgen.pages.edits import Edit
from assetgen.refs import languages
from assetgen.refs.reference import Reference
from assetgen.refs.sites import judged
from assetgen.refs.survey import ResolvedReference

# Kinds of references that show an image, and so need an alternative text.
_SHOWN = frozenset(
    {"md_image", "jsx_attr", "import_ref", "require", "new_url", "dynamic", "frontmatter"}
)


class Comparison:
    """One comparison of all references; ``alt`` is the text for images without an asset."""

    def __init__(self, pages: SurveyedPages, alt: str | None = None) -> None:
        self._pages = pages
        self._project = pages.project
        self._alt = alt
        self.measured: dict[str, bytes | None] = {}
        """The version of each picture whose size was compared; None if its bytes do not tell."""
        self._measured = cache(self._measure)

    def problems(self) -> Iterator[PageProblem]:
        """Every problem of a reference."""
        seen: set[tuple[str, object]] = set()  # one element may contain several references
        for row in self._pages.rows():
            reference = row.reference
            yield from self._of_path(row)
            element = (reference.file, reference.marks.tag or reference.marks.raw)
            if element not in seen and reference.kind in _SHOWN:
                problems = [*self._of_alt(row), *self._of_size(row)]
                seen.update([element] if reference.alt_status != "n/a" or problems else [])
                yield from problems

    def dangling(self) -> list[PageProblem]:
        """Only the references to missing images."""
        found = (one for row in self._pages.rows() for one in self._of_path(row))
        return [one for one in found if one.code == "dangling"]

    # -- paths -------------------------------------------------------------------------------------

    def _of_path(self, row: ResolvedReference) -> Iterator[PageProblem]:
        reference, means = row.reference, row.resolution
        if means.hint is not None:
            what = judged.explained(
                means.wrong or "public-folder", reference.raw, means.hint, means.path or ""
            )
            made = self._pages.path_edit(row, means.hint)
            yield _problem("public-url", row, what, made, written=means.hint)
        elif means.wrong is not None:
            what = judged.explained(means.wrong, reference.raw, None, means.path or "")
            problem = _problem("public-url", row, what, (), written="")
            yield replace(problem, remark=_ways(row, means.path or ""))
        elif row.is_dangling and means.path not in self._pages.owners:
            yield self._dangling(row)

    def _dangling(self, row: ResolvedReference) -> PageProblem:
        reference, path = row.reference, row.resolution.path or ""
        what = f"{reference.raw} refers to a missing image: there is no {path}"
        if other := self._other_form(path):
            what += f"; the name of {other} has the same letters in another form (NFC or NFD)"
        add = command("assetgen refs --add {where}", where=_where(reference))
        can_add = path.lower().endswith(tuple(FORMATS))
        if found := self.correction(row):
            if found.moved:
                return self._moved(row, what, found)
            made = self._pages.path_edit(row, found.written)
            problem = _problem("dangling", row, what, made, written=found.written)
            is_case = found.written.lower() == reference.raw.lower()  # no second image
            otherwise = add if can_add and not is_case else None
            return replace(problem, otherwise=otherwise, is_certain=found.is_certain)
        problem = _problem("dangling", row, what, (), written="")
        if can_add:
            return replace(
                problem, command=add, remark=advice("adds it to {file}", file=FILE), adds=True
            )
        by_hand = advice(
            "add {path}, or correct {raw}; if a build makes it, name it in ignore under [check]",
            path=path,
            raw=reference.raw,
        )
        return replace(problem, remark=by_hand)

    def _moved(self, row: ResolvedReference, what: str, found: Correction) -> PageProblem:
        """The problem of a path from which an image was moved: no second image is asked for."""
        what += f"; it was moved to {found.moved}"
        if found.written:
            made = self._pages.path_edit(row, found.written)
            return _problem("dangling", row, what, made, written=found.written)
        problem = _problem("dangling", row, what, (), written="")
        return replace(problem, remark=_ways(row, found.moved or ""))

    def correction(self, row: ResolvedReference) -> Correction | None:
        """What the author of a missing image's path may have meant."""
        if place := self._moves.place(row.resolution.path or ""):
            written = self._moves.written(row, place)
            return Correction(written or "", is_certain=True, moved=place)
        return self._known_names.correction(row)

    @cached_property
    def _moves(self) -> MovedPictures:
        return MovedPictures(self._project)

    def _other_form(self, path: str) -> str | None:
        """The image whose path differs only in the form of its letters."""
        other = self._forms.get(unicodedata.normalize("NFC", path))
        return other if other != path else None

    @cached_property
    def _forms(self) -> Mapping[str, str]:
        known = {*self._project.listing, *self._pages.owners}
        return {unicodedata.normalize("NFC", one): one for one in known if not one.isascii()}

    @cached_property
    def _known_names(self) -> KnownNames:
        return KnownNames({*self._project.listing, *self._pages.owners})

    # -- alternative texts -------------------------------------------------------------------------

    def _of_alt(self, row: ResolvedReference) -> Iterator[PageProblem]:
        reference = row.reference
        asset = self._pages.owners.get(row.resolution.path or "")
        is_decorative = asset is not None and asset.alt == ""
        is_empty = reference.kind == "md_image" and reference.alt_status == "empty"
        if reference.alt_status == "missing" or (is_empty and not is_decorative):
            yield self._without_alt(row, asset)
        elif asset and reference.alt_status == "present" and fold(reference.alt) != fold(asset.alt):
            here, there = brief(reference.alt), brief(asset.alt)
            what = f"the alternative text is {here}, but asset {asset.id} has {there}"
            made = self._pages.safe_edits(row, self._alt_edit(row, asset.alt))
            yield _problem("alt-differs", row, what, made, written=there)

    def _without_alt(self, row: ResolvedReference, asset: Asset | None) -> PageProblem:
        what = f"{brief(row.reference.raw)} has no alternative text"
        is_markdown = row.reference.alt_status == "empty"  # it cannot say "decorative"
        known = asset.alt if asset else self._alt
        if known is not None and not (is_markdown and not known.strip()):
            made = self._pages.safe_edits(row, self._alt_edit(row, known))
            problem = _problem("missing-alt", row, what, made, written=brief(known))
            return replace(problem, asks_for_alt=asset is None)
        problem = _problem("missing-alt", row, what, (), written="")
        problem = replace(problem, asks_for_alt=True)
        if row.reference.kind == "dynamic":  # one text would be wrong for most of its images
            return replace(problem, remark=_alt_of_data(row.reference))
        if not self._pages.safe_edits(row, self._alt_edit(row, "a")):
            return replace(problem, remark=advice('write alt="{alt}"', alt=ALT_PLACEHOLDER))
        decorative = (
            advice('<img ... alt=""> if it is decorative')
            if is_markdown
            else advice('--alt "" if it is decorative')
        )
        return replace(
            problem,
            command=command("assetgen refs --fix {where} --alt TEXT", where=self._alt_place(row)),
            before=advice("replace TEXT by what the image shows"),
            remark=decorative,
        )

    def _alt_place(self, row: ResolvedReference) -> str:
        """Where an image lacks a text, with its column if another of its line lacks one too."""
        named = row.reference
        return _where(named, with_col=self._lacking[(named.file, named.line)] > 1)

    @cached_property
    def _lacking(self) -> Mapping[tuple[str, int], int]:
        """How many images may lack an alternative text, by page and line."""
        shown = {
            (row.reference.file, row.reference.line, row.reference.col)
            for row in self._pages.survey.rows
            if row.reference.kind in _SHOWN and row.reference.alt_status in ("missing", "empty")
        }
        return Counter((file, line) for file, line, _ in shown)

    def _alt_edit(self, row: ResolvedReference, alt: str) -> Edit | None:
        page = row.reference.file
        is_typographic = self._project.sites.of(page).framework == "astro"
        text, _ = self._pages.text(page)
        return edits.of_alt(row.reference, text, alt, is_typographic=is_typographic)

    # -- sizes -------------------------------------------------------------------------------------

    def _of_size(self, row: ResolvedReference) -> Iterator[PageProblem]:
        reference, path = row.reference, row.resolution.path
        width, height = reference.width, reference.height
        if not (width and height and path and row.resolution.exists):
            return
        if reference.alt_status == "n/a":
            return  # the size of something else, such as the video whose poster this is
        size = self._measured(path)
        if size is None or _fits((width, height), size):
            return
        what = f"width and height are {width} and {height}, but {path} is {size[0]}x{size[1]}"
        right = (width, max(1, round(width * size[1] / size[0]))) if width <= size[0] else size
        made = self._pages.safe_edits(row, *edits.of_size(reference, right))
        yield _problem("size-differs", row, what, made, written=f"{right[0]} and {right[1]}")

    def _measure(self, path: str) -> tuple[int, int] | None:
        if "." + path.rpartition(".")[2].lower() not in FORMATS:
            return None
        project = self._project
        try:
            data = project.content(path) or b""
            is_itself = not is_pointer(data)
            self.measured[path] = project.reader.version(path) if is_itself else None
            seen = decode.facts(data if is_itself else project.tree.read(path) or b"")
        except StorageError:  # not an image: another finding's subject
            return None
        return seen.width, seen.height


def _problem(
    code: str, row: ResolvedReference, what: str, made: tuple[Edit, ...], *, written: str
) -> PageProblem:
    """``written`` is what the edits write, or what to write by hand if there are none."""
    named = row.reference
    return PageProblem(
        code=code,
        message=what,
        path=named.file,
        line=named.line,
        col=named.col,
        command=command("assetgen refs --fix {where}", where=_where(named)) if made else None,
        remark=advice("{writes} {written}", writes="writes" if made else "write", written=written),
        edits=made,
        row=row,
    )


def _ways(row: ResolvedReference, path: str) -> Cure:
    """How a page can show the image at ``path``, which exists, but is not served."""
    if languages.suffix(row.reference.file) in languages.MARKDOWN | languages.MDX:
        return advice("write it as a Markdown image, or move {path} to a public folder", path=path)
    return advice("import {path} as a module, or move it to a public folder", path=path)


def _alt_of_data(reference: Reference) -> Cure:
    """How to describe an image that code chooses: another one for each row of its data."""
    return advice(
        'write an alternative text from the same data as {raw}, or alt="" if it is decorative',
        raw=" ".join(reference.raw.split()),
    )


def _where(reference: Reference, *, with_col: bool = False) -> str:
    col = f":{reference.col}" if with_col else ""
    return f"{reference.file}:{reference.line}{col}"


def _fits(declared: tuple[int, int], size: tuple[int, int]) -> bool:
    """Whether an image of ``size`` is neither distorted nor enlarged, but for rounding."""
    (width, height), (wide, high) = declared, size
    if width > wide or height > high:
        return False
    return abs(width * high / wide - height) <= 1 or abs(height * wide / high - width) <= 1
