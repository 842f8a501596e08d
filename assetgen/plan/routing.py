"""Routes: what each is given, what it returns, and how its module is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from assetgen.errors import UnsupportedOption
from assetgen.layouts.fonts import Font
from assetgen.plan.wish import Wish
from assetgen.record.schema import Amount, RecordedRequest, RecordedResponse, RecordedRoute

if TYPE_CHECKING:
    from assetgen.settings.provider import Provider

from dataclasses import field

from assetgen.settings.provider import Provider

_MODULES = {"local": "assetgen.routes.local"}
_PAID = {"images": "assetgen.routes.images", "responses": "assetgen.routes.responses"}


@dataclass(frozen=True)
class Job:
    """One picture to draw: the wish, its brand, and how to read the files it names."""

    wish: Wish
    palette: tuple[str, ...]
    font: str
    fonts: Mapping[str, Font]
    read: Callable[[str], bytes]
    """The bytes of an input, by path or "@id"."""
    root: Path
    """The project, whose cache a route may use."""
    source_type: Callable[[str], str | None]
    """What an input, by path or "@id", says it is (IPTC digital source type)."""

    @property
    def references(self) -> tuple[str, ...]:
        """The pictures that a painting route is shown, by path or "@id"."""
        return self.wish.asset.inputs

    def path(self, reference: str) -> str:
        """The file behind an input, by path or "@id"."""
        known = {
            "@" + entry["id"]: entry["path"] for entry in self.wish.intent.inputs if "id" in entry
        }
        return str(known.get(reference, reference))


@dataclass(frozen=True)
class Drawn:
    """What a route gives back: the picture, and the parts of the record that the route knows."""

    original: bytes
    source_type: str
    route: RecordedRoute
    request: RecordedRequest
    response: RecordedResponse | None
    received: str
    keeps_original: bool
    decision: str = "commit"
    """What becomes of it: "commit", or "draft" for a stand-in."""
    reason: str | None = None
    revised: str | None = None
    """The prompt as a model rewrote it."""
    placeholder: str | None = None
    """A tiny preview as a data URL, if it was made on the way."""
    usage_cost: Amount | None = None
    provider_cost: Amount | None = None
    entry: int | None = None
    """The number of the purchase, which ends when the picture is in place."""
    remarks: tuple[str, ...] = ()
    """Where what came differs from what was asked."""


class Route(Protocol):
    """What a module in this folder offers."""

    def draw(self, job: Job) -> Drawn:
        """Draw one picture. Raises an AssetgenError that says what failed."""
        ...


class PaidRoute(Protocol):
    """What a module for a paid HTTP route offers; sending, storing and paying once are the performer's."""

    def request(self, job: Job, provider: Provider) -> Request:
        """The one request for a picture. Raises ManifestError or UnsupportedOption."""
        ...

    def read(self, data: bytes, *, streamed: bool) -> Answer:
        """What a stored reply says. Raises reply.Unreadable."""
        ...


def is_paid(route: str | None) -> bool:
    """Whether a route sends HTTP requests that somebody bills."""
    return (route or "").partition(":")[0] in ("images", "responses", "gateway")


def is_bought(route: str | None) -> bool:
    """Whether a picture of a route is on somebody's bill: all but what is drawn here."""
    return is_paid(route) or route == "codex"


def load_paid(route: str) -> PaidRoute:
    """The module that makes and reads the requests of ``route``; gateways speak the Images API."""
    return cast(
        PaidRoute, import_module(_PAID["images" if route.startswith("gateway:") else route])
    )


def load(route: str) -> Route:
    """The module that draws for ``route``. Raises UnsupportedOption if this version has none."""
    if route not in _MODULES:
        raise UnsupportedOption(
            f"route {route!r} cannot be performed by this version of assetgen; nothing was sent and nothing was paid",
            cure='choose route = "local", or draw it elsewhere and run: assetgen adopt ID FILE',
        )
    return cast(Route, import_module(_MODULES[route]))


class NotBegun(Exception):
    """The run is being ended, and nothing was sent for this picture."""


@dataclass(frozen=True)
class Answer:
    """What one reply holds; None is what it does not say."""

    pictures: tuple[bytes, ...] = ()
    urls: tuple[str, ...] = ()
    response_id: str | None = None
    status: str | None = None
    """Of a response: queued, in_progress, completed, failed, incomplete, cancelled."""
    revised_prompt: str | None = None
    usage: Mapping[str, Any] | None = None
    tool_usage: Mapping[str, Any] | None = None
    served_model: str | None = None
    partials: int = 0
    failure: Mapping[str, Any] | None = None
    """The provider's error object, if the answer is one."""
    created: int | None = None
    """Seconds since 1970."""
    price: str | None = None
    """What the provider states that it charged, in USD, as it was written."""

    @property
    def is_pending(self) -> bool:
        return self.status in ("queued", "in_progress")

    @property
    def broke_off(self) -> bool:
        """Whether an error came in place of the rest of a response, which may have been drawn to its end."""
        return self.failure is not None and self.response_id is not None and self.status is None


@dataclass(frozen=True)
class Part:
    """One file of a multipart request."""

    name: str
    """The field of the form."""
    filename: str
    media_type: str
    source: str
    """The file of the project that it is, for people."""
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Request:
    """One request as it goes out; ``stated`` is its body as records hold it, with digests for what is large."""

    path: str
    body: Mapping[str, Any]
    stated: Mapping[str, Any]
    parts: tuple[Part, ...] = ()

    @property
    def streams(self) -> bool:
        return bool(self.body.get("stream"))
