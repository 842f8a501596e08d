"""The command line: help, options before and after the command, and usage errors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assetgen import cli
from assetgen.commands import parser, snippet
from assetgen.pages import heads, snippets
from tests.support.place import Place

_COMMANDS = Path(parser.__file__).parent


def _help(place: Place, *arguments: str, width: int = 80) -> str:
    return place.ok(*arguments, "--help", COLUMNS=str(width)).out


def test_every_command_is_a_module_of_its_own() -> None:
    shared = {
        "__init__",
        "arguments",
        "context",
        "mcp_answers",
        "mcp_arguments",
        "mcp_job",
        "mcp_lines",
        "mcp_server",
        "mcp_tools",
        "parser",
    }
    assert {path.stem for path in _COMMANDS.glob("*.py")} - shared == set(parser.COMMANDS)


def test_help_lists_every_command_and_every_exit_code(bare: Place) -> None:
    shown = _help(bare)
    for name, words in parser.COMMANDS.items():
        assert f"    {name:12} {words}\n" in shown
    codes = shown.partition("exit codes:\n")[2].split()
    assert [code for code in map(str, (*range(13), 130, 141)) if code not in codes] == []


@pytest.mark.parametrize("name", parser.COMMANDS)
def test_the_help_of_a_command_fits_80_columns_and_explains_every_option(
    name: str, bare: Place
) -> None:
    shown = _help(bare, name)
    assert shown.startswith(f"usage: assetgen {name} ")
    assert max(map(len, shown.splitlines())) <= 80
    sections = shown.split("\n\n")
    usage, description = sections[:2]
    assert description.endswith((".", "]'")) and description[0].isupper()
    explained = "\n".join(sections[2:])
    for option in usage.replace("[", " ").replace("]", " ").split():
        if option.startswith("-"):
            assert f"  {option}" in explained, option


def test_help_is_as_wide_as_the_terminal_up_to_100_columns(bare: Place) -> None:
    for columns, widest in ((41, 41), (100, 100), (300, 100)):
        usage = _help(bare, "generate", width=columns).split("\n\n")[0]
        assert widest - 25 < max(map(len, usage.splitlines())) <= widest


def test_the_forms_of_snippet_are_those_that_it_can_write() -> None:
    assert snippet.FORMS == snippets.FORMS
    assert snippet.HEAD_FORMS == heads.HEAD_FORMS


# -- what is loaded --------------------------------------------------------------------------------

_SLOW = {"msgspec", "tomli", "rich", "PIL", "git", "openai", "mcp", "pathlib", "shutil", "json"}


_PRINT_MODULES = """\
import sys
from assetgen.cli import run
try:
    run(sys.argv[1:])
except SystemExit:
    print(*sys.modules, file=sys.stderr)
"""


def _loaded(place: Place, *arguments: str) -> set[str]:
    """The modules that a command has loaded when it ends."""
    command = [sys.executable, "-P", "-c", _PRINT_MODULES, *arguments]
    ran = subprocess.run(
        command, cwd=place.root, env=place.environ, capture_output=True, text=True, check=True
    )
    return set(ran.stderr.split())


def _own(loaded: set[str]) -> set[str]:
    return {name for name in loaded if name.startswith("assetgen.")}


def test_version_loads_no_parser(bare: Place) -> None:
    loaded = _loaded(bare, "--version")
    assert _own(loaded) == {"assetgen.cli", "assetgen.errors"}
    assert loaded.isdisjoint(_SLOW | {"argparse"})


def test_help_loads_no_command(bare: Place) -> None:
    loaded = _loaded(bare, "--help")
    parsing = {"assetgen.commands", "assetgen.commands.parser"}
    assert _own(loaded) == {"assetgen.cli", "assetgen.errors", *parsing}
    assert "argparse" in loaded
    assert loaded.isdisjoint(_SLOW)


@pytest.mark.parametrize("name", parser.COMMANDS)
def test_the_help_of_a_command_loads_only_its_own_module(name: str, bare: Place) -> None:
    loaded = _loaded(bare, name, "--help")
    shared = {"cli", "cure", "errors", "commands", "commands.parser"}
    shared |= {"commands.context", "commands.arguments", "route_names"}
    assert _own(loaded) - {f"assetgen.{one}" for one in shared} == {f"assetgen.commands.{name}"}
    assert loaded.isdisjoint(_SLOW - {"pathlib"})


# -- global options --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("-C", "{root}", "plan", "--json"),
        ("--json", "plan", "-C", "{root}"),
        ("--json", "-C", "{root}", "plan"),
        ("--js", "-C{root}", "plan"),
    ],
    ids=["folder first", "json first", "both first", "abbreviated"],
)
def test_global_options_are_accepted_before_and_after_the_command(
    arguments: tuple[str, ...], bare: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    bare.manifest("")
    assert cli.run([argument.format(root=bare.root) for argument in arguments]) == 0
    assert capsys.readouterr().out == "[]\n"


@pytest.mark.parametrize("arguments", [("--config", "mine.toml", "plan"), ("plan", "--config=x")])
def test_the_configuration_is_read_from_the_file_that_config_names(
    arguments: tuple[str, ...], bare: Place
) -> None:
    bare.manifest("")
    for name in ("mine.toml", "x"):
        (bare.root.parent / name).write_text("nonsense = 1\n")
    outside = [one.replace("mine", "../mine").replace("=x", "=../x") for one in arguments]
    ran = bare.run(*outside)
    assert ran.code != 0 and "nonsense" in ran.err


@pytest.mark.parametrize("spelling", ["--version", "--vers"])
def test_version_is_printed_for_every_spelling_of_the_option(spelling: str, bare: Place) -> None:
    assert bare.ok(spelling).out == "assetgen 0.1.0\n"
    assert bare.ok("-C", ".", spelling).out == "assetgen 0.1.0\n"


def test_a_value_that_is_the_name_of_a_command_is_a_value(bare: Place) -> None:
    (bare.root / "watch").mkdir()
    inner = Place(bare.root / "watch", bare.root.parent / "home")
    inner.covers("show")
    assert bare.ok("-C", "watch", "plan", "show", "--json").data[0]["id"] == "show"


# -- usage errors ----------------------------------------------------------------------------------

_WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    # the case: (arguments, a part of the message)
    "no command": ((), "the following arguments are required: COMMAND"),
    "unknown command": (("draw",), "invalid choice: 'draw' (choose from "),
    "unknown option": (("plan", "--nosuch"), "unrecognized arguments: --nosuch"),
    "abbreviated choice": (("cost", "--by", "mod"), "argument --by: invalid choice: 'mod'"),
    "form": (("snippet", "a", "--for", "flash"), "argument --for: invalid choice: 'flash'"),
    "github": (
        ("check", "--json", "--format", "github"),
        "--json cannot be combined with --format github",
    ),
    "plain": (
        ("--json", "check", "--format", "plain"),
        "--json cannot be combined with --format plain",
    ),
    "csv": (("cost", "--json", "--format", "csv"), "--json cannot be combined with --format csv"),
    "strict": (("check", "--strict"), "--strict requires --staged"),
    "rehash": (
        ("check", "--staged", "--rehash"),
        "--rehash cannot be combined with --staged",
    ),
    "draft": (
        ("generate", "--draft", "--resume"),
        "--draft cannot be combined with --resume or --force",
    ),
    "draft by force": (
        ("generate", "--force", "--draft"),
        "--draft cannot be combined with --resume or --force",
    ),
    "free": (
        ("generate", "--free", "--pay"),
        "--free and --hook cannot be combined with --resume, --pay or --draft",
    ),
    "hook": (("generate", "--hook", "--force"), "--hook cannot be combined with --force"),
    "jobs": (("generate", "-j", "0"), "argument -j/--jobs: '0' is not a number of 1 or more"),
    "yes": (("doctor", "--yes"), "--yes requires --probe"),
    "from a thread": (
        ("adopt", "a", "--prompt", "A plane"),
        "--route, --surface and --prompt require FILE",
    ),
    "route": (
        ("adopt", "a", "f", "--route", "dalle"),
        "'dalle' is not one of: local, images, responses, codex or gateway:NAME",
    ),
    "surface": (
        ("adopt", "a", "f", "--surface", "me"),
        "'me' is not one of: none, openai-api, codex-plan or gateway:NAME",
    ),
    "id of no text": (("generate", "a", "b\udcff"), r"an argument is not UTF-8: 'b\udcff'"),
    "prompt of no text": (("adopt", "a", "f", "--prompt", "\udcff"), "an argument is not UTF-8"),
    "alt of no text": (("refs", "--fix", "p:1", "--alt", "\udcff"), "an argument is not UTF-8"),
    "page of no text": (("snippet", "a", "--into", "p\udcff"), "an argument is not UTF-8"),
    "mcp": (("mcp", "--json"), "mcp cannot be combined with --json"),
}


@pytest.mark.parametrize(("arguments", "said"), _WRONG.values(), ids=_WRONG)
def test_an_option_that_would_have_no_effect_is_a_usage_error(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.run(arguments)
    assert caught.value.code == 2
    assert said in " ".join(capsys.readouterr().err.split())


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of files are Unicode there")
def test_paths_need_not_be_utf_8(bare: Place) -> None:
    odd = Place(bare.root / "p\udcff", Path(bare.environ["HOME"]))
    odd.covers("a")
    odd.write("b\udcff.md", "![A](/a.png)\n")
    assert "1 reference in 1" in bare.ok("-C", odd.root.name, "refs", "b\udcff.md").out
    assert "y\\udcff.png is not a file" in odd.run("adopt", "a", "y\udcff.png").err


def test_a_usage_error_shows_how_the_command_is_used(bare: Place) -> None:
    ran = bare.run("check", "--strict")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: assetgen check [--staged] [--strict]")
    assert os.linesep + "assetgen check: error: --strict requires --staged" in ran.err
