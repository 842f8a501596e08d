"""Runs git: the one way out to it. Each question is a process of its own."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from assetgen.cure import advice, command
from assetgen.errors import GitError
from assetgen.fs import git_process
from assetgen.fs.git_blobs import CONTENT, SIZE, Blobs, Ends
from assetgen.fs.git_process import Ended
from assetgen.gitenv import find_git, find_repository, is_planted, scrubbed

TYPE_CHECKING = False  # a commit of one picture loads nothing that it does not need
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from assetgen.gitenv import Place


class Unanswered(GitError):
    """git ended before it had answered: what it would have said is not known."""


class GitCommand:
    """git, run in one folder, in one repository that it is given by name."""

    def __init__(self, program: str, folder: str, place: Place, environ: Mapping[str, str]) -> None:
        """``place`` is the repository that git is to work in, as ``environ`` may name it."""
        self.place = place
        self._program = program
        self._folder = folder
        self._environ = environ
        self._blobs = Blobs(program, folder, environ, self._blob_once)

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
        cls(program, place[1], place, scrubbed(environ)).confirm()
        return cls(program, str(root), place, scrubbed(environ, place, index_file=index_file))

    def confirm(self) -> None:
        """Raise GitError unless git finds ``place`` by itself, and trusts its owner.

        Git does not look at the owner of a repository that it is given by name.
        """
        asked = ("--is-inside-work-tree", "--absolute-git-dir", "--show-toplevel")
        try:
            said = self.run("rev-parse", *asked)
        except GitError as exc:
            raise _no_work_tree() if "must be run in a work tree" in exc.what else exc from None
        if not said:
            what = "git does not say which repository this is: its answer is empty"
            raise GitError(what, cure=command("git version"))
        is_inside, _, both = said.partition("\n")
        found = both.split("\n")
        is_same = both == "\n".join(self.place) or (  # a name may hold a line end
            len(found) == len(self.place) and all(map(os.path.samefile, found, self.place))
        )
        if is_inside != "true" or not is_same:
            raise _no_work_tree()

    def ask(
        self,
        name: str,
        *arguments: str,
        given: bytes = b"",
        settings: Mapping[str, str] | None = None,
    ) -> Ended:
        """Run a command; ``settings`` are added to its environment. Raises GitError if git cannot.

        What it says by its exit code is for the caller to judge.
        """
        words = [self._program, "-C", self._folder, name, *arguments]
        try:
            return git_process.run(words, {**self._environ, **(settings or {})}, given)
        except OSError as exc:  # such as more arguments than the system takes
            raise GitError(f"git {name} cannot be run: {exc.strerror}") from exc

    def run(
        self,
        name: str,
        *arguments: str,
        given: bytes = b"",
        settings: Mapping[str, str] | None = None,
    ) -> str:
        """What git prints, without the last line end. Raises GitError."""
        raw = self._output(name, *arguments, given=given, settings=settings)
        return os.fsdecode(raw.removesuffix(b"\n"))

    def _output(
        self,
        name: str,
        *arguments: str,
        given: bytes = b"",
        settings: Mapping[str, str] | None = None,
    ) -> bytes:
        ended = self.ask(name, *arguments, given=given, settings=settings)
        if ended.status != 0:
            raise self.refusal(ended, name)
        return ended.out

    def refusal(self, ended: Ended, name: str) -> GitError:
        """The error for a command that failed."""
        return _explained(ended, name, self._place_of)

    def _place_of(self, path: str) -> str:
        """A path as git prints it, from the top of the working tree, relative to the project."""
        full = os.path.join(self.place[1], path)
        place = os.path.relpath(full, os.path.realpath(self._folder))
        return Path(place).as_posix()

    def listed(self, name: str, *arguments: str) -> list[str]:
        """What git prints with NUL after each item. Raises GitError."""
        try:
            return _names(self._output(name, *arguments))
        except Unanswered:  # it only reads, so it can be asked again
            return _names(self._output(name, *arguments))

    def index_paths(self, name: str, paths: Sequence[str], *arguments: str) -> None:
        """``run_with_paths`` for add and rm, also on paths outside a sparse checkout."""
        ended = self._with_paths(name, paths, *arguments)
        # git's own hint; versions before 2.34 lack the option
        if ended.status and "--sparse" in ended.said:
            ended = self._with_paths(name, paths, *arguments, "--sparse")
        if ended.status:
            raise self.refusal(ended, name)

    def run_with_paths(self, name: str, paths: Iterable[str], *arguments: str) -> None:
        """Run a command on any number of paths. Raises GitError."""
        ended = self._with_paths(name, paths, *arguments)
        if ended.status:
            raise self.refusal(ended, name)

    def _with_paths(self, name: str, paths: Iterable[str], *arguments: str) -> Ended:
        options = ("--pathspec-from-file=-", "--pathspec-file-nul")
        return self.ask(name, *arguments, *options, given=_joined(paths))

    def ignored(self, paths: Sequence[str]) -> list[str]:
        """Those of ``paths`` that .gitignore excludes and that are not tracked."""
        if not paths:
            return []
        only = {"GIT_LITERAL_PATHSPECS": "0"}  # the only mode that it supports
        ended = self.ask("check-ignore", "-z", "--stdin", given=_joined(paths), settings=only)
        return _names(ended.out) if ended.status == 0 else []

    def blob(self, blob_id: str) -> bytes:
        """The content of a blob.

        Raises ValueError if it is not in this clone, Unanswered if git ends meanwhile.
        """
        return self._blob(CONTENT, blob_id)[1]

    def blob_size(self, blob_id: str) -> int:
        """The size of a blob in bytes. Raises what ``blob`` raises."""
        return self._blob(SIZE, blob_id)[0]

    def _blob(self, form: str, blob_id: str) -> tuple[int, bytes]:
        try:
            return self._blobs.answer(form, blob_id)
        except Ends:
            with suppress(Ends):  # it only reads, so it can be asked again
                return self._blobs.answer(form, blob_id)
        raise _unanswered("cat-file")

    def _blob_once(self, form: str, question: bytes) -> bytes:
        return self.ask("cat-file", form, given=question).out

    def close(self) -> None:
        """End the processes that blobs are read from."""
        self._blobs.close()


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


def _joined(paths: Iterable[str]) -> bytes:
    return b"\0".join(os.fsencode(path) for path in paths)


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
_UNWRITTEN = r"fatal: write (failure on|error)"


def locked(lock: str, so: str = "") -> GitError:
    """The error for a lock of git; ``so`` is what follows from it."""
    what = "the index" if lock.endswith("index.lock") else "the branch"
    cure = advice("wait for it; if none runs: {rm}", rm=command("rm -- {lock}", lock=lock))
    return GitError(f"another git process is using {what}{so}", cure=cure)


def _explained(ended: Ended, name: str, place_of: Callable[[str], str]) -> GitError:
    if ended.status < 0 or re.search(_UNWRITTEN, ended.said):
        return _unanswered(name)
    if kept := re.search(r"(LF|CRLF) would be replaced by \S+ in (.*?)$", ended.said, re.M):
        return _other_line_ends(place_of(kept[2]), kept[1])
    if inside := re.search(r"Pathspec '(.*)' is in submodule '(.*)'$", ended.said, re.M):
        folder = inside[2]
        what = f"{folder} is a submodule, so {inside[1]} cannot be committed here"
        cure = advice(
            "choose a path outside {folder}, or set commit = false in [project]", folder=folder
        )
        return GitError(what, cure=cure)
    if lock := re.search(r"Unable to create '(.*\.lock)': File exists", ended.said):
        return locked(lock[1])
    if owned := re.search(r"dubious ownership in repository at '(.*)'", ended.said):
        trust = command("git config --global --add safe.directory {folder}", folder=owned[1])
        return GitError("git does not trust this folder: another user owns it", cure=trust)
    said = " ".join(f"{ended.said} {os.fsdecode(ended.out)}".split())
    for part, what, cure in _CAUSES:
        if part in said:
            return GitError(what, cure=cure)
    return GitError(f"git {name} failed: {said[:300]}")
