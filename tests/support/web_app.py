"""An app of one framework: its pictures, its pages of snippets, its build without a network."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import tomli

from tests.support import web_build
from tests.support.place import Place

HERE = Path(__file__).resolve().parents[1] / "web"

#: Forms that name a picture by its URL alone.
_NEED_A_URL = ("html", "css", "markdown", "module")
_PAGES = {".html", ".tsx", ".mdx", ".md", ".astro"}
_FRAGMENT = re.compile(r"(?:// |\{/\* |<!-- )(IMPORTS|SECTIONS|BOXES) (\w+)(?: \*/\}| -->)?")


class App:
    """A copy of one of the apps in tests/web/apps, with pictures, module and snippets."""

    def __init__(self, place: Place, name: str, public: str, emit: str) -> None:
        self.place = place
        self.root = place.root
        shutil.copytree(HERE / "apps" / name, self.root, dirs_exist_ok=True)
        text = (HERE / "apps/assets.toml").read_text("utf-8").replace("public/", f"{public}/")
        place.manifest(text.replace("PUBLIC", f'public = "{public}"\nemit = "{emit}"'))
        place.environ = web_build.environ(place.environ)
        place.start()
        place.ok("generate")
        place.ok("check")
        self.assets = {
            asset["id"]: asset for asset in tomli.loads(place.read("assets.toml").decode())["asset"]
        }
        for page in [page for page in self.root.rglob("*") if page.suffix in _PAGES]:
            self._fill(page)

    def ids(self, form: str) -> list[str]:
        """The pictures that a page of this form can show."""
        return [name for name in self.assets if name != "inside" or form not in _NEED_A_URL]

    def snippet(self, name: str, form: str) -> tuple[list[str], str]:
        """The import lines and the markup, both as printed."""
        text = self.place.ok("snippet", name, "--for", form).out.rstrip("\n")
        head, blank, rest = text.partition("\n\n")
        return (head.splitlines(), rest) if head.startswith("import ") and blank else ([], text)

    def style(self, path: str) -> None:
        """Write a style sheet that is made of nothing but snippets."""
        self.place.write(
            path, "\n".join(self.snippet(name, "css")[1] + "\n" for name in self.ids("css"))
        )

    def _fill(self, page: Path) -> None:
        """Put the snippets where the page has room for them."""
        text = page.read_text("utf-8")
        known: set[str] = set()
        blank = "\n" if page.suffix in (".mdx", ".md") else ""

        def fragment(match: re.Match[str]) -> str:
            what, form = match[1], match[2]
            if what == "BOXES":
                word = "className" if page.suffix == ".tsx" else "class"
                boxes = [
                    (name, _class_of(self.snippet(name, "css")[1])) for name in self.ids("css")
                ]
                return "\n".join(
                    f'<div data-form="css" data-id="{n}" {word}="{style}"></div>'
                    for n, style in boxes
                )
            snippets = {name: self.snippet(name, form) for name in self.ids(form)}
            if what == "IMPORTS":
                new = [
                    line for lines, _ in snippets.values() for line in lines if line not in known
                ]
                known.update(new)
                return "\n".join(dict.fromkeys(new))
            inner = "" if form == "html" else blank
            return f"\n{blank}".join(
                f'<section data-form="{form}" data-id="{name}">\n{inner}{markup}\n{inner}</section>'
                for name, (_, markup) in snippets.items()
            )

        page.write_text(_FRAGMENT.sub(fragment, text), "utf-8")

    # -- building ----------------------------------------------------------------------------------

    def build(self, *command: str) -> str:
        """Run a build with loopback as the only network; returns its output."""
        code, said = web_build.built(self.root, self.place.environ, *command)
        assert code == 0, said[-6000:]
        return said


def _class_of(rule: str) -> str:
    found = re.search(r"^\.([a-z0-9-]+) \{$", rule, re.M)
    assert found
    return found[1]
