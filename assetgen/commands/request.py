"""assetgen request: what the route receives for an asset."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from assetgen.commands import context

_EXAMPLE = """\
example:
  assetgen request ID > page.html    then open page.html in a browser
"""


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Print what the route receives: the HTML page of a layout, or the request as a\n"
        "cURL command without its API key. Sends nothing."
    )
    parser.epilog = _EXAMPLE
    parser.add_argument("id", metavar="ID", help="the id of the asset in assets.toml")


def run(options: Namespace) -> int:
    from assetgen.routes import request

    root = context.root(options)
    if request.is_local(root, options.id):
        _print_page(options, root)
    else:
        _print_request(options, root)
    return 0


def _print_page(options: Namespace, root: Path) -> None:
    from assetgen.escapes import harmless_page
    from assetgen.routes import request

    page = request.page(root, options.id)
    if options.json:
        context.print_json({"id": options.id, "html": page})
        return
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")  # as the page itself states
    print(harmless_page(page))


def _print_request(options: Namespace, root: Path) -> None:
    from assetgen.report.request import request_json
    from assetgen.routes import request

    conditions = context.conditions(options, root)
    provider, sent = request.request(root, options.id, conditions)
    if options.json:
        context.print_json({"id": options.id, **request_json(provider, sent)})
    else:
        print(request.command(provider, sent))
