"""doctor: what it means that a provider does not list a model, and which could take its place."""

from __future__ import annotations

from collections.abc import Iterable

from assetgen.cure import advice
from assetgen.doctor.notes import Note, Urgency, problem
from assetgen.errors import RoutingError
from assetgen.settings.catalog import Catalog
from assetgen.settings.provider import Provider

# Services that list all their models, under the names that requests use.
_LISTS_ALL = ("openai", "litellm", "new-api", "localai")


def note(
    model: str,
    where: str | None,
    provider: Provider,
    listed: Iterable[str],
    bad: Urgency,
    catalog: Catalog,
    *,
    is_text: bool,
) -> Note:
    """The note on ``model``; ``bad`` is its urgency where the list is known to be complete."""
    what = f"{provider.host} does not list model {model} for this key"
    names = sorted(listed)
    near = [name for name in names if _is_like(name, catalog, is_text=is_text)][:5]
    cure = advice("choose one that it lists: see --json")
    if near:
        cure = advice("choose one that it lists, such as {join}", join=", ".join(near))
    elif not names:
        what += "; it lists none"
        cure = advice("ask the operator of {host} which models the key may use", host=provider.host)
    known = catalog.find(model)
    if provider.is_openai and known and known.listed_late:
        return Note(
            Urgency.NOTE,
            f"{what}; new models are listed late: whether it can be used is not known",
            where,
        )
    if provider.profile.name not in _LISTS_ALL:
        return Note(
            Urgency.NOTE,
            f"{what}; this kind of service may list fewer models, or under other names",
            where,
        )
    return problem(RoutingError(what, where=where, cure=cure), bad)


#: Names of models that make neither images nor the text around an image call.
_OTHERS = ("embed", "audio", "tts", "whisper", "realtime", "moderation", "transcribe", "sora")


def _is_like(name: str, catalog: Catalog, *, is_text: bool) -> bool:
    """Whether ``name`` is a text model, or an image model, as is needed."""
    known = catalog.find(name)
    is_image = known.kind == "image" if known else "image" in name
    return is_image != is_text and not any(word in name for word in _OTHERS)
