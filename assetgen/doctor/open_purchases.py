"""doctor: paid requests without an image in place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assetgen.doctor.notes import Note, Urgency, problem
from assetgen.errors import AssetgenError, BusyError, StorageError
from assetgen.fs import store
from assetgen.fs.lock import locked
from assetgen.paid import answers, journal
from assetgen.paid.journal import Entry, Fate, Journal
from assetgen.paid.replies import Unreadable
from assetgen.plan import routing
from assetgen.plan.workspace import Workspace
from assetgen.settings.conditions import Conditions


@dataclass(frozen=True)
class Standing:
    """A paid request that may have been billed and has no picture in place."""

    entry: Entry
    known: str
    """What is known of it, in words."""
    is_free: bool
    """Whether its picture can still be had without paying again."""
    cure: str
    kept: tuple[str, ...] = ()
    """Where pictures of its reply were put, below the project."""


# -- the log of paid requests ----------------------------------------------------------------------


def open_purchases(
    root: Path | None, conditions: Conditions, project: Workspace | None
) -> tuple[list[Standing], list[Note]]:
    """Every paid request without its picture, and what is wrong with the log itself."""
    if root is None or not journal.is_there(root):
        return [], []
    try:
        with locked(root, wait=0):
            return _standings(root, conditions, project), []
    except BusyError:
        what = (
            "another run is at work in this project: what was paid for is looked at when it is done"
        )
        return [], [Note(Urgency.NOTE, what, cure="assetgen doctor, later")]
    except AssetgenError as exc:
        return [], [problem(exc)]


def _standings(root: Path, conditions: Conditions, project: Workspace | None) -> list[Standing]:
    log = Journal(root, conditions.clock)
    try:
        answers.recover(log)
        return [
            _standing(entry, root, log.file(entry.number), _is_wanted(entry, project))
            for entry in log.open()
        ]
    finally:
        log.close()


def _is_wanted(entry: Entry, project: Workspace | None) -> bool | None:
    """Whether the manifest still wants just this picture; None if that cannot be worked out."""
    if project is None:
        return None
    if entry.asset_id not in project.paths:
        return False
    try:
        return journal.want(project.wish(entry.asset_id)) == entry.want
    except AssetgenError:
        return None


def _standing(entry: Entry, root: Path, file: Path, is_wanted: bool | None) -> Standing:
    """What is known of an open entry, and how it is settled."""
    number, name = entry.number, entry.asset_id
    again = f"assetgen generate {name} --force (buys it again), or " if is_wanted else ""
    give_up = f"{again}assetgen doctor --forget {number} (gives it up)"
    if entry.fate is Fate.ANSWERED and file.is_file():
        if is_wanted:
            return Standing(
                entry, "it was paid for and its reply is stored", True, f"assetgen generate {name}"
            )
        return _kept(entry, root, file, is_wanted, give_up)
    if entry.fate is Fate.ANSWERED:
        return Standing(entry, f"its reply is gone from {store.REPLIES}/{number}", False, give_up)
    if entry.response_id and entry.fate is Fate.SENT:
        known = f"its answer waits at the provider as response {entry.response_id}"
        if is_wanted:
            return Standing(entry, known, True, f"assetgen generate {name} --resume")
        return Standing(entry, f"{known}; {_changed(is_wanted)}", False, give_up)
    note = entry.note or "the request left, and no whole answer came: it may have been billed"
    stored = f"; what came is in {store.REPLIES}/{number}" if file.is_file() else ""
    return Standing(entry, f"{note}{stored}", False, give_up)


def _changed(is_wanted: bool | None) -> str:
    return (
        "whether it is still wanted cannot be worked out"
        if is_wanted is None
        else "it is not what is wanted now"
    )


def _kept(entry: Entry, root: Path, file: Path, is_wanted: bool | None, give_up: str) -> Standing:
    """A stored reply to a wish that has changed: its pictures are kept where they can be adopted from."""
    known = f"its reply is stored; {_changed(is_wanted)}"
    streamed = bool(entry.evidence.get("streamed")) and not (entry.reply or {}).get("fetched")
    try:
        pictures = (
            routing.load_paid(entry.route).read(file.read_bytes(), streamed=streamed).pictures
        )
    except (Unreadable, OSError, LookupError) as exc:
        return Standing(entry, f"{known}, and cannot be read: {str(exc)[:200]}", False, give_up)
    kept = tuple(
        f"{store.CACHE}/originals/{store.keep_original(root, picture)}" for picture in pictures
    )
    if not kept:
        return Standing(
            entry,
            f"{known}, and holds no picture: look at {store.REPLIES}/{entry.number}",
            False,
            give_up,
        )
    drawn_by = f" --route {entry.route}" if entry.surface in ("openai-api", entry.route) else ""
    cure = f"assetgen adopt {entry.asset_id} {kept[0]}{drawn_by}, then assetgen doctor --forget {entry.number}"
    return Standing(entry, f"{known}; its picture is kept", True, cure, kept)


def forget(root: Path, conditions: Conditions, number: int) -> Entry:
    """Give an open entry up. Raises StorageError if there is none of that number."""
    with locked(root):
        log = Journal(root, conditions.clock) if journal.is_there(root) else None
        try:
            entry = (
                next((entry for entry in log.open() if entry.number == number), None)
                if log
                else None
            )
            if log is None or entry is None:
                what = f"no open entry in the log of paid requests has the number {number}"
                raise StorageError(what, where=journal.NAME, cure="assetgen doctor lists them")
            log.end(number, Fate.DISMISSED, "; ".join(filter(None, (entry.note, "given up"))))
            return entry
        finally:
            if log:
                log.close()
