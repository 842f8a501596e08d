"""Languages in the paths of pages: a file that one language lacks may be that of another."""

from __future__ import annotations

import re

from assetgen.refs.listing import Listing

# ISO 639-1, by first letter.
_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da "
    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy "
    "hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg "
    "li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or "
    "os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta "
    "te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
# "en", "pt-BR", "zh_Hans", "es-419"
_LANGUAGE = re.compile(
    rf"(?:{_CODES.replace(' ', '|')}|fil|ckb|kab)(?:[-_](?:[A-Za-z]{{2,4}}|\d{{3}})){{0,2}}"
)


def is_language(name: str) -> bool:
    """Whether a folder of this name may contain the pages of one language."""
    return _LANGUAGE.fullmatch(name) is not None


def may_be_language(name: str) -> bool:
    """Whether a folder of this name, beside those of languages, may be one of them, too."""
    return is_language(name) or re.fullmatch(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?", name) is not None


def is_english(path: str) -> bool:
    """Whether a path is that of an English file, which the others are translated from."""
    return "/en/" in f"/{path}" or ".en." in path


def elsewhere(path: str, listing: Listing) -> tuple[str, ...]:
    """The files that stand for the missing ``path`` in other languages, sorted.

    As ``x.en.png`` for ``x.png``, content/en/x.png or content/x.png for content/fr/x.png.
    """
    return tuple(sorted({*_by_name(path, listing), *_by_folder(path, listing)}))


def _by_name(path: str, listing: Listing) -> set[str]:
    stem, dot, end = path.rpartition(".")
    if not dot:
        return set()
    before, _, middle = stem.rpartition(".")
    stems = [stem, before] if before and is_language(middle) else [stem]
    found = {f"{one}.{end}" for one in stems if f"{one}.{end}" in listing}
    for one in stems:
        for other in listing.starting(f"{one}."):
            middle = other[len(one) + 1 :].removesuffix(f".{end}")
            if other.endswith(f".{end}") and is_language(middle):
                found.add(other)
    return found


def _by_folder(path: str, listing: Listing) -> set[str]:
    parts = path.split("/")
    found = set()
    for index, part in enumerate(parts[:-1]):
        if not is_language(part):
            continue
        above, rest = parts[:index], "/".join(parts[index + 1 :])
        for other in listing.ending(rest):
            others = other[: -len(rest)].strip("/").split("/") if other != rest else []
            if others == above or (others[:-1] == above and is_language(others[-1])):
                found.add(other)
    return found
