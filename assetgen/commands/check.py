"""assetgen check: fail unless every image is recorded, unchanged and up to date."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from assetgen.commands import context
from assetgen.commands.arguments import add_no_cache, clash
from assetgen.errors import AssetgenError


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Fail unless every image is recorded, unchanged and up to date. It also compares\n"
        "the pages that project.content names with the images. Exits with 1 if it finds\n"
        "something."
    )
    parser.add_argument(
        "--staged",
        action="store_true",
        help="check the index (what the next commit will contain) instead of the working tree",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="with --staged: report stale images as errors, not as warnings",
    )
    parser.add_argument(
        "--release",
        action="store_true",
        help="report drafts, and images that an older assetgen drew, as errors",
    )
    parser.add_argument(
        "--built",
        action="store_true",
        help='also fail if a file that is built from its record (keep = "record") does not '
        "exist or differs from it; not with --staged",
    )
    parser.add_argument(
        "--format",
        choices=("plain", "json", "github"),
        help="the form of the findings; github prints annotations for GitHub Actions "
        "(default: plain)",
    )
    parser.add_argument("--all", action="store_true", help="show every finding; cut no list")
    parser.add_argument(
        "--rehash",
        action="store_true",
        help="read every file again; do not trust file times; not with --staged",
    )
    add_no_cache(parser)


def contradiction(options: Namespace) -> str | None:
    if wrong := clash(options.json, options.format):
        return wrong
    if options.strict and not options.staged:
        return "--strict requires --staged: without it, stale images are errors anyway"
    if options.built and options.staged:
        return (
            "--built cannot be combined with --staged: "
            "git does not have the files that are built from records"
        )
    if options.rehash and options.staged:
        return (
            "--rehash cannot be combined with --staged: "
            "the index is compared by content, never by file times"
        )
    return None


def run(options: Namespace) -> int:
    from assetgen.check import check, findings
    from assetgen.report.check import (
        check_github,
        check_json,
        check_notes,
        check_plain,
        error_github,
    )

    root = context.root(options)
    form = "json" if options.json else options.format
    try:
        report = check.check(
            root,
            os.environ,
            staged=options.staged,
            strict=options.strict,
            release=options.release,
            built=options.built,
            rehash=options.rehash,
            cached=not options.no_cache,
        )
    except AssetgenError as exc:
        if form == "github":
            error_github(exc, sys.stdout, _prefix_in_checkout(root))
            return exc.exit_code
        options.json = form == "json"  # errors have the form of the findings
        raise
    if form == "json":
        context.print_json(check_json(report))
    elif form == "github":
        check_github(report, sys.stdout, _prefix_in_checkout(root))
    elif report.findings:
        check_plain(report, sys.stdout, everything=options.all)
    else:
        print(findings.check_message(report, staged=options.staged))
        if options.all:
            check_notes(report, sys.stdout)
    return report.exit_code


def _prefix_in_checkout(root: Path) -> str:
    """The path from the checkout of GitHub Actions to the project ("site/"); "" if equal."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    top = Path(workspace).resolve() if workspace else root
    if root == top or not root.is_relative_to(top):
        return ""
    return f"{root.relative_to(top).as_posix()}/"
