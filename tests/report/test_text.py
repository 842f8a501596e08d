"""report: no text can command a terminal, a program or a CI runner, or hide anything from it."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import pty
import re
import termios
from dataclasses import replace
from typing import Any

import pytest

from assetgen.check.findings import Finding, Report
from assetgen.cure import Cure, advice, command
from assetgen.errors import StorageError
from assetgen.generate.outcome import Made, Outcome
from assetgen.plan.decide import State
from assetgen.plan.describe import describe
from assetgen.plan.reasons import Reason
from assetgen.report import check, generate, plan
from assetgen.report import text as report
from assetgen.text import MAX_MESSAGE, clean
from tests.support.planning import Kept, cover, painted

_TRICKS: dict[str, tuple[str, str]] = {
    "plain": ("Grüße 👩‍💻 漢字", "Grüße 👩‍💻 漢字"),
    "colour": ("\x1b[31mred", "\\u001b[31mred"),
    "clear screen": ("\x1b[2J\x07", "\\u001b[2J\\u0007"),
    "eight-bit escape": ("\x9b2J", "\\u009b2J"),
    "line end": ("a\nb\rc\r\nd\te", "a b c d e"),
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
def test_text_is_printed_without_terminal_commands(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_a_message_has_a_limited_length() -> None:
    assert len(clean("x" * 10**6)) == MAX_MESSAGE + 3
    assert clean("x" * MAX_MESSAGE) == "x" * MAX_MESSAGE


_EVIL = "public/a\n::error file=x::owned\x1b[2J.png"
_FINDINGS = (
    Finding(
        "assets.toml",
        "stale",
        "a: values.title T -> U",
        command("assetgen generate a"),
        "warning",
        3,
    ),
    Finding(
        _EVIL,
        "unrecorded",
        "has no record: 100% sure",
        advice("{adopt}, or y", adopt=command("assetgen adopt ID x")),
    ),
)
_REPORT = Report(_FINDINGS, 2, 3)


def _plain(found: Report, everything: bool = False) -> str:
    out = io.StringIO()
    check.check_plain(found, out, everything=everything)
    return out.getvalue()


def test_plain_findings_are_followed_by_their_cures_on_their_own_lines_and_a_sum() -> None:
    lines = _plain(_REPORT).splitlines()
    assert lines[:2] == [
        "assets.toml:3: stale: a: values.title T -> U",
        "  cure: assetgen generate a",
    ]
    assert lines[3:5] == ["  cure: assetgen adopt ID x", "        or: y"]
    assert len(lines) == 6
    assert lines[-1] == "1 error, 1 warning"


def test_a_file_name_cannot_start_a_line_or_a_command_of_the_runner() -> None:
    out = io.StringIO()
    check.check_github(_REPORT, out)
    for shown in (_plain(_REPORT), out.getvalue()):
        assert "\x1b" not in shown
        assert not any(line.startswith("::error file=x") for line in shown.splitlines())


def test_annotations_have_the_syntax_of_the_runner() -> None:
    out = io.StringIO()
    check.check_github(_REPORT, out)
    first, second = out.getvalue().splitlines()
    assert first == (
        "::warning file=assets.toml,line=3,title=assetgen%3A stale::"
        "assets.toml a: values.title T -> U. Cure: assetgen generate a"
    )
    properties, _, message = second.removeprefix("::error ").partition("::")
    assert properties.count(",") == 1 and properties.count(":") == 0, (
        "commas and colons of names are escaped"
    )
    assert "100%25 sure" in message


def test_long_runs_of_one_kind_are_cut_short_unless_all_are_asked_for() -> None:
    many = Report(
        tuple(Finding(f"public/{n}.png", "missing", "x", advice("y")) for n in range(50)), 50, 50
    )
    assert _plain(many).count("missing: x") == 20
    assert "... and 30 more missing (--all shows them)" in _plain(many)
    assert _plain(many, everything=True).count("missing: x") == 50
    assert "50 errors, 0 warnings" in _plain(many)
    page = [Finding("a.md", "missing-alt", "x", advice("y"), line=n, col=1) for n in range(1, 31)]
    hint = '[check] missing-alt = "warning" in assets.toml makes them warnings'
    assert hint in _plain(Report(tuple(page), 0, 0))
    warned = (replace(one, level="warning") for one in page)
    assert hint not in _plain(Report(tuple(warned), 0, 0)) + _plain(many)


def test_many_findings_that_one_command_settles_are_one_line_below_those_in_pages() -> None:
    def old(number: int, code: str, cure: Cure) -> Finding:
        return Finding(f"public/{number}.png", code, "x", cure)

    adopt = [command("assetgen adopt --existing {path}", path=f"{n}.png") for n in range(60)]
    staged = command(
        "assetgen adopt --existing --no-commit {path} && git add -- {file}", path="a", file="b"
    )
    found = (
        *(old(n, "unrecorded", advice("{a}, or y", a=adopt[n])) for n in range(30)),
        *(old(n, "edited", advice("{a} (now)", a=staged)) for n in range(30, 55)),
        old(55, "edited", command("assetgen accept {name}", name="a")),
        *(old(n, "missing", command("assetgen generate {name}", name="a")) for n in range(20)),
        Finding("z.mdx", "dangling", "gone", advice("y"), line=1, col=1),
    )
    lines = _plain(Report(found, 0, 0)).splitlines()
    assert lines[0] == "z.mdx:1:1: dangling: gone"
    assert lines[2] == "public/55.png: edited: x"
    assert lines[-5:-1] == [
        "unrecorded: 30 findings, such as public/0.png: x (--all shows them)",
        "  cure: assetgen adopt --existing",
        "edited: 25 findings, such as public/30.png: x (--all shows them)",
        "  cure: assetgen adopt --existing --no-commit && git add -- .assetgen/baseline",
    ]
    assert sum("missing: x" in line for line in lines) == 20
    assert _plain(Report(found, 0, 0), everything=True).count(": unrecorded: x") == 30


def test_json_contains_everything_and_is_read_back_unchanged() -> None:
    shown = report.as_json(check.check_json(_REPORT))
    assert "\x1b" not in shown
    data = json.loads(shown)
    assert (data["clean"], data["assets"], data["files"]) == (False, 2, 3)
    assert data["findings"][0] == {
        "path": "assets.toml",
        "line": 3,
        "col": None,
        "code": "stale",
        "level": "warning",
        "message": "a: values.title T -> U",
        "cure": "assetgen generate a",
        "command": "assetgen generate a",
    }
    assert data["findings"][1]["path"] == _EVIL


@pytest.mark.parametrize("text", [text for text, _ in _TRICKS.values()], ids=list(_TRICKS))
def test_json_contains_no_terminal_commands(text: str) -> None:
    shown = report.as_json({"x": [text, {text: 1}]})
    assert json.loads(shown) == {"x": [text, {text: 1}]}
    assert all(char == "\n" or char == "\u200d" or char.isprintable() for char in shown)


# -- errors ----------------------------------------------------------------------------------------


def _error(**parts: Any) -> str:
    out = io.StringIO()
    report.error(StorageError("it broke \x1b[2J", **parts), out)
    return out.getvalue()


def test_an_error_has_what_where_and_a_cure() -> None:
    assert _error() == "assetgen: it broke \\u001b[2J\n"
    assert _error(where="public/a.png", cure=command("rm -f x")) == (
        "assetgen: public/a.png: it broke \\u001b[2J\n  cure: rm -f x\n"
    )


def test_markup_of_the_table_library_is_text() -> None:
    assert "[bold]x[/bold] :smile:" in _error(where="[bold]x[/bold] :smile:")


def test_an_error_for_programs_has_its_kind_and_exit_code() -> None:
    assert report.error_json(StorageError("what", where="w", cure=advice("c"))) == {
        "error": "StorageError",
        "what": "what",
        "where": "w",
        "cure": "c",
        "exit": 9,
    }


# -- the plan --------------------------------------------------------------------------------------


def _table(text: str, kept: Kept | None = None, everything: bool = False) -> str:
    out = io.StringIO()
    plan.plan_table(list((kept or Kept()).decide(text).values()), out, everything=everything)
    return out.getvalue()


def test_a_plan_has_one_line_per_asset_then_the_bills_then_the_next_step() -> None:
    text = (
        painted("b", 'size = "1024x1024"', 'quality = "medium"')
        + cover("a")
        + painted("c", route="codex")
    )
    assert _table(text).splitlines() == [
        "missing  b  images (openai-api, $0.053)  public/b.webp does not exist",
        "missing  a  local (none, free)  public/a.png does not exist",
        "missing  c  codex (codex-plan, plan credits)  public/c.webp does not exist",
        "codex-plan: 1 picture",
        "openai-api: 1 picture, about $0.05",
        "next: assetgen generate",
    ]


def test_a_plan_says_what_generate_leaves_alone_and_what_settles_it() -> None:
    text, kept = painted("b", 'size = "1024x1024"', 'quality = "medium"'), Kept()
    kept.files["public/b.webp"] = "a" * 64
    assert _table(text, kept).splitlines() == [
        "foreign  b  images (openai-api, left as it is)  public/b.webp it has no record",
        "generate leaves b as it is: public/b.webp was not made by assetgen; it is not overwritten",
        "  cure: assetgen adopt b public/b.webp",
        "        keeps the file; or: assetgen generate b --force",
    ]


_LONG = "An illustration for the cover of an article about maps: "
_REASONS: dict[str, tuple[str, Any, Any, str]] = {
    "short": ("values.title", "T", "U", "values.title T -> U"),
    "end of a word": (
        "prompt",
        _LONG + "a pic, flat",
        _LONG + "a picture, flat",
        "prompt ...a pic,... -> ...a picture,...",
    ),
    "words added": (
        "prompt",
        _LONG + "flat",
        _LONG + "flat, blue",
        "prompt ...maps: flat -> ...maps: flat, blue",
    ),
    "nothing alike": ("prompt", "Cats", _LONG + "x", f"prompt Cats -> {_LONG}x"),
    "prompt kept as a digest": (
        "prompt",
        "sha256:" + "a" * 64,
        "sha256:" + "b" * 64,
        "prompt changed",
    ),
    "mask": ("mask", None, "a" * 64, "mask none -> a file"),
    "options": ("options", None, {"complexity": "high"}, "options.complexity none -> high"),
    "flag": ("values.wide", False, True, "values.wide false -> true"),
    "files": ("files", "a.png, b.png", "a.png, c.png", "files added c.png, removed b.png"),
    "files of the same names": (
        "files",
        "a.png",
        "a.png",
        "the files will be encoded in another way",
    ),
    "list": ("palette", ["#000", "#fff"], ["#000"], "palette removed #fff"),
    "list of tables": ("values.items", [{"n": 1}], [{"n": 1}, {"n": 2}], "values.items added n 2"),
    "inputs": ("inputs", [], [{"path": "x.png", "sha256": "a" * 64}], "inputs added x.png"),
    "sentence": ("draft", None, "images has yet to draw it", "draft images has yet to draw it"),
    "new value": ("values.kicker", None, "New", "values.kicker none -> New"),
}


@pytest.mark.parametrize(("field", "old", "new", "said"), _REASONS.values(), ids=_REASONS)
def test_a_reason_shows_what_differs(field: str, old: Any, new: Any, said: str) -> None:
    decision = Kept().decide(cover())["a"]
    changed = dataclasses.replace(decision, state=State.STALE, reasons=(Reason(field, old, new),))
    assert describe(changed) == said


def test_a_plan_in_a_pipe_leaves_no_blanks_at_the_end_of_lines() -> None:
    kept = Kept()
    kept.generate(cover())
    shown = _table(cover(), kept, everything=True).splitlines()
    assert shown == [line.rstrip() for line in shown]


def test_a_paid_plan_is_readable_in_eighty_columns() -> None:
    [decision] = Kept().decide(painted("post/about-the-harbour", 'size = "1024x1024"')).values()
    reason = Reason("values.title", "short", "word " * 30)
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    with os.fdopen(slave, "w") as terminal:
        plan.plan_table(
            [dataclasses.replace(decision, reasons=(reason, reason))], terminal, everything=False
        )
        terminal.flush()
        shown = re.sub("\x1b\\[[0-9;]*m", "", os.read(master, 65536).decode())
    os.close(master)
    first, *more = shown.splitlines()
    assert first.split("  ")[1] == "post/about-the-harbour"
    assert "images (openai-api, unknown:" in first
    below = [line for line in more if "word" in line]
    assert len(below) > 1 and all(line.startswith(" " * 9) and len(line) <= 80 for line in below)


def test_drafts_are_marked_and_counted_separately() -> None:
    decisions = list(Kept().decide(painted("p") + cover("c")).values())
    made = [Made(d, d.wish.paths, is_draft=d.asset.id == "p") for d in decisions]
    out = io.StringIO()
    generate.outcome(Outcome(made=made), out)
    assert out.getvalue().splitlines() == [
        "draft  p  public/p.webp",
        "made   c  public/c.png",
        "1 made, 1 draft, 0 fresh",
    ]


def test_notes_on_images_that_are_folded_are_printed() -> None:
    [decision] = Kept().decide(cover("c")).values()
    made = [Made(decision, decision.wish.paths, remarks=(f"note {n}",)) for n in range(60)]
    out = io.StringIO()
    generate.outcome(Outcome(made=made), out)
    lines = out.getvalue().splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("made  ... and "))
    assert lines[at + 1].endswith(f": note {at // 2}")
    assert lines[-2].startswith("note  ... and ")


def test_bills_are_never_added_up_and_unknown_amounts_are_reported() -> None:
    known = painted("a", 'size = "1024x1024"', 'quality = "medium"')
    decisions = Kept().decide(known + painted("b") + painted("c", route="codex")).values()
    assert plan.bills(decisions) == [
        ("codex-plan", "1 picture"),
        ("openai-api", "2 pictures, about $0.05 for 1 of them"),
    ]


def test_fresh_images_are_counted_unless_all_is_requested() -> None:
    kept = Kept()
    kept.generate(cover())
    assert _table(cover(), kept) == "the only picture is fresh; nothing to do\n"
    assert _table(cover(), kept, everything=True).startswith("fresh    a  local (none, free)")
    assert "1 of 2 fresh" in _table(cover() + cover("b"), kept)


def test_the_plan_for_programs_has_every_reason_with_old_and_new() -> None:
    kept = Kept()
    kept.generate(cover())
    [found] = plan.plan_json(kept.decide(cover(title="U")).values())
    assert json.loads(report.as_json(found)) == {
        "id": "a",
        "kind": "cover",
        "collection": None,
        "state": "stale",
        "action": "draw",
        "approved": False,
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
        plan.plan_table(
            list(Kept().decide(cover("a-rather-long-name")).values()), terminal, everything=False
        )
        terminal.flush()
        shown = os.read(master, 65536).decode()
    os.close(master)
    assert "a-rather-long-name" in shown and "public/a-rather" in shown and "missing" in shown
