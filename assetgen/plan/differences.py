"""The fields in which an asset differs from what its record says was made."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from assetgen import __version__
from assetgen.image.steps import unfitted
from assetgen.layouts import closure
from assetgen.plan import grounds, weight
from assetgen.plan.reasons import OLDER, WEIGHT, Reason
from assetgen.plan.weight import Weigh
from assetgen.plan.wish import Wish, World, earlier
from assetgen.record.intent import chain, of_steps
from assetgen.record.record import Record

#: The fields of what is derived from an original, for free.
DERIVED = frozenset({"fit", "files", WEIGHT})
#: How the field of a reason begins that names an asset to be made again.
OF_NEED = "inputs.@"


def shows_another(wanted: Wish, record: Record) -> bool:
    """Whether the image of a record is another one than the wish asks for, whatever its files."""
    return any(one.field not in DERIVED for one in differences(wanted, record))


def differences(
    wanted: Wish,
    record: Record,
    remade: Collection[str] = (),
    weigh: Weigh = lambda _path: None,
) -> Iterator[Reason]:
    """Each field in which the wish differs from what the record says was made.

    ``remade`` are the assets whose image will be made again first. ``weigh`` gives the bytes of a
    file of which the record does not say them.
    """
    for need in wanted.needs:
        if need in remade:
            yield Reason(f"{OF_NEED}{need}", new="will be made again")
    changes = () if wanted.asset.is_adopted else tuple(wanted.intent.changes(record.intent))
    if changes and (of_steps := _of_steps(wanted, record)) is not None:
        changes = tuple(of_steps)
    of_user = [one for one in changes if not _is_of_layouts(one[0], wanted, record)]
    is_newer = any(name == "template" for name, _, _ in changes)  # a new default is one too
    if is_newer and not of_user:
        yield Reason("template", record.intent.get("template"), OLDER)
        changes = ()
    elif is_newer:
        changes = tuple(one for one in changes if one in of_user or one[0] == "template")
    for name, old, new in changes:
        if new is None and name.startswith("inputs["):
            continue  # an input that does not exist yet was named above
        is_open = not (wanted.covers or wanted.asset.asked_size)
        if name == "size" and record.original and is_open:
            continue  # it follows from fit: an adopted image is derived again, not drawn again
        if name == "size" and wanted.covers and _is_large_enough(wanted, record):
            continue
        yield Reason(name, old, new)
    old_steps, new_steps = list(record.steps), msgspec.to_builtins(wanted.steps)
    old_fit, new_fit = ([s for s in steps if s["op"] == "fit"] for steps in (old_steps, new_steps))
    if old_fit != new_fit:
        yield Reason("fit", _fit_words(old_fit), _fit_words(new_fit))
    old_files, new_files = (
        [unfitted(s) for s in steps if s["op"] == "encode"] for steps in (old_steps, new_steps)
    )
    names = [target.path for target in wanted.targets]
    if old_files != new_files or list(record.subject) != names:
        yield Reason("files", ", ".join(record.subject), ", ".join(names))
    elif heavy := weight.reason(wanted, record, weigh):
        yield heavy


def _is_large_enough(wanted: Wish, record: Record) -> bool:
    """Whether a ground fills its cover, as far as another one would: a model has its sizes."""
    had = (record.original_size, record.intent.get("size"))
    return grounds.is_enough(wanted.covers or (1, 1), had, wanted.intent.size)


def _of_steps(wanted: Wish, record: Record) -> list[tuple[str, Any, Any]] | None:
    """What differs in the image before all steps, and in the steps; None if neither does."""
    new, old = chain(msgspec.to_builtins(wanted.intent)), chain(record.intent)
    if len(new) == len(old) == 1:
        return None
    *_, base = (wanted, *earlier(wanted))
    changes = base.intent.changes(old[-1])
    return [*changes, *of_steps(old, new)] or None


def _is_of_layouts(name: str, wanted: Wish, record: Record) -> bool:
    """Whether a difference is one of the layouts that ship: the user changed nothing."""
    if not wanted.asset.is_local or (not wanted.is_as_shipped and record.version == __version__):
        return False
    if wanted.kind.root != closure.shipped_root():
        return False
    if name == "template":
        return True
    first, _, rest = name.partition(".")
    value = re.split(r"[.\[]", rest)[0]
    is_new = value not in record.intent.get("values", {})
    return first == "values" and (is_new or value not in wanted.asset.values)


def _fit_words(steps: Sequence[Mapping[str, Any]]) -> str | None:
    if not steps:
        return None
    focus = steps[0].get("focus")
    words = "{width}x{height} {mode}".format(**steps[0])
    return f"{words}, focus {focus}" if focus else words


def is_kept(wanted: Wish, stale: Sequence[Reason], world: World) -> bool:
    """Whether a paid image was bought before as it is asked for now, and its original is kept."""
    if wanted.asset.is_local or any(one.field.startswith(OF_NEED) for one in stale):
        return False
    return world.elsewhere.kept(wanted) is not None
