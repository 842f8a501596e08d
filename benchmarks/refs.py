"""`assetgen refs` on generated documentation, compared with only reading it and with a regex.

It also measures `check` on these pages, with one page just saved and with no change.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks import measure
from benchmarks.check import settle
from benchmarks.measure import ASSETGEN, PYTHON

_ASSETS = 100
_PAGES = "docs/**/*.{md,mdx}", "src/**/*.{tsx,css}"
_WALK = """
import os, sys
for top in ("docs", "src"):
    for folder, _, names in os.walk(top):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                found(file.read())
"""
_READING = "found = len\n" + _WALK
_REGEX = (
    r"""
import re
found = re.compile(
    rb'!\[[^\]]*\]\(([^)\s]+)|<(?:img|Image)\b[^>]*\bsrc="([^"]+)"'
    rb'|["\']([^"\'\s]+\.(?:png|jpe?g|webp|svg))["\']|url\(([^)]+)\)'
).findall
"""
    + _WALK
)


def main() -> None:
    quick = measure.options(__doc__)
    many = 600 if quick else 4_000
    with measure.scratch() as folder:
        environ = measure.environment(folder)
        project = measure.project(folder / "project", _ASSETS)
        size = write(project, many)
        small = folder / "small"
        shutil.copytree(project, small, ignore=shutil.ignore_patterns("docs", "src"))
        write(small, 10)
        _refs(project, small, many, size, environ, 3 if quick else 11)
        _check(project, many, environ, 3 if quick else 11)


def _refs(
    project: Path, small: Path, many: int, size: int, environ: dict[str, str], rounds: int
) -> None:
    measure.heading(
        f"{many:,} pages, {size / 1e6:.1f} MB: Markdown, MDX, TSX and CSS, in the page cache"
    )
    found = measure.rounds(
        {
            "reading them": lambda: measure.run([PYTHON, "-c", _READING], project, environ),
            "a plain regex over them": lambda: measure.run(
                [PYTHON, "-c", _REGEX], project, environ
            ),
            "assetgen refs --json": lambda: measure.run(
                [ASSETGEN, "refs", "--json"], project, environ
            ),
            "assetgen refs --json, 10 pages": lambda: measure.run(
                [ASSETGEN, "refs", "--json"], small, environ
            ),
        },
        rounds,
    )
    measure.table(found)
    for other in ("reading them", "a plain regex over them"):
        measure.ratio(
            f"CPU, refs beside {other}", measure.ratios(found, "assetgen refs --json", other)
        )
    pairs = zip(found["assetgen refs --json"], found["assetgen refs --json, 10 pages"], strict=True)
    each = measure.middle([whole - start for whole, start in pairs]) / (many - 10)
    measure.figure("CPU per page", each * 1e3, "ms", 1.67)
    measure.figure("pages a second on one core", 1 / each, "")


def _check(project: Path, many: int, environ: dict[str, str], rounds: int) -> None:
    measure.heading(f"check: {_ASSETS} pictures, {many:,} pages that name them, all clean")
    bare = project.parent / "bare"
    shutil.copytree(project, bare)
    (bare / "assets.toml").write_text(
        (bare / "assets.toml").read_text().replace("content =", "# content =")
    )
    saved = project.parent / "saved"
    shutil.copytree(project, saved)
    for one in (project, bare, saved):
        settle(one, environ)
    page = next((saved / "docs").rglob("*.mdx"))

    def after_a_save() -> measure.Reading:
        page.write_bytes(page.read_bytes())
        return measure.run([ASSETGEN, "check"], saved, environ)

    found = measure.rounds(
        {
            "assetgen check, content names no pages": lambda: measure.run(
                [ASSETGEN, "check"], bare, environ
            ),
            "assetgen check, nothing was saved": lambda: measure.run(
                [ASSETGEN, "check"], project, environ
            ),
            "assetgen check, a page was saved": after_a_save,
            "assetgen refs --json": lambda: measure.run(
                [ASSETGEN, "refs", "--json"], project, environ
            ),
        },
        rounds,
    )
    measure.table(found)
    names = list(found)
    measure.ratio(
        "CPU, nothing was saved, beside no pages", measure.ratios(found, names[1], names[0])
    )
    measure.ratio(
        "CPU, a page was saved, beside nothing was", measure.ratios(found, names[2], names[1])
    )
    measure.ratio("CPU, a page was saved, beside refs", measure.ratios(found, names[2], names[3]))


# -- documentation ---------------------------------------------------------------------------------

_PROSE = """
a the of to in and that with for when which from map tile trail file page value server client
request answer key cache state build route field option default request module folder path picture
size width height name version first second next every each only always never before after during
installs renders fetches writes reads returns
"""
_WORDS = _PROSE.split()
_FENCE = """```tsx
import Image from "next/image";

// <img src="/img/not-a-reference.png">
export const Example = () => <Image src="/img/sample.png" alt="" width={1} height={1} />;
```
"""
_COMPONENT = """import {{ Card }} from "../components/Card";

export const metadata = {{ title: "{title}", openGraph: {{ images: ["{url}"] }} }};

type Props = {{ title: string; items: readonly string[]; onSelect?: (item: string) => void }};

export function Page{number}({{ title, items, onSelect }}: Props) {{
  const shown = items.filter((item) => item.length > 3).map((item) => item.toUpperCase());
  return (
    <section className="page">
      <h1>{{title}}</h1>
      <img src="{url}" alt="{alt}" width={{1200}} height={{630}} />
      {{shown.map((item) => (
        <Card key={{item}} title={{item}} onClick={{() => onSelect?.(item)}}>
          {words}
        </Card>
      ))}}
    </section>
  );
}}
"""
_STYLE = """.page-{number} {{
  display: grid;
  gap: 1rem; /* url(/img/none.png) */
  background: url("{url}") center / cover no-repeat;
}}
.page-{number} > h1 {{ font: 600 2rem/1.2 system-ui; letter-spacing: -0.02em; }}
"""


def write(project: Path, many: int) -> int:
    """Write ``many`` pages that together name every picture of a project; returns their bytes."""
    manifest = project / "assets.toml"
    globs = ", ".join(f'"{one}"' for one in _PAGES)
    text = manifest.read_text()
    if "content =" not in text:
        manifest.write_text(f'[project]\npublic = "public"\ncontent = [{globs}]\n{text}')
    chance = random.Random(11)
    size = 0
    for number in range(many):
        name, page = _page(number, chance)
        place = project / name
        place.parent.mkdir(parents=True, exist_ok=True)
        size += place.write_bytes(page.encode())
    return size


def _page(number: int, chance: random.Random) -> tuple[str, str]:
    """One of ten is a component, one a style sheet, two are Markdown, the others MDX."""
    place, kind = divmod(number, 10)
    shown = (place * 4 + kind) % _ASSETS if kind < 4 else chance.randrange(_ASSETS)
    url, alt = f"/img/{shown // 200:02}/post-{shown:05}.png", f"The cover of post {shown}"
    given = {
        "number": number,
        "url": url,
        "alt": alt,
        "title": _sentence(chance),
        "words": _sentence(chance),
    }
    folder = f"part-{number // 50:03}"
    match kind:
        case 0:
            return f"src/{folder}/page-{number}.tsx", _COMPONENT.format(**given)
        case 1:
            return f"src/{folder}/page-{number}.css", "".join(
                _STYLE.format(**given) for _ in range(8)
            )
        case 2 | 3:
            return f"docs/{folder}/page-{number}.md", "\n".join(_text(chance, f"![{alt}]({url})"))
        case _:
            image = f'<Image src="{url}" alt="{alt}" width={{1200}} height={{630}} />'
            return f"docs/{folder}/page-{number}.mdx", "\n".join(_text(chance, image, mdx=True))


def _text(chance: random.Random, image: str, *, mdx: bool = False) -> Iterator[str]:
    """Front matter and sections with code, lists and tables; about half of them with a picture."""
    title, description = _sentence(chance), _sentence(chance)
    yield f"---\ntitle: {title}\ndescription: {description}\ntags: [one, two]\n---\n"
    if mdx:
        yield 'import { Tabs, Tab } from "../../src/components/Tabs";\n'
    pictured = chance.randrange(12) if chance.random() < 0.5 or not mdx else -1
    for section in range(chance.randrange(4, 12)):
        yield f"## {_sentence(chance)}\n"
        for _ in range(chance.randrange(1, 4)):
            yield (
                " ".join(_sentence(chance) for _ in range(5))
                + " See `config.image` and [more](../guide#a).\n"
            )
        if section % 3 == 1:
            yield _FENCE
        if section % 4 == 2:
            yield "| key | says |\n|---|---|\n" + "".join(
                f"| `{w}` | {_sentence(chance)} |\n" for w in _WORDS[:6]
            )
        if mdx and section % 3 == 2:
            tab = f'<Tab title="npm">{_sentence(chance)}</Tab>'
            yield f'<Tabs items={{["npm", "pnpm"]}}>\n  {tab}\n</Tabs>\n'
        if section == pictured:
            yield f"{image}\n"
    if not mdx:
        yield f"{image}\n"


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(_WORDS, k=chance.randrange(6, 16))).capitalize() + "."


if __name__ == "__main__":
    main()
