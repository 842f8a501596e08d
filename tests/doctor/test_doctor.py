"""doctor: what blocks each route, and purchases without a picture in place; looking is free."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from assetgen.doctor import doctor, open_purchases
from assetgen.doctor.doctor import Diagnosis
from assetgen.doctor.notes import Urgency
from assetgen.errors import StorageError
from assetgen.fs import home, lock
from assetgen.paid import evidence, log_file
from assetgen.paid.journal import Entry, Fate, Journal
from assetgen.plan.workspace import open_workspace
from assetgen.record.schema import RecordedRequest, RecordedRoute
from assetgen.settings.conditions import Conditions
from assetgen.settings.config import Config, GatewayAccount
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.rows import every

KEY = "sk-canary-1234567890"
SHIP = """
[gateway.lao]
[[asset]]
id = "ship"
kind = "cover"
path = "public/ship.png"
alt = "A ship"
route = "{route}"
model = "gpt-image-2"
prompt = "{prompt}"
"""
TODAY = "2026-11-23T00:00:00Z"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(key=KEY) as running:
        yield running


def wants(place: Place, route: str = "images", prompt: str = "a ship") -> None:
    place.manifest(SHIP.format(route=route, prompt=prompt))


def conditions(
    url: str, environ: Mapping[str, str] | None = None, profile: str = "openai"
) -> Conditions:
    """Conditions in which OpenAI's routes and the gateway lao use ``url``."""
    given = (
        {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": KEY, "LAO_KEY": KEY}
        if environ is None
        else environ
    )
    lao = GatewayAccount(base_url=url, key_env="LAO_KEY", profile=profile)
    return Conditions(given, Config(gateway={"lao": lao}), lambda: TODAY, patience=1.0)


def examined(place: Place, how: Conditions) -> Diagnosis:
    return doctor.examine(place.root, place.root, how)


def said(found: Diagnosis, route: str, level: Urgency) -> str:
    """All notes of one level about a route, with their cures."""
    notes = next(checkup.notes for checkup in found.routes if checkup.row.route == route)
    return "\n".join(
        f"{note.where}: {note.what} -> {note.cure}" for note in notes if note.level is level
    )


# -- the routes ------------------------------------------------------------------------------------


def test_doctor_reports_a_healthy_provider_and_buys_nothing(
    place: Place, provider: Provider
) -> None:
    wants(place)
    found = examined(place, conditions(provider.url))
    assert found.exit_code == 0
    assert "the key is accepted" in said(found, "images", Urgency.FINE)
    assert "asset ship: model gpt-image-2 is listed" in said(found, "images", Urgency.FINE)
    assert {(seen.method, seen.path) for seen in provider.requests} == {("GET", "/v1/models")}
    assert provider.billed == 0


@pytest.mark.parametrize(
    ("fault", "code", "words", "cure"),
    every(
        2,
        [
            ("bad_key", 3, "refused (key)", "OPENAI_API_KEY"),
            ("echo_key", 3, "refused (key)", "OPENAI_API_KEY"),
            ("quota", 3, "refused (quota)", "add credit"),
            ("org_verification", 3, "must be verified", "verify the organisation"),
            ("rate", 7, "refused (rate limit)", "in a minute"),
            ("overloaded", 5, "overloaded", "try again later"),
            ("transparent", 4, "refused (option)", "check OPENAI_BASE_URL, then: assetgen doctor"),
            ("bad_gateway_html", 5, "an HTML page", "try again later"),
            (
                "html_200",
                5,
                "something other than a list of models: HTML",
                "OPENAI_BASE_URL: its path may be missing",
            ),
            ("not_json", 5, "something other than a list of models", "OPENAI_BASE_URL"),
            ("reset_before", 5, "did not answer GET /models", "OPENAI_BASE_URL"),
            ("hang", 5, "did not answer GET /models", "OPENAI_BASE_URL"),
        ],
    ),
)
def test_a_failure_is_a_problem_only_for_a_route_in_use(
    place: Place, provider: Provider, fault: str, code: int, words: str, cure: str
) -> None:
    wants(place)
    provider.fault(fault, method="GET", times=9)
    found = examined(place, conditions(provider.url))
    told = said(found, "images", Urgency.PROBLEM)
    assert found.exit_code == code
    assert words in told
    assert cure in told.rpartition(" -> ")[2]
    assert "may have been billed" not in told
    assert words in said(found, "gateway:lao", Urgency.WARNING)
    assert KEY not in repr(found) and "sk-can" not in repr(found)
    place.covers("free")
    assert examined(place, conditions(provider.url)).exit_code == 0


def test_an_unreachable_provider_is_reported_with_the_setting_to_fix(
    place: Place, provider: Provider
) -> None:
    wants(place, "gateway:lao")
    provider.close()
    found = examined(place, conditions(provider.url))
    assert found.exit_code == 5
    assert "cannot be reached" in said(found, "gateway:lao", Urgency.PROBLEM)
    assert "base_url in [gateway.lao]" in said(found, "gateway:lao", Urgency.PROBLEM)


def test_no_part_of_a_refused_key_is_printed(place: Place, provider: Provider) -> None:
    provider.key = "another"
    wants(place)
    found = examined(place, conditions(provider.url))
    assert found.exit_code == 3
    assert "Incorrect API key provided: sk-***" in said(found, "images", Urgency.PROBLEM)
    assert "7890" not in repr(found)


@pytest.mark.parametrize(
    ("route", "environ", "code", "words"),
    [
        ("images", {}, 3, "OPENAI_API_KEY is not set"),
        ("gateway:lao", {}, 3, "LAO_KEY is not set"),
        (
            "images",
            {"OPENAI_BASE_URL": "ftp://x", "OPENAI_API_KEY": KEY},
            11,
            "is not an http(s) address",
        ),
    ],
    ids=["key", "gateway's key", "address"],
)
def test_only_a_route_in_use_that_is_not_ready_is_a_problem(
    place: Place, route: str, environ: dict[str, str], code: int, words: str
) -> None:
    wants(place, route)
    found = examined(place, conditions("https://lao.example/v1", environ))
    assert found.exit_code == code
    assert words in said(found, route, Urgency.PROBLEM)
    place.covers("free")
    assert examined(place, conditions("https://lao.example/v1", environ)).exit_code == 0


def test_a_gateway_that_only_the_repository_names_is_a_problem_if_it_is_in_use(
    place: Place,
) -> None:
    wants(place, "gateway:lao")
    found = examined(place, Conditions({}, Config(), lambda: TODAY))
    assert found.exit_code == 5
    assert "add [gateway.lao]" in said(found, "gateway:lao", Urgency.PROBLEM)


def test_a_codex_route_without_codex_is_a_problem_with_install_instructions(place: Place) -> None:
    place.manifest(
        SHIP.replace('model = "gpt-image-2"\n', "").format(route="codex", prompt="a ship")
    )
    found = examined(place, Conditions({}, Config(), lambda: TODAY))
    assert found.exit_code == 3
    assert "npm install" in said(found, "codex", Urgency.PROBLEM)


def test_an_invalid_manifest_is_the_first_problem_and_other_checks_still_run(
    place: Place, provider: Provider
) -> None:
    place.manifest("[[asset]]\n")
    found = examined(place, conditions(provider.url))
    assert found.exit_code == 2
    assert "the key is accepted" in said(found, "images", Urgency.FINE)


# -- models ----------------------------------------------------------------------------------------


def ends(day: str) -> list[dict[str, str]]:
    return [{"id": "gpt-image-2", "shutdown_date": day}]


@contextmanager
def listing(status: int, document: Any) -> Iterator[str]:
    """A server with one reply to every GET; its base URL."""
    body = json.dumps(document).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join()


SCOPES = {
    "error": {
        "message": "You have insufficient permissions. Missing scopes: api.model.read",
        "code": None,
    }
}


@pytest.mark.parametrize(
    ("status", "document", "code", "level", "words"),
    every(
        2,
        [
            (
                200,
                {"data": [{"id": "gpt-image-1"}]},
                5,
                Urgency.PROBLEM,
                "choose one that it lists, such as gpt-image-1",
            ),
            (200, {"data": []}, 5, Urgency.PROBLEM, "does not list model gpt-image-2"),
            (200, {"data": [{"id": "gpt-*"}]}, 0, Urgency.FINE, "model gpt-image-2 is listed"),
            (200, {"data": ends("2026-11-22")}, 5, Urgency.PROBLEM, "was shut down on 2026-11-22"),
            (200, {"data": ends("2026-11-23")}, 0, Urgency.WARNING, "shuts down on 2026-11-23"),
            (200, {"data": ends("soon")}, 0, Urgency.WARNING, "shuts down on soon"),
            (
                200,
                {"data": "none"},
                5,
                Urgency.PROBLEM,
                "something other than a list of models: JSON of another form",
            ),
            (403, SCOPES, 0, Urgency.WARNING, "whether it can make images is not known"),
            (401, SCOPES, 0, Urgency.WARNING, "whether it can make images is not known"),
            (404, {"detail": "Not Found"}, 0, Urgency.WARNING, "correct base_url"),
        ],
    ),
    ids=[
        *(
            "not listed",
            "none listed",
            "wildcard",
            "over",
            "ends today",
            "ends some day",
            "another form",
        ),
        *("403 scopes", "401 scopes", "no list"),
    ],
)
def test_models_in_use_are_compared_with_the_list_of_the_provider(
    place: Place, status: int, document: Any, code: int, level: Urgency, words: str
) -> None:
    wants(place)
    with listing(status, document) as url:
        found = examined(place, conditions(url))
    assert words in said(found, "images", level)
    assert found.exit_code == code


def test_a_service_that_lists_other_names_than_it_serves_is_only_a_note(place: Place) -> None:
    wants(place, "gateway:lao")
    with listing(200, {"data": [{"id": "gpt-image-1"}]}) as url:
        found = examined(place, conditions(url, profile="azure"))
    assert found.exit_code == 0
    assert "does not list model gpt-image-2" in said(found, "gateway:lao", Urgency.NOTE)


def test_a_model_that_retires_is_a_warning_from_the_catalogue(
    place: Place, provider: Provider
) -> None:
    place.manifest(
        SHIP.replace("gpt-image-2", "gpt-image-1.5").format(route="images", prompt="a ship")
    )
    found = examined(place, conditions(provider.url))
    assert "shuts down on 2026-12-01" in said(found, "images", Urgency.WARNING)
    assert said(found, "images", Urgency.WARNING).count("2026-12-01") == 1


def test_both_models_of_the_responses_route_are_checked(place: Place, provider: Provider) -> None:
    provider.models = ["gpt-image-2"]
    wants(place, "responses")
    found = examined(place, conditions(provider.url))
    assert found.exit_code == 5
    assert "does not list model gpt-5.5" in said(found, "responses", Urgency.PROBLEM)


# -- the log of paid requests ----------------------------------------------------------------------


def png(place: Place) -> bytes:
    return place.picture("elsewhere.png", (64, 64)).read_bytes()


def entry(
    place: Place, *, route: str = "images", surface: str = "openai-api"
) -> tuple[Journal, Entry]:
    """A request for the ship of the manifest, entered but not sent."""
    log = Journal(place.root, lambda: TODAY)
    project = open_workspace(place.root, Conditions({}, Config()))
    want = project.wish("ship").key
    asked = evidence.noted(
        RecordedRoute(owner=route, surface=surface), RecordedRequest(digest="0" * 64)
    )
    known = {**asked, "streamed": False}
    return log, log.sent(want, "ship", route, surface, "api.openai.com", known)


def answered(place: Place, log: Journal, number: int, data: bytes | None = None) -> None:
    body = (
        json.dumps({"data": [{"b64_json": b64encode(png(place)).decode()}]}).encode()
        if data is None
        else data
    )
    log.file(number).write_bytes(body)
    log.answered(number, [], {"status": 200, "headers": {}})


def standing(place: Place) -> open_purchases.Standing:
    found = examined(place, Conditions({"OPENAI_API_KEY": ""}, Config(), lambda: TODAY))
    assert found.exit_code == 3  # the key, which comes before the log
    (one,) = found.standing
    return one


def test_a_request_without_an_answer_is_unknown_until_it_is_discarded(place: Place) -> None:
    wants(place)
    log, one = entry(place)
    log.close()
    found = standing(place)
    assert (found.is_free, "may have been billed" in found.known) == (False, True)
    assert str(found.cure) == (
        "assetgen generate ship --force (buys it again), or "
        f"assetgen doctor --forget {one.number} (discards the entry)"
    )
    assert place.ok("doctor", "--forget", str(one.number), "--json").data == {
        "forgotten": one.number,
        "id": "ship",
    }
    assert examined(place, Conditions({}, Config())).standing == ()
    with pytest.raises(StorageError, match="no open entry"):
        open_purchases.forget(place.root, Conditions({}), one.number)


def test_an_open_purchase_alone_decides_the_exit_code(place: Place) -> None:
    wants(place)
    log, one = entry(place)
    log.end(one.number, Fate.FRUITLESS, "the reply contains no image")
    log.close()
    place.covers("free")
    found = examined(place, Conditions({}, Config(), lambda: TODAY))
    assert found.exit_code == 12
    assert "the reply contains no image" in found.standing[0].known
    assert (
        str(found.standing[0].cure) == f"assetgen doctor --forget {one.number} (discards the entry)"
    )


def test_a_stored_reply_is_placed_by_generate_for_free(place: Place) -> None:
    wants(place)
    log, one = entry(place)
    answered(place, log, one.number)
    log.close()
    found = standing(place)
    assert (found.is_free, str(found.cure)) == (True, "assetgen generate ship")


@pytest.mark.parametrize("gone", [False, True], ids=["changed", "gone from the manifest"])
def test_a_stored_reply_to_a_changed_request_is_kept_for_adoption(place: Place, gone: bool) -> None:
    wants(place)
    log, one = entry(place)
    answered(place, log, one.number)
    log.close()
    if gone:
        place.covers("free")
    else:
        wants(place, prompt="another ship")
    (found,) = examined(place, Conditions({}, Config(), lambda: TODAY)).standing
    assert place.read(found.kept[0]) == png(place)
    command = str(found.cure).partition(", then ")[0].split()[1:]
    assert command[:2] == ["adopt", "ship"]
    if gone:
        wants(place)
    place.ok(*command)
    assert place.record("ship")["route"]["surface"] == "openai-api"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html>", "cannot be read"),
        (b'{"data": []}', "contains no image"),
        (None, "is missing from"),
    ],
    ids=["HTML", "no picture", "no file"],
)
def test_a_stored_reply_without_a_picture_can_only_be_discarded(
    place: Place, data: bytes | None, words: str
) -> None:
    wants(place)
    log, one = entry(place)
    answered(place, log, one.number, data or b"")
    if data is None:
        log.file(one.number).unlink()
    log.close()
    wants(place, prompt="another ship")
    (found,) = examined(place, Conditions({}, Config(), lambda: TODAY)).standing
    assert words in found.known
    assert str(found.cure) == f"assetgen doctor --forget {one.number} (discards the entry)"


def test_an_answer_that_waits_under_its_id_is_fetched_by_generate(place: Place) -> None:
    wants(place, "responses")
    log, one = entry(place, route="responses")
    log.identified(one.number, "resp_1")
    log.close()
    found = standing(place)
    assert (found.is_free, str(found.cure)) == (True, "assetgen generate ship --resume")
    wants(place, "responses", prompt="another ship")
    assert not standing(place).is_free


def test_a_log_of_another_checkout_is_refused_until_the_user_accepts_it(place: Place) -> None:
    wants(place)
    log, _ = entry(place)
    log.close()
    key = home.of(place.root).path / "key"
    key.unlink()
    key.write_text("")
    copied = place.root.rename(place.root.with_name("copied"))
    there = Place(copied, copied.parent / "home")
    refused = examined(there, Conditions({}, Config(), lambda: TODAY))
    assert (refused.exit_code, refused.standing) == (11, ())
    assert "assetgen doctor --keep-log" in str(refused.general[0].cure)
    assert "as the log of this checkout; next: " in there.ok("doctor", "--keep-log").out
    assert len(examined(there, Conditions({}, Config(), lambda: TODAY)).standing) == 1


def test_the_log_is_unchanged_while_another_run_locks_the_project(place: Place) -> None:
    wants(place)
    log, _ = entry(place)
    log.close()
    with lock.locked(place.root):
        found = examined(place, Conditions({}, Config(), lambda: TODAY))
    assert found.standing == ()
    assert any("another run is working" in note.what for note in found.general)


def test_doctor_writes_nothing_if_nothing_was_bought(place: Place) -> None:
    wants(place)
    examined(place, Conditions({}, Config(), lambda: TODAY))
    assert not (home.of(place.root).path / log_file.NAME).exists()
    with pytest.raises(StorageError, match="no open entry"):
        open_purchases.forget(place.root, Conditions({}), 1)


# -- the probe -------------------------------------------------------------------------------------


def environ(provider: Provider) -> dict[str, str]:
    return {"OPENAI_BASE_URL": provider.url, "OPENAI_API_KEY": KEY}


def fates(place: Place) -> list[str]:
    import sqlite3

    with sqlite3.connect(home.of(place.root).path / log_file.NAME) as db:
        found = [row[0] for row in db.execute("SELECT fate FROM entry")]
    db.close()
    return found


def test_a_probe_is_refused_without_a_terminal(place: Place, provider: Provider) -> None:
    wants(place)
    ran = place.run("doctor", "--probe", **environ(provider))
    assert (ran.code, "cure: assetgen doctor --probe --yes\n" in ran.err) == (11, True)
    assert provider.requests == []


def test_a_probe_draws_one_picture_and_reports_the_data_received(
    place: Place, provider: Provider
) -> None:
    wants(place)
    ran = place.ok("doctor", "--probe", "--yes", **environ(provider))
    assert "images: ok: gpt-image-2: the probe received 1024x1024 png" in ran.out
    assert provider.billed == 1
    (sent,) = [seen.json for seen in provider.requests if seen.method == "POST"]
    assert sent is not None
    assert (sent["size"], sent["quality"]) == ("1024x1024", "low")
    assert fates(place) == ["placed"]
    assert not place.has("public/doctor-probe.png")


@pytest.mark.parametrize(
    ("fault", "code", "words", "fate"),
    [
        ("org_verification", 3, "must be verified", "refused"),
        ("reset_after", 12, "may have been billed", "sent"),
        ("html_as_image", 5, "may have been billed", "fruitless"),
    ],
)
def test_a_probe_that_fails_is_a_problem_and_stays_in_the_log(
    place: Place, provider: Provider, fault: str, code: int, words: str, fate: str
) -> None:
    place.covers("free")
    provider.fault(fault)
    ran = place.run("doctor", "--probe", "--yes", "--json", **environ(provider))
    assert ran.code == code
    assert words in ran.out
    assert fates(place) == [fate]
    assert len(ran.data["standing"]) == (fate != "refused")
    assert "assetgen generate" not in ran.out, "no manifest lists the asset of the probe"


def test_a_probe_keeps_to_the_users_budget(
    place: Place, provider: Provider, tmp_path: Path
) -> None:
    wants(place)
    bill = f"gateway:127.0.0.1:{provider.port}"
    own = tmp_path / "own.toml"
    own.write_text(f'[limits."{bill}"]\nimages = 0\n')
    ran = place.run("--config", str(own), "doctor", "--probe", "--yes", **environ(provider))
    assert ran.code == 11
    assert provider.billed == 0


@pytest.mark.parametrize(
    ("reply", "billed"),
    [("n\n", 0), pytest.param("\n", 0, marks=pytest.mark.more), ("y\n", 1)],
    ids=["no", "nothing", "yes"],
)
def test_a_probe_asks_first_in_a_terminal(
    place: Place, provider: Provider, reply: str, billed: int
) -> None:
    wants(place)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-P", "-m", "assetgen", "doctor", "--probe"]
    try:
        os.write(ours, reply.encode())
        ran = subprocess.run(
            command,
            cwd=place.root,
            env={**place.environ, **environ(provider)},
            stdin=theirs,
            capture_output=True,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert (
        f"This buys one image at low quality on gateway:127.0.0.1:{provider.port}"
        in ran.stderr.decode()
    )
    assert ran.returncode == 0
    assert provider.billed == billed
    assert ("nothing was paid" in ran.stdout.decode()) is not bool(billed)


# -- the command -----------------------------------------------------------------------------------


def test_doctor_works_outside_a_project(bare: Place) -> None:
    ran = bare.ok("doctor")
    assert "no route is in use" in ran.out
    assert "no problems found" in ran.out


def test_a_proxy_to_openai_is_reported_without_its_password(place: Place) -> None:
    wants(place)
    ran = place.run(
        "doctor", OPENAI_API_KEY=KEY, HTTPS_PROXY=f"http://me:{KEY}@127.0.0.1:9", NO_PROXY=""
    )
    assert ran.code == 5
    assert "images: note: requests use the proxy 127.0.0.1:9, set by the environment" in ran.out
    assert "api.openai.com cannot be reached" in ran.out
    assert "only a test image can show whether the organisation is verified" in ran.out
    assert KEY not in ran.out + ran.err


def test_a_proxy_that_cannot_be_used_is_a_problem_not_a_crash(place: Place) -> None:
    wants(place)
    ran = place.run(
        "doctor", OPENAI_API_KEY=KEY, HTTPS_PROXY=f"socks9://me:{KEY}@127.0.0.1:9", NO_PROXY=""
    )
    assert ran.code == 5
    assert KEY not in ran.out + ran.err


def test_text_and_json_report_the_same_and_never_the_key(place: Place, provider: Provider) -> None:
    wants(place)
    log, _ = entry(place)
    log.close()
    provider.fault("echo_key", method="GET", times=9)
    plain = place.run("doctor", **environ(provider))
    data = place.run("doctor", "--json", **environ(provider))
    assert (plain.code, data.code, data.data["exit"]) == (3, 3, 3)
    for route in data.data["routes"]:
        for note in route["notes"]:
            assert f"{route['route']}: {note['level']}: " in plain.out
            assert note["what"].split("(request")[0] in plain.out
            assert note["cure"] is None or note["cure"] in plain.out
    first, _, other = data.data["standing"][0]["cure"].partition(" (buys it again), or ")
    assert f"  cure: {first}\n        buys it again; or: {other}\n" in plain.out
    assert KEY not in plain.out + plain.err + data.out + data.err


@pytest.mark.parametrize(
    "arguments",
    [("--yes",), ("--probe", "--forget", "1"), ("--forget", "0"), ("--keep-log", "--probe")],
    ids=" ".join,
)
def test_options_that_contradict_each_other_are_usage_errors(
    bare: Place, arguments: tuple[str, ...]
) -> None:
    assert bare.run("doctor", *arguments).code == 2
