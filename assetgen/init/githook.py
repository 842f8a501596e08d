"""What `assetgen init --hook` leaves in a repository: a plain pre-commit hook. Somebody else's is left alone."""

from __future__ import annotations

import os
import re
import shlex
import stat
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assetgen.errors import GitError, StorageError
from assetgen.fs.git import Repository
from assetgen.init import sealed
from assetgen.init.sealed import Changed, Done
from assetgen.manifest.schema import FILE

NAME = "pre-commit"
#: What a commit is made with when its pictures are to be left unchecked.
SKIP = "ASSETGEN_SKIP=1 git commit, or git commit --no-verify"

_HOOK = """\
#!/bin/sh
# Stops a commit whose pictures are not recorded, whole and as wanted.
# To commit all the same: {skip}
if [ -n "${{ASSETGEN_SKIP-}}" ] || {guard}; then
    exit 0
fi
{found}
if ! command -v "$assetgen" >/dev/null; then
    echo "assetgen: $assetgen, which checks the pictures of a commit, is not there" >&2
    echo "  cure: {cure}" >&2
    exit 1
fi
{enter}exec "$assetgen" {arguments}
"""
_NOTE = sealed.note("--hook")
_LINE = "put this line below its first"
_CALLED = re.compile(rb"^[^#\n]*\bassetgen\b[^\n]* check --staged", re.M)
# Programs that write this file anew at their next install, by what is in it, and where they want to be told.
_MANAGERS = (
    (b"prek", "prek", "add the hook assetgen-check to .pre-commit-config.yaml (docs/hooks.md)"),
    (
        b"pre-commit.com",
        "pre-commit",
        "add the hook assetgen-check to .pre-commit-config.yaml (docs/hooks.md)",
    ),
    (
        b"lefthook",
        "lefthook",
        "add the command assetgen check --staged to lefthook.yml (docs/hooks.md)",
    ),
)


@dataclass(frozen=True)
class _Caller:
    """How a hook gets at assetgen: ``found`` sets ``$assetgen``, ``arguments`` are what it is called with."""

    found: str
    arguments: str
    line: str
    cure: str


def init(root: Path, environ: Mapping[str, str], python: str = sys.executable) -> Done:
    """Write or renew the pre-commit hook of the repository around ``root``. Raises GitError or StorageError."""
    repository = Repository.open(root, environ)
    if repository is None:
        cure = "git init && assetgen init --hook"
        raise GitError(
            "there is no git repository here, so nothing runs hooks", where=str(root), cure=cure
        )
    folder, shared = _folder(repository.hooks(), repository.top())
    caller = _shared(repository.top(), python) if shared else _own(python)
    above = repository.prefix()
    done, place = Done(), folder / NAME
    is_inside = place.is_relative_to(repository.top())
    shown = Path(os.path.relpath(place, root)).as_posix() if is_inside else str(place)
    try:
        _refuse_elsewhere(folder, repository, shared=shared)
        _renew(place, _text(above, caller), above, shown, done)
    except Changed as exc:
        done.kept[shown] = (
            f"{exc}: {_line(above, caller)}" if str(exc).endswith(_LINE) else str(exc)
        )
    except OSError as exc:
        raise StorageError(f"{shown} cannot be written: {exc.strerror}", where=shown) from exc
    return done


def _folder(hooks: Path, top: Path) -> tuple[Path, bool]:
    """Where git, or husky on its behalf, looks for hooks, and whether that is committed and so shared with others."""
    if hooks.name == "_" and hooks.parent.name == ".husky":
        hooks = hooks.parent  # what husky itself runs, and what is committed
    is_shared = (
        hooks.resolve().is_relative_to(top) and ".git" not in hooks.resolve().relative_to(top).parts
    )
    return hooks, is_shared


def is_committed(path: str) -> bool:
    """Whether a path that ``init`` has written is a hook in the work tree, as husky's are."""
    return (
        Path(path).name == NAME and ".git" not in Path(path).parts and not Path(path).is_absolute()
    )


def _refuse_elsewhere(folder: Path, repository: Repository, *, shared: bool) -> None:
    """Raise Changed if the folder of hooks is not this repository's."""
    if not folder.is_dir() and os.path.lexists(folder):
        raise Changed(
            "git is told to run no hooks: core.hooksPath names no folder; git config --unset core.hooksPath"
        )
    if not shared and not folder.resolve().is_relative_to(repository.common().resolve()):
        raise Changed(
            "it is run for other repositories too (core.hooksPath); for this one, " + _LINE
        )


def _renew(place: Path, text: str, above: str, shown: str, done: Done) -> None:
    """Write the hook, unless somebody else's is there. Raises Changed or OSError."""
    old = None
    if os.path.lexists(place):
        if not stat.S_ISREG(os.lstat(place).st_mode):
            raise Changed("it is a link, or no file; in what it runs, " + _LINE)
        old = place.read_bytes()
        checks_this = _guard(above).encode() in old
        if sealed.is_sealed(old):
            if not checks_this:
                raise Changed("it is that of another project in this repository; " + _LINE)
        elif checks_this or (not above and _CALLED.search(old)):
            return  # somebody put the line there
        else:
            raise Changed(_whose(old))
    new = sealed.whole(old, text, "# {}", _NOTE)
    if new != old or not os.access(place, os.X_OK):
        _write(place, new)
        done.written.append(shown)


def _whose(old: bytes) -> str:
    for sign, name, what in _MANAGERS:
        if sign in old:
            return f"{name} wrote it; {what}"
    return "somebody else wrote it; " + _LINE


def _write(place: Path, data: bytes) -> None:
    """Put a program into place in one step. Raises OSError."""
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor, waiting = tempfile.mkstemp(prefix=f"{NAME}.", dir=place.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
        os.chmod(waiting, 0o755)
        os.replace(waiting, place)
    except OSError:
        with suppress(OSError):
            os.unlink(waiting)
        raise


# -- the text --------------------------------------------------------------------------------------


def _own(python: str) -> _Caller:
    """By this very interpreter: git knows nothing of virtual environments."""
    program = shlex.quote(Path(python).as_posix())
    arguments = "-P -m assetgen check --staged"
    return _Caller(
        f"assetgen={program}", arguments, f"{program} {arguments}", "assetgen init --hook"
    )


def _shared(top: Path, python: str) -> _Caller:
    """By name: a committed hook runs on other machines, which have other paths."""
    found, folder = "assetgen=assetgen", Path(python).parent
    if folder.is_relative_to(top):
        found = f'PATH="$PWD"/{shlex.quote(folder.relative_to(top).as_posix())}:$PATH\n{found}'
    cure = "install it where PATH finds it, or commit all the same: git commit --no-verify"
    return _Caller(found, "check --staged", "assetgen check --staged", cure)


def _text(above: str, caller: _Caller) -> str:
    enter = f"cd {shlex.quote(above)} || exit 1\n" if above else ""
    return _HOOK.format(
        skip=SKIP,
        guard=_guard(above),
        found=caller.found,
        cure=caller.cure,
        enter=enter,
        arguments=caller.arguments,
    )


def _guard(above: str) -> str:
    """True where there is nothing to check: a branch that has no manifest yet."""
    return f"[ ! -f {shlex.quote(above + FILE)} ]"


def _line(above: str, caller: _Caller) -> str:
    """The same in one line, for a hook that somebody else wrote."""
    call = f"(cd {shlex.quote(above)} && {caller.line})" if above else caller.line
    return f'[ -n "${{ASSETGEN_SKIP-}}" ] || {_guard(above)} || {call} || exit 1'
