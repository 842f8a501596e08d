"""Small images in terminals that can show them: the protocols of kitty and iTerm2.

Sources: sw.kovidgoyal.net/kitty/graphics-protocol; iterm2.com/documentation-images.html.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping

_WIDTH, _COLUMNS = 320, 32
_CHUNK = 4096


def protocol(environ: Mapping[str, str]) -> str | None:
    """The protocol of the terminal of ``environ``: "kitty", "iterm2", or None."""
    if environ.get("TMUX") or environ.get("STY"):  # these programs drop or garble inline images
        return None
    if environ.get("KITTY_WINDOW_ID") or environ.get("TERM") in ("xterm-kitty", "xterm-ghostty"):
        return "kitty"
    if environ.get("TERM_PROGRAM") in ("iTerm.app", "WezTerm"):
        return "iterm2"
    return None


def picture(data: bytes, how: str) -> str:
    """The escape sequence that shows ``data`` as a small image. Raises StorageError."""
    from assetgen.image import decode

    image = decode.decode(data)
    image.thumbnail((_WIDTH, _WIDTH))
    out = io.BytesIO()
    image.save(out, "PNG")
    text = base64.b64encode(out.getvalue()).decode()
    if how == "iterm2":
        return f"\033]1337;File=inline=1;width={_COLUMNS};preserveAspectRatio=1:{text}\a"
    chunks = [text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)]
    keys = [f"a=T,f=100,c={_COLUMNS}," if n == 0 else "" for n in range(len(chunks))]
    more = [int(n < len(chunks) - 1) for n in range(len(chunks))]
    return "".join(
        f"\033_G{key}m={m};{chunk}\033\\" for key, m, chunk in zip(keys, more, chunks, strict=True)
    )
