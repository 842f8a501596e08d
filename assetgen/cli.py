"""The command line: arguments -> one short handler per command; errors -> messages and exit codes."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen import __version__
from assetgen.errors import AssetgenError, StorageError

if TYPE_CHECKING:
    from assetgen.outcome import Outcome

INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every error becomes its message here."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.handler(options))
    except AssetgenError as exc:
        return _failed(exc, options)
    except KeyboardInterrupt:
        sys.stderr.write("assetgen: interrupted\n")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has gone
        return 0
    except OSError as exc:
        where = str(exc.filename) if exc.filename else None
        return _failed(StorageError(f"the system refused: {exc.strerror or exc}", where=where), options)


def _failed(exc: AssetgenError, options: argparse.Namespace) -> int:
    from assetgen import report

    if getattr(options, "json", False):
        print(report.as_json(report.error_json(exc)))
    else:
        report.error(exc, sys.stderr)
    return exc.exit_code


# -- arguments -------------------------------------------------------------------------------------

_EXIT_CODES = """exit codes: 0 done, 1 check found something, 2 manifest, 4 unsupported option, 7 busy, 8 template,
9 output storage, 10 git, 11 trust, 130 interrupted"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="assetgen",
        description="Make the pictures that assets.toml wants, and record where each came from.",
        epilog=_EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"assetgen {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    _command(commands, "init", _init, "write a starter assets.toml and git's part of the agreement")

    plan = _command(commands, "plan", _plan, "say what is missing or stale, why, and what it would cost")
    plan.add_argument("ids", nargs="*", metavar="ID", help="only these assets")
    plan.add_argument("--all", action="store_true", help="show fresh assets too")

    generate = _command(commands, "generate", _generate, "make what is missing or stale, record and commit it")
    generate.add_argument("ids", nargs="*", metavar="ID", help="only these assets and what they need")
    generate.add_argument("--force", action="store_true", help="make them even if fresh, over edited or foreign files")
    generate.add_argument("-j", "--jobs", type=_positive, default=0, metavar="N", help="how many at once")
    _no_commit(generate)

    check = _command(commands, "check", _check, "fail unless every picture is recorded, whole and as wanted")
    check.add_argument("--staged", action="store_true", help="look at the git index: what the next commit will hold")
    check.add_argument("--strict", action="store_true", help="with --staged: stale pictures are errors, not warnings")
    check.add_argument("--release", action="store_true", help="drafts are errors")
    check.add_argument("--format", choices=("plain", "json", "github"), default="plain", help="how findings are shown")
    check.add_argument("--all", action="store_true", help="show every finding")
    check.add_argument("--rehash", action="store_true", help="read every file, trust no file times")

    show = _command(commands, "show", _show, "the provenance of an asset, by its id or any of its files")
    show.add_argument("what", metavar="ID|FILE")

    adopt = _command(commands, "adopt", _adopt, "take an existing file as the picture of an asset")
    adopt.add_argument("id", metavar="ID")
    adopt.add_argument("file", metavar="FILE", type=Path)
    routes = "local, images, responses, codex or gateway:NAME"
    adopt.add_argument("--route", type=_named(ROUTE), help=f"who drew it, if known: {routes}")
    surfaces = "none, openai-api, codex-plan or gateway:NAME"
    adopt.add_argument("--surface", type=_named(SURFACE), help=f"which bill, if known: {surfaces}")
    adopt.add_argument("--prompt", help="what it was asked for, if known")
    adopt.add_argument("--force", action="store_true", help="replace a picture that is there")
    _no_commit(adopt)

    accept = _command(commands, "accept", _accept, "take edited or stale files as they are for what is wanted now")
    accept.add_argument("id", metavar="ID")
    _no_commit(accept)

    request = _command(commands, "request", _request, "what the route is given: for a layout, its HTML page")
    request.add_argument("id", metavar="ID")

    _command(commands, "schema", _schema, "print the JSON Schema of assets.toml")
    return parser


def commands() -> list[str]:
    """The names of all commands."""
    actions = _parser()._actions
    return [name for action in actions if isinstance(action.choices, dict) for name in action.choices]


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    handler: Callable[[argparse.Namespace], int],
    words: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
    parser.add_argument("--json", action="store_true", help="print data for programs")
    parser.add_argument("-C", dest="folder", type=Path, default=Path(), metavar="DIR", help="the project, if not here")
    parser.set_defaults(handler=handler)
    return parser


def _no_commit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-commit", action="store_true", help="leave the commit to you")


ROUTE = r"local|images|responses|codex|gateway:[a-z0-9][a-z0-9-]*"
SURFACE = r"none|openai-api|codex-plan|gateway:[a-z0-9][a-z0-9-]*"


def _named(pattern: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise argparse.ArgumentTypeError(f"{text!r} is none of them")
        return text

    return check


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of 1 or more")
    return int(text)


# -- handlers --------------------------------------------------------------------------------------


def _root(options: argparse.Namespace) -> Path:
    from assetgen.project import find_root

    folder: Path = options.folder
    return find_root(folder.resolve())


def _init(options: argparse.Namespace) -> int:
    from assetgen import report, starter

    root = options.folder.resolve()
    written = starter.init(root)
    if options.json:
        print(report.as_json({"written": written}))
    else:
        print(*(f"wrote {path}" for path in written), sep="\n", end="\n" if written else "")
        print("next: assetgen generate" if written else "everything is there already; next: assetgen plan")
    return 0


def _plan(options: argparse.Namespace) -> int:
    from assetgen import plan, report
    from assetgen.project import Project
    from assetgen.tree import WorkTree

    root = _root(options)
    project = Project(root, WorkTree(root))
    wanted = {project.manifest.find(asset_id).id for asset_id in options.ids}
    decisions = (d for d in plan.decide(project.manifest, project.world()) if not wanted or d.asset.id in wanted)
    if options.json:
        print(report.as_json(report.plan_json(decisions)))
    else:
        report.plan_table(list(decisions), sys.stdout, everything=options.all or bool(wanted))
    return 0


def _generate(options: argparse.Namespace) -> int:
    from assetgen import report, run

    root = _root(options)
    progress = report.Progress(sys.stderr)
    how = run.Options(tuple(options.ids), options.force, not options.no_commit, options.jobs)
    try:
        result = run.generate(root, how, os.environ, progress)
    finally:
        progress.end()
    return _told(result, options, root)


def _told(result: Outcome, options: argparse.Namespace, root: Path) -> int:
    from assetgen import report

    if options.json:
        print(report.as_json(report.outcome_json(result)))
    else:
        report.outcome(result, sys.stdout, str(root))
    return int(result.exit_code)


def _check(options: argparse.Namespace) -> int:
    from assetgen import gate, report

    root = _root(options)
    found = gate.check(root, options.staged, options.strict, options.release, options.rehash, os.environ)
    how = "json" if options.json else options.format
    if how == "json":
        print(report.as_json(report.check_json(found)))
    elif how == "github":
        report.check_github(found, sys.stdout)
    elif found.findings:
        report.check_plain(found, sys.stdout, everything=options.all)
    else:
        print(report.check_message(found, options.staged))
    return found.exit_code


def _show(options: argparse.Namespace) -> int:
    from assetgen import lookup, report

    root = _root(options)
    found = lookup.find(root, options.what, Path.cwd())
    if options.json:
        print(report.as_json(found.statement))
    else:
        report.show(found.statement, found.decision, sys.stdout)
    return 0


def _adopt(options: argparse.Namespace) -> int:
    from assetgen import adopt, run

    root = _root(options)
    brought = adopt.Brought(options.route, options.surface, options.prompt)
    how = run.Options(force=options.force, commit=not options.no_commit)
    return _told(adopt.adopt(root, options.id, options.file, brought, how), options, root)


def _accept(options: argparse.Namespace) -> int:
    from assetgen import adopt, run

    root = _root(options)
    return _told(adopt.accept(root, options.id, run.Options(commit=not options.no_commit)), options, root)


def _request(options: argparse.Namespace) -> int:
    from assetgen import lookup, report

    root = _root(options)
    page = lookup.page(root, options.id)
    print(report.as_json({"id": options.id, "html": page}) if options.json else page)
    return 0


def _schema(options: argparse.Namespace) -> int:
    from assetgen import starter

    sys.stdout.write(starter.schema_text())
    return 0
