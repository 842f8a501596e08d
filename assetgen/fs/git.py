"""A git repository, read only: what its index, its history and its settings say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from assetgen.errors import GitError
from assetgen.fs.git_command import GitCommand
from assetgen.fs.git_listings import index_of
from assetgen.gitenv import WITH_HOOKS

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
        staged = (row for row in index_of(self.git) if row.stage == 0 and not row.is_intended)
        return {row.path: (row.mode, row.blob) for row in staged}

    def modified(self) -> set[str]:
        """Paths whose file may differ from the index: changed, removed, or hidden from git."""
        changed = set(self.git.listed("ls_files", "-m", "-z"))
        flagged = self.git.listed("ls_files", "-v", "-z")
        return changed | {row[2:] for row in flagged if row[0] == "S" or row[0].islower()}

    def untracked(self, folder: str) -> list[str]:
        """The files in ``folder`` that the index does not have."""
        return self.git.listed("ls_files", "-o", "-z", "--", folder)

    def ignored(self, paths: Sequence[str]) -> list[str]:
        """Those of ``paths`` that .gitignore excludes and that are not tracked."""
        return self.git.ignored(paths)

    def tracked(self, paths: Iterable[str]) -> list[str]:
        """Those of ``paths`` that the index has, in their order."""
        asked = list(paths)
        known = set(self.git.listed("ls_files", "-z")) if asked else set()
        return [path for path in asked if path in known]

    def differing(self, paths: Iterable[str]) -> set[str]:
        """Those of ``paths`` whose file in the working tree differs from HEAD."""
        asked = set(paths)
        if not asked:
            return set()
        above = self.prefix()
        rows = self.git.listed(
            "status",
            "--porcelain",
            "-z",
            "--no-renames",
            "--untracked-files=all",
            "--ignore-submodules=all",  # git would run in each, with its own settings
        )
        return asked & {row[3:].removeprefix(above) for row in rows}

    # -- settings ----------------------------------------------------------------------------------

    def is_on(self, setting: str) -> bool:
        """Whether a setting of git, such as "core.ignorecase", is set to true."""
        options = ("--type=bool", "--default=false", "--get")
        return bool(self.git.run("config", *options, setting) == "true")

    # -- places ------------------------------------------------------------------------------------

    def prefix(self) -> str:
        """The path from the top of the working tree to the project, "" or ending in a slash."""
        if self._prefix is None:
            self._prefix = str(self.git.run("rev_parse", "--show-prefix"))
        return self._prefix

    def place(self, name: str) -> Path:
        """The path of a file of git's own for this working tree, such as "index.lock"."""
        return Path(self.git.run("rev_parse", "--path-format=absolute", "--git-path", name))

    def hooks(self) -> Path:
        """The folder of the hooks that git runs here, which need not exist."""
        # Asked without the settings that keep hooks from running.
        found = self.git.run(
            "rev_parse",
            "--path-format=absolute",
            "--git-path",
            "hooks",
            env=WITH_HOOKS,
        )
        return Path(found)

    def common(self) -> Path:
        """The repository's own folder, which all its working trees share."""
        return Path(self.git.run("rev_parse", "--path-format=absolute", "--git-common-dir"))

    def top(self) -> Path:
        """The top of the working tree, without symbolic links."""
        return Path(self.git.run("rev_parse", "--show-toplevel")).resolve()

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

    def versions(self, folder: str) -> list[tuple[str, str]]:
        """(path, blob id) of every version of every file in ``folder`` on any branch.

        Each is listed once, newest first.
        """
        rows = self.git.listed(
            "log",
            "--all",
            "--full-history",
            "--diff-merges=separate",
            "--no-show-signature",
            "--format=",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "--relative",
            "-z",
            "--",
            folder,
        )
        found: dict[tuple[str, str], None] = {}
        for about, path in zip(rows[::2], rows[1::2], strict=True):
            _, mode, _, blob, _ = about.strip().split(" ")
            if mode.startswith("100"):
                found[path, blob] = None
        return list(found)

    def is_shallow(self) -> bool:
        """Whether older commits are missing in this clone."""
        return bool(self.git.run("rev_parse", "--is-shallow-repository") == "true")

    def under_way(self) -> str | None:
        """What git is in the middle of ("a merge", "a rebase", …), None if nothing."""
        asked = [word for name in (*_UNDER_WAY, _TABLES) for word in ("--git-path", name)]
        *places, tables = self.git.run("rev_parse", *asked).splitlines()
        found = zip(places, _UNDER_WAY, strict=True)
        named = next((name for place, name in found if (self._root / place).exists()), None)
        if named is None and (self._root / tables).exists():
            named = next((one for one in _REFERENCES if _is_set(self.git, one)), None)
        return _UNDER_WAY[named] if named else None

    def close(self) -> None:
        """End the process that ``blob`` reads from."""
        self.git.close()


def _is_set(git: GitCommand, reference: str) -> bool:
    try:
        return bool(git.run("rev_parse", "-q", "--verify", reference))
    except GitError:
        return False
