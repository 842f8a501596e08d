"""The command line: the commands by name, and the arguments of the one that is called."""

from __future__ import annotations

import argparse
import os

from assetgen import __version__

TYPE_CHECKING = False  # importing typing costs a third of the time that --help takes
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Any, NoReturn, Protocol

    class Command(Protocol):
        """A module of this folder. It may also have ``contradiction(options) -> str | None``."""

        def arguments(self, parser: argparse.ArgumentParser) -> None:
            """Add the arguments of the command."""

        def run(self, options: argparse.Namespace) -> int:
            """Run the command and return its exit code. Raises AssetgenError."""


#: Every command, in the order of --help. Each is a module of this folder.
COMMANDS = {
    "init": "write a starter assets.toml and the settings for git",
    "plan": "show what is missing or stale, why, and what it would cost",
    "generate": "make missing and stale images, record them, commit them",
    "pick": "put one of the candidates of an asset into place",
    "batch": "list, collect or cancel the batches that were sent",
    "watch": "make free images at every save; buys nothing",
    "check": "fail unless every image is recorded, unchanged and up to date",
    "layouts": "list kinds and layouts, their values, and an example of each",
    "fonts": "list fonts for more scripts; add one to templates/fonts",
    "refs": "list the images that pages and code refer to; add or fix them",
    "snippet": "print the code to paste into a page",
    "emit": "write the typed modules that project.emit names",
    "next": "list the images to generate, each with its whole prompt",
    "show": "print where an image came from",
    "adopt": "use an existing image file for an asset",
    "accept": "keep edited or stale files as they are",
    "approve": "approve pictures as they are, for exactly these bytes",
    "revoke": "take approvals back",
    "review": "look at every image on a page of its own, in a browser",
    "diff": "show which pictures changed since a commit, and why",
    "refine": "change the image of an asset, or a part of it, in words",
    "cost": "print what was paid, in one section for each bill",
    "request": "print what the route receives: an HTML page, or cURL",
    "routes": "print what each route is for, and whether it is ready",
    "gateway": "add, list or remove gateways in your own configuration",
    "doctor": "check the configuration and the log of paid requests",
    "mcp": "serve the tools that make images to agents, over MCP",
    "schema": "print the JSON Schema of assets.toml",
}

_EXIT_CODES = """\
Options after a command: assetgen COMMAND --help

exit codes:
  0  done                        8    template
  1  check found something       9    output storage
  2  manifest, or wrong usage    10   git
  3  account                     11   trust or budget
  4  unsupported option          12   outcome unknown
  5  routing                     130  interrupted
  6  moderation                  141  output closed by its reader
  7  rate limit, or busy
"""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options, with ``run``, the function of the command; wrong usage ends the process."""
    options = _parser(arguments).parse_args(arguments)
    if odd := next(_no_unicode(options), None):
        options.parser.error(f"an argument is not UTF-8: {odd!r}")
    command = _module(options.command)
    contradiction = getattr(command, "contradiction", None)
    if contradiction and (wrong := contradiction(options)):
        options.parser.error(wrong)
    options.run = command.run
    return options


def _no_unicode(options: argparse.Namespace) -> Iterator[str]:
    """Each text with bytes that are no characters; in the path of a file they are accepted."""
    for name, value in vars(options).items():
        texts = value if isinstance(value, list) else [value]
        for text in texts if name not in _PATHS else ():
            if isinstance(text, str) and not text.isascii():
                try:
                    text.encode()
                except UnicodeEncodeError:
                    yield text


#: The arguments that name files as text; the others that do are of type Path.
_PATHS = frozenset({"where"})


class _Parser(argparse.ArgumentParser):
    """Names of files that a hook passes may be taken for options: their text is foreign."""

    def error(self, message: str) -> NoReturn:
        from assetgen.text import clean

        super().error(clean(message))


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="assetgen",
        description="Make the images that assets.toml lists, and record where each came from.",
        epilog=_EXIT_CODES,
        formatter_class=_formatter,
        add_help=False,
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    group = _add_global_options(parser)
    group.add_argument(
        "--version",
        action="version",
        version=f"assetgen {__version__}",
        help="print the version",
    )
    for name, words in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=words,
            description=f"{words[0].upper()}{words[1:]}.",
            formatter_class=_formatter,
            add_help=False,
        )
        if name in arguments:
            command.set_defaults(command=name, parser=command)
            _module(name).arguments(command)
            _add_global_options(command, name)
    return parser


def _module(name: str) -> Command:
    from importlib import import_module

    module: Any = import_module(f"assetgen.commands.{name}")
    command: Command = module
    return command


def _add_global_options(
    parser: argparse.ArgumentParser, command: str | None = None
) -> argparse._ArgumentGroup:
    """Add the options that are accepted before and after ``command``.

    Only those before it have defaults: those after it would overwrite what was given before.
    """
    left_alone = argparse.SUPPRESS
    group = parser.add_argument_group("global options")
    group.add_argument("-h", "--help", action="help", default=left_alone, help="print this help")
    group.add_argument(
        "--json",
        action="store_true",
        default=left_alone if command else False,
        help=left_alone if command == "mcp" else "print data for programs",
    )
    group.add_argument(
        "--config",
        type=_path,
        default=left_alone if command else None,
        metavar="FILE",
        help="read your own configuration from this file",
    )
    group.add_argument(
        "-C",
        dest="folder",
        type=_path,
        default=left_alone if command else ".",
        metavar="DIR",
        help="work on the project in this folder",
    )
    return group


def _path(text: str) -> Path:
    from pathlib import Path

    return Path(text)


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Help as wide as the terminal, at most 100 columns. shutil, which argparse asks, is slow."""
    columns = os.environ.get("COLUMNS", "")
    width = int(columns) if columns.isdecimal() else 0
    if not width:
        try:
            width = os.get_terminal_size().columns
        except (OSError, ValueError):  # standard output is no terminal, or closed
            width = 80
    return argparse.RawDescriptionHelpFormatter(prog, width=min(width, 100) - 2)
