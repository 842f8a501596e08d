"""Faults that a commit must not contain: how each is made and what the hook reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from assetgen.record import record
from tests.support.place import Place
from tests.support.tiny import LAYOUT, want


@dataclass(frozen=True)
class Break:
    """``how`` breaks and stages a project with the pictures a and b; the hook prints ``said``.

    ``cure`` is how the first printed cure begins. ``in_sight`` is whether the fault is visible to
    pre-commit, which hides unstaged changes from the hook; otherwise a plain git hook is used.
    """

    how: Callable[[Place], None]
    said: str
    cure: str
    in_sight: bool = True
    rounds: int = 1
    """How many cures it takes at most, where one finding follows another."""


def _staged(place: Place, *paths: str) -> None:
    place.git("add", "--", *paths)


def _missing(place: Place) -> None:
    want(place, "a", "b", "c")
    _staged(place, "assets.toml")


def _unstaged(place: Place) -> None:
    _missing(place)
    place.ok("generate", "--no-commit")


def _edited(place: Place) -> None:
    place.write("public/a.png", place.read("public/a.png") + b"more")
    _staged(place, "public/a.png")


def _stripped(place: Place) -> None:
    from PIL import Image

    with Image.open(place.root / "public/a.png") as picture:
        plain = picture.copy()
    plain.info.clear()
    plain.save(place.root / "public/a.png")
    _staged(place, "public/a.png")


def _half_staged(place: Place) -> None:
    place.write("templates/tiny/plain.html", LAYOUT.replace("#fff", "#00f"))
    place.ok("generate", "--no-commit")
    _staged(place, "templates", "public/a.png", "public/b.png", record.place("b"))


def _damaged(place: Place) -> None:
    path = record.place("a")
    place.write(path, place.read(path).replace(b'"alt"', b'"ALT"') + b" ")
    _staged(place, path)


def _reformatted(place: Place) -> None:
    path = record.place("a")
    place.write(path, json.dumps(json.loads(place.read(path))).encode())
    _staged(place, path)


def _orphan(place: Place) -> None:
    want(place, "a")
    _staged(place, "assets.toml")


def _unrecorded(place: Place) -> None:
    place.picture("public/it is's.png")
    _staged(place, "public")


def _foreign(place: Place) -> None:
    want(place, "a", "b", "c")
    place.picture("public/c.png", size=(40, 20))
    _staged(place, "assets.toml", "public")


def _renamed(place: Place) -> None:
    place.manifest(place.read("assets.toml").decode().replace('id = "b"', 'id = "c"'))
    _staged(place, "assets.toml")


def _page(place: Place, text: str, alt: str = "A", check: str = "", kind: str = "tiny") -> None:
    """A page that a commit brings in, in a project whose page names both pictures."""
    want(place, "a", "b")
    manifest = place.read("assets.toml").decode().replace('alt = ""', f'alt = "{alt}"')
    emit = 'emit = "src/assets.ts"\n' if kind == "emit" else ""
    place.manifest(f'[project]\ncontent = ["content/**/*.mdx"]\n{emit}[check]\n{check}\n{manifest}')
    place.write("content/both.mdx", f"![{alt}](/a.png)\n\n![{alt}](/b.png)\n")
    place.write("content/it's [new].mdx", text)
    _staged(place, "assets.toml", "content")


def _dangling(place: Place) -> None:
    _page(place, "![A tree](/tree.png)\n")


def _slip(place: Place) -> None:
    _page(place, "# Both\n\n![A](/A.png)\n")


def _slip_without_alt(place: Place) -> None:
    _page(place, '<img src="/A.png" />\n')


def _missing_alt(place: Place) -> None:
    _page(place, '<img src="/a.png" />\n')


def _alt_differs(place: Place) -> None:
    _page(place, "![B](/a.png)\n", alt='It is \\"A\\" & {more}'.replace("{more}", "more"))


def _size_differs(place: Place) -> None:
    _page(place, '<img src="/a.png" alt="A" width={400} height={100} />\n')


def _public_url(place: Place) -> None:
    place.write("next.config.js", "module.exports = {}\n")
    _staged(place, "next.config.js")
    _page(place, '<img src="/public/a.png" alt="A" />\n')


def _unreferenced(place: Place) -> None:
    _page(place, "text\n", check='unreferenced = "error"')
    place.write("content/both.mdx", "![A](/a.png)\n")
    place.write("content/b.mdx", "text\n")
    _staged(place, "content")


def _emit(place: Place) -> None:
    _page(place, "text\n", kind="emit")


BREAKS: dict[str, Break] = {
    "missing": Break(_missing, "public/c.png: missing", "assetgen generate c"),
    "not staged": Break(_unstaged, "exists, but is not staged", "git add -- public/c.png"),
    "edited": Break(_edited, "public/a.png: edited", "assetgen accept a"),
    "stripped": Break(_stripped, "public/a.png: marking", "assetgen accept a"),
    "staged without its record": Break(
        _half_staged, "its record is not", "git add -- .assetgen/records/a.json", in_sight=False
    ),
    "damaged record": Break(_damaged, "a.json: record: is not usable", "git restore"),
    "reformatted record": Break(_reformatted, "a.json: record: was reformatted", "git restore"),
    "orphan": Break(_orphan, "b.json: orphan", "git rm"),
    "unrecorded": Break(
        _unrecorded, "unrecorded: has no record", "assetgen adopt --existing --no-commit"
    ),
    "foreign": Break(_foreign, "public/c.png: foreign", "assetgen adopt c public/c.png"),
    "renamed": Break(_renamed, "b was renamed to c", "assetgen adopt c public/b.png"),
    "dangling": Break(
        _dangling,
        "dangling: /tree.png refers to a missing image",
        "assetgen refs --add 'content/it",
        rounds=2,
    ),
    "dangling by a slip": Break(
        _slip, "dangling: /A.png refers to a missing image", "assetgen refs --fix 'content/it"
    ),
    "dangling by a slip, without a text": Break(
        _slip_without_alt,
        "dangling: /A.png refers to a missing image",
        "assetgen refs --fix 'content/it",
    ),
    "missing alt": Break(_missing_alt, "missing-alt", "assetgen refs --fix 'content/it"),
    "alt differs": Break(_alt_differs, "alt-differs", "assetgen refs --fix 'content/it"),
    "size differs": Break(
        _size_differs,
        "size-differs: width and height are 400 and 100",
        "assetgen refs --fix 'content/it",
    ),
    "public URL": Break(
        _public_url,
        "public-url: /public/a.png contains the public folder",
        "assetgen refs --fix 'content/it",
    ),
    "unreferenced": Break(
        _unreferenced,
        "unreferenced: no page refers to public/b.png",
        "assetgen snippet b --into con",
    ),
    "emit": Break(_emit, "src/assets.ts: emit: does not exist", "assetgen emit"),
}
