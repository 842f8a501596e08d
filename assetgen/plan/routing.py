"""What a route is given and returns, and how its module is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from assetgen import route_names
from assetgen.layouts.fonts import SANS, Font
from assetgen.plan import refining
from assetgen.plan.refusals import refuse_before_drawing
from assetgen.plan.wish import Wish
from assetgen.plan.workspace import Workspace
from assetgen.record.schema import Amount, RecordedRequest, RecordedResponse, RecordedRoute
from assetgen.settings import catalog as catalogue
from assetgen.settings.catalog import Catalog
from assetgen.settings.provider import Provider

if TYPE_CHECKING:
    from PIL.Image import Image

_CODEX = "assetgen.routes.codex"
_MODULES = {"local": "assetgen.routes.local"}
#: The forms of paid requests: each is a module of ``routes``.
LANES = ("images", "responses", "openrouter", "chat", "tasks")


@dataclass(frozen=True)
class Job:
    """One image to draw: the wish, its brand, and how to read the files that it names."""

    wish: Wish
    palette: tuple[str, ...]
    font: str
    fonts: Mapping[str, Font]
    read: Callable[[str], bytes]
    """The bytes of an input, by path or "@id"."""
    root: Path
    """The project, whose cache a route may use."""
    source_type: Callable[[str], str | None]
    """The IPTC digital source type in the metadata of an input, by path or "@id"."""
    catalog: Callable[[], Catalog] = catalogue.shipped
    """What models accept."""
    refuse: Callable[[], None] = lambda: None
    """Raises the error for which nothing may be drawn or paid, as ``plan`` reports it."""

    @property
    def references(self) -> tuple[str, ...]:
        """The images that are sent to a model, by path or "@id"."""
        return self.wish.asset.inputs

    def path(self, reference: str) -> str:
        """The file behind an input, by path or "@id"."""
        known = {
            "@" + entry["id"]: entry["path"] for entry in self.wish.intent.inputs if "id" in entry
        }
        return str(known.get(reference, reference))


def _no_source_type(_reference: str) -> str | None:
    return None


def job_for(
    project: Workspace,
    wish: Wish,
    *,
    source_type: Callable[[str], str | None] = _no_source_type,
) -> Job:
    """The job of drawing ``wish`` in ``project``; only a layout has use for fonts."""
    style = project.manifest.style_of(wish.asset)
    return Job(
        wish=wish,
        palette=style.palette,
        font=style.font or SANS,
        fonts=project.fonts() if wish.asset.is_local else {},
        read=refining.reader(wish, project.read_input, project.holdings.chain.parent),
        root=project.root,
        source_type=source_type,
        catalog=lambda: project.world().the_catalog,
        refuse=lambda: refuse_before_drawing(wish, project.world()),
    )


@dataclass(frozen=True)
class Drawn:
    """What a route returns: the image, and the parts of the record that the route knows."""

    original: bytes
    source_type: str
    route: RecordedRoute
    request: RecordedRequest
    response: RecordedResponse | None
    received: str
    keeps_original: bool
    decision: str = "commit"
    """What happens to it: "commit", or "draft" for a placeholder image."""
    reason: str | None = None
    revised: str | None = None
    """The prompt as a model rewrote it."""
    image: Image | None = field(default=None, repr=False, compare=False)
    """Its pixels, if they were decoded."""
    placeholder: str | None = None
    """A tiny preview as a data URL, if one was made."""
    usage_cost: Amount | None = None
    provider_cost: Amount | None = None
    entry: int | None = None
    """The number of the purchase, which is closed when the image is in place."""
    remarks: tuple[str, ...] = ()
    """Where the image differs from what was asked."""


class Route(Protocol):
    """What a module in ``routes`` has."""

    def draw(self, job: Job) -> Drawn:
        """Draw one image. Raises an AssetgenError."""
        ...


class Refusing(Protocol):
    """What a module for a route without HTTP requests has."""

    def refuse(self, job: Job) -> None:
        """Raise the error for which ``job`` cannot be drawn, as far as that is known before."""
        ...


class PaidRoute(Protocol):
    """What a module for a paid HTTP route has; it neither sends nor stores anything."""

    def request(self, job: Job, provider: Provider) -> Request:
        """The request for an image. Raises ManifestError or UnsupportedOption."""
        ...

    def read(self, data: bytes, *, streamed: bool) -> Answer:
        """What a stored reply says. Raises replies.Unreadable."""
        ...


def is_paid(route: str | None) -> bool:
    """Whether a route sends HTTP requests that are billed."""
    return (route or "").partition(":")[0] in (*route_names.OPENAI, "gateway")


def is_bought(route: str | None) -> bool:
    """Whether an image of a route is on a bill: all but the local ones."""
    return is_paid(route) or route == "codex"


def lane(route: str, provider: Provider, model: str | None) -> str:
    """The form of the requests of ``route``: at a gateway, that of its profile."""
    return route if route in route_names.OPENAI else provider.lane(model)


def load_lane(name: str) -> PaidRoute:
    """The module that makes and reads requests of one of ``LANES``. Raises LookupError."""
    if name not in LANES:
        raise LookupError(name)
    return cast(PaidRoute, import_module(f"assetgen.routes.{name}"))


def paid_request(job: Job, provider: Provider) -> Request:
    """The request for the image of ``job``; it is not sent. Raises an AssetgenError."""
    name = lane(job.wish.asset.route or "", provider, job.wish.model)
    return replace(load_lane(name).request(job, provider), lane=name)


def per_request(job: Job, provider: Provider) -> int:
    """How many images one request for ``job`` can ask for: those of the asset, or 1.

    Several only where it is known: on route ``images`` for the models of the catalogue, and where a
    gateway says it of a model.
    """
    wish, images = job.wish, job.wish.asset.images
    if images == 1 or wish.options.partial_images:
        return 1
    takes = wish.descriptor.takes.get("n") if wish.descriptor else None
    if wish.asset.route == "images":
        model = job.catalog().find(wish.model)
        most = model.max_pictures if model else None
    else:
        most = (
            takes.max
            if takes and lane(wish.asset.route or "", provider, wish.model) == "images"
            else None
        )
    return max(1, min(images, int(most or 1)))


def refuse(job: Job, provider: Provider | None) -> None:
    """Raise the error for which the route of ``job`` cannot draw it; nothing is sent or drawn.

    ``provider`` is where a paid HTTP route would send its request.
    """
    route = job.wish.asset.route or "local"
    if provider is not None:
        paid_request(job, provider)
        return
    name = _CODEX if route == "codex" else _MODULES[route]
    cast(Refusing, import_module(name)).refuse(job)


def load(route: str) -> Route:
    """The module that draws for ``route``, which is not on a bill."""
    return cast(Route, import_module(_MODULES[route]))


class NotBegun(Exception):
    """The run was interrupted before anything was sent for this image."""


@dataclass(frozen=True)
class Answer:
    """The content of one reply; None is what it does not say."""

    pictures: tuple[bytes, ...] = ()
    is_in_words: bool = False
    """Whether the pictures are in a text with words, as a chat has them."""
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
    """The provider's error object, if the reply is one."""
    created: int | None = None
    """Seconds since 1970."""
    price: str | None = None
    """The price in USD that the provider states, as it is written there."""
    said: str = ""
    """The words of a reply without an image."""

    @property
    def is_pending(self) -> bool:
        return self.status in ("queued", "in_progress")

    @property
    def broke_off(self) -> bool:
        """Whether an error replaced the rest of a response, whose image may have been drawn."""
        return self.failure is not None and self.response_id is not None and self.status is None


@dataclass(frozen=True)
class Part:
    """One file of a multipart request."""

    name: str
    """The field of the form."""
    filename: str
    media_type: str
    source: str
    """The file of the project, for messages."""
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Request:
    """One request; ``stated`` is its body as records have it, with digests for large parts."""

    path: str
    body: Mapping[str, Any]
    stated: Mapping[str, Any]
    parts: tuple[Part, ...] = ()
    lane: str = "images"
    """Which of ``LANES`` made it, and reads its reply."""

    @property
    def streams(self) -> bool:
        return bool(self.body.get("stream"))
