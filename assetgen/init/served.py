"""Which agents a repository is for, and the files that each of them reads."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assetgen.errors import StorageError
from assetgen.fs import paths
from assetgen.gitenv import top_of

#: The agents by name. All that read AGENTS.md are one; they and Codex are always served.
NAMES = ("codex", "agents-md", "claude", "cursor")

FOLDER = ".agents/skills/assetgen"
SKILL = f"{FOLDER}/SKILL.md"
INTERFACE = f"{FOLDER}/agents/openai.yaml"
AGENTS = "AGENTS.md"
CLAUDE_FOLDER = ".claude/skills/assetgen"
CLAUDE_SKILL = f"{CLAUDE_FOLDER}/SKILL.md"
CLAUDE = "CLAUDE.md"
RULE = ".cursor/rules/assetgen.mdc"

#: What shows that an agent is used in a repository. The others are served in any case.
_TRACES: Mapping[str, tuple[str, ...]] = {
    "claude": (CLAUDE, ".claude"),
    "cursor": (".cursor", ".cursorrules"),
}
#: Where Claude Code reads the instructions of a project, the first that exists.
_CLAUDE_PLACES = (CLAUDE, f".claude/{CLAUDE}")


@dataclass(frozen=True)
class Section:
    """A file with a section of ours, and the skill that the section names."""

    path: str
    skill: str


def found(root: Path, named: Iterable[str] = ()) -> tuple[str, ...]:
    """The agents to serve: those with traces in the repository, and those ``named``."""
    wanted = {*named, *(set(NAMES) - set(_TRACES))}
    folders = _up_to_the_top(root)
    for name, traces in _TRACES.items():
        if any(os.path.lexists(folder / trace) for folder in folders for trace in traces):
            wanted.add(name)
    return tuple(name for name in NAMES if name in wanted)


def _up_to_the_top(root: Path) -> list[Path]:
    """The project's folder and those above it, up to the top of its repository."""
    top = Path(top_of(str(root))).resolve()
    above = [one for one in (root.resolve(), *root.resolve().parents) if one.is_relative_to(top)]
    return above or [root]


def sections(root: Path, agents: Iterable[str]) -> Iterator[Section]:
    """The files that get a section; a CLAUDE.md that imports AGENTS.md has it already."""
    yield Section(AGENTS, SKILL)
    if "claude" not in agents:
        return
    there = [one for one in _CLAUDE_PLACES if os.path.lexists(root / one)] or [CLAUDE]
    if not any(_imports_agents(root, place) for place in there):
        yield Section(there[0], CLAUDE_SKILL)


_FENCED = re.compile(r"^ {0,3}(```+|~~~+).*?(?:^ {0,3}\1|\Z)", re.M | re.S)
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.S)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_IMPORT = re.compile(r"(?<!\S)@([^\s`]+)")


def _imports_agents(root: Path, place: str) -> bool:
    """Whether a CLAUDE.md imports AGENTS.md, outside code, and has no section of ours."""
    if not (root / place).is_file():
        return False
    try:
        data = paths.read_own(root, behind_links(root, place), StorageError)
    except StorageError:
        return False
    if re.search(rb"^<!-- assetgen begin\b", data, re.M):
        return False
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    for ignored in (_FENCED, _CODE, _COMMENT):
        text = ignored.sub(" ", text)
    agents, folder = (root / AGENTS).resolve(), (root / place).resolve().parent
    # A sentence may end after an import.
    named = (name.rstrip(".,;:!?)") for name in _IMPORT.findall(text))
    return any((folder / name).resolve() == agents for name in named if "\0" not in name)


def behind_links(root: Path, path: str) -> str:
    """The path that ``path`` leads to, relative to ``root``. Raises StorageError.

    Only links inside the repository are followed, and never into ``.git``.
    """
    real = (root / path).resolve()
    if real == root.resolve() / path:
        return path
    top = Path(top_of(str(root))).resolve()
    if not real.is_relative_to(top) or ".git" in real.relative_to(top).parts:
        paths.refuse_links(root, path)  # says which part of it is the link
    return Path(os.path.relpath(real, root.resolve())).as_posix()
