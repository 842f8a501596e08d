"""`assetgen init --agents`: a skill for coding agents, and a section of AGENTS.md or CLAUDE.md.

Each text contains its digest, so that a later version updates only unchanged texts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from pathlib import Path

from assetgen.errors import StorageError
from assetgen.fs import paths, store
from assetgen.fs.git import Repository
from assetgen.fs.held import ignored
from assetgen.fs.tree import WorkTree
from assetgen.init import instructions, sealed, served
from assetgen.init.sealed import Changed, Done
from assetgen.init.served import AGENTS, INTERFACE, SKILL, behind_links

__all__ = ["AGENTS", "INTERFACE", "SKILL", "init", "to_commit", "with_section"]

_NOTE = sealed.note("--agents")
_Renewed = Callable[[bytes | None], bytes]
_BEGIN, _END = "<!-- assetgen begin; ", "<!-- assetgen end -->"
_FIRST = re.compile(rb"^<!-- assetgen begin\b" + sealed.SEAL + rb" -->\r?\n", re.M)
_LAST = re.compile(rb"^<!-- assetgen end -->[^\S\n]*(?:\n|\Z)", re.M)
_MARK = re.compile(rb"^<!-- assetgen (?:begin|end)\b", re.M)


def init(root: Path, environ: Mapping[str, str] = os.environ, named: Iterable[str] = ()) -> Done:
    """Write or update the files for the agents of the repository; changed files are kept.

    Agents without traces in it are served if they are ``named``. A link to a file of the same
    repository is followed. Raises StorageError, GitError.
    """
    store.prepare(root)
    done = Done()
    wanted = _wanted(root, served.found(root, named))
    places = _places(root, wanted, done)
    texts = _links_as_text(root, environ)
    written: set[str] = set()
    for path in places:
        if places[path] in written:
            continue  # a link to a file that has it already
        written.add(places[path])
        if link := next((one for one in texts if f"{places[path]}/".startswith(f"{one}/")), None):
            done.kept[path] = (
                f"{link} is a link in git, checked out as a text file; "
                "check it out as a link (git config core.symlinks true) and run this again"
            )
            continue
        try:
            _renew(root, places[path], wanted[path], done)
        except Changed as exc:
            done.kept[path] = str(exc)
    return done


def _places(root: Path, wanted: Iterable[str], done: Done) -> dict[str, str]:
    """Where each file is written. Raises StorageError if a file that is always written cannot be.

    Another file, such as one in a ``.claude`` that is a link out of the repository, is left.
    """
    places: dict[str, str] = {}
    for path in wanted:
        try:
            places[path] = behind_links(root, path)
        except StorageError as exc:
            if path in (SKILL, INTERFACE, AGENTS):
                raise
            done.kept[path] = exc.what
    return places


def _wanted(root: Path, agents: Collection[str]) -> dict[str, _Renewed]:
    """Each file for ``agents``, with the function that makes its new text of the old one."""
    files: dict[str, _Renewed] = {SKILL: _skill, INTERFACE: _interface}
    if "claude" in agents:
        files[served.CLAUDE_SKILL] = _skill
    if "cursor" in agents:
        files[served.RULE] = _rule
    for one in served.sections(root, agents):
        files[one.path] = partial(with_section, skill=one.skill)
    return files


def to_commit(root: Path, named: Iterable[str] = ()) -> list[str]:
    """The files and folders to commit, without those that are for this machine only.

    A file that git ignores was excluded on purpose, such as all of ``.claude``.
    """
    files = list(_places(root, _wanted(root, served.found(root, named)), Done()).values())
    own = ignored(WorkTree(root).held, files)
    kept = (path for path in files if path not in own)
    return list(dict.fromkeys(_whole_folder(path) for path in kept))


def _whole_folder(path: str) -> str:
    """The folder of a skill, of which every file is ours; for other files, the file."""
    above, is_skill, _ = path.rpartition("/skills/assetgen/")
    return f"{above}/skills/assetgen" if is_skill else path


def _links_as_text(root: Path, environ: Mapping[str, str]) -> list[str]:
    """The paths that git has as links and that are no links here: core.symlinks is false."""
    repository = Repository.open(root, environ)
    entries = repository.index_entries() if repository else {}
    if repository:
        repository.close()
    links = [path for path, (mode, _) in entries.items() if mode == "120000"]
    return [path for path in links if (root / path).is_file() and not (root / path).is_symlink()]


def _renew(root: Path, path: str, renewed: _Renewed, done: Done) -> None:
    old = paths.read_own(root, path, StorageError) if os.path.lexists(root / path) else None
    new = renewed(old)
    if new != old:
        store.write(root, path, new)
        done.written.append(path)


def _skill(old: bytes | None) -> bytes:
    return sealed.whole(old, instructions.SKILL, "<!-- {} -->", _NOTE)


def _interface(old: bytes | None) -> bytes:
    return sealed.whole(old, instructions.INTERFACE, "# {}", _NOTE)


def _rule(old: bytes | None) -> bytes:
    return sealed.whole(old, instructions.RULE, "<!-- {} -->", _NOTE)


def with_section(old: bytes | None, skill: str = SKILL) -> bytes:
    """The text with the section of this version; no other byte changes. Raises Changed."""
    before = old or b""
    if b"\0" in before:
        raise Changed("it is not UTF-8 text; convert it and run this again")
    if not _MARK.search(before):
        return before + _gap(before) + sealed.like(_section(skill).encode(), before)
    first, last = _FIRST.search(before), _LAST.search(before)
    if not first or not last or last.start() < first.end() or len(_MARK.findall(before)) != 2:
        what = "the markers of its assetgen section are damaged or duplicated"
        raise Changed(f"{what}; delete the section and its markers and run this again")
    if first[1].decode() != sealed.digest(before[first.end() : last.start()]):
        what = "its assetgen section was changed"
        advice = "delete the section and its markers and run this again"
        raise Changed(f"{what}; for the text of this version, {advice}")
    section = sealed.like(_section(skill).encode(), first[0])
    section = section if last[0].endswith(b"\n") else section.rstrip(b"\r\n")
    return before[: first.start()] + section + before[last.end() :]


def _section(skill: str) -> str:
    text = instructions.section(skill)
    return f"{_BEGIN}{_NOTE}: sha256:{sealed.digest(text.encode())} -->\n{text}{_END}\n"


def _gap(before: bytes) -> bytes:
    """The line ends between the section and the text before it."""
    if not before:
        return b""
    line = b"\r\n" if b"\r\n" in before else b"\n"
    if not before.endswith(b"\n"):
        return line * 2
    return b"" if before.endswith(line * 2) else line
