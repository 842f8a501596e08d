"""The state of each route here: its purpose, its bill, whether it is ready. Sends no request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from assetgen import route_names
from assetgen.codex.cli import TESTED, preflight
from assetgen.cure import Cure, command
from assetgen.errors import AssetgenError, ManifestError, UnsupportedOption
from assetgen.manifest.rules import without_prompt, without_prompt_words
from assetgen.manifest.schema import FILE, Asset, Manifest
from assetgen.plan import estimates, intent, routing
from assetgen.plan.cost import Estimate
from assetgen.plan.decide import Action
from assetgen.plan.routing import job_for
from assetgen.plan.wish import Wish
from assetgen.plan.workspace import Workspace
from assetgen.routes import chat
from assetgen.settings.conditions import Conditions
from assetgen.settings.gateway_profiles import OPENAI, Profile
from assetgen.settings.provider import Provider


@dataclass(frozen=True)
class RouteGuide:
    """What is true of a route on every machine.

    The texts may contain {image}, {text}, {generations}, {edits} and {responses}.
    """

    job: str
    call: str
    model: str
    avoid: str


_GUIDES = {
    "local": RouteGuide(
        job="words, diagrams, UI images: exact text, the same every time",
        call="none: a layout of templates/ is rendered here, without network",
        model="none",
        avoid="expecting it to paint: it renders values as text and ignores prompts",
    ),
    "images": RouteGuide(
        job="one image, generated from a prompt or edited from images",
        call="POST {generations}, with inputs POST {edits}",
        model="model = an image model, such as {image}",
        avoid="a text model in model, or an option that the image model does not support",
    ),
    "responses": RouteGuide(
        job="one image through a text model; the reply can be fetched again by its id",
        call="POST {responses}; the image_generation tool must be called",
        model="options.text_model = a text model, such as {text}; "
        "model = the image model of the tool",
        avoid="an image model as text_model; the tokens of the text model are billed too",
    ),
    "codex": RouteGuide(
        job="an image on a ChatGPT plan, without an API key",
        call="the Codex CLI, logged in with ChatGPT",
        model="none: Codex chooses it",
        avoid="a size or quality, which Codex does not support; "
        "a login with an API key, which is another bill",
    ),
    "gateway": RouteGuide(
        job="an image through an OpenAI-compatible service of your choice",
        call="POST {generations}, with inputs POST {edits}",
        model="model = the image model, with its name at the gateway",
        avoid="expecting OpenAI's bill or OpenAI's model; a gateway that only the repository names",
    ),
}


@dataclass(frozen=True)
class RouteStatus:
    """One route: what it is for, and whether it is ready on this machine."""

    route: str
    about: RouteGuide
    surface: str
    is_ready: bool
    here: str
    """What is ready on this machine, in words."""
    cure: Cure | None = None
    """How to make it ready."""
    origin: str | None = None
    """Host and path that requests are sent to; None if there is none."""
    assets: int = 0
    """The number of assets in the manifest that use it."""

    @property
    def facts(self) -> Iterator[tuple[str, str]]:
        """Name and value of each fact, in reading order."""
        yield "for", self.about.job
        yield "call", self.about.call
        yield "model", self.about.model
        yield "bill", self.surface
        yield "avoid", self.about.avoid
        yield "here", ("ready: " if self.is_ready else "not ready: ") + self.here
        if self.cure:
            yield "cure", str(self.cure)


def names(conditions: Conditions, manifest: Manifest | None) -> list[str]:
    """Every route: the four of assetgen, and the gateways of the user and of the manifest."""
    gateways = {*conditions.config.gateway, *(manifest.gateway if manifest else ())}
    return [
        *route_names.ROUTES,
        *(f"gateway:{name}" for name in sorted(gateways)),
    ]


def rows(conditions: Conditions, root: Path, manifest: Manifest | None) -> list[RouteStatus]:
    """The status of every route; ``root`` is the project, or any folder if there is none."""
    used: dict[str, int] = {}
    for asset in manifest.asset if manifest else ():
        used[asset.route or "local"] = used.get(asset.route or "local", 0) + 1
    return [
        replace(_status(route, conditions, root, manifest=manifest), assets=used.get(route, 0))
        for route in names(conditions, manifest)
    ]


def _status(
    route: str, conditions: Conditions, root: Path, *, manifest: Manifest | None
) -> RouteStatus:
    if route == "local":
        about = _guide(route, conditions, OPENAI)
        return RouteStatus(route, about, surface="none", is_ready=True, here="always")
    if route == "codex":
        about = _guide(route, conditions, OPENAI)
        is_ready, here, cure = codex(conditions.environ, root)
        return RouteStatus(
            route, about, surface="codex-plan", is_ready=is_ready, here=here, cure=cure
        )
    try:
        found = conditions.provider(route, channel(manifest, route))
    except AssetgenError as exc:
        return RouteStatus(
            route,
            about=_guide(route, conditions, OPENAI),
            surface=conditions.surface(route),
            is_ready=False,
            here=_unsent(exc.what),
            cure=exc.cure,
        )
    is_ready, here, cure = _paid(found, route)
    return RouteStatus(
        route,
        about=_guide(route, conditions, found.profile, base_path=found.base_path),
        surface=found.surface,
        is_ready=is_ready,
        here=here,
        cure=cure,
        origin=origin(found),
    )


def _unsent(what: str) -> str:
    """The text of an error without "nothing was sent": here, no request was meant to be sent."""
    return what.removesuffix("; nothing was sent and nothing was paid").removesuffix(
        "; nothing was sent"
    )


def _guide(
    route: str, conditions: Conditions, profile: Profile, *, base_path: str = ""
) -> RouteGuide:
    about = _GUIDES[route.partition(":")[0]]
    words = {"generations": base_path + profile.generations}
    words["edits"] = base_path + (profile.edits or profile.generations)
    words |= {"responses": base_path + "/responses"}
    if "{text}" in about.model or "{image}" in about.model:
        words |= {
            "image": conditions.catalog.default_image,
            "text": conditions.catalog.default_text,
        }
    return replace(about, call=about.call.format(**words), model=about.model.format(**words))


def channel(manifest: Manifest | None, route: str) -> str | None:
    """The channel that the manifest declares for a gateway."""
    known = manifest.gateway.get(route.removeprefix("gateway:")) if manifest else None
    return known.channel if known and route.startswith("gateway:") else None


def origin(provider: Provider) -> str:
    """Where requests are sent, without the query, which may contain a key."""
    return provider.host + provider.base_path


def _paid(provider: Provider, route: str) -> tuple[bool, str, Cure | None]:
    """Whether a paid route is ready, in words, and its cure."""
    where = f"at {origin(provider)}"
    if route.startswith("gateway:") and not provider.is_openai:
        where += f" ({provider.profile.name}, in your own configuration)"
    elif not provider.is_openai:
        where += f", set by OPENAI_BASE_URL: the bill is {provider.surface}"
    try:
        provider.with_key()
    except AssetgenError as exc:
        missing = f"{provider.key_env} is not set" if provider.key_env else "no key is configured"
        export = exc.cure.fields.get("export") if exc.cure else None
        return False, f"{missing}; {where}", export if isinstance(export, Cure) else exc.cure
    key = f"key in {provider.key_env}" if provider.key else "no key needed"
    return True, f"{key}, {where}", None


def codex(environ: Mapping[str, str], root: Path) -> tuple[bool, str, Cure | None]:
    """Whether Codex is ready, in words, and its cure; this runs Codex, which costs nothing."""
    try:
        cli = preflight(environ, root)
    except AssetgenError as exc:
        return False, exc.what.replace("; nothing was sent", ""), exc.cure
    tested = f", a version that is not tested (tested: {', '.join(TESTED)})"
    ready = f"{cli.name} at {cli.path}, logged in with ChatGPT"
    return True, ready if cli.is_tested else ready + tested, None


# -- one asset -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AssetRoute:
    """The route of an asset, and why."""

    asset_id: str
    route: str
    why: str
    call: str
    model: str | None
    text_model: str | None
    estimate: Estimate
    status: RouteStatus


@dataclass(frozen=True)
class OtherRoute:
    """Another route for the same asset: the error that it would raise, or its bill and cost."""

    route: str
    surface: str
    error: AssetgenError | None
    estimate: Estimate | None
    is_ready: bool
    same_bill: bool = False

    @property
    def words(self) -> str:
        """Why it is not possible, or what it would cost."""
        if self.error or not self.estimate:
            return f"no: {_unsent(self.error.what)}" if self.error else "no"
        if self.surface == "none":
            return "possible, and costs nothing"
        bill = "on the same bill" if self.same_bill else f"but on another bill: {self.surface}"
        ready = "" if self.is_ready else " (not ready here)"
        return f"possible, {bill}, {self.estimate.words}{ready}"


def of_asset(
    project: Workspace, asset_id: str, conditions: Conditions
) -> tuple[AssetRoute, list[OtherRoute]]:
    """The route of an asset, and what each other route would do. Raises AssetgenError."""
    manifest, asked = project.manifest, project.wish(asset_id)
    if asked.asset.is_adopted:
        raise UnsupportedOption(
            "no route draws it: its image was adopted",
            where=f"asset {asset_id}",
            cure=command("assetgen show {asset_id}", asset_id=asset_id),
        )
    board = {row.route: row for row in rows(conditions, project.root, manifest)}
    own = board[asked.asset.route or "local"]
    others = [
        _other(project, asked.asset, row, conditions=conditions, bill=own.surface)
        for row in board.values()
        if row.route != own.route
    ]
    return _own(project, asked, own, conditions=conditions), others


def _own(
    project: Workspace, asked: Wish, status: RouteStatus, *, conditions: Conditions
) -> AssetRoute:
    is_response = status.route == "responses"
    return AssetRoute(
        asset_id=asked.asset.id,
        route=status.route,
        why=f"{_says(project, asked.asset)}; it is for {status.about.job}",
        call=_call(asked, status, conditions, manifest=project.manifest),
        model=asked.model,
        text_model=asked.options.text_model if is_response else None,
        estimate=_estimate(asked, status, conditions),
        status=status,
    )


def _estimate(asked: Wish, status: RouteStatus, conditions: Conditions) -> Estimate:
    return estimates.estimate(asked, Action.DRAW, status.surface, catalog=conditions.the_catalog)


def _says(project: Workspace, asset: Asset) -> str:
    """Where the manifest sets the route of the asset."""
    for line, whose in (
        (project.line(asset.id, "route"), "the asset's own"),
        (project.places.line_of(("defaults", "route")), "[defaults]"),
    ):
        if line:
            return f"{FILE}:{line} says so ({whose} route)"
    return f'{FILE} names no route for it, and "local" costs nothing'


def _call(asked: Wish, status: RouteStatus, conditions: Conditions, *, manifest: Manifest) -> str:
    """The one call that draws it."""
    if not routing.is_paid(status.route):
        return status.about.call
    if status.origin is None:
        return "POST to an address that your own configuration does not set yet"
    provider = conditions.provider(status.route, channel(manifest, status.route))
    profile = provider.profile
    path = (profile.edits if asked.asset.inputs else None) or profile.generations
    if provider.lane(asked.model) == "chat":
        path = chat.PATH
    return f"POST {status.origin}{'/responses' if status.route == 'responses' else path}"


def _other(
    project: Workspace, asset: Asset, status: RouteStatus, *, conditions: Conditions, bill: str
) -> OtherRoute:
    """What another route would do with the same asset; nothing is sent to find out."""
    error: AssetgenError | None = None
    estimate: Estimate | None = None
    try:
        asked = _wish(project, msgspec.structs.replace(asset, route=status.route))
        if routing.is_paid(status.route):
            provider = conditions.provider(status.route, channel(project.manifest, status.route))
            _refuse_unsendable(project, asked, provider)
        estimate = _estimate(asked, status, conditions)
    except AssetgenError as exc:
        error = exc
    return OtherRoute(
        route=status.route,
        surface=status.surface,
        error=error,
        estimate=estimate,
        is_ready=status.is_ready,
        same_bill=error is None and status.surface == bill,
    )


def _wish(project: Workspace, asset: Asset) -> Wish:
    if without_prompt(asset):
        what, cure = without_prompt_words(asset)
        raise ManifestError(what, where=f"{FILE}, asset {asset.id}", cure=cure)
    return intent.wish(project.manifest, asset, project.world(), paths=project.paths)


def _refuse_unsendable(project: Workspace, asked: Wish, provider: Provider) -> None:
    """Raise the error that making the request would raise, if all its inputs exist."""
    if any(entry["sha256"] is None for entry in asked.intent.inputs):
        return
    job = job_for(project, asked)
    try:
        routing.paid_request(job, provider)
    except (UnsupportedOption, ManifestError) as exc:
        raise exc.about(asked.asset.id) from None
