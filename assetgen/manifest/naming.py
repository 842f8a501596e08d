"""The assets that a user names on the command line: by id, or by a pattern of ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
    if not any(map(is_pattern, asked)):
        return tuple(dict.fromkeys(manifest.find(one).id for one in asked))
    plain = [manifest.find(one).id for one in asked if not is_pattern(one)]
    patterns = [one for one in asked if is_pattern(one)]
    found = matching([asset.id for asset in manifest.asset], [*plain, *patterns])
    if not found:
        what = f"no asset has an id that matches {' '.join(patterns)}"
        raise ManifestError(what, where=FILE, cure=command("assetgen plan --all"))
    return found


def matching(ids: Iterable[str], names: Sequence[str]) -> tuple[str, ...]:
    """Those of ``ids`` that ``names`` mean, in their order. Raises ManifestError."""
    patterns = [one for one in names if is_pattern(one)]
    everything = ["**"] if all(one.startswith("!") for one in names) else []
    try:
        is_meant = globs.matcher([*everything, *patterns])
    except ValueError as exc:
        what = f"{' '.join(patterns)} is not a pattern: {exc}"
        raise ManifestError(what, cure=advice("correct the pattern")) from None
    return tuple(one for one in ids if one in names or (patterns and is_meant(one)))
