"""report: what reaches a terminal, a program or a CI runner can neither command it nor hide anything from it."""

from __future__ import annotations

import io
import json
import os
import pty
from typing import Any

import pytest

from assetgen import report
from assetgen.check import Finding, Report
from assetgen.errors import StorageError
from tests.test_plan import Kept, cover, painted

_TRICKS: dict[str, tuple[str, str]] = {
    "plain": ("Grüße 👩‍💻 漢字", "Grüße 👩‍💻 漢字"),
    "colour": ("\x1b[31mred", "\\u001b[31mred"),
    "clear screen": ("\x1b[2J\x07", "\\u001b[2J\\u0007"),
    "eight-bit escape": ("\x9b2J", "\\u009b2J"),
    "line end": ("a\nb\rc", "a\\u000ab\\u000dc"),
    "line separator": ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
    "direction": ("a\u202egnp", "a\\u202egnp"),
    "isolate": ("\u2066x", "\\u2066x"),
    "byte order mark": ("\ufeffx", "\\ufeffx"),
    "tag": ("x\U000e0041", "x\\ue0041"),
    "half a pair": ("x\ud800", "x\\ud800"),
    "private use": ("\ue000", "\\ue000"),
    "NUL": ("a\0b", "a\\u0000b"),
    "delete": ("a\x7fb", "a\\u007fb"),
    "backspace": ("a\bb", "a\\u0008b"),
}


@pytest.mark.parametrize(("text", "expected"), _TRICKS.values(), ids=_TRICKS)
def test_text_is_shown_without_what_a_terminal_would_act_on(text: str, expected: str) -> None:
    assert report.clean(text) == expected


def test_a_message_is_not_endless() -> None:
    assert len(report.clean("x" * 10**6)) == report.MAX_MESSAGE + 3
    assert report.clean("x" * report.MAX_MESSAGE) == "x" * report.MAX_MESSAGE


_EVIL = "public/a\n::error file=x::owned\x1b[2J.png"
_FINDINGS = (
    Finding("assets.toml", "stale", "a: values.title T -> U", "assetgen generate a", "warning", 3),
    Finding(_EVIL, "unrecorded", "has no record: 100% sure", "assetgen adopt ID x, or y"),
)
_REPORT = Report(_FINDINGS, 2, 3)


def _plain(found: Report, everything: bool = False) -> str:
    out = io.StringIO()
    report.check_plain(found, out, everything=everything)
    return out.getvalue()


def test_plain_findings_are_two_lines_each_and_a_sum() -> None:
    lines = _plain(_REPORT).splitlines()
    assert lines[:2] == ["assets.toml:3: stale: a: values.title T -> U", "  cure: assetgen generate a"]
    assert len(lines) == 5
    assert lines[-1] == "1 error, 1 warning"


def test_a_file_name_cannot_start_a_line_or_a_command_of_the_runner() -> None:
    out = io.StringIO()
    report.check_github(_REPORT, out)
    for shown in (_plain(_REPORT), out.getvalue()):
        assert "\x1b" not in shown
        assert not any(line.startswith("::error file=x") for line in shown.splitlines())


def test_annotations_are_those_of_the_runner() -> None:
    out = io.StringIO()
    report.check_github(_REPORT, out)
    first, second = out.getvalue().splitlines()
    assert first == (
        "::warning file=assets.toml,line=3,title=assetgen%3A stale::"
        "assets.toml a: values.title T -> U. Cure: assetgen generate a"
    )
    properties, _, message = second.removeprefix("::error ").partition("::")
    assert properties.count(",") == 1 and properties.count(":") == 0, "commas and colons of names are escaped"
    assert "100%25 sure" in message


def test_long_runs_of_one_kind_are_cut_short_unless_all_are_asked_for() -> None:
    many = Report(tuple(Finding(f"public/{n}.png", "missing", "x", "y") for n in range(50)), 50, 50)
    assert _plain(many).count("missing: x") == 20
    assert "... and 30 more missing (--all shows them)" in _plain(many)
    assert _plain(many, everything=True).count("missing: x") == 50
    assert "50 errors, 0 warnings" in _plain(many)


def test_json_says_everything_and_is_read_back_as_it_was() -> None:
    shown = report.as_json(report.check_json(_REPORT))
    assert "\x1b" not in shown
    data = json.loads(shown)
    assert (data["clean"], data["assets"], data["files"]) == (False, 2, 3)
    assert data["findings"][0] == {
        "path": "assets.toml",
        "line": 3,
        "code": "stale",
        "level": "warning",
        "message": "a: values.title T -> U",
        "cure": "assetgen generate a",
    }
    assert data["findings"][1]["path"] == _EVIL


@pytest.mark.parametrize("text", [text for text, _ in _TRICKS.values()], ids=list(_TRICKS))
def test_json_for_programs_commands_no_terminal_either(text: str) -> None:
    shown = report.as_json({"x": [text, {text: 1}]})
    assert json.loads(shown) == {"x": [text, {text: 1}]}
    assert all(char == "\n" or char == "\u200d" or char.isprintable() for char in shown)


# -- errors ----------------------------------------------------------------------------------------


def _error(**parts: Any) -> str:
    out = io.StringIO()
    report.error(StorageError("it broke \x1b[2J", **parts), out)
    return out.getvalue()


def test_an_error_says_what_where_and_the_cure() -> None:
    assert _error() == "assetgen: it broke \\u001b[2J\n"
    assert _error(where="public/a.png", cure="rm -f x") == (
        "assetgen: public/a.png: it broke \\u001b[2J\n  cure: rm -f x\n"
    )


def test_markup_of_the_table_library_is_text() -> None:
    assert "[bold]x[/bold] :smile:" in _error(where="[bold]x[/bold] :smile:")


def test_an_error_for_programs_has_its_kind_and_exit_code() -> None:
    assert report.error_json(StorageError("what", where="w", cure="c")) == {
        "error": "StorageError",
        "what": "what",
        "where": "w",
        "cure": "c",
        "exit": 9,
    }


# -- the plan --------------------------------------------------------------------------------------


def _table(text: str, kept: Kept | None = None, everything: bool = False) -> str:
    out = io.StringIO()
    report.plan_table(list((kept or Kept()).decide(text).values()), out, everything=everything)
    return out.getvalue()


def test_a_plan_is_one_line_an_asset_then_the_bills_then_what_to_do() -> None:
    text = painted("b", 'size = "1024x1024"', 'quality = "medium"') + cover("a") + painted("c", route="codex")
    assert _table(text).splitlines() == [
        "missing  b  images (openai-api, $0.053)  public/b.webp not there",
        "missing  a  local (none, free)  public/a.png not there",
        "missing  c  codex (codex-plan, plan credits)  public/c.webp not there",
        "codex-plan: 1 picture",
        "openai-api: 1 picture, about $0.05",
        "next: assetgen generate",
    ]


def test_bills_are_never_added_up_and_unknown_amounts_are_said_to_be_missing() -> None:
    known = painted("a", 'size = "1024x1024"', 'quality = "medium"')
    decisions = Kept().decide(known + painted("b") + painted("c", route="codex")).values()
    assert report.bills(decisions) == [
        ("codex-plan", "1 picture"),
        ("openai-api", "2 pictures, about $0.05 for 1 of them"),
    ]


def test_fresh_pictures_are_counted_unless_all_are_asked_for() -> None:
    kept = Kept()
    kept.generate(cover())
    assert _table(cover(), kept) == "the one picture is fresh; nothing to do\n"
    assert _table(cover(), kept, everything=True).startswith("fresh    a  local (none, free)")
    assert "1 of 2 fresh" in _table(cover() + cover("b"), kept)


def test_the_plan_for_programs_has_every_reason_with_old_and_new() -> None:
    kept = Kept()
    kept.generate(cover())
    [found] = report.plan_json(kept.decide(cover(title="U")).values())
    assert json.loads(report.as_json(found)) == {
        "id": "a",
        "kind": "cover",
        "state": "stale",
        "action": "draw",
        "reasons": [{"field": "values.title", "old": "T", "new": "U"}],
        "route": "local",
        "surface": "none",
        "estimate": {"micros": 0, "currency": None, "basis": "drawn here"},
        "model": None,
        "problem": None,
        "files": ["public/a.png"],
    }


def test_a_terminal_gets_a_table_with_everything_in_it() -> None:
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal:
        report.plan_table(list(Kept().decide(cover("a-rather-long-name")).values()), terminal, everything=False)
        terminal.flush()
        shown = os.read(master, 65536).decode()
    os.close(master)
    assert "a-rather-long-name" in shown and "public/a-rather" in shown and "missing" in shown
