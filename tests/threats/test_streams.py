"""Every command: no text of a file reaches a terminal or a CI log with escapes or commands."""

from __future__ import annotations

import io
import json
import os

import pytest

from assetgen.record import record
from assetgen.terminal import Guarded
from tests.support.place import COVER, Place

_CI = {"CI": "true", "GITHUB_ACTIONS": "true"}
_PAGES = '[project]\ncontent = ["**/*.mdx"]\n'


def _shown(*texts: str, is_ci: bool = True) -> str:
    out = io.StringIO()
    stream = Guarded(out, is_ci=is_ci)
    for text in texts:
        stream.write(text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        (["a\x1b[2Jb\n"], "a\\u001b[2Jb\n"),
        (["a\u202eb\u2028\x85"], "a\\u202eb\\u2028\\u0085"),
        (["a\rb\r\nc\n"], "a\\u000db\r\nc\n"),
        (["::stop-commands::x\n"], "\\u003a:stop-commands::x\n"),
        (["a\n", " \t::error::x\n"], "a\n \t\\u003a:error::x\n"),
        ([" ", "::error::x"], " \\u003a:error::x"),
        (["a", "::error::x"], "a::error::x"),
        (["a ##[error]x\n"], "a \\u0023#[error]x\n"),
        (["a ##vso[task.x]\n"], "a \\u0023#vso[task.x]\n"),
        (["## Heading\n"], "## Heading\n"),
    ],
)
def test_a_guarded_stream_shows_escapes_and_commands_as_text(texts: list[str], shown: str) -> None:
    assert _shown(*texts) == shown


def test_outside_ci_two_colons_are_two_colons() -> None:
    assert _shown("::a ##[b]\n", is_ci=False) == "::a ##[b]\n"


def _is_harmless(out: str, *, own: bool = False) -> bool:
    lines = out.splitlines()
    commands = [line for line in lines if line.lstrip().startswith("::")]
    ours = ("::error file=", "::warning file=")
    foreign = [line for line in commands if not (own and line.startswith(ours))]
    rest = [line for line in lines if not (own and line in commands)]  # GitHub reads these first
    return (
        not foreign
        and "##[" not in "".join(rest)
        and all(c == "\n" or c.isprintable() for c in out)
    )


@pytest.mark.skipif(os.name == "nt", reason="a name with colons")
@pytest.mark.parametrize("name", ["::stop-commands::t.mdx", "##[error]x.mdx", "a\x1b[2Jb.mdx"])
def test_a_page_with_a_hostile_name_commands_no_runner(bare: Place, name: str) -> None:
    bare.manifest(_PAGES)
    bare.write(name, "![](/img/gone.png)\n")
    for command in ("check", "check --format github", "refs", "refs --fix", "refs --add", "plan"):
        ran = bare.run(*command.split(), **_CI)
        assert _is_harmless(ran.out, own="github" in command), (command, ran.out)
        assert _is_harmless(ran.err), (command, ran.err)


def test_the_currency_of_a_record_is_shown_harmlessly(place: Place) -> None:
    place.covers("a")
    place.ok("generate")
    path = place.root / record.place("a")
    whole = json.loads(path.read_bytes())
    currency = "\x1b[31mEVIL\x1b[2J"
    stated = {"micros": 4_000_000, "currency": currency, "basis": f"said {currency}"}
    whole["predicate"]["route"]["surface"] = "gateway:x"
    whole["predicate"]["cost"] = {
        "surface": "gateway:x",
        "currency": None,
        "estimate": None,
        "usage": None,
        "provider": stated,
    }
    path.write_bytes(record.write(whole))
    for command in ("cost", "cost --format csv", "show a"):
        ran = place.ok(*command.split(), **_CI)
        assert "EVIL" in ran.out and "\x1b" not in ran.out + ran.err, command


def test_the_page_of_a_template_is_printed_harmlessly(place: Place) -> None:
    from assetgen.layouts.closure import shipped_root

    for file in (shipped_root() / "cover").iterdir():
        text = file.read_text().replace("<body", "<!-- \x1b[2J -->\n::error::x\n<body", 1)
        place.write(f"templates/cover/{file.name}", text)
    place.manifest(COVER.format(id="a", title="Hello"))
    ran = place.run("request", "a", **_CI)
    assert _is_harmless(ran.out) and _is_harmless(ran.err), ran.out[:300]


def test_an_unknown_option_is_reported_without_its_escapes(bare: Place) -> None:
    ran = bare.run("check", "--x\x1b]0;title\x07\u202e\n::error::boo", **_CI)
    assert ran.code == 2
    assert "unrecognized arguments: --x\\u001b]0;title\\u0007\\u202e ::error::boo\n" in ran.err


def test_what_git_prints_reaches_the_terminal_only_in_our_messages(place: Place) -> None:
    place.manifest(COVER)
    place.write(".git/index", b"garbage")
    for arguments in (("check", "--staged"), ("check",), ("plan",), ("generate", "--no-commit")):
        said = place.run(*arguments).err.splitlines()
        assert [line for line in said if "fatal" in line and "assetgen: " not in line] == []
