"""The route board: what each route is for, which bill it lands on, what is ready here; nothing is ever sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from assetgen.codex.cli import TESTED, preflight
from assetgen.errors import AssetgenError, ManifestError, UnsupportedOption
from assetgen.manifest.rules import without_prompt, without_prompt_words
from assetgen.manifest.schema import FILE, Asset, Manifest
from assetgen.plan import decide, intent, routing
from assetgen.plan.cost import Estimate
from assetgen.plan.decide import Action
from assetgen.plan.routing import job_for
from assetgen.plan.wish import Wish
from assetgen.plan.workspace import Workspace
from assetgen.settings.conditions import Conditions
from assetgen.settings.gateway_profiles import OPENAI, Profile
from assetgen.settings.provider import Provider


@dataclass(frozen=True)
class About:
    """What holds for a route everywhere. The words may hold {image}, {text}, {generations} and {edits}."""

    job: str
    call: str
    model: str
    avoid: str


_ABOUT = {
    "local": About(
        job="words, diagrams, UI pictures: exact text, the same every time",
        call="none: a layout of templates/ is set in type here, without network",
        model="none",
        avoid="expecting it to paint: it sets values in type and reads no prompt",
    ),
    "images": About(
        job="one picture, painted from a prompt or edited from pictures",
        call="POST {generations}, with inputs POST {edits}",
        model="model = an image model, such as {image}",
        avoid="a text model in model, or an option that its image model does not take",
    ),
    "responses": About(
        job="one picture by way of a text model; its answer can be fetched again by its id",
        call="POST {responses} with the image_generation tool, forced",
        model="options.text_model = a text model, such as {text}, on top; model = an image model, in the tool",
        avoid="an image model on top; the text model's tokens are billed too",
    ),
    "codex": About(
        job="a picture on a ChatGPT plan, without an API key",
        call="the Codex CLI, logged in with ChatGPT",
        model="none: Codex chooses it",
        avoid="asking for a size or quality, which Codex does not honour; a login by API key, which is another bill",
    ),
    "gateway": About(
        job="a picture through an OpenAI-compatible service of your own choice",
        call="POST {generations}, with inputs POST {edits}",
        model="model = the image model, as the gateway names it",
        avoid="taking it for OpenAI's bill, or its model for OpenAI's; a gateway that only the repository names",
    ),
}


@dataclass(frozen=True)
class Row:
    """One route on the board."""

    route: str
    about: About
    surface: str
    origin: str | None
    """Host and path that requests go to; None if there is none."""
    is_ready: bool
    here: str
    """What is ready on this machine, in words."""
    cure: str | None = None
    """What makes it ready."""
    assets: int = 0
    """How many pictures of the manifest it owns."""

    @property
    def facts(self) -> Iterator[tuple[str, str]]:
        """Name and value of each fact, in the order in which people read them."""
        yield "for", self.about.job
        yield "call", self.about.call
        yield "model", self.about.model
        yield "bill", self.surface
        yield "avoid", self.about.avoid
        yield "here", ("ready: " if self.is_ready else "not ready: ") + self.here
        if self.cure:
            yield "cure", self.cure


def names(conditions: Conditions, manifest: Manifest | None) -> list[str]:
    """Every route there is here: the four of assetgen, and each gateway that the user or the repository names."""
    gateways = {*conditions.config.gateway, *(manifest.gateway if manifest else ())}
    return [
        "local",
        "images",
        "responses",
        "codex",
        *(f"gateway:{name}" for name in sorted(gateways)),
    ]


def rows(conditions: Conditions, root: Path, manifest: Manifest | None) -> list[Row]:
    """The whole board; ``root`` is the project, or the current folder if there is none."""
    owned: dict[str, int] = {}
    for asset in manifest.asset if manifest else ():
        owned[asset.route or "local"] = owned.get(asset.route or "local", 0) + 1
    return [
        _row(route, conditions, root, manifest, owned.get(route, 0))
        for route in names(conditions, manifest)
    ]


def _row(
    route: str, conditions: Conditions, root: Path, manifest: Manifest | None, assets: int
) -> Row:
    if route == "local":
        return Row(
            route, _about(route, conditions, OPENAI), "none", None, True, "always", assets=assets
        )
    if route == "codex":
        is_ready, here, cure = codex(conditions.environ, root)
        return Row(
            route,
            _about(route, conditions, OPENAI),
            "codex-plan",
            None,
            is_ready,
            here,
            cure,
            assets,
        )
    try:
        found = conditions.provider(route, channel(manifest, route))
    except AssetgenError as exc:
        about = _about(route, conditions, OPENAI)
        return Row(
            route,
            about,
            conditions.surface(route),
            None,
            False,
            _unsent(exc.what),
            exc.cure,
            assets,
        )
    about = _about(route, conditions, found.profile, found.base_path)
    is_ready, here, cure = _paid(found, route)
    return Row(route, about, found.surface, origin(found), is_ready, here, cure, assets)


def _unsent(what: str) -> str:
    """A failure as it is said where nobody meant to send anything."""
    return what.removesuffix("; nothing was sent and nothing was paid").removesuffix(
        "; nothing was sent"
    )


def _about(route: str, conditions: Conditions, profile: Profile, base_path: str = "") -> About:
    about = _ABOUT[route.partition(":")[0]]
    words = {"generations": base_path + profile.generations, "edits": base_path + profile.edits}
    words |= {"responses": base_path + "/responses"}
    if "{text}" in about.model or "{image}" in about.model:
        words |= {
            "image": conditions.catalog.default_image,
            "text": conditions.catalog.default_text,
        }
    return About(about.job, about.call.format(**words), about.model.format(**words), about.avoid)


def channel(manifest: Manifest | None, route: str) -> str | None:
    """The channel that the manifest declares for a gateway."""
    known = manifest.gateway.get(route.removeprefix("gateway:")) if manifest else None
    return known.channel if known and route.startswith("gateway:") else None


def origin(provider: Provider) -> str:
    """Where requests go, as it may be shown: without the query, in which somebody may have put a key."""
    return provider.host + provider.base_path


def _paid(provider: Provider, route: str) -> tuple[bool, str, str | None]:
    """Whether a paid route is ready, the words for it, and its cure."""
    where = f"at {origin(provider)}"
    if provider.is_openai or not route.startswith("gateway:"):
        led = (
            ""
            if provider.is_openai
            else f", where OPENAI_BASE_URL leads: the bill is {provider.surface}"
        )
        where += led
    else:
        where += f" ({provider.profile.name}, in your own configuration)"
    try:
        provider.with_key()
    except AssetgenError as exc:
        missing = f"{provider.key_env} is not set" if provider.key_env else "no key is named"
        return (
            False,
            f"{missing}; {where}",
            (exc.cure or "").removesuffix(", or choose another route: assetgen routes"),
        )
    return (
        True,
        f"key in {provider.key_env}, {where}" if provider.key else f"no key needed, {where}",
        None,
    )


def codex(environ: Mapping[str, str], root: Path) -> tuple[bool, str, str | None]:
    """Whether the Codex route is ready, the words for it, and its cure; Codex itself is asked, which costs nothing."""
    try:
        cli = preflight(environ, root)
    except AssetgenError as exc:
        return False, exc.what.replace("; nothing was sent", ""), exc.cure
    tested = (
        "" if cli.is_tested else f", a version that was not tested (tested: {', '.join(TESTED)})"
    )
    return True, f"{cli.name} at {cli.path}, logged in with ChatGPT{tested}", None


# -- one asset -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Owner:
    """The route that owns an asset, and why."""

    asset_id: str
    route: str
    why: str
    call: str
    model: str | None
    text_model: str | None
    estimate: Estimate
    row: Row


@dataclass(frozen=True)
class Other:
    """Another route for the same asset: the error that asking it would raise, or the bill that it would land on."""

    route: str
    surface: str
    error: AssetgenError | None
    estimate: Estimate | None
    is_ready: bool
    same_bill: bool = False

    @property
    def words(self) -> str:
        """Why it would be wrong, or what it would come to."""
        if self.error or not self.estimate:
            return f"no: {_unsent(self.error.what)}" if self.error else "no"
        if self.surface == "none":
            return "it could, and costs nothing"
        bill = (
            "on the same bill"
            if self.same_bill
            else f"but it would land on another bill: {self.surface}"
        )
        return f"it could, {bill}, {self.estimate.words}" + (
            "" if self.is_ready else " (not ready here)"
        )


def of_asset(
    project: Workspace, asset_id: str, conditions: Conditions
) -> tuple[Owner, list[Other]]:
    """Which route owns an asset, and what each other one would make of it. Raises AssetgenError for the owner's."""
    manifest, wish = project.manifest, project.wish(asset_id)
    board = {row.route: row for row in rows(conditions, project.root, manifest)}
    route = wish.asset.route or "local"
    bill = board[route].surface
    others = [
        _other(project, wish.asset, row, conditions, bill)
        for row in board.values()
        if row.route != route
    ]
    return _owner(project, wish, board[route], conditions), others


def _owner(project: Workspace, wish: Wish, row: Row, conditions: Conditions) -> Owner:
    estimate = decide.estimate(wish, Action.DRAW, row.surface, conditions.the_catalog)
    why = f"{_says(project, wish.asset)}; it is for {row.about.job}"
    return Owner(
        *(
            wish.asset.id,
            row.route,
            why,
            _call(wish, row, conditions, project.manifest),
            wish.model,
        ),
        *(wish.options.text_model if row.route == "responses" else None, estimate, row),
    )


def _says(project: Workspace, asset: Asset) -> str:
    """Where the manifest says that this route owns the asset."""
    for line, whose in (
        (project.line(asset.id, "route"), "the asset's own"),
        (project.line_of("defaults", "route"), "[defaults]"),
    ):
        if line:
            return f"{FILE}:{line} says so ({whose} route)"
    return f'nothing in {FILE} names a route, and "local" is what costs nothing'


def _call(wish: Wish, row: Row, conditions: Conditions, manifest: Manifest) -> str:
    """The one call that draws it."""
    if not routing.is_paid(row.route):
        return row.about.call
    if row.origin is None:
        return "POST to an address that your own configuration has yet to name"
    profile = conditions.provider(row.route, channel(manifest, row.route)).profile
    path = profile.edits if wish.asset.inputs else profile.generations
    return f"POST {row.origin}{'/responses' if row.route == 'responses' else path}"


def _other(project: Workspace, asset: Asset, row: Row, conditions: Conditions, bill: str) -> Other:
    """What asking another route for the same asset would come to; nothing is sent to find out."""
    try:
        wish = _wish(project, msgspec.structs.replace(asset, route=row.route))
        if routing.is_paid(row.route):
            provider = conditions.provider(row.route, channel(project.manifest, row.route))
            _refuse_unsendable(project, wish, provider)
        estimate = decide.estimate(wish, Action.DRAW, row.surface, conditions.the_catalog)
    except AssetgenError as exc:
        return Other(row.route, row.surface, exc, None, row.is_ready)
    return Other(row.route, row.surface, None, estimate, row.is_ready, row.surface == bill)


def _wish(project: Workspace, asset: Asset) -> Wish:
    if without_prompt(asset):
        what, cure = without_prompt_words(asset)
        raise ManifestError(what, where=f"{FILE}, asset {asset.id}", cure=cure)
    return intent.wish(project.manifest, asset, project.world(), project.paths)


def _refuse_unsendable(project: Workspace, wish: Wish, provider: Provider) -> None:
    """Raise what making the request would raise, as far as its inputs are there."""
    if any(entry["sha256"] is None for entry in wish.intent.inputs):
        return
    job = job_for(project, wish)
    try:
        routing.load_paid(wish.asset.route or "").request(job, provider)
    except (UnsupportedOption, ManifestError) as exc:
        raise exc.about(wish.asset.id) from None
