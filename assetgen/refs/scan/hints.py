"""Whether a file may contain references at all: most files end here.

One pattern for all hints would be tried at every byte. Each of these begins with plain bytes, which
a search finds at once.
"""

from __future__ import annotations

import re

from assetgen.refs.scan.picture_heuristics import EXTENSIONS

_HINTS = (
    re.compile(rb"\.(?i:" + EXTENSIONS.encode() + rb")(?![a-zA-Z0-9_-])"),
    re.compile(
        rb"<(?:(?i:img|image)\b"
        rb"|[\w.:-]*(?:Image|Img|Picture|Illustration|Screenshot|[.:-](?:img|image|picture))\b)"
    ),
    re.compile(rb":(?i:image)"),  # og:image
    re.compile(rb"\((?<=(?i:url)\()\s*['\"]?\$\{"),  # url(${image})
)
_WORDS = (b"![", b"import.meta.glob", b"require.context")
# The keys under which a path may be one of an image without its extension, by what they end in.
_KEYS = tuple(
    re.compile(end + rb"['\"]?[ \t]*[:=]")
    for end in (b"mage", b"cover", b"thumbnail", b"banner", b"avatar")
)
_LINE_OF_KEY = re.compile(
    rb"[ \t-]*['\"]?(?:[a-z_A-Z]*[iI]mage|cover|thumbnail|banner|avatar)['\"]?[ \t]*[:=]"
)
#: What JSON may contain instead, as all of it may be in one line.
_OF_JSON = re.compile(rb'[iI]mage"[ \t]*:|"(?:cover|thumbnail|banner|avatar)"[ \t]*:')


def are_in(content: bytes, *, is_json: bool = False) -> bool:
    """Whether ``content`` has what every file with a reference has."""
    return (
        any(hint.search(content) for hint in _HINTS)
        or any(word in content for word in _WORDS)
        or any(_is_key_of_line(key, content) for key in _KEYS)
        or (is_json and _OF_JSON.search(content) is not None)
    )


def _is_key_of_line(key: re.Pattern[bytes], content: bytes) -> bool:
    """Whether a line begins with such a key."""
    spot = 0
    while found := key.search(content, spot):
        if _LINE_OF_KEY.match(content, content.rfind(b"\n", spot, found.start()) + 1 or spot):
            return True
        spot = content.find(b"\n", found.end()) + 1 or len(content)
    return False
