"""The images as a commit has them: which differ from the working tree, and their earlier files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from assetgen.cure import command
from assetgen.errors import GitError
from assetgen.fs.git import Repository
from assetgen.manifest.schema import Asset
from assetgen.review.facts import Earlier
from assetgen.review.pictures import Pictures

#: The longest name of a commit that is accepted.
_LONGEST = 200
_NO_BLOB = set("0")


def commit_of(repository: Repository, name: str) -> str:
    """The id of the commit that ``name`` means. Raises GitError."""
    is_odd = not name or len(name) > _LONGEST or name.startswith("-") or not name.isprintable()
    said = None
    if not is_odd:
        words = ("-q", "--verify", "--end-of-options", f"{name}^{{commit}}")
        said = repository.git.ask("rev-parse", *words)
    if said is None or said.status != 0:
        raise GitError(
            f"git knows no commit {name[:60]!r}", cure=command("git log --oneline -n 20")
        )
    return said.out.decode("ascii", "replace").strip()


def since(
    repository: Repository, name: str, assets: Sequence[Asset], pictures: Pictures, here: Set[str]
) -> Earlier:
    """The assets whose main file differs between the commit ``name`` and the working tree.

    ``here`` are the main files that exist now. Raises GitError.
    """
    commit = commit_of(repository, name)
    owners = {asset.path: asset.id for asset in assets}
    before = _changed(repository, commit)
    found: dict[str, str | None] = {}
    for path, blob in before.items():
        if path in owners:
            found[owners[path]] = pictures.of_blob(blob, path) if blob else None
    untracked = (here & owners.keys()) - before.keys() - _tracked(repository, commit)
    found.update({owners[path]: None for path in untracked})
    return Earlier(name=name, commit=commit, pictures=found)


def _changed(repository: Repository, commit: str) -> Mapping[str, str | None]:
    """path -> blob id in ``commit`` of each file that differs; None where it has no file."""
    rows = repository.git.listed(
        "diff",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "--relative",
        "--no-ext-diff",
        "--ignore-submodules=all",
        "-z",
        commit,
        "--",
    )
    found: dict[str, str | None] = {}
    for about, path in zip(rows[::2], rows[1::2], strict=True):
        mode, _, blob, _, _ = about.strip().lstrip(":").split(" ")
        is_file = mode.startswith("100") and not set(blob) <= _NO_BLOB
        found[path] = blob if is_file else None
    return found


def _tracked(repository: Repository, commit: str) -> set[str]:
    return set(repository.git.listed("ls-tree", "-r", "-z", "--name-only", commit))
