"""assetgen refine: change the image of an asset, or a part of it."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from assetgen.commands import context
from assetgen.commands.arguments import add_no_commit, positive

_EXAMPLE = """\
example:
  assetgen refine hero "warmer light"
  assetgen refine hero "a red door" --box 120,80,300,400
  assetgen refine hero --undo
"""


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Change the image of an asset. The step is added to assets.toml and bought. With\n"
        "--box or --mask, all pixels outside stay as they are."
    )
    parser.usage = (
        "assetgen refine ID TEXT [--box X,Y,W,H | --mask FILE]\n"
        "                       [--candidates N]\n"
        "       assetgen refine ID --undo"
    )
    parser.epilog = _EXAMPLE
    parser.add_argument("id", metavar="ID", help="the asset")
    parser.add_argument("text", metavar="TEXT", nargs="?", help="what changes")
    parser.add_argument(
        "--box",
        type=_box,
        metavar="X,Y,W,H",
        help="change only this part: left, top, width and height in pixels of the image",
    )
    parser.add_argument(
        "--mask",
        type=Path,
        metavar="FILE",
        help="change only where this PNG is transparent; it has the size of the image",
    )
    parser.add_argument(
        "--candidates", type=positive, metavar="N", help="buy N images, of which you pick one"
    )
    parser.add_argument(
        "--undo", action="store_true", help="take the last step out again, which costs nothing"
    )
    parser.add_argument("--pay", action="store_true", help="also buy in continuous integration")
    add_no_commit(parser)


def _box(text: str) -> tuple[int, int, int, int]:
    parts = text.split(",")
    if len(parts) != 4 or not all(part.strip().isdecimal() for part in parts):
        raise ArgumentTypeError(f"{text!r} is not X,Y,W,H in pixels, such as 120,80,300,400")
    x, y, width, height = (int(part) for part in parts)
    return x, y, width, height


def contradiction(options: Namespace) -> str | None:
    if options.undo and (options.text or options.box or options.mask or options.candidates):
        return "--undo takes the last step out: it is combined with no TEXT and no other step"
    if not options.undo and not (options.text or "").strip():
        return "the following arguments are required: TEXT, or --undo"
    if options.box and options.mask:
        return "--box cannot be combined with --mask: a step has one of them"
    return None


def run(options: Namespace) -> int:
    from assetgen.generate import refine
    from assetgen.generate.options import Options
    from assetgen.report.generate import Progress

    root = context.root(options)
    context.interrupt_on_sigterm()
    conditions = context.conditions(options, root)
    how = Options(commit=not options.no_commit, pay=options.pay, once=True)
    environ = dict(os.environ)
    if options.undo:
        outcome = refine.undo(root, options.id, how, environ, conditions)
        return context.print_outcome(options, outcome, "made")
    progress = Progress(sys.stderr, environ)
    asked = refine.Asked(options.text, options.box, options.mask, options.candidates)
    try:
        outcome = refine.refine(root, options.id, asked, how, environ, conditions, progress)
    finally:
        progress.end()
    return context.print_outcome(options, outcome, "refined")
