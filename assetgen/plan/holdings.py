"""What exists of a project's images elsewhere: in git, in the cache, or at another path."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from assetgen.cure import Cure, advice, command
from assetgen.errors import StorageError
from assetgen.fs import git_cures, held, lfs, originals, paths, placed_files
from assetgen.fs.held import Held, ignored_of
from assetgen.fs.other_case import Twins
from assetgen.fs.tree import Index, Tree
from assetgen.manifest.schema import DELIVERED, FILE, Asset, Manifest, targets
from assetgen.plan import mixed_sides
from assetgen.plan.batches import Batches
from assetgen.plan.bought_before import BoughtBefore
from assetgen.plan.chain import Chain
from assetgen.plan.choices import Choices
from assetgen.plan.in_history import InHistory
from assetgen.plan.moves import Moves
from assetgen.plan.reasons import settling_record
from assetgen.plan.wish import Elsewhere, Pointer, Restorable, Unmerged, Wish, rests_on
from assetgen.record import record
from assetgen.record.places import Records
from assetgen.record.record import Record, Unusable

_Asks = Callable[[str], Wish]


class Holdings:
    """Looks for images in git, in the cache and in the output folders of one tree.

    ``asks`` gives what an asset asks for; ``commits`` is whether what is made is committed, if the
    manifest does not forbid it.
    """

    def __init__(
        self, root: Path, records: Records, manifest: Manifest, asks: _Asks, *, commits: bool = True
    ) -> None:
        self._root, self._records, self._manifest = root, records, manifest
        self._tree, self._held = (tree := records.tree), tree.held
        self.ignored = _Ignored(tree.held, records, manifest if commits else None)
        self.unproven = _Unproven(root, tree)
        self._moves, self.batches = Moves(root, tree, manifest), Batches(root, tree, manifest)
        self.bought = BoughtBefore(root, records, manifest, asks)
        self.choices = Choices(root, records, manifest)
        self.past = InHistory(records)
        self.chain = Chain(root, records, self.bought, self.past, self._named)

    def elsewhere(self) -> Elsewhere:
        """The answers as planning asks for them."""
        return Elsewhere(
            unmerged=self.unmerged,
            unsettled=self.unsettled,
            mixed=lambda known, files: mixed_sides.settling(self._held, known, files),
            restoring=self.restoring,
            record=self.record,
            original=self.original,
            pointer=self.pointer,
            moved=self._moves.of,
            kept=self.kept,
            replacing=self.replacing,
            unproven=self.unproven,
            picture=self.chain.picture,
            batched=self.batches.of,
            undecided=self.choices.undecided,
        )

    def unmerged(self, paths: Collection[str]) -> Unmerged | None:
        """Those of an asset's ``paths`` that git has not merged, and how to settle all of them."""
        torn = self._held.unmerged(paths)
        if not torn:
            return None
        return Unmerged(tuple(torn), _taking_a_side(self._held, paths))

    def unsettled(self, wanted: Wish) -> Unmerged | None:
        """What an image is made from that git has not merged, and how to settle it.

        A paid image rests on assets.toml too: what is bought should be asked for after the merge.
        """
        torn = self._held.all_unmerged
        if not torn:
            return None
        paths = {asset.id: asset.path for asset in self._manifest.asset}
        names = rests_on(wanted)
        used = {paths.get(name[1:], "") if name.startswith("@") else name for name in names}
        used |= {path for path in torn if path.startswith("templates/")}
        used |= set() if wanted.asset.is_local else {FILE}
        found = sorted(used & torn)
        if not found:
            return None
        pictures = [path for path in found if path.lower().endswith(DELIVERED)]
        texts = [path for path in found if path not in pictures]
        if not texts:
            return Unmerged(tuple(found), _taking_a_side(self._held, pictures))
        add = git_cures.adding(self._held, texts)
        return Unmerged(
            tuple(found),
            advice("resolve the conflicts in {texts}, then run: {add}", texts=texts, add=add),
        )

    def restoring(self, files: Mapping[str, str]) -> Cure | None:
        """The command that writes ``files``, path -> sha256 (hex), into this tree again."""
        if not isinstance(self._tree, Index):
            return git_cures.restoring(self._held, files)
        work = self._tree.work
        to_add = [path for path, digest in files.items() if work.digest(path) == digest]
        rest = [path for path in files if path not in to_add]
        if not files or not all(self._held.committed(path) == files[path] for path in rest):
            return None
        absent = [path for path in rest if work.digest(path) is None]
        changed = [path for path in rest if path not in absent]
        restore = git_cures.joined(
            command("git restore --staged --worktree -- {absent}", absent=absent)
            if absent
            else None,
            command("git restore --staged -- {changed}", changed=changed) if changed else None,
        )
        add = git_cures.adding(self._held, to_add) if to_add else None
        return git_cures.joined(add, restore)

    def record(self, asset_id: str) -> Restorable | None:
        """The usable record of an asset in git, or in the working tree if this is the index."""
        first, current = self._records.find(asset_id)
        for place in dict.fromkeys((first, *record.places(asset_id))):
            for cure, data in self._in_git(place):
                if data != current and (known := record.usable(data, place)):
                    return Restorable(known, cure)
        return None

    def reformatting(self, asset_id: str) -> Cure:
        """The command that writes a record in the form of assetgen again; it says the same."""
        place, stated = self._records.find(asset_id)
        current = record.statement(stated or b"")
        for cure, data in self._in_git(place):
            with suppress(Unusable):
                if record.statement(data) == current and record.write(current) == data:
                    return cure
        return command("assetgen accept {asset_id}", asset_id=asset_id)

    def replacing(self, wanted: Wish) -> Cure:
        """What settles that the record of an asset is not usable.

        It buys no image that exists, in its place or in what is kept of its purchase.
        """
        asset, kept = wanted.asset, self.record(wanted.asset.id)
        was_bought = not asset.is_local and self.bought.record(wanted) is not None
        return settling_record(
            asset,
            kept=kept.cure if kept else None,
            again=self.bought.replacing(wanted) if was_bought else None,
            is_there=self._tree.digest(asset.path) is not None,
        )

    def _in_git(self, place: str) -> Iterator[tuple[Cure, bytes]]:
        """(command, bytes) of the record in each place from which the command writes it here."""
        staged, committed = self._held.staged_bytes(place), self._held.committed_bytes(place)
        if isinstance(self._tree, Index):
            if (data := self._tree.work.read(place)) is not None:
                yield git_cures.adding(self._held, [place]), data
        elif staged is not None:
            yield command("git restore -- {place}", place=place), staged
        if committed is not None:
            restore = command("git restore --staged --worktree -- {place}", place=place)
            yield restore, committed

    def original(self, known: Record) -> str | None:
        """Where the original is, if not in the cache: "here" in a file, "git", None if nowhere."""
        return next((where for where, _ in self._named(known.original, known)), None)

    def original_bytes(self, known: Record) -> bytes | None:
        """The original of a record, from the cache, a file of this tree or git."""
        if known.original is None:
            return None
        data = originals.read(self._root, known.original)
        data = data or next((data for _, data in self._named(known.original, known)), None)
        return data or self.past.original(known.original, known)

    def kept(self, wish: Wish) -> Record | None:
        """The record of exactly this image, if it was bought before and its original is there."""
        found = self.purchase(wish)
        return found[1] if found else None

    def purchase(self, wish: Wish) -> tuple[bytes, Record] | None:
        """``kept`` with the record as it was written: what is kept here, or what git has."""
        return self.bought.stated(wish) or self.past.stated(wish)

    def _named(self, wanted: str | None, known: Record) -> Iterator[tuple[str, bytes]]:
        """(where, bytes) of each file that is the original with a sha256 (hex), of an asset."""
        from assetgen.image import marking

        if wanted is None:
            return
        for path in dict.fromkeys((*known.subject, *self._moves.images.get(wanted, ()))):
            digest = self._tree.digest(path)
            is_candidate = digest is not None and digest in (wanted, known.subject.get(path))
            data = self._tree.read(path) if is_candidate else None
            if data is not None and (found := marking.as_received(data, wanted)):
                yield "here", found
        for path in known.subject:
            for data in self._held.versions(path):
                if found := marking.as_received(data, wanted):
                    yield "git", found

    def pointer(self, paths: Iterable[str]) -> Pointer | None:
        """The first of ``paths`` that is only a Git LFS pointer in this tree."""
        for path in paths:
            with suppress(StorageError):  # it is larger than any picture
                if lfs.is_pointer(self._tree.read(path) or b""):
                    return Pointer(path, lfs.fetching(self._root, path))
        return None

    # -- paths -----------------------------------------------------------------------------------

    def obstacle(self, path: str) -> tuple[str, Cure] | None:
        """What keeps a new file from being put at ``path`` and committed, and the fix."""
        is_committed = self._manifest.project.commit
        if found := paths.obstacle(self._root, path, is_committed=is_committed):
            return found
        folder = held.submodule_of(self._held, path) if is_committed else None
        if folder is None:
            return None
        return paths.in_a_repository(folder, path)


class _Unproven:
    """Says which files nothing but a record calls assetgen's."""

    def __init__(self, root: Path, tree: Tree) -> None:
        self._root, self._tree, self._held = root, tree, tree.held

    def __call__(self, files: Mapping[str, str]) -> list[str]:
        """Those of ``files``, path -> sha256 (hex), that nothing but a record calls assetgen's.

        Neither the index nor HEAD has them, and assetgen did not place them in this checkout.
        """
        here = self._tree.digest
        new = [p for p, d in files.items() if here(p) == d and d not in self._placed[p]]
        return [p for p in new if not self._is_in_git(p, files[p])]

    def _is_in_git(self, path: str, digest: str) -> bool:
        """Whether git has the file: staged, such as by ``git merge --squash``, or in a commit."""
        return self._held.staged(path) == digest or self._held.is_in_a_commit(path, digest)

    @cached_property
    def _placed(self) -> Mapping[str, set[str]]:
        """The digests of what was placed here before, by path."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for path, digest in placed_files.placed(self._root):
            found[path].add(digest)
        return found


class _Ignored:
    """Says why git would not commit a file of ``manifest``.

    Git is asked for the files of several assets at once, of more each time.
    """

    def __init__(self, held: Held, records: Records, manifest: Manifest | None) -> None:
        self._held = held
        self._records = records
        self._twins = Twins(held)
        self._manifest = manifest if manifest and manifest.project.commit else None
        self._asked: set[str] = set()
        self._ignored: set[str] = set()
        self._at_once = 1

    def __call__(self, path: str) -> tuple[str, Cure] | None:
        """Why git would not commit a file at ``path``, and the fix."""
        if self._manifest and path not in self._asked:
            self._ask(path, self._manifest)
        if path in self._ignored:
            return git_cures.ignored(path)
        twin = self._twins.of(path) if self._manifest else None
        if twin and path.startswith(f"{record.FOLDER}/"):
            return git_cures.other_record(twin, path)
        return git_cures.other_case(twin, path) if twin else None

    def _ask(self, path: str, manifest: Manifest) -> None:
        """Ask for ``path`` and, from its asset on, for the files of a number of assets."""
        asset_id = record.id_at(path)
        numbered = enumerate(manifest.asset)
        first = next((n for n, one in numbered if path == one.path or asset_id == one.id), 0)
        assets = manifest.asset[first : first + self._at_once]
        self._at_once *= _MORE_AT_ONCE
        files = [file for one in assets for file in self._files_of(one)]
        asked = [file for file in dict.fromkeys([path, *files]) if file not in self._asked]
        self._asked.update(asked)
        self._ignored.update(ignored_of(self._held, asked))

    def _files_of(self, asset: Asset) -> tuple[str, ...]:
        """The files of an asset, and its record."""
        files = (target.path for target in targets(asset))
        return (*files, self._records.place(asset.id))


# How many more assets git is asked for than the time before: few questions, whatever is stale.
_MORE_AT_ONCE = 16


def _taking_a_side(held: Held, paths: Collection[str]) -> Cure:
    ours, *theirs = git_cures.sides(held, [path for path in paths if path in held.index])
    cure = advice("{take} (takes {side})", take=ours.command, side=ours.name)
    for other in theirs:
        cure = advice(
            "{cure}, or {take} (takes {side})", cure=cure, take=other.command, side=other.name
        )
    return cure
