"""Lines for what is no terminal are printed without rich, and as rich prints them."""

from __future__ import annotations

import io

import pytest

from assetgen.report import text


@pytest.mark.parametrize(
    "line",
    ["", "one", "[bold]no markup[/]", ":smile: 12 'a' 0x1f", "a\tb\t", "x" * 300, "ä " * 90 + "界"],
)
def test_a_line_is_printed_as_rich_prints_it(line: str) -> None:
    plain, rich = io.StringIO(), io.StringIO()
    text.console(plain).print(line, style="bold red")
    text.terminal(rich).print(line)
    assert plain.getvalue().rstrip() == rich.getvalue().rstrip()
    text.console(plain).print()
    assert plain.getvalue().endswith("\n\n")
