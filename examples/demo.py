"""The demonstration: a small MDX site gets all its pictures in a scratch repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
SCRATCH = HERE.parent / "build" / "demo"
# The repository is temporary, so commits get a made-up name.
WHO = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "assetgen demo"), ("EMAIL", "demo@example.org"))
}


def run(*command: str) -> str:
    """Run a command in the scratch repository; returns its output. Ends the demo if it fails."""
    done = subprocess.run(
        command, cwd=SCRATCH, env={**os.environ, **WHO}, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def assetgen(*arguments: str) -> str:
    return run(sys.executable, "-P", "-m", "assetgen", *arguments)


def main() -> None:
    """Copy the site, draw its pictures, check them, and tell the story in one table."""
    out = Console(highlight=False)
    shutil.rmtree(SCRATCH, ignore_errors=True)
    shutil.copytree(
        HERE / "mdx-site", SCRATCH, ignore=shutil.ignore_patterns("node_modules", "dist")
    )
    run("git", "init", "-q", "-b", "main")
    assetgen("init")
    run("git", "add", "-A")
    run("git", "commit", "-q", "-m", "A site without pictures")
    wanted = json.loads(assetgen("plan", "--json"))
    out.print(
        f"\nThe site asks for [bold]{len(wanted)} pictures[/] and has none. "
        "Drawing them, no key, no network ..."
    )
    begun = time.perf_counter()
    made = json.loads(assetgen("generate", "--json"))
    took = time.perf_counter() - begun
    out.print(_table(wanted))
    verdict = assetgen("check").strip().removeprefix("assetgen: ")
    files = [name for one in made["made"] for name in one["files"]]
    out.print(
        f"{len(files)} files in {took:.1f} s, committed as [bold]{made['commit']}[/]. "
        f"check: {verdict}."
    )
    out.print("The bill: none. Every picture was drawn on this machine.\n")
    site, command = _short(SCRATCH), _command()
    out.print(f"Look at them in [bold]{site}/public/img[/].", soft_wrap=True)
    out.print("Ask one about itself:", soft_wrap=True)
    out.print(f"  {command} -C {site} show public/img/launch.webp", soft_wrap=True)
    out.print(f"Change a title in {site}/assets.toml, then:", soft_wrap=True)
    out.print(f"  {command} -C {site} plan\n", soft_wrap=True)


def _command() -> str:
    beside = Path(sys.executable).with_name("assetgen")
    return _short(beside) if beside.exists() else "assetgen"


def _short(path: Path) -> str:
    """``path`` relative to the current folder if it is below it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _table(wanted: list[dict[str, object]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, justify in (
        ("picture", "left"),
        ("kind", "left"),
        ("size", "right"),
        ("files", "right"),
        ("bytes", "right"),
    ):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for asset in wanted:
        record = json.loads(
            (SCRATCH / ".assetgen" / "records" / f"{asset['id']}.json").read_bytes()
        )["predicate"]
        names = [str(seen["path"]) for seen in record["observed"]]
        size = f"{record['observed'][0]['width']}x{record['observed'][0]['height']}"
        total = sum((SCRATCH / name).stat().st_size for name in names)
        kind = f"{asset['kind']}, {record['intent']['values']['layout']}"
        table.add_row(Path(names[0]).name, kind, size, str(len(names)), f"{total / 1024:,.0f} KB")
    return table


if __name__ == "__main__":
    main()
