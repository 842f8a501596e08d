"""A favicon set in Chromium: the icon of the tab, and the web manifest."""

from __future__ import annotations

import json

from tests.support.place import Place
from tests.support.web_browser import Browser
from tests.support.web_site import served

_MANIFEST = """
[[asset]]
id = "icon"
kind = "icon"
path = "public/icons/icon.png"
alt = "A"
variants = { set = "favicon" }
values = { text = "AG", ground = "gradient" }
"""
_PAGE = """<!doctype html>
<html lang="en"><head><title>t</title>
{}
</head><body><p>t</p></body></html>"""
# What a site adds to the printed manifest, so that Chromium offers to install it.
_OWN = {"name": "A site", "start_url": "/", "display": "standalone"}


def _site(place: Place) -> None:
    place.manifest(_MANIFEST)
    place.ok("generate", "--no-commit")
    told = place.ok("snippet", "icon", "--json").data
    place.write("public/index.html", _PAGE.format(told["snippet"]))
    place.write(told["file"], json.dumps({**_OWN, **json.loads(told["content"])}))


def test_chromium_loads_the_icon_of_the_tab_and_every_file_that_the_head_names(
    place: Place,
) -> None:
    _site(place)
    with served(place.root / "public") as url, Browser() as browser:
        answers = dict(browser.answers(url))
        icons = {one.removeprefix(f"{url}icons/") for one, is_image in answers.items() if is_image}
        assert icons >= {"favicon.ico", "apple-touch-icon.png", "icon-16.png", "icon-192.png"}
        others = [one for one, is_image in answers.items() if "/icons/" in one and not is_image]
        assert others in ([], [f"{url}icons/site.webmanifest"])
        sizes = "['favicon.ico', 'icon-16.png', 'icon-512.png', 'apple-touch-icon.png'].map"
        shown = browser.evaluate(
            f"Promise.all({sizes}(async (name) => {{ const one = new Image(); "
            "one.src = `/icons/${name}`; await one.decode(); return one.naturalWidth; }))"
        )
        assert shown[1:] == [16, 512, 180]
        assert shown[0] in (16, 32, 48)


def test_chromium_reads_the_manifest_without_an_error_and_would_install_the_site(
    place: Place,
) -> None:
    _site(place)
    with served(place.root / "public") as url, Browser() as browser:
        browser.open(url)
        found = browser.app_manifest()
        assert found["url"] == f"{url}icons/site.webmanifest"
        assert found["errors"] == []
        stated = {(one["url"], one["sizes"]) for one in found["manifest"]["icons"]}
        assert stated == {
            (f"{url}icons/icon-{name}{side}.png", f"{side}x{side}")
            for side in (192, 512)
            for name in ("", "maskable-")
        }
        assert browser.installability_errors() == []
        place.write("public/bare.webmanifest", json.dumps({**_OWN, "icons": []}))
        bare = '<link rel="manifest" href="/bare.webmanifest">'
        place.write("public/bare.html", _PAGE.format(bare))
        browser.open(f"{url}bare.html")
        said = [one["errorId"] for one in browser.installability_errors()]
        assert "no-acceptable-icon" in said
