"""The names of the routes and of their bills, for every wing; imports nothing."""

from __future__ import annotations

#: The routes to OpenAI's own API, on one bill.
OPENAI = ("images", "responses")
#: Every route but gateway:NAME, in the order in which they are listed.
ROUTES = ("local", *OPENAI, "codex")
#: What an asset says in place of a route if its image exists already and is never made again.
ADOPTED = "adopted"
#: Every bill but gateway:NAME.
BILLS = ("none", "openai-api", "codex-plan")
#: The two lists as a sentence, and as patterns that match a whole name.
ROUTES_IN_WORDS = f"{', '.join(ROUTES)} or gateway:NAME"
BILLS_IN_WORDS = f"{', '.join(BILLS)} or gateway:NAME"
_GATEWAY = "gateway:[a-z0-9][a-z0-9-]*"
ROUTE_PATTERN = "|".join((*ROUTES, _GATEWAY))
BILL_PATTERN = "|".join((*BILLS, _GATEWAY))


def bill(route: str | None) -> str:
    """The bill of a route that goes to its own provider; without a route there is none.

    It is "" for an adopted image: no one knows whether it was on a bill.
    """
    if route == ADOPTED:
        return ""
    if route in OPENAI:
        return "openai-api"
    if route == "codex":
        return "codex-plan"
    return "none" if route in (None, "local") else str(route)
