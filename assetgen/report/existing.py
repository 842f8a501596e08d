"""What ``adopt --existing`` did, as text and as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

from assetgen.generate.existing import Taken
from assetgen.record.baseline import FILE
from assetgen.report.text import MOST, console, error, error_json, show_cure, text_of
from assetgen.text import clean, count


def taken(result: Taken, stream: IO[str]) -> None:
    """Print what became of the lines of the baseline; of long lists, the beginning."""
    out = console(stream)
    moved = (f"{old} -> {new}" for old, new in result.moved.items())
    left = (f"{path}: {why}" for path, why in result.left.items())
    for verb, said in (
        ("repaired", result.repaired),
        ("added", result.added),
        ("renewed", result.renewed),
        ("moved", moved),
        ("dropped", result.dropped),
        ("left out", left),
    ):
        for line in _some(verb, said):
            out.print(clean(line))
    out.print(_summary(result))
    if result.uncommitted:
        error(result.uncommitted, stream)
    elif result.is_staged:
        out.print(f"staged {FILE}: your next commit takes it with the pictures that you staged")
    elif result.to_add:
        out.print("not committed; to commit it, stage it first")
        show_cure(result.to_add, out)


def _some(verb: str, said: Iterable[str]) -> Iterable[str]:
    every = list(said)
    yield from (f"{verb}  {one}" for one in every[:MOST])
    if len(every) > MOST:
        yield f"{verb}  ... and {len(every) - MOST} more"


def _summary(result: Taken) -> str:
    parts = [f"{count(result.total, 'picture')} in the baseline"]
    numbers = {
        "added": len(result.added),
        "renewed": len(result.renewed),
        "moved": len(result.moved),
        "dropped": len(result.dropped),
        "left out": len(result.left),
    }
    parts += [f"{number} {verb}" for verb, number in numbers.items() if number]
    if not result.is_written:
        parts.append("nothing changed")
    if result.commit:
        parts.append(f"committed as {result.commit}")
    return ", ".join(parts)


def taken_json(result: Taken) -> dict[str, Any]:
    """What became of the lines of the baseline, as data."""
    return {
        "baseline": result.total,
        "added": result.added,
        "renewed": result.renewed,
        "moved": [{"from": old, "to": new} for old, new in result.moved.items()],
        "dropped": result.dropped,
        "left": result.left,
        "repaired": list(result.repaired),
        "written": result.is_written,
        "commit": result.commit,
        "uncommitted": error_json(result.uncommitted) if result.uncommitted else None,
        "to_add": text_of(result.to_add),
        "staged": result.is_staged,
    }
