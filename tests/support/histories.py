"""Random edits of a random site, to compare what check says with and without its cache."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assetgen import snapshot
from assetgen.check import check, references
from assetgen.errors import AssetgenError
from assetgen.report.check import check_json
from assetgen.report.pages import as_data
from tests.support.images import picture
from tests.support.place import Place

#: How old a file must be to be trusted, in ns, in these tests: they cannot wait for seconds.
SOON = 12_000_000

_PICTURES = {size: picture(size=size) for size in ((60, 40), (40, 60), (8, 8))}
_PLACES = (
    *("public/img/one.png", "public/img/two.png", "public/three.png", "static/img/one.png"),
    *("docs/one.png", "docs/sub/two.png", "img/One.png", "src/one.png", "site/public/img/one.png"),
)
_NAMED = (
    *("/img/one.png", "/img/two.png", "/three.png", "./one.png", "two.png", "../one.png"),
    *("/base/img/one.png", "/public/img/one.png", "@/one.png", "~img/one.png", "/img/On%65.png"),
    *("/img/${name}.png", "https://x.invalid/a.png", "/static/img/one.png", "sub/two.png"),
    *("/img/missing.png", "gone.png", "/img/one.svg", "img/one.png"),
)
_ALTS = ("One", "Two", "", "A text")
_PAGES = (
    *("docs/a.md", "docs/b.mdx", "docs/sub/c.md", "docs/sub/d.html", "src/app.tsx"),
    *("src/style.css", "README.md", "docs/data.json", "site/docs/e.md", "docs/f.astro"),
)
_CONTENT = (
    '["docs/**/*.{md,mdx,html,json,astro}", "src/**/*"]',
    '["**/*"]',
    '["**/*.md", "!docs/sub/**"]',
    '["site/**/*.md"]',
    "[]",
)
_LINKS = ("docs/one.png", "public/img", "docs/sub", "docs/a.md", "docs/linked.md")
_TARGETS = ("../public/img/one.png", "../static/img", "../README.md", "nowhere", "/etc/hostname")


def _config(chance: random.Random) -> tuple[str, str]:
    """A file that decides what paths mean, with what it may say."""
    base = chance.choice(("/", "/base/", "/other"))
    folder = chance.choice(("public", "static", "docs", "img"))
    return chance.choice(
        (
            ("docusaurus.config.js", f'export default {{ baseUrl: "{base}", title: "x" }};\n'),
            ("next.config.js", f'module.exports = {{ basePath: "{base}" }};\n'),
            ("astro.config.mjs", f'export default {{ base: "{base}", publicDir: "{folder}" }};\n'),
            ("vite.config.ts", f'export default {{ base: "{base}", publicDir: "{folder}" }};\n'),
            ("_config.yml", f"baseurl: {base}\nsource: .\n"),
            ("mkdocs.yml", f"site_name: x\ndocs_dir: {folder}\n"),
            (
                "hugo.toml",
                f'[[module.mounts]]\nsource = "{folder}"\ntarget = "static"\n',
            ),
            ("tsconfig.json", f'{{"compilerOptions": {{"paths": {{"@/*": ["./{folder}/*"]}}}}}}'),
            ("package.json", f'{{"dependencies": {{"{chance.choice(("next", "vite"))}": "1"}}}}'),
            ("site/docusaurus.config.js", f'module.exports = {{ baseUrl: "{base}" }};\n'),
            (".gitignore", chance.choice(("gone.png\n", "*.png\n!one.png\n", "img/\n", ""))),
            ("docs/.gitignore", chance.choice(("*\n", "!gone.png\n"))),
            (".gitattributes", chance.choice(("* text=auto\n", "*.md text eol=crlf\n", ""))),
            (".gitmodules", f'[submodule "x"]\n\tpath = {folder}\n\turl = x\n'),
        )
    )


def _page(path: str, chance: random.Random) -> str:
    """A page with a few references, in the language of its suffix."""
    lines = []
    for _ in range(chance.randrange(4)):
        url, alt = chance.choice(_NAMED), chance.choice(_ALTS)
        size = chance.choice(("", 'width="60" height="40"', 'width="60" height="60"'))
        if path.endswith(".css"):
            lines.append(f'.a {{ background: url("{url}"); }}')
        elif path.endswith(".json"):
            lines.append(f'{{"image": "{url}"}}')
        elif path.endswith(".tsx"):
            lines.append(f'export const a{len(lines)} = <img src="{url}" alt="{alt}" {size} />;')
        else:
            lines.append(
                chance.choice((f"![{alt}]({url})", f'<img src="{url}" alt="{alt}" {size}>'))
            )
    head = ""
    if path.endswith((".md", ".mdx")) and chance.random() < 0.4:
        head = f"---\ntitle: T\nimage: {chance.choice(_NAMED)}\n---\n"
    return head + "\n\n".join(lines) + "x" * chance.choice((0, 1100, 1100, 1100, 3000)) + "\n"


def _manifest(chance: random.Random) -> str:
    content = chance.choice((*_CONTENT[:1] * 3, *_CONTENT))
    text = f'[project]\ncontent = {content}\noutputs = ["public", "docs"]\n'
    text += chance.choice(
        ("", 'public = "static"\n', 'framework = "vite"\n', 'emit = "src/ids.ts"\n')
    )
    text += chance.choice(("", '[check]\nignore = ["docs/sub/**"]\n'))
    text += chance.choice(("", '[check]\nmissing-alt = "off"\n')) if "[check]" not in text else ""
    for name, path in (("one", "public/img/one.png"), ("two", "docs/sub/two.png")):
        if chance.random() < 0.7:
            alt = chance.choice(_ALTS[:3])
            text += f'[[asset]]\nid = "{name}"\nkind = "cover"\npath = "{path}"\nalt = "{alt}"\n'
            text += f'[asset.values]\ntitle = "{alt or "T"}"\n'
    return text


class History:
    """One project and its random edits; each is told in ``log``."""

    def __init__(self, place: Place, seed: int) -> None:
        self.place = place
        self.log: list[str] = []
        self.compared = 0
        self._chance = random.Random(seed)
        for path in _PLACES[:6]:
            place.write(path, self._chance.choice(list(_PICTURES.values())))
        for path in _PAGES:
            place.write(path, _page(path, self._chance))
        place.write("assets.toml", _manifest(self._chance))
        place.start()

    def step(self) -> None:
        """Edit the project, and compare what is said of it with and without the cache."""
        for _ in range(self._chance.choice((1, 1, 1, 2, 3))):
            edit = self._chance.choice(self._edits())
            self.log.append(edit.__name__.strip("_"))
            edit()
        if self._chance.random() < 0.8:
            time.sleep(SOON / 1e9 + 0.005)  # else the files are too young to be trusted
        self._compare("check")
        if self._chance.random() < 0.3:
            self._compare("check --staged")
        if self._chance.random() < 0.3:
            self._compare("refs")

    def _compare(self, what: str) -> None:
        cached, fresh = self._said(what, cached=True), self._said(what, cached=False)
        assert cached[0] == fresh[0], f"{what} after {self.log}"
        assert cached[1] >= fresh[1], f"{what} rests on too little after {self.log}"
        self.compared += 1

    def _said(self, what: str, *, cached: bool) -> tuple[Any, set[str]]:
        """What is printed, and the files that it rests on."""
        root, environ = self.place.root, self.place.environ
        try:
            if what == "refs":
                listed = references.listed(root, [], cached=cached)
                return ([as_data(row) for row in listed.survey.rows], listed.survey.unread), set()
            report = check.check(root, environ, staged="staged" in what, cached=cached)
            return {**check_json(report), "pages": report.pages}, set(report.inputs)
        except (AssetgenError, ValueError) as exc:
            return str(exc), set()

    # -- edits -------------------------------------------------------------------------------------

    def _edits(self) -> list[Callable[[], object]]:
        edits = [self._write_a_page] * 4 + [self._same_size] * 3 + [self._write_a_picture] * 2
        edits += [self._configure] * 3 + [self._write_the_manifest] * 2 + [self._touch] * 2
        return [
            *edits,
            *(self._remove, self._move, self._link, self._swap, self._nothing, self._set_back),
            *(self._git_add, self._git_commit, self._git_switch, self._lose_the_cache),
        ]

    def _path(self) -> Path:
        """An existing file that is no folder."""
        places = [*_PAGES, *_PLACES, "assets.toml"]
        found = [one for one in places if os.path.lexists(self.place.root / one)]
        return self.place.root / self._chance.choice(found or ["assets.toml"])

    def _put(self, path: str, data: str | bytes) -> None:
        """Write a file; what is in its way goes."""
        full = self.place.root / path
        self.log[-1] += f" {path} {data!r}" if isinstance(data, str) else f" {path}"
        for place in (*reversed(full.relative_to(self.place.root).parents), Path(path)):
            here = self.place.root / place
            if here.is_symlink() or (here.is_dir() if here == full else here.is_file()):
                shutil.rmtree(here) if here.is_dir() and not here.is_symlink() else here.unlink()
        self.place.write(path, data)

    def _write_a_page(self) -> None:
        new = (*_PAGES, f"docs/new{self._chance.randrange(3)}/p.md")
        path = self._chance.choice(new)
        self._put(path, _page(path, self._chance))

    def _write_a_picture(self) -> None:
        data = self._chance.choice([*_PICTURES.values(), b"no picture"])
        self._put(self._chance.choice(_PLACES), data)

    def _configure(self) -> None:
        path, text = _config(self._chance)
        if self._chance.random() < 0.25:
            (self.place.root / path).unlink(missing_ok=True)
        else:
            self._put(path, text)

    def _write_the_manifest(self) -> None:
        self._put("assets.toml", _manifest(self._chance))

    def _same_size(self) -> None:
        """An edit of the same size, with the old times."""
        path = self._path()
        if path.is_file() and path.suffix != ".png":
            info, data = path.stat(), path.read_bytes()
            pairs = ((b"one", b"two"), (b"two", b"one"), (b"img", b"gmi"), (b"base", b"esab"))
            path.write_bytes(data.replace(*self._chance.choice(pairs)))
            os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))
            self.log[-1] += f" {path.name}"

    def _touch(self) -> None:
        os.utime(self._path(), follow_symlinks=False)

    def _set_back(self) -> None:
        """As if the clock of the machine were wrong."""
        when = time.time_ns() + self._chance.choice((-1, 1)) * 3_600_000_000_000
        os.utime(self._path(), ns=(when, when), follow_symlinks=False)

    def _remove(self) -> None:
        path = self._path()
        if path.name != "assets.toml":
            self.log[-1] += f" {path.name}"
            path.unlink() if not path.is_dir() or path.is_symlink() else shutil.rmtree(path)

    def _move(self) -> None:
        path = self._path()
        to = self._chance.choice(_PLACES if path.suffix == ".png" else _PAGES)
        if path.is_file() and path.name != "assets.toml":
            self.log[-1] += f" {path.relative_to(self.place.root)} to"
            data = path.read_bytes()
            path.unlink()
            self._put(to, data)

    def _link(self) -> None:
        link, target = self._chance.choice(_LINKS), self._chance.choice(_TARGETS)
        full = self.place.root / link
        if full.is_symlink() or full.is_file():
            full.unlink()
        elif full.is_dir():
            shutil.rmtree(full)
        if not full.parent.is_symlink():
            full.parent.mkdir(parents=True, exist_ok=True)
            full.symlink_to(target)
            self.log[-1] += f" {link} -> {target}"

    def _swap(self) -> None:
        """Two files exchange their places, and keep their times."""
        one, other = self._path(), self._path()
        if one != other and "assets.toml" not in (one.name, other.name):
            self.log[-1] += f" {one.name} {other.name}"
            aside = self.place.root / "aside"
            one.rename(aside)
            other.rename(one)
            aside.rename(other)

    def _nothing(self) -> None:
        return

    def _git_add(self) -> None:
        self._git("add", "-A")

    def _git_commit(self) -> None:
        self._git("add", "-A")
        self._git("commit", "-q", "--allow-empty", "-m", "more")

    def _git_switch(self) -> None:
        """Another branch, and back the next time."""
        self._git("add", "-A")
        self._git("commit", "-q", "--allow-empty", "-m", "more")
        self._git("checkout", "-q", *self._chance.choice((["-B", "other", "HEAD~1"], ["main"])))

    def _git(self, *arguments: str) -> None:
        done = self.place._run(["git", *arguments], self.place.root, dict(self.place.environ))
        self.log[-1] += f" (exit {done.code})" if done.code else ""

    def _lose_the_cache(self) -> None:
        name = self._chance.choice(("check", "pages", "key", "check-staged"))
        kept = self.place.root / ".assetgen/cache" / name
        if kept.is_file():
            data = kept.read_bytes()
            kept.write_bytes(self._chance.choice((b"", data[:-7], data.replace(b"a", b"b", 1))))


def soon_trusted(monkeypatch: Any) -> None:
    """Trust the times of files that are only some milliseconds old."""
    monkeypatch.setattr(snapshot, "RACY_NS", SOON)
