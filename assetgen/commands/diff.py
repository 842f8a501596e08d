"""assetgen diff: which pictures were added, changed and removed, and why."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from assetgen.commands import context
from assetgen.commands.arguments import clash

_EXAMPLE = """\
example:
  assetgen diff                          the working tree, against HEAD
  assetgen diff main                     the working tree, against main
  assetgen diff main...HEAD              a branch, since it left main
  assetgen diff v1..v2 --format html > diff.html
"""


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Show which pictures were added, changed, moved or removed in a range of commits,\n"
        "and why: the fields of the intent, alternative text, sizes, bills, approvals."
    )
    parser.epilog = _EXAMPLE
    parser.add_argument(
        "range",
        metavar="BASE[..HEAD]",
        nargs="?",
        help="two commits; with three dots, since their merge base; without HEAD, the working tree",
    )
    parser.add_argument(
        "--format",
        choices=("text", "markdown", "html", "json"),
        help="markdown for comments on GitHub; html is one file with small pictures "
        "(default: text)",
    )
    parser.add_argument(
        "--html", metavar="FILE", type=Path, help="also write what --format html prints to FILE"
    )
    parser.add_argument(
        "--repository",
        metavar="OWNER/NAME",
        help="with --format markdown: the repository on GitHub that has the pictures; "
        "by default, that of the remote origin",
    )


def contradiction(options: Namespace) -> str | None:
    if wrong := clash(options.json, options.format):
        return wrong
    if options.repository and options.format != "markdown":
        return "--repository requires --format markdown"
    from assetgen.diff import links

    if options.repository and not links.is_repository(options.repository):
        return f"--repository is OWNER/NAME, as in octo/site: {options.repository!r} is not"
    return None


def run(options: Namespace) -> int:
    from assetgen.diff import compare
    from assetgen.report import diff_html, diff_markdown, diff_text

    root = context.root(options)
    form = "json" if options.json else options.format or "text"
    is_shown = form == "html" or options.html is not None
    found = compare.diff(root, options.range, os.environ, small=is_shown)
    if options.html is not None:
        _write(options.html, diff_html.html(found))
    if form == "json":
        context.print_json(diff_text.diff_json(found))
    elif form == "markdown":
        where = compare.where(root, os.environ)
        named = options.repository or where[0]
        place = diff_markdown.Where(named, above=where[1])
        sys.stdout.write(diff_markdown.markdown(found, place))
    elif form == "html":
        sys.stdout.write(diff_html.html(found))
    else:
        diff_text.diff(found, sys.stdout)
    return 0


def _write(file: Path, text: str) -> None:
    from assetgen.fs import store

    try:
        file.write_bytes(text.encode())
    except OSError as exc:
        raise store.explained(exc, str(file)) from exc
