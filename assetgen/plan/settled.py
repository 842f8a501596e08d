"""Images that were fresh before and rest on the same content now: they are not decided again.

Only what is plainly fresh is remembered: no reason, no problem, no question whose answer has no
name in ``asked``. Everything else, and whatever would be bought, is decided again each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from zlib import crc32

import msgspec

from assetgen.errors import AssetgenError
from assetgen.fs.tree import Tree, WorkTree
from assetgen.layouts.fonts import Stack
from assetgen.manifest.parse import Block, Reading
from assetgen.manifest.schema import Asset, Manifest, targets
from assetgen.plan import decide
from assetgen.plan.asked import ASSET, CATALOG, FONTS, KIND, LAYOUT, Asked
from assetgen.plan.cost import Estimate
from assetgen.plan.decide import Action, Decision, State
from assetgen.plan.wish import Wish, World
from assetgen.record import record
from assetgen.verdicts import Verdicts, key


class Settled(Decision):
    """The decision on an image that is fresh. What it is made from is worked out if asked for."""

    def __init__(self, asset: Asset, row: Row, wish: Callable[[str], Wish], world: World) -> None:
        self.__dict__.update(
            state=State.FRESH,
            action=Action.NOTHING,
            reasons=(),
            problem=None,
            cure=None,
            _asset=asset,
            _row=row,
            _wish=wish,
            _world=world,
        )

    @property
    def asset(self) -> Asset:
        """The asset as the manifest states it."""
        asset: Asset = self.__dict__["_asset"]
        return asset

    @cached_property
    def wish(self) -> Wish:
        wish: Wish = self.__dict__["_wish"](self.asset.id)
        return wish

    @cached_property
    def estimate(self) -> Estimate:
        world: World = self.__dict__["_world"]
        surface = world.surface(self.asset.route or "local")
        return decide.estimate(
            self.wish, Action.NOTHING, surface, catalog=lambda: world.the_catalog
        )

    @property
    def needs(self) -> tuple[str, ...]:
        row: Row = self.__dict__["_row"]
        return row.needs

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(target.path for target in targets(self.asset))

    @property
    def rests_on(self) -> tuple[str, ...]:
        row: Row = self.__dict__["_row"]
        return row.rests_on


class Row(msgspec.Struct, array_like=True, frozen=True):
    """That an asset was fresh, and what that rested on."""

    names: tuple[str, ...]
    content: bytes
    """The digest of what is behind ``names``."""
    needs: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()


_ROWS = list[Row | None]
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
        self._blocks = blocks
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
        self._rows: dict[str, Row | None] = {}
        self._new: set[str] = set()
        self._fresh = 0

    def decisions(self, world: World, wish: Callable[[str], Wish]) -> Iterator[Decision]:
        """What ``decide`` decides, without deciding again what rests on the same as before.

        ``wish`` works out what an asset asks for.
        """
        paths = {asset.id: asset.path for asset in self._manifest.asset}
        content, question = Content(world, self._tree, paths), Asked(world)
        known = self._settled(content, lambda asset, row: Settled(asset, row, wish, world))
        for decision in decide.decide(self._manifest, question.world, known):
            names = question.take()
            if isinstance(decision, Settled):
                self._fresh += 1
            else:
                self._note(decision, names, content)
            yield decision

    def _in_blocks(self) -> Iterator[tuple[bytes, tuple[Asset, ...]]]:
        """The assets of each block, with its key."""
        at = 0
        for block in self._blocks:
            yield block.key, self._manifest.asset[at : at + block.assets]
            at += block.assets

    def _settled(
        self, content: Content, make: Callable[[Asset, Row], Settled]
    ) -> Mapping[str, Decision]:
        """The decisions that hold still, by id."""
        self._tree.look_at_all()
        found: dict[str, Decision] = {}
        decoder = msgspec.msgpack.Decoder(_ROWS)
        for name, assets in self._in_blocks():
            known = self._kept.get(name)
            rows = decoder.decode(known) if known is not None else [None] * len(assets)
            for asset, row in zip(assets, rows, strict=True):
                self._rows[asset.id] = row
                if row is not None and content.of(row.names) == row.content:
                    found[asset.id] = make(asset, row)
        return found

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
            rests_on = tuple(sorted(decision.rests_on))
            self._rows[asset.id] = Row(names, digest, wish.needs, rests_on)
            self._new.add(asset.id)
            self._fresh += 1

    @property
    def is_all(self) -> bool:
        """Whether every image was found plainly fresh, after ``decisions``."""
        return self._fresh == len(self._manifest.asset)

    def save(self) -> None:
        """Write what is new."""
        for name, assets in self._in_blocks():
            ids = [asset.id for asset in assets]
            if not self._new.isdisjoint(ids):
                rows = [self._rows.get(asset_id) for asset_id in ids]
                self._kept.put(name, msgspec.msgpack.encode(rows))
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
        return repr(self._paths.get(name.removeprefix(ASSET)))
