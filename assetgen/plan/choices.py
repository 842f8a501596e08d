"""The candidates of an asset: those that are bought and not picked, and those that one was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from assetgen.cure import Cure, advice, command
from assetgen.errors import StorageError
from assetgen.fs import originals
from assetgen.fs.tree import Tree
from assetgen.manifest.schema import Manifest
from assetgen.plan.wish import Undecided, Wish
from assetgen.record import candidates, record
from assetgen.record.candidates import CandidatesFile, Choice
from assetgen.record.places import Records
from assetgen.record.record import Unusable
from assetgen.record.schema import Candidate, Purchase
from assetgen.text import count


class Option(Struct, frozen=True):
    """One candidate as it is offered: ``number`` counts from 1."""

    number: int
    candidate: Candidate
    purchase: Purchase

    @property
    def is_picked(self) -> bool:
        return self.candidate.picked


class Found(Struct, frozen=True):
    """The candidates of an asset that are not picked, and the file that has them."""

    path: str
    file: CandidatesFile
    choice: Choice


class Choices:
    """Looks for candidates in one tree, and for their bytes in its repository."""

    def __init__(self, root: Path, records: Records, manifest: Manifest) -> None:
        self._root, self._records, self._manifest = root, records, manifest
        self._tree: Tree = records.tree
        self.read = cache(self._read)

    def paths(self) -> list[str]:
        """The paths of the files of candidates, sorted."""
        return [path for path in self._tree.files(candidates.FOLDER) if path.endswith(".json")]

    def _read(self, path: str) -> CandidatesFile | Unusable | None:
        try:
            data = self._tree.read(path)
        except StorageError as exc:
            return Unusable(exc.what)
        if data is None:
            return None
        try:
            return candidates.read(data, path)
        except Unusable as exc:
            return exc

    def place(self, asset_id: str) -> str:
        """Where the candidates of an asset are written."""
        return candidates.place_beside(self._records.place(asset_id))

    def at(self, asset_id: str) -> str | None:
        """Where the file of an asset is; None if it has none."""
        own = self.place(asset_id)
        places = (own, *(path for path in candidates.places(asset_id) if path != own))
        return next((path for path in places if self.read(path) is not None), None)

    def pending(self, wish: Wish) -> Found | Unusable | None:
        """The candidates of exactly this intent that no one has picked.

        Unusable if the asset has a file that cannot be used. They may have been bought under a
        former id of the asset.
        """
        path = self.at(wish.asset.id)
        if path is None:
            return self._renamed(wish)
        file = self.read(path)
        if not isinstance(file, CandidatesFile):
            return file
        choice = file.of(wish.intent.digests)
        return Found(path, file, choice) if choice else self._renamed(wish)

    def undecided(self, wish: Wish) -> Undecided | None:
        """``pending`` as planning asks for it."""
        found = self.pending(wish)
        if found is None:
            return None
        if isinstance(found, Unusable):
            path = self.at(wish.asset.id) or self.place(wish.asset.id)
            words = f"{path} is not usable: {found}"
            return Undecided(words, restoring(path), is_usable=False)
        number = len(found.choice.candidates)
        words = f"{count(number, 'candidate')} {'is' if number == 1 else 'are'} there, none picked"
        return Undecided(words, command("assetgen pick {asset_id}", asset_id=wish.asset.id))

    def unusable(self) -> Mapping[str, Unusable]:
        """The files of candidates that are not usable, by their paths."""
        found = {path: self.read(path) for path in self.paths()}
        return {path: one for path, one in found.items() if isinstance(one, Unusable)}

    def orphans(self) -> list[str]:
        """The files of assets that the manifest no longer lists."""
        return list(dict.fromkeys(found.path for found in self._orphans.values()))

    def _renamed(self, wish: Wish) -> Found | None:
        found = (self._orphans.get(digest) for digest in wish.intent.digests)
        return next(filter(None, found), None)

    @cached_property
    def _orphans(self) -> Mapping[str, Found]:
        """The candidates of assets that the manifest no longer lists, by their intents' digests."""
        paths = self.paths()
        listed = {asset.id for asset in self._manifest.asset} if paths else set()
        found: dict[str, Found] = {}
        for path in paths:
            file = None if candidates.id_at(path) in listed else self.read(path)
            if isinstance(file, CandidatesFile):
                found |= {one.digest: Found(path, file, one) for one in file.choices}
        return found

    def options(self, wish: Wish) -> tuple[Option, ...]:
        """Every candidate of exactly this intent, also the picked one and those beside it."""
        place, data = self._records.find(wish.asset.id)
        is_usable = data is not None and record.usable(data, place) is not None
        picked = picked_from(record.statement(data or b""), wish) if is_usable else None
        pending = self.pending(wish)
        more = pending.choice if isinstance(pending, Found) else None
        choice = picked.with_more(more) if picked and more else picked or more
        return options_of(choice) if choice else ()

    def is_kept(self, option: Option) -> bool:
        """Whether this repository keeps the bytes of a candidate."""
        return originals.has(self._root, option.candidate.sha256)


def restoring(path: str) -> Cure:
    """What to do about a file of candidates that is not usable."""
    return advice("restore {path} from git, or remove it to buy again", path=path)


def options_of(choice: Choice) -> tuple[Option, ...]:
    """The candidates of a choice, numbered."""
    return tuple(
        Option(number, one, choice.purchases[one.purchase])
        for number, one in enumerate(choice.candidates, start=1)
    )


def picked_from(statement: Mapping[str, Any], wish: Wish) -> Choice | None:
    """What the image of a record was picked from, if it is of the intent of ``wish``."""
    predicate = statement["predicate"]
    if record.current(predicate["intent"]).get("digest") not in wish.intent.digests:
        return None
    try:
        stated = msgspec.convert(predicate, _Picked)
    except msgspec.ValidationError:
        return None
    if not stated.candidates or candidates.problems(stated.candidates, stated.purchases):
        return None
    return Choice(intent=stated.intent, purchases=stated.purchases, candidates=stated.candidates)


def numbered(options: Sequence[Option], which: str) -> Option | None:
    """The option with a number, or with a digest that begins like that; None if it is not one."""
    if which.isdecimal() and len(which) < 4:
        return next((one for one in options if one.number == int(which)), None)
    digest = which.removeprefix("sha256:").lower()
    alike = [one for one in options if one.candidate.sha256.startswith(digest)]
    is_one = len({one.candidate.sha256 for one in alike}) == 1
    return alike[0] if is_one and len(digest) >= _SHORTEST else None


#: The least hex digits of a digest that name a candidate.
_SHORTEST = 6


class _Picked(msgspec.Struct, frozen=True):
    """The parts of a predicate about candidates."""

    intent: dict[str, Any]
    candidates: list[Candidate] = []
    purchases: list[Purchase] = []


# Built here, in one thread: msgspec crashes where threads build the form of one class at once.
msgspec.json.Decoder(_Picked)
