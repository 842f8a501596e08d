"""assetgen routes: what is ready here, the bill of each route, and why another one is wrong."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from assetgen.codex import cli
from assetgen.errors import ManifestError
from assetgen.manifest import parse
from assetgen.manifest.schema import Manifest
from assetgen.plan.workspace import open_workspace
from assetgen.routes import readiness
from assetgen.settings.conditions import Conditions
from assetgen.settings.config import Config, GatewayAccount
from tests.support.place import Place
from tests.support.shop import PLANE

KEY = "sk-canary-1234567890"
PAINTED = """
[gateway.lao]
[gateway.foreign]
[[asset]]
id = "ship"
kind = "cover"
path = "public/ship.png"
alt = "A ship"
route = "{route}"
prompt = "a ship"
size = "1024x1024"
{more}
"""
OWN = Config(
    gateway={
        "lao": GatewayAccount(
            base_url="https://lao.example/v1", key_env="LAO_KEY", profile="litellm"
        )
    }
)


def row(
    route: str, environ: Mapping[str, str], config: Config = OWN, wanted: Manifest | None = None
) -> readiness.RouteStatus:
    """One row of the board, for a project that lies nowhere."""
    found = {
        row.route: row
        for row in readiness.rows(Conditions(environ, config), Path("/nowhere"), wanted)
    }
    return found[route]


def wanting(text: str) -> Manifest:
    return parse.parse(text.encode())


NAMED = wanting("[gateway.foreign]\n")


@pytest.mark.parametrize(
    ("route", "environ", "ready", "surface", "words"),
    [
        ("local", {}, True, "none", "always"),
        ("images", {}, False, "openai-api", "OPENAI_API_KEY is not set"),
        ("images", {"OPENAI_API_KEY": KEY}, True, "openai-api", "at api.openai.com/v1"),
        (
            "responses",
            {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "https://proxy.example/v1"},
            True,
            "gateway:proxy.example",
            "set by OPENAI_BASE_URL: the bill is gateway:proxy.example",
        ),
        (
            "images",
            {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "ftp://proxy.example/v1"},
            False,
            "gateway:proxy.example",
            "is not an http(s) address",
        ),
        ("codex", {}, False, "codex-plan", "no codex on PATH"),
        ("gateway:lao", {}, False, "gateway:lao", "LAO_KEY is not set"),
        (
            "gateway:lao",
            {"LAO_KEY": KEY},
            True,
            "gateway:lao",
            "lao.example/v1 (litellm, in your own configuration)",
        ),
        ("gateway:foreign", {}, False, "gateway:foreign", "not in your own configuration"),
    ],
    ids=[
        "local",
        "no key",
        "key",
        "led elsewhere",
        "no address",
        "codex",
        "gateway without key",
        "gateway",
        "only the repository names it",
    ],
)
def test_a_status_says_what_is_ready_and_which_bill_it_is(
    route: str, environ: dict[str, str], ready: bool, surface: str, words: str
) -> None:
    found = row(route, environ, wanted=NAMED)
    assert (found.is_ready, found.surface) == (ready, surface)
    assert words in found.here
    assert bool(found.cure) is not ready
    assert KEY not in repr(found)


@pytest.mark.parametrize(
    ("profile", "key_env", "ready", "words"),
    [("localai", None, True, "no key needed"), ("openai", None, False, "no key is configured")],
    ids=["needs none", "needs one"],
)
def test_a_gateway_without_a_key_is_ready_only_if_it_needs_none(
    profile: str, key_env: str | None, ready: bool, words: str
) -> None:
    config = Config(
        gateway={
            "box": GatewayAccount(
                base_url="http://localhost:8080/v1", key_env=key_env, profile=profile
            )
        }
    )
    found = row("gateway:box", {}, config)
    assert found.is_ready is ready
    assert words in found.here


def test_paths_are_those_of_the_gateway_profile() -> None:
    config = Config(
        gateway={"or": GatewayAccount(base_url="https://or.example/api/v1", profile="openrouter")}
    )
    assert "POST /api/v1/images," in row("gateway:or", {}, config).about.call


@pytest.mark.parametrize(
    "secret", [f"https://me:{KEY}@proxy.example/v1", f"https://proxy.example/v1?key={KEY}!"]
)
def test_an_address_that_contains_a_secret_is_refused_and_not_shown(secret: str) -> None:
    found = row("images", {"OPENAI_BASE_URL": secret, "OPENAI_API_KEY": "x"})
    assert not found.is_ready
    assert KEY not in repr(found)
    assert "proxy.example" in found.here


def test_the_query_of_an_address_is_not_shown() -> None:
    found = row(
        "images", {"OPENAI_BASE_URL": f"https://proxy.example/v1?key={KEY}", "OPENAI_API_KEY": "x"}
    )
    assert found.is_ready
    assert KEY not in repr(found)


def executable(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_codex_inside_the_project_is_not_used(tmp_path: Path) -> None:
    root = tmp_path / "project"
    inside = executable(root / "node_modules/.bin/codex").parent
    good = executable(tmp_path / "bin/codex")
    link = tmp_path / "links/codex"
    link.parent.mkdir()
    link.symlink_to(root / "node_modules/.bin/codex")

    def here(*folders: str | Path) -> str:
        return readiness.codex({"PATH": os.pathsep.join(map(str, folders))}, root)[1]

    assert cli.find({"PATH": f"{inside}{os.pathsep}{good.parent}"}, root) == good
    assert "is inside the project, so it is not trusted" in here(inside)
    assert "is inside the project, so it is not trusted" in here(link.parent)
    assert "no codex on PATH" in here(tmp_path / "none", "")
    assert "no codex on PATH" in here(os.path.relpath(good.parent))


# -- one asset -------------------------------------------------------------------------------------


def asked(
    place: Place, route: str, more: str = "", environ: Mapping[str, str] | None = None
) -> tuple[readiness.AssetRoute, dict[str, readiness.OtherRoute]]:
    place.manifest(PAINTED.format(route=route, more=more))
    conditions = Conditions({"OPENAI_API_KEY": KEY} if environ is None else environ, OWN)
    owner, others = readiness.of_asset(open_workspace(place.root, conditions), "ship", conditions)
    return owner, {other.route: other for other in others}


@pytest.mark.parametrize(
    ("route", "more", "other", "error", "words"),
    [
        ("images", "", "local", "UnsupportedOption", "cannot honour prompt"),
        ("images", 'model = "gpt-image-2"', "codex", "UnsupportedOption", "cannot honour model"),
        ("images", "", "gateway:foreign", "RoutingError", "not in your own configuration"),
        ("images", "", "gateway:lao", "ManifestError", "needs a model"),
        ("images", 'quality = "low"', "responses", None, "on the same bill"),
        ("images", 'model = "gpt-image-2"', "gateway:lao", None, "another bill: gateway:lao"),
        (
            "gateway:lao",
            'model = "gpt-image-2"\nquality = "low"',
            "images",
            None,
            "another bill: openai-api, $0.00",
        ),
        ("gateway:lao", 'model = "own"\nquality = "ultra"', "images", None, "openai-api"),
    ],
    ids=[
        "a layout reads no prompt",
        "codex chooses",
        "unknown gateway",
        "no model",
        "same bill",
        "gateway's bill",
        "openai's bill",
        "unknown model",
    ],
)
def test_every_other_route_names_its_error_or_its_bill(
    place: Place, route: str, more: str, other: str, error: str | None, words: str
) -> None:
    found = asked(place, route, more)[1][other]
    assert (type(found.error).__name__ if found.error else None) == error
    assert words in found.words


def test_an_error_of_a_request_is_found_without_sending_it(place: Place) -> None:
    more = 'model = "m"\n[asset.options]\npartial_images = 1'
    box = Config(
        gateway={"lao": GatewayAccount(base_url="http://localhost:1/v1", profile="localai")}
    )
    place.manifest(PAINTED.format(route="images", more=more))
    conditions = Conditions({}, box)
    others = readiness.of_asset(open_workspace(place.root, conditions), "ship", conditions)[1]
    words = {other.route: other.words for other in others}
    assert words["gateway:lao"] == "no: this gateway has no previews"


@pytest.mark.parametrize(
    ("route", "more", "call", "models"),
    [
        ("images", "", "POST api.openai.com/v1/images/generations", ("gpt-image-2", None)),
        (
            "images",
            'inputs = ["assets/in.png"]',
            "POST api.openai.com/v1/images/edits",
            ("gpt-image-2", None),
        ),
        ("responses", "", "POST api.openai.com/v1/responses", ("gpt-image-2", "gpt-5.5")),
        ("gateway:lao", 'model = "m"', "POST lao.example/v1/images/generations", ("m", None)),
        ("codex", "size_is_left_out", "the Codex CLI, logged in with ChatGPT", (None, None)),
    ],
    ids=["generate", "edit", "responses", "gateway", "codex"],
)
def test_the_route_of_an_asset_names_its_call_and_its_models(
    place: Place, route: str, more: str, call: str, models: tuple[str | None, str | None]
) -> None:
    place.picture("assets/in.png")
    if more == "size_is_left_out":
        place.manifest(PAINTED.replace('size = "1024x1024"\n', "").format(route=route, more=""))
        conditions = Conditions({}, OWN)
        owner = readiness.of_asset(open_workspace(place.root, conditions), "ship", conditions)[0]
    else:
        owner, _ = asked(place, route, more)
    assert owner.call == call
    assert (owner.model, owner.text_model) == models


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (PAINTED.format(route="images", more=""), "assets.toml:9 says so (the asset's own route)"),
        (
            '[defaults]\nroute = "images"\n'
            + PAINTED.format(route="images", more="").replace('route = "images"\n', ""),
            "assets.toml:2 says so ([defaults] route)",
        ),
    ],
    ids=["asset", "defaults"],
)
def test_the_route_of_an_asset_names_the_line_that_sets_it(
    place: Place, text: str, words: str
) -> None:
    place.manifest(text)
    conditions = Conditions({}, OWN)
    owner, _ = readiness.of_asset(open_workspace(place.root, conditions), "ship", conditions)
    assert words in owner.why


def test_a_local_asset_without_a_prompt_cannot_use_a_paid_route(place: Place) -> None:
    place.covers("a")
    conditions = Conditions({}, Config())
    owner, others = readiness.of_asset(open_workspace(place.root, conditions), "a", conditions)
    assert owner.estimate.words == "free"
    assert "assets.toml names no route for it" in owner.why
    assert {type(other.error) for other in others} == {ManifestError}


# -- the command -----------------------------------------------------------------------------------


def test_routes_works_outside_a_project(bare: Place) -> None:
    data = bare.ok("routes", "--json").data
    assert [row["route"] for row in data] == ["local", "images", "responses", "codex"]
    assert bare.run("routes", "a").code == 2


def test_routes_reads_the_user_configuration_outside_a_project(bare: Place, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / ".config/assetgen").mkdir(parents=True)
    (home / ".config/assetgen/config.toml").write_text(
        '[gateway.lao]\nbase_url = "https://lao.example/v1"\n'
    )
    assert "gateway:lao" in bare.ok("-C", str(home), "routes").out


def test_routes_prints_one_fact_a_line_in_a_pipe_and_never_a_key(
    place: Place,
) -> None:
    place.manifest(PAINTED.format(route="images", more=""))
    key = {"OPENAI_API_KEY": KEY}
    plain, data = place.ok("routes", **key).out, place.ok("routes", "--json", **key)
    for row in data.data:
        for fact in ("job", "call", "model", "avoid", "surface", "here"):
            assert any(
                line.startswith(row["route"]) and row[fact] in line for line in plain.splitlines()
            )
    one, told = place.ok("routes", "ship", **key), place.ok("routes", "ship", "--json", **key)
    assert told.data["route"] == "images"
    assert told.data["estimate"]["micros"] is None  # the quality is left to the model
    for other in told.data["others"]:
        assert other["why"] in one.out
    assert KEY not in plain + data.out + one.out + told.out


def test_routes_reports_a_gateway_that_is_not_configured(place: Place) -> None:
    place.manifest(
        "[gateway.acme]\n" + PLANE.format(id="p", route="gateway:acme", more='model = "m"')
    )
    told = place.ok("routes", "p").out
    assert "nothing was sent" not in told
    assert "POST to an address that your own configuration does not set yet" in told


@pytest.mark.parametrize("route", ["images", "gateway:acme"])
def test_routes_with_the_name_of_a_route_prints_that_route(route: str, bare: Place) -> None:
    bare.manifest("[gateway.acme]\n")
    assert [row["route"] for row in bare.ok("routes", route, "--json").data] == [route]


def test_routes_prefers_an_asset_to_a_route_of_the_same_name(bare: Place) -> None:
    bare.covers("images")
    assert bare.ok("routes", "images", "--json").data["id"] == "images"
