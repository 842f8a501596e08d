"""Which URLs of a site are answered by code or sent elsewhere, so that no file answers them.

Sources: https://nextjs.org/docs/app/api-reference/file-conventions/route,
https://docs.astro.build/en/guides/endpoints, https://svelte.dev/docs/kit/routing,
https://reactrouter.com/how-to/file-route-conventions, https://vercel.com/docs/rewrites,
https://docs.netlify.com/routing/redirects
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assetgen.refs.folders import below, within
from assetgen.refs.listing import Listing
from assetgen.refs.sites import literals
from assetgen.refs.sites.framework import NEXT, Framework

_REWRITE = re.compile(r"source\s*:\s*([\"'`])(/[^\"'`\n]*)\1[^{}]{0,300}?destination\s*+:", re.S)
_NETLIFY = re.compile(r"^[ \t]*+from[ \t]*+=[ \t]*+[\"'](/[^\"'\n]*)[\"']", re.M)
# How many routes count: each is tried for each missing file.
_MAX_ROUTES = 500
_LONGEST_ROUTE = 1000
_SCRIPT = re.compile(r"\.[mc]?[jt]sx?$")
_METADATA = re.compile(r"(?:opengraph-image|twitter-image|icon|apple-icon)\d*$")
# One character for "any text" and one for "any part", while a path becomes a pattern.
_ANY, _PART = "\x00", "\x01"


def endpoints(
    root: str, framework: Framework, config: str, public: list[str], listing: Listing
) -> re.Pattern[str] | None:
    """A pattern of such URLs of the site in ``root``, without their first slash; None for none."""
    found = [
        *_routes(root, framework, listing),
        *_rewrites(root, config=config, public=public, listing=listing),
    ]
    kept = sorted({pattern for route in found if (pattern := _pattern(route))})[:_MAX_ROUTES]
    return re.compile("|".join(kept)) if kept else None


def _pattern(route: str) -> str | None:
    """The route as a pattern; None if it would match everything, as the route of pages does."""
    route = route.strip("/")
    if len(route) > _LONGEST_ROUTE or not route.replace(_ANY, "").replace(_PART, "").strip("/."):
        return None
    first, *rest = (
        "".join("[^/]+" if char == _PART else re.escape(char) for char in piece)
        for piece in route.split(_ANY)
    )
    if not rest:
        return f"{first}$"
    # Text between two of any length matches at its first place: a later one could match no more.
    *between, last = rest
    return first + "".join(f"(?>.*?{piece})" for piece in between if piece) + f".*{last}$"


def _routes(root: str, framework: Framework, listing: Listing) -> Iterator[str]:
    if framework in NEXT:
        for folder in ("app/", "src/app/"):
            yield from _next(below(root, folder), listing)
    elif framework == "astro":
        for path in _inside(below(root, "src/pages/"), listing):
            if _SCRIPT.search(path):
                yield _bracketed(_SCRIPT.sub("", path))
    elif framework == "sveltekit":
        for path in _inside(below(root, "src/routes/"), listing):
            if "/+server." in f"/{path}":
                yield _bracketed(f"/{path}".rpartition("/+server.")[0])
    elif framework == "remix":
        for path in _inside(below(root, "app/routes/"), listing):
            yield _dotted(path)


def _inside(folder: str, listing: Listing) -> Iterator[str]:
    """The files below ``folder`` (with its last slash), as seen from there."""
    for path in listing.starting(folder):
        yield path[len(folder) :]


def _next(folder: str, listing: Listing) -> Iterator[str]:
    for path in _inside(folder, listing):
        if not _SCRIPT.search(path):
            continue
        place, _, name = _SCRIPT.sub("", path).rpartition("/")
        if name == "route":
            yield _bracketed(place)
        elif _METADATA.fullmatch(name):
            made = _bracketed(f"{place}/{name}")
            yield from (made, f"{made}.{_PART}", f"{made}-{_PART}")


def _shown(path: str) -> str:
    """The folders that a URL shows: not (group) and @slot."""
    return "/".join(part for part in path.split("/") if not re.fullmatch(r"\(.*\)|@.*", part))


def _bracketed(path: str) -> str:
    """``og/(group)/[...slug]`` -> ``og/ANY``."""
    text = re.sub(r"\[\[?\.\.\.[^\]]*\]?\]", _ANY, _shown(path))
    return re.sub(r"\[\[?[^\]]*\]?\]", _PART, text)


def _dotted(path: str) -> str:
    """``og.$slug[.]png.ts`` -> ``og/PART.png``; a folder is a part like those between dots."""
    name = _SCRIPT.sub("", path).removesuffix("/route")
    parts = [
        part
        for part in re.sub(r"(?<!\[)[.](?!\])", "/", name).split("/")
        if not part.startswith("_")
    ]
    parts = [_ANY if part == "$" else re.sub(r"\$\w+", _PART, part) for part in parts]
    return "/".join(parts).replace("[.]", ".").replace("[", "").replace("]", "")


def _rewrites(root: str, config: str, public: list[str], listing: Listing) -> Iterator[str]:
    for found in _REWRITE.finditer(config):
        yield _wild(found[2])
    document = literals.table(literals.text_of(listing.read(below(root, "vercel.json"))))
    for key in ("rewrites", "redirects"):
        rows = document.get(key)
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and isinstance(row.get("source"), str):
                yield _wild(row["source"])
    for found in _NETLIFY.finditer(literals.text_of(listing.read(below(root, "netlify.toml")))):
        yield _wild(found[1])
    for folder in {root, *public}:
        for line in literals.text_of(listing.read(below(folder, "_redirects"))).splitlines():
            if line.startswith("/"):
                yield _wild(line.split()[0])


def _wild(source: str) -> str:
    """``/img/:path*`` -> ``img/ANY``; ``:name`` is one part, ``(...)`` and ``*`` are any text."""
    text = re.sub(r":\w+\*|:\w+\+|\([^)]*\)|\*", _ANY, source)
    return re.sub(r":\w+", _PART, text)


def metadata_files(root: str, framework: Framework, listing: Listing) -> dict[str, str]:
    """The icons and cards that Next serves from the app folder, by URL without its first slash."""
    found: dict[str, str] = {}
    if framework in NEXT:
        for folder in ("app", "src/app"):
            base = below(root, folder)
            for path in listing.starting(f"{base}/"):
                place, _, name = (within(base, path) or "").rpartition("/")
                stem, _, end = name.rpartition(".")
                if name == "favicon.ico" or (
                    _METADATA.fullmatch(stem) and not _SCRIPT.search(f".{end}")
                ):
                    found.setdefault(below(_shown(place), name), path)
    return found
