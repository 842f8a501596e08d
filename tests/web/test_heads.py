"""Each page of a built site names its image of a collection, by a whole URL, in its head."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import web_build
from tests.support.place import Place
from tests.support.tiny import tiny
from tests.support.web_browser import Browser
from tests.support.web_build import WEB
from tests.support.web_site import served

_MANIFEST = """
[project]
url = "https://example.org"
[[collection]]
id = "og/{slug}"
from = "PAGES/**/*.md"
kind = "tiny"
path = "public/og/{slug}.png"
alt = "{title}"
writes = "WRITES"
"""
_STARLIGHT = {
    "package.json": '{"type": "module", "dependencies": {"astro": "*", "@astrojs/starlight": "*"}}',
    "astro.config.mjs": """
import starlight from "@astrojs/starlight";
import { defineConfig } from "astro/config";
export default defineConfig({
  site: "https://example.org",
  base: "/docs/",
  integrations: [starlight({ title: "A site", pagefind: false })],
});
""",
    "src/content.config.ts": """
import { docsLoader } from "@astrojs/starlight/loaders";
import { docsSchema } from "@astrojs/starlight/schema";
import { defineCollection } from "astro:content";
export const collections = {
  docs: defineCollection({ loader: docsLoader(), schema: docsSchema() }),
};
""",
}
_NEXT = {
    "package.json": '{"dependencies": {"next": "*", "react": "*", "react-dom": "*"}}',
    "next.config.mjs": """
export default {
  output: "export",
  trailingSlash: true,
  turbopack: { root: new URL("../..", import.meta.url).pathname.replace(/\\/$/, "") },
};
""",
    "app/layout.jsx": """
export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
""",
    "app/[slug]/page.jsx": """
import { readFileSync, readdirSync } from "node:fs";
const read = (slug) => {
  const lines = readFileSync(`content/${slug}.md`, "utf8").matchAll(/^(\\w+): (.*)$/gm);
  return Object.fromEntries([...lines].map((line) => [line[1], line[2]]));
};
export const generateStaticParams = () =>
  readdirSync("content").map((name) => ({ slug: name.replace(".md", "") }));
export async function generateMetadata({ params }) {
  const images = [read((await params).slug).image];
  return { metadataBase: new URL("https://example.org"), openGraph: { images } };
}
export default async function Page({ params }) {
  return <h1>{read((await params).slug).title}</h1>;
}
""",
}
# files, folder of the pages, key of the image, command, folder of the built site, base path
_SITES = {
    "starlight": (
        *(_STARLIGHT, "src/content/docs", "head[0].attrs.content"),
        *(("astro", "build"), "dist", "/docs/"),
    ),
    "next": (_NEXT, "content", "image", ("next", "build"), "out", "/"),
}
_CARD = "document.head.querySelectorAll(\"meta[property='og:image']\")"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A site in a folder below the one with node_modules, as Node looks for packages upwards."""
    folder = Path(tempfile.mkdtemp(prefix="heads-", dir=WEB))
    try:
        yield Place(folder / "site", tmp_path / "home")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize(
    ("files", "pages", "key", "command", "output", "base"), _SITES.values(), ids=_SITES
)
def test_chromium_finds_the_image_of_each_page_in_its_head(
    files: dict[str, str],
    pages: str,
    key: str,
    command: tuple[str, ...],
    output: str,
    base: str,
    place: Place,
) -> None:
    tiny(place)
    for path, text in files.items():
        place.write(path, text)
    names = [f"page-{number}" for number in range(30)]
    for name in names:
        place.write(f"{pages}/{name}.md", f"---\ntitle: The {name} & more\n---\ntext\n")
    place.manifest(_MANIFEST.replace("PAGES", pages).replace("WRITES", key))
    place.ok("generate", "--no-commit")
    if key == "image":
        place.ok("refs", "--fix")
    else:
        _paste(place, pages, names)
    place.ok("check")
    place.environ = web_build.environ(place.environ)
    code, said = web_build.built(place.root, place.environ, *command)
    assert code == 0, said[-4000:]
    site = place.root / output
    with served(site, base) as url, Browser() as browser:
        for name in names:
            browser.open(f"{url}{name}/")
            found = browser.evaluate(f"[...{_CARD}].map((one) => one.content)")
            assert found == [f"https://example.org{base}og/{name}.png"]
            assert (site / f"og/{name}.png").is_file()


def _paste(place: Place, pages: str, names: list[str]) -> None:
    """Put what ``snippet`` prints into the front matter of each page."""
    for name in names:
        head = place.ok("snippet", f"og/{name}", "--for", "starlight-front-matter").out
        text = place.read(f"{pages}/{name}.md").decode()
        place.write(f"{pages}/{name}.md", text.replace("\n---\n", f"\n{head.rstrip()}\n---\n", 1))
