"""Rules for the painted grounds of covers."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.cure import Cure, advice
from assetgen.fs import paths
from assetgen.manifest import grounds
from assetgen.manifest.schema import Asset, Manifest
from assetgen.manifest.toml_faults import Fault
from assetgen.manifest.toml_positions import Key
from assetgen.route_names import ADOPTED, ROUTES_IN_WORDS


def of_ground(manifest: Manifest, asset: Asset, at: Key) -> Iterator[Fault]:
    """What is wrong with ``ground`` of an asset, apart from what is in its table."""
    if asset.ground is None:
        return
    key: Key = (*at, grounds.KEY)
    if not grounds.shows_ground(asset):
        if asset.route is not None:
            what = "ground is for an image that a layout draws, and this one has route "
            what += repr(asset.route)
            yield Fault(key, what, advice('write route = "local", or remove ground'))
        return
    yield from _of_route(manifest, asset.ground.route, key)
    if asset.values.get(grounds.PICTURE) != f"@{grounds.id_of(asset)}":
        what = "values.picture and ground are two pictures for the same place"
        yield Fault((*at, "values", grounds.PICTURE), what, advice("remove one of them"))
    ground = grounds.path_of(asset)
    if not paths.problem_of_file(asset.path) and (wrong := paths.problem_of_file(ground)):
        what = f"the file of the ground, {ground!r}, {wrong}"
        yield Fault((*at, "path"), what, advice("choose another path"))
    if len(asset.id) > grounds.MAX_ID:
        what = f"the id has {len(asset.id)} characters, and with a ground it may have "
        what += f"{grounds.MAX_ID}: its ground is {grounds.id_of(asset)}"
        yield Fault((*at, "id"), what, advice("choose a shorter id"))


def _of_route(manifest: Manifest, route: str | None, key: Key) -> Iterator[Fault]:
    usual = manifest.defaults.route
    if route is None:
        if usual is not None and not grounds.is_painting(usual):
            what = f"ground has no route, and [defaults] has route {usual!r}, which paints nothing"
            yield Fault(key, what, _WRITE_ROUTE, missing="route")
    elif not grounds.is_painting(route):
        why = "its image exists already" if route == ADOPTED else "it draws layouts"
        what = f"route {route!r} cannot paint a ground: {why}"
        yield Fault((*key, "route"), what, _WRITE_ROUTE)


_PAINTING = ROUTES_IN_WORDS.removeprefix("local, ")
_WRITE_ROUTE = advice('write route = "images" in ground; there are: {routes}', routes=_PAINTING)


def same_id(ground: Asset, other: Asset) -> tuple[str, Cure]:
    """What is wrong with a ground that has the id of another asset, and the cure."""
    what = f"the ground of asset {grounds.entry_of(ground)!r} has the id {ground.id!r}, and so has "
    return what + f"the asset of {other.path}", advice("give one of them another id")


def same_path(ground: Asset, path: str, other: Asset) -> tuple[str, Cure]:
    """What is wrong with a ground that has a file of another asset, and the cure."""
    whose = f"the ground of asset {grounds.entry_of(other)!r}"
    whose = whose if grounds.cover_of(other) else f"asset {other.id!r}"
    what = f"the ground of asset {grounds.entry_of(ground)!r} and {whose} have the same file: "
    return what + path, advice("give one of these assets another path")
