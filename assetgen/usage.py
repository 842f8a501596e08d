"""How pages use the pictures: what they name that is not there, what nobody names, what they say otherwise.

Each problem knows the edit that mends it, where one is certain: ``check`` tells of it, ``refs --fix`` makes it.
"""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from assetgen import derive
from assetgen.check import Finding, Level
from assetgen.edit import Edit
from assetgen.errors import StorageError
from assetgen.manifest import FILE, FORMATS, Asset, targets
from assetgen.project import Project
from assetgen.refs import globs
from assetgen.refs.reference import Reference
from assetgen.refs.survey import Row, Survey
from assetgen.tree import Index, WorkTree

# Kinds that show a picture, and so need a text for who cannot see it.
_SHOWN = frozenset({"md_image", "jsx_attr", "import_ref", "require", "new_url", "dynamic"})
# Names that frameworks find by themselves: Next's app/opengraph-image.png.
_FOUND_BY_NAME = re.compile(r"(?:^|/)app/(?:.*/)?(?:opengraph-image|twitter-image|icon|apple-icon)\d*\.\w+\Z")
_WORDY = (".md", ".mdx", ".markdown", ".html", ".astro")


@dataclass(frozen=True)
class Problem:
    """One thing that a page and the pictures disagree on."""

    code: str
    message: str
    path: str
    line: int | None
    col: int | None
    cure: str
    edits: tuple[Edit, ...] = ()
    row: Row | None = None
    """Of a reference to a picture that is not there."""

    @property
    def place(self) -> tuple[str, int, int, str]:
        return (self.path, self.line or 0, self.col or 0, self.code)


@dataclass(frozen=True)
class Usage:
    """What was found, and what it rests on."""

    problems: tuple[Problem, ...]
    rests_on: frozenset[str]


def look(project: Project, alt: str | None = None) -> Usage:
    """Compare the pages that [project] content means with the manifest and the files; nothing, if it means none.

    ``alt`` is the text for pictures of which the manifest knows none. Raises AssetgenError.
    """
    if not project.manifest.project.content:
        return Usage((), frozenset())
    found = project.survey()
    comparison = _Comparison(project, found, alt)
    problems = sorted(comparison.problems(), key=lambda problem: problem.place)
    named = {row.resolution.path for row in found.rows if row.resolution.path and row.resolution.exists}
    return Usage(tuple(problems), frozenset({*found.pages, *found.consulted, *named}))


def findings(project: Project) -> tuple[list[Finding], frozenset[str]]:
    """The problems as findings of check, at the level that [check] gives each; and the paths that they rest on."""
    found = look(project)
    levels = project.manifest.check
    shown = []
    for problem in found.problems:
        level = getattr(levels, problem.code.replace("-", "_"))
        if level != "off":
            shown.append(_finding(project, problem, level))
    if isinstance(project.tree, WorkTree):
        for path in found.rests_on:
            project.tree.note(path)
        _note_folders(project.tree, found.rests_on)
    return shown, found.rests_on


def _finding(project: Project, problem: Problem, level: Level) -> Finding:
    cure = problem.cure
    if isinstance(project.tree, Index) and " && " not in cure and cure.startswith("assetgen "):
        command, mark, rest = cure.partition(" (")
        edited = FILE if "refs --add" in command else command.rpartition(" >> ")[2] if ">>" in command else None
        added = edited or shlex.quote(problem.path)
        cure = f"{command} && git add {added}{mark}{rest}"
    return Finding(problem.path, problem.code, problem.message, cure, level, problem.line, problem.col)


def _note_folders(tree: WorkTree, files: Iterable[str]) -> None:
    """A new page, or a picture that comes or goes, shows in the times of its folder."""
    folders = {path.rpartition("/")[0] for path in files}
    for folder in list(folders):
        while folder:
            folder = folder.rpartition("/")[0]
            folders.add(folder)
    for folder in folders:
        tree.note(folder or ".")


class _Comparison:
    """One look at a project."""

    def __init__(self, project: Project, found: Survey, alt: str | None) -> None:
        self._project = project
        self._manifest = project.manifest
        self._found = found
        self._alt = alt
        self._is_ignored = globs.matcher(project.manifest.check.ignore)
        self._owner = {target.path: asset for asset in project.manifest.asset for target in targets(asset)}
        self._measured = cache(self._measure)

    def problems(self) -> Iterator[Problem]:
        tags: set[tuple[str, object]] = set()  # each element is asked for its text and its size once
        for row in self._found.rows:
            reference = row.reference
            if self._is_ignored(reference.file) or (row.resolution.path and self._is_ignored(row.resolution.path)):
                continue
            yield from self._of_path(row)
            tag = (reference.file, reference.marks.tag or reference.marks.raw)
            if tag not in tags and reference.kind in _SHOWN:
                problems = [*self._of_alt(row), *self._of_size(row)]
                tags.update([tag] if reference.alt_status != "n/a" or problems else [])
                yield from problems
        yield from self._unreferenced()

    # -- what a page names -------------------------------------------------------------------------

    def _of_path(self, row: Row) -> Iterator[Problem]:
        reference, means = row.reference, row.resolution
        if means.hint is not None:
            edit = self._edit(row, Edit.of_path(reference, means.hint))
            what = f"{reference.raw} names the folder, not the URL: its files are served as {means.hint}"
            yield self._problem("public-url", row, what, edit, f"write {means.hint}")
        elif row.is_dangling and means.path not in self._owner:
            yield self._dangling(row)

    def _dangling(self, row: Row) -> Problem:
        reference, path = row.reference, row.resolution.path or ""
        what = f"{reference.raw} is not there: no {path}"
        written = self._nearest(row)
        where = _where(reference)
        add = f"assetgen refs --add {where}"
        if written is not None:
            edit = self._edit(row, Edit.of_path(reference, written))
            cure = f"assetgen refs --fix {where} (writes {written}), or {add}"
            return self._problem("dangling", row, what, edit, cure, is_whole=True)
        if not path.lower().endswith(tuple(FORMATS)):
            return self._problem("dangling", row, what, (), f"add {path}, or correct {reference.raw}", is_whole=True)
        return self._problem("dangling", row, what, (), f"{add} (wants it in {FILE})", is_whole=True)

    def _nearest(self, row: Row) -> str | None:
        """What the author may have meant to write: another case, another extension, a slip of the pen."""
        reference, means = row.reference, row.resolution
        path = means.path or ""
        folder, _, name = path.rpartition("/")
        if means.candidates:
            near = means.candidates[0]
        else:
            beside = self._names.get(folder, [])
            stem = name.rpartition(".")[0]
            same = [one for one in beside if one.rpartition(".")[0] == stem]
            close = same[:1] or difflib.get_close_matches(name, beside, n=1, cutoff=0.85)
            if not close:
                return None
            near = f"{folder}/{close[0]}" if folder else close[0]
        end = reference.raw.find(name)
        if near.rpartition("/")[0] != folder or end < 0 or reference.raw.count(name) != 1:
            return None
        return reference.raw.replace(name, near.rpartition("/")[2])

    @cached_property
    def _names(self) -> Mapping[str, list[str]]:
        """The pictures in each folder, by its path; those that are wanted too."""
        found: dict[str, list[str]] = {}
        for path in {*self._project.tree.everything(), *self._owner}:
            folder, _, name = path.rpartition("/")
            if "." + name.rpartition(".")[2].lower() in (*FORMATS, ".svg", ".gif"):
                found.setdefault(folder, []).append(name)
        return {folder: sorted(names) for folder, names in found.items()}

    # -- what a page says of it --------------------------------------------------------------------

    def _of_alt(self, row: Row) -> Iterator[Problem]:
        reference = row.reference
        asset = self._owner.get(row.resolution.path or "")
        is_missing = reference.alt_status == "missing" or (
            reference.kind == "md_image" and reference.alt_status == "empty" and not (asset and asset.alt == "")
        )
        if is_missing:
            yield self._without_alt(row, asset)
        elif asset and reference.alt_status == "present" and _folded(reference.alt) != _folded(asset.alt):
            what = f"its alt is {_brief(reference.alt)}, and asset {asset.id} says {_brief(asset.alt)}"
            edit = self._edit(row, self._alt_edit(row, asset.alt))
            yield self._problem("alt-differs", row, what, edit, "writes that of the manifest")

    def _without_alt(self, row: Row, asset: Asset | None) -> Problem:
        what = f"{_brief(row.reference.raw)} is shown without a text for who cannot see it"
        known = asset.alt if asset else self._alt
        if known is not None:
            edit = self._edit(row, self._alt_edit(row, known))
            return self._problem("missing-alt", row, what, edit, "writes that of the manifest")
        edit = self._alt_edit(row, "")
        cure = f'assetgen refs --fix {_where(row.reference)} --alt "what is to be seen"'
        cure = f"{cure} (--alt \"\" if it only decorates)" if edit else 'write alt="..."'
        return self._problem("missing-alt", row, what, (), cure, is_whole=True)

    def _alt_edit(self, row: Row, alt: str) -> Edit | None:
        return Edit.of_alt(row.reference, self._text(row.reference.file), alt)

    def _of_size(self, row: Row) -> Iterator[Problem]:
        reference, path = row.reference, row.resolution.path
        width, height = reference.width, reference.height
        if not (width and height and path and row.resolution.exists):
            return
        size = self._measured(path)
        if size is None or _fits((width, height), size):
            return
        what = f"{width}x{height} is declared, and {path} is {size[0]}x{size[1]}"
        edits = Edit.of_size(reference, size)
        yield self._problem("size-differs", row, what, edits, f"writes {size[0]} and {size[1]}")

    def _measure(self, path: str) -> tuple[int, int] | None:
        if "." + path.rpartition(".")[2].lower() not in FORMATS:
            return None
        try:
            seen = derive.facts(self._project.tree.read(path) or b"")
        except StorageError:  # no picture, which is not for us to say
            return None
        return seen.width, seen.height

    # -- what nobody names -------------------------------------------------------------------------

    def _unreferenced(self) -> Iterator[Problem]:
        if not self._found.pages:
            return
        named = self._named()
        for asset in self._manifest.asset:
            paths = [target.path for target in targets(asset)]
            if named.intersection(paths) or any(map(self._is_ignored, paths)) or _FOUND_BY_NAME.search(asset.path):
                continue
            if any(pattern.search(path) for pattern in self._patterns for path in paths) or self._is_spoken_of(asset.id):
                continue
            what = f"no page names {asset.path}, which asset {asset.id} wants"
            line = self._project.line(asset.id)
            yield Problem("unreferenced", what, FILE, line, None, self._use(asset))

    def _named(self) -> set[str]:
        """Every file that a page names, that a glob takes in, or that another picture is made from."""
        found = {path for row in self._found.rows for path in (row.resolution.path, *row.resolution.candidates) if path}
        for asset in self._manifest.asset:
            for path in self._project.wish(asset.id).intent.inputs:
                found.add(path["path"])
        return found

    @cached_property
    def _patterns(self) -> list[re.Pattern[str]]:
        """Paths that are put together when a page is made: ``/img/${name}.png`` may be any of them."""
        found = []
        for row in self._found.rows:
            raw = row.reference.raw
            fixed = re.split(r"\$\{[^}]*\}|\{\{.*?\}\}|#\{[^}]*\}", raw)
            if row.reference.kind == "dynamic" and len(fixed) > 1 and len("".join(fixed)) > 5 and "\n" not in raw:
                found.append(re.compile("/?" + "[^/]*".join(map(re.escape, fixed)).lstrip("/") + r"\Z"))
        return found

    def _is_spoken_of(self, asset_id: str) -> bool:
        """Whether code takes the picture from the typed module, by its id."""
        if not self._manifest.project.emit:
            return False
        return any(f"{quote}{asset_id}{quote}" in self._scripts for quote in "'\"`")

    @cached_property
    def _scripts(self) -> str:
        module = self._manifest.project.emit
        return "\n".join(self._text(page) for page in self._found.pages if page != module)

    def _use(self, asset: Asset) -> str:
        """A command that names the picture in the page that is most likely its own."""
        pages = [page for page in self._found.pages if page.endswith(_WORDY) and not self._is_ignored(page)]
        if not pages:
            return f"name it in a page (assetgen snippet {asset.id} prints how), or take {asset.id} out of {FILE}"
        page = max(pages, key=lambda page: difflib.SequenceMatcher(None, page, asset.path).ratio())
        form = {"md": "markdown", "markdown": "markdown"}.get(page.rpartition(".")[2], page.rpartition(".")[2])
        command = f"assetgen snippet {asset.id} --for {form} >> {shlex.quote(page)}"
        return f"{command} (appends it there), or take {asset.id} out of {FILE}"

    # -- telling -----------------------------------------------------------------------------------

    @cached_property
    def _text(self) -> Callable[[str], str]:
        return cache(lambda path: (self._project.tree.read(path) or b"").decode("utf-8", "replace"))

    def _edit(self, row: Row, edit: Edit | None) -> tuple[Edit, ...]:
        """``edit``, if what it would replace is what was found: written plainly, without escapes."""
        return (edit,) if edit and edit.suits(self._text(row.reference.file)) else ()

    def _problem(
        self, code: str, row: Row, what: str, edits: tuple[Edit, ...], cure: str, *, is_whole: bool = False
    ) -> Problem:
        """``cure`` is the whole cure, or what the edits do."""
        reference = row.reference
        if not is_whole:
            cure = f"assetgen refs --fix {_where(reference)} ({cure})" if edits else f"by hand: {cure}"
        return Problem(code, what, reference.file, reference.line, reference.col, cure, edits, row)


def _where(reference: Reference) -> str:
    return shlex.quote(f"{reference.file}:{reference.line}")


def _folded(text: str | None) -> str:
    return " ".join((text or "").split())


def _brief(text: str | None) -> str:
    said = _folded(text)
    return f'"{said if len(said) <= 60 else said[:57] + "..."}"'


def _fits(declared: tuple[int, int], size: tuple[int, int]) -> bool:
    """Whether a picture of ``size`` is shown undistorted and not blown up; rounding to whole pixels is no distortion."""
    (width, height), (wide, high) = declared, size
    if width > wide or height > high:
        return False
    return abs(width * high / wide - height) <= 1 or abs(height * wide / high - width) <= 1
