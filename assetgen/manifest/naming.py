"""The assets that a user names on the command line: by id, or by a pattern of ids."""

from __future__ import annotations

from collections.abc import Iterable

from assetgen.cure import advice, command
from assetgen.errors import ManifestError
from assetgen.fs import globs
from assetgen.manifest.schema import FILE, Manifest

_WILD = frozenset("*?[{")


def is_pattern(name: str) -> bool:
    """Whether a name is a pattern: no id has such a character."""
    return name.startswith("!") or name.endswith("/") or not _WILD.isdisjoint(name)


def named(manifest: Manifest, names: Iterable[str]) -> tuple[str, ...]:
    """The ids that ``names`` mean: each is an id, or a pattern such as ``og/*`` or ``!og/old-*``.

    They are in the order of the manifest if one is a pattern. Raises ManifestError for an id that
    does not exist, and for patterns that match nothing.
    """
    asked = list(names)
    patterns = [one for one in asked if is_pattern(one)]
    plain = [manifest.find(one).id for one in asked if one not in patterns]
    if not patterns:
        return tuple(dict.fromkeys(plain))
    everything = ["**"] if all(one.startswith("!") for one in asked) else []
    shown = " ".join(patterns)
    try:
        is_meant = globs.matcher([*everything, *patterns])
    except ValueError as exc:
        cure = advice("correct the pattern")
        raise ManifestError(f"{shown} is not a pattern: {exc}", cure=cure) from None
    found = [asset.id for asset in manifest.asset if asset.id in plain or is_meant(asset.id)]
    if not found:
        what = f"no asset has an id that matches {shown}"
        raise ManifestError(what, where=FILE, cure=command("assetgen plan --all"))
    return tuple(found)
