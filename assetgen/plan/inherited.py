"""What an asset has from [defaults.values] and [style.NAME.values]."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from assetgen.cure import advice, command
from assetgen.layouts.agreement import replaces
from assetgen.layouts.kind import Kind
from assetgen.layouts.values import did_you_mean
from assetgen.manifest.schema import Asset, Manifest, Style
from assetgen.manifest.toml_faults import Fault, dotted
from assetgen.manifest.toml_positions import Key
from assetgen.plan.grounds import shows_picture
from assetgen.text import brief


def tables(manifest: Manifest) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    """Every table of values that assets inherit, with its key."""
    if manifest.defaults.values:
        yield ("defaults", "values"), manifest.defaults.values
    for name, style in manifest.style.items():
        if style.values:
            yield ("style", name, "values"), style.values


def sources(manifest: Manifest, asset: Asset) -> dict[str, Key]:
    """The key of each value that ``asset`` may inherit; a style goes before [defaults]."""
    found: dict[str, Key] = {
        name: ("defaults", "values", name) for name in manifest.defaults.values
    }
    if asset.style:
        own = manifest.style.get(asset.style, Style()).values
        found |= {name: ("style", asset.style, "values", name) for name in own}
    return found


def inherited(manifest: Manifest, asset: Asset, kind: Kind) -> dict[str, Any]:
    """The values that ``asset`` inherits: those that its layout has; for a prompt, all of them."""
    style = manifest.style.get(asset.style or "", Style())
    stated = {**manifest.defaults.values, **style.values}
    if asset.is_local and asset.ground is not None:
        stated = {**stated, **_of_ground(asset, kind, stated)}
    if not stated or not asset.is_local:
        return stated
    layouts = kind.sheet.layouts
    chosen = stated.get("layout")
    applies = "layout" not in asset.values and isinstance(chosen, str) and chosen in layouts
    layout = chosen if applies else asset.values.get("layout", kind.sheet.layout)
    if not isinstance(layout, str) or layout not in layouts:
        return {}
    fields = kind.fields(layout)
    own = f"@{asset.id}"  # an image of a brand may itself have a layout that shows the brand
    found = {name: value for name, value in stated.items() if name in fields and value != own}
    given = {**found, **asset.values}  # a screenshot leaves no place for a shared menu
    found = {name: one for name, one in found.items() if not replaces(name, fields, given)}
    return {"layout": layout, **found} if applies else found


def _of_ground(asset: Asset, kind: Kind, stated: Mapping[str, Any]) -> dict[str, Any]:
    """The layout that shows a ground, for an asset that names none, and inherits none of its kind.

    A layout of [defaults] or of a style is for assets without a ground too: one that has no place
    for it is not meant.
    """
    if "layout" in asset.values or kind.sheet.ground is None:
        return {}
    chosen = stated.get("layout")
    fits = isinstance(chosen, str) and chosen in kind.sheet.layouts and shows_picture(kind, chosen)
    return {} if fits else {"layout": kind.sheet.ground}


def unknown(manifest: Manifest, templates: Callable[[], Path]) -> Iterator[Fault]:
    """The values that no layout has; ``templates`` finds the folder that contains templates/."""
    stated = list(tables(manifest))
    if not stated:
        return
    from assetgen.layouts.editor_schema import prompt_words
    from assetgen.layouts.listed import all_kinds

    found = all_kinds(templates())
    if found.errors:  # a kind that cannot be read may have any value
        return
    layouts = {name for one in found.kinds for name in one.sheet.layouts}
    known = {
        name for one in found.kinds for layout in one.sheet.layouts for name in one.fields(layout)
    }
    known |= {word for one in found.kinds for word in prompt_words(one)}
    for at, values in stated:
        for name, value in values.items():
            if name == "layout" and value not in layouts:
                what = f"{dotted((*at, name))} = {brief(value)}: no kind has such a layout"
                yield Fault((*at, name), what, did_you_mean(value, layouts) or _LISTED)
            elif name != "layout" and name not in known:
                what = f"{dotted((*at, name))} is not a value of any layout"
                yield Fault((*at, name), what, did_you_mean(name, known) or _LISTED)


_LISTED = advice("{layouts} (lists layouts and their values)", layouts=command("assetgen layouts"))
