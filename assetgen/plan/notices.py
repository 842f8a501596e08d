"""What the catalogue says of the models that will be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from assetgen import route_names
from assetgen.plan import cheaper
from assetgen.plan.decide import Action, Decision
from assetgen.plan.wish import Wish
from assetgen.settings import catalog as catalogue
from assetgen.settings import model_rules
from assetgen.settings.catalog import Catalog


def warnings(decisions: Iterable[Decision], known: Catalog, today: date) -> list[str]:
    """What the catalogue says of the models to ask: soon to retire, not in it, experimental.

    Also, which model would cost several times less.
    """
    found: dict[str, None] = {}
    for decision in decisions:
        bought = decision.asset.route in route_names.OPENAI and decision.problem is None
        if decision.action is Action.DRAW and bought:
            found |= dict.fromkeys(_warnings_of(decision.wish, known, today))
            if less := cheaper.model(decision, known, today):
                found[less] = None
    return list(found)


def _warnings_of(wanted: Wish, known: Catalog, today: date) -> Iterator[str]:
    for model in filter(None, (wanted.model, wanted.options.text_model)):
        yield from model_rules.warnings(known, model, today)
    entry, size = known.find(wanted.model), wanted.intent.size
    if entry is None:
        return
    if model_rules.experimental(entry, size):
        yield f"OpenAI calls {size} experimental with {wanted.model}"
    if wanted.intent.background == "transparent" and _is_preview(entry, wanted.asset.route):
        yield (
            f"{wanted.model} draws transparent backgrounds in preview: "
            "your account may not have access"
        )


def _is_preview(model: catalogue.Model, route: str | None) -> bool:
    return any(name == route and how == "preview" for name, how in model.transparency.items())
