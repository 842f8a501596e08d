"""The candidates of an asset: as images in a terminal, as files, and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from assetgen.cure import command
from assetgen.errors import StorageError
from assetgen.fs import originals
from assetgen.report import inline_images
from assetgen.report.cost import FIGURE, money
from assetgen.report.text import console
from assetgen.terminal import own
from assetgen.text import clean

if TYPE_CHECKING:
    from assetgen.plan.choices import Option
    from assetgen.record.schema import Costs


def protocol(stream: IO[str], environ: Mapping[str, str]) -> str | None:
    """How the terminal behind ``stream`` shows images; None if it does not, or is none."""
    return inline_images.protocol(environ) if stream.isatty() else None


def show(
    asset_id: str, every: Sequence[Option], files: Mapping[int, str | None], stream: IO[str]
) -> None:
    """Print a line for each candidate, with its file."""
    out = console(stream)
    for one in every:
        where = files[one.number] or "its bytes are in another clone"
        out.print(clean(f"{one.number}  {_facts(one)}  {where}"))
    out.print(f"pick one: {command('assetgen pick {id}', id=asset_id)} N")


def show_inline(
    asset_id: str, every: Sequence[Option], root: Path, *, how: str, stream: IO[str]
) -> None:
    """Print each candidate as a small image and a line."""
    out = console(stream)
    for one in every:
        out.print(clean(f"{one.number}  {_facts(one)}"))
        data = originals.read(root, one.candidate.sha256)
        try:
            shown = None if data is None else inline_images.picture(data, how)
        except StorageError:
            shown = None
        if shown is None:
            out.print("   its bytes are in another clone")
        else:
            stream.flush()
            own(stream).write(shown + "\n")
    out.print(f"pick one: {command('assetgen pick {id}', id=asset_id)} N")


def _facts(one: Option) -> str:
    seen = one.candidate
    size = f"{seen.bytes / 1000:.0f} KB"
    form = seen.media_type.removeprefix("image/")
    marks = ", ".join(_marks(one))
    parts = [f"{seen.width}x{seen.height} {form}", size, f"sha256 {seen.sha256[:12]}"]
    return "  ".join([*parts, *([f"({marks})"] if marks else [])])


def _marks(one: Option) -> Iterator[str]:
    if one.is_picked:
        yield "picked"
    if one.candidate.alpha:
        yield "alpha"
    if words := cost_words(one.candidate.cost):
        yield words


def cost_words(costs: Costs) -> str | None:
    """The best known amount of a share: what was used, else what was estimated."""
    for name in ("provider", "usage", "estimate"):
        if (amount := getattr(costs, name)) is not None:
            return f"{money(amount.micros, amount.currency or costs.currency)} {FIGURE[name]}"
    return None


def as_data(
    asset_id: str, every: Sequence[Option], files: Mapping[int, str | None]
) -> dict[str, Any]:
    """The candidates as data."""
    import msgspec

    return {
        "id": asset_id,
        "candidates": [
            {
                "number": one.number,
                **msgspec.to_builtins(one.candidate),
                "picked": one.is_picked,
                "route": one.purchase.route.owner,
                "surface": one.purchase.route.surface,
                "origin": one.purchase.route.origin,
                "file": files[one.number],
            }
            for one in every
        ],
    }
