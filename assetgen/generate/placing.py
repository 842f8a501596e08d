"""Files into place: all files of a picture or none. Removes files that are no longer used."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

import msgspec

from assetgen.cure import advice
from assetgen.errors import AssetgenError, StorageError
from assetgen.fs import originals, store
from assetgen.fs.tree import WorkTree
from assetgen.generate.outcome import Made, Outcome, Picture, billed
from assetgen.manifest.schema import DELIVERED, Asset, listed_paths
from assetgen.pages.typed_module import is_asked, renew
from assetgen.plan.approvals import Moving
from assetgen.plan.decide import Decision
from assetgen.plan.wish import rests_on
from assetgen.plan.workspace import Workspace
from assetgen.record import approval, baseline, candidates, old_names, record
from assetgen.record.old_names import OldName
from assetgen.record.record import Record, Unusable


@dataclass(frozen=True)
class Leaving:
    """The files that an asset no longer has."""

    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """Those that only the record claims: git does not have them, and this checkout did not place
    them."""
    records: tuple[str, ...] = ()
    """The former paths of its record."""
    approval: Moving | None = None
    """Its approval, if that moves with it."""
    names: tuple[OldName, ...] = ()
    """The files that keep their old names for a time."""

    @property
    def remarks(self) -> tuple[str, ...]:
        stay = (f"{one.path} stays until {one.until} under its old name" for one in self.names)
        return (
            *stay,
            *(
                f"{path} is not removed: its record lists it, but git does not have it and "
                "assetgen did not place it here"
                for path in self.kept
            ),
        )


def stage(batch: store.Batch, picture: Picture, leaving: Leaving = Leaving()) -> Made:
    """Add the files and the record of one picture to ``batch``. Raises StorageError.

    Those of ``leaving`` are removed when the picture goes into place.
    """
    written = {file.path: file.data for file in picture.files}
    place_of_record = picture.decision.wish.place
    digests = {file.path: file.sha256 for file in picture.files}
    moving = leaving.approval
    own = {place_of_record: record_of(picture, place_of_record)}
    own |= {moving.place: moving.data} if moving else {}
    own |= {one.place: old_names.write(one) for one in leaving.names}
    try:
        batch.add_all({**written, **own}, digests)
    except StorageError as exc:
        raise billed(exc, picture.entry) from exc
    return Made(
        decision=picture.decision,
        files=tuple(written),
        removed=(*leaving.records, *([moving.former] if moving else []), *leaving.removed),
        remarks=(*picture.remarks, *leaving.remarks),
        entry=picture.entry,
        is_draft=picture.is_draft,
        record=place_of_record,
        approval=moving.place if moving else None,
        names=tuple(one.place for one in leaving.names),
        former=picture.former,
    )


def record_of(picture: Picture, path: str) -> bytes:
    """The record of ``picture``. Raises StorageError for one that could not be read again."""
    try:
        data = record.write(picture.statement)
        record.read(data, path)
    except (Unusable, UnicodeEncodeError, ValueError) as exc:
        asset_id = picture.decision.asset.id
        raise StorageError(
            f"the record of {asset_id} could not be read again, so it is not written: {exc}",
            where=path,
            cure=advice(
                "shorten the texts of asset {id} in assets.toml, then run the same command",
                id=asset_id,
            ),
        ) from None
    return data


def place(project: Workspace, batch: store.Batch, made: Sequence[Made], *, overwrite: bool) -> bool:
    """Give the files of ``made`` their names, records last, and remove what they supersede.

    They leave the baseline, if it has them; returns whether it did. Without ``overwrite``, a file
    that changed meanwhile stops all. Raises StorageError; nothing is in place then.
    """
    tree = project.tree
    assert isinstance(tree, WorkTree)  # nothing is placed in the index
    if not overwrite:
        _refuse_newcomers(made, tree)
    records = [one.record for one in made]
    has_left = _leave_baseline(batch, tree, {path for one in made for path in one.files})
    # A candidate that was picked is recorded before it leaves the list of candidates.
    beside = [path for one in made for path in ((one.approval,) if one.approval else ())]
    last = [*records, *beside, baseline.FILE, *(path for one in made for path in one.also)]
    removed = [path for one in made for path in one.removed]
    then = [path for path in removed if path.startswith(_AFTER)]
    batch.place(last=last, gone=[path for path in removed if path not in then], then=then)
    for path in [*last, *(path for one in made for path in (*one.files, *one.removed))]:
        tree.forget(path)
    for one in made:
        if one.entry is not None:
            keep_record(project, one)
    return has_left


def standing(
    project: Workspace, fresh: Sequence[Decision], undecided: Sequence[Decision] = ()
) -> list[Made]:
    """What is in place already, with what an earlier run may not have committed."""
    places = project.recorded.in_place(decision.asset.id for decision in fresh)
    lists = Lists(project)
    return [
        *(
            Made(
                decision,
                decision.paths,
                removed=(former, *lists.gone(decision)),
                record=place,
                also=lists.there(decision),
            )
            for decision, (place, former) in zip(fresh, places, strict=True)
        ),
        *(
            Made(decision, (), removed=lists.gone(decision), record=path, candidates=1)
            for decision in undecided
            for path in lists.there(decision)[:1]
        ),
    ]


class Lists:
    """The files of candidates that exist, and those that only git has."""

    def __init__(self, project: Workspace) -> None:
        self._here = frozenset(project.holdings.choices.paths())
        index = project.tree.held.index if self._may_have_any(project) else ()
        own = (path for path in index if path.startswith(f"{candidates.FOLDER}/"))
        self._gone = frozenset(own) - self._here

    def _may_have_any(self, project: Workspace) -> bool:
        return any(asset.is_painted for asset in project.manifest.asset)

    def there(self, decision: Decision) -> tuple[str, ...]:
        """The file of an asset."""
        return self._own(decision, self._here)

    def gone(self, decision: Decision) -> tuple[str, ...]:
        """The file of an asset that was removed, of which git may not know."""
        return self._own(decision, self._gone)

    def _own(self, decision: Decision, known: Set[str]) -> tuple[str, ...]:
        if not known or not decision.asset.is_painted:
            return ()
        return tuple(path for path in candidates.places(decision.asset.id) if path in known)


#: What is removed after the files that it is about have their names.
_AFTER = (f"{record.FOLDER}/", f"{candidates.FOLDER}/", f"{approval.FOLDER}/")


def _leave_baseline(batch: store.Batch, tree: WorkTree, paths: Set[str]) -> bool:
    """Add the baseline without ``paths`` to ``batch``, if it has one of them.

    One that is not sound stays as it is: only the user can say which of its lines are meant.
    """
    before = baseline.read(tree.read(baseline.FILE) or b"")
    if before.faults or paths.isdisjoint(before.lines):
        return False
    kept = (before.first(path) for path in before.lines if path not in paths)
    batch.add(baseline.FILE, baseline.write(kept))
    return True


def keep_record(project: Workspace, made: Made) -> None:
    """Keep the record of a bought image beside its original, for when git no longer shows it here.

    Raises StorageError.
    """
    wish = made.decision.wish
    if data := project.tree.read(made.record):
        originals.keep_record(project.root, wish.key, data)


def _refuse_newcomers(made: Sequence[Made], tree: WorkTree) -> None:
    """Raise StorageError if a file appeared or changed while its picture was being made."""
    for path in (path for one in made for path in one.files):
        if tree.changed_since(path):
            raise StorageError(
                f"{path} changed while it was being made; it is not overwritten",
                where=path,
                cure=advice("run the same command again"),
            )


def after(project: Workspace, outcome: Outcome) -> None:
    """Renew the typed modules and the editors' schema; a failure is part of ``outcome``.

    They need all assets: while others have mistakes, they stay as they are.
    """
    if project.others or not is_asked(project):
        return
    try:
        done = renew(project)
        outcome.module, outcome.schema = done.files, done.schema
        outcome.module_gone = done.removed
    except AssetgenError as exc:
        outcome.unemitted = exc


def former_records(project: Workspace, picture: Picture) -> tuple[str, ...]:
    """The records that leave when that of ``picture`` is in its place.

    So do the entries of old names that are its own again.
    """
    own = project.recorded.leaving(picture.id)
    own = own if picture.former is None else (*own, project.recorded.at(picture.former))
    names = (project.old_names.all.get(file.path) for file in picture.files)
    return (*own, *(one.place for one in names if one))


def with_former(project: Workspace, picture: Picture, leaving: Leaving) -> Leaving:
    """``leaving``, with the former record of ``picture``, and the approval that moves with it."""
    moving = None
    if picture.former is not None:
        files = {file.path: file.sha256 for file in picture.files}
        place = approval.beside(picture.decision.wish.place)
        statement = msgspec.to_builtins(picture.statement)
        intent = str(statement["predicate"]["intent"]["digest"])
        moving = project.approvals.moving(picture.former, place, files=files, intent=intent)
    return replace(leaving, records=former_records(project, picture), approval=moving)


class Superseded:
    """Finds pictures that a record names and that no asset lists or is made from now."""

    def __init__(self, project: Workspace) -> None:
        self._project = project
        terms = project.conditions
        self._today = terms.today() if terms else datetime.now(UTC).date()

    def by(self, picture: Picture) -> Leaving:
        """What leaves when ``picture`` takes the place of the one that its asset has, or had."""
        project = self._project
        found = self.of(project.record(picture.former or picture.id), picture.decision.asset)
        return with_former(project, picture, found)

    def of(self, known: Record | Unusable | None, asset: Asset) -> Leaving:
        """The unchanged files of a record that no asset needs now.

        A record is only a file, which anyone can write. So a file is removed only if git has it
        (staged, or in HEAD), or if this checkout placed it. ``asset`` may keep them for a time.
        """
        if not isinstance(known, Record):
            return Leaving()
        unneeded = self._unneeded(known)
        kept = self._project.holdings.unproven({path: known.subject[path] for path in unneeded})
        gone = tuple(path for path in unneeded if path not in kept)
        if asset.keep_old is None or known.is_draft:
            return Leaving(gone, tuple(kept))
        until = old_names.last_day(asset.keep_old, self._today)
        names = (OldName(path, known.subject[path], asset.id, until) for path in gone)
        return Leaving((), tuple(kept), names=tuple(names))

    def _unneeded(self, known: Record) -> tuple[str, ...]:
        if self._project.others:  # an asset with a mistake may list one of them
            return ()
        old = [path for path in known.subject if path not in self.listed and self.is_picture(path)]
        digest = self._project.tree.digest
        old = [path for path in old if digest(path) == known.subject[path]]
        if not old or self._made_from is None:
            return ()
        return tuple(path for path in old if path not in self._made_from)

    def is_picture(self, path: str) -> bool:
        """Whether a path is that of a picture in an output folder.

        A record is only a file: it must not make assetgen remove anything else.
        """
        outputs = tuple(folder + "/" for folder in self._project.manifest.project.outputs)
        return path.startswith(outputs) and path.endswith(DELIVERED)

    @cached_property
    def listed(self) -> frozenset[str]:
        """The files of the assets that the manifest lists."""
        return listed_paths(self._project.manifest)

    @cached_property
    def _made_from(self) -> frozenset[str] | None:
        """The files that assets are made from; None if a mistake in one of them hides its files."""
        try:
            wishes = [self._project.wish(asset.id) for asset in self._project.manifest.asset]
        except AssetgenError:
            return None
        return frozenset(path for wish in wishes for path in rests_on(wish))
