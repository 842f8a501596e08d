"""`assetgen init --agents`: a skill for coding agents, and a section of AGENTS.md.

Each text contains its digest, so that a later version updates only unchanged texts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from assetgen.errors import StorageError
from assetgen.fs import paths, store
from assetgen.fs.git import Repository
from assetgen.gitenv import find_repository
from assetgen.init import sealed
from assetgen.init.sealed import Changed, Done

FOLDER = ".agents/skills/assetgen"
SKILL = f"{FOLDER}/SKILL.md"
INTERFACE = f"{FOLDER}/agents/openai.yaml"
AGENTS = "AGENTS.md"

_SKILL = """\
---
name: assetgen
description: >-
  Make the missing images of this repository's assets.toml (covers, illustrations, images for
  pages) with the built-in image tool, and add each to the repository with its provenance record.
  Use it whenever an image of this repository is missing, stale or requested, instead of copying
  image files by hand.
---

# Images of this repository

`assets.toml` lists the images of this repository. `assetgen` puts them into place and records
where each came from. Run it in the folder that contains `assets.toml`. If it is not installed, say
so and stop.

## Find out what to make

    assetgen next --json

It prints one object for each image to make. An empty list means that there is nothing to make. If
the user asks for an image that is not in the list, first add an `[[asset]]` with
`route = "codex"` to `assets.toml`, and run the command again.

## Make one image at a time

Do this for each entry whose `route` is `codex`, from first to last. Finish one before you start the
next. Stay in this thread; never use a sub-agent, because a sub-agent has another thread.

1. Call the built-in image tool exactly once, with exactly the text of `prompt`. Do not shorten it,
   improve it or add anything. If `transparent` is true, ask for a transparent background. If there
   are `inputs`, give these files to the tool as references (absolute paths).
2. Run the command in `next`: `assetgen adopt ID`. It finds the image of this thread, checks it,
   resizes it and writes the record.
3. If the tool or the command fails, stop and show its message to the user. Do not draw again, do
   not choose a file yourself, and do not add `--force`.

## Rules

- Never look for "the latest" image, and never copy, move or delete files in `generated_images`.
- Never write or edit anything in `.assetgen/`, or an image that is in place.
- Do not ask for a size or a quality, because the tool supports neither. To get another size, set
  `fit` in `assets.toml`; `adopt` applies it.
- Every other route costs the user money. While `assetgen next --json` lists anything, never run
  `assetgen generate` unless the user asks for it. Show what is left, with its `surface`, and let
  the user decide. When the list is empty, `assetgen generate --no-commit` makes the remaining
  images on this machine for free.
- If the image tool is missing, say so. Do not draw a placeholder with code, and do not use an API
  key.
- Leave the commit to the user: show the `git add ... && git commit ...` line that `adopt` prints.

## At the end

    assetgen check

Say which images are in place, which are not and why, and show the git lines.
"""

_INTERFACE = """\
interface:
  display_name: "assetgen"
  short_description: "Make the images that assets.toml lists, each with its provenance"
  default_prompt: "Use $assetgen to make the missing images of this repository."
policy:
  allow_implicit_invocation: true
"""

_SECTION = """\
## Images

`assets.toml` lists the images of this repository, and `assetgen` records where each came from. To
make one, use the skill `assetgen` (`.agents/skills/assetgen/SKILL.md`). `assetgen next --json`
prints which images to make and with which prompts, `assetgen adopt ID` adds the image that this
thread drew, and `assetgen check` verifies the result. Never copy images by hand, and never edit
`.assetgen/`. Run `assetgen generate` only if the user asks for it, because other routes cost money.
"""

_NOTE = sealed.note("--agents")
_BEGIN, _END = "<!-- assetgen begin; ", "<!-- assetgen end -->"
_FIRST = re.compile(rb"^<!-- assetgen begin\b" + sealed.SEAL + rb" -->\r?\n", re.M)
_LAST = re.compile(rb"^<!-- assetgen end -->[^\S\n]*(?:\n|\Z)", re.M)
_MARK = re.compile(rb"^<!-- assetgen (?:begin|end)\b", re.M)


def init(root: Path, environ: Mapping[str, str] = os.environ) -> Done:
    """Write or update the files for agents; changed files are kept.

    A link to a file of the same repository is followed. Raises StorageError, GitError.
    """
    store.prepare(root)
    done = Done()
    places = {path: behind_links(root, path) for path in (SKILL, INTERFACE, AGENTS)}
    texts = _links_as_text(root, environ)
    for path, renewed in ((SKILL, _skill), (INTERFACE, _interface), (AGENTS, with_section)):
        if link := next((one for one in texts if f"{places[path]}/".startswith(f"{one}/")), None):
            done.kept[path] = (
                f"{link} is a link in git, checked out as a text file; "
                "check it out as a link (git config core.symlinks true) and run this again"
            )
            continue
        try:
            _renew(root, places[path], renewed, done)
        except Changed as exc:
            done.kept[path] = str(exc)
    return done


def behind_links(root: Path, path: str) -> str:
    """The path that ``path`` leads to, relative to ``root``. Raises StorageError.

    Only links inside the repository are followed, and never into ``.git``.
    """
    found = find_repository(str(root))
    top, real = Path(found[1] if found else root).resolve(), (root / path).resolve()
    if real == root.resolve() / path:
        return path
    if not real.is_relative_to(top) or ".git" in real.relative_to(top).parts:
        paths.refuse_links(root, path)  # says which part of it is the link
    return Path(os.path.relpath(real, root.resolve())).as_posix()


def _links_as_text(root: Path, environ: Mapping[str, str]) -> list[str]:
    """The paths that git has as links and that are no links here: core.symlinks is false."""
    repository = Repository.open(root, environ)
    entries = repository.index_entries() if repository else {}
    if repository:
        repository.close()
    links = [path for path, (mode, _) in entries.items() if mode == "120000"]
    return [path for path in links if (root / path).is_file() and not (root / path).is_symlink()]


def _renew(root: Path, path: str, renewed: Callable[[bytes | None], bytes], done: Done) -> None:
    old = paths.read_own(root, path, StorageError) if os.path.lexists(root / path) else None
    new = renewed(old)
    if new != old:
        store.write(root, path, new)
        done.written.append(path)


def _skill(old: bytes | None) -> bytes:
    return sealed.whole(old, _SKILL, "<!-- {} -->", _NOTE)


def _interface(old: bytes | None) -> bytes:
    return sealed.whole(old, _INTERFACE, "# {}", _NOTE)


def with_section(old: bytes | None) -> bytes:
    """AGENTS.md with the section of this version; no other byte changes. Raises Changed."""
    before = old or b""
    if b"\0" in before:
        raise Changed("it is not UTF-8 text; convert it and run this again")
    if not _MARK.search(before):
        return before + _gap(before) + sealed.like(_section().encode(), before)
    first, last = _FIRST.search(before), _LAST.search(before)
    if not first or not last or last.start() < first.end() or len(_MARK.findall(before)) != 2:
        what = "the markers of its assetgen section are damaged or duplicated"
        raise Changed(f"{what}; delete the section and its markers and run this again")
    if first[1].decode() != sealed.digest(before[first.end() : last.start()]):
        what = "its assetgen section was changed"
        advice = "delete the section and its markers and run this again"
        raise Changed(f"{what}; for the text of this version, {advice}")
    section = sealed.like(_section().encode(), first[0])
    section = section if last[0].endswith(b"\n") else section.rstrip(b"\r\n")
    return before[: first.start()] + section + before[last.end() :]


def _section() -> str:
    return f"{_BEGIN}{_NOTE}: sha256:{sealed.digest(_SECTION.encode())} -->\n{_SECTION}{_END}\n"


def _gap(before: bytes) -> bytes:
    """The line ends between the section and the text before it."""
    if not before:
        return b""
    line = b"\r\n" if b"\r\n" in before else b"\n"
    if not before.endswith(b"\n"):
        return line * 2
    return b"" if before.endswith(line * 2) else line
