"""A small site that names its pictures in right and wrong ways, built by its real framework.

The stem of each picture says where its one reference is shown: ``ok_`` everywhere, ``no_`` nowhere,
``base_`` only if the site is below a base path, ``root_`` only if it is not.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.support import web_build
from tests.support.place import Place
from tests.support.web_browser import Browser
from tests.support.web_site import served

_SITES = Path(__file__).resolve().parents[1] / "web" / "sites"
_PICTURE = r"(?:ok|no|base|root)_[a-z0-9_]+"
_NAMED = re.compile(rf"\b({_PICTURE})(?=\.png)")
_IN_URL = re.compile(rf"/({_PICTURE})[^/]*$")
#: The findings that say that a visitor does not see a picture.
_CODES = {"dangling", "public-url"}


@dataclass(frozen=True)
class Recipe:
    """How a site is built, and its pages by their URLs below the base."""

    name: str
    command: tuple[str, ...]
    output: str
    pages: tuple[str, ...]
    config: str
    """The file that contains the base path."""
    base: tuple[str, str] = ("/docs/", "/")
    """How it is written there, and what is written without one."""
    is_slow: bool = False
    """Whether it is built below the base path only."""
    broken: tuple[str, str] | None = None
    """A page and its text with which the build fails, because of each of its pictures."""


class Project:
    """A copy of a site in tests/web/sites, with its pictures, below /docs/ or not."""

    def __init__(self, place: Place, recipe: Recipe, *, has_base: bool) -> None:
        self._place, self._recipe, self._has_base = place, recipe, has_base
        place.environ = web_build.environ(place.environ)
        shutil.copytree(_SITES / recipe.name, place.root, dirs_exist_ok=True)
        for path in place.read("pictures.txt").decode().split():
            self._draw(path)
        (place.root / "pictures.txt").unlink()
        if not has_base:
            config = place.read(recipe.config).decode()
            assert recipe.base[0] in config
            place.write(recipe.config, config.replace(*recipe.base))
        self._texts = {
            path: path.read_text("utf-8")
            for path in sorted(place.root.rglob("*"))
            if path.is_file() and path.suffix != ".png"
        }
        place.start()
        place.ok("init", "--existing")

    def _draw(self, path: str) -> None:
        """A picture that is too large to be put into the page itself."""
        full = self._place.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        Image.effect_noise((120, 80), 99).convert("RGB").save(full)

    @property
    def named(self) -> set[str]:
        """Every picture that a file of the site names."""
        return {name for text in self._texts.values() for name in _NAMED.findall(text)}

    @property
    def expected(self) -> set[str]:
        """Those that a visitor does not see, as their names say."""
        lost = {"no_", "root_" if self._has_base else "base_"}
        return {name for name in self.named if any(map(name.startswith, lost))}

    def build(self) -> tuple[int, str]:
        """The exit code and the output of the framework."""
        return web_build.built(self._place.root, self._place.environ, *self._recipe.command)

    def lost(self) -> set[str]:
        """The pictures that Chromium requests in vain on the pages of the built site.

        Every picture that is named must be requested by some page.
        """
        output = self._place.root / self._recipe.output
        with served(output, "/docs/" if self._has_base else "/") as url, Browser() as browser:
            answers = [one for page in self._recipe.pages for one in browser.answers(url + page)]
        found: dict[str, bool] = {}
        for asked, is_shown in answers:
            if name := _IN_URL.search(asked):
                found[name[1]] = found.get(name[1], True) and is_shown
        assert set(found) == self.named, set(found) ^ self.named
        return {name for name, is_shown in found.items() if not is_shown}

    def reported(self) -> set[str]:
        """The pictures that check reports; no other error, and green only without any."""
        ran = self._place.run("check", "--json")
        errors = [one for one in ran.data["findings"] if one["level"] == "error"]
        assert {one["code"] for one in errors} <= _CODES, errors
        assert ran.code == (1 if errors else 0)
        names = [_NAMED.search(one["message"]) for one in errors]
        assert all(names), errors
        return {one[1] for one in names if one}

    def add_broken_page(self) -> set[str]:
        """Add the page with which the build fails; returns the pictures that it names.

        None are named in the root, and where no reference makes the build fail.
        """
        if not self._recipe.broken or not self._has_base:
            return set()
        path, text = self._recipe.broken
        self._place.write(path, text)
        return set(_NAMED.findall(text))

    def correct(self) -> None:
        """Take out every line that names a picture that is not shown."""
        for path, text in self._texts.items():
            lines = text.splitlines(keepends=True)
            path.write_text(
                "".join(line for line in lines if not self.expected & set(_NAMED.findall(line))),
                "utf-8",
            )
