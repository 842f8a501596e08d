"""What became of pictures, as Markdown for a comment or a job summary on GitHub.

Every text that is not ours is written in numeric references inside <code>: it forms no Markdown, no
HTML, no mention and no link.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assetgen.diff import links
from assetgen.diff.model import Change, Diff, Status, Version
from assetgen.report import diff_text
from assetgen.text import clean, count

#: Where rows end and a count begins, in characters. GitHub takes 65,536 of a comment.
MOST = 60_000
#: What begins a comment that is updated; the prefix of the project follows.
MARKER = "<!-- assetgen diff "
_WIDE = 300
_LONGEST = 400


@dataclass(frozen=True)
class Where:
    """Where the pictures are on GitHub; without a repository, no picture is shown."""

    repository: str | None
    above: str = ""
    """The path from the top of the repository to the project ("site/")."""
    newer: str | None = None
    """The commit that the newer pictures are shown of, if it is not the head of the range."""


def markdown(found: Diff, where: Where) -> str:
    """The whole text: whole rows up to 60,000 characters, then how many there are besides."""
    head = [f"{MARKER}{_reference(where.above)} -->", "", f"### Pictures: {_summary(found)}", ""]
    foot = list(_foot(found))
    room = MOST - len("\n".join([*head, *foot])) - 400
    rows: list[str] = []
    for change in found.changes:
        row = _row(found, change, where)
        room -= len(row) + 1
        if room < 0:
            break
        rows.append(row)
    table = ["| picture | before | after |", "|---|---|---|", *rows] if rows else []
    left = len(found.changes) - len(rows)
    if left:
        table += ["", f"... and {count(left, 'more picture')}: run `assetgen diff` to see them."]
    return "\n".join([*head, *table, "", *foot]).rstrip("\n") + "\n"


def _summary(found: Diff) -> str:
    return diff_text.summary(found)


def _foot(found: Diff) -> Iterator[str]:
    for bill in found.bills:
        yield f"- {_code(bill.surface)}: {_reference(diff_text.bill_in_words(bill))}"
    for note in found.notes[:20]:
        yield f"- note: {_code(note)}"
    if found.bills or found.notes:
        yield ""
    names = f"{_code(found.base.name)} to {_code(found.head.name)}"
    yield f"{names}, by assetgen"


def _row(found: Diff, change: Change, where: Where) -> str:
    lines = [f"**{change.status}** {_code(change.name)}"]
    lines += [f"{_label(line)}" for line in diff_text.why(change)]
    lines += [_label(line) for line in diff_text.texts(change)]
    lines += [_label(line) for line in diff_text.costs(change)]
    if words := diff_text.approval(change):
        lines.append(_label(words))
    newer = where.newer or found.head.commit
    before = _side(change.before, found.base.commit, where)
    after = _side(change.after, newer, where)
    if change.status in (Status.DESCRIBED, Status.MOVED):
        before = _facts(change.before)
    return f"| {'<br>'.join(lines)} | {before} | {after} |"


def _side(version: Version | None, commit: str | None, where: Where) -> str:
    """A picture and its facts; the picture only where GitHub has it."""
    if version is None:
        return ""
    main = version.main
    if where.repository is None or commit is None or main.missing:
        return _facts(version)
    url = links.picture(where.repository, commit, where.above + main.path)
    wide = min(main.width or _WIDE, _WIDE)
    alt = _reference(clean(version.alt or "", _LONGEST))
    image = f'<img src="{_attribute(url)}" width="{wide}" alt="{alt}">'
    return f"{image}<br>{_facts(version)}"


def _facts(version: Version | None) -> str:
    if version is None:
        return ""
    main = version.main
    words = ", ".join(filter(None, [diff_text.pixels(main), diff_text.weight(main)]))
    return f"{_code(main.path)}<br>{_reference(words)}"


def _label(text: str) -> str:
    return _code(text)


def _code(text: str) -> str:
    """Foreign text: GitHub makes no mentions and no links of what is code."""
    return f"<code>{_reference(clean(text, _LONGEST))}</code>"


def _reference(text: str) -> str:
    """``text`` with each character that Markdown or HTML could take for their own as its number."""
    return "".join(char if char.isalnum() or char in " ," else f"&#{ord(char)};" for char in text)


def _attribute(url: str) -> str:
    """A quoted address, which has letters, digits and few marks, inside a table."""
    return url.replace("&", "&amp;").replace('"', "%22").replace("|", "%7C")
