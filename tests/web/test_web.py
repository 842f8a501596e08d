"""Snippets and the module in real frameworks: builds need no network, Chromium shows all."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.place import Place
from tests.support.web_app import App
from tests.support.web_browser import Browser
from tests.support.web_build import WEB
from tests.support.web_site import served


@dataclass(frozen=True)
class Built:
    """An app that is built and served: its pages, and which forms of snippet each of them shows."""

    name: str
    app: App
    url: str
    pages: dict[str, tuple[str, ...]]
    boxes: str | None = None
    """The page whose boxes a style sheet fills."""

    @property
    def forms(self) -> set[tuple[str, str]]:
        return {
            (form, name)
            for forms in self.pages.values()
            for form in forms
            for name in self.app.ids(form)
        }


@contextmanager
def _vite(place: Place) -> Iterator[Built]:
    app = App(place, "vite", "public", "src/assets.ts")
    app.style("src/style.css")
    app.build("tsc", "--noEmit")
    app.build("vite", "build")
    with served(app.root / "dist") as url:
        yield Built(
            "vite", app, url, {"": ("react", "mdx", "markdown", "module", "html")}, "css.html"
        )


@contextmanager
def _next(place: Place) -> Iterator[Built]:
    app = App(place, "next", "public", "src/assets.ts")
    app.style("app/style.css")
    app.build("next", "build")
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = str(found.getsockname()[1])
    command = ["next", "start", "-H", "127.0.0.1", "-p", port]
    with (
        open(app.root.parent / "start.log", "wb") as log,
        subprocess.Popen(
            command, cwd=app.root, env=app.place.environ, stdout=log, stderr=log
        ) as server,
    ):
        try:
            url = f"http://127.0.0.1:{port}/"
            _wait_for(url, server)
            yield Built(
                "next",
                app,
                url,
                {"": ("next", "react", "module"), "mdx": ("mdx", "markdown")},
                "css",
            )
        finally:
            server.terminate()


@contextmanager
def _astro(place: Place) -> Iterator[Built]:
    app = App(place, "astro", "public", "src/assets.js")
    app.style("src/styles/style.css")
    app.build("astro", "build")
    pages = {
        "": ("astro", "html"),
        "module/": ("module",),
        "mdx/": ("mdx", "markdown"),
        "plain/": ("markdown", "html"),
    }
    with served(app.root / "dist") as url:
        yield Built("astro", app, url, pages, "css/")


@contextmanager
def _docusaurus(place: Place) -> Iterator[Built]:
    app = App(place, "docusaurus", "static", "src/assets.mjs")
    app.build("docusaurus", "build")
    with served(app.root / "build", "/base/") as url:
        yield Built("docusaurus", app, url, {"": ("docusaurus",)})


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(url, timeout=10).close()
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


@pytest.fixture(
    scope="module",
    params=[_vite, _next, _astro, _docusaurus],
    ids=["vite", "next", "astro", "docusaurus"],
)
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Built]:
    """An app in a folder below the one with node_modules, as Node looks for packages upwards."""
    folder = Path(tempfile.mkdtemp(prefix="app-", dir=WEB))
    try:
        with request.param(Place(folder / "site", tmp_path_factory.mktemp("user") / "home")) as app:
            yield app
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def seen(built: Built, width: int = 1280, without: Collection[str] = ()) -> list[dict[str, Any]]:
    """Every picture on every page of an app at a window width; files ``without`` never arrive."""
    found = []
    for number, page in enumerate(built.pages):
        with Browser(
            width
        ) as browser:  # that has a wide file of another page shows it in a narrow window too
            browser.refuse(without)
            browser.open(built.url + page)
            found += browser.pictures()
            photograph(browser, f"{built.name}-{number}-{width}")
    return found


def photograph(browser: Browser, name: str) -> None:
    """Save a screenshot if ASSETGEN_WEB_SHOTS names a folder."""
    if folder := os.environ.get("ASSETGEN_WEB_SHOTS"):
        browser.screenshot(Path(folder) / f"{name}.png")


def size_of(built: Built, name: str) -> tuple[int, int]:
    """The pixels of an asset's main file, as they are on disk."""
    with Image.open(built.app.root / built.app.assets[name]["path"]) as image:
        return image.size


def has_ratio(natural: list[int], size: tuple[int, int]) -> bool:
    """Whether a picture has the ratio of ``size``, up to one pixel of rounding."""
    return abs(natural[0] * size[1] - natural[1] * size[0]) <= max(*natural, *size)


def test_every_picture_of_every_form_is_shown_with_its_alt_text_size_and_ratio(
    built: Built,
) -> None:
    pictures = seen(built)
    assert {(one["form"], one["id"]) for one in pictures} >= built.forms
    for one in pictures:
        asset, size = built.app.assets[one["id"]], size_of(built, one["id"])
        assert one["natural"][0] > 0, one
        assert one["alt"] == asset["alt"], one
        assert has_ratio(one["natural"], size), one
        assert has_ratio(one["shown"], size), one
        if one["form"] != "markdown":  # which cannot state a size
            assert (one["width"], one["height"]) == size, one


def test_a_narrow_window_is_given_the_narrow_file_in_the_best_format(built: Built) -> None:
    # If the browser chose a file by its width, its natural size is that of the box it is shown in.
    narrow = {
        "launch/cover": (400, "launch-640.avif"),
        "hero": (400, "hero-480.webp"),
        "inside": (600, ""),
    }
    # The browser would use the main file instead if another form on the page already loaded it.
    mains = [Path(built.app.assets[name]["path"]).name for name in ("launch/cover", "hero")]
    given = [
        one for one in seen(built, 400, mains) if one["id"] in narrow and one["form"] != "markdown"
    ]
    given = [
        one for one in given if one["form"] != "module" or built.name == "vite"
    ]  # the others show the main file
    assert {one["id"] for one in given} == set(narrow)
    for one in given:
        width, name = narrow[one["id"]]
        assert name in one["current"], one  # bundlers rename imported files
        assert one["natural"][0] == width, one


def test_boxes_of_a_style_sheet_show_the_picture_in_the_best_format(built: Built) -> None:
    if built.boxes is None:
        pytest.skip("its style sheets do not know the base that the site is served below")
    with Browser() as browser:
        browser.open(built.url + built.boxes)
        boxes = browser.boxes()
        photograph(browser, f"{built.name}-boxes")
    assert [one["id"] for one in boxes] == built.app.ids("css")
    for one in boxes:
        assert one["natural"][0] > 0, one
        assert has_ratio(one["natural"], size_of(built, one["id"])), one
        assert has_ratio(one["shown"], size_of(built, one["id"])), one
        if one["id"] == "launch/cover":
            assert one["current"].endswith("/img/launch-1200.avif")


def test_the_blur_is_shown_before_the_picture(built: Built) -> None:
    if built.name not in ("vite", "next"):
        pytest.skip("the framework takes no blur")
    form = {"vite": "module", "next": "next"}[built.name]
    with Browser() as browser:
        browser.open_without("*img*", built.url)
        script = f"""[...document.querySelectorAll('section[data-form={form}] img')].map(
            (picture) => [
                picture.closest("section").dataset.id,
                getComputedStyle(picture).backgroundImage,
            ])"""
        found = dict(browser.evaluate(script))
        photograph(browser, f"{built.name}-blur")
    assert set(found) >= set(built.app.ids("module"))
    for name in built.app.ids("module"):
        assert built.app.place.record(name)["placeholder"].partition(",")[2][:200] in found[
            name
        ].replace("%2B", "+")
