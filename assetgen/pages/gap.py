"""A missing image, and what its page says about it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from assetgen.manifest.schema import MAX_ALT
from assetgen.plan import page
from assetgen.plan.page import Page
from assetgen.refs.languages import MARKDOWN, MDX, suffix
from assetgen.refs.reference import Reference
from assetgen.refs.scan import frontmatter
from assetgen.refs.sites.resolution import Resolution


@dataclass(frozen=True)
class Gap:
    """A reference to a missing image, and the whole text of its page."""

    reference: Reference
    resolution: Resolution
    text: str = field(repr=False)

    @cached_property
    def page(self) -> Page:
        return _page(self.text, self.reference.file)

    @cached_property
    def heading(self) -> str:
        """The nearest heading above the reference, "" if there is none."""
        return page.line(_heading(self.text, self.reference), page.MAX_TITLE)

    @cached_property
    def alt(self) -> str:
        """The alternative text in the page, "" if there is none but a file name."""
        alt = page.line(self.reference.alt or "", MAX_ALT)
        return "" if _FILE_NAME.fullmatch(alt) else alt

    @property
    def is_decoration(self) -> bool:
        """Whether an element has an empty alternative text; ``![](x.png)`` does not count."""
        return self.reference.alt_status == "empty" and bool(self.reference.element)

    @property
    def is_cover(self) -> bool:
        """Whether the front matter, or the head of HTML, names it as the image of the page."""
        if self.reference.element.lower() == "meta":
            return True
        names = re.sub(r"\[\d+\]", "", self.reference.key).split(".")
        while len(names) > 1 and names[-1] in (
            "src",
            "url",
            "file",
            "path",
            "light",
            "dark",
            "image",
        ):
            names.pop()
        return self.reference.kind == "frontmatter" and _folded(names[-1]) in _COVER_KEYS


# -- saying ----------------------------------------------------------------------------------------

_FILE_NAME = re.compile(
    r"(?i)\S+\.(png|jpe?g|gif|webp|avif|svg|ico|bmp)|undefined|null|image|img|alt( text)?"
)
_COVER_KEYS = {
    *(
        "image",
        "images",
        "img",
        "cover",
        "coverimage",
        "hero",
        "heroimage",
        "ogimage",
        "og",
        "opengraphimage",
    ),
    *(
        "socialimage",
        "social",
        "thumbnail",
        "thumb",
        "banner",
        "featuredimage",
        "previewimage",
        "preview",
    ),
    *("twitterimage", "headerimage", "teaser"),
}


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


# -- headings --------------------------------------------------------------------------------------

_TAGGED = re.compile(r"<h([1-6])\b[^<>]*>([^<]{1,400}(?:<[^<>]*>[^<]{0,400}){0,8}?)</h\1>")


def _heading(text: str, reference: Reference) -> str:
    ends, headings = _headings(text, suffix(reference.file))
    starts = _line_starts(text)
    start = starts[reference.line - 1] if reference.line <= len(starts) else len(text)
    above = bisect_right(ends, start)
    return headings[above - 1] if above else ""


# A page is read once, however many images it lacks: the references of a page follow each other.


@lru_cache(1)
def _page(text: str, file: str) -> Page:
    return page.read(text, file)


@lru_cache(1)
def _headings(text: str, language: str) -> tuple[list[int], list[str]]:
    """Where each heading of a page ends, in characters, and its text, in this order."""
    found: list[tuple[int, int, str]] = []
    if language in MARKDOWN | MDX:
        front = frontmatter.split(text, json=language in MARKDOWN)
        rows = page.headings(text, front.body if front else 0)
        found = [(at, at + 1, heading) for at, heading in rows]
    tagged = _TAGGED.finditer(text)
    found += [(match.start(), match.end(), page.plain(match[2])) for match in tagged]
    found.sort()
    return [end for _, end, _ in found], [heading for _, _, heading in found]


@lru_cache(1)
def _line_starts(text: str) -> list[int]:
    return [0, *(end.end() for end in re.finditer("\n", text))]
