"""The rate limits that providers stated when they refused, kept for the next runs.

A tier changes: what was learnt is forgotten after a week, and learnt again from the next refusal.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from assetgen.settings import user_cache
from assetgen.settings.conditions import Conditions
from assetgen.settings.provider import Provider

_KIND = "rates"
_LASTS = timedelta(days=7)


class _Learnt(msgspec.Struct, frozen=True):
    images_per_minute: int
    on: date


_FORM = msgspec.json.Decoder(_Learnt)


def read(provider: Provider, conditions: Conditions) -> int | None:
    """The images per minute that were learnt within a week; None if there are none."""
    data = user_cache.read(conditions.environ, _KIND, _file(provider))
    try:
        found = _FORM.decode(data) if data else None
    except msgspec.DecodeError:
        return None
    if found is None or not 0 <= (conditions.today() - found.on).days <= _LASTS.days:
        return None
    return max(1, found.images_per_minute)


def keep(provider: Provider, conditions: Conditions, per_minute: int) -> None:
    """Keep a limit that was stated now."""
    learnt = _Learnt(per_minute, conditions.today())
    user_cache.write(conditions.environ, _KIND, _file(provider), msgspec.json.encode(learnt))


def _file(provider: Provider) -> str:
    """Of the bill, the host and the name of the key's variable: never of the key."""
    return user_cache.name(provider.surface, provider.key_env or "", provider.host)
