"""How elements are written in the language of each form of snippets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from assetgen import escapes


@dataclass(frozen=True)
class Syntax:
    """The syntax of elements in a language."""

    srcset: str
    number: Callable[[int], str]
    text: Callable[[str], str]
    end: str
    style: str = 'style="max-width: 100%; height: auto"'
    """Keeps an image within a narrow page, in its own shape."""
    binds: bool = False
    """Whether an expression is in quotes, and the attribute's name begins with a colon."""

    def bound(self, name: str, expression: str) -> str:
        """An attribute whose value is an expression."""
        return f':{name}="{expression}"' if self.binds else f"{name}={{{expression}}}"


def _braced(number: int) -> str:
    return "{" + str(number) + "}"


def _quoted(number: int) -> str:
    return f'"{number}"'


_JSX = Syntax("srcSet", _braced, escapes.jsx, " />", 'style={{ maxWidth: "100%", height: "auto" }}')
_ASTRO = Syntax("srcset", _braced, escapes.jsx, " />")
_HTML = Syntax("srcset", _quoted, escapes.html, ">")
_VUE = Syntax("srcset", _quoted, escapes.html, " />", binds=True)
_SYNTAX = {
    "html": _HTML,
    "astro": _ASTRO,
    # Its style sheet sets max-width, but no height.
    "docusaurus": replace(_JSX, style='style={{ height: "auto" }}'),
    "vue": _VUE,
    "nuxt": _VUE,
    "vitepress": replace(_VUE, text=escapes.svelte),
    **dict.fromkeys(("svelte", "sveltekit"), Syntax("srcset", _quoted, escapes.svelte, " />")),
}


def syntax_of(form: str) -> Syntax:
    """The syntax of a form of snippets; most are written in JSX."""
    return _SYNTAX.get(form, _JSX)
