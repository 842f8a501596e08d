"""assetgen snippet: the code to paste into a page."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from assetgen.commands import context

#: The same as assetgen.pages.snippets.FORMS, which loads the manifest.
FORMS = (
    *("next", "react", "astro", "mdx", "markdown", "docusaurus", "html", "css"),
    *("vue", "nuxt", "svelte", "sveltekit", "vitepress"),
)
#: The same as assetgen.pages.heads.HEAD_FORMS.
HEAD_FORMS = (
    *("head", "astro-head", "svelte-head", "nuxt-head", "next-metadata"),
    *("docusaurus-front-matter", "hugo-front-matter", "jekyll-front-matter"),
    *("starlight-front-matter", "vitepress-front-matter"),
)


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Print the code to paste into a page: src, alt, the measured width and height,\n"
        "and all variants of the image. Of a favicon set: the links for the head of all\n"
        "pages, and the web manifest."
    )
    parser.add_argument("id", metavar="ID", help="the id of the asset in assets.toml")
    parser.add_argument(
        "--for",
        dest="form",
        choices=(*FORMS, *HEAD_FORMS),
        metavar="FORM",
        help=f"{', '.join(FORMS[:-1])} or {FORMS[-1]} (default: the form that fits the site); "
        f"for the head of a page: {', '.join(HEAD_FORMS[:-1])} or {HEAD_FORMS[-1]}",
    )
    parser.add_argument(
        "--into", metavar="PAGE", help="append the snippet to this Markdown or MDX page"
    )


def contradiction(options: Namespace) -> str | None:
    if options.into and options.form in HEAD_FORMS:
        return (
            f"--into cannot be combined with --for {options.form}, which is for the head of a page"
        )
    return None


def run(options: Namespace) -> int:
    root = context.root(options)
    if options.into is not None:
        _paste(options, root)
    else:
        _print(options, root)
    return 0


def _print(options: Namespace, root: Path) -> None:
    from assetgen.pages import snippets
    from assetgen.plan.workspace import open_workspace
    from assetgen.text import clean

    made = snippets.of_asset(open_workspace(root), options.id, options.form)
    if options.json:
        context.print_json({"id": options.id, **made.facts})
    else:
        print(*(clean(line, len(line)) for line in made.whole.split("\n")), sep="\n")


def _paste(options: Namespace, root: Path) -> None:
    from assetgen.fs import git_cures
    from assetgen.fs.tree import WorkTree
    from assetgen.pages import paste
    from assetgen.report import pages

    folder = context.resolved(options.folder)
    done = paste.paste(root, folder, options.id, name=options.into, form=options.form)
    if options.json:
        context.print_json(pages.pasted_json(options.id, done))
    else:
        pages.pasted(done, sys.stdout, git_cures.adding(WorkTree(root).held, [done.page]))
