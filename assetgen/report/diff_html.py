"""What became of pictures, as one HTML file with small pictures in it."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from assetgen.diff.model import Change, Diff, Version
from assetgen.report import diff_text
from assetgen.text import clean, count

#: So many changes have pictures; the others are counted.
MOST = 500
_STYLE = """
:root { color-scheme: light dark; --ground: #fff; --text: #1c2024; --dim: #60646c;
  --line: #d9d9e0; --card: #f9f9fb; --check: #e3e3e8 }
@media (prefers-color-scheme: dark) { :root { --ground: #111113; --text: #edeef0;
  --dim: #b0b4ba; --line: #43484e; --card: #18191b; --check: #2e3135 } }
* { box-sizing: border-box }
body { margin: 0; padding: 1.5rem; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif }
main, header { max-width: 72rem; margin: 0 auto }
h1 { font-size: 1.4rem; margin: 0 0 .25rem }
h2 { font-size: 1.05rem; margin: 0; overflow-wrap: anywhere }
p, ul { margin: .25rem 0; color: var(--dim); overflow-wrap: anywhere }
article { border: 1px solid var(--line); border-radius: .5rem; background: var(--card);
  padding: 1rem; margin: 1rem 0 }
.status { font-size: .85rem; font-weight: 600; border: 1px solid var(--line);
  border-radius: 1rem; padding: 0 .6rem; margin-right: .4rem }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr));
  gap: 1rem; margin-top: .75rem }
figure { margin: 0; min-width: 0 }
figcaption { color: var(--dim); font-size: .9rem; overflow-wrap: anywhere }
img { display: block; max-width: 100%; height: auto; border: 1px solid var(--line);
  background: repeating-conic-gradient(var(--check) 0 25%, transparent 0 50%) 0 0 / 16px 16px }
"""


def html(found: Diff) -> str:
    """The whole page: nothing in it is loaded from anywhere, and nothing in it runs."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'"
    notes = [f"{bill.surface}: {diff_text.bill_in_words(bill)}" for bill in found.bills]
    notes += [f"note: {note}" for note in found.notes]
    listed = "".join(f"<li>{_text(note)}</li>" for note in notes)
    left = len(found.changes) - MOST
    rest = f"<p>... and {count(left, 'more picture')}</p>" if left > 0 else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Pictures: {_text(diff_text.summary(found))}</title>\n<style>{_STYLE}</style>\n"
        f"</head>\n<body>\n<header><h1>Pictures: {_text(diff_text.summary(found))}</h1>\n"
        f"<p>{_text(found.base.name)} to {_text(found.head.name)}</p>\n"
        f"<ul>{listed}</ul></header>\n<main>\n"
        + "".join(map(_article, found.changes[:MOST]))
        + f"{rest}</main>\n</body>\n</html>\n"
    )


def _article(change: Change) -> str:
    lines = "".join(f"<li>{_text(line)}</li>" for line in diff_text.about(change))
    before, after = change.thumbnails
    sides = _figure("before", change.before, before) + _figure("after", change.after, after)
    return (
        f'<article><h2><span class="status">{change.status}</span>{_text(change.name)}</h2>\n'
        f'<ul>{lines}</ul>\n<div class="sides">{sides}</div></article>\n'
    )


def _figure(side: str, version: Version | None, picture: str | None) -> str:
    if version is None:
        return ""
    main = version.main
    facts = [side, main.path, diff_text.pixels(main), diff_text.weight(main)]
    alt = escape(clean(version.alt or ""), quote=True)
    image = f'<img src="{picture}" alt="{alt}">' if picture else ""
    return (
        f"<figure>{image}<figcaption>{_text(', '.join(filter(None, facts)))}</figcaption></figure>"
    )


def _text(text: str) -> str:
    return escape(clean(text), quote=True)
