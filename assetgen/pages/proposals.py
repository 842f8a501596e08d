"""What the manifest would say of pictures that pages name and that are not there. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from assetgen.fs import paths
from assetgen.layouts.kind import Kind
from assetgen.manifest.schema import FORMATS, MAX_ALT, Manifest, targets
from assetgen.plan import page
from assetgen.plan.page import Page
from assetgen.refs.languages import MARKDOWN, MDX, suffix
from assetgen.refs.reference import Reference
from assetgen.refs.scan import frontmatter
from assetgen.refs.sites.resolution import Resolution

#: The longest headline, description in a prompt and id that are proposed, in characters.
MAX_TITLE = 140
MAX_DESCRIPTION = 400
MAX_ID = 80
_MAX_SIDE = 8192


@dataclass(frozen=True)
class Gap:
    """A reference to a picture that is not there, and the whole text of its page."""

    reference: Reference
    resolution: Resolution
    text: str = field(repr=False)

    @cached_property
    def page(self) -> Page:
        return page.read(self.text, self.reference.file)

    @cached_property
    def heading(self) -> str:
        """The nearest heading above the reference; "" if there is none."""
        return page.line(_heading(self.text, self.reference), page.MAX_TITLE)

    @cached_property
    def alt(self) -> str:
        """What the page says for who cannot see the picture; "" if it says nothing, or only the file's name."""
        alt = page.line(self.reference.alt or "", MAX_ALT)
        return "" if _FILE_NAME.fullmatch(alt) else alt

    @property
    def is_decoration(self) -> bool:
        """Whether its author said that it is; ``![](x.png)`` says nothing."""
        return self.reference.alt_status == "empty" and bool(self.reference.element)

    @property
    def is_cover(self) -> bool:
        """Whether it stands at the head of the page as the picture of the page itself."""
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


@dataclass(frozen=True)
class Proposal:
    """One asset for the manifest, as ``entries.add`` takes it, and the references that ask for it."""

    entry: Mapping[str, Any]
    references: tuple[Reference, ...]


@dataclass(frozen=True)
class Refusal:
    """Why there is no asset for a reference, and what to do instead."""

    reference: Reference
    what: str
    cure: str


@dataclass(frozen=True)
class Proposals:
    """What was proposed and what refused, in the order of the references; one proposal for each file."""

    proposals: tuple[Proposal, ...]
    refusals: tuple[Refusal, ...]

    @property
    def entries(self) -> list[Mapping[str, Any]]:
        return [proposal.entry for proposal in self.proposals]


def propose(
    gaps: Iterable[Gap],
    manifest: Manifest,
    kind: Callable[[str], Kind],
    *,
    route: str | None = None,
) -> Proposals:
    """An asset for each file that ``gaps`` ask for; drawn by ``route``, by default that of the manifest.

    Raises ManifestError or TemplateError if a kind is not usable.
    """
    refused: list[Refusal] = []
    by_path: dict[str, list[Gap]] = {}
    for gap in gaps:
        if wrong := _refusal(gap, manifest):
            refused.append(Refusal(gap.reference, *wrong))
        elif gap.resolution.path is not None:
            by_path.setdefault(gap.resolution.path, []).append(gap)
    taken = {asset.id for asset in manifest.asset}
    proposed = []
    for path, asking in by_path.items():
        asset_id = next(name for name in _ids(path, manifest) if name not in taken)
        taken.add(asset_id)
        entry = _entry(asset_id, path, asking, manifest, kind, route)
        proposed.append(Proposal(entry, tuple(gap.reference for gap in asking)))
    return Proposals(tuple(proposed), tuple(refused))


# -- refusing --------------------------------------------------------------------------------------

_NO_FILE = {
    "external": (
        "is fetched from elsewhere",
        "download the picture into the project and name that file",
    ),
    "dynamic": ("is worked out when the page runs", "write the path out in the page"),
    "package": ("comes from a package", "install the package, or name a file of the project"),
    "bare-unknown": (
        "is a bare name, and only the component knows its folder",
        "write its path, as in /img/NAME",
    ),
}


def _refusal(gap: Gap, manifest: Manifest) -> tuple[str, str] | None:
    """What is wrong with making an asset for a reference, and the cure."""
    raw, path = gap.reference.raw, gap.resolution.path
    if path is None:
        what, cure = _NO_FILE.get(
            gap.resolution.how, ("is no file of the project", "write its path in the page")
        )
        return f"{raw} {what}", cure.replace("NAME", raw)
    if gap.resolution.exists:
        return f"{path} is there already", f"assetgen adopt ID {path}"
    if wrong := paths.problem(path):
        return f"{path} {wrong}", "give it another name in the page"
    stem, _, suffix = path.rpartition(".")
    if "." + suffix.lower() not in FORMATS:
        what = f"{path}: assetgen makes .png, .jpg, .webp and .avif files, no .{suffix}"
        return what, f"write {stem.rpartition('/')[2]}.png in the page, or add the file yourself"
    outputs = manifest.project.outputs
    if not any(path.startswith(folder + "/") for folder in outputs):
        folder = path.rpartition("/")[0]
        named = ", ".join(f'"{one}"' for one in (*outputs, folder))
        cure = (
            f"write outputs = [{named}] under [project]"
            if folder
            else "name a file in an output folder"
        )
        return f"{path} is in no output folder ({', '.join(outputs)})", cure
    return _taken(path, manifest)


def _taken(path: str, manifest: Manifest) -> tuple[str, str] | None:
    for asset in manifest.asset:
        if path.lower() in (target.path.lower() for target in targets(asset)):
            return f"{path} is wanted already, by asset {asset.id}", f"assetgen generate {asset.id}"
    short = _ids(path, manifest)
    wanted = next(short)
    other = next((asset for asset in manifest.asset if asset.id == wanted), None)
    if other:
        what = f"{path} would be asset {other.id}, which is {other.path}"
        return what, f"name {other.path} in the page, or give asset {other.id} another id"
    return None


# -- naming ----------------------------------------------------------------------------------------

_FOLDERS = {
    "img",
    "imgs",
    "image",
    "images",
    "picture",
    "pictures",
    "media",
    "static",
    "assets",
    "public",
}


def _ids(path: str, manifest: Manifest) -> Iterator[str]:
    """Names for an asset by its path, the shortest first: without the folders that every picture lies in."""
    *folders, name = path.rpartition(".")[0].split("/")
    for folder in sorted(
        (*manifest.project.outputs, manifest.project.public or ""), key=len, reverse=True
    ):
        if folder and path.startswith(folder + "/"):
            folders = folders[folder.count("/") + 1 :]
            break
    short = [_slug(part) for part in folders if part.lower() not in _FOLDERS]
    whole = [_slug(part) for part in folders]
    stem = _slug(name) or "picture"
    first = _joined(short, stem)
    yield first
    yield _joined(whole, stem)
    number = 2
    while True:
        yield f"{first[: MAX_ID - 7]}-{number}"
        number += 1


def _joined(folders: Sequence[str], stem: str) -> str:
    parts = [part for part in (*folders, stem) if part]
    while len(parts) > 1 and len("/".join(parts)) > MAX_ID:
        parts.pop(0)
    return "/".join(parts)[:MAX_ID].strip("-")


def _slug(part: str) -> str:
    plain = unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return f"{slug}-picture" if slug and paths.problem(slug) else slug


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
_COVER_WORDS = {
    "og",
    "cover",
    "hero",
    "social",
    "opengraph",
    "twitter",
    "banner",
    "thumbnail",
    "thumb",
    "card",
}
_OTHER_WORDS = {
    "infographic": {
        "infographic",
        "diagram",
        "chart",
        "graph",
        "flow",
        "flowchart",
        "architecture",
        "timeline",
    },
    "ui": {"ui", "screenshot", "mockup", "icon", "badge", "dashboard", "empty"},
}
_NOISE = re.compile(r"(?i)\d+x\d+|\d+x|(?=[0-9a-f]*\d)[0-9a-f]{8,}|\d{5,}|copy|final|img|image")


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _words(path: str) -> list[str]:
    """The words of a file's name, without sizes, hashes and the like."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", stem)
    return [
        word for word in re.split(r"[^A-Za-z0-9]+", parts) if word and not _NOISE.fullmatch(word)
    ]


def _entry(
    asset_id: str,
    path: str,
    asking: Sequence[Gap],
    manifest: Manifest,
    kind: Callable[[str], Kind],
    route: str | None,
) -> dict[str, Any]:
    by = route or manifest.defaults.route
    is_local = by == "local"
    cover = next((gap for gap in asking if gap.is_cover and gap.page.title and _is_page(gap)), None)
    first = cover or asking[0]
    name = "cover" if is_local else _kind(path, asking)
    entry: dict[str, Any] = {"id": asset_id, "kind": name, "path": path, "alt": _alt(path, asking)}
    if by != manifest.defaults.route:
        entry["route"] = by
    if cover:
        entry["from"] = cover.reference.file
    if not is_local:
        entry["prompt"] = _prompt(path, asking, first, is_cover=cover is not None)
    known = kind(name)
    if size := _size(asking, known.size(known.layout_name({})) if is_local else known.sheet.size):
        entry["fit"] = size
    if is_local and not cover:
        alt = next((gap.alt for gap in asking if gap.alt), "")
        title = first.heading or first.page.title or alt or _named(path)
        entry["values"] = {"title": page.line(title, MAX_TITLE)}
    return entry


def _is_page(gap: Gap) -> bool:
    return paths.problem_of_page(gap.reference.file) is None


def _named(path: str) -> str:
    """The words of a file's name as a title."""
    said = " ".join(_words(path))
    return said[:1].upper() + said[1:] if said else "Picture"


def _alt(path: str, asking: Sequence[Gap]) -> str:
    if all(gap.is_decoration for gap in asking):
        return ""
    alt = next((gap.alt for gap in asking if gap.alt), "")
    return (
        alt
        or next((said for gap in asking if (said := gap.heading or gap.page.title)), "")
        or _named(path)
    )


def _kind(path: str, asking: Sequence[Gap]) -> str:
    """Which of the shipped kinds frames the prompt best, by the name of the file and its shape."""
    words = {word.lower() for word in _words(path)}
    if words & _COVER_WORDS or any(gap.is_cover for gap in asking):
        return "cover"
    return next((name for name, telling in _OTHER_WORDS.items() if words & telling), "cover")


def _size(asking: Sequence[Gap], nominal: tuple[int, int]) -> dict[str, int] | None:
    """The largest size that is declared; a missing side follows from the kind's own ratio."""
    declared = [(gap.reference.width, gap.reference.height) for gap in asking]
    whole = [(width, height) for width, height in declared if width and height]
    wide, high = nominal
    halves = [(w, round(w * high / wide)) for w, h in declared if w and not h]
    halves += [(round(h * wide / high), h) for w, h in declared if h and not w]
    sizes = [size for size in whole or halves if all(1 <= side <= _MAX_SIDE for side in size)]
    if not sizes:
        return None
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return {"width": width, "height": height}


def _prompt(path: str, asking: Sequence[Gap], first: Gap, *, is_cover: bool) -> str:
    """What to paint, from what the page says round the reference; a cover keeps asking its page."""
    alt = next((gap.alt for gap in asking if gap.alt), "")
    said = first.page
    if is_cover:
        words = [alt, "$title", "$description" if said.description else ""]
        return ". ".join(word.rstrip(".") for word in words if word)
    subject = alt or first.heading or said.title or _named(path)
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


# -- headings --------------------------------------------------------------------------------------

_TAGGED = re.compile(r"<h([1-6])\b[^<>]*>([^<]{1,400}(?:<[^<>]*>[^<]{0,400}){0,8}?)</h\1>")


def _heading(text: str, reference: Reference) -> str:
    end = _line_start(text, reference.line)
    found: list[tuple[int, str]] = []
    if suffix(reference.file) in MARKDOWN | MDX:
        front = frontmatter.split(text, json=suffix(reference.file) in MARKDOWN)
        found = list(page.headings(text, front.body if front else 0, end))
    found += [(match.start(), page.plain(match[2])) for match in _TAGGED.finditer(text, 0, end)]
    return max(found, default=(0, ""))[1]


def _line_start(text: str, line: int) -> int:
    """Where a line (from 1) begins in ``text``, in characters."""
    at = 0
    for _ in range(line - 1):
        at = text.find("\n", at) + 1
        if not at:
            return len(text)
    return at
