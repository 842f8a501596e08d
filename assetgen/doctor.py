"""What stands in the way: each route as it answers here and now, and what was paid for without a picture in place.

Looking costs nothing: the one request is GET /models. Only ``probe`` draws, and only after it was asked for.
"""

from __future__ import annotations

import datetime
import fnmatch
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from assetgen import (
    board,
    catalog,
    config,
    derive,
    failures,
    journal,
    kind,
    manifest,
    plan,
    purchase,
    receipt,
    reply,
    store,
    wire,
)
from assetgen import routes as routing
from assetgen.board import Row
from assetgen.cost import Estimate
from assetgen.errors import AccountError, AssetgenError, BusyError, RoutingError, StorageError, UnknownOutcome
from assetgen.journal import Entry, Fate, Journal
from assetgen.lock import locked
from assetgen.manifest import FILE, Manifest
from assetgen.plan import Action, Wish
from assetgen.project import Project
from assetgen.provider import Provider
from assetgen.purchase import Buyer
from assetgen.reply import Unreadable
from assetgen.routes import Job
from assetgen.terms import Terms
from assetgen.tree import WorkTree
from assetgen.wire import Line, Lost, NotSent, Refused

#: Seconds without a byte before a provider counts as silent.
PATIENCE = 20.0
#: The longest list of models that is read, in bytes.
MAX_LIST = 16 * 1024 * 1024


class Level(StrEnum):
    """How much a note matters; only a problem decides the exit code."""

    FINE = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Note:
    """One thing that was found: what, where, and what cures it."""

    level: Level
    what: str
    where: str | None = None
    cure: str | None = None
    exit_code: int = 0


@dataclass(frozen=True)
class Checkup:
    """One route: its row on the board, what was found, and the models that its provider lists."""

    row: Row
    notes: tuple[Note, ...]
    models: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Standing:
    """A paid request that may have been billed and has no picture in place."""

    entry: Entry
    known: str
    """What is known of it, in words."""
    is_free: bool
    """Whether its picture can still be had without paying again."""
    cure: str
    kept: tuple[str, ...] = ()
    """Where pictures of its reply were put, below the project."""


@dataclass(frozen=True)
class Diagnosis:
    """Everything that was found."""

    config: str | None
    usual: str
    """Where a configuration is looked for if nobody says otherwise."""
    general: tuple[Note, ...]
    routes: tuple[Checkup, ...]
    standing: tuple[Standing, ...]

    @property
    def notes(self) -> list[Note]:
        return [*self.general, *(note for checkup in self.routes for note in checkup.notes)]

    @property
    def exit_code(self) -> int:
        """0, or the code of the first problem; a paid request without its picture is the last of them."""
        found = [note.exit_code for note in self.notes if note.level is Level.PROBLEM]
        return [*found, *(UnknownOutcome.exit_code for _ in self.standing), 0][0]


def examine(root: Path | None, outside: Path, terms: Terms, probed: Note | None = None) -> Diagnosis:
    """Look at everything; ``outside`` stands in for the project where there is none. Sends nothing that is billed."""
    project, general = _project(root, terms)
    wanted = project.manifest if project else None
    rows = board.rows(terms, root or outside, wanted)
    standing, trouble = _log(root, terms, project)
    checkups = _checkups(rows, terms, wanted)
    if probed:
        checkups = [replace(c, notes=(*c.notes, probed)) if c.row.route == "images" else c for c in checkups]
    return Diagnosis(
        config=terms.config.path,
        usual=str(config.usual_place(terms.environ) or "no home folder is known"),
        general=(*general, *trouble),
        routes=tuple(replace(c, notes=_local(root)) if c.row.route == "local" else c for c in checkups),
        standing=tuple(standing),
    )


def _project(root: Path | None, terms: Terms) -> tuple[Project | None, list[Note]]:
    if root is None:
        return None, [Note(Level.NOTE, f"there is no {FILE} here: no route is in use", cure="assetgen init")]
    try:
        return Project(root, WorkTree(root), terms), []
    except AssetgenError as exc:
        return None, [problem(exc)]


def problem(exc: AssetgenError, level: Level = Level.PROBLEM) -> Note:
    """A failure as a note."""
    return Note(level, exc.what, exc.where, exc.cure, exc.exit_code if level is Level.PROBLEM else 0)


def _local(root: Path | None) -> tuple[Note, ...]:
    """What the local route has to draw with."""
    places = kind.roots(root) if root else (kind.shipped_root(),)
    kinds = sorted({path.parent.name for place in places for path in place.glob("*/template.toml")})
    try:
        families = sorted(kind.available_fonts(root)) if root else []
    except AssetgenError as exc:
        return (problem(exc),)
    fonts = f"; fonts: {', '.join(families)}" if families else ""
    return (Note(Level.FINE, f"kinds: {', '.join(kinds)}{fonts}"),)


# -- the routes ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Listing:
    """What a provider says to GET /models: its models with the day on which each ends, or what went wrong."""

    models: Mapping[str, str | None] | None = None
    error: AssetgenError | None = None
    is_certain: bool = True
    """Whether ``error`` keeps pictures from being drawn, too."""


def _checkups(rows: Sequence[Row], terms: Terms, wanted: Manifest | None) -> list[Checkup]:
    providers: dict[str, Provider] = {}
    for row in rows:
        if routing.is_paid(row.route) and row.is_ready:
            providers[row.surface] = terms.provider(row.route, board.channel(wanted, row.route))
    patience = min(PATIENCE, terms.patience)
    with tempfile.TemporaryDirectory(prefix="assetgen-") as folder, ThreadPoolExecutor(8) as asking:
        files = (Path(folder) / str(number) for number in range(len(providers)))
        found = asking.map(_listing, providers.values(), files, [patience] * len(providers))
        listings = dict(zip(providers, found, strict=True))
    return [_checkup(row, terms, wanted, providers.get(row.surface), listings.get(row.surface)) for row in rows]


def _checkup(
    row: Row, terms: Terms, wanted: Manifest | None, provider: Provider | None, listing: _Listing | None
) -> Checkup:
    bad = Level.PROBLEM if row.assets else Level.WARNING
    if provider is None or listing is None:
        return Checkup(row, (_unready(row, terms, wanted),))
    notes = [Note(Level.FINE, row.here)]
    if through := wire.proxy(provider):
        whose = "your configuration" if provider.proxy else "the environment"
        notes.append(Note(Level.NOTE, f"requests go through the proxy {_host(through)}, which {whose} names"))
    if listing.error:
        notes.append(problem(listing.error, bad if listing.is_certain else Level.WARNING))
    if listing.models is not None:
        notes.append(Note(Level.FINE, f"it answers, the key is accepted, {len(listing.models)} models are listed"))
    notes += _models(row, terms, wanted, provider, listing.models, bad)
    if provider.is_openai:
        notes.append(
            Note(
                Level.NOTE,
                "whether the organisation is verified cannot be known without drawing a picture",
                cure="assetgen doctor --probe (asks first; about a cent)",
            )
        )
    models = tuple(sorted(listing.models)) if listing.models is not None else None
    return Checkup(row, tuple(notes), models)


def _unready(row: Row, terms: Terms, wanted: Manifest | None) -> Note:
    """The note on a route that cannot be asked anything."""
    if row.is_ready:
        return Note(Level.FINE, row.here)
    if not row.assets:
        return Note(Level.NOTE, row.here, cure=row.cure)
    if row.route == "codex":
        return Note(Level.PROBLEM, row.here, cure=row.cure, exit_code=AccountError.exit_code)
    try:
        terms.provider(row.route, board.channel(wanted, row.route))
    except AssetgenError as exc:
        return problem(exc)
    return Note(Level.PROBLEM, row.here, cure=row.cure, exit_code=AccountError.exit_code)


def _host(url: str) -> str:
    """Host and port of an address, without who logs in there."""
    return urlsplit(url if "://" in url else f"//{url}").netloc.rpartition("@")[2]


def _listing(provider: Provider, file: Path, patience: float) -> _Listing:
    """What ``provider`` answers to GET /models, which nobody bills."""
    host = provider.host
    try:
        Line(provider, patience).get("/models", file)
        return _Listing(models=_read_models(file, host))
    except Refused as exc:
        return _refused(exc, provider)
    except NotSent as exc:
        what = f"{host} cannot be reached: {failures.safe(str(exc), provider)}"
        return _Listing(
            error=RoutingError(what, cure=f"look at the network and the proxy, and at {_setting(provider)}")
        )
    except (Lost, OSError) as exc:
        what = f"{host} did not answer GET /models: {failures.safe(str(exc), provider)}"
        return _Listing(error=RoutingError(what, cure=f"try it again later, or look at {_setting(provider)}"))
    except Unreadable as exc:
        what = f"{host} answers GET /models with something else than a list of models: {exc}"
        return _Listing(
            error=RoutingError(what, cure=f"look at {_setting(provider)}: it may lack its path, such as /v1")
        )


def _setting(provider: Provider) -> str:
    """The setting that decides where a provider is."""
    return "OPENAI_BASE_URL" if provider.key_env == "OPENAI_API_KEY" else f"base_url in [gateway.{provider.name}]"


def _refused(exc: Refused, provider: Provider) -> _Listing:
    stated = reply.error(exc.body)
    named = receipt.request_id(provider, exc.headers)
    found = failures.sort(exc.status, stated, provider, named, may_be_billed=False)
    error, message = found.error, str(stated.get("message") or "").lower()
    if found.rule.name == "unclear":
        error = RoutingError(error.what, cure="try it again later: assetgen doctor")
    may_draw = "missing scopes" in message or found.rule.name == "forbidden"
    lists_none = exc.status in (404, 405) and not provider.is_openai
    if may_draw:
        error = AccountError(
            f"{error.what}; the key may not list models, and whether it may draw is not known",
            cure="assetgen doctor --probe (asks first), or let the key read models",
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
    try:
        return {model.id: model.shutdown_date for model in msgspec.json.decode(data, type=_Models).data}
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        form = "HTML" if data.lstrip()[:1] == b"<" else "JSON of another form" if data[:1] in b"{[" else "no JSON"
        raise Unreadable(form if data else "nothing, or far too much") from None


# Services whose list names models as a request names them, and all of them.
_LISTS_ALL = ("openai", "litellm", "new-api", "localai")


def _models(
    row: Row,
    terms: Terms,
    wanted: Manifest | None,
    provider: Provider,
    listed: Mapping[str, str | None] | None,
    bad: Level,
) -> list[Note]:
    """What is to be said of each model that the manifest uses on a route; of the default where it uses none."""
    notes: list[Note] = []
    today = datetime.date.fromisoformat(terms.clock()[:10])
    for model, ids in models_used(row.route, terms, wanted).items():
        where = f"{FILE}, asset {ids[0]}" + (f" and {len(ids) - 1} more" if len(ids) > 1 else "") if ids else None
        ends = listed.get(model) if listed else None
        said = list(catalog.warnings(terms.catalog, model, today))
        if not provider.is_openai and terms.catalog.find(model) is None:
            said = []  # a gateway has names of its own
        if listed is not None and not any(fnmatch.fnmatchcase(model, name) for name in listed if model):
            notes.append(_unlisted(model, where, provider, listed, bad))
        elif ends and not any(ends[:10] in words for words in said):
            notes.append(_ending(model, ends, where, provider, today, bad))
        elif listed is not None:
            notes.append(Note(Level.FINE, f"model {model} is listed", where))
        notes += [Note(Level.WARNING, words, where) for words in said]
    return notes


def models_used(route: str, terms: Terms, wanted: Manifest | None) -> dict[str, list[str]]:
    """The models of a route with the assets that use each; the catalogue's own where the manifest uses none."""
    found: dict[str, list[str]] = {}
    own = route in ("images", "responses")
    for asset in wanted.asset if wanted else ():
        if wanted is None or asset.route != route:
            continue
        names = [wanted.model_of(asset) or (terms.catalog.default_image if own else "")]
        if route == "responses":
            names.append(wanted.options_of(asset).text_model or terms.catalog.default_text)
        for name in filter(None, names):
            found.setdefault(name, []).append(asset.id)
    if not found and own:
        found[terms.catalog.default_image] = []
        if route == "responses":
            found[terms.catalog.default_text] = []
    return found


def _unlisted(model: str, where: str | None, provider: Provider, listed: Iterable[str], bad: Level) -> Note:
    what = f"{provider.host} does not list model {model} for this key"
    near = [name for name in sorted(listed) if "image" in name][:5]
    cure = f"choose one that it lists, such as {', '.join(near)}" if near else "choose one that it lists: see --json"
    if provider.profile.name not in _LISTS_ALL:
        return Note(Level.NOTE, f"{what}; such services do not list all they serve, or by another name", where)
    return problem(RoutingError(what, where=where, cure=cure), bad)


def _ending(model: str, ends: str, where: str | None, provider: Provider, today: datetime.date, bad: Level) -> Note:
    """What a provider itself says of the end of a model."""
    try:
        is_over = datetime.date.fromisoformat(ends[:10]) < today
    except ValueError:
        is_over = False
    if is_over:
        what = f"model {model} was shut down on {ends[:10]}, {provider.host} says"
        return problem(RoutingError(what, where=where, cure="choose another model"), bad)
    return Note(Level.WARNING, f"model {model} shuts down on {ends[:40]}, {provider.host} says", where)


# -- the log of paid requests ----------------------------------------------------------------------


def _log(root: Path | None, terms: Terms, project: Project | None) -> tuple[list[Standing], list[Note]]:
    """Every paid request without its picture, and what is wrong with the log itself."""
    if root is None or not journal.is_there(root):
        return [], []
    try:
        with locked(root, wait=0):
            return _standings(root, terms, project), []
    except BusyError:
        what = "another run is at work in this project: what was paid for is looked at when it is done"
        return [], [Note(Level.NOTE, what, cure="assetgen doctor, later")]
    except AssetgenError as exc:
        return [], [problem(exc)]


def _standings(root: Path, terms: Terms, project: Project | None) -> list[Standing]:
    log = Journal(root, terms.clock)
    try:
        purchase.recover(log)
        return [_standing(entry, root, log.file(entry.number), _is_wanted(entry, project)) for entry in log.open()]
    finally:
        log.close()


def _is_wanted(entry: Entry, project: Project | None) -> bool | None:
    """Whether the manifest still wants just this picture; None if that cannot be worked out."""
    if project is None:
        return None
    if entry.asset_id not in project.paths:
        return False
    try:
        return purchase.want(project.wish(entry.asset_id)) == entry.want
    except AssetgenError:
        return None


def _standing(entry: Entry, root: Path, file: Path, is_wanted: bool | None) -> Standing:
    """What is known of an open entry, and how it is settled."""
    number, name = entry.number, entry.asset_id
    again = f"assetgen generate {name} --force (buys it again), or " if is_wanted else ""
    give_up = f"{again}assetgen doctor --forget {number} (gives it up)"
    if entry.fate is Fate.ANSWERED and file.is_file():
        if is_wanted:
            return Standing(entry, "it was paid for and its reply is stored", True, f"assetgen generate {name}")
        return _kept(entry, root, file, is_wanted, give_up)
    if entry.fate is Fate.ANSWERED:
        return Standing(entry, f"its reply is gone from {store.REPLIES}/{number}", False, give_up)
    if entry.response_id and entry.fate is Fate.SENT:
        known = f"its answer waits at the provider as response {entry.response_id}"
        if is_wanted:
            return Standing(entry, known, True, f"assetgen generate {name} --resume")
        return Standing(entry, f"{known}; {_changed(is_wanted)}", False, give_up)
    note = entry.note or "the request left, and no whole answer came: it may have been billed"
    stored = f"; what came is in {store.REPLIES}/{number}" if file.is_file() else ""
    return Standing(entry, f"{note}{stored}", False, give_up)


def _changed(is_wanted: bool | None) -> str:
    return "whether it is still wanted cannot be worked out" if is_wanted is None else "it is not what is wanted now"


def _kept(entry: Entry, root: Path, file: Path, is_wanted: bool | None, give_up: str) -> Standing:
    """A stored reply to a wish that has changed: its pictures are kept where they can be adopted from."""
    known = f"its reply is stored; {_changed(is_wanted)}"
    streamed = bool(entry.evidence.get("streamed")) and not (entry.reply or {}).get("fetched")
    try:
        pictures = routing.load_paid(entry.route).read(file.read_bytes(), streamed=streamed).pictures
    except (Unreadable, OSError, LookupError) as exc:
        return Standing(entry, f"{known}, and cannot be read: {str(exc)[:200]}", False, give_up)
    kept = tuple(f"{store.CACHE}/originals/{store.keep_original(root, picture)}" for picture in pictures)
    if not kept:
        return Standing(entry, f"{known}, and holds no picture: look at {store.REPLIES}/{entry.number}", False, give_up)
    drawn_by = f" --route {entry.route}" if entry.surface in ("openai-api", entry.route) else ""
    cure = f"assetgen adopt {entry.asset_id} {kept[0]}{drawn_by}, then assetgen doctor --forget {entry.number}"
    return Standing(entry, f"{known}; its picture is kept", True, cure, kept)


def forget(root: Path, terms: Terms, number: int) -> Entry:
    """Give an open entry up. Raises StorageError if there is none of that number."""
    with locked(root):
        log = Journal(root, terms.clock) if journal.is_there(root) else None
        try:
            entry = next((entry for entry in log.open() if entry.number == number), None) if log else None
            if log is None or entry is None:
                what = f"no open entry in the log of paid requests has the number {number}"
                raise StorageError(what, where=journal.NAME, cure="assetgen doctor lists them")
            log.end(number, Fate.DISMISSED, "; ".join(filter(None, (entry.note, "given up"))))
            return entry
        finally:
            if log:
                log.close()


# -- the probe -------------------------------------------------------------------------------------

PROBE_ID = "doctor-probe"
_PROBE = f"""
[[asset]]
id = "{PROBE_ID}"
kind = "cover"
path = "public/{PROBE_ID}.png"
alt = ""
route = "images"
prompt = "one grey circle on white"
size = "1024x1024"
quality = "low"
"""


@dataclass(frozen=True)
class Probe:
    """The smallest picture that a paid route draws, not bought yet."""

    job: Job
    surface: str
    estimate: Estimate

    @property
    def question(self) -> str:
        """What is asked before it is bought."""
        return f"This draws one picture at low quality on {self.surface}, {self.price}. Go on? [y/N] "

    @property
    def price(self) -> str:
        if self.estimate.micros is None:
            return "at a price that is not known before"
        return f"about ${self.estimate.micros / 1e6:.3f}"


def proposal(root: Path, terms: Terms) -> Probe:
    """What a probe would buy. Raises AssetgenError if nothing could be bought at all."""
    provider = terms.provider("images").with_key()
    project = Project(root, WorkTree(root), terms)
    wanted = manifest.parse(_PROBE.encode())
    wish: Wish = plan.wish(wanted, wanted.asset[0], project.world(), {})
    job = Job(wish, (), "", {}, project.read_input, root, lambda _reference: None)
    return Probe(job, provider.surface, plan.estimate(wish, Action.DRAW, provider.surface, terms.the_catalog))


def probe(root: Path, terms: Terms, proposed: Probe) -> Note:
    """Buy the picture of ``proposed``, in the log as every other, and say what came."""
    with locked(root):
        buyer = Buyer(root, terms, {}, force=True)
        try:
            drawn = buyer.draw(proposed.job)
            seen = derive.facts(drawn.original)
            if drawn.entry is not None:
                buyer.placed(drawn.entry)
        except AssetgenError as exc:
            return problem(exc)
        finally:
            buyer.close()
    cost = drawn.usage_cost
    paid = f"${cost['micros'] / 1e6:.4f} by its usage" if cost else "its cost is not known"
    came = f"{seen.width}x{seen.height} {seen.format}, {len(drawn.original)} bytes"
    told = "".join(f"; {remark}" for remark in drawn.remarks)
    return Note(Level.FINE, f"the probe drew {came} on {proposed.surface}: {paid}{told}", where=proposed.job.wish.model)


# -- as data ---------------------------------------------------------------------------------------


def as_data(found: Diagnosis) -> dict[str, Any]:
    """The diagnosis as data."""
    return {
        "exit": found.exit_code,
        "config": {"path": found.config, "usual": found.usual},
        "notes": [_note_json(note) for note in found.general],
        "routes": [_checkup_json(checkup) for checkup in found.routes],
        "standing": [_standing_json(one) for one in found.standing],
    }


def _note_json(note: Note) -> dict[str, Any]:
    return {
        "level": note.level.value,
        "what": note.what,
        "where": note.where,
        "cure": note.cure,
        "exit": note.exit_code,
    }


def _checkup_json(checkup: Checkup) -> dict[str, Any]:
    row = checkup.row
    return {
        "route": row.route,
        "surface": row.surface,
        "origin": row.origin,
        "ready": row.is_ready,
        "assets": row.assets,
        "models": list(checkup.models) if checkup.models is not None else None,
        "notes": [_note_json(note) for note in checkup.notes],
    }


def _standing_json(one: Standing) -> dict[str, Any]:
    entry = one.entry
    return {
        "number": entry.number,
        "id": entry.asset_id,
        "route": entry.route,
        "surface": entry.surface,
        "origin": entry.origin,
        "began": entry.began,
        "fate": entry.fate.value,
        "known": one.known,
        "free": one.is_free,
        "cure": one.cure,
        "kept": list(one.kept),
    }
