"""Indented lines -> the nodes of a tree."""

from __future__ import annotations

import re

from assetgen.cure import advice
from assetgen.layouts.diagrams.mermaid import Read

#: The same as of the list of nodes in template.toml.
MOST_NODES = 40
# The lines that the program tree draws before a name, in Unicode and in ASCII.
_BRANCHES = re.compile(r"[ \xa0]*[\u2500-\u257f][ \xa0\u2500-\u257f]*|(?:[| ]   )*[|`]-- ")


def outline(text: str) -> Read:
    """The nodes of a tree: each line is below the last line before it that is indented less."""
    read = Read({"nodes": []})
    nodes = read.content["nodes"]
    above: list[tuple[int, str]] = []
    rows = map(_without_branches, text.splitlines())
    lines = [(n, line) for n, line in enumerate(rows, 1) if line.strip()]
    for number, line in lines:
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent and " " in indent:
            what = "the line is indented with tabs and with blanks"
            read.wrong(number, what, advice("use blanks alone"))
        deep = len(indent)
        levels = [level for level, _ in above]
        while above and above[-1][0] >= deep:
            above.pop()
        if levels and deep < levels[-1] and deep not in levels:
            what = "the line is indented like none above it"
            read.wrong(number, what, advice("indent it like the lines that it belongs to"))
        title, sign, more = line.strip().partition(" # ")
        if not title.strip() or (sign and not more.strip()):
            read.wrong(number, "a line needs words", advice("write some, or remove the line"))
        name = str(number)
        node = {"id": name, "title": title.strip(), "text": more.strip(), "line_number": number}
        nodes.append({**node, "parent": above[-1][1] if above else ""})
        above.append((deep, name))
    if len(nodes) < 2:
        read.wrong(1, "the tree has less than two lines", advice("add some"))
    if len(nodes) > MOST_NODES:
        what = f"the tree has {len(nodes)} lines; at most {MOST_NODES} are readable"
        read.wrong(1, what, advice("divide it into several images"))
    return read


def _without_branches(line: str) -> str:
    found = _BRANCHES.match(line)
    return " " * found.end() + line[found.end() :] if found else line
