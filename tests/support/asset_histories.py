"""Random histories of a small project, and what commands say of it with and without the cache."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assetgen import snapshot, terms
from assetgen.check import check
from assetgen.errors import AssetgenError
from assetgen.generate import performer
from assetgen.generate.options import Options
from assetgen.paid import forecast
from assetgen.plan import remember
from assetgen.plan.workspace import open_workspace
from assetgen.report.check import check_json
from assetgen.report.plan import plan_json
from assetgen.settings.conditions import load_conditions
from tests.support.place import Place

_SHEET = """
size = [40, 20]
layout = "plain"
[values]
title = { type = "text" }
logo = { type = "picture" }
count = { type = "number", default = 1 }
[layouts.plain]
[layouts.other]
"""
_PLAIN = '<!doctype html><html><head></head><body>{% include "parts/foot.html" %}</body></html>'
_MANIFEST = """[project]
outputs = ["public", "assets"]
[defaults.values]
count = 3
[style.quiet]
palette = ["#ffffff"]
"""
_ENTRY = '[[asset]]\nid = "{id}"\nkind = "tiny"\npath = "public/{id}.png"\nalt = "{id}"\n'
_MORE = {
    "a": '[asset.values]\ntitle = "A"\n',
    "b": '[asset.values]\nlogo = "docs/logo.png"\n',
    "c": '[asset.values]\nlogo = "@a"\n',
    "d": 'from = "docs/d.md"\n',
    "e": 'style = "quiet"\n[asset.values]\nlayout = "other"\n',
    "f": '[asset.values]\ncount = { file = "data/n.json", pointer = "/n" }\n',
    "g": 'route = "adopted"\n',
    "h": 'variants = { widths = [10, 20] }\n[asset.values]\ntitle = """\n[[asset]]\n"""\n',
}


_COLLECTION = """
[[collection]]
id = "posts/{slug}"
from = "posts/**/*.md"
kind = "tiny"
path = "public/posts/{slug}.png"
alt = "{title}"
unless = { draft = true }
[collection.values]
title = "{page.author?}{title}"
[[collection]]
id = "rows/{row.id}-{theme}"
data = "data/rows.csv"
kind = "tiny"
path = "public/rows/{row.id}-{theme}.png"
alt = ""
[collection.matrix]
theme = ["x", "y"]
[collection.values]
title = "{row.id}"
"""


def build(place: Place, *, collected: bool = False) -> Place:
    """A committed project in which every image is fresh, of every kind that needs no key.

    With ``collected``, collections make some of them.
    """
    place.write("templates/tiny/template.toml", _SHEET)
    place.write("templates/tiny/plain.html", _PLAIN)
    place.write("templates/tiny/other.html", _PLAIN)
    place.write("templates/tiny/parts/foot.html", "<p>foot</p>")
    place.picture("docs/logo.png", (8, 8))
    place.picture("public/g.png", (8, 8))
    place.write("docs/d.md", "---\ntitle: D\n---\n\n![a](/a.png)\n")
    place.write("data/n.json", '{"n": 5}')
    place.write(".gitignore", ".assetgen/cache/\n")
    entries = [_ENTRY.format(id=name) + more for name, more in _MORE.items()]
    place.manifest(_MANIFEST + "".join(entries) + _COLLECTION * collected)
    if collected:
        place.write("data/rows.csv", "id,note\nr1,1\nr2,2\n")
        for number in range(5):
            place.write(f"posts/p{number}.md", f"---\ntitle: D{number}\n---\n")
    place.start()
    performer.generate(place.root, Options(commit=False), place.environ)
    place.run("adopt", "g", "public/g.png", "--no-commit")
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "images")
    return place


# -- what commands say -----------------------------------------------------------------------------


def said(place: Place, *, cached: bool, staged: bool = True) -> dict[str, Any]:
    """What plan, check and, if ``staged``, check --staged say, as data."""
    root, environ = place.root, place.environ

    def plan() -> Any:
        if cached and (answer := answered(place)) is not None:
            return answer
        conditions = load_conditions(environ, root)
        project = open_workspace(root, conditions, cached=cached)
        found = plan_json(forecast.decisions(project), project.places.collection)
        if cached:
            remember.planned(project, conditions, json.dumps(found))
        return found

    def checked(*, staged: bool) -> Any:
        return check_json(check.check(root, environ, staged=staged, cached=cached))

    found = {"plan": _outcome(plan), "check": _outcome(lambda: checked(staged=False))}
    return {**found, "staged": _outcome(lambda: checked(staged=True))} if staged else found


def answered(place: Place) -> Any:
    """What `plan --json` answers before it reads anything, as data; None if it must plan."""
    with contextlib.chdir(place.root):
        known = terms.of(".", place.environ, time.time_ns())
        found = snapshot.still_planned(time.time_ns(), known) if known else None
        text = snapshot.plan_as_json(found[0]) if found else None
    return None if text is None else json.loads(text)


def _outcome(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except AssetgenError as exc:
        rows = [[str(one.what), one.where, str(one.cure)] for one in exc.mistakes]
        return [type(exc).__name__, exc.what, exc.where, str(exc.cure), rows]


# -- what happens ----------------------------------------------------------------------------------


def keep_time(path: Path, change: Callable[[Path], object]) -> None:
    """Change a file and set its times back, as far as a program can."""
    before = path.stat()
    change(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _keep_time_seen_by_git(path: Path, change: Callable[[Path], object]) -> None:
    """``keep_time``, once git can see it: it compares times of change in whole seconds."""
    while path.exists() and int(time.time()) <= int(path.stat().st_ctime):
        time.sleep(0.02)
    keep_time(path, change)


def flip(path: Path) -> None:
    """Change one byte in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


class History:
    """One project in which something happens again and again; ``seed`` decides what."""

    def __init__(self, place: Place, seed: int) -> None:
        self._place = place
        self._root = place.root
        self._random = random.Random(seed)
        self._kept: list[bytes] = []
        self._happenings: list[Callable[[], object]] = [
            *([self._edit_entry] * 4),
            *([self._revert_file] * 3),
            *(self._edit_text, self._edit_picture, self._edit_record, self._swap, self._remove),
            *(self._no_file, self._shuffle, self._generate, self._stage, self._commit),
            *(self._checkout, self._conflict, self._reformat, self._interrupt, self._font),
            *([self._edit_post] * 4 if (self._root / "posts").is_dir() else []),
        ]

    def step(self) -> str:
        """Let something happen, and say what."""
        happening = self._random.choice(self._happenings)
        try:
            detail = happening()
        except (OSError, AssertionError, AssetgenError, ValueError) as exc:
            detail = f"could not: {exc}"
        return f"{happening.__name__} {detail or ''}"

    def _any(self, pattern: str) -> Path:
        found = sorted(path for path in self._root.glob(pattern) if path.is_file())
        return self._random.choice(found) if found else self._root / "absent"

    def _edit_entry(self) -> str:
        text = self._place.read("assets.toml").decode()
        self._kept.append(text.encode())
        rows = [
            ('title = "A"', f'title = "{self._random.randrange(3)}"'),
            ('alt = "b"', 'alt = "bee"'),
            ('"public/c.png"', '"public/moved/c.png"'),
            ('id = "e"', 'id = "ee"'),
            ('"@a"', '"@b"'),
            ("count = 3", "count = 4"),
            ("#ffffff", "#fffffe"),
            ('layout = "other"', 'layout = "plain"'),
            ("[10, 20]", "[10, 30]"),
            ('from = "docs/d.md"', 'from = "docs/e.md"'),
            ('route = "adopted"', 'route = "local"'),
            ('[[asset]]\nid = "b"', '[[asset]]\nid = "a"'),
            ("docs/logo.png", "docs/gone.png"),
            ("count = 3", "count = "),
            ('"docs/d.md"', '"docs/d.md"\ndraft = true'),
            ('alt = "d"', 'alt = "{title}"'),
        ]
        old, new = self._random.choice(rows)
        text = text.replace(old, new, 1) if old in text else text.replace(new, old, 1)
        self._place.manifest(text)
        return f"{old} -> {new}"

    def _shuffle(self) -> None:
        head, *entries = self._place.read("assets.toml").decode().split("\n[[asset]]\nid")
        self._random.shuffle(entries)
        self._place.manifest("\n[[asset]]\nid".join([head, *entries]))

    def _revert_file(self) -> str:
        if self._kept and self._random.random() < 0.5:
            self._place.write("assets.toml", self._random.choice(self._kept))
            return "assets.toml"
        self._place.git("checkout", "-q", "HEAD", "--", ".")
        return "all"

    def _edit_text(self) -> str:
        names = ["templates/**/*.html", "templates/**/*.toml", "docs/*.md", "data/*.json"]
        path = self._any(self._random.choice(names))
        old, new = self._random.choice(
            [("foot", "feet"), ("D", "E"), ("5", "7"), ("40, 20", "20, 40"), ("1", "2"), ("p", "q")]
        )
        _keep_time_seen_by_git(path, lambda one: one.write_text(one.read_text().replace(old, new)))
        return f"{path.name} {old}"

    def _edit_post(self) -> str:
        """A page or a row of a collection comes, goes, moves, or says something else."""
        path, name = self._any("posts/**/*.md"), f"posts/n{self._random.randrange(4)}.md"
        kind = self._random.randrange(6)
        if kind == 0:
            self._place.write(name, f"---\ntitle: N\nauthor: A{self._random.randrange(2)}\n---\n")
        elif kind == 1:
            path.rename(self._root / name)
        elif kind == 2:
            path.unlink()
        elif kind == 3:
            rows = "".join(f"r{one},1\n" for one in range(self._random.randrange(1, 4)))
            self._place.write("data/rows.csv", f"id,note\n{rows}")
        else:
            old, new = self._random.choice(
                [("D", "E"), ("---\nt", "---\ndraft: true\nt"), ("N", "M")]
            )
            _keep_time_seen_by_git(
                path, lambda one: one.write_text(one.read_text().replace(old, new, 1))
            )
        return f"{kind} {path.name} {name}"

    def _edit_picture(self) -> str:
        path = self._any(self._random.choice(["public/**/*.png", "docs/*.png"]))
        _keep_time_seen_by_git(path, flip)
        return path.name

    def _edit_record(self) -> str:
        path = self._any(".assetgen/records/*.json")
        _keep_time_seen_by_git(
            path, lambda one: one.write_text(one.read_text().replace("tiny", "tinx"))
        )
        return path.name

    def _reformat(self) -> str:
        path = self._any(".assetgen/records/*.json")
        path.write_text(json.dumps(json.loads(path.read_text())))
        return path.name

    def _swap(self) -> str:
        pattern = self._random.choice(["public/*.png", ".assetgen/records/*.json"])
        one, other = self._any(pattern), self._any(pattern)
        aside = self._root / "aside"
        os.rename(one, aside)
        if one != other:
            os.rename(other, one)
        os.rename(aside, other)
        return f"{one.name} {other.name}"

    def _remove(self) -> str:
        patterns = ["public/*.png", ".assetgen/records/*.json", "docs/*", "templates/tiny/*"]
        path = self._any(self._random.choice(patterns))
        path.unlink()
        return path.name

    def _no_file(self) -> str:
        path = self._any(self._random.choice(["public/*.png", ".assetgen/records/*.json"]))
        aside = self._root / "docs" / path.name
        os.rename(path, aside)
        if self._random.random() < 0.5:
            path.symlink_to(aside)
        else:
            path.mkdir()
        return path.name

    def _generate(self) -> str:
        options = Options(commit=self._random.random() < 0.5, free=True)
        outcome = performer.generate(self._root, options, self._place.environ)
        return ", ".join(one.decision.asset.id for one in outcome.made)

    def _stage(self) -> None:
        self._place.git("add", "-A")

    def _commit(self) -> None:
        self._place.git("add", "-A")
        self._place.git("commit", "-q", "--allow-empty", "-m", "work")

    def _checkout(self) -> str:
        commits = self._place.git("log", "--all", "--format=%H").split()
        chosen = self._random.choice(commits)
        self._place.git("checkout", "-q", "-f", chosen)
        return chosen[:8]

    def _conflict(self) -> None:
        """Leave a file that both sides changed."""
        if "MERGE_HEAD" in os.listdir(self._root / ".git"):
            self._place.git("merge", "--abort")
            return
        self._commit()
        here = self._place.git("rev-parse", "HEAD")
        for side in ("ours", "theirs"):
            self._place.git("checkout", "-q", "-f", here)
            flip(self._any("public/*.png"))
            self._place.git("commit", "-q", "-a", "-m", side)
        first = self._place.git("log", "--all", "--format=%H", "--grep=ours", "-n", "1")
        self._place._run(["git", "merge", "-q", first], self._root, self._place.environ)

    def _interrupt(self) -> None:
        """Leave the note of a run that was killed while it placed a file."""
        from assetgen.fs import store

        store.prepare(self._root)
        note = self._root / store.CACHE / "under-way.json"
        if note.exists():
            note.unlink()
            return
        token = snapshot.checkout_token(str(self._root)).decode()
        files = {"public/a.png": "0" * 64}
        note.write_text(json.dumps({"token": token, "files": files}))

    def _font(self) -> None:
        from assetgen.layouts import closure

        own = self._root / "templates" / "fonts"
        if own.is_dir():
            shutil.rmtree(own)
            return
        own.mkdir()
        first = sorted((closure.shipped_root() / "fonts").glob("*.ttf"))[0]
        (own / "own.ttf").write_bytes(first.read_bytes() + bytes(4))
