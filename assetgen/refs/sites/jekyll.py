"""What a Jekyll site serves, and which of its files Jekyll leaves out.

Source: https://jekyllrb.com/docs/configuration/options, and lib/jekyll/entry_filter.rb of 4.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assetgen.refs.folders import below, joined
from assetgen.refs.scan import frontmatter
from assetgen.refs.sites.base_paths import Base
from assetgen.refs.sites.served import Mount, Served


def served(root: str, config: str) -> Served:
    """``config`` is the text of _config.yml."""
    whole = frontmatter.Front("yaml", page=config, start=0, end=len(config), body=len(config))
    settings = frontmatter.values(whole)
    written = _text(settings, "source") or "."
    source = joined(root, written)
    mounts = (Mount("", source),) if source is not None else ()
    return Served(
        public=mounts,
        content=mounts,
        base=Base(_text(settings, "baseurl").strip("/")),
        unread=tuple(_left_out(source or "", settings.get("exclude"))),
        beyond=(written,) if source is None else (),
        in_languages=True,
    )


def _text(settings: Mapping[str, Any], key: str) -> str:
    value = settings.get(key)
    return value if isinstance(value, str) else ""


def _left_out(source: str, exclude: Any) -> Iterator[str]:
    """Patterns for the entries of ``exclude``, whose stars match slashes too."""
    for one in exclude if isinstance(exclude, list) else [exclude]:
        entry = one.strip().strip("/") if isinstance(one, str) else ""
        if entry and not entry.startswith(("!", "..")):
            yield below(source, f"**/{entry}" if "*" in entry and "/" not in entry else entry)
