"""Images in the output folders that belong to no asset, no record and no baseline."""

from __future__ import annotations

import fnmatch
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from functools import reduce

from assetgen.check import baseline
from assetgen.check.findings import Finding
from assetgen.cure import Cure, advice, command
from assetgen.fs import globs
from assetgen.fs.tree import Index
from assetgen.manifest.schema import FORMATS
from assetgen.plan import standing
from assetgen.plan.standing import Standing
from assetgen.plan.workspace import Workspace

# How many stars of a pattern are tried to match across folders.
_MOST_STARS = 6


def unrecorded(project: Workspace, before: Standing) -> Iterator[Finding]:
    """A finding for each image that nothing accounts for, not even the baseline."""
    for path in before.new:
        what = "has no record, so no one can tell where it came from"
        if same := before.copies.get(path):
            what = f"is a copy of {same}, a picture of the baseline, and has no record"
        cure = _cure(project, path, same)
        yield Finding(path=path, code="unrecorded", message=what, cure=cure)


def _cure(project: Workspace, path: str, same: str | None) -> Cure:
    if cure := baseline.staging_line(project, path):
        return cure
    adopt = baseline.adopting(project, path)
    pattern = deeper(project.manifest.project.ignore, path)
    if pattern is not None:
        quoted = json.dumps(pattern, ensure_ascii=False)
        return advice(
            "add {pattern} to project.ignore (`*` does not match across folders), or {adopt}",
            pattern=quoted,
            adopt=adopt,
        )
    ways = [advice("{adopt} (keeps it, origin unknown)", adopt=adopt)]
    if standing.extension(path) in FORMATS:
        adopt = _recording(project, path)
        ways.append(advice("{adopt} (records its origin, if you know it)", adopt=adopt))
    if same:
        ways.append(advice("refer to {same} and remove the copy", same=same))
    ways.append(advice("add it to project.ignore"))
    if isinstance(project.tree, Index) and project.tree.is_new(path):
        reset = command("git reset -q -- {path}", path=path)
        ways.append(advice("{reset} (leaves it out of the commit)", reset=reset))
    return reduce(lambda one, other: advice("{one}, or {other}", one=one, other=other), ways)


def _recording(project: Workspace, path: str) -> Cure:
    """The command that says what to add to the manifest for the picture, and then records it."""
    from assetgen.pages import proposals  # with the page readers, not needed for a clean project

    name = proposals.free_id(path, project.manifest)
    if isinstance(project.tree, Index):
        return command("assetgen adopt {name} {path} --no-commit", name=name, path=path)
    return command("assetgen adopt {name} {path}", name=name, path=path)


def deeper(patterns: Sequence[str], path: str) -> str | None:
    """The pattern to add if one of ``patterns`` would match ``path``, did ``*`` cross folders.

    None if there is none, or if a pattern with ``!`` excludes the path on purpose.
    """
    for pattern in patterns:
        if pattern.startswith("!") and globs.matcher([pattern[1:]])(path):
            return None
    meant = (one for one in patterns if fnmatch.fnmatchcase(path, one))
    wider = (one for pattern in meant for one in _across_folders(pattern))
    return next((one for one in wider if globs.matcher([one])(path)), None)


def _across_folders(pattern: str) -> Iterator[str]:
    """The pattern with its stars made to cross folders: one of them, then more."""
    stars = list(re.finditer(r"\*+", pattern))[:_MOST_STARS]
    choices = itertools.product((False, True), repeat=len(stars))
    for choice in sorted(choices, key=sum):
        widened, end = "", 0
        for star, is_wide in zip(stars, choice, strict=True):
            new = _wide(pattern, star) if is_wide else star[0]
            widened += pattern[end : star.start()] + new
            end = star.end()
        yield widened + pattern[end:]


def _wide(pattern: str, star: re.Match[str]) -> str:
    """What matches across folders in place of a star; it keeps the rest of a name beside it."""
    begins = pattern[: star.start()].endswith("/") or star.start() == 0
    ends = pattern[star.end() :].startswith("/") or star.end() == len(pattern)
    if begins and ends:
        return "**"
    return ("**/*" if begins else "*/**") + ("" if begins or ends else "/*")
