"""What check keeps of pages is never out of date: with and without the cache, it says the same."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assetgen.check import check, references
from assetgen.errors import AssetgenError
from assetgen.refs.scan import scan
from assetgen.report.check import check_json
from assetgen.report.pages import as_data
from tests.support.histories import SOON, History, soon_trusted
from tests.support.images import picture
from tests.support.place import Place
from tests.support.rows import every

_FEW, _MANY = range(3), range(3, 60)


@pytest.mark.parametrize(
    "seed", [*_FEW, *(pytest.param(seed, marks=pytest.mark.more) for seed in _MANY)]
)
def test_the_cache_of_pages_changes_nothing_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    soon_trusted(monkeypatch)
    monkeypatch.setattr(scan, "MAX_BYTES", 2_600)
    history = History(Place(tmp_path / "site", tmp_path / "home"), seed)
    for _ in range(6 if seed in _FEW else 30):
        history.step()


# -- hostile changes -------------------------------------------------------------------------------

_FILLED = "\n" + "x" * 1_100 + "\n"  # longer than any pointer of Git LFS
_MANIFEST = """
[project]
content = ["docs/**/*.{md,html}", "src/**/*"]
outputs = ["public"]
[check]
ignore = ["docs/old.md"]
[[asset]]
id = "one"
kind = "cover"
path = "public/img/one.png"
alt = "One"
[asset.values]
title = "One"
"""
_FILES: dict[str, str | bytes] = {
    "assets.toml": _MANIFEST,
    "docs/a.md": f"![One](/img/one.png){_FILLED}",
    "docs/b.md": f'<img src="/img/two.png" alt="Two" width="60" height="40">{_FILLED}',
    "docs/gone.md": "![Gone](/img/gone.png)\n\n![Sub](/sub/a.png)\n\n"
    f'{{/* <img src="/img/only-without-mdx.png" alt="x" /> */}}{_FILLED}',
    "docs/own.html": f'<meta property="og:image" content="https://a.org/x.png">{_FILLED}',
    "docs/old.md": f"![](/img/never.png){_FILLED}",
    "src/app.ts": f'import two from "@/two.png";{_FILLED}',
    "src/two.png": picture(size=(60, 40)),
    "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}',
    "public/img/one.png": picture(size=(60, 40)),
    "public/img/two.png": picture(size=(60, 40)),
    "other/img/gone.png": picture(size=(60, 40)),
}


def _edit(path: str, old: str, new: str) -> Callable[[Place], object]:
    def edited(place: Place) -> None:
        text = place.read(path).decode()
        assert old in text
        place.write(path, text.replace(old, new))

    return edited


def _hidden(path: str, old: str, new: str) -> Callable[[Place], object]:
    """An edit of the same size that restores the times."""

    def edited(place: Place) -> None:
        info = (place.root / path).stat()
        _edit(path, old, new)(place)
        os.utime(place.root / path, ns=(info.st_atime_ns, info.st_mtime_ns))
        assert (place.root / path).stat().st_size == info.st_size

    return edited


def _adds(path: str, content: str | bytes) -> Callable[[Place], object]:
    return lambda place: place.write(path, content)


def _removes(path: str) -> Callable[[Place], object]:
    return lambda place: (place.root / path).unlink()


def _moves(path: str, to: str) -> Callable[[Place], object]:
    return lambda place: (place.root / path).rename(place.root / to)


def _another_size(place: Place) -> None:
    """Another picture of as many bytes, with the old times."""
    old = place.root / "public/img/two.png"
    info, data = old.stat(), picture(size=(40, 60))
    longer = max(len(data), info.st_size)
    old.write_bytes(data + bytes(longer - len(data)))
    os.utime(old, ns=(info.st_atime_ns, info.st_mtime_ns))


def _a_clock_set_back(place: Place) -> None:
    _edit("docs/a.md", "one.png", "ong.png")(place)
    os.utime(place.root / "docs/a.md", (0, 0))


def _a_link_for_a_page(place: Place) -> None:
    _moves("docs/gone.md", "docs/gone.txt")(place)
    (place.root / "docs/gone.md").symlink_to("gone.txt")


def _a_link_for_a_folder(place: Place) -> None:
    _moves("docs", "pages")(place)
    (place.root / "docs").symlink_to("pages")


def _another_target(place: Place) -> None:
    (place.root / "public/img/gone.png").symlink_to("two.png")


def _a_pointer_with_the_same_digest(place: Place) -> None:
    digest = hashlib.sha256(place.read("docs/gone.md")).hexdigest()
    size = len(place.read("docs/gone.md"))
    place.write(
        "docs/gone.md",
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {size}\n",
    )


def _another_branch(place: Place) -> None:
    place.start()
    place.git("checkout", "-q", "-b", "other")
    _edit("docs/a.md", "one.png", "ong.png")(place)
    place.git("commit", "-qam", "other")
    place.git("checkout", "-q", "main")
    check.check(place.root, place.environ)
    place.git("checkout", "-q", "other")


def _two_pages_exchanged(place: Place) -> None:
    _moves("docs/a.md", "docs/c")(place)
    _moves("docs/gone.md", "docs/a.md")(place)
    _moves("docs/c", "docs/gone.md")(place)


def _a_folder_for_a_page(place: Place) -> None:
    _removes("docs/gone.md")(place)
    (place.root / "docs/gone.md").mkdir()


def _a_folder_moved(place: Place) -> None:
    shutil.move(place.root / "public/img", place.root / "public/images")


_CHANGES: dict[str, Callable[[Place], object]] = {
    "a hidden edit of a page": _hidden("docs/a.md", "one.png", "ong.png"),
    "a hidden edit of a configuration": _hidden("tsconfig.json", "./src", "./crs"),
    "a picture of another size": _another_size,
    "a clock set back": _a_clock_set_back,
    "another path": _edit("docs/a.md", "/img/one.png", "/img/none.png"),
    "a page without a text": _edit("docs/a.md", "![One]", "![]"),
    "a new page in a new folder": _adds("docs/new/deep/p.md", "![x](/img/none.png)"),
    "a page less": _removes("docs/gone.md"),
    "a page under another name": _moves("docs/gone.md", "docs/left.md"),
    "pages exchanged": _two_pages_exchanged,
    "a page out of content": _moves("docs/gone.md", "gone.md"),
    "a page that is a folder": _a_folder_for_a_page,
    "a page that is too large": _edit("docs/gone.md", "xxx", "xxxxxxx"),
    "a page that is no text": _edit("docs/gone.md", "xxx", "x\0x"),
    "a page that is a pointer": _a_pointer_with_the_same_digest,
    "a page that is a link": _a_link_for_a_page,
    "a folder of pages that is a link": _a_link_for_a_folder,
    "the missing picture": _adds("public/img/gone.png", picture()),
    "a link for the missing picture": _another_target,
    "a picture less": _removes("public/img/two.png"),
    "a picture moved": _moves("public/img/two.png", "public/img/three.png"),
    "a picture in another case": _moves("public/img/two.png", "public/img/Two.png"),
    "a folder of pictures moved": _a_folder_moved,
    "an ignored picture": _adds(".gitignore", "gone*\n"),
    "a submodule": _adds(".gitmodules", '[submodule "x"]\n\tpath = public/sub\n\turl = x\n'),
    "an alias": _edit("tsconfig.json", "./src/*", "./lib/*"),
    "docusaurus": _adds("docusaurus.config.js", 'module.exports = { baseUrl: "/base/" };'),
    "next": _adds("next.config.js", 'module.exports = { basePath: "/base" };'),
    "a static folder": _adds("hugo.toml", '[[module.mounts]]\nsource="other"\ntarget="static"\n'),
    "a site inside": _adds("docs/_config.yml", "baseurl: /base\n"),
    "another branch": _another_branch,
    "another alt": _edit("assets.toml", 'alt = "One"', 'alt = "Two"'),
    "no asset": _edit("assets.toml", _MANIFEST.partition("[[asset]]")[2], 'id = "x"\n'),
    "another content": _edit("assets.toml", '"docs/**/*.{md,html}", ', ""),
    "the URL of the site": _edit("assets.toml", "[project]", '[project]\nurl = "https://a.org"'),
    "another public folder": _edit("assets.toml", "[project]", '[project]\npublic = "other"'),
    "another framework": _edit("assets.toml", "[project]", '[project]\nframework = "docusaurus"'),
    "a finding off": _edit("assets.toml", "[check]", '[check]\ndangling = "off"'),
    "a page ignored": _edit("assets.toml", "docs/old.md", "docs/*"),
    "no page ignored": _edit("assets.toml", "docs/old.md", "docs/other.md"),
}


def _said(place: Place, *, staged: bool, cached: bool) -> Any:
    try:
        report = check.check(place.root, place.environ, staged=staged, cached=cached)
        listed = references.listed(place.root, [], cached=cached)
    except AssetgenError as exc:
        return str(exc)
    rows = [] if staged else [as_data(row) for row in listed.survey.rows]
    return {**check_json(report), "pages": report.pages}, rows


@pytest.mark.parametrize("staged", [False, pytest.param(True, marks=pytest.mark.more)])
@pytest.mark.parametrize("change", every(2, _CHANGES))
def test_a_change_shows_in_what_is_kept_of_pages(
    bare: Place, monkeypatch: pytest.MonkeyPatch, change: str, staged: bool
) -> None:
    soon_trusted(monkeypatch)
    monkeypatch.setattr(scan, "MAX_BYTES", 2_000)
    for path, content in _FILES.items():
        bare.write(path, content)
    if staged:  # nothing counts as earlier: there is no commit
        bare.git("init", "-q", "-b", "main")
        bare.git("add", "-A")
    time.sleep(SOON / 1e9 + 0.005)
    before = _said(bare, staged=staged, cached=True)
    assert before == _said(bare, staged=staged, cached=True)
    _CHANGES[change](bare)
    if staged:
        bare.git("add", "-A")
    now = _said(bare, staged=staged, cached=True)
    assert now == _said(bare, staged=staged, cached=False)
    assert now != before


def test_an_unchanged_page_is_not_read_again(bare: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    soon_trusted(monkeypatch)
    for path, content in _FILES.items():
        bare.write(path, content)
    time.sleep(SOON / 1e9 + 0.005)
    check.check(bare.root, bare.environ)
    times = (bare.root / "docs/b.md").stat().st_atime_ns
    monkeypatch.setattr(scan, "read", None)  # whatever reads a page fails
    assert check.check(bare.root, bare.environ).pages == 6
    assert (bare.root / "docs/b.md").stat().st_atime_ns == times
    with pytest.raises(TypeError):
        check.check(bare.root, bare.environ, rehash=True)
    with pytest.raises(TypeError):
        check.check(bare.root, bare.environ, cached=False)
