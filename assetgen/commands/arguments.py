"""Arguments that several commands accept."""

from __future__ import annotations

import argparse
import re

from assetgen import route_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assetgen.plan.shards import Shard


def add_no_commit(parser: argparse.ArgumentParser) -> None:
    """Add --no-commit, for commands that commit what they write."""
    parser.add_argument("--no-commit", action="store_true", help="do not commit")


def add_no_cache(parser: argparse.ArgumentParser) -> None:
    """Add --no-cache, for commands that remember what they decided."""
    parser.add_argument(
        "--no-cache",
        action="store_true",
        help="decide everything again: neither read nor write what earlier runs stored",
    )


def add_shard(parser: argparse.ArgumentParser) -> None:
    """Add --shard, for commands that can work on a part of all assets."""
    parser.add_argument(
        "--shard",
        type=_shard,
        metavar="N/OF",
        help="only the Nth of OF parts of all assets, as in 3/16, for machines that share the work",
    )


def _shard(text: str) -> Shard:
    from assetgen.plan import shards

    try:
        return shards.parse(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(str(exc)) from None


def route(text: str) -> str:
    """The name of a route. Raises argparse.ArgumentTypeError."""
    return _matching(text, route_names.ROUTE_PATTERN, route_names.ROUTES_IN_WORDS)


def surface(text: str) -> str:
    """The name of a bill. Raises argparse.ArgumentTypeError."""
    return _matching(text, route_names.BILL_PATTERN, route_names.BILLS_IN_WORDS)


def positive(text: str) -> int:
    """A number of 1 or more. Raises argparse.ArgumentTypeError."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of 1 or more")
    return int(text)


def clash(json: bool, form: str | None) -> str | None:
    """The usage error of --json with a --format that is not JSON; None if they agree."""
    if json and form not in (None, "json"):
        return f"--json cannot be combined with --format {form}"
    return None


def _matching(text: str, pattern: str, choices: str) -> str:
    if not re.fullmatch(pattern, text):
        raise argparse.ArgumentTypeError(f"{text!r} is not one of: {choices}")
    return text
