"""How pages use the pictures: what they name that is not there, what nobody names, what they say otherwise.

Each problem knows the edit that mends it, where one is certain: ``check`` tells of it, ``refs --fix`` makes it.
"""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache, cached_property

from assetgen import derive, edit
from assetgen.check import Finding, Level
from assetgen.edit import Edit
from assetgen.errors import StorageError
from assetgen.manifest import FILE, FORMATS, Asset, targets
from assetgen.project import Project
from assetgen.refs import globs
from assetgen.refs.signs import is_picture
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
    command: str
    """What mends it; "" where only its author can."""
    remark: str = ""
    """What the command does, or what its author may do."""
    otherwise: str = ""
    edits: tuple[Edit, ...] = ()
    row: Row | None = None
    page: str | None = None
    """The page that the command changes, if it is another than the one that it is said of."""

    def cure(self, then: str = "") -> str:
        """The cure in words; ``then`` follows the command."""
        if not self.command:
            return self.remark
        remark = f" ({self.remark})" if self.remark else ""
        return f"{self.command}{then}{remark}" + (f", or {self.otherwise}" if self.otherwise else "")

    @property
    def place(self) -> tuple[str, int, int, str]:
        return (self.path, self.line or 0, self.col or 0, self.code)


@dataclass(frozen=True)
class Usage:
    """What was found, and what it rests on."""

    problems: tuple[Problem, ...]
    rests_on: frozenset[str]


def slips(project: Project, found: Survey) -> dict[Row, str]:
    """The references that name nothing, and what their author most likely meant to write."""
    comparison = _Comparison(project, found, None)
    return {row: written for row in found.rows if row.is_dangling and (written := comparison.nearest(row))}


def dangling(project: Project, pages: Set[str]) -> list[Problem]:
    """What ``pages`` name that is neither there nor wanted, if that matters to [check]. Raises AssetgenError."""
    if project.manifest.check.dangling == "off":
        return []
    return _Comparison(project, project.survey(pages.__contains__), None).dangling()


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
    return Usage(tuple(problems), found.consulted | named)


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
        _note(project.tree, found.rests_on, project.manifest.project.content)
        return shown, found.rests_on
    places = globs.bases(project.manifest.project.content)
    return shown, found.rests_on | {place or "." for place in places}


def _finding(project: Project, problem: Problem, level: Level) -> Finding:
    then = ""
    if isinstance(project.tree, Index):  # what the command changes is to be in the commit
        changed = problem.page or (FILE if " --add " in problem.command else problem.path)
        then = f" && git add {shlex.quote(changed)}"
    cure = problem.cure(then)
    return Finding(problem.path, problem.code, problem.message, cure, level, problem.line, problem.col)


def _note(tree: WorkTree, files: Iterable[str], content: Sequence[str]) -> None:
    """Let the verdict rest on ``files``, and on every folder in which a new page may turn up."""
    places = globs.bases(content)
    for folder in tree.folders:
        if not folder or any(not place or f"{folder}/".startswith(place + "/") for place in places):
            tree.note(folder or ".")
    for path in files:
        tree.note(path)


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
        for row in self._rows():
            reference = row.reference
            yield from self._of_path(row)
            tag = (reference.file, reference.marks.tag or reference.marks.raw)
            if tag not in tags and reference.kind in _SHOWN:
                problems = [*self._of_alt(row), *self._of_size(row)]
                tags.update([tag] if reference.alt_status != "n/a" or problems else [])
                yield from problems
        yield from self._unreferenced()

    def dangling(self) -> list[Problem]:
        """Those of the problems that are references to nothing."""
        return [found for row in self._rows() for found in self._of_path(row) if found.code == "dangling"]

    def _rows(self) -> Iterator[Row]:
        """The references of which something is to be said."""
        for row in self._found.rows:
            path = row.resolution.path
            if not (self._is_ignored(row.reference.file) or (path and self._is_ignored(path))):
                yield row

    # -- what a page names -------------------------------------------------------------------------

    def _of_path(self, row: Row) -> Iterator[Problem]:
        reference, means = row.reference, row.resolution
        if means.hint is not None:
            edits = self._edit(row, edit.of_path(reference, means.hint))
            what = f"{reference.raw} names the folder, not the URL: its files are served as {means.hint}"
            yield self._problem("public-url", row, what, edits, f"writes {means.hint}")
        elif row.is_dangling and means.path not in self._owner:
            yield self._dangling(row)

    def _dangling(self, row: Row) -> Problem:
        reference, path = row.reference, row.resolution.path or ""
        what = f"{reference.raw} is not there: no {path}"
        add = f"assetgen refs --add {shlex.quote(reference.place)}"
        is_ours = path.lower().endswith(tuple(FORMATS))
        if (written := self.nearest(row)) is not None:
            edits = self._edit(row, edit.of_path(reference, written))
            return self._problem("dangling", row, what, edits, f"writes {written}", add if is_ours else "")
        if not is_ours:
            return self._problem("dangling", row, what, (), f"add {path}, or correct {reference.raw}")
        return replace(self._problem("dangling", row, what, (), f"wants it in {FILE}"), command=add)

    def nearest(self, row: Row) -> str | None:
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
        for path in {*self._project.listing, *self._owner}:
            folder, _, name = path.rpartition("/")
            if is_picture(name):
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
            edits = self._edit(row, self._alt_edit(row, asset.alt))
            yield self._problem("alt-differs", row, what, edits, f"writes {_brief(asset.alt)}")

    def _without_alt(self, row: Row, asset: Asset | None) -> Problem:
        what = f"{_brief(row.reference.raw)} is shown without a text for who cannot see it"
        known = asset.alt if asset else self._alt
        if known is not None:
            edits = self._edit(row, self._alt_edit(row, known))
            return self._problem("missing-alt", row, what, edits, f"writes {_brief(known)}")
        found = self._problem("missing-alt", row, what, (), 'write alt="what is to be seen"')
        if self._alt_edit(row, "") is None:
            return found
        command = f'assetgen refs --fix {shlex.quote(row.reference.place)} --alt "what is to be seen"'
        return replace(found, command=command, remark='--alt "" if it only decorates')

    def _alt_edit(self, row: Row, alt: str) -> Edit | None:
        return edit.of_alt(row.reference, self._text(row.reference.file), alt)

    def _of_size(self, row: Row) -> Iterator[Problem]:
        reference, path = row.reference, row.resolution.path
        width, height = reference.width, reference.height
        if not (width and height and path and row.resolution.exists):
            return
        size = self._measured(path)
        if size is None or _fits((width, height), size):
            return
        what = f"{width}x{height} is declared, and {path} is {size[0]}x{size[1]}"
        edits = edit.of_size(reference, size)
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
            if (
                self._made_from.intersection(paths)
                or any(pattern.search(path) for pattern in self._patterns for path in paths)
                or self._is_spoken_of(asset.id)
            ):
                continue
            what = f"no page names {asset.path}, which asset {asset.id} wants"
            line = self._project.line(asset.id)
            command, remark, page = self._use(asset)
            otherwise = f"take {asset.id} out of {FILE}"
            yield Problem("unreferenced", what, FILE, line, None, command, remark, otherwise, page=page)

    def _named(self) -> set[str]:
        """Every file that a page names or that a glob takes in."""
        rows = self._found.rows
        return {path for row in rows for path in (row.resolution.path, *row.resolution.candidates) if path}

    @cached_property
    def _made_from(self) -> set[str]:
        """The pictures that others are made from."""
        wishes = (self._project.wish(asset.id) for asset in self._manifest.asset)
        return {entry["path"] for wish in wishes for entry in wish.intent.inputs}

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

    def _use(self, asset: Asset) -> tuple[str, str, str | None]:
        """A command that names the picture in the page that is most likely its own, what it does, and the page."""
        pages = [page for page in self._found.pages if page.endswith(_WORDY) and not self._is_ignored(page)]
        if not pages:
            return "", f"name it in a page (assetgen snippet {asset.id} prints how), or take it out of {FILE}", None
        page = max(pages, key=lambda page: difflib.SequenceMatcher(None, page, asset.path).ratio())
        suffix = page.rpartition(".")[2]
        form = "markdown" if suffix in ("md", "markdown") else suffix
        return f"assetgen snippet {asset.id} --for {form} >> {shlex.quote(page)}", "appends it there", page

    # -- telling -----------------------------------------------------------------------------------

    @cached_property
    def _text(self) -> Callable[[str], str]:
        return cache(lambda path: (self._project.tree.read(path) or b"").decode("utf-8", "replace"))

    def _edit(self, row: Row, made: Edit | None) -> tuple[Edit, ...]:
        """``made``, if what it would replace is what was found: written plainly, without escapes."""
        return (made,) if made and made.suits(self._text(row.reference.file)) else ()

    def _problem(
        self, code: str, row: Row, what: str, edits: tuple[Edit, ...], remark: str, otherwise: str = ""
    ) -> Problem:
        """``remark`` says what the edits do; what to do by hand, if there are none."""
        named = row.reference
        command = f"assetgen refs --fix {shlex.quote(named.place)}" if edits else ""
        return Problem(code, what, named.file, named.line, named.col, command, remark, otherwise, edits, row)


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
