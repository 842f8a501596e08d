"""The rules of project.emit, and of glob patterns."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.cure import Cure, advice
from assetgen.fs import globs, paths
from assetgen.manifest.schema import MODULES, Module, Project, module_files
from assetgen.manifest.toml_faults import Fault
from assetgen.manifest.toml_positions import Key
from assetgen.text import brief


def of_modules(project: Project) -> Iterator[Fault]:
    """What is wrong with the typed modules."""
    written: set[str] = set()
    for number, module in enumerate(project.modules):
        at: Key = ("project", "emit")
        if not isinstance(project.emit, str):
            at = (*at, number, "path") if isinstance(project.emit, tuple) else (*at, "path")
        if found := _wrong_with_module(module):
            yield Fault(at, *found)
        own = {paths.folded(name) for name in module_files(module)}
        if shared := own & written:
            what = f"{min(shared)} is written by two modules"
            yield Fault(at, what, advice("give one of them another path"))
        written |= own
        yield from of_patterns((*at[:-1], "ids"), module.ids)


def _wrong_with_module(module: Module) -> tuple[str, Cure] | None:
    """What is wrong with the path of a typed module, and the cure."""
    path = module.path
    cure = advice('write emit = "src/assets.ts"')
    if module.by:
        if path.endswith("/") and paths.problem(path[:-1]) is None:
            return None
        what = f"{path!r} is no folder, and by = {module.by!r} writes a file for each page"
        return what, advice('write path = "src/pictures/"')
    if path.endswith("/"):
        what = f"{path!r} is a folder, and the module is one file"
        return what, advice('add by = "page", or name a .ts, .js or .mjs file')
    if wrong := paths.problem(path):
        return f"{path!r} {wrong}", cure
    if not path.endswith(MODULES):
        return (
            f"{path!r} does not end in .ts, .js or .mjs",
            advice("{cure}: the extension decides the form", cure=cure),
        )
    if path.endswith(".d.ts"):
        return (
            f"{path!r} is a declaration file, which contains no data",
            advice("{cure}, or a .js: its declarations are written too", cure=cure),
        )
    return None


def of_patterns(at: Key, patterns: tuple[str, ...]) -> Iterator[Fault]:
    """What is wrong with glob patterns."""
    for pattern in patterns:
        try:
            globs.matcher([pattern])
        except ValueError as exc:
            what = f"{brief(pattern)} is not a glob pattern: {exc}"
            yield Fault(at, what, advice('write it as in content = ["docs/**/*.{{md,mdx}}"]'))
            continue
        if wrong := wrong_with_pattern(pattern.removeprefix("!")):
            cure = advice('write it from the project\'s folder: "docs/**/*.md"')
            yield Fault(at, f"{brief(pattern)} {wrong}", cure)


def wrong_with_pattern(pattern: str) -> str | None:
    """Why a pattern without ``!`` is not one below the project; None if it is."""
    if pattern.startswith("/"):
        return "is absolute; patterns are relative to the project"
    if ".." in pattern.split("/"):
        return "is outside the project"
    return "has a backslash; folders are separated by /" if "\\" in pattern else None
