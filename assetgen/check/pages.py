"""check, second half: the pages against the manifest and the files."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Literal

from assetgen.check.findings import Finding, Level
from assetgen.check.misspelt import Slip, in_place_of, is_slip, words_in
from assetgen.check.unused import FOUND_BY_NAME, HOLE, MOST_PAGES, QUOTED, may_name
from assetgen.errors import AssetgenError, StorageError
from assetgen.fs import globs, paths
from assetgen.fs.tree import Index, WorkTree
from assetgen.image import decode
from assetgen.manifest.schema import FILE, FORMATS, Asset, targets
from assetgen.pages import append, published, typed_module
from assetgen.pages import edits as edit
from assetgen.pages.edits import Edit
from assetgen.pages.published import Delivered
from assetgen.plan.workspace import Workspace
from assetgen.record.record import Record
from assetgen.refs.languages import suffix
from assetgen.refs.reference import Reference
from assetgen.refs.scan.picture_heuristics import is_picture
from assetgen.refs.sites import framework
from assetgen.refs.survey import Row, Survey

# Kinds that show a picture, and so need a text for who cannot see it.
_SHOWN = frozenset(
    {"md_image", "jsx_attr", "import_ref", "require", "new_url", "dynamic", "frontmatter"}
)


@dataclass(frozen=True)
class PageProblem:
    """One thing that a page and the pictures disagree on."""

    code: str
    message: str
    path: str
    line: int | None
    col: int | None
    command: str
    """What mends it; "" where only its author can."""
    remark: str = ""
    """What the command does, or what its author may do."""
    otherwise: str = ""
    edits: tuple[Edit, ...] = ()
    row: Row | None = None
    page: str | None = None
    """The page that the command changes, if it is another than the one that it is said of."""
    is_certain: bool = True
    """Whether the edits are right whatever the author meant."""
    asks_for_alt: bool = False
    """Whether only its author knows the text that is missing."""

    def cure(self, then: str = "") -> str:
        """The cure in words; ``then`` follows the command."""
        if not self.command:
            return self.remark
        remark = f" ({self.remark})" if self.remark else ""
        return f"{self.command}{then}{remark}" + (
            f", or {self.otherwise}" if self.otherwise else ""
        )

    @property
    def place(self) -> tuple[str, int, int, str]:
        return (self.path, self.line or 0, self.col or 0, self.code)


@dataclass(frozen=True)
class Usage:
    """What was found, and what it rests on."""

    problems: tuple[PageProblem, ...]
    rests_on: frozenset[str]
    pages: int


def told(project: Workspace, rows: Iterable[Row]) -> Iterator[Row]:
    """The references of which [check] wants something said."""
    is_ignored = globs.matcher(project.manifest.check.ignore)
    for row in rows:
        path = row.resolution.path
        if not (is_ignored(row.reference.file) or (path and is_ignored(path))):
            yield row


def unwanted(project: Workspace, found: Survey) -> Survey:
    """The references to pictures that are neither there nor wanted."""
    owned = {target.path for asset in project.manifest.asset for target in targets(asset)}
    return replace(
        found,
        rows=tuple(
            row for row in found.rows if row.is_dangling and row.resolution.path not in owned
        ),
    )


def slips(project: Workspace, found: Survey) -> dict[Row, str]:
    """Of ``unwanted`` references those that are misspelt, and what their author most likely meant to write."""
    comparison = _Comparison(project, found, None)
    return {row: slip.written for row in found.rows if (slip := comparison.nearest(row))}


def dangling(project: Workspace, pages: Set[str]) -> list[PageProblem]:
    """What ``pages`` name that is neither there nor wanted, if that matters to [check]. Raises AssetgenError."""
    if project.manifest.check.dangling == "off":
        return []
    return _Comparison(project, project.survey(pages.__contains__), None).dangling()


def look(project: Workspace) -> Usage:
    """Compare the pages that [project] content means with the manifest and the files; nothing, if it means none.

    What [check] turns off is left out. Raises AssetgenError.
    """
    if not project.manifest.project.content:
        return Usage((), frozenset(), 0)
    found = _written(project, project.survey())
    problems = _wanted(project, _Comparison(project, found, None).problems())
    named = {
        row.resolution.path for row in found.rows if row.resolution.path and row.resolution.exists
    }
    return Usage(tuple(problems), found.consulted | named, len(found.pages))


def of_references(project: Workspace, found: Survey, alt: str | None = None) -> list[PageProblem]:
    """Only what is to be said of the references in ``found``, as ``look`` says it.

    ``alt`` is the text for pictures of which the manifest knows none. Raises AssetgenError.
    """
    return _wanted(project, _Comparison(project, _written(project, found), alt).of_references())


def _written(project: Workspace, found: Survey) -> Survey:
    """The references that somebody wrote: the typed module names every picture, and nobody writes in it."""
    ours = typed_module.names(project.manifest)
    return replace(found, rows=tuple(row for row in found.rows if row.reference.file not in ours))


def _wanted(project: Workspace, problems: Iterable[PageProblem]) -> list[PageProblem]:
    """Those that [check] does not turn off, in the order of their places."""
    wanted = (problem for problem in problems if _level(project, problem) != "off")
    return sorted(wanted, key=lambda problem: problem.place)


def findings(project: Workspace) -> tuple[list[Finding], frozenset[str], int]:
    """The problems as findings of check, at the level that [check] gives each; the paths that they rest on; how many
    pages there are."""
    found = look(project)
    shown = [_finding(project, problem) for problem in found.problems]
    content = project.manifest.project.content
    if isinstance(project.tree, WorkTree):
        _note(project.tree, found.rests_on, content)
        return shown, found.rests_on, found.pages
    return shown, found.rests_on | _staged_places(content), found.pages


def _level(project: Workspace, problem: PageProblem) -> Level | Literal["off"]:
    level: Level | Literal["off"] = getattr(project.manifest.check, problem.code.replace("-", "_"))
    return level


def _staged_places(content: Sequence[str]) -> set[str]:
    """Where a new name in the index may change the verdict: below the pages' folders, and what configures a site."""
    found = set()
    for base in globs.bases(content):
        found.add(base or ".")
        above = base
        while above:
            above = above.rpartition("/")[0]
            found.update(f"{above}/{name}".lstrip("/") for name in framework.NAMES)
    return found


def _finding(project: Workspace, problem: PageProblem) -> Finding:
    level = _level(project, problem)
    assert level != "off"
    then = ""
    if isinstance(project.tree, Index):  # what the command changes is to be in the commit
        changed = problem.page or (FILE if " --add " in problem.command else problem.path)
        then = f" && git add -- {shlex.quote(changed)}"
    cure = problem.cure(then)
    return Finding(
        problem.path, problem.code, problem.message, cure, level, problem.line, problem.col
    )


def _note(tree: WorkTree, files: Iterable[str], content: Sequence[str]) -> None:
    """Let the verdict rest on ``files``, and on every folder in which a new page may turn up."""
    may_hold = globs.may_hold(content)
    for folder in tree.folders:
        if may_hold(folder):
            tree.note(folder or ".")
    for path in files:
        tree.note(path)


class _Comparison:
    """One look at a project."""

    def __init__(self, project: Workspace, found: Survey, alt: str | None) -> None:
        self._project = project
        self._manifest = project.manifest
        self._found = found
        self._alt = alt
        self._is_ignored = globs.matcher(project.manifest.check.ignore)
        self._owner = {
            target.path: asset for asset in project.manifest.asset for target in targets(asset)
        }
        self._measured = cache(self._measure)

    def _without_pages(self) -> Iterator[PageProblem]:
        """A slip in the globs would quietly leave every page alone."""
        if self._found.pages:
            return
        said = ", ".join(map(_brief, self._manifest.project.content))
        what = f"no page matches project.content ({said}), so none was looked at"
        line = self._project.line_of("project", "content")
        yield PageProblem(
            "no-pages",
            what,
            FILE,
            line,
            None,
            "",
            "correct the globs: assetgen refs says what they mean",
        )

    def problems(self) -> Iterator[PageProblem]:
        yield from self._without_pages()
        yield from self.of_references()
        yield from self._unreferenced()

    def of_references(self) -> Iterator[PageProblem]:
        """What is to be said of the references that were found, whatever other pages name."""
        tags: set[tuple[str, object]] = (
            set()
        )  # each element is asked for its text and its size once
        for row in told(self._project, self._found.rows):
            reference = row.reference
            yield from self._of_path(row)
            tag = (reference.file, reference.marks.tag or reference.marks.raw)
            if tag not in tags and reference.kind in _SHOWN:
                problems = [*self._of_alt(row), *self._of_size(row)]
                tags.update([tag] if reference.alt_status != "n/a" or problems else [])
                yield from problems

    def dangling(self) -> list[PageProblem]:
        """Those of the problems that are references to nothing."""
        rows = told(self._project, self._found.rows)
        return [found for row in rows for found in self._of_path(row) if found.code == "dangling"]

    # -- what a page names -------------------------------------------------------------------------

    def _of_path(self, row: Row) -> Iterator[PageProblem]:
        reference, means = row.reference, row.resolution
        if means.hint is not None:
            edits = self._edit(row, edit.of_path(reference, means.hint))
            what = f"{reference.raw} names the folder, not the URL: its files are served as {means.hint}"
            yield self._problem("public-url", row, what, edits, means.hint)
        elif row.is_dangling and means.path not in self._owner:
            yield self._dangling(row)

    def _dangling(self, row: Row) -> PageProblem:
        reference, path = row.reference, row.resolution.path or ""
        what = f"{reference.raw} is not there: no {path}"
        add = f"assetgen refs --add {_where(reference)}"
        is_ours = path.lower().endswith(tuple(FORMATS))
        if slip := self.nearest(row):
            edits = self._edit(row, edit.of_path(reference, slip.written))
            found = self._problem(
                "dangling", row, what, edits, slip.written, add if is_ours else ""
            )
            return replace(found, is_certain=slip.is_certain)
        command, remark = (
            (add, f"wants it in {FILE}")
            if is_ours
            else ("", f"add {path}, or correct {reference.raw}")
        )
        return replace(self._problem("dangling", row, what, (), ""), command=command, remark=remark)

    def nearest(self, row: Row) -> Slip | None:
        """What the author may have meant to write: another case, another extension, a slip of the pen."""
        reference, means = row.reference, row.resolution
        path = means.path or ""
        if means.candidates:
            written = in_place_of(reference.raw, path, means.candidates[0])
            return Slip(written, True) if written else None
        folder, _, name = path.rpartition("/")
        beside = self._names.get(folder, {})
        stem = name.rpartition(".")[0]
        same = beside.get(stem, [])
        close = same or [one for names in beside.values() for one in names if is_slip(name, one)]
        if not close or reference.raw.count(name) != 1:
            return None
        return Slip(reference.raw.replace(name, close[0]), bool(same))

    @cached_property
    def _names(self) -> Mapping[str, Mapping[str, list[str]]]:
        """The pictures in each folder, by its path and by their names without extension; those that are wanted too."""
        found: dict[str, dict[str, list[str]]] = {}
        for path in sorted({*self._project.listing, *self._owner}):
            folder, _, name = path.rpartition("/")
            if is_picture(name):
                found.setdefault(folder, {}).setdefault(name.rpartition(".")[0], []).append(name)
        return found

    # -- what a page says of it --------------------------------------------------------------------

    def _of_alt(self, row: Row) -> Iterator[PageProblem]:
        reference = row.reference
        asset = self._owner.get(row.resolution.path or "")
        is_missing = reference.alt_status == "missing" or (
            reference.kind == "md_image"
            and reference.alt_status == "empty"
            and not (asset and asset.alt == "")
        )
        if is_missing:
            yield self._without_alt(row, asset)
        elif (
            asset
            and reference.alt_status == "present"
            and _folded(reference.alt) != _folded(asset.alt)
        ):
            what = (
                f"its alt is {_brief(reference.alt)}, and asset {asset.id} says {_brief(asset.alt)}"
            )
            edits = self._edit(row, self._alt_edit(row, asset.alt))
            yield self._problem("alt-differs", row, what, edits, _brief(asset.alt))

    def _without_alt(self, row: Row, asset: Asset | None) -> PageProblem:
        what = f"{_brief(row.reference.raw)} is shown without a text for who cannot see it"
        is_markdown = row.reference.alt_status == "empty"  # it cannot say that it decorates
        known = asset.alt if asset else self._alt
        if known is not None and not (is_markdown and not known.strip()):
            edits = self._edit(row, self._alt_edit(row, known))
            found = self._problem("missing-alt", row, what, edits, _brief(known))
            return replace(found, asks_for_alt=asset is None)
        found = replace(self._problem("missing-alt", row, what, (), ""), asks_for_alt=True)
        if not self._edit(row, self._alt_edit(row, "a")):
            return replace(found, remark='write alt="what is to be seen"')
        place = _where(
            row.reference, with_col=self._without[(row.reference.file, row.reference.line)] > 1
        )
        command = f'assetgen refs --fix {place} --alt "what is to be seen"'
        remark = (
            '<img ... alt=""> if it only decorates'
            if is_markdown
            else '--alt "" if it only decorates'
        )
        return replace(found, command=command, remark=remark)

    @cached_property
    def _without(self) -> Mapping[tuple[str, int], int]:
        """How many pictures of a line, by page and line, may lack a text."""
        shown = {
            (row.reference.file, row.reference.line, row.reference.col)
            for row in self._found.rows
            if row.reference.kind in _SHOWN and row.reference.alt_status in ("missing", "empty")
        }
        return Counter((file, line) for file, line, _ in shown)

    def _alt_edit(self, row: Row, alt: str) -> Edit | None:
        page = row.reference.file
        is_typographic = self._project.sites.of(page).framework == "astro"
        return edit.of_alt(row.reference, self._text(page)[0], alt, is_typographic=is_typographic)

    def _of_size(self, row: Row) -> Iterator[PageProblem]:
        reference, path = row.reference, row.resolution.path
        width, height = reference.width, reference.height
        if (
            not (width and height and path and row.resolution.exists)
            or reference.alt_status == "n/a"
        ):
            return  # not there, or the size of something else: a film that the picture stands for
        size = self._measured(path)
        if size is None or _fits((width, height), size):
            return
        what = f"{width}x{height} is declared, and {path} is {size[0]}x{size[1]}"
        right = (width, max(1, round(width * size[1] / size[0]))) if width <= size[0] else size
        edits = self._edit(row, *edit.of_size(reference, right))
        yield self._problem("size-differs", row, what, edits, f"{right[0]} and {right[1]}")

    def _measure(self, path: str) -> tuple[int, int] | None:
        if "." + path.rpartition(".")[2].lower() not in FORMATS:
            return None
        try:
            seen = decode.facts(self._project.content(path) or b"")
        except StorageError:  # no picture, which is not for us to say
            return None
        return seen.width, seen.height

    # -- what nobody names -------------------------------------------------------------------------

    def _unreferenced(self) -> Iterator[PageProblem]:
        if not self._found.pages:
            return
        named = self._named()
        for asset in self._manifest.asset:
            paths = [target.path for target in targets(asset)]
            if (
                named.intersection(paths)
                or any(map(self._is_ignored, paths))
                or FOUND_BY_NAME.search(asset.path)
            ):
                continue
            if (
                self._made_from.intersection(paths)
                or any(may_name(pieces, path) for pieces in self._templates for path in paths)
                or asset.id in self._spoken_of
            ):
                continue
            what = f"no page names {asset.path}, which asset {asset.id} wants"
            line = self._project.line(asset.id)
            command, remark, page = self._use(asset)
            otherwise = f"take {asset.id} out of {FILE}"
            yield PageProblem(
                "unreferenced", what, FILE, line, None, command, remark, otherwise, page=page
            )

    def _named(self) -> set[str]:
        """Every file that a page names or that a glob takes in."""
        rows = self._found.rows
        return {
            path
            for row in rows
            for path in (row.resolution.path, *row.resolution.candidates)
            if path
        }

    @cached_property
    def _made_from(self) -> set[str]:
        """The pictures that others are made from."""
        found: set[str] = set()
        for asset in self._manifest.asset:
            with suppress(AssetgenError):  # what is wrong with an asset is for others to say
                found.update(entry["path"] for entry in self._project.wish(asset.id).intent.inputs)
        return found

    @cached_property
    def _templates(self) -> list[list[str]]:
        """What stands between the holes of paths that are put together when a page is made: ``/img/${name}.png``."""
        found = set()
        for row in self._found.rows:
            raw = re.sub(r"\A[.@~]+(?=/)", "", row.reference.raw)
            pieces = HOLE.split(raw)
            if (
                row.reference.kind == "dynamic"
                and len(pieces) > 1
                and len("".join(pieces)) > 5
                and "\n" not in raw
            ):
                found.add(tuple(pieces))
        return [list(pieces) for pieces in sorted(found)]

    @cached_property
    def _spoken_of(self) -> set[str]:
        """The texts in code that may be ids, by which it takes pictures from the typed module."""
        module = self._manifest.project.emit
        if not module:
            return set()
        pages = (
            page for page in self._found.pages if page not in typed_module.names(self._manifest)
        )
        return {found for page in pages for found in QUOTED.findall(self._text(page)[0])}

    def _use(self, asset: Asset) -> tuple[str, str, str | None]:
        """A command that names the picture in the page that is most likely its own, what it does, and the page."""
        known = self._project.record(asset.id)
        found = published.of(asset, known) if isinstance(known, Record) else None
        if found and all(self._project.tree.digest(file.path) for file in found.files):
            page = next(
                (page for page in self._likeliest(asset)[:MOST_PAGES] if self._takes(page, found)),
                None,
            )
            if page is not None:
                return f"assetgen snippet {asset.id} --into {named(page)}", "appends it there", page
        return (
            "",
            f"name it in a page (assetgen snippet {asset.id} prints how), or take it out of {FILE}",
            None,
        )

    def _takes(self, page: str, found: Delivered) -> bool:
        """Whether the page names the picture, once its snippet is appended."""
        text, is_whole = self._text(page)
        project = self._project
        with suppress(AssetgenError):
            public = project.manifest.project.public
            return is_whole and bool(
                append.insert(found, page, text, project.sites, project.listing, public)
            )
        return False

    def _likeliest(self, asset: Asset) -> list[str]:
        """The pages that snippets are appended to; first those whose path has most words of the picture's."""
        words = {*words_in(asset.path), *words_in(asset.id)}
        common = Counter(page for word in words for page in self._pages_by_word.get(word, ()))
        ordered = sorted(common, key=lambda page: (-common[page], len(page), page))
        return [*ordered, *(page for page in self._wordy if page not in common)]

    @cached_property
    def _wordy(self) -> list[str]:
        pages = (page for page in self._found.pages if suffix(page) in append.PAGES)
        return [
            page
            for page in pages
            if not self._is_ignored(page) and paths.problem_of_page(page) is None
        ]

    @cached_property
    def _pages_by_word(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for page in self._wordy:
            for word in set(words_in(page)):
                found.setdefault(word, []).append(page)
        return found

    # -- telling -----------------------------------------------------------------------------------

    @cached_property
    def _text(self) -> Callable[[str], tuple[str, bool]]:
        """The text of a page, and whether it is all of it."""
        return cache(lambda path: _decoded(self._project.content(path) or b""))

    def _edit(self, row: Row, *made: Edit | None) -> tuple[Edit, ...]:
        """``made``, if what they would replace is what was found: written plainly, without escapes, in UTF-8."""
        text, is_whole = self._text(row.reference.file)
        edits = tuple(one for one in made if one is not None and one.suits(text))
        return edits if is_whole and len(edits) == len(made) else ()

    def _problem(
        self,
        code: str,
        row: Row,
        what: str,
        edits: tuple[Edit, ...],
        written: str,
        otherwise: str = "",
    ) -> PageProblem:
        """``written`` is what the edits write; what to write by hand, if there are none."""
        named = row.reference
        command = f"assetgen refs --fix {_where(named)}" if edits else ""
        remark = f"writes {written}" if edits else f"write {written}"
        return PageProblem(
            code, what, named.file, named.line, named.col, command, remark, otherwise, edits, row
        )


def _decoded(data: bytes) -> tuple[str, bool]:
    try:
        return data.decode(), True
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace"), False


def _where(reference: Reference, *, with_col: bool = False) -> str:
    return named(f"{reference.file}:{reference.line}" + (f":{reference.col}" if with_col else ""))


def named(path: str) -> str:
    """A path as a shell and the options of a command take it for one."""
    return shlex.quote(f"./{path}" if path.startswith("-") else path)


def _folded(text: str | None) -> str:
    return " ".join((text or "").split())


def _brief(text: str | None) -> str:
    said = _folded(text)
    return f'"{said if len(said) <= 60 else said[:57] + "..."}"'


def _fits(declared: tuple[int, int], size: tuple[int, int]) -> bool:
    """Whether a picture of ``size`` is shown neither distorted nor blown up; rounding to whole pixels is neither."""
    (width, height), (wide, high) = declared, size
    if width > wide or height > high:
        return False
    return abs(width * high / wide - height) <= 1 or abs(height * wide / high - width) <= 1
