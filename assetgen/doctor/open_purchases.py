"""doctor: paid requests without an image in place."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from assetgen.cure import ID, Cure, advice, command
from assetgen.doctor.notes import Note, Urgency, problem
from assetgen.errors import AssetgenError, BusyError, StorageError
from assetgen.fs import home, originals
from assetgen.fs.lock import locked
from assetgen.paid import answers, evidence, journal
from assetgen.paid.batch_log import BatchLog
from assetgen.paid.claims import Claims
from assetgen.paid.journal import Entry, Fate, Journal
from assetgen.paid.log_file import NAME, STRAY
from assetgen.paid.replies import Unreadable
from assetgen.plan import routing
from assetgen.plan.decide import Decision
from assetgen.plan.workspace import Workspace
from assetgen.settings.conditions import Conditions


@dataclass(frozen=True)
class Standing:
    """A paid request that may have been billed and has no image in place."""

    entry: Entry
    known: str
    """What is known about it, in words."""
    is_free: bool
    """Whether the image can still be obtained without paying again."""
    cure: Cure
    kept: tuple[str, ...] = ()
    """Where the images of its reply are kept, relative to the project."""


# -- the log of paid requests ----------------------------------------------------------------------


def open_purchases(
    root: Path | None, conditions: Conditions, project: Workspace | None
) -> tuple[list[Standing], list[Note]]:
    """Every paid request without its image, and the problems of the log itself."""
    if root is None or not journal.is_there(root):
        return [], []
    try:
        with locked(root, wait=0):
            found, notes = _standings(root, conditions, project)
            return found, [*notes, *_strays(root)]
    except BusyError:
        what = "another run is working in this project, so open paid requests were not examined"
        return [], [
            Note(
                Urgency.NOTE,
                what,
                cure=advice("{doctor}, later", doctor=command("assetgen doctor")),
            )
        ]
    except AssetgenError as exc:
        return [], [problem(exc)]


def _standings(
    root: Path, conditions: Conditions, project: Workspace | None
) -> tuple[list[Standing], list[Note]]:
    notes = []
    try:
        with closing(Journal(root, conditions.clock, wait=0)) as log:
            answers.recover(log)
            BatchLog(root, log).pending()  # removes what a killed run left of a batch
            entries = log.open()
    except StorageError as exc:  # for example a folder .git that is read-only here
        notes = [problem(exc)]
        entries = journal.read_open(root)
    entries = [entry for entry in entries if not entry.is_batch]
    heirs = Claims(entries, _decided(project))
    found = []
    for entry in entries:
        heir = heirs.heir(entry)
        is_wanted = heir is not None or _is_wanted(entry, project)
        found.append(_standing(entry, root, is_wanted, name=heir or entry.asset_id))
    return found, notes


def _strays(root: Path) -> list[Note]:
    """Stored replies that belong to no entry, because the log that knew them is gone."""
    return [
        _stray(root, place.shown(f"{home.REPLIES}/{file.name}"), file)
        for place in home.places(root)
        for file in sorted((place.path / home.REPLIES).glob(f"{STRAY}*"))
    ]


def _stray(root: Path, reply: str, file: Path) -> Note:
    what = "a stored reply belongs to no entry of the log of paid requests"
    pictures = _pictures(file)
    if not pictures:
        cure = advice("look at it, then remove {reply}", reply=reply)
        return Note(Urgency.WARNING, f"{what}, and no image is found in it", reply, cure)
    kept = originals.shown(root, originals.keep(root, pictures[0]))
    cure = advice(
        "{adopt}, with the id of the asset that it shows; then remove {reply}",
        adopt=command("assetgen adopt {asset} {file}", asset=ID, file=kept),
        reply=reply,
    )
    return Note(Urgency.WARNING, f"{what}; its image is kept in {kept}", reply, cure)


def _pictures(file: Path) -> Sequence[bytes]:
    """The images of a reply, whatever route it was for."""
    for route, streamed in product(("images", "responses"), (False, True)):
        try:
            pictures = routing.load_lane(route).read(file.read_bytes(), streamed=streamed).pictures
        except (Unreadable, OSError, LookupError):
            continue
        if pictures:
            return pictures
    return ()


def _decided(project: Workspace | None) -> Sequence[Decision]:
    """The decision on every asset; none where a mistake in the manifest hides them."""
    try:
        return project.decide() if project else ()
    except AssetgenError:
        return ()


def _is_wanted(entry: Entry, project: Workspace | None) -> bool | None:
    """Whether the manifest still asks for exactly this image; None if that is not known."""
    if project is None:
        return None
    if entry.asset_id not in project.paths:
        return False
    try:
        return entry.want in project.wish(entry.asset_id).keys
    except AssetgenError:
        return None


def _standing(entry: Entry, root: Path, is_wanted: bool | None, name: str) -> Standing:
    """What is known about an open entry of asset ``name``, and how to close it."""
    number = entry.number
    forget_it = command("assetgen doctor --forget {number}", number=number)
    give_up = advice("{forget_it} (discards the entry)", forget_it=forget_it)
    if is_wanted:
        give_up = advice(
            "{again} (buys it again), or {give_up}",
            again=command("assetgen generate {name} --force", name=name),
            give_up=give_up,
        )
    reply, file = _reply(root, entry)
    if entry.fate is Fate.ANSWERED and file.is_file():
        if is_wanted and _is_damaged(entry):
            return _kept(entry, root, "its entry in the log is damaged", give_up)
        if is_wanted and entry.note:
            cure = advice(
                "{again} tries again; or {by_hand}",
                again=command("assetgen generate {name}", name=name),
                by_hand=answers.by_hand(entry, reply),
            )
            return Standing(entry, entry.note, True, cure)
        if is_wanted:
            return Standing(
                entry,
                "it is paid and its reply is stored",
                True,
                command("assetgen generate {name}", name=name),
            )
        return _kept(entry, root, _changed(is_wanted), give_up)
    if entry.fate is Fate.ANSWERED:
        return Standing(entry, f"its reply is missing from {reply}", False, give_up)
    if entry.response_id and entry.fate is Fate.SENT:
        known = f"the provider still has its reply, response {entry.response_id}"
        if is_wanted:
            return Standing(
                entry, known, True, command("assetgen generate {name} --resume", name=name)
            )
        return Standing(entry, f"{known}; {_changed(is_wanted)}", False, give_up)
    note = (
        entry.note
        or "the request was sent, but no complete reply was received: it may have been billed"
    )
    stored = f"; the data received is in {reply}" if file.is_file() else ""
    return Standing(entry, f"{note}{stored}", False, give_up)


def _is_damaged(entry: Entry) -> bool:
    """Whether the log lost what was asked, so that the reply makes no record any more."""
    try:
        evidence.asked_for(entry)
    except StorageError:
        return True
    return False


def _reply(root: Path, entry: Entry) -> tuple[str, Path]:
    """The file of a reply, for people and as a path."""
    name = f"{home.REPLIES}/{entry.number}"
    place = next(one for one in home.places(root) if one.shown(NAME) == entry.log)
    return place.shown(name), place.path / name


def _changed(is_wanted: bool | None) -> str:
    return (
        "it is not known whether the manifest still asks for it"
        if is_wanted is None
        else "the manifest asks for something else now"
    )


def _kept(entry: Entry, root: Path, why: str, give_up: Cure) -> Standing:
    """Keep the images of a stored reply that cannot be placed, so that they can be adopted."""
    reply, file = _reply(root, entry)
    known = f"its reply is stored; {why}"
    streamed = bool(entry.evidence.get("streamed")) and not (entry.reply or {}).get("fetched")
    try:
        pictures = routing.load_lane(entry.lane).read(file.read_bytes(), streamed=streamed).pictures
    except (Unreadable, OSError, LookupError) as exc:
        return Standing(
            entry, f"{known}; the reply cannot be read: {str(exc)[:200]}", False, give_up
        )
    kept = tuple(originals.shown(root, originals.keep(root, picture)) for picture in pictures)
    if not kept:
        return Standing(
            entry,
            f"{known}; the reply contains no image: see {reply}",
            False,
            give_up,
        )
    adopt = command("assetgen adopt {asset} {file}", asset=entry.asset_id, file=kept[0])
    if entry.surface in ("openai-api", entry.route):
        adopt = command("{adopt} --route {route}", adopt=adopt, route=entry.route)
    cure = advice(
        "{adopt}, then {doctor}",
        adopt=adopt,
        doctor=command("assetgen doctor --forget {number}", number=entry.number),
    )
    return Standing(entry, f"{known}; its image is kept", True, cure, kept)


def forget(root: Path, conditions: Conditions, number: int) -> Entry:
    """Discard an open entry. Raises StorageError if there is none with that number."""
    with locked(root):
        log = Journal(root, conditions.clock) if journal.is_there(root) else None
        try:
            entry = (
                next((entry for entry in log.open() if entry.number == number), None)
                if log
                else None
            )
            if log is None or entry is None:
                what = f"the log of paid requests has no open entry with the number {number}"
                raise StorageError(
                    what,
                    where=home.of(root).shown(NAME),
                    cure=advice("{doctor} lists them", doctor=command("assetgen doctor")),
                )
            log.end(number, Fate.DISMISSED, "; ".join(filter(None, (entry.note, "discarded"))))
            BatchLog(root, log).pending()  # of a batch, what is beside the log is discarded too
            return entry
        finally:
            if log:
                log.close()
