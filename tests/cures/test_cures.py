"""Every command of a cure: run by a test in the state that prints it, or listed as not yet.

A row of ``STATES`` brings a project into a state, and names the command that prints the cure. The
printed command is run by a shell as it is printed; it must succeed and lose nothing.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import assetgen
from assetgen.record import record
from tests.support.place import Place

_PACKAGE = Path(assetgen.__file__).parent
Key = tuple[str, str]


def _commands() -> set[Key]:
    """(module, template) of every command that a cure can contain."""
    return {
        (path.relative_to(_PACKAGE).with_suffix("").as_posix(), str(node.args[0].value))
        for path in _PACKAGE.rglob("*.py")
        if path.name != "cure.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "command"
        and isinstance(node.args[0], ast.Constant)
    }


@dataclass(frozen=True)
class State:
    """A state, and the cure that it prints: the ``number``-th command that begins ``begins``."""

    key: Key
    prepare: Callable[[Place], None]
    prints: str
    begins: str
    replaces: tuple[str, ...] = ()
    """The names of the files whose wrong content it is there to replace."""


def _made(place: Place) -> None:
    place.covers("a")
    place.ok("generate")
    place.git("add", "-A")
    place.git("commit", "-qm", "all", "--allow-empty")


def _changed_manifest(place: Place) -> None:
    _made(place)
    place.covers("a", title="Other")


def _edited(place: Place) -> None:
    _made(place)
    place.write("public/a.png", place.read("public/a.png") + b"more")


def _without_asset(place: Place) -> None:
    place.covers("a", "b")
    place.ok("generate")
    place.git("add", "-A")
    place.git("commit", "-qm", "all", "--allow-empty")
    place.covers("a")


def _without_commit(place: Place) -> None:
    _without_asset(place)
    place.git("update-ref", "-d", "HEAD")
    place.git("rm", "-q", "-r", "-f", "--cached", ".")


def _staged_without_commit(place: Place) -> None:
    _without_commit(place)
    place.git("add", "-A")


def _only_staged_without_commit(place: Place) -> None:
    _staged_without_commit(place)
    (place.root / record.place("b")).unlink()


def _not_committed(place: Place) -> None:
    place.covers("a", "b")
    place.git("add", "-A")
    place.git("commit", "-qm", "start")
    place.ok("generate", "--no-commit")
    place.covers("a")


def _forge(place: Place) -> None:
    statement = json.loads(place.read(record.place("a")))
    statement["predicate"]["note"] = "drawn by hand"
    place.write(record.place("a"), record.write(statement))


def _forged(place: Place) -> None:
    _made(place)
    _forge(place)


def _forged_in_a_commit(place: Place) -> None:
    _forged(place)
    place.git("commit", "-qam", "forged")


def _forged_before_the_first_commit(place: Place) -> None:
    _forged_in_a_commit(place)
    place.git("update-ref", "-d", "HEAD")


def _forged_adoption(place: Place, more: str = "") -> None:
    place.covers("a")
    place.manifest(place.read("assets.toml").decode().replace("alt =", f"{more}\nalt =", 1))
    place.picture("photo.png", size=(1200, 630))
    place.ok("adopt", "a", "photo.png", "--no-commit")
    _forge(place)
    place.git("add", "-A")


def _forged_variants(place: Place) -> None:
    _forged_adoption(place, "variants = { widths = [600] }")


def _reformatted(place: Place) -> None:
    _forged(place)
    place.git("restore", record.place("a"))
    place.write(record.place("a"), json.dumps(json.loads(place.read(record.place("a")))))
    place.git("commit", "-qam", "formatted")


def _moved(place: Place) -> None:
    _made(place)
    (place.root / "assets").mkdir()
    place.git("mv", "public/a.png", "assets/b.png")
    (place.root / "public").rmdir()


def _unstaged(place: Place) -> None:
    place.covers("a")
    place.git("add", "assets.toml")
    place.ok("generate", "--no-commit")


def _unstaged_page(place: Place) -> None:
    place.covers("a")
    text = place.read("assets.toml").decode()
    place.manifest(text.replace("path =", 'from = "app/[slug]/a.md"\npath =', 1))
    place.write("app/[slug]/a.md", "---\ntitle: A\n---\n")
    place.git("add", "assets.toml")


def _missing_in_page(place: Place) -> None:
    place.manifest('[project]\ncontent = ["**/*.mdx"]\n')
    place.write("content/a$(touch P).mdx", "![A bird](/img/gone.png)\n")


def _locked(place: Place) -> None:
    place.covers("a")
    place.write(".git/index.lock", "")


def _of_somebody_else(place: Place) -> None:
    place.covers("a")
    for path in (place.root, place.root / ".git"):
        os.chown(path, 12345, 12345)


def _with_lfs(place: Place, path: str) -> None:
    """Git LFS has the picture at ``path``, where only its pointer is."""
    if shutil.which("git-lfs") is None:
        pytest.skip("Git LFS is not installed")
    place.git("lfs", "install", "--local")
    place.git("lfs", "track", "*.png")
    place.picture(path, size=(1200, 630))
    place.git("add", "-A")
    place.git("commit", "-qm", "pictures")
    (place.root / path).unlink()
    place.git("checkout", "--", path, GIT_LFS_SKIP_SMUDGE="1")
    assert place.read(path).startswith(b"version https://git-lfs")


def _pointer_as_input(place: Place) -> None:
    place.covers("a")
    place.manifest(place.read("assets.toml").decode() + 'picture = "in/a.png"\n')
    _with_lfs(place, "in/a.png")


def _pointer_without_record(place: Place) -> None:
    place.covers("a")
    _with_lfs(place, "public/a.png")


_RECORD_CURES = "plan/record_cures"


def _line_ends(place: Place) -> None:
    place.git("config", "core.safecrlf", "true")
    place.write(".gitattributes", "*.json text eol=crlf")
    place.covers("a")


def _joined(place: Place) -> None:
    place.covers("a", "b")
    place.manifest(place.read("assets.toml").decode().replace('[[asset]]\nid = "b"', 'id = "b"'))
    place.git("add", "-A")


STATES = [
    State(
        (
            "manifest/joined_entries",
            "fixed=$(awk {program} {file}) && printf '%s\\n' \"$fixed\" > {file}",
        ),
        _joined,
        "check",
        "fixed=",
    ),
    State(("commands/init", "git add {files}"), lambda place: None, "init --agents", "git add"),
    State(
        ("fs/git_command", "printf '\\n%s\\n' {line} >> .gitattributes && assetgen generate"),
        _line_ends,
        "generate",
        "printf",
    ),
    State(
        (
            "fs/lfs",
            "git lfs install --local --skip-repo && git lfs pull --include {pattern} --exclude ''",
        ),
        _pointer_as_input,
        "generate",
        "git lfs",
    ),
    State(("plan/decide", "{fetch} && {adopt}"), _pointer_without_record, "check", "git lfs"),
    State(
        ("plan/decide", "assetgen adopt {asset_id} {path}"),
        _pointer_without_record,
        "check",
        "git lfs",
    ),
    State(("fs/git_command", "rm -- {lock}"), _locked, "generate", "rm"),
    State(
        ("fs/git_command", "git config --global --add safe.directory {folder}"),
        _of_somebody_else,
        "generate",
        "git config",
    ),
    State(
        ("plan/settle", "assetgen generate {name}"), _changed_manifest, "check", "assetgen generate"
    ),
    State(("plan/settle", "assetgen accept {name}"), _edited, "check", "assetgen accept"),
    State(("plan/workspace", "assetgen init"), lambda place: None, "check", "assetgen init"),
    State(("plan/page_file", "git add -- {path}"), _unstaged_page, "check --staged", "git add"),
    State(
        ("check/compare", "assetgen refs --add {where}"),
        _missing_in_page,
        "check",
        "assetgen refs --add",
    ),
    State(("plan/record_cures", "git rm -- {paths}"), _without_asset, "check", "git rm"),
    State(
        (_RECORD_CURES, "mkdir -p {folder} && mv -- {place} {to}"),
        _without_commit,
        "check",
        "mkdir",
    ),
    State(("plan/holdings", "mkdir -p {folder}"), _moved, "check", "mkdir"),
    State(("plan/holdings", "git mv -- {other} {path}"), _moved, "check", "mkdir"),
    State(
        ("plan/holdings", "assetgen accept {asset_id}"), _reformatted, "check", "assetgen accept"
    ),
    State((_RECORD_CURES, "git reset -q -- {place}"), _staged_without_commit, "check", "git reset"),
    State(
        (_RECORD_CURES, "git restore -- {place} && {unstage}"),
        _only_staged_without_commit,
        "check --staged",
        "git restore",
    ),
    State(
        (
            _RECORD_CURES,
            "git reset -q -- {reset} && git stash push -q --include-untracked -- {named}",
        ),
        _not_committed,
        "check",
        "git reset",
    ),
    State(
        (_RECORD_CURES, "git restore -- {place}"),
        _forged,
        "check --rehash",
        "git restore",
        replaces=("a.json",),
    ),
    State(
        (_RECORD_CURES, "git restore --source={commit} -- {place}"),
        _forged_in_a_commit,
        "check --rehash",
        "git restore --source",
    ),
    State(
        (_RECORD_CURES, "assetgen generate {asset_id} --force"),
        _forged_before_the_first_commit,
        "check --rehash",
        "assetgen generate a --force",
    ),
    State((_RECORD_CURES, "{move} && {adopt}"), _forged_adoption, "check --rehash", "git reset"),
    State(
        (_RECORD_CURES, "assetgen adopt {id} {path}"),
        _forged_adoption,
        "check --rehash",
        "git reset",
    ),
    State(
        (_RECORD_CURES, "assetgen adopt {id} {path} --force"),
        _forged_variants,
        "check --rehash",
        "git reset",
    ),
    State(("check/pictures", "git add -- {files}"), _unstaged, "check --staged", "git add"),
]

#: Commands that no test can run, and why.
NOT_RUN: dict[Key, str] = {
    key: why
    for why, keys in {
        "needs a network and npm": [("codex/cli", "npm install -g @openai/codex")],
        "needs a network and pip": [("commands/mcp", "pip install 'repo-assetgen[mcp]'")],
        "needs root": [("watch/watcher", "sudo sysctl fs.inotify.{limit}={value}")],
        "needs a ChatGPT account": [
            ("codex/cli", "codex login"),
            ("codex/failures", "codex login"),
            ("codex/failures", "codex exec hello"),
            ("codex/cli", "codex {arguments}"),
            ("codex/cli", "codex features enable image_generation"),
        ],
        "needs the user's key in place of the dots": [
            ("settings/provider", "export {key_env}=...")
        ],
        "is run where .git is read-only, in tests/paid/test_home.py": [
            ("paid/log_file", "assetgen generate --draft")
        ],
        "does not end by itself": [("watch/loop", "assetgen watch")],
    }.items()
    for key in keys
}

_LIST = Path(__file__).with_name("uncovered.txt")
#: How many commands ``uncovered.txt`` may list. Only ever make this smaller.
MOST_UNCOVERED = 127


def _uncovered() -> set[Key]:
    rows = (line.partition("\t") for line in _LIST.read_text("utf-8").splitlines())
    return {(module, template) for module, _, template in rows}


def test_every_command_is_run_or_says_why_not() -> None:
    known = {state.key for state in STATES} | NOT_RUN.keys() | _uncovered()
    assert sorted(_commands() - known) == []
    assert sorted(known - _commands()) == [], "no cure has these any more"


def test_the_list_of_commands_that_are_not_run_yet_only_gets_shorter() -> None:
    assert not _uncovered() & ({state.key for state in STATES} | NOT_RUN.keys())
    assert len(_uncovered()) <= MOST_UNCOVERED


def _cures(printed: str) -> list[str]:
    """The commands that an output names: after "cure: " and "or: "."""
    lines = (line.strip() for line in printed.splitlines())
    heads = ("cure: ", "and commit: ")
    cures = [line.partition(": ")[2] for line in lines if line.startswith(heads)]
    found = [one.removeprefix("wait for it; if none runs: ") for one in cures]
    return [
        one
        for one in found
        if one.startswith(("assetgen ", "git ", "rm ", "mv ", "mkdir ", "cd ", "printf ", "fixed="))
    ]


def _contents(place: Place) -> dict[bytes, str]:
    files = (path for path in place.root.rglob("*") if path.is_file() and not path.is_symlink())
    own = (path for path in files if ".git/" not in f"{path}/" and "cache/" not in path.as_posix())
    return {path.read_bytes(): path.name for path in own}


def _is_kept(place: Place, data: bytes) -> bool:
    """Whether git holds these bytes as an object."""
    asked = subprocess.run(
        ["git", "hash-object", "--stdin"], input=data, capture_output=True, cwd=place.root
    )
    name = asked.stdout.decode().strip()
    command = ["git", "cat-file", "-e", name]
    return subprocess.run(command, cwd=place.root, capture_output=True).returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="the commands are for a POSIX shell")
@pytest.mark.parametrize("state", STATES, ids=lambda state: ": ".join(state.key))
def test_the_printed_command_works_where_it_is_printed(state: State, place: Place) -> None:
    if state.prepare is _of_somebody_else and os.geteuid() != 0:
        pytest.skip("only root can give a folder to somebody else")
    state.prepare(place)
    ran = place.run(*state.prints.split())
    [cure, *_] = [one for one in _cures(ran.out + ran.err) if one.startswith(state.begins)]
    before = _contents(place)
    path = f"{Path(sys.executable).parent}{os.pathsep}{place.environ['PATH']}"
    done = place._run(["sh", "-c", cure], place.root, {**place.environ, "PATH": path})
    assert done.code == 0, f"{cure}\n{done.out}\n{done.err}"
    after = list(_contents(place))
    gone = {name: data for data, name in before.items() if not any(data in one for one in after)}
    lost = [name for name, data in gone.items() if not _is_kept(place, data)]
    assert lost == list(state.replaces), cure
    assert not list(place.root.rglob("P"))
