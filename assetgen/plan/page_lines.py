"""On which lines of a page the keys of its front matter are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assetgen.refs.scan.frontmatter import Front


def below(name: str, front: Front) -> Mapping[str, int]:
    """The line of the key ``name``, and those of the keys in its table, as far as they are found.

    In TOML and JSON, all of them are on the line of ``name``.
    """
    text = front.page[front.start : front.end]
    before = front.page.count("\n", 0, front.start)
    if front.kind == "yaml":
        return dict(_in_yaml(name, text, before + 1))
    found = re.search(rf"(?m)^\W*{re.escape(name)}\b", text)
    line = before + 1 + (text.count("\n", 0, found.end()) if found else 0)
    return _OnOneLine(line)


class _OnOneLine(dict[str, int]):
    def __init__(self, line: int) -> None:
        super().__init__()
        self._line = line

    def get(self, _key: str, _default: Any = None) -> int:
        return self._line


def _in_yaml(name: str, text: str, first: int) -> Iterator[tuple[str, int]]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    root = yaml.compose(text, Loader=loader)
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == name:
            yield name, first + key.start_mark.line
            for inner, _ in value.value if isinstance(value, yaml.MappingNode) else ():
                yield str(inner.value), first + inner.start_mark.line
