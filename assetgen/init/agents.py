"""What `assetgen init --agents` leaves for coding agents: a skill, and a section of AGENTS.md. No edit is overwritten.

Each text carries the digest of what was written, so that a later version renews only what nobody changed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from assetgen.errors import StorageError
from assetgen.fs import paths, store
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
  Draw the pictures that this repository's assets.toml wants (covers, illustrations, images for pages) with the
  built-in image tool, and take each into the repository with its provenance record. Use it whenever a picture of this
  repository is missing, stale or asked for, instead of copying image files by hand.
---

# Pictures of this repository

`assets.toml` says which pictures are wanted, `assetgen` puts them into place and records where each came from. Run it
in the folder that holds `assets.toml`. If it is not installed, say so and stop.

## What is wanted

    assetgen next --json

One object a picture. An empty list: nothing is to be painted. If the user asks for a picture that the list lacks, add
an `[[asset]]` with `route = "codex"` to `assets.toml` first, and look again.

## One picture at a time

For each entry whose `route` is `codex`, from first to last, before you begin with the next, in this thread (never in a
sub-agent's, which is another thread):

1. Call the built-in image tool exactly once, with exactly the text of `prompt`: not shortened, not improved, nothing
   added. Ask for a transparent background if `transparent` is true, and give it the files of `inputs`, if there are
   any, as references (absolute paths).
2. Run the command in `next`: `assetgen adopt ID`. It finds the picture of this very thread, checks it, brings it to its
   size and writes the record.
3. If the tool or the command fails, stop and show the user its message. Do not draw again, do not choose a file
   yourself, do not add `--force`.

## Rules

- Never look for "the latest" picture, and never copy, move or delete files in `generated_images`.
- Never write or edit anything in `.assetgen/`, nor a picture that is in place.
- Ask for no size or quality: the tool takes none. Another size is `fit` in `assets.toml`; `adopt` brings it about.
- Every other route costs the user's money. Never run `assetgen generate` unasked while `assetgen next --json` lists
  anything: show what is left, with its `surface`, and let the user decide. Once the list is empty,
  `assetgen generate --no-commit` draws what is left on this machine, for nothing.
- Do not draw a stand-in with code, and do not use an API key, where the image tool is missing: say so.
- Leave the commit to the user: show the `git add ... && git commit ...` line that `adopt` prints.

## At the end

    assetgen check

Say which pictures are in place, which are not and why, and show the git lines.
"""

_INTERFACE = """\
interface:
  display_name: "assetgen"
  short_description: "Draw the pictures that assets.toml wants, each with its provenance"
  default_prompt: "Use $assetgen to draw the pictures that this repository is missing."
policy:
  allow_implicit_invocation: true
"""

_SECTION = """\
## Pictures

The pictures of this repository are listed in `assets.toml`, and `assetgen` records where each came from. When one is
wanted, use the skill `assetgen` (`.agents/skills/assetgen/SKILL.md`): `assetgen next --json` says what to draw and with
which prompt, `assetgen adopt ID` takes in the picture that this thread drew, `assetgen check` proves the result. Never
copy pictures by hand, never edit `.assetgen/`, and never run `assetgen generate` unasked: other routes cost money.
"""

_NOTE = sealed.note("--agents")
_BEGIN, _END = "<!-- assetgen begin; ", "<!-- assetgen end -->"
_FIRST = re.compile(rb"^<!-- assetgen begin\b" + sealed.SEAL + rb" -->\r?\n", re.M)
_LAST = re.compile(rb"^<!-- assetgen end -->[^\S\n]*(?:\n|\Z)", re.M)
_MARK = re.compile(rb"^<!-- assetgen (?:begin|end)\b", re.M)


def init(root: Path) -> Done:
    """Write or renew what agents read; what somebody wrote or changed is left alone. Raises StorageError."""
    store.prepare(root)
    done = Done()
    for path in (SKILL, INTERFACE, AGENTS):
        paths.refuse_links(root, path)
    for path, renewed in ((SKILL, _skill), (INTERFACE, _interface), (AGENTS, with_section)):
        try:
            _renew(root, path, renewed, done)
        except Changed as exc:
            done.kept[path] = str(exc)
    return done


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
    """AGENTS.md with our section as it is now, every other byte as it was. Raises Changed."""
    before = old or b""
    if b"\0" in before:
        raise Changed("it is not text in UTF-8; convert it and run this again")
    if not _MARK.search(before):
        return before + _gap(before) + sealed.like(_section().encode(), before)
    first, last = _FIRST.search(before), _LAST.search(before)
    if not first or not last or last.start() < first.end() or len(_MARK.findall(before)) != 2:
        what = "the marks of its assetgen section are damaged or there twice"
        raise Changed(f"{what}; remove the section with its marks and run this again")
    if first[1].decode() != sealed.digest(before[first.end() : last.start()]):
        what = "somebody changed its assetgen section"
        raise Changed(
            f"{what}; for the text of this version, remove the section with its marks and run this again"
        )
    section = sealed.like(_section().encode(), first[0])
    section = section if last[0].endswith(b"\n") else section.rstrip(b"\r\n")
    return before[: first.start()] + section + before[last.end() :]


def _section() -> str:
    return f"{_BEGIN}{_NOTE}: sha256:{sealed.digest(_SECTION.encode())} -->\n{_SECTION}{_END}\n"


def _gap(before: bytes) -> bytes:
    """The line ends that set a section off from the text before it."""
    if not before:
        return b""
    line = b"\r\n" if b"\r\n" in before else b"\n"
    if not before.endswith(b"\n"):
        return line * 2
    return b"" if before.endswith(line * 2) else line
