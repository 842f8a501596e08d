"""`assetgen init --hook`: a plain pre-commit hook. The hooks of other tools are not changed."""

from __future__ import annotations

import os
import re
import shlex
import stat
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assetgen.cure import Cure, advice, command
from assetgen.errors import GitError, StorageError
from assetgen.fs.git import Repository
from assetgen.init import sealed
from assetgen.init.sealed import Changed, Done
from assetgen.manifest.schema import FILE

NAME = "pre-commit"
_HUSKY = ".husky"
#: How to commit without the check.
SKIP = "ASSETGEN_SKIP=1 git commit, or git commit --no-verify"

_HOOK = """\
#!/bin/sh
# Stops a commit if an image does not match assets.toml and its record.
# To commit anyway: {skip}
if [ -n "${{ASSETGEN_SKIP-}}" ] || {guard}; then
    exit 0
fi
{found}
if ! command -v "$assetgen" >/dev/null; then
    echo "assetgen: $assetgen, which checks the images of a commit, does not exist" >&2
    printf '%s\\n' {cure} >&2
    exit 1
fi
{run}
"""
_NOTE = sealed.note("--hook")
_LINE = "add this line below its first line"
_GUARDED = re.compile(rf"\[ ! -f ([^\n]*?{re.escape(FILE)}'?) \]")
_CALLED = re.compile(rb"^[^#\n]*\bassetgen\b[^\n]* check --staged", re.M)
# Programs that overwrite this file, by a text in it, and where to configure them instead.
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
    """How a hook calls assetgen: ``found`` sets ``$assetgen``, ``arguments`` follow it."""

    found: str
    arguments: str
    line: str
    cure: Cure | None = None
    """What to do where it is missing; by default, the hook is written again."""


def init(root: Path, environ: Mapping[str, str], python: str = sys.executable) -> Done:
    """Write or update the pre-commit hook of the repository that contains ``root``.

    Raises GitError or StorageError.
    """
    repository = Repository.open(root, environ)
    if repository is None:
        cure = command("git init && assetgen init --hook")
        raise GitError(
            "this is not a git repository, so nothing runs hooks", where=str(root), cure=cure
        )
    folder, shared = _folder(repository.hooks(), repository.common(), repository.top())
    caller = _shared(repository.top(), python) if shared else _own(python)
    above = repository.prefix()
    done, place = Done(), folder / NAME
    is_inside = place.is_relative_to(repository.top())
    shown = Path(os.path.relpath(place, root)).as_posix() if is_inside else str(place)
    try:
        _refuse_elsewhere(folder, repository, shared=shared)
        _renew(place, caller, above, shown, done)
    except Changed as exc:
        done.kept[shown] = (
            f"{exc}: {_line(above, caller)}" if str(exc).endswith(_LINE) else str(exc)
        )
    except OSError as exc:
        raise StorageError(f"{shown} cannot be written: {exc.strerror}", where=shown) from exc
    return done


def _folder(hooks: Path, common: Path, top: Path) -> tuple[Path, bool]:
    """The folder of hooks of git, or of husky, and whether it is committed."""
    if hooks.name == "_" and hooks.parent.name == _HUSKY:
        hooks = hooks.parent  # husky runs these, and they are committed
    elif hooks == common / "hooks" and _has_husky(top):
        hooks = top / _HUSKY  # git looks there once the packages are installed
    is_shared = (
        hooks.resolve().is_relative_to(top) and ".git" not in hooks.resolve().relative_to(top).parts
    )
    return hooks, is_shared


def _has_husky(top: Path) -> bool:
    """Whether the packages of the repository install husky, with its hooks in the root."""
    try:
        return (top / _HUSKY).is_dir() and b'"husky' in (top / "package.json").read_bytes()
    except OSError:
        return False


def is_committed(path: str) -> bool:
    """Whether a path that ``init`` wrote is a hook in the working tree, as husky's are."""
    return (
        Path(path).name == NAME and ".git" not in Path(path).parts and not Path(path).is_absolute()
    )


def _refuse_elsewhere(folder: Path, repository: Repository, *, shared: bool) -> None:
    """Raise Changed if the folder of hooks is not this repository's."""
    if not folder.is_dir() and os.path.lexists(folder):
        raise Changed(
            "git runs no hooks: core.hooksPath is not a folder; git config --unset core.hooksPath"
        )
    if not shared and not folder.resolve().is_relative_to(repository.common().resolve()):
        raise Changed(
            "it also runs for other repositories (core.hooksPath); for this one, " + _LINE
        )


def _renew(place: Path, caller: _Caller, above: str, shown: str, done: Done) -> None:
    """Write the hook, unless another tool's hook exists. Raises Changed or OSError."""
    old, projects = None, [above]
    if os.path.lexists(place):
        if not stat.S_ISREG(os.lstat(place).st_mode):
            raise Changed("it is a link or not a file; in the program that it runs, " + _LINE)
        old = place.read_bytes()
        checks_this = _guard(above).encode() in old
        if sealed.is_sealed(old):
            projects = sorted({*_projects(old), above})
        elif checks_this or (not above and _CALLED.search(old)):
            return  # it contains the line already
        else:
            raise Changed(_whose(old))
    new = sealed.whole(old, _text(projects, caller), "# {}", _NOTE)
    if new != old or not os.access(place, os.X_OK):
        _write(place, new)
        done.written.append(shown)


def _projects(hook: bytes) -> list[str]:
    """The folders of the projects that a hook of this program checks, "" or ending in a slash."""
    try:
        found = [shlex.split(text) for text in _GUARDED.findall(hook.decode())]
    except ValueError:  # no text, or its quotes do not match
        return []
    return [one[0].removesuffix(FILE) for one in found if len(one) == 1]


def _whose(old: bytes) -> str:
    for mark, name, what in _MANAGERS:
        if mark in old:
            return f"it was written by {name}; {what}"
    return "it was not written by assetgen; " + _LINE


def _write(place: Path, data: bytes) -> None:
    """Write an executable file in one step. Raises OSError."""
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
    """By this interpreter, because git knows nothing of virtual environments."""
    program = shlex.quote(Path(python).as_posix())
    arguments = "-P -m assetgen check --staged"
    return _Caller(f"assetgen={program}", arguments, f"{program} {arguments}")


def _shared(top: Path, python: str) -> _Caller:
    """By name, because a committed hook runs on other machines with other paths."""
    found, folder = "assetgen=assetgen", Path(python).parent
    if folder.is_relative_to(top):
        found = f'PATH="$PWD"/{shlex.quote(folder.relative_to(top).as_posix())}:$PATH\n{found}'
    cure = advice(
        "install it where PATH finds it, or commit anyway: {commit}",
        commit=command("git commit --no-verify"),
    )
    return _Caller(found, "check --staged", "assetgen check --staged", cure)


def _text(projects: Sequence[str], caller: _Caller) -> str:
    return _HOOK.format(
        skip=SKIP,
        guard=" && ".join(map(_guard, projects)),
        found=caller.found,
        cure=shlex.quote(f"  cure: {caller.cure or _renewal(projects[0])}"),
        run=_run(projects, f'exec "$assetgen" {caller.arguments}'),
    )


def _run(projects: Sequence[str], call: str) -> str:
    """The ``call`` for each project of the repository; each may stop the commit."""
    [above, *others] = projects
    if not others:
        return f"cd -- {shlex.quote(above)} || exit 1\n{call}" if above else call
    calls = (
        f"{_guard(one)} || (cd -- {shlex.quote(one or '.')} && {call}) || code=1"
        for one in projects
    )
    return "\n".join(["code=0", *calls, "exit $code"])


def _renewal(above: str) -> Cure:
    """The command that writes the hook again, from any folder of the repository."""
    if not above:
        return command('assetgen init --hook -C "$(git rev-parse --show-toplevel)"')
    return command(
        'assetgen init --hook -C "$(git rev-parse --show-toplevel)"/{folder}',
        folder=above.removesuffix("/"),
    )


def _guard(above: str) -> str:
    """A shell test that is true if there is nothing to check: a branch without a manifest."""
    return f"[ ! -f {shlex.quote(above + FILE)} ]"


def _line(above: str, caller: _Caller) -> str:
    """The same in one line, for the hook of another tool."""
    call = f"(cd -- {shlex.quote(above)} && {caller.line})" if above else caller.line
    return f'[ -n "${{ASSETGEN_SKIP-}}" ] || {_guard(above)} || {call} || exit 1'
