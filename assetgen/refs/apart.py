"""Which files are no pages although they look like some: tests, fixtures, what new pages start as.

They name images that do not exist, and no visitor sees them.
"""

from __future__ import annotations

import re

#: The names of folders of tests and scaffolds, and those above which a folder is one of pages.
_FOLDER = (
    r"tests?|specs?|e2e|cypress|playwright|fixtures?|testdata|test[-_]data|goldens?|mocks?"
    r"|archetypes|scaffolds"
)
_PAGES = r"docs?|content|pages|posts|_posts|blog|articles|i18n|routes"
_APART = re.compile(
    # __tests__, __fixtures__, a.test.tsx, a.cy.ts: nowhere else
    r"(?:\A|.*/)__(?:tests?|mocks?|fixtures?|snapshots?)__/"
    r"|.*\.(?:test|tests|spec|cy|e2e|e2e-spec)\.[cm]?[jt]sx?\Z"
    r"|(?:.*/)?assets\.toml\Z"  # what asks for an image does not show it
    rf"|(?:(?!(?:{_PAGES})/)[^/]+/)*?(?:{_FOLDER})/",
    re.S,
)
_NAMED = re.compile(rf"(?<![\w-])(?:{_FOLDER}|__\w+__)(?![\w-])|\.(?:test|tests|spec|cy|e2e)\.")


def is_apart(path: str) -> bool:
    """Whether a file belongs to tests or is what new pages start as, by its path."""
    return _APART.match(path) is not None


def is_named(pattern: str) -> bool:
    """Whether a pattern of ``content`` names such files itself."""
    return not pattern.startswith("!") and _NAMED.search(pattern) is not None
