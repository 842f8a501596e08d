"""``ground``: the painted image behind the words of a cover, which is an asset of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from assetgen import route_names
from assetgen.manifest.key_types import Ground
from assetgen.manifest.schema import Asset, Defaults
from assetgen.manifest.toml_positions import Key

#: The value of a layout that shows a ground.
PICTURE = "picture"
#: The key of an asset that asks for a ground, and the end of the id of that ground.
KEY = "ground"
#: The longest id of an asset with a ground, in characters.
MAX_ID = 80 - len(f"/{KEY}")
#: What the asset of a ground has from its own table; the rest is that of its cover.
OWN = Ground.__struct_encode_fields__
#: What follows from the keys of the cover of the same name.
_DERIVED = ("id", "path", "alt")


class Painted(Asset, frozen=True):
    """The ground of an asset, which is its ``cover``."""

    cover: Asset | None = None


def cover_of(asset: Asset) -> str | None:
    """The id of the asset that shows ``asset`` behind its words; None if it is no ground."""
    return asset.cover.id if isinstance(asset, Painted) and asset.cover else None


def page_of_cover(asset: Asset) -> str | None:
    """The page whose words the prompt of a ground may have."""
    return asset.cover.page if isinstance(asset, Painted) and asset.cover else None


def table_of(asset: Asset) -> Ground | None:
    """The table that asks for a ground; None if ``asset`` is no ground."""
    return asset.cover.ground if isinstance(asset, Painted) and asset.cover else None


def entry_of(asset: Asset) -> str:
    """The id of the entry of assets.toml that asks for ``asset``: that of the cover of a ground."""
    return cover_of(asset) or asset.id


def id_of(asset: Asset) -> str:
    """The id of the ground of an asset."""
    return f"{asset.id}/{KEY}"


def path_of(asset: Asset) -> str:
    """The file of the ground of an asset."""
    folder, slash, name = asset.path.rpartition("/")
    stem = name.rpartition(".")[0] or name
    return f"{folder}{slash}{stem}-{KEY}.png"


def with_ground(asset: Asset) -> Asset:
    """``asset`` as it shows its ground, unless it states another picture."""
    if not shows_ground(asset) or PICTURE in asset.values:
        return asset
    return msgspec.structs.replace(asset, values={**asset.values, PICTURE: f"@{id_of(asset)}"})


def shows_ground(asset: Asset) -> bool:
    """Whether a layout can show the ground that an asset asks for."""
    return asset.ground is not None and not asset.is_painted and not asset.is_adopted


def grounds(assets: Iterable[Asset], defaults: Defaults) -> tuple[Asset, ...]:
    """The assets of all grounds, in the order of their covers."""
    return tuple(
        _painted(asset, asset.ground, defaults)
        for asset in assets
        if asset.ground is not None and shows_ground(asset)
    )


def _painted(cover: Asset, ground: Ground, defaults: Defaults) -> Painted:
    route = ground.route or defaults.route
    return Painted(
        id=id_of(cover),
        kind=cover.kind,
        path=path_of(cover),
        alt="",
        route=route if is_painting(route) else None,
        prompt=ground.prompt,
        model=ground.model,
        quality=ground.quality,
        style=ground.style or cover.style,
        values=_words(cover),
        size=ground.size,
        inputs=ground.inputs,
        mask=ground.mask,
        take=ground.take,
        candidates=ground.candidates,
        options=ground.options,
        draft=cover.draft,
        refine=ground.refine,
        cover=cover,
    )


def is_painting(route: str | None) -> bool:
    """Whether a route draws from a prompt."""
    return route is not None and route not in ("local", route_names.ADOPTED)


def _words(cover: Asset) -> dict[str, object]:
    """The values of a cover that a kind's prompt.md can have words for."""
    return {
        name: value
        for name, value in cover.values.items()
        if name not in (PICTURE, "layout") and isinstance(value, (str, int, float))
    }


# -- where they are stated -------------------------------------------------------------------------


class Grounds(msgspec.Struct, frozen=True):
    """The last assets of a manifest, and the numbers of those that show them."""

    first: int = 0
    covers: Sequence[int] = ()

    @classmethod
    def of(cls, assets: Sequence[Asset]) -> Grounds:
        """The grounds at the end of the assets of a manifest."""
        covers = tuple(number for number, one in enumerate(assets) if shows_ground(one))
        return cls(len(assets) - len(covers), covers)

    def stated(self, key: Key) -> Key:
        """``key`` below a ground as it is below its cover; other keys as they are."""
        number = key[1] if len(key) > 1 and key[0] == "asset" else None
        if not isinstance(number, int) or number < self.first or not self.covers:
            return key
        cover, rest = self.covers[number - self.first], key[2:]
        if not rest or rest[0] in _DERIVED:
            return ("asset", cover, KEY)
        return ("asset", cover, *((KEY,) if rest[0] in OWN else ()), *rest)
