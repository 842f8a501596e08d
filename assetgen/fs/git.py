"""Git, through GitPython's command door only: what the index holds, and a commit of exactly our paths."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from assetgen.errors import AssetgenError, GitError
from assetgen.gitenv import find_git, scrubbed

# What git is in the middle of, by the file that says so.
_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "BISECT_LOG": "a bisect",
}


class Repository:
    """The git repository that a project lies in; paths are relative to the project."""

    def __init__(self, root: Path, git: Any) -> None:
        self._root = root
        self._git = git

    @classmethod
    def open(
        cls, root: Path, environ: Mapping[str, str], *, index_file: bool = False
    ) -> Repository | None:
        """The repository around ``root``, None if there is none or no git. ``index_file`` honours a hook's index.

        Raises GitError if there is one that git will not work in.
        """
        program = find_git(environ, str(root))
        if program is None:
            return None
        given = scrubbed(environ, index_file=index_file)
        for name in [name for name in os.environ if name.startswith("GIT_")]:
            del os.environ[
                name
            ]  # GitPython hands the process environment on, and looks at GIT_* by itself
        os.environ["GIT_PYTHON_REFRESH"] = "quiet"
        os.environ["GIT_PYTHON_GIT_EXECUTABLE"] = (
            program  # its import runs git, found on PATH otherwise
        )
        import git

        git.refresh(program)
        door = git.Git(str(root))
        door.update_environment(**given)
        repository = cls(root, door)
        try:
            inside = repository._run("rev_parse", "--is-inside-work-tree")
        except GitError as exc:
            if "not a git repository" in exc.what:
                return None
            raise
        if inside != "true":
            raise GitError(
                "this folder is in no work tree: the repository is bare, or core.worktree is elsewhere"
            )
        return repository

    def _run(self, command: str, *arguments: str, **options: Any) -> Any:
        import git

        try:
            return getattr(self._git, command)(*arguments, **options)
        except git.GitCommandError as exc:
            raise _explained(exc, command) from exc

    def _listed(self, command: str, *arguments: str) -> list[str]:
        raw: bytes = self._run(
            command, *arguments, stdout_as_string=False, strip_newline_in_stdout=False
        )
        return [os.fsdecode(name) for name in raw.split(b"\0") if name]

    # -- reading -----------------------------------------------------------------------------------

    def index_entries(self) -> dict[str, tuple[str, str]]:
        """path -> (mode, blob id) of the index; a path in conflict is not there."""
        entries = {}
        for row in self._listed("ls_files", "-s", "-z"):
            head, _, path = row.partition("\t")
            mode, blob, stage = head.split(" ")
            if stage == "0":
                entries[path] = (mode, blob)
        return entries

    def modified(self) -> set[str]:
        """Paths whose file may differ from the index: changed, gone, or hidden from git's own look."""
        changed = set(self._listed("ls_files", "-m", "-z"))
        hidden = {
            row[2:]
            for row in self._listed("ls_files", "-v", "-z")
            if row[0] == "S" or row[0].islower()
        }
        return changed | hidden

    def untracked(self, folder: str) -> list[str]:
        return self._listed("ls_files", "-o", "-z", "--", folder)

    def ignored(self, paths: Sequence[str]) -> list[str]:
        """Those of ``paths`` that .gitignore keeps out of the repository and that are not tracked."""
        if not paths:
            return []
        with _input(paths) as names:
            status, raw, _ = self._git.check_ignore(
                *("-z", "--stdin"),
                istream=names,
                env={"GIT_LITERAL_PATHSPECS": "0"},  # it knows no others
                stdout_as_string=False,
                with_extended_output=True,
                with_exceptions=False,
            )
        return [os.fsdecode(name) for name in raw.split(b"\0") if name] if status == 0 else []

    def added(self, path: str) -> list[str]:
        """``path`` if it is staged and HEAD does not have it."""
        return self._listed(
            "diff", "--cached", "--name-only", "--diff-filter=A", "--no-renames", "-z", "--", path
        )

    def refuse_ignored(self, paths: Sequence[str]) -> None:
        """Raise GitError if one of ``paths`` cannot be committed because .gitignore keeps it out."""
        if ignored := self.ignored(paths):
            raise GitError(
                f"{ignored[0]} is ignored by .gitignore, so it cannot be committed",
                where=ignored[0],
                cure="take the rule out of .gitignore, or run: assetgen generate --no-commit",
            )

    def tracked(self, paths: Iterable[str]) -> list[str]:
        """Those of ``paths`` that the index has, in their order."""
        wanted = list(paths)
        known = set(self._listed("ls_files", "-z")) if wanted else set()
        return [path for path in wanted if path in known]

    def prefix(self) -> str:
        """The project below the top of its work tree, with a slash at the end; "" if it is the top."""
        return str(self._run("rev_parse", "--show-prefix"))

    def place(self, name: str) -> Path:
        """Where git keeps something of its own for this work tree, such as "index.lock"."""
        return Path(self._run("rev_parse", "--path-format=absolute", "--git-path", name))

    def hooks(self) -> Path:
        """The folder from which git runs hooks here, which need not be there."""
        # Asked without the settings that keep hooks from running.
        said = self._run(
            "rev_parse",
            "--path-format=absolute",
            "--git-path",
            "hooks",
            env={"GIT_CONFIG_COUNT": "0"},
        )
        return Path(said)

    def common(self) -> Path:
        """The repository's own folder, which all its work trees share."""
        return Path(self._run("rev_parse", "--path-format=absolute", "--git-common-dir"))

    def top(self) -> Path:
        """The top of the work tree, without links."""
        return Path(self._run("rev_parse", "--show-toplevel")).resolve()

    def blob(self, blob_id: str) -> bytes:
        data: bytes = self._git.get_object_data(blob_id)[3]
        return data

    def blob_below(self, blob_id: str, most: int) -> bytes | None:
        """A blob of at most ``most`` bytes; None if it is larger, or not in this clone."""
        try:
            return (
                self.blob(blob_id) if int(self._git.get_object_header(blob_id)[2]) <= most else None
            )
        except ValueError:
            return None

    def versions(self, folder: str) -> list[tuple[str, str]]:
        """(path, blob id) of every version of every file below ``folder`` on any branch, each once, newest first."""
        rows = self._listed(
            *(
                "log",
                "--all",
                "--full-history",
                "--diff-merges=separate",
                "--no-show-signature",
                "--format=",
            ),
            *("--raw", "--no-abbrev", "--no-renames", "--relative", "-z", "--", folder),
        )
        found: dict[tuple[str, str], None] = {}
        for about, path in zip(rows[::2], rows[1::2], strict=True):
            _, mode, _, blob, _ = about.strip().split(" ")
            if mode.startswith("100"):
                found[path, blob] = None
        return list(found)

    def is_shallow(self) -> bool:
        """Whether history is cut off: older commits are not in this clone."""
        return bool(self._run("rev_parse", "--is-shallow-repository") == "true")

    def close(self) -> None:
        """End the process that ``blob`` reads from."""
        self._git.clear_cache()

    def under_way(self) -> str | None:
        """What git is in the middle of ("a merge", "a rebase", …), None if nothing."""
        asked = [word for name in _UNDER_WAY for word in ("--git-path", name)]
        places = self._run("rev_parse", *asked).splitlines()
        signs = zip(places, _UNDER_WAY.values(), strict=True)
        return next((words for place, words in signs if (self._root / place).exists()), None)

    def differing(self, paths: Iterable[str]) -> set[str]:
        """Those of ``paths`` that are not in HEAD as they lie in the work tree."""
        asked = set(paths)
        above = self.prefix()
        rows = (
            self._listed("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all")
            if asked
            else []
        )
        return asked & {row[3:].removeprefix(above) for row in rows}

    # -- the commit --------------------------------------------------------------------------------

    def commit(self, written: Sequence[str], removed: Sequence[str], message: str) -> str | None:
        """Commit exactly ``written`` and ``removed``, whatever else is staged or changed stays as it is.

        Returns the short id of the commit, None if there was nothing to commit. Raises GitError.
        """
        if words := self.under_way():
            what = f"git is in the middle of {words}; the pictures are written but not committed"
            raise GitError(what, cure=f"finish {words}, then run: assetgen generate")
        self.refuse_ignored(written)
        tracked = set(self._listed("ls_files", "-z"))
        new = [path for path in written if path not in tracked]
        if new:
            # Intent to add: the content is hashed once, by the commit itself.
            self._with_paths("add", new, "-N")
        paths = [*written, *(path for path in removed if path in tracked)]
        try:
            if not self.differing(paths):
                return None
            with tempfile.TemporaryDirectory() as folder:
                said = Path(
                    folder, "message"
                )  # the trailers of a thousand pictures are too long for an argument
                said.write_bytes(message.encode())
                self._with_paths("commit", paths, "-q", "--only", "--no-verify", "-F", str(said))
        except GitError:
            with suppress(GitError):  # the index as it was
                self._with_paths("rm", new, "-q", "--cached", "--ignore-unmatch")
            raise
        return str(self._run("rev_parse", "--short", "HEAD"))

    def _with_paths(self, command: str, paths: Iterable[str], *arguments: str) -> None:
        with _input(paths) as names:
            self._run(
                command, *arguments, "--pathspec-from-file=-", "--pathspec-file-nul", istream=names
            )


@contextmanager
def _input(paths: Iterable[str]) -> Iterator[Any]:
    """The paths as a file that a child can read, NUL between them."""
    with tempfile.TemporaryFile() as stream:
        stream.write(b"\0".join(os.fsencode(path) for path in paths))
        stream.seek(0)
        yield stream


_NOBODY = "git does not know who commits; the pictures are written but not committed"
_INTRODUCTION = (
    'git config user.name "You" && git config user.email you@example.org && assetgen generate'
)
_CAUSES = (
    (
        "index.lock",
        "another git process holds the index",
        "wait for it; if none runs: rm .git/index.lock",
    ),
    ("Please tell me who you are", _NOBODY, _INTRODUCTION),
    ("empty ident name", _NOBODY, _INTRODUCTION),
    ("unable to auto-detect email", _NOBODY, _INTRODUCTION),
    (
        "gpg failed to sign",
        "git could not sign the commit",
        "mend commit signing, or git config commit.gpgsign false",
    ),
    (
        "dubious ownership",
        "git does not trust this folder",
        "git config --global --add safe.directory PROJECT",
    ),
)


def _explained(exc: Any, command: str) -> AssetgenError:
    said = " ".join(f"{exc.stderr} {exc.stdout}".split())
    for sign, what, cure in _CAUSES:
        if sign in said:
            return GitError(what, cure=cure)
    return GitError(f"git {command.replace('_', '-')} failed: {said[:300]}")
