"""doctor: is each provider configured, reachable, and does it list the models in use."""

from __future__ import annotations

import datetime
import fnmatch
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from assetgen import loose_json, route_names
from assetgen.cure import advice, command
from assetgen.doctor import unlisted
from assetgen.doctor.notes import Checkup, Note, Urgency, problem
from assetgen.errors import AccountError, AssetgenError, RoutingError
from assetgen.manifest.schema import FILE, Manifest
from assetgen.paid import described, evidence, provider_errors, proxies, replies
from assetgen.paid.replies import Unreadable
from assetgen.paid.transport import Line, Lost, NotSent, Refused
from assetgen.plan import routing
from assetgen.routes import readiness
from assetgen.routes.readiness import RouteStatus
from assetgen.settings import model_rules
from assetgen.settings.conditions import Conditions
from assetgen.settings.provider import Provider

#: Seconds without a byte before a provider counts as silent.
PATIENCE = 20.0
#: The longest list of models that is read, in bytes.
MAX_LIST = 16 * 1024 * 1024


# -- the routes ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Listing:
    """The reply to GET /models: each model with its shutdown date, or the error."""

    models: Mapping[str, str | None] | None = None
    error: AssetgenError | None = None
    is_certain: bool = True
    """Whether ``error`` also prevents images from being made."""


def check_providers(
    rows: Sequence[RouteStatus], conditions: Conditions, wanted: Manifest | None
) -> list[Checkup]:
    providers: dict[str, Provider] = {}
    for row in rows:
        if routing.is_paid(row.route) and row.is_ready:
            providers[row.surface] = conditions.provider(
                row.route, readiness.channel(wanted, row.route)
            )
    patience = min(PATIENCE, conditions.patience)
    with tempfile.TemporaryDirectory(prefix="assetgen-") as folder, ThreadPoolExecutor(8) as asking:
        files = (Path(folder) / str(number) for number in range(len(providers)))
        found = asking.map(_listing, providers.values(), files, [patience] * len(providers))
        listings = dict(zip(providers, found, strict=True))
    return [
        _checkup(row, conditions, wanted, providers.get(row.surface), listings.get(row.surface))
        for row in rows
    ]


def _checkup(
    row: RouteStatus,
    conditions: Conditions,
    wanted: Manifest | None,
    provider: Provider | None,
    listing: _Listing | None,
) -> Checkup:
    bad = Urgency.PROBLEM if row.assets else Urgency.WARNING
    if provider is None or listing is None:
        return Checkup(row, (_unready(row, conditions, wanted),))
    notes = [Note(Urgency.FINE, row.here)]
    if through := proxies.proxy(provider):
        whose = "your configuration" if provider.proxy else "the environment"
        notes.append(Note(Urgency.NOTE, f"requests use the proxy {_host(through)}, set by {whose}"))
    if listing.error:
        notes.append(problem(listing.error, bad if listing.is_certain else Urgency.WARNING))
    if listing.models is not None:
        notes.append(
            Note(
                Urgency.FINE,
                f"reachable, the key is accepted, {len(listing.models)} models are listed",
            )
        )
    notes += _models(row, conditions, wanted, provider, listing.models, bad)
    notes += _descriptions(row, conditions, wanted, provider)
    if provider.is_openai:
        notes.append(
            Note(
                Urgency.NOTE,
                "only a test image can show whether the organisation is verified",
                cure=advice(
                    "{doctor} (asks first; about a cent)", doctor=command("assetgen doctor --probe")
                ),
            )
        )
    models = tuple(sorted(listing.models)) if listing.models is not None else None
    return Checkup(row, tuple(notes), models)


def _unready(row: RouteStatus, conditions: Conditions, wanted: Manifest | None) -> Note:
    """The note on a route that has no provider to ask."""
    if row.is_ready:
        return Note(Urgency.FINE, row.here)
    if not row.assets:
        return Note(Urgency.NOTE, row.here, cure=row.cure)
    if row.route == "codex":
        return Note(Urgency.PROBLEM, row.here, cure=row.cure, exit_code=AccountError.exit_code)
    try:
        conditions.provider(row.route, readiness.channel(wanted, row.route))
    except AssetgenError as exc:
        return problem(exc)
    return Note(Urgency.PROBLEM, row.here, cure=row.cure, exit_code=AccountError.exit_code)


def _host(url: str) -> str:
    """Host and port of an address, without user and password."""
    try:
        return urlsplit(url if "://" in url else f"//{url}").netloc.rpartition("@")[2]
    except ValueError:
        return "(not an address)"


def _listing(provider: Provider, file: Path, patience: float) -> _Listing:
    """The reply of ``provider`` to GET /models, which costs nothing."""
    host = provider.host
    try:
        Line(provider, patience).get("/models", file)
        return _Listing(models=_read_models(file, host))
    except Refused as exc:
        return _refused(exc, provider)
    except NotSent as exc:
        what = f"{host} cannot be reached: {provider_errors.safe(str(exc), provider)}"
        cure = exc.cure or advice(
            "check the network, the proxy and {setting}", setting=_setting(provider)
        )
        return _Listing(error=RoutingError(what, cure=cure))
    except (Lost, OSError) as exc:
        what = f"{host} did not answer GET /models: {provider_errors.safe(str(exc), provider)}"
        return _Listing(
            error=RoutingError(
                what, cure=advice("try again later, or check {setting}", setting=_setting(provider))
            )
        )
    except Unreadable as exc:
        what = f"{host} answers GET /models with something other than a list of models: {exc}"
        return _Listing(
            error=RoutingError(
                what,
                cure=advice(
                    "check {setting}: its path may be missing, such as /v1",
                    setting=_setting(provider),
                ),
            )
        )


def _setting(provider: Provider) -> str:
    """The setting that contains the address of a provider."""
    return (
        "OPENAI_BASE_URL"
        if provider.key_env == "OPENAI_API_KEY"
        else f"base_url in [gateway.{provider.name}]"
    )


def _refused(exc: Refused, provider: Provider) -> _Listing:
    stated = replies.error(exc.body)
    named = evidence.request_id(provider, exc.headers)
    found = provider_errors.sort(exc.status, stated, provider, named, may_be_billed=False)
    error, message = found.error, str(stated.get("message") or "").lower()
    doctor = command("assetgen doctor")
    if found.rule.name == "unclear":
        error = RoutingError(error.what, cure=advice("try again later: {doctor}", doctor=doctor))
    elif found.rule.name == "option":  # its cure is about the request of an asset
        cure = advice("check {setting}, then: {doctor}", setting=_setting(provider), doctor=doctor)
        error = type(error)(error.what, cure=cure)
    may_draw = "missing scopes" in message or found.rule.name == "forbidden"
    lists_none = exc.status in (404, 405) and not provider.is_openai
    if may_draw:
        error = AccountError(
            f"{error.what}; the key cannot list models; whether it can make images is not known",
            cure=advice(
                "{doctor} (asks first), or allow the key to list models",
                doctor=command("assetgen doctor --probe"),
            ),
        )
    return _Listing(error=error, is_certain=not (may_draw or lists_none))


class _Model(msgspec.Struct, frozen=True):
    id: str
    shutdown_date: str | None = None


class _Models(msgspec.Struct, frozen=True):
    data: list[_Model]


def _read_models(file: Path, host: str) -> dict[str, str | None]:
    """The models in a stored reply. Raises Unreadable."""
    data = file.read_bytes() if file.stat().st_size <= MAX_LIST else b""
    data = loose_json.unpacked(data, MAX_LIST).removeprefix(b"\xef\xbb\xbf")
    try:
        return {
            model.id: model.shutdown_date for model in msgspec.json.decode(data, type=_Models).data
        }
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        form = (
            "HTML"
            if data.lstrip()[:1] == b"<"
            else "JSON of another form"
            if data[:1] in b"{["
            else "no JSON"
        )
        raise Unreadable(form if data else "nothing, or too much data") from None


def _models(
    row: RouteStatus,
    conditions: Conditions,
    wanted: Manifest | None,
    provider: Provider,
    listed: Mapping[str, str | None] | None,
    bad: Urgency,
) -> list[Note]:
    """The notes on each model that the manifest uses on a route, or on the default model."""
    notes: list[Note] = []
    today = datetime.date.fromisoformat(conditions.clock()[:10])
    for model, ids in models_used(row.route, conditions, wanted).items():
        where = (
            f"{FILE}, asset {ids[0]}" + (f" and {len(ids) - 1} more" if len(ids) > 1 else "")
            if ids
            else None
        )
        ends = listed.get(model) if listed else None
        said = list(model_rules.warnings(conditions.catalog, model, today))
        if not provider.is_openai and conditions.catalog.find(model) is None:
            said = []  # a gateway uses its own names
        if listed is not None and not any(
            fnmatch.fnmatchcase(model, name) for name in listed if model
        ):
            is_text = _is_text_model(model, row.route, conditions, wanted)
            catalog = conditions.catalog
            notes.append(
                unlisted.note(model, where, provider, listed, bad, catalog, is_text=is_text)
            )
        elif ends and not any(ends[:10] in words for words in said):
            notes.append(_ending(model, ends, where, provider, today, bad))
        elif listed is not None:
            notes.append(Note(Urgency.FINE, f"model {model} is listed", where))
        notes += [Note(Urgency.WARNING, words, where) for words in said]
    return notes


def _descriptions(
    row: RouteStatus, conditions: Conditions, wanted: Manifest | None, provider: Provider
) -> Iterator[Note]:
    """What a service says now about each model in use; it is kept for plan."""
    if provider.profile.describes is None:
        return
    for model in models_used(row.route, conditions, wanted):
        found = described.describe(provider, model, conditions, again=True)
        if found is None:
            yield Note(Urgency.NOTE, f"{provider.host} does not describe model {model}")
        elif takes := ", ".join(sorted(found.takes)):
            yield Note(Urgency.FINE, f"model {model} takes {takes}, says {provider.host}")
        else:
            yield Note(Urgency.FINE, f"model {model} is described by {provider.host}")


def models_used(
    route: str, conditions: Conditions, wanted: Manifest | None
) -> dict[str, list[str]]:
    """The models of a route, with the assets that use each; by default the catalogue's."""
    found: dict[str, list[str]] = {}
    own = route in route_names.OPENAI
    for asset in wanted.asset if wanted else ():
        if wanted is None or asset.route != route:
            continue
        names = [wanted.model_of(asset) or (conditions.catalog.default_image if own else "")]
        if route == "responses":
            names.append(wanted.options_of(asset).text_model or conditions.catalog.default_text)
        for name in filter(None, names):
            found.setdefault(name, []).append(asset.id)
    if not found and own:
        found[conditions.catalog.default_image] = []
        if route == "responses":
            found[conditions.catalog.default_text] = []
    return found


def _is_text_model(model: str, route: str, conditions: Conditions, wanted: Manifest | None) -> bool:
    """Whether a model of a route is used as the text model."""
    known = conditions.catalog.find(model)
    if known is not None:
        return known.kind == "text"
    assets = wanted.asset if wanted and route == "responses" else ()
    return any(wanted and wanted.options_of(asset).text_model == model for asset in assets)


def _ending(
    model: str, ends: str, where: str | None, provider: Provider, today: datetime.date, bad: Urgency
) -> Note:
    """What the provider says about the shutdown of a model."""
    try:
        is_over = datetime.date.fromisoformat(ends[:10]) < today
    except ValueError:
        is_over = False
    if is_over:
        what = f"model {model} was shut down on {ends[:10]}, {provider.host} says"
        return problem(RoutingError(what, where=where, cure=advice("choose another model")), bad)
    return Note(
        Urgency.WARNING, f"model {model} shuts down on {ends[:40]}, {provider.host} says", where
    )
