"""The manifest entry that is proposed for a missing image."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assetgen.fs import paths
from assetgen.layouts.kind import Kind
from assetgen.manifest import placeholders
from assetgen.manifest.schema import Defaults
from assetgen.pages import guess as guessing
from assetgen.pages.gap import Gap
from assetgen.pages.guess import Guess
from assetgen.plan import page

#: The longest description in a prompt that is proposed, in characters.
MAX_DESCRIPTION = 400
_MAX_SIDE = 8192
#: Up to this width in CSS pixels an image gets two pixels for each, as most screens have.
_DOUBLED_UP_TO = 1000
_NOISE = re.compile(r"(?i)\d+x\d+|\d+x|(?=[0-9a-f]*\d)[0-9a-f]{8,}|\d{5,}|copy|final|img|image")


def _words(path: str) -> list[str]:
    """The words of a file's name, without sizes, hashes and words such as "final"."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", stem)
    return [
        word for word in re.split(r"[^A-Za-z0-9]+", parts) if word and not _NOISE.fullmatch(word)
    ]


@dataclass(frozen=True)
class Entry:
    """The keys of a proposed asset, in order; ``guess`` says why it is a draft, "" if not."""

    keys: dict[str, Any]
    guess: str = ""


def entry(
    asset_id: str,
    path: str,
    asking: Sequence[Gap],
    *,
    kind: Callable[[str], Kind],
    route: str | None,
    defaults: Defaults,
    style: str | None,
) -> Entry:
    """The asset for the file ``path`` that the references ``asking`` show.

    ``route`` draws it; None is the route of [defaults]. Only the image of a page itself is whole:
    its words are those of the page. What any other image shows is its author's to write.
    """
    by = route or defaults.route
    is_local = by == "local"
    cover = next((gap for gap in asking if gap.is_cover and gap.page.title and _is_page(gap)), None)
    found = guessing.guess(_words(path), asking)
    known = kind(found.kind)
    layout = found.layout if found.layout in known.sheet.layouts else known.layout_name({})
    made: dict[str, Any] = {"id": asset_id, "kind": found.kind, "path": path}
    made["alt"] = _alt(path, asking)
    if cover:  # what braces mean there is the page's
        is_said = any(gap.alt for gap in asking)
        made["alt"] = placeholders.escaped(made["alt"]) if is_said else "{title}"
    if by != defaults.route:
        made["route"] = by
    if style:
        made["style"] = style
    if cover:
        made["from"] = cover.reference.file
    if not is_local:
        made["prompt"] = _prompt(path, asking, cover or asking[0], is_cover=cover is not None)
    if size := _size(asking, known.size(layout) if is_local else known.sheet.size):
        made["fit"] = dict(zip(("width", "height"), size, strict=True))
    if cover:
        return Entry(made)
    made["draft"] = True
    if is_local and found.layout:
        made["values"] = {"layout": layout}
    return Entry(made, _explained(found, layout, is_local=is_local))


def _explained(found: Guess, layout: str, *, is_local: bool) -> str:
    """Why the asset has this kind and layout, and how to finish it, as a comment."""
    to_write = f"values (assetgen layouts {found.kind}/{layout})" if is_local else "prompt"
    return f"a guess ({found.why}): {found.words}; write its {to_write}, then remove draft"


def _is_page(gap: Gap) -> bool:
    return paths.problem_of_page(gap.reference.file) is None


def _title(path: str) -> str:
    """The words of a file's name as a title."""
    said = " ".join(_words(path))
    return said[:1].upper() + said[1:] if said else "Picture"


def _alt(path: str, asking: Sequence[Gap]) -> str:
    """The first text that a page has for it: its alternative text, a heading, a title."""
    if all(gap.is_decoration for gap in asking):
        return ""
    alt = next((gap.alt for gap in asking if gap.alt), "")
    heading = next((said for gap in asking if (said := gap.heading or gap.page.title)), "")
    return alt or heading or _title(path)


def reason_of_size(size: Mapping[str, int], asking: Sequence[Gap]) -> str:
    """Why the image gets ``size``; "" if a page declares just that."""
    width, height = size["width"], size["height"]
    declared = {side for gap in asking for side in (gap.reference.width, gap.reference.height)}
    if not declared & {width // 2, height // 2} or declared & {width, height}:
        return ""
    return (
        f"{width}x{height}, twice the {width // 2}x{height // 2} CSS pixels of the page, "
        "because most screens have two pixels for each"
    )


def _in_pixels(gap: Gap) -> tuple[int | None, int | None]:
    """The declared size in pixels of the image: elements declare it in those of CSS."""
    width, height = gap.reference.width, gap.reference.height
    is_css = bool(gap.reference.element) or gap.reference.kind == "md_image"
    if not is_css or gap.reference.kind == "js_string" or (width or height or 0) > _DOUBLED_UP_TO:
        return width, height
    return 2 * width if width else None, 2 * height if height else None


def _size(asking: Sequence[Gap], nominal: tuple[int, int]) -> tuple[int, int] | None:
    """The largest declared size; a missing side follows from the kind's aspect ratio."""
    declared = [_in_pixels(gap) for gap in asking]
    whole = [(width, height) for width, height in declared if width and height]
    wide, high = nominal
    halves = [(w, round(w * high / wide)) for w, h in declared if w and not h]
    halves += [(round(h * wide / high), h) for w, h in declared if h and not w]
    sizes = [size for size in whole or halves if all(1 <= side <= _MAX_SIDE for side in size)]
    if not sizes:
        return None
    return max(sizes, key=lambda size: size[0] * size[1])


def _prompt(path: str, asking: Sequence[Gap], first: Gap, *, is_cover: bool) -> str:
    """A prompt from the text around the reference; a cover uses the page's placeholders."""
    alt = next((gap.alt for gap in asking if gap.alt), "")
    said = first.page
    if is_cover:
        words = [placeholders.escaped(alt), "$title", "$description" if said.description else ""]
        return ". ".join(word.rstrip(".") for word in words if word)
    subject = alt or first.heading or said.title or _title(path)
    places = [
        f'the section "{first.heading}"' if first.heading not in ("", subject, said.title) else ""
    ]
    places += [f'the page "{said.title}"' if said.title not in ("", subject) else ""]
    prompt = subject.rstrip(".")
    if place := " of ".join(filter(None, places)):
        prompt += f". It illustrates {place}"
    if said.description:
        prompt += (
            f": {page.line(said.description, MAX_DESCRIPTION)}"
            if place
            else f". {said.description}"
        )
    return prompt + (f" (topics: {', '.join(said.tags[:6])})" if said.tags else "")
