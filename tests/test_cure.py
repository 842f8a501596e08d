"""A cure is a command or advice: quoted in one place, and never built from text."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path
from string import Formatter

import pytest

import assetgen
from assetgen.cure import ID, Blank, Cure, advice, command
from assetgen.errors import StorageError

_PACKAGE = Path(assetgen.__file__).parent


def _calls(path: Path) -> list[tuple[str, ast.Call]]:
    """The calls that make a cure in a module, each with its place."""
    return [
        (f"{path.relative_to(_PACKAGE)}:{node.lineno}", node)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("command", "advice", "Cure")
    ]


_FOUND = {
    path.relative_to(_PACKAGE).as_posix(): calls
    for path in sorted(_PACKAGE.rglob("*.py"))
    if path.name != "cure.py" and (calls := _calls(path))
}
_EACH = pytest.mark.parametrize("calls", _FOUND.values(), ids=_FOUND)
_COMMAND = re.compile(
    r"\b(?:git [a-z]|npm |pip |codex [a-z]|sudo |rm [a-z.{]|cd [a-z.{]+/|export [A-Z{]"
    r"|assetgen (?:init|plan|generate|check|show|adopt|accept|routes|next|request|refs|snippet"
    r"|emit|cost|doctor|watch|schema|mcp)\b)"
)

# -- what the code may write -----------------------------------------------------------------------


@_EACH
def test_a_cure_is_a_literal_template_with_its_fields(calls: list[tuple[str, ast.Call]]) -> None:
    for where, call in calls:
        assert isinstance(call.func, ast.Name) and call.func.id != "Cure", where
        [template] = call.args
        assert isinstance(template, ast.Constant), f"{where}: no f-string, no variable"
        fields = Formatter().parse(str(template.value))
        named = {name for _, name, _, _ in fields if name is not None}
        assert named == {field.arg for field in call.keywords}, where


@_EACH
def test_advice_names_a_command_as_a_cure_of_its_own(calls: list[tuple[str, ast.Call]]) -> None:
    for where, call in calls:
        assert isinstance(call.func, ast.Name) and isinstance(call.args[0], ast.Constant), where
        if call.func.id == "advice":
            assert not _COMMAND.search(str(call.args[0].value)), where


@_EACH
def test_a_command_of_git_names_paths_after_two_dashes(calls: list[tuple[str, ast.Call]]) -> None:
    for where, call in calls:
        assert isinstance(call.args[0], ast.Constant), where
        before = ""
        for text, name, _, _ in Formatter().parse(str(call.args[0].value)):
            before += text
            program = before.rpartition("&& ")[2]
            if name and program.startswith("git ") and not program.endswith(" -m "):
                assert " -- " in program or name in _NO_PATHS, where


#: Fields of commands of git that are not patterns for paths.
_NO_PATHS = {"folder", "commit", "pattern"}

# -- commands --------------------------------------------------------------------------------------

_HOSTILE = [
    "x$(touch P).json",
    "x`touch P`.png",
    "x;touch P;.png",
    "x|touch P",
    "x&touch P&",
    "x'; touch P; '.png",
    'x"; touch P; ".png',
    "x\\'; touch P; \\'.png",
    "x\n touch P\n.png",
    "x\r\ntouch P\r\n",
    "x\ntouch P\n",
    "'\ntouch P\n'",
    "\x1b]0;touch P\x07.png",
    "a\u202eb.png",
    "%s%n\t\\n'$HOME",
    "#x.png",
    "~/x.png",
    "a b.png",
    "ä\u0085ö.png",
    "\udcff.png",
    "",
]


def _words(cure: Cure, folder: Path, shell: str) -> list[bytes]:
    """The arguments that a shell gives to the command of a cure."""
    script = f"show() {{ printf '%s\\0' \"$@\"; }}; {cure}"
    ran = subprocess.run(
        [shell, "-c", script.encode("utf-8", "surrogateescape")],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    return ran.stdout.split(b"\0")[:-1]


@pytest.mark.parametrize("shell", ["bash", "sh"])
@pytest.mark.parametrize("name", _HOSTILE, ids=ascii)
def test_a_shell_sees_each_field_as_one_word(name: str, shell: str, tmp_path: Path) -> None:
    found = _words(command("show {name} {more}", name=name, more=["b", name]), tmp_path, shell)
    asked = name.encode("utf-8", "surrogateescape")
    if shell == "bash" or not name.endswith("\n"):  # for which sh has no quotes on one line
        assert found == [asked, b"b", asked]
    assert len(found) == 3 and not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", _HOSTILE, ids=ascii)
def test_a_cure_is_one_line_without_control_characters(name: str) -> None:
    for cure in (command("show {name}", name=name), advice("edit {name}", name=name)):
        assert str(cure).isprintable()


@pytest.mark.parametrize("path", ["a.png", "public/img/a-b_c.png", "content/a.md:3:1", "a=b,c@d+e"])
def test_an_ordinary_field_is_not_quoted(path: str) -> None:
    assert str(command("git rm -- {path}", path=path)) == f"git rm -- {path}"


def test_a_field_is_never_an_option() -> None:
    assert str(command("assetgen adopt a {file}", file="-rf.png")) == "assetgen adopt a ./-rf.png"


@pytest.mark.parametrize("name", ["*.png", "a?.png", "[ab].png", ":(top)a.png", ":!a.png", "a\\b"])
def test_git_sees_a_path_and_no_pattern(name: str, tmp_path: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for made in (name, "a.png", "b.png", "ab.png"):
        (tmp_path / made).write_text("")
    subprocess.run([*git, "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run([*git, "add", "-A"], cwd=tmp_path, check=True)
    subprocess.run([*git, "commit", "-qm", "all"], cwd=tmp_path, check=True)
    cure = command("git rm -q -- {paths}", paths=[name])
    subprocess.run(["sh", "-c", str(cure)], cwd=tmp_path, check=True)
    left = {path.name for path in tmp_path.iterdir()} - {".git"}
    assert left == {"a.png", "b.png", "ab.png"}


def test_a_path_from_the_top_of_the_working_tree_stays_one() -> None:
    assert str(command("git add -- {path}", path=":/public/a.png")) == "git add -- :/public/a.png"
    cure = command("git add -- {path}", path=":/public/*.png")
    assert str(cure) == "git add -- ':(top,literal)public/*.png'"


def test_the_second_of_two_commands_is_quoted_by_its_own_program() -> None:
    cure = command("assetgen refs --fix {page} && git add -- {page}", page="app/[slug]/a.md")
    assert str(cure) == (
        "assetgen refs --fix 'app/[slug]/a.md' && git add -- ':(literal)app/[slug]/a.md'"
    )


# -- advice, blanks --------------------------------------------------------------------------------


def test_advice_quotes_its_commands_only() -> None:
    adopt = command("assetgen adopt {id} {file}", id=ID, file="a b.png")
    cure = advice("{adopt}, or add {file} to project.ignore", adopt=adopt, file="a b.png")
    assert str(cure) == "assetgen adopt ID 'a b.png', or add a b.png to project.ignore"
    assert cure.split() == ("assetgen adopt ID 'a b.png'", ", or add a b.png to project.ignore")


def test_a_field_of_advice_is_no_command_even_if_it_reads_like_one() -> None:
    assert advice("{name} is missing", name="git rm -r .").split() == ("", "git rm -r . is missing")


def test_an_error_about_an_asset_fills_its_id_in() -> None:
    again = advice("{pay} buys it", pay=command("assetgen generate {asset} --force", asset=ID))
    error = StorageError("lost", cure=again).about("launch/cover")
    assert str(error.cure) == "assetgen generate launch/cover --force buys it"
    assert str(StorageError("x", cure=advice("see ID")).about("a").cure) == "see ID"


def test_a_blank_is_filled_by_its_name() -> None:
    cure = advice("set {key} at {host}", key=Blank("key"), host=Blank("host"))
    assert str(cure.filled(host="a.example")) == "set key at a.example"


def test_a_cure_cannot_be_changed() -> None:
    cure = command("git init")
    with pytest.raises(AttributeError):
        cure.template = "rm"
    assert cure == command("git init") != advice("no")


def test_every_command_of_a_cure_begins_with_the_way_to_the_project() -> None:
    cure = advice("{one} (keeps it), or: {two}", one=command("a b"), two=command("c {d}", d="x y"))
    way = command("cd {folder}", folder="my site")
    assert cure.split(way) == ("cd 'my site' && a b", " (keeps it), or: cd 'my site' && c 'x y'")
    assert advice("edit it, then: {two}", two=command("c")).split(way) == (
        "",
        "edit it, then: cd 'my site' && c",
    )
    assert command("a").split(way) == ("cd 'my site' && a", "")
    assert command("export KEY=...").split(way) == ("export KEY=...", "")  # it works anywhere
    assert command("a").split() == ("a", "")
