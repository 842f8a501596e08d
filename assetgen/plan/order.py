"""The order of assets: each after the ones it depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from assetgen.cure import Cure, advice
from assetgen.errors import ManifestError
from assetgen.manifest.schema import Asset, Manifest, references_at
from assetgen.manifest.toml_positions import Key
from assetgen.plan.intent import about, completed
from assetgen.plan.wish import World

_NONE: Mapping[str, Sequence[str]] = MappingProxyType({})


class Broken(Struct, frozen=True):
    """Why an asset cannot come after what it needs."""

    asset_id: str
    need: str
    what: str
    cure: Cure


def order(
    manifest: Manifest, world: World, known: Mapping[str, Sequence[str]] = _NONE
) -> list[Asset]:
    """All assets, each after the ones it depends on; ``known`` has those of some assets.

    Raises ManifestError if they depend on each other in a circle, or on one that does not exist.
    """
    by_id = {asset.id: asset for asset in manifest.asset}
    ordered = []

    def needs_of(asset_id: str) -> Sequence[str]:
        found = known.get(asset_id)
        return needs(manifest, by_id[asset_id], world) if found is None else found

    for step in walk(by_id, needs_of):
        if isinstance(step, Broken):
            where = world.place(step.asset_id, "id")
            raise ManifestError(step.what, where=where, cure=step.cure)
        ordered.append(by_id[step])
    return ordered


def walk(ids: Iterable[str], needs_of: Callable[[str], Sequence[str]]) -> Iterator[str | Broken]:
    """Every id after the ones it needs; a need that makes this impossible is yielded too."""
    known = dict.fromkeys(ids)
    done: dict[str, bool] = {}
    for first in known:
        if first in done:
            continue
        if not (needed := needs_of(first)):
            done[first] = True
            yield first
            continue
        done[first] = False
        trail = [(first, iter(needed))]
        while trail:
            current, waiting = trail[-1]
            need = next(waiting, None)
            if need is None:
                done[current] = True
                trail.pop()
                yield current
            elif need not in known:
                yield Broken(current, need, *no_asset(need))
            elif need not in done:
                done[need] = False
                trail.append((need, iter(needs_of(need))))
            elif not done[need]:
                names = [name for name, _ in trail]
                circle = " -> ".join([*names[names.index(need) :], need])
                what = f"assets depend on each other in a circle: {circle}"
                cure = advice(
                    "remove @{need} from asset {current}, or break the circle elsewhere",
                    need=need,
                    current=current,
                )
                yield Broken(current, need, what, cure=cure)


def no_asset(asset_id: str) -> tuple[str, Cure]:
    """What is wrong with a reference to an asset that does not exist, and the cure."""
    what = f"it needs @{asset_id}, which is not in the manifest"
    return what, advice("add that asset, or remove the reference")


def needs(manifest: Manifest, asset: Asset, world: World) -> tuple[str, ...]:
    """The ids of the assets that ``asset`` is made from. Raises what its kind or page raises."""
    named = about(
        asset, world, lambda: [name for _, name in keyed_references(manifest, asset, world)]
    )
    return tuple(dict.fromkeys(name[1:] for name in named if name.startswith("@")))


def keyed_references(manifest: Manifest, asset: Asset, world: World) -> Iterator[tuple[Key, str]]:
    """The files and "@id"s that ``asset`` is made from, each with its key in the asset.

    Raises what its kind or page raises.
    """
    if asset.draft:  # its placeholder shows none of them
        return
    yield from references_at(asset)
    if asset.is_local:
        kind = world.kind(asset.kind)
        yield from kind.pictures_at(kind.fill(completed(manifest, asset, kind, world).values))
