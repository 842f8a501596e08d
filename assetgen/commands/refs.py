"""assetgen refs: the images that pages and code refer to."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.commands import context
from assetgen.commands.arguments import add_no_cache, route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assetgen.pages.places import PagePlace

_EXAMPLES = """\
examples:
  assetgen refs --dangling                       list missing images
  assetgen refs --add docs/                      add the missing images of docs/
  assetgen refs --fix docs/a.md:3 --alt "A map"  set the text
"""


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "List every image that pages and code refer to, and the file that each reference\n"
        "points to."
    )
    parser.epilog = _EXAMPLES
    parser.add_argument(
        "where", nargs="*", metavar="WHERE", help="only these: a page, a folder or PAGE:LINE"
    )
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--add", action="store_true", help="add missing images to assets.toml")
    modes.add_argument(
        "--fix", action="store_true", help="write into the pages what check asks for"
    )
    modes.add_argument(
        "--dangling", action="store_true", help="list only references to missing images"
    )
    parser.add_argument("--route", type=route, help="with --add: set the route of the new assets")
    parser.add_argument(
        "--alt",
        metavar="TEXT",
        help="with --fix and PAGE:LINE: the alternative text of an image that assets.toml does "
        'not list; "" if the image is decorative',
    )
    parser.add_argument("--jsonl", action="store_true", help="print one JSON object per line")
    add_no_cache(parser)


def contradiction(options: Namespace) -> str | None:
    if options.route and not options.add:
        return "--route requires --add: only --add creates assets"
    if options.alt is not None and (wrong := _wrong_alt(options)):
        return wrong
    if options.jsonl and (options.json or options.add or options.fix):
        return "--jsonl lists references: it cannot be combined with --json, --add or --fix"
    return None


def _wrong_alt(options: Namespace) -> str | None:
    from assetgen.check.problem import ALT_PLACEHOLDERS

    if not options.fix:
        return "--alt requires --fix: only --fix writes alternative texts"
    if len(options.where) != 1 or not re.search(r":\d+\Z", options.where[0]):
        return "--alt is the text of one image: name its place, PAGE:LINE"
    if options.alt.strip().rstrip(".").lower() in ALT_PLACEHOLDERS:
        return (
            f'--alt "{options.alt}" is only a placeholder: '
            'describe the image, such as --alt "A red bicycle"'
        )
    return None


def run(options: Namespace) -> int:
    from assetgen.gitenv import top_of
    from assetgen.pages import places

    here = context.resolved(options.folder)
    if options.add or options.fix:
        root = context.root(options)
        change = _add if options.add else _fix
        return change(options, root, places.parse(root, here, options.where))
    project, _ = context.root_or_scratch(options)
    root = project or Path(top_of(str(here)))
    chosen = places.parse(root, here, options.where)
    _list(options, root, chosen, has_manifest=project is not None)
    return 0


def _add(options: Namespace, root: Path, chosen: Sequence[PagePlace]) -> int:
    from assetgen.check import fix
    from assetgen.report import pages

    done = fix.add(root, chosen, options.route, cached=not options.no_cache)
    if options.json:
        context.print_json(pages.added_json(done))
    else:
        pages.added(done, sys.stdout)
        pages.outside(done.outside, sys.stderr)
    return 1 if done.proposals.refusals else 0


def _fix(options: Namespace, root: Path, chosen: Sequence[PagePlace]) -> int:
    from assetgen.check import fix
    from assetgen.fs import git_cures
    from assetgen.fs.tree import WorkTree
    from assetgen.report import pages

    done = fix.fix(root, chosen, options.alt, cached=not options.no_cache)
    if options.json:
        context.print_json(pages.fixed_json(done))
    else:
        pages.fixed(done, sys.stdout, git_cures.adding(WorkTree(root).held, done.pages))
    return 1 if done.left and not done.done else 0


def _list(
    options: Namespace, root: Path, chosen: Sequence[PagePlace], *, has_manifest: bool
) -> None:
    from assetgen.check import references
    from assetgen.refs import survey
    from assetgen.report import pages

    if has_manifest:
        listed = references.listed(root, chosen, cached=not options.no_cache)
    else:
        listed = references.listed_without_manifest(root, chosen)
    found = references.dangling(listed.survey) if options.dangling else listed.survey
    if options.json:
        context.print_json([pages.as_data(row) for row in found.rows])
    elif options.jsonl:
        for row in found.rows:
            context.print_json(pages.as_data(row), in_a_line=True)
    else:
        pages.references(found, sys.stdout, has_manifest=has_manifest)
        pages.outside(listed.outside, sys.stderr)
        if listed.content is None:
            pages.without_manifest(sys.stderr)
        elif not chosen:
            named = survey.vain(found, listed.content)
            pages.vain(named, sys.stderr, is_named=bool(listed.content))
