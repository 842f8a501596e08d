"""The command line: arguments -> one short handler per command; errors -> messages and exit codes."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetgen import __version__
from assetgen.errors import AssetgenError, StorageError
from assetgen.fs import platform

if TYPE_CHECKING:
    from assetgen.generate.outcome import Outcome
    from assetgen.settings.conditions import Conditions
from assetgen.errors import INTERRUPTED, UNREAD


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every error becomes its message here."""
    try:
        _mend_streams()
        code = _performed(_parsed(arguments))
    except SystemExit as exc:  # argparse has shown its help or its error
        raise SystemExit(_flushed(exc.code if isinstance(exc.code, int) else 0)) from None
    except OSError as exc:
        code = UNREAD if platform.is_reader_gone(exc) else _unwritten(exc)
    return _flushed(code)


def _performed(options: argparse.Namespace) -> int:
    try:
        return int(options.handler(options))
    except AssetgenError as exc:
        return _failed(exc, options)
    except KeyboardInterrupt:
        sys.stderr.write("assetgen: interrupted\n")
        return INTERRUPTED
    except OSError as exc:
        if platform.is_reader_gone(exc):
            raise
        where = str(exc.filename) if exc.filename else None
        return _failed(
            StorageError(f"the system refused: {exc.strerror or exc}", where=where), options
        )


def _failed(exc: AssetgenError, options: argparse.Namespace) -> int:
    from assetgen.report import text as report

    if options.json:
        _print_json(report.error_json(exc))
    else:
        with contextlib.suppress(OSError):  # the exit code still says it
            report.error(exc, sys.stderr)
    return exc.exit_code


# -- standard output and standard error ------------------------------------------------------------


def _mend_streams() -> None:
    """Make both streams take every text: characters that their encoding lacks are written as escapes."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None or stream.closed:  # the caller closed it: what is said goes nowhere
            nowhere = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(nowhere, "w", encoding="utf-8", closefd=False))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _flushed(code: int) -> int:
    """``code``, or 9 if what was said did not get out; a reader who has gone is no failure."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as exc:
            _discard(stream)
            if not platform.is_reader_gone(exc):
                code = code or _unwritten(exc)
    return code


def _unwritten(exc: OSError) -> int:
    from assetgen.report import text as report

    failure = StorageError(f"the output cannot be written: {exc.strerror or exc}")
    with contextlib.suppress(OSError):
        report.error(failure, sys.stderr)
    return failure.exit_code


def _discard(stream: Any) -> None:
    """Lead a stream to nowhere, so that what is left in its buffer cannot fail again when the process ends."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _print_json(value: Any, *, in_a_line: bool = False) -> None:
    from assetgen.report import text as report

    text = report.as_json(value, in_a_line=in_a_line)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # the escapes of the stream are not those of JSON
        text = report.as_json(value, in_a_line=in_a_line, ascii_only=True)
    print(text, flush=in_a_line)


# -- arguments -------------------------------------------------------------------------------------

_EXIT_CODES = """exit codes: 0 done, 1 check found something, 2 manifest or usage,
3 account, 4 unsupported option, 5 routing, 6 moderation, 7 rate limit or busy,
8 template, 9 output storage, 10 git, 11 trust or budget, 12 outcome unknown,
130 interrupted, 141 nobody read on"""


def _parser() -> argparse.ArgumentParser:
    from assetgen.pages import snippets

    parser = argparse.ArgumentParser(
        prog="assetgen",
        description="Make the pictures that assets.toml wants, and record where each came from.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"assetgen {__version__}")
    _everywhere(parser, first=True)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    init = _command(
        commands, "init", _init, "write a starter assets.toml and git's part of the agreement"
    )
    init.add_argument(
        "--agents",
        action="store_true",
        help="also a skill and a section of AGENTS.md for coding agents",
    )

    init.add_argument(
        "--hook",
        action="store_true",
        help="also a pre-commit hook of git's own that runs the check",
    )

    plan = _command(
        commands, "plan", _plan, "say what is missing or stale, why, and what it would cost"
    )
    plan.add_argument("ids", nargs="*", metavar="ID", help="only these assets")
    plan.add_argument("--all", action="store_true", help="show fresh assets too")

    generate = _command(
        commands, "generate", _generate, "make what is missing or stale, record and commit it"
    )
    generate.add_argument(
        "ids", nargs="*", metavar="ID", help="only these assets and what they need"
    )
    generate.add_argument(
        "--force", action="store_true", help="make them even if fresh, over edited or foreign files"
    )
    generate.add_argument(
        "--draft",
        action="store_true",
        help="local stand-ins for what a paid route has yet to draw; buy nothing",
    )
    generate.add_argument(
        "--resume",
        action="store_true",
        help="only settle what was paid for and is not in place; buy nothing",
    )
    generate.add_argument(
        "--free",
        action="store_true",
        help="only what costs nothing and is made here; announce the rest",
    )
    generate.add_argument(
        "--hook",
        action="store_true",
        help="for git hooks: --free, no commit; fail if anything was made, say how to add it",
    )
    generate.add_argument(
        "--pay", action="store_true", help="buy pictures in continuous integration too"
    )
    generate.add_argument(
        "-j", "--jobs", type=_positive, default=0, metavar="N", help="how many at once"
    )
    _no_commit(generate)

    watch = _command(
        commands,
        "watch",
        _watch,
        "make what is free at every save, and say what would cost; buys nothing",
    )
    watch.add_argument(
        "--commit", action="store_true", help="commit what was made, as generate does"
    )
    watch.add_argument(
        "--poll", action="store_true", help="look by itself: for shared folders and containers"
    )

    check = _command(
        commands, "check", _check, "fail unless every picture is recorded, whole and as wanted"
    )
    check.add_argument(
        "--staged",
        action="store_true",
        help="look at the git index: what the next commit will hold",
    )
    check.add_argument(
        "--strict",
        action="store_true",
        help="with --staged: stale pictures are errors, not warnings",
    )
    check.add_argument("--release", action="store_true", help="drafts are errors")
    check.add_argument(
        "--format", choices=("plain", "json", "github"), help="how findings are shown: plain"
    )
    check.add_argument("--all", action="store_true", help="show every finding")
    check.add_argument(
        "--rehash",
        action="store_true",
        help="read every file, trust no file times; not with --staged",
    )

    refs = _command(
        commands, "refs", _refs, "every picture that pages and code name, and the file it means"
    )
    refs.add_argument(
        "where", nargs="*", metavar="WHERE", help="only these: a page, a folder or PAGE:LINE"
    )
    acts = refs.add_mutually_exclusive_group()
    acts.add_argument(
        "--add",
        action="store_true",
        help="want the pictures that are named and not there: assets.toml",
    )
    acts.add_argument("--fix", action="store_true", help="write into the pages what check asks for")
    acts.add_argument(
        "--dangling", action="store_true", help="only those that name a picture that is not there"
    )
    refs.add_argument("--route", type=_named(ROUTE, ROUTES), help="with --add: who is to draw them")
    refs.add_argument(
        "--alt", metavar="TEXT", help='with --fix and PAGE:LINE: the text; "" if it only decorates'
    )
    refs.add_argument("--jsonl", action="store_true", help="one JSON object a line")

    snippet = _command(
        commands,
        "snippet",
        _snippet,
        "what to paste into a page: src, alt, width, height, all its files",
    )
    snippet.add_argument("id", metavar="ID", help="the asset, as assets.toml names it")
    snippet.add_argument(
        *("--for",),
        dest="form",
        choices=snippets.FORMS,
        help="the language of the page, if the project does not tell",
    )
    snippet.add_argument("--into", metavar="PAGE", help="append it to this page of Markdown or MDX")

    _command(
        commands,
        "emit",
        _emit,
        "write the typed module that project.emit names: every picture as plain data",
    )

    following = _command(
        commands,
        "next",
        _next,
        "what is to be painted: the whole prompt, the shape, the way back in",
    )
    following.add_argument("ids", nargs="*", metavar="ID", help="only these assets")

    show = _command(
        commands, "show", _show, "the provenance of an asset, by its id or any of its files"
    )
    show.add_argument("what", metavar="ID|FILE", help="an asset, or one of its files")

    adopt = _command(commands, "adopt", _adopt, "take an existing file as the picture of an asset")
    adopt.add_argument("id", metavar="ID", help="the asset, as assets.toml names it")
    adopt.add_argument(
        *("file",),
        metavar="FILE",
        type=Path,
        nargs="?",
        help="the picture: anywhere, PNG, JPEG, WebP or AVIF; inside Codex, the one new picture of its thread",
    )
    adopt.add_argument(
        "--route", type=_named(ROUTE, ROUTES), help=f"who drew it, if known: {ROUTES}"
    )
    adopt.add_argument(
        "--surface", type=_named(SURFACE, SURFACES), help=f"which bill, if known: {SURFACES}"
    )
    adopt.add_argument("--prompt", help="what it was asked for, if known")
    adopt.add_argument("--force", action="store_true", help="replace a picture that is there")
    _no_commit(adopt)

    accept = _command(
        commands, "accept", _accept, "take edited or stale files as they are for what is wanted now"
    )
    accept.add_argument("id", metavar="ID", help="the asset whose files were changed")
    _no_commit(accept)

    cost = _command(
        commands,
        "cost",
        _cost,
        "what the records say was paid, bill by bill; never a sum over bills",
    )
    cost.add_argument(
        "--by",
        choices=("model", "asset", "month"),
        default="model",
        help="how it is grouped: model",
    )
    cost.add_argument("--format", choices=("table", "json", "csv"), help="how it is shown: table")
    cost.add_argument(
        "--history", action="store_true", help="count every purchase in git history, once"
    )

    request = _command(
        commands,
        "request",
        _request,
        "what the route is given: a layout's HTML page, or the request as cURL",
    )
    request.add_argument(
        "id", metavar="ID", help="the asset; to look at it: assetgen request ID > page.html"
    )

    routes = _command(
        commands,
        "routes",
        _routes,
        "the route board: what each is for, its bill, what is ready here",
    )
    routes.add_argument(
        "id", nargs="?", metavar="ID", help="why this asset's route owns it, and not another"
    )

    doctor = _command(
        commands,
        "doctor",
        _doctor,
        "what stands in the way, and what was paid for and is not in place",
    )
    acts = doctor.add_mutually_exclusive_group()
    acts.add_argument(
        "--probe", action="store_true", help="draw one small picture with route images; asks first"
    )
    acts.add_argument(
        "--forget", type=_positive, metavar="N", help="give up entry N of the log of paid requests"
    )
    acts.add_argument(
        "--keep-log",
        action="store_true",
        help="the log came with a folder that you copied: keep it",
    )
    doctor.add_argument("--yes", action="store_true", help="with --probe: do not ask")

    _command(
        commands, "mcp", _mcp, "serve plan, next, adopt and show to agents, as MCP tools over stdio"
    )

    _command(commands, "schema", _schema, "print the JSON Schema of assets.toml", in_project=False)
    return parser


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The options; ends the process with a usage error for those that would have to be ignored."""
    options = _parser().parse_args(arguments)
    refuse = options.parser.error
    if options.handler is _schema and options.folder != Path():
        refuse("the schema is the same for every project: -C says nothing here")
    if options.handler is _generate and options.draft and (options.resume or options.force):
        refuse(
            "--draft buys nothing and replaces nothing: it goes with neither --resume nor --force"
        )
    if options.handler is _generate and (options.free or options.hook):
        if options.resume or options.pay or options.draft:
            refuse(
                "--free and --hook make what is free and final: they go with neither --resume, --pay nor --draft"
            )
        if options.hook and options.force:
            refuse(
                "--hook fails as long as it makes something, and --force always does: give one of them"
            )
    if options.handler is _mcp and options.json:
        refuse("standard output belongs to the protocol: --json says nothing here")
    if options.handler is _cost and options.json and options.format in ("table", "csv"):
        refuse(f"--json and --format {options.format} contradict each other: give one of them")
    if options.handler is _doctor and options.yes and not options.probe:
        refuse("--yes belongs to --probe: nothing else asks")
    told = options.handler is _adopt and (options.route or options.surface or options.prompt)
    if told and options.file is None:
        refuse(
            "--route, --surface and --prompt say what is known of a FILE; of a thread, Codex's own record does"
        )
    if options.handler is _refs:
        _refuse_of_refs(options, refuse)
    if options.handler is _check:
        if options.json and options.format in ("plain", "github"):
            refuse(f"--json and --format {options.format} contradict each other: give one of them")
        if options.strict and not options.staged:
            refuse("--strict belongs to --staged: without it, stale pictures are errors anyway")
        if options.rehash and options.staged:
            refuse(
                "--rehash is not for --staged: the index is compared by content, never by file times"
            )
    return options


#: The text in the cures of check that its reader is to replace.
_PLACEHOLDER = "what is to be seen"


def _refuse_of_refs(options: argparse.Namespace, refuse: Callable[[str], Any]) -> None:
    if options.route and not options.add:
        refuse("--route belongs to --add: nothing else wants pictures")
    if options.alt is not None and not options.fix:
        refuse("--alt belongs to --fix: nothing else writes texts")
    if options.alt is not None and not (
        len(options.where) == 1 and re.search(r":\d+\Z", options.where[0])
    ):
        refuse("--alt is the text of one picture: name its place, PAGE:LINE")
    if options.alt is not None and options.alt.strip().rstrip(".").lower() == _PLACEHOLDER:
        refuse(
            f'--alt "{_PLACEHOLDER}" only holds the place: write what is to be seen, such as --alt "A red bicycle"'
        )
    if options.jsonl and (options.json or options.add or options.fix):
        refuse("--jsonl lists references: it goes with neither --json, --add nor --fix")


def commands() -> list[str]:
    """The names of all commands."""
    actions = _parser()._actions
    return [
        name for action in actions if isinstance(action.choices, dict) for name in action.choices
    ]


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    handler: Callable[[argparse.Namespace], int],
    words: str,
    *,
    in_project: bool = True,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
    _everywhere(parser, first=False, folder=in_project)
    parser.set_defaults(handler=handler, parser=parser)
    return parser


def _everywhere(parser: argparse.ArgumentParser, *, first: bool, folder: bool = True) -> None:
    """The options that may stand before the command (where they have their defaults) and after it."""
    left_alone = argparse.SUPPRESS
    parser.add_argument(
        "--json",
        action="store_true",
        default=False if first else left_alone,
        help="print data for programs",
    )
    parser.add_argument(
        "--config",
        type=Path,
        default=None if first else left_alone,
        metavar="FILE",
        help="your own configuration",
    )
    if folder:
        default = Path() if first else left_alone
        parser.add_argument(
            "-C",
            dest="folder",
            type=Path,
            default=default,
            metavar="DIR",
            help="the project, if not here",
        )


def _no_commit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-commit", action="store_true", help="leave the commit to you")


ROUTE = r"local|images|responses|codex|gateway:[a-z0-9][a-z0-9-]*"
SURFACE = r"none|openai-api|codex-plan|gateway:[a-z0-9][a-z0-9-]*"
ROUTES = "local, images, responses, codex or gateway:NAME"
SURFACES = "none, openai-api, codex-plan or gateway:NAME"


def _named(pattern: str, choices: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise argparse.ArgumentTypeError(f"{text!r} is none of: {choices}")
        return text

    return check


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of 1 or more")
    return int(text)


# -- handlers --------------------------------------------------------------------------------------


def _root(options: argparse.Namespace) -> Path:
    from assetgen.plan.workspace import find_root

    return find_root(_folder(options.folder))


def _conditions(options: argparse.Namespace, root: Path) -> Conditions:
    from assetgen.settings.conditions import load_conditions

    return load_conditions(os.environ, root, options.config)


def _folder(folder: Path) -> Path:
    """``folder`` from the root of the file system, without links. Raises StorageError."""
    try:
        return folder.resolve()
    except FileNotFoundError:
        cure = "cd to a folder that is there"
        raise StorageError("the current folder is no longer there", cure=cure) from None
    except RuntimeError:  # what Python 3.11 and 3.12 say of links in a circle
        cure = "name a real folder"
        raise StorageError("links lead in a circle", where=str(folder), cure=cure) from None


def _init(options: argparse.Namespace) -> int:
    from assetgen.init import agents, githook, starter
    from assetgen.text import clean

    root = _folder(options.folder)
    if options.folder == Path():
        _refuse_second_manifest(root)
    written = starter.init(root)
    kept: dict[str, str] = {}
    asked = [agents.init(root)] if options.agents else []
    asked += [githook.init(root, os.environ)] if options.hook else []
    for done in asked:
        written += done.written
        kept |= done.kept
    if options.json:
        _print_json({"written": written, "kept": kept} if asked else {"written": written})
        return 0
    if written:
        print(*(clean(f"wrote {path}") for path in written), sep="\n")
    if kept:
        print(*(clean(f"left {path} as it is: {why}") for path, why in kept.items()), sep="\n")
    if options.hook and not kept:
        print(f"to commit without the check: {githook.SKIP}")
    if written:
        print("next: assetgen generate")
        shared = [path for done in asked for path in done.written if githook.is_committed(path)]
        files = [*_COMMITTED, *([agents.FOLDER, agents.AGENTS] * options.agents), *shared]
        print(f"and commit: git add {' '.join(files)}")
    else:
        print("everything is there already; next: assetgen plan")
    return 0


def _refuse_second_manifest(folder: Path) -> None:
    """Raise ManifestError if a folder above, in the same repository, has a manifest; -C says that another is meant."""
    from assetgen.errors import ManifestError
    from assetgen.manifest.schema import FILE
    from assetgen.plan.workspace import find_root

    try:
        above = find_root(folder)
    except ManifestError:
        return
    if above != folder:
        cure = f"assetgen plan, or, for a manifest of its own here: assetgen init -C {shlex.quote(str(folder))}"
        raise ManifestError(
            f"this folder belongs to a project already: {above / FILE}",
            where=str(folder),
            cure=cure,
        )


_COMMITTED = ("assets.toml", ".assetgen", ".gitattributes", ".gitignore")


def _plan(options: argparse.Namespace) -> int:
    from assetgen.paid import limits
    from assetgen.plan import decide, routing
    from assetgen.plan.workspace import open_workspace
    from assetgen.report.plan import plan_json, plan_table

    root = _root(options)
    conditions = _conditions(options, root)
    project = open_workspace(root, conditions)
    wanted = {project.manifest.find(asset_id).id for asset_id in options.ids}
    everything = decide.decide(project.manifest, project.world())
    decided = [d for d in everything if not wanted or d.asset.id in wanted]
    if options.json:
        _print_json(plan_json(decided))
    else:
        warnings = decide.warnings(decided, conditions.catalog, conditions.today())
        to_buy = [
            d
            for d in decided
            if d.action is decide.Action.DRAW and routing.is_bought(d.asset.route) and not d.problem
        ]
        warnings += limits.excess(to_buy, conditions.config)
        plan_table(decided, sys.stdout, everything=options.all or bool(wanted), warnings=warnings)
    return next((d.problem.exit_code for d in decided if d.problem), 0)


def _generate(options: argparse.Namespace) -> int:
    from assetgen.generate import performer
    from assetgen.generate.commit import leave
    from assetgen.generate.options import Options
    from assetgen.report.generate import Progress

    root = _root(options)
    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # whoever ends it gently is owed what Ctrl-C is
    progress = Progress(sys.stderr, os.environ)
    how = Options(
        ids=tuple(options.ids),
        force=options.force,
        commit=not (options.no_commit or options.hook),
        jobs=options.jobs,
        resume=options.resume,
        draft=options.draft,
        pay=options.pay,
        free=options.free or options.hook,
        patience=_IN_A_HOOK if options.hook else Options.patience,
    )
    environ = dict(
        os.environ
    )  # as it was: opening the repository takes the variables of git out of the process's own
    try:
        result = performer.generate(root, how, environ, progress, _conditions(options, root))
    finally:
        progress.end()
    if options.hook:
        leave(root, environ, result, _folder(Path()))
    return _told(result, options, "made") or int(options.hook and bool(result.made))


#: Seconds that a commit waits for another run: slow hooks get bypassed.
_IN_A_HOOK = 30.0


def _watch(options: argparse.Namespace) -> int:
    from assetgen.report.watch import watched
    from assetgen.watch import eyes, loop

    def tell(event: eyes.Event) -> None:
        if options.json:
            _print_json(event, in_a_line=True)
        else:
            watched(event, sys.stdout)

    root = _root(options)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        loop.Watch(
            root, _conditions(options, root), tell, commit=options.commit, poll=options.poll
        ).run()
    except KeyboardInterrupt:
        tell({"event": "stopped"})
    return INTERRUPTED


def _told(result: Outcome, options: argparse.Namespace, verb: str) -> int:
    from assetgen.report.generate import outcome, outcome_json

    if options.json:
        _print_json(outcome_json(result))
    else:
        outcome(result, sys.stdout, verb)
    return int(result.exit_code)


def _check(options: argparse.Namespace) -> int:
    from assetgen.check import check as gate
    from assetgen.check import findings
    from assetgen.report.check import check_github, check_json, check_plain

    root = _root(options)
    found = gate.check(
        root, options.staged, options.strict, options.release, options.rehash, os.environ
    )
    how = "json" if options.json else options.format
    if how == "json":
        _print_json(check_json(found))
    elif how == "github":
        check_github(found, sys.stdout, _above(root))
    elif found.findings:
        check_plain(found, sys.stdout, everything=options.all, way=_way(root))
    else:
        print(findings.check_message(found, options.staged))
    return found.exit_code


def _way(root: Path) -> str:
    """What leads to the project from where its user types: a hook runs at the top, wherever git was called."""
    here = Path.cwd() / os.environ.get("GIT_PREFIX", "")
    with contextlib.suppress(ValueError):  # another drive
        relative = Path(os.path.relpath(root, here.resolve())).as_posix()
        return "" if relative == "." else f"cd {shlex.quote(relative)} && "
    return f"cd {shlex.quote(str(root))} && "


def _above(root: Path) -> str:
    """The way from the checkout that GitHub Actions annotates to the project; "" if they are the same."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    top = Path(workspace).resolve() if workspace else root
    return (
        f"{root.relative_to(top).as_posix()}/" if root != top and root.is_relative_to(top) else ""
    )


def _show(options: argparse.Namespace) -> int:
    from assetgen.commands import show as lookup
    from assetgen.report import show as report_record

    root = _root(options)
    found = lookup.find(root, options.what, _folder(Path()))
    if options.json:
        _print_json(found.statement)
    else:
        report_record.show(found.statement, found.decision, sys.stdout)
    return 0


def _refs(options: argparse.Namespace) -> int:
    from assetgen.check import fix
    from assetgen.pages import places
    from assetgen.plan.workspace import open_workspace
    from assetgen.refs import survey
    from assetgen.report import pages

    root = _root(options)
    chosen = places.where(root, _folder(options.folder), options.where)
    if options.add:
        wanted = fix.add(root, chosen, options.route)
        _print_json(pages.added_json(wanted)) if options.json else pages.added(wanted, sys.stdout)
        return 2 if wanted.proposals.refusals and not wanted.added.ids else 0
    if options.fix:
        mended = fix.fix(root, chosen, options.alt)
        _print_json(pages.mended_json(mended)) if options.json else pages.mended(mended, sys.stdout)
        return 1 if mended.left and not mended.done else 0
    project = open_workspace(root)
    found = fix.survey(project, chosen)
    found = fix.dangling(found) if options.dangling else found
    if options.json:
        _print_json([pages.as_data(row) for row in found.rows])
    elif options.jsonl:
        for row in found.rows:
            _print_json(pages.as_data(row), in_a_line=True)
    else:
        pages.references(found, sys.stdout)
        if not chosen:
            content = project.manifest.project.content
            pages.vain(survey.vain(found, content), sys.stderr, is_named=bool(content))
    return 0


def _snippet(options: argparse.Namespace) -> int:
    from assetgen.pages import published, snippets
    from assetgen.plan.workspace import open_workspace
    from assetgen.text import clean

    root = _root(options)
    if options.into is not None:
        return _paste(options, root)
    project = open_workspace(root)
    found = published.delivered(project, options.id)
    site = project.sites.of(found.main.path)
    form = options.form or snippets.fitting(site)
    text = snippets.snippet(found, form, snippets.Pages(site, project.manifest.project.public))
    if options.json:
        _print_json({"id": options.id, "for": form, "snippet": text})
    else:
        print(*(clean(line, len(line)) for line in text.split("\n")), sep="\n")
    return 0


def _paste(options: argparse.Namespace, root: Path) -> int:
    from assetgen.pages import paste
    from assetgen.report import pages

    done = paste.paste(root, _folder(options.folder), options.id, options.into, options.form)
    if options.json:
        _print_json(pages.pasted_json(options.id, done))
    else:
        pages.pasted(done, sys.stdout)
    return 0


def _emit(options: argparse.Namespace) -> int:
    from assetgen.pages import typed_module
    from assetgen.report import pages

    done = typed_module.emit(_root(options))
    if options.json:
        _print_json(pages.emitted_json(done))
    else:
        pages.emitted(done, sys.stdout, sys.stderr)
    return 0


def _next(options: argparse.Namespace) -> int:
    from assetgen.plan.workspace import open_workspace
    from assetgen.report.plan import wants
    from assetgen.routes import brief

    root = _root(options)
    found = brief.wanted(open_workspace(root, _conditions(options, root)), options.ids)
    if options.json:
        _print_json([one.stated() for one in found])
    else:
        wants(found, sys.stdout)
    return 0


def _adopt(options: argparse.Namespace) -> int:
    from assetgen.generate import adopt
    from assetgen.generate.options import Options

    root = _root(options)
    if options.file is None:
        how = Options(force=options.force, commit=False)
        return _told(
            adopt.from_thread(root, options.id, how, _conditions(options, root)), options, "adopted"
        )
    brought = adopt.Brought(options.route, options.surface, options.prompt)
    how = Options(force=options.force, commit=not options.no_commit)
    return _told(adopt.adopt(root, options.id, options.file, brought, how), options, "adopted")


def _accept(options: argparse.Namespace) -> int:
    from assetgen.generate import adopt
    from assetgen.generate.options import Options

    root = _root(options)
    return _told(
        adopt.accept(root, options.id, Options(commit=not options.no_commit)),
        options,
        "accepted",
    )


def _cost(options: argparse.Namespace) -> int:
    from assetgen.paid import spending
    from assetgen.report import cost as report_bills
    from assetgen.report.cost import as_data
    from assetgen.settings.conditions import Conditions

    clock = Conditions(os.environ).clock
    spent = spending.read(_root(options), os.environ, clock, options.by, history=options.history)
    report_bills.cost_gaps(spent, sys.stderr)
    how = "json" if options.json else options.format
    if how == "json":
        _print_json(
            {"by": options.by, "history": options.history, "surfaces": as_data(spent.ledger)}
        )
    elif how == "csv":
        report_bills.cost_csv(spent.ledger, sys.stdout, sys.stderr)
    else:
        report_bills.cost(spent.ledger, sys.stdout)
    return 0


def _request(options: argparse.Namespace) -> int:
    from assetgen.routes import request as lookup

    root = _root(options)
    if not lookup.is_local(root, options.id):
        return _paid_request(options, root)
    page = lookup.page(root, options.id)
    if options.json:
        _print_json({"id": options.id, "html": page})
    else:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8")  # which the page says that it is
        print(page)
    return 0


def _paid_request(options: argparse.Namespace, root: Path) -> int:
    from assetgen.routes import request as curl
    from assetgen.routes import request as lookup

    provider, request = lookup.request(root, options.id, _conditions(options, root))
    if options.json:
        _print_json({"id": options.id, **curl.data(provider, request)})
    else:
        print(curl.command(provider, request))
    return 0


def _place(options: argparse.Namespace) -> tuple[Path | None, Path]:
    """The project, None if there is none here, and a folder that stands in for it and holds nothing."""
    from assetgen.errors import ManifestError
    from assetgen.plan.workspace import find_root

    folder = _folder(options.folder)
    try:
        return find_root(folder), folder / ".assetgen"
    except ManifestError:
        return None, folder / ".assetgen"


def _routes(options: argparse.Namespace) -> int:
    from assetgen.plan.workspace import open_workspace
    from assetgen.report import routes as report_routes
    from assetgen.report.routes import asset_json, board_json
    from assetgen.routes import readiness

    root, outside = _place(options)
    conditions = _conditions(options, root or outside)
    project = open_workspace(root, conditions) if root else None
    wanted = project.manifest if project else None
    is_route = options.id in readiness.names(conditions, wanted) and not (
        project and options.id in project.paths
    )
    if options.id and not is_route:
        project = project or open_workspace(_root(options), conditions)
        owner, others = readiness.of_asset(project, options.id, conditions)
        if options.json:
            _print_json(asset_json(owner, others))
        else:
            report_routes.route_of(owner, others, sys.stdout)
        return 0
    rows = readiness.rows(conditions, root or outside, wanted)
    rows = [row for row in rows if row.route == options.id] if is_route else rows
    if options.json:
        _print_json(board_json(rows))
    else:
        report_routes.board(rows, sys.stdout)
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from assetgen.doctor import doctor, open_purchases, probe
    from assetgen.paid import journal
    from assetgen.report import routes as report_routes
    from assetgen.report.routes import as_data

    if options.keep_log:
        journal.keep(_root(options))
        return _said(
            {"kept": journal.NAME},
            f"{journal.NAME} is kept as this checkout's own; next: assetgen doctor",
            options,
        )
    root, outside = (_root(options), Path()) if options.forget or options.probe else _place(options)
    conditions = _conditions(options, root or outside)
    if root and options.forget:
        entry = open_purchases.forget(root, conditions, options.forget)
        words = f"entry {entry.number} ({entry.asset_id}, {entry.surface}) is given up"
        return _said({"forgotten": entry.number, "id": entry.asset_id}, words, options)
    probed = None
    if root and options.probe:
        proposed = probe.proposal(root, conditions)
        if not _agreed(proposed.question, options):
            return _said({"sent": False}, "nothing was sent and nothing was paid", options)
        probed = probe.probe(root, conditions, proposed)
    found = doctor.examine(root, outside, conditions, probed)
    if options.json:
        _print_json(as_data(found))
    else:
        report_routes.doctor(found, sys.stdout)
    return found.exit_code


def _said(data: dict[str, Any], words: str, options: argparse.Namespace) -> int:
    from assetgen.text import clean

    if options.json:
        _print_json(data)
    else:
        print(clean(words))
    return 0


def _agreed(question: str, options: argparse.Namespace) -> bool:
    """Whether whoever sits there wants to pay. Raises TrustError if nobody can be asked."""
    from assetgen.errors import TrustError

    if options.yes:
        return True
    if not (sys.stdin and sys.stdin.isatty()):
        what = "a probe costs money, and nobody can be asked here; nothing was sent"
        raise TrustError(
            what, cure="run it in a terminal, or give --yes too: assetgen doctor --probe --yes"
        )
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _mcp(options: argparse.Namespace) -> int:
    from assetgen.errors import UnsupportedOption

    try:
        from assetgen.commands import mcp
    except ModuleNotFoundError as exc:
        if (exc.name or "").split(".")[0] not in ("mcp", "mcp_types"):
            raise
        what = "the MCP server needs the package mcp, version 2 or newer, which is not installed"
        raise UnsupportedOption(
            what, where=sys.executable, cure="pip install 'repo-assetgen[mcp]'"
        ) from None
    config = options.config.absolute() if options.config else None
    mcp.server(mcp.Desk(_folder(options.folder), config, dict(os.environ))).run("stdio")
    return 0


def _schema(options: argparse.Namespace) -> int:
    from assetgen.init import starter

    sys.stdout.write(starter.schema_text())
    return 0
