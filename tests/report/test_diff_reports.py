"""diff as Markdown and HTML: whole, harmless, and of limited length."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from assetgen.diff import links
from assetgen.diff.model import Change, Diff, End, Field, File, Status, Version
from assetgen.report import diff_html, diff_markdown
from assetgen.report.diff_markdown import Where

_EVIL = [
    "<script>alert(1)</script>",
    "| a | b |\n| c | d |",
    "@octocat #1 https://evil.example www.evil.example",
    "![x](https://evil.example/x.png) [y](javascript:alert(1))",
    '"><img src=x onerror=alert(1)>',
    "`code` **bold** <!-- --> &lt;b&gt; \\",
]
_SHA = "0123456789abcdef0123456789abcdef01234567"


def _diff(*texts: str) -> Diff:
    changes = []
    for text in texts:
        file = File(f"public/{text.replace('/', '')}.png", "a" * 64, 5000, 1200, 630, "png")
        old = Version(None, (file,), alt=text)
        changes.append(
            Change(
                Status.CHANGED, old, old, (Field("prompt", "x", text),), thumbnails=("data:,", None)
            )
        )
    base, head = End("main", _SHA), End(_EVIL[0], _SHA)
    return Diff(base, head, tuple(changes), notes=(_EVIL[4],))


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_markdown_is_a_table_in_which_foreign_text_is_only_text() -> None:
    text = diff_markdown.markdown(_diff(*_EVIL), Where("octo/site", "web/"))
    assert text.startswith(diff_markdown.MARKER)
    rendered = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text)
    tags = _Tags(rendered).found
    used = {name for name, _ in tags}
    assert used == {"h3", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"} | {
        *("code", "br", "strong", "img")
    }
    images = [attributes for name, attributes in tags if name == "img"]
    assert len(images) == 2 * len(_EVIL)
    for attributes in images:
        assert set(attributes) == {"src", "width", "alt"}
        prefix = f"https://github.com/octo/site/blob/{_SHA}/web/public/"
        assert str(attributes["src"]).startswith(prefix)
    assert sum(name == "tr" for name, _ in tags) == 1 + len(_EVIL)
    outside = re.sub(r"<code>.*?</code>|<[^>]*>", "", rendered)
    assert "@" not in outside and "evil" not in outside


def test_markdown_ends_after_a_whole_row_and_counts_the_rest() -> None:
    text = diff_markdown.markdown(_diff(*(f"{n} {'x' * 50}" for n in range(2000))), Where("o/n"))
    rows = [line for line in text.splitlines() if line.startswith("| **")]
    assert len(text) <= diff_markdown.MOST and 50 < len(rows) < 2000
    assert all(row.endswith(" |") and row.count(" | ") == 2 for row in rows)
    assert f"... and {2000 - len(rows)} more pictures" in text


def test_html_is_one_file_that_loads_and_runs_nothing() -> None:
    page = diff_html.html(_diff(*_EVIL))
    tags = _Tags(page).found
    policy = next(str(a["content"]) for name, a in tags if name == "meta" and "content" in a)
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert not {name for name, _ in tags} & {"script", "a", "link", "iframe", "b", "svg"}
    assert not [a for _, a in tags for name in a if name.startswith("on") or name == "style"]
    sources = [str(a["src"]) for name, a in tags if name == "img"]
    assert len(sources) == len(_EVIL) and set(sources) == {"data:,"}


def test_addresses_of_pictures_are_quoted() -> None:
    assert links.picture("octo/site", _SHA, "a b/ü#?.png") == (
        f"https://github.com/octo/site/blob/{_SHA}/a%20b/%C3%BC%23%3F.png?raw=true"
    )
    assert links.is_repository("octo/site.js")
    assert not any(map(links.is_repository, ("octo", "a/b/c", "a/..", "../b", "a/b?x", "a b/c")))
