"""Files that assetgen writes as a whole, and in which git left the two sides of a merge."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.check.findings import Finding
from assetgen.cure import Cure, command
from assetgen.fs import git_cures
from assetgen.fs.tree import Index
from assetgen.manifest.schema import SCHEMA
from assetgen.plan.workspace import Workspace
from assetgen.record.record import has_merge_markers


def schema(project: Workspace) -> Iterator[Finding]:
    """The finding on the JSON Schema of the manifest."""
    if not (project.root / SCHEMA).is_file():
        return  # the stored result of check then does not depend on it
    is_unmerged = bool(project.holdings.unmerged([SCHEMA]))
    if is_unmerged or has_merge_markers(project.tree.read(SCHEMA) or b""):
        yield written(project, SCHEMA, command("assetgen schema > {file}", file=SCHEMA))


def written(project: Workspace, path: str, write: Cure) -> Finding:
    """The finding on a file that ``write`` writes as a whole, whatever both sides changed."""
    held = project.tree.held
    if isinstance(project.tree, Index) or path in held.all_unmerged:
        write = command("{write} && {add}", write=write, add=git_cures.adding(held, [path]))
    message = "is not merged: it is written from the manifest and the records, not by hand"
    return Finding(path=path, code="unmerged", message=message, cure=write)
