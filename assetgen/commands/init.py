"""assetgen init: a starter manifest and the settings for git."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.commands import context
from assetgen.cure import advice, command

if TYPE_CHECKING:
    from assetgen.check.inventory import Inventory
    from assetgen.cure import Cure
    from assetgen.init.sealed import Done

#: The same as assetgen.init.served.NAMES, which loads more.
AGENTS = ("codex", "agents-md", "claude", "cursor")
_TO_COMMIT = ("assets.toml", ".assetgen", ".gitattributes", ".gitignore")


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Write assets.toml, its JSON Schema, and lines for .gitattributes and\n"
        ".gitignore. Keeps an existing assets.toml."
    )
    parser.add_argument(
        "--agents",
        nargs="?",
        type=_agents,
        const=(),
        metavar="LIST",
        help="also write instructions for coding agents: AGENTS.md, and the files of those "
        f"that the repository has traces of, or that LIST names ({', '.join(AGENTS)})",
    )
    parser.add_argument(
        "--existing",
        action="store_true",
        help="also take the pictures that exist already into the baseline",
    )
    parser.add_argument(
        "--hook", action="store_true", help="also write a git pre-commit hook that runs check"
    )


def _agents(text: str) -> tuple[str, ...]:
    """The names in a list with commas. Raises argparse.ArgumentTypeError."""
    named = tuple(one.strip().lower() for one in text.split(",") if one.strip())
    unknown = [one for one in named if one not in AGENTS]
    if unknown or not named:
        raise ArgumentTypeError(f"{(unknown or [text])[0]!r} is not one of: {', '.join(AGENTS)}")
    return named


def run(options: Namespace) -> int:
    import os

    from assetgen.init import sites

    root = context.resolved(options.folder)
    if options.folder == Path():
        _refuse_nested_manifest(root)
        has_manifest = os.path.lexists(root / "assets.toml")
        if not has_manifest and (waiting := sites.several(sites.listing_of(root))):
            for folder in _asked(waiting, options):
                print(f"{folder}:")
                _init(Namespace(**{**vars(options), "folder": Path(folder)}))
            return 0
    return _init(options)


def _asked(waiting: Mapping[str, str], options: Namespace) -> list[str]:
    """The folders of the sites that the user chooses. Raises ManifestError for none."""
    import sys

    from assetgen.init import sites
    from assetgen.text import clean

    if options.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise sites.refusal(waiting)
    folders = list(waiting)
    print("Several sites are here. Each needs a manifest of its own:")
    for number, (folder, framework) in enumerate(waiting.items(), 1):
        print(clean(f"  {number}  {folder} ({framework})"))
    while True:
        try:
            said = input("For which? (numbers such as 1 2, or all; Enter for none) ").split()
        except EOFError:
            said = []
        if not said:
            raise sites.refusal(waiting)
        if said == ["all"]:
            return folders
        if all(one.isdigit() and 1 <= int(one) <= len(folders) for one in said):
            return list(dict.fromkeys(folders[int(one) - 1] for one in said))


def _init(options: Namespace) -> int:
    import os

    from assetgen import way
    from assetgen.check import inventory
    from assetgen.init import agents, githook, starter

    root = context.resolved(options.folder)
    way.lead_to(str(root))
    written = starter.init(root, is_bare=options.hook)
    extras = [agents.init(root, os.environ, options.agents)] if options.agents is not None else []
    extras += [githook.init(root, os.environ)] if options.hook else []
    found = _existing(root, written, is_wanted=options.existing)
    for done in extras:
        written += done.written
    site = inventory.of(root)
    if not options.json:
        _print(options, written, extras, found, site)
        return 0
    data: dict[str, object] = {"written": written}
    if found and found[0]:
        data["existing"] = found[0]
    if site:
        data["site"] = site.data()
    if extras:
        data["kept"] = _kept(extras)
    context.print_json(data)
    return 0


def _existing(root: Path, written: list[str], *, is_wanted: bool) -> tuple[int, int] | None:
    """The number of pictures that have no origin, which are in the baseline if ``is_wanted``.

    The second number is of those that check reports. None if a mistake in an assets.toml of the
    user keeps it from being known.
    """
    from assetgen.errors import AssetgenError
    from assetgen.generate import existing
    from assetgen.record import baseline

    if is_wanted:
        taken = existing.adopt_existing(root, commit=False)
        written += [baseline.FILE] if taken.is_written else []
        return taken.total, 0
    try:
        return existing.count(root)
    except AssetgenError:
        return None


def _kept(extras: list[Done]) -> dict[str, str]:
    return {path: why for done in extras for path, why in done.kept.items()}


def _print(
    options: Namespace,
    written: list[str],
    extras: list[Done],
    found: tuple[int, int] | None,
    site: Inventory | None,
) -> None:
    from assetgen import way
    from assetgen.init import agents, githook
    from assetgen.text import clean

    root = context.resolved(options.folder)
    there = way.to_project()
    go = f"{there} && " if there else ""
    kept = _kept(extras)
    for path in written:
        print(clean(f"wrote {path}"))
    for path, why in kept.items():
        print(clean(f"left {path} as it is: {why}"))
    if options.hook and not kept:
        print(f"to commit without the check: {githook.SKIP}")
    for line in site.lines() if site else ():
        print(clean(line))
    for line in _about_pictures(*(found or (0, 0)), go, is_taken=options.existing):
        print(clean(line))
    if not written:
        print("everything exists already; next: assetgen plan")
        return
    files = list(_TO_COMMIT)
    if options.agents is not None:
        files += agents.to_commit(root, options.agents)
    files += [path for done in extras for path in done.written if githook.is_committed(path)]
    verb = "check" if site and not site.assets else "generate"
    print(clean(f"next: {go}assetgen {verb}"))
    print(clean(f"and commit: {go}{_adding(root, files)}"))


def _adding(root: Path, files: list[str]) -> Cure:
    """The command that stages ``files``, of an ignored folder only what init wrote."""
    from assetgen.fs import git_cures
    from assetgen.fs.held import ignored_of
    from assetgen.fs.tree import WorkTree
    from assetgen.manifest.schema import SCHEMA

    held = WorkTree(root).held
    if ignored_of(held, files):  # -f would add the cache too
        files = [SCHEMA if path == ".assetgen" else path for path in files]
    return git_cures.adding(held, files)


def _about_pictures(found: int, reported: int, go: str, *, is_taken: bool) -> Iterator[str]:
    """What to know about the ``found`` pictures that exist already; check reports some of them."""
    from assetgen.text import count

    if found and is_taken:
        are = "is" if found == 1 else "are"
        said = f"{count(found, 'picture')} {are} in the baseline"
        yield f"{said}; check asks about new and changed ones"
    elif found:
        exist = "exists" if found == 1 else "exist"
        said = f"{count(found, 'picture')} {exist} already, without a record"
        if others := found - reported:
            are = "is" if others == 1 else "are"
            said += f" (check reports {reported}: {others} {are} SVG, GIF, ICO or BMP)"
        yield f"{said}; to take them as they are:"
        yield f"  {go}{command('assetgen adopt --existing')}"


def _refuse_nested_manifest(folder: Path) -> None:
    """Raise ManifestError if ``folder`` is inside a project already; -C allows it."""

    from assetgen.errors import ManifestError
    from assetgen.manifest.schema import FILE
    from assetgen.plan.workspace import find_root

    try:
        above = find_root(folder)
    except ManifestError:
        return
    if above != folder:
        separate = command("assetgen init -C {folder}", folder=str(folder))
        raise ManifestError(
            f"this folder is part of a project already: {above / FILE}",
            where=str(folder),
            cure=advice(
                "{plan}, or, to create a separate manifest here: {separate}",
                plan=command("assetgen plan"),
                separate=separate,
            ),
        )
