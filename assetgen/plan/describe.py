"""The reasons of a decision in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assetgen.plan.decide import Decision, State
from assetgen.plan.reasons import (
    ALIKE,
    BATCH,
    CANDIDATES,
    MIXED,
    NO_FILE,
    NOT_MERGED,
    OLDER,
    RENAMED,
)


def describe(decision: Decision) -> str:
    """The reasons of a decision in one line: which fields, old and new."""
    if decision.state is State.EDITED:
        changed = "changed since it was made"
        shown = [f"{r.field} {MIXED if r.new == MIXED else changed}" for r in decision.reasons]
    elif decision.state is State.UNMERGED:
        names = ", ".join(r.field for r in decision.reasons)
        shown = [f"{NOT_MERGED}: {names}"]
    else:
        gone = [r.field for r in decision.reasons if r.new == NO_FILE]
        rest = [r for r in decision.reasons if r.new != NO_FILE]
        shown = [_missing(gone)] if gone else []
        shown += [reason_in_words(r.field, r.old, r.new) for r in rest]
    return "; ".join(shown[:4]) + (f"; and {len(shown) - 4} more" if len(shown) > 4 else "")


def _missing(paths: Sequence[str]) -> str:
    if len(paths) == 1:
        return f"{paths[0]} does not exist"
    return f"{paths[0]} and {len(paths) - 1} more do not exist"


def reason_in_words(field: str, old: object, new: object) -> str:
    """One field that differs, with its old and its new value as people write them."""
    if field in (RENAMED, ALIKE):
        return f"its image exists under the id {old}: {new}"
    if field == "moved":
        return f"it was moved to {new}"
    if field in (BATCH, CANDIDATES):
        return str(new)
    if field == "template":
        return f"it {OLDER}" if new == OLDER else "template or font changed"
    if field.startswith("inputs[") and field.endswith("sha256"):
        return "an input changed"
    if field == "files":
        return _files(str(old), str(new))
    if _is_digest(old) and _is_digest(new):
        return f"{field} changed"
    if isinstance(old, Mapping | None) and isinstance(new, Mapping | None):
        keys = dict.fromkeys((*(old or {}), *(new or {})))
        parts = [(key, (old or {}).get(key), (new or {}).get(key)) for key in keys]
        return "; ".join(
            reason_in_words(f"{field}.{key}", before, after)
            for key, before, after in parts
            if before != after
        )
    if isinstance(old, list | tuple | None) and isinstance(new, list | tuple | None):
        return _entries(field, list(map(_value, old or ())), list(map(_value, new or ())))
    if old is None and isinstance(new, str) and _is_said(field):
        return f"{field} {new}"
    before, after = _differing(_value(old), _value(new))
    return f"{field} {before} -> {after}"


def _is_said(field: str) -> bool:
    """Whether a new text without an old one describes the field, and is not its value."""
    return field not in ("model", "quality", "mask", "fit") and not field.startswith(
        ("values.", "options.", "inputs[")
    )


def _files(old: str, new: str) -> str:
    before, after = old.split(", "), new.split(", ")
    if before == after:
        return "the files will be encoded in another way"
    return _entries("files", before, after)


def _entries(field: str, old: Sequence[str], new: Sequence[str]) -> str:
    """Which entries of a list were added and removed."""
    added = [entry for entry in new if entry not in old]
    gone = [entry for entry in old if entry not in new]
    said = [
        f"{word} {_some(entries)}"
        for word, entries in (("added", added), ("removed", gone))
        if entries
    ]
    if said:
        return f"{field} {', '.join(said)}"
    if len(old) == len(new):
        return f"{field} in another order"
    return f"{field} {len(old)} -> {len(new)} entries"


def _some(entries: Sequence[str]) -> str:
    more = f" and {len(entries) - 3} more" if len(entries) > 3 else ""
    return ", ".join(_short(entry) for entry in entries[:3]) + more


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and (
        value.startswith("sha256:") or (len(value) == 64 and value.isalnum())
    )


def _value(value: object, deep: int = 8) -> str:
    """A value as people write it, down to eight levels."""
    if deep == 0:
        return "..."
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        if "path" in value:
            return _value(value["path"], deep - 1)
        return ", ".join(f"{k} {_value(v, deep - 1)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_value(one, deep - 1) for one in value) or "none"
    return "a file" if _is_digest(value) else str(value)


_SHORT = 40


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 3] + "..."


def _differing(old: str, new: str) -> tuple[str, str]:
    """Two texts to show side by side: whole if they are short, else the words that differ."""
    if max(len(old), len(new)) <= _SHORT:
        return old, new
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    # One word more, so that the place can be found.
    first = old.rfind(" ", 0, max(0, old.rfind(" ", 0, start))) + 1
    first = max(first, start - _SHORT // 2)
    return _part(old, first, len(old) - end), _part(new, first, len(new) - end)


def _alike(old: str, new: str) -> int:
    """The number of characters that two texts begin with in common."""
    pairs = zip(old, new, strict=False)
    return next(
        (at for at, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new))
    )


def _part(text: str, first: int, last: int) -> str:
    last = len(text) if (blank := text.find(" ", last)) < 0 else blank
    last = min(last, first + 2 * _SHORT)
    return ("..." if first else "") + text[first:last] + ("..." if last < len(text) else "")


def all_fresh(count: int, lacking: int = 0) -> str:
    """The line that is a whole plan if every image is fresh; ``lacking`` files are to be built."""
    every = "the only picture is" if count == 1 else f"all {count} pictures are"
    return f"{every} fresh; {f'{lacking} not built' if lacking else 'nothing to do'}"
