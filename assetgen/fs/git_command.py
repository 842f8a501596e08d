"""Runs git, through GitPython's command interface only."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetgen.cure import advice, command
from assetgen.errors import GitError
from assetgen.gitenv import find_git, find_repository, is_planted, scrubbed

if TYPE_CHECKING:
    from assetgen.gitenv import Place


class Unanswered(GitError):
    """git ended before it had answered: what it would have said is not known."""


class GitCommand:
    """git, run in one folder, in one repository that it is given by name."""

    def __init__(self, git: Any) -> None:
        self._git = git

    @classmethod
    def find(cls, root: Path, environ: Mapping[str, str], *, index_file: bool) -> GitCommand | None:
        """git on the PATH of ``environ``, in the repository around ``root``; None without either.

        Raises GitError if git refuses to work there, or would work in another repository.
        """
        place = find_repository(str(root))
        program = find_git(environ, place[1]) if place else None
        if place is None or program is None:
            return None
        if is_planted(place):
            raise _planted(place)
        unnamed, given = scrubbed(environ), scrubbed(environ, place, index_file=index_file)
        # GitPython passes the process's environment on, and reads GIT_* itself.
        for name in [name for name in os.environ if name.startswith("GIT_")]:
            del os.environ[name]
        os.environ["GIT_PYTHON_REFRESH"] = "quiet"
        # Its import runs git, by default one from the PATH.
        os.environ["GIT_PYTHON_GIT_EXECUTABLE"] = program
        try:
            import git

            git.refresh(program)
        except (ImportError, IndexError, ValueError) as exc:  # what git printed got lost
            what = f"git does not say its version: {exc}"
            raise GitError(what, cure=command("git version")) from None
        top = git.Git(place[1])
        top.update_environment(**unnamed)
        cls(top).confirm(place)
        here = git.Git(str(root))
        here.update_environment(**given)
        return cls(here)

    def confirm(self, place: Place) -> None:
        """Raise GitError unless git finds the repository ``place`` here, and trusts its owner.

        Git does not look at the owner of a repository that it is given by name.
        """
        asked = ("--is-inside-work-tree", "--absolute-git-dir", "--show-toplevel")
        try:
            said = str(self.run("rev_parse", *asked))
        except GitError as exc:
            raise _no_work_tree() if "must be run in a work tree" in exc.what else exc from None
        is_inside, _, both = said.partition("\n")
        found = both.split("\n")
        is_same = both == "\n".join(place) or (  # a name may hold a line end
            len(found) == len(place) and all(map(os.path.samefile, found, place))
        )
        if is_inside != "true" or not is_same:
            raise _no_work_tree()

    def run(self, command: str, *arguments: str, **options: Any) -> Any:
        """What git prints. Raises GitError."""
        import git

        try:
            return getattr(self._git, command)(*arguments, **options)
        except git.GitCommandError as exc:
            raise _explained(exc, command, self._place_of) from exc

    def _place_of(self, path: str) -> str:
        """A path as git prints it, from the top of the working tree, relative to the project."""
        here = str(self._git.working_dir)
        top = self._git.environment().get("GIT_WORK_TREE", here)
        place = os.path.relpath(os.path.join(top, path), os.path.realpath(here))
        return Path(place).as_posix()

    def listed(self, command: str, *arguments: str) -> list[str]:
        """What git prints with NUL after each item. Raises GitError."""
        options = {"stdout_as_string": False, "strip_newline_in_stdout": False}
        try:
            raw: bytes = self.run(command, *arguments, **options)
        except Unanswered:  # it only reads, so it can be asked again
            raw = self.run(command, *arguments, **options)
        return _names(raw)

    def index_paths(self, command: str, paths: Sequence[str], *arguments: str) -> None:
        """``run_with_paths`` for add and rm, also on paths outside a sparse checkout."""
        try:
            self.run_with_paths(command, paths, *arguments)
        except GitError as exc:
            if "--sparse" not in str(
                exc.__cause__
            ):  # git's own hint; versions before 2.34 lack the option
                raise
            self.run_with_paths(command, paths, *arguments, "--sparse")

    def run_with_paths(self, command: str, paths: Iterable[str], *arguments: str) -> None:
        """Run a command on any number of paths. Raises GitError."""
        with _input(paths) as names:
            self.run(
                command, *arguments, "--pathspec-from-file=-", "--pathspec-file-nul", istream=names
            )

    def ignored(self, paths: Sequence[str]) -> list[str]:
        """Those of ``paths`` that .gitignore excludes and that are not tracked."""
        if not paths:
            return []
        with _input(paths) as names:
            status, raw, _ = self._git.check_ignore(
                "-z",
                "--stdin",
                istream=names,
                env={"GIT_LITERAL_PATHSPECS": "0"},  # the only mode that it supports
                stdout_as_string=False,
                with_extended_output=True,
                with_exceptions=False,
            )
        return _names(raw) if status == 0 else []

    def blob(self, blob_id: str) -> bytes:
        """The content of a blob.

        Raises ValueError if it is not in this clone, Unanswered if git ends meanwhile.
        """
        data: bytes = self._asked(self._content, blob_id)
        return data

    def blob_size(self, blob_id: str) -> int:
        """The size of a blob in bytes. Raises what ``blob`` raises."""
        return int(self._asked(self._git.get_object_header, blob_id)[2])

    def _content(self, blob_id: str) -> bytes:
        _, _, size, data = self._git.get_object_data(blob_id)
        if len(data) < size:
            raise OSError("git ended in the middle of a file")
        return bytes(data)

    def _asked(self, ask: Callable[[str], Any], blob_id: str) -> Any:
        """The answer of the process that reads blobs; a new one is asked if it has ended."""
        for _ in range(2):
            try:
                return ask(blob_id)
            except (ValueError, OSError) as exc:
                if isinstance(exc, ValueError) and (_MISSING.search(str(exc)) or self._is_alive()):
                    raise  # git has said that this clone does not have it
                self.close()
        raise _unanswered("cat-file")

    def _is_alive(self) -> bool:
        """Whether no process that reads blobs has ended, which none does by itself."""
        known = (self._git.cat_file_all, self._git.cat_file_header)
        for process in [one.proc for one in known if one is not None and one.proc is not None]:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)  # its pipe is closed a moment before
                return False
        return True

    def close(self) -> None:
        """End the process that ``blob`` reads from."""
        with suppress(OSError):  # a question that could not be sent is sent again
            self._git.clear_cache()
        self._git.cat_file_all = self._git.cat_file_header = None


# The end of GitPython's error for a whole answer of git, that it does not have an object.
_MISSING = re.compile(r" missing(\\n)?'?\"?$")


def _unanswered(name: str) -> Unanswered:
    return Unanswered(
        f"git {name} ended before it had answered",
        cure=advice("run the command again; if it fails again, find out what ends git"),
    )


def _no_work_tree() -> GitError:
    return GitError(
        "this folder is not in a working tree: the repository is bare, "
        "or core.worktree is another folder"
    )


def _planted(place: Place) -> GitError:
    folder, top = place
    return GitError(
        f".git points to a folder of the project, {os.path.relpath(folder, top)}, "
        "which may have come with its files; git was not run",
        where=os.path.join(top, ".git"),
        cure=advice("if you trust that folder, move it out of the project and correct .git"),
    )


def _names(raw: bytes) -> list[str]:
    return [os.fsdecode(name) for name in raw.split(b"\0") if name]


@contextmanager
def _input(paths: Iterable[str]) -> Iterator[Any]:
    """The paths as a file that a child process can read, with NUL between them."""
    with tempfile.TemporaryFile() as stream:
        stream.write(b"\0".join(os.fsencode(path) for path in paths))
        stream.seek(0)
        yield stream


_NO_NAME = "git does not know your name; the pictures are written but not committed"
_SET_NAME = command(
    'git config user.name "You" && git config user.email you@example.org && assetgen generate'
)
# (a part of git's message, what happened, the cure)
_CAUSES = (
    ("Please tell me who you are", _NO_NAME, _SET_NAME),
    ("empty ident name", _NO_NAME, _SET_NAME),
    ("unable to auto-detect email", _NO_NAME, _SET_NAME),
    (
        "gpg failed to sign",
        "git could not sign the commit",
        advice(
            "fix commit signing, or run: {config}",
            config=command("git config commit.gpgsign false"),
        ),
    ),
)


def _other_line_ends(path: str, ends: str) -> GitError:
    """The error where core.safecrlf keeps git from adding a file."""
    form = "text eol=lf" if ends == "LF" else "-text"
    # A pattern: "?" is any character.
    line = "/" + re.sub(r"[^\w./@+-]", "?", path) + f" {form}"
    # It may be that the last line of the file has no end.
    cure = command("printf '\\n%s\\n' {line} >> .gitattributes && assetgen generate", line=line)
    return GitError(
        f"git would change the line ends of {path}, and core.safecrlf forbids that; the pictures "
        "are written but not committed",
        where=path,
        cure=cure,
    )


# What git says last if its answer cannot be written, such as to a full disk.
_UNWRITTEN = re.compile(r"fatal: write (failure on|error)")


def locked(lock: str, so: str = "") -> GitError:
    """The error for a lock of git; ``so`` is what follows from it."""
    what = "the index" if lock.endswith("index.lock") else "the branch"
    cure = advice("wait for it; if none runs: {rm}", rm=command("rm -- {lock}", lock=lock))
    return GitError(f"another git process is using {what}{so}", cure=cure)


def _explained(exc: Any, name: str, place_of: Callable[[str], str]) -> GitError:
    is_killed = isinstance(exc.status, int) and exc.status < 0
    if is_killed or _UNWRITTEN.search(str(exc.stderr)):
        return _unanswered(name.replace("_", "-"))
    if kept := re.search(r"(LF|CRLF) would be replaced by \S+ in (.*?)'?$", str(exc.stderr), re.M):
        return _other_line_ends(place_of(kept[2]), kept[1])
    if inside := re.search(r"Pathspec '(.*)' is in submodule '(.*?)'+$", str(exc.stderr), re.M):
        folder = inside[2]
        what = f"{folder} is a submodule, so {inside[1]} cannot be committed here"
        cure = advice(
            "choose a path outside {folder}, or set commit = false in [project]", folder=folder
        )
        return GitError(what, cure=cure)
    if lock := re.search(r"Unable to create '(.*\.lock)': File exists", str(exc.stderr)):
        return locked(lock[1])
    if owned := re.search(r"dubious ownership in repository at '(.*)'", str(exc.stderr)):
        trust = command("git config --global --add safe.directory {folder}", folder=owned[1])
        return GitError("git does not trust this folder: another user owns it", cure=trust)
    said = " ".join(f"{exc.stderr} {exc.stdout}".split())
    for part, what, cure in _CAUSES:
        if part in said:
            return GitError(what, cure=cure)
    return GitError(f"git {name.replace('_', '-')} failed: {said[:300]}")
