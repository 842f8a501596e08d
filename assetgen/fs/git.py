"""A git repository, read only: what its index, its history and its settings say."""

from __future__ import annotations

import os
from pathlib import Path

from assetgen.errors import GitError
from assetgen.fs.git_command import GitCommand
from assetgen.fs.git_listings import Row, index_of
from assetgen.gitenv import WITH_HOOKS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

# What git is in the middle of, by the file that shows it.
_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "BISECT_LOG": "a bisect",
}
# Where git may keep references instead of in files, and those of them that it keeps there.
_TABLES = "reftable"
_REFERENCES = ("CHERRY_PICK_HEAD", "REVERT_HEAD")
# So many paths are arguments of a command, and so long; Windows takes 32,767 characters.
_MOST_PATHS = 100
_MOST_CHARACTERS = 8_000


class Repository:
    """The git repository that contains a project; paths are relative to the project."""

    def __init__(self, root: Path, git: GitCommand) -> None:
        self._root = root
        self.git = git
        self._prefix: str | None = None

    @classmethod
    def open(
        cls, root: Path, environ: Mapping[str, str], *, index_file: bool = False
    ) -> Repository | None:
        """The repository around ``root``, None if there is none, or no git.

        ``index_file`` uses the index that a hook is given. Raises GitError if git refuses to work
        in the repository.
        """
        try:
            git = GitCommand.find(root, environ, index_file=index_file)
        except GitError as exc:
            if "not a git repository" in exc.what:
                return None
            raise
        return cls(root, git) if git else None

    # -- the index ---------------------------------------------------------------------------------

    def index_entries(self) -> dict[str, tuple[str, str]]:
        """path -> (mode, blob id) of what is staged, without paths in conflict."""
        return _staged(index_of(self.git))

    def staged(self) -> tuple[dict[str, tuple[str, str]], set[str]]:
        """``index_entries``, and the paths whose file may differ: changed, removed, or hidden."""
        rows = index_of(self.git)
        changed = set(self.git.listed("ls-files", "-m", "-z"))
        return _staged(rows), changed | {row.path for row in rows if row.is_hidden}

    def untracked(self, folder: str) -> list[str]:
        """The files in ``folder`` that the index does not have."""
        return self.git.listed("ls-files", "-o", "-z", "--", folder)

    def tracked(self, paths: Iterable[str]) -> list[str]:
        """Those of ``paths`` that the index has, in their order."""
        asked = list(paths)
        known = set(self.git.listed("ls-files", "-z", *_only(asked))) if asked else set()
        return [path for path in asked if path in known]

    def status(self, paths: Iterable[str]) -> dict[str, list[str]]:
        """The codes of ``git status``, such as "M " and "??", of those of ``paths`` that have any.

        Those are the files that differ from the index or from HEAD.
        """
        asked = dict.fromkeys(paths)
        if not asked:
            return {}
        found: dict[str, list[str]] = {}
        for path, code in states(self, _only(asked)):
            if path in asked:
                found.setdefault(path, []).append(code)
        return found

    def differing(self, paths: Iterable[str]) -> set[str]:
        """Those of ``paths`` whose file in the working tree differs from HEAD."""
        return set(self.status(paths))

    # -- settings ----------------------------------------------------------------------------------

    def is_on(self, setting: str) -> bool:
        """Whether a setting of git, such as "core.ignorecase", is set to true."""
        options = ("--type=bool", "--default=false", "--get")
        return self.git.run("config", *options, setting) == "true"

    # -- places ------------------------------------------------------------------------------------

    def prefix(self) -> str:
        """The path from the top of the working tree to the project, "" or ending in a slash."""
        if self._prefix is None:
            is_top = os.path.realpath(self._root) == self.git.place[1]
            self._prefix = "" if is_top else self.git.run("rev-parse", "--show-prefix")
        return self._prefix

    def place(self, name: str) -> Path:
        """The path of a file of git's own for this working tree, such as "index.lock"."""
        return self.places([name])[0]

    def places(self, names: Sequence[str]) -> list[Path]:
        """``place`` of each name."""
        asked = [word for name in names for word in ("--git-path", name)]
        found = self.git.run("rev-parse", "--path-format=absolute", *asked).split("\n")
        if len(names) > 1 and len(found) != len(names):  # a name holds a line end
            return [self.place(name) for name in names]
        return [Path(path) for path in found] if len(names) > 1 else [Path("\n".join(found))]

    def hooks(self) -> Path:
        """The folder of the hooks that git runs here, which need not exist."""
        # Asked without the settings that keep hooks from running.
        found = self.git.run(
            "rev-parse",
            "--path-format=absolute",
            "--git-path",
            "hooks",
            settings=WITH_HOOKS,
        )
        return Path(found)

    def common(self) -> Path:
        """The repository's own folder, which all its working trees share."""
        return Path(self.git.run("rev-parse", "--path-format=absolute", "--git-common-dir"))

    def top(self) -> Path:
        """The top of the working tree, without symbolic links."""
        return Path(self.git.run("rev-parse", "--show-toplevel")).resolve()

    # -- history -----------------------------------------------------------------------------------

    def blob(self, blob_id: str) -> bytes:
        """The content of a blob."""
        return self.git.blob(blob_id)

    def blob_below(self, blob_id: str, most: int) -> bytes | None:
        """A blob of at most ``most`` bytes; None if it is larger, or not in this clone."""
        try:
            return self.blob(blob_id) if self.git.blob_size(blob_id) <= most else None
        except ValueError:
            return None

    def is_shallow(self) -> bool:
        """Whether older commits are missing in this clone."""
        return self.git.run("rev-parse", "--is-shallow-repository") == "true"

    def under_way(self) -> str | None:
        """What git is in the middle of ("a merge", "a rebase", …), None if nothing."""
        folder = self.git.place[0]  # each working tree has these files of its own
        named = next((n for n in _UNDER_WAY if os.path.exists(os.path.join(folder, n))), None)
        if named is None and os.path.exists(os.path.join(folder, _TABLES)):
            named = next((one for one in _REFERENCES if _is_set(self.git, one)), None)
        return _UNDER_WAY[named] if named else None

    def close(self) -> None:
        """End the process that ``blob`` reads from."""
        self.git.close()


def _is_set(git: GitCommand, reference: str) -> bool:
    return git.ask("rev-parse", "-q", "--verify", reference).status == 0


def states(repository: Repository, limits: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(path, code) of each file that ``git status`` lists; ``limits`` are arguments."""
    above = repository.prefix()
    rows = repository.git.listed(
        "status",
        "--porcelain",
        "-z",
        "--no-renames",
        "--untracked-files=all",
        "--ignore-submodules=all",  # git would run in each, with its own settings
        *limits,
    )
    for row in rows:
        yield row[3:].removeprefix(above), row[:2]


def _only(paths: Collection[str]) -> list[str]:
    """The arguments that limit a command to ``paths``; none if they are many: git would be slow."""
    is_short = len(paths) <= _MOST_PATHS and sum(map(len, paths)) <= _MOST_CHARACTERS
    return ["--", *paths] if is_short else []


def _staged(rows: Iterable[Row]) -> dict[str, tuple[str, str]]:
    staged = (row for row in rows if row.stage == 0 and not row.is_intended)
    return {row.path: (row.mode, row.blob) for row in staged}
