"""Reads what a service publishes about its models, with the key, at no cost."""

from __future__ import annotations

import tempfile
from pathlib import Path

from assetgen import loose_json
from assetgen.paid.transport import Line, Lost, NotSent, Refused
from assetgen.settings import descriptors
from assetgen.settings.conditions import Conditions
from assetgen.settings.descriptors import Descriptor
from assetgen.settings.provider import Provider

#: The largest description that is read, in bytes, and the longest wait for it, in seconds.
MAX_BYTES = 4 * 1024 * 1024
PATIENCE = 10.0


def describe(
    provider: Provider, model: str | None, conditions: Conditions, *, again: bool = False
) -> Descriptor | None:
    """The description of ``model``, read at most once a day unless it is asked for ``again``.

    Where the service does not give it, it is the one that was read before, or None.
    """
    language = provider.profile.describes
    if language is None or not model:
        return None
    known = conditions.described(provider, model)
    today = str(conditions.today())
    if known and known.as_of == today and not again:
        return known
    data = _fetched(provider, descriptors.path(language, model), conditions.patience)
    found = descriptors.read(language, data, model, provider.channel, today) if data else None
    if found:
        conditions.descriptors.keep(provider.base_url, provider.channel, found)
    return found or known


def _fetched(provider: Provider, path: str, patience: float) -> bytes | None:
    with tempfile.TemporaryDirectory(prefix="assetgen-") as folder:
        file = Path(folder) / "description"
        try:
            line = Line(provider, min(PATIENCE, patience), most=MAX_BYTES)
            line.get(path, file)
            return loose_json.unpacked(file.read_bytes(), MAX_BYTES)
        except (Refused, NotSent, Lost, OSError):
            return None
