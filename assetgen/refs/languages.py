"""What files are written in, told by their extensions."""

from __future__ import annotations

MARKDOWN = frozenset({"md", "markdown", "mdown", "mdoc"})
MDX = frozenset({"mdx"})
SCRIPTS = frozenset({"js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"})
STYLES = frozenset({"css", "scss", "sass", "less", "pcss", "postcss"})
HTML = frozenset({"html", "htm", "svelte"})
JSON = frozenset({"json", "jsonc", "json5", "webmanifest"})
#: What can hold references.
KNOWN = MARKDOWN | MDX | SCRIPTS | STYLES | HTML | JSON | {"astro", "vue", "yml", "yaml"}


def suffix(file: str) -> str:
    """The extension of a file, without its dot and in small letters."""
    return file.rpartition("/")[2].rpartition(".")[2].lower()
