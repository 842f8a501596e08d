"""Assets that show the same in several themes or sizes, as one image with variants of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from assetgen.manifest.collection import Part

LIGHT, DARK = "light", "dark"


class Family(Struct, frozen=True):
    """Assets that differ only in theme or size."""

    id: str
    members: Mapping[tuple[str, str], str]
    """The id of each asset by its theme and its size; "" without that axis."""

    @property
    def themes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(theme for theme, _ in self.members if theme))

    @property
    def sizes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(size for _, size in self.members if size))

    @property
    def is_pair(self) -> bool:
        """Whether it has a light and a dark theme."""
        return {LIGHT, DARK} <= set(self.themes)

    def pair(self, asset_id: str) -> tuple[str, str] | None:
        """The light and the dark asset of the size that an asset has; None if there is none."""
        size = next((size for (_, size), one in self.members.items() if one == asset_id), None)
        if size is None or not self.is_pair:
            return None
        found = self.members.get((LIGHT, size)), self.members.get((DARK, size))
        return (found[0], found[1]) if found[0] and found[1] else None

    def of_size(self, size: str) -> str:
        """The first asset of a size, the light one if there are themes."""
        themes = sorted(self.themes or ("",), key=lambda theme: theme != LIGHT)
        found = (self.members.get((theme, size)) for theme in themes)
        return next(one for one in found if one)

    def first(self, size: str | None = None) -> str:
        """The asset that stands for all: of ``size`` if there is one, else of the first size."""
        sizes = self.sizes or ("",)
        return self.of_size(size if size in sizes else sizes[0])


class Families:
    """The families of a manifest, by their ids and by the ids of their assets."""

    def __init__(self, parts: Iterable[Part], ids: Iterable[str]) -> None:
        """``ids`` are those of all assets: a family whose id is one of them does not count."""
        taken, members = set(ids), dict[str, dict[tuple[str, str], str]]()
        twice: set[str] = set()
        for part in parts:
            own = members.setdefault(part.family, {})
            if (part.theme, part.size) in own:
                twice.add(part.family)
            if part.asset_id in taken:
                own[(part.theme, part.size)] = part.asset_id
        self._by_id = {
            name: Family(name, own)
            for name, own in members.items()
            if name not in twice and name not in taken and len(own) > 1
        }
        self._by_member = {
            one: family for family in self._by_id.values() for one in family.members.values()
        }

    def find(self, name: str) -> Family | None:
        """The family with that id."""
        return self._by_id.get(name)

    def of(self, asset_id: str) -> Family | None:
        """The family of an asset."""
        return self._by_member.get(asset_id)

    def __iter__(self) -> Iterator[Family]:
        return iter(self._by_id.values())
