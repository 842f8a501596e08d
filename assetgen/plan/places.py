"""Where assets.toml states the keys of an asset, for messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from assetgen.manifest.parse import Reading
from assetgen.manifest.schema import FILE
from assetgen.manifest.toml_positions import Key, Position, positions
from assetgen.plan.families import Families


class Places:
    """The lines of a manifest; of one asset, only the block of entries around it is searched."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.origins = reading.origins
        self._blocks: dict[int, Mapping[Key, int]] = {}

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each asset in the file, those with mistakes among them."""
        return {asset.id: index for index, asset in enumerate(self._reading.manifest.asset)}

    def line(self, asset_id: str, key: str) -> int | None:
        """The line on which an asset states ``key``; None if it does not."""
        stated = self._reading.origins.stated(("asset", self.numbers[asset_id], key))
        left = int(stated[1])
        for block in self._reading.blocks:
            if left < block.assets:
                return self._in_block(block.start).get(("asset", left, *stated[2:]))
            left -= block.assets
        return self.line_of(stated)

    def collection(self, asset_id: str) -> str | None:
        """The id of the collection that makes an asset, as it is written; None if none does."""
        number = self.numbers.get(asset_id)
        origin = None if number is None else self._reading.origins.find(("asset", number))
        return self._reading.manifest.collection[origin.collection].id if origin else None

    def family(self, asset_id: str) -> str:
        """What the id of an asset would be without theme and size."""
        return self._family_of.get(asset_id, asset_id)

    @cached_property
    def _family_of(self) -> Mapping[str, str]:
        return {part.asset_id: part.family for part in self._reading.parts}

    @cached_property
    def families(self) -> Families:
        """The assets that show the same in several themes or sizes."""
        return Families(self._reading.parts, self.numbers)

    def line_of(self, key: Sequence[str | int]) -> int | None:
        """The line on which a key is; None if it is not in the file."""
        place = self._positions.get(tuple(key))
        return place.line if place else None

    def place(self, asset_id: str, key: str) -> str:
        """Where an asset states ``key``, in words."""
        line = self.line(asset_id, key) or self.line(asset_id, "id")
        return f"{FILE}:{line}, asset {asset_id}" if line else f"{FILE}, asset {asset_id}"

    def _in_block(self, start: int) -> Mapping[Key, int]:
        if start not in self._blocks:
            data = self._reading.text.encode()
            starts = [block.start for block in self._reading.blocks]
            end = next((other for other in starts if other > start), len(data))
            above = data.count(b"\n", 0, start)
            found = positions(data[start:end].decode(), inside_values=False)
            self._blocks[start] = {key: above + place.line for key, place in found.items()}
        return self._blocks[start]

    @cached_property
    def _positions(self) -> Mapping[Key, Position]:
        return positions(self._reading.text, inside_values=False)
