"""Images that were fresh before and rest on the same content now: they are not decided again.

Only what is plainly fresh is remembered: no reason, no problem, no question whose answer has no
name in ``asked``. Everything else, and whatever would be bought, is decided again each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple
from zlib import crc32

import msgspec

from assetgen.errors import AssetgenError
from assetgen.fs.tree import Tree, WorkTree
from assetgen.layouts.fonts import Stack
from assetgen.manifest.parse import Block, Reading
from assetgen.manifest.schema import Asset, Manifest, targets
from assetgen.plan import decide, estimates
from assetgen.plan.asked import ASSET, CATALOG, FAMILY, FONTS, KIND, LAYOUT, Asked
from assetgen.plan.cost import Estimate
from assetgen.plan.decide import Action, Decision, State
from assetgen.plan.wish import Wish, World
from assetgen.record import record
from assetgen.verdicts import Verdicts, key


class Settled(Decision):
    """The decision on an image that is fresh. What it is made from is worked out if asked for."""

    state = State.FRESH
    action = Action.NOTHING
    reasons = ()
    problem = None
    cure = None

    def __init__(self, asset: Asset, basis: Basis, about: _About) -> None:
        self.__dict__["_said"] = asset, basis, about

    @property
    def asset(self) -> Asset:
        """The asset as the manifest states it."""
        said: tuple[Asset, Basis, _About] = self.__dict__["_said"]
        return said[0]

    @cached_property
    def wish(self) -> Wish:
        about: _About = self.__dict__["_said"][2]
        return about.wish(self.asset.id)

    @cached_property
    def estimate(self) -> Estimate:
        world: World = self.__dict__["_said"][2].world
        surface = world.surface(self.asset.route or "local")
        return estimates.estimate(
            self.wish, Action.NOTHING, surface, catalog=lambda: world.the_catalog
        )

    @property
    def needs(self) -> tuple[str, ...]:
        basis: Basis = self.__dict__["_said"][1]
        return basis[0]

    @property
    def paths(self) -> tuple[str, ...]:
        asset = self.asset
        return tuple(one.path for one in targets(asset)) if asset.variants else (asset.path,)

    @property
    def rests_on(self) -> tuple[str, ...]:
        basis: Basis = self.__dict__["_said"][1]
        return basis[1]


#: The ids of the assets that an image is made from, and what ``Decision.rests_on`` says.
Basis = tuple[tuple[str, ...], tuple[str, ...]]


class _About(NamedTuple):
    """What all settled decisions of a run have in common."""

    wish: Callable[[str], Wish]
    world: World


class Row(msgspec.Struct, array_like=True, frozen=True):
    """That an asset was fresh, and what that rested on."""

    names: tuple[str, ...]
    content: bytes
    """The digest of what is behind ``names``."""
    needs: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()


_ROWS = list[Row | None]


class _Stored(msgspec.Struct, array_like=True, frozen=True):
    """The rows of a block; if all its assets were fresh, all that they rested on together."""

    shared: tuple[str, ...]
    files: tuple[str, ...]
    content: bytes
    """The digest of what is behind the names in ``shared`` and ``files``; b"" if none."""
    bases: list[Basis]
    rows: msgspec.Raw
    """``_ROWS``: not read where ``content`` is the same."""


class _Known:
    """A block of assets, and what was decided about them before."""

    def __init__(self, key: bytes, assets: tuple[Asset, ...], stored: _Stored | None) -> None:
        self.key = key
        self.assets = assets
        self.stored = stored
        self.fresh: set[int] = set()
        """The numbers of the assets whose rows hold now."""
        self.is_new = False

    @cached_property
    def rows(self) -> _ROWS:
        if self.stored is None:
            return [None] * len(self.assets)
        return msgspec.msgpack.decode(self.stored.rows, type=_ROWS)

    def whole(self, content: Content) -> _Stored:
        """What to store of the block."""
        rows = [row for number, row in enumerate(self.rows) if row and number in self.fresh]
        names = sorted({name for row in rows for name in row.names})
        shared = tuple(name for name in names if name.startswith("\0"))
        files = tuple(name for name in names if not name.startswith("\0"))
        is_all = len(rows) == len(self.assets)
        return _Stored(
            shared,
            files,
            content=(content.of_all(shared, files) or b"") if is_all else b"",
            bases=[(row.needs, row.rests_on) for row in rows],
            rows=msgspec.Raw(msgspec.msgpack.encode(self.rows)),
        )


# A block of assets of collections ends after about one in so many; their ids decide after which.
_BLOCK = 32


def blocks(reading: Reading) -> Sequence[Block]:
    """The assets of a manifest in blocks; none if it has a mistake.

    Assets of collections have no text of their own: the key of a block is what they say.
    """
    if reading.blocks or reading.faults or not reading.origins.of:
        return reading.blocks
    manifest, encoder = reading.manifest, msgspec.msgpack.Encoder()
    tables = (manifest.project, manifest.defaults, manifest.style, manifest.gateway)
    found, block, head = [], list[Asset](), encoder.encode(tables)
    for asset in manifest.asset:
        block.append(asset)
        if crc32(asset.id.encode()) % _BLOCK == 0 or asset is manifest.asset[-1]:
            found.append(Block(key(b"assets", head, encoder.encode(block)), 0, len(block)))
            block = []
    return found


class Before:
    """What was decided before about the assets of a manifest, in ``blocks`` of its text."""

    def __init__(self, manifest: Manifest, blocks: Sequence[Block], tree: Tree) -> None:
        self._manifest = manifest
        self._tree = tree
        name = "fresh" if isinstance(tree, WorkTree) else "fresh-staged"
        self._kept = Verdicts(tree.root, name)
        # What counts as the file that its record lists rests on that record.
        self._built = {
            path: asset.id
            for asset in manifest.asset
            if asset.is_rebuilt
            for path in (target.path for target in targets(asset))
        }
        self._blocks = list(self._read(blocks))
        self._fresh = 0
        self._content: Content | None = None

    def _read(self, blocks: Iterable[Block]) -> Iterator[_Known]:
        at, decoder = 0, msgspec.msgpack.Decoder(_Stored)
        for block in blocks:
            value = self._kept.get(block.key)
            stored = decoder.decode(value) if value is not None else None
            yield _Known(block.key, self._manifest.asset[at : at + block.assets], stored)
            at += block.assets

    def decisions(self, world: World, wish: Callable[[str], Wish]) -> Iterator[Decision]:
        """What ``decide`` decides, without deciding again what rests on the same as before.

        ``wish`` works out what an asset asks for.
        """
        paths = {asset.id: asset.path for asset in self._manifest.asset}
        content, question = Content(world, self._tree, paths), Asked(world)
        self._content = content
        known = self._settled(content, _About(wish, world))
        for decision in decide.decide(self._manifest, question.world, known):
            if isinstance(decision, Settled):
                self._fresh += 1
            else:
                self._note(decision, question.take(), content)
            yield decision

    def _settled(self, content: Content, about: _About) -> Mapping[str, Decision]:
        """The decisions that hold still, by id."""
        self._tree.look_at_all()
        found: dict[str, Decision] = {}
        for block in self._blocks:
            stored = block.stored
            if stored is None:
                continue
            if stored.content and content.of_all(stored.shared, stored.files) == stored.content:
                block.fresh.update(range(len(block.assets)))
                for asset, basis in zip(block.assets, stored.bases, strict=True):
                    found[asset.id] = Settled(asset, basis, about)
                continue
            for number, row in enumerate(block.rows):
                if row is not None and content.of(row.names) == row.content:
                    asset = block.assets[number]
                    block.fresh.add(number)
                    found[asset.id] = Settled(asset, (row.needs, row.rests_on), about)
            # It is read at once the next time.
            block.is_new = not stored.content and len(block.fresh) == len(block.assets)
        return found

    @cached_property
    def _places(self) -> Mapping[str, tuple[_Known, int]]:
        """The block of each asset, and its number there."""
        return {
            asset.id: (block, number)
            for block in self._blocks
            for number, asset in enumerate(block.assets)
        }

    def _note(self, decision: Decision, names: tuple[str, ...] | None, content: Content) -> None:
        """Remember a decision that was just made, if it may be; it rests on ``names``."""
        is_plain = (decision.state, decision.action) == (State.FRESH, Action.NOTHING)
        if names is None or not is_plain or decision.problem or decision.cure or decision.reasons:
            return
        wish, asset = decision.wish, decision.asset
        more = [ASSET + need for need in wish.needs]
        more += [asset.page] if asset.page is not None else []
        if wish.intent.template is not None:
            more.append(f"{LAYOUT}{asset.kind} {wish.values['layout']}")
        owners = {self._built[name] for name in names if name in self._built}
        more += [place for owner in sorted(owners) for place in record.places(owner)]
        names = tuple(dict.fromkeys((*names, *more)))
        digest = content.of(names)
        if digest is not None:
            block, number = self._places[asset.id]
            block.rows[number] = Row(names, digest, wish.needs, tuple(sorted(decision.rests_on)))
            block.fresh.add(number)
            block.is_new = True
            self._fresh += 1

    @property
    def is_all(self) -> bool:
        """Whether every image was found plainly fresh, after ``decisions``."""
        return self._fresh == len(self._manifest.asset)

    def save(self) -> None:
        """Write what is new, after ``decisions``."""
        for block in self._blocks:
            if block.is_new and self._content:
                self._kept.put(block.key, msgspec.msgpack.encode(block.whole(self._content)))
        self._kept.save()


class Content:
    """The content behind names of ``asked``, as texts."""

    def __init__(self, world: World, tree: Tree, paths: Mapping[str, str]) -> None:
        self._world = world
        self._tree = tree
        self._paths = paths
        self._known: dict[str, str] = {}

    def of(self, names: tuple[str, ...]) -> bytes | None:
        """The digest of what is behind ``names``; None if something of it cannot be read."""
        known = self._known
        try:
            texts = [known.get(name) or self._text(name) for name in names]
        except (AssetgenError, OSError):
            return None
        return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogateescape")).digest()

    def of_all(self, shared: Sequence[str], files: Sequence[str]) -> bytes | None:
        """The digest of what is behind names that are no paths, and of files."""
        known = self._known
        try:
            texts = [known.get(name) or self._text(name) for name in shared]
            parts = [*self._tree.identities(files)]
        except (AssetgenError, OSError):
            return None
        stated = "\n".join(texts).encode("utf-8", "surrogateescape")
        return hashlib.sha256(b"\n".join([stated, *parts])).digest()

    def _text(self, name: str) -> str:
        found = self._shared(name) if name.startswith("\0") else self._tree.identity(name)
        self._known[name] = found
        return found

    def _shared(self, name: str) -> str:
        if name == FONTS:
            fonts = self._world.fonts()
            return " ".join(f"{family!r} {font.digest}" for family, font in sorted(fonts.items()))
        if name == CATALOG:
            return hashlib.sha256(msgspec.json.encode(self._world.the_catalog)).hexdigest()
        if name.startswith(KIND):
            kind = self._world.kind(name.removeprefix(KIND))
            stated = msgspec.json.encode((kind.sheet, kind.prompt_file()))
            return hashlib.sha256(stated).hexdigest()
        if name.startswith(LAYOUT):
            kind_name, _, layout = name.removeprefix(LAYOUT).partition(" ")
            return self._world.kind(kind_name).digest(layout, Stack(()))
        if name.startswith(FAMILY):
            return self._world.family(name.removeprefix(FAMILY))
        return repr(self._paths.get(name.removeprefix(ASSET)))
