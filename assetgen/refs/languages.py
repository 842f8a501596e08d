"""The languages of files by their extensions: the one table of the package."""

from __future__ import annotations

MARKDOWN = frozenset({"md", "markdown", "mdown", "mdoc"})
MDX = frozenset({"mdx"})
SCRIPTS = frozenset({"js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"})
#: Read by TypeScript's grammar without JSX, in which ``<T>x`` is a cast.
TYPED_SCRIPTS = frozenset({"ts", "mts", "cts"})
#: Style sheets that others include, so that their paths are relative to those.
PREPROCESSED = frozenset({"scss", "sass", "less", "styl"})
STYLES = frozenset({"css", "scss", "sass", "less", "pcss", "postcss"})
SVELTE = frozenset({"svelte"})
#: Markdown with the components of Svelte (mdsvex).
SVX = frozenset({"svx"})
#: HTML in the languages of template engines; front matter may come first.
TEMPLATES = frozenset(
    {
        *("njk", "nunjucks", "liquid", "webc", "hbs", "handlebars", "mustache", "ejs", "eta"),
        *("vto", "twig", "jinja", "jinja2", "j2", "erb", "gohtml", "tmpl"),
    }
)
HTML = frozenset({"html", "htm", "xhtml"}) | SVELTE | TEMPLATES
JSON = frozenset({"json", "jsonc", "json5", "webmanifest"})
YAML = frozenset({"yml", "yaml"})
TOML = frozenset({"toml"})
ASTRO = frozenset({"astro"})
VUE = frozenset({"vue"})
#: Pages and components in which elements are written and modules imported.
MODULE_SYNTAX = frozenset({"jsx", "tsx"}) | MDX | ASTRO | VUE
#: Everything that can contain references.
KNOWN = MARKDOWN | MDX | SVX | SCRIPTS | STYLES | HTML | JSON | YAML | TOML | ASTRO | VUE


def suffix(file: str) -> str:
    """The extension of a file, without its dot and in lower case."""
    return file.rpartition("/")[2].rpartition(".")[2].lower()
