"""Every fault of a provider on every paid route: its cost, its open entries, its message."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assetgen.errors import (
    AccountError,
    AssetgenError,
    ManifestError,
    ModerationError,
    RoutingError,
    StorageError,
    UnknownOutcome,
    UnsupportedOption,
)
from assetgen.generate.outcome import Outcome
from tests.support.place import Place
from tests.support.provider import FAULTS, Provider
from tests.support.rows import few
from tests.support.shop import Shop


@dataclass(frozen=True)
class Ends:
    """How a run ends: with an image or an error, and whether its request stays open."""

    error: type[AssetgenError] | None = None
    is_open: bool = False

    @property
    def code(self) -> int:
        return self.error.exit_code if self.error else 0


def refused(error: type[AssetgenError]) -> Ends:
    return Ends(error)


def unsure(error: type[AssetgenError] = UnknownOutcome) -> Ends:
    return Ends(error, is_open=True)


DRAWN = Ends()
#: A profile, a route, and what is added to the asset.
LANES = {
    "images generate": ("openai", "images", ""),
    "images edit": ("openai", "images", 'inputs = ["assets/photo.png"]'),
    "images stream": ("openai", "images", "[asset.options]\npartial_images = 1"),
    "responses background": ("openai", "responses", ""),
    "responses stream": ("openai", "responses", "[asset.options]\npartial_images = 1"),
    "gateway": ("new-api", "images", ""),
    "chat": ("chat", "images", ""),
    "tasks": ("tasks", "images", ""),
}
GATEWAYS = ("gateway", "chat", "tasks")
MAIN = ("images generate", "responses stream", "tasks")
IMAGES = ("images generate", "images edit", "gateway", "chat")
LINKED = (*IMAGES, "tasks")
PLAIN = (*IMAGES, "responses background", "tasks")
RESPONSES = ("responses background", "responses stream")


def on(lanes: tuple[str, ...], ends: Ends) -> dict[str, Ends]:
    """How a fault ends on some routes; on the others it changes nothing."""
    return dict.fromkeys(lanes, ends)


def but_tasks(ends: Ends, tasks: Ends) -> dict[str, Ends]:
    """How a fault ends everywhere, and for a task, whose image is behind a URL."""
    return {**dict.fromkeys(LANES, ends), "tasks": tasks}


#: How each fault ends: the same on every route, or by route; routes not named give an image.
ENDS: dict[str, Ends | dict[str, Ends]] = {
    # refused before any work: nothing is open
    "moderation_input": refused(ModerationError),
    "old_safety": refused(ModerationError),
    "transparent": refused(UnsupportedOption),
    "size": refused(UnsupportedOption),
    "retired_model": refused(RoutingError),
    "org_verification": refused(AccountError),
    "forbidden_model": refused(AccountError),
    "quota": refused(AccountError),
    "hard_limit": refused(AccountError),
    "bad_image": refused(ManifestError),
    "bad_key": refused(AccountError),
    "budget": refused(AccountError),
    "echo_key": refused(AccountError),
    "long_error": refused(UnsupportedOption),
    "redirect_307": refused(RoutingError),
    # asked again when a rate limit is over
    "rate": DRAWN,
    "rate_text_only": DRAWN,
    # refused in a way that does not say whether there was any work
    "moderation_output": unsure(ModerationError),
    "safety_500": unsure(ModerationError),
    "get_channel_failed": unsure(RoutingError),
    "server_error_before": unsure(),
    "server_error_after": unsure(),
    "overloaded": unsure(),
    "bad_gateway_html": unsure(),
    "not_found_response": on(("responses background", "tasks"), unsure()),
    # a picture, though not quite the one that was asked for
    "transparent_ok": DRAWN,
    "wrong_format": DRAWN,
    "wrong_size": DRAWN,
    "no_alpha": DRAWN,
    "svg_polyglot": DRAWN,
    "same_picture": DRAWN,
    "no_usage": DRAWN,
    "served_model": DRAWN,
    "two_images": DRAWN,
    # no picture where one should be
    "svg_as_image": but_tasks(unsure(RoutingError), unsure(StorageError)),
    "html_as_image": but_tasks(unsure(RoutingError), unsure(StorageError)),
    "corrupt_image": unsure(RoutingError),
    "bomb_image": but_tasks(unsure(RoutingError), unsure(StorageError)),
    "not_base64": but_tasks(unsure(RoutingError), unsure(StorageError)),
    "empty_data": on((*PLAIN, "responses stream"), unsure(RoutingError)),
    "empty_strings": on((*PLAIN, "responses stream"), unsure(RoutingError)),
    "null_data": on((*PLAIN, "responses stream"), unsure(RoutingError)),
    "url_same_origin": on(RESPONSES, unsure(RoutingError)),
    "url_foreign": on(LINKED, unsure(StorageError)) | on(RESPONSES, unsure(RoutingError)),
    "url_file": on(LINKED, unsure(StorageError)) | on((*RESPONSES, "chat"), unsure(RoutingError)),
    "url_metadata": on(LINKED, unsure(StorageError)) | on(RESPONSES, unsure(RoutingError)),
    "url_redirect": on(LINKED, unsure(StorageError)) | on(RESPONSES, unsure(RoutingError)),
    "url_html": on(LINKED, unsure(StorageError)) | on(RESPONSES, unsure(RoutingError)),
    "response_failed": on(RESPONSES, unsure()) | on(("tasks",), unsure(ModerationError)),
    "response_incomplete": on(RESPONSES, unsure()) | on(("tasks",), unsure(ModerationError)),
    "call_failed": on((*RESPONSES, "tasks"), unsure(ModerationError)),
    "no_call": on(RESPONSES, unsure(RoutingError)) | on(("tasks",), unsure(ModerationError)),
    # a reply that does not arrive complete; a response is fetched by its id if that is known
    "html_200": on(PLAIN, unsure(RoutingError)),
    "not_json": on(PLAIN, unsure(RoutingError)),
    "truncated_json": on((*LINKED, "images stream"), unsure()),
    "reset_before": unsure(),
    "reset_after": unsure(),
    "reset_mid_body": on((*LINKED, "images stream"), unsure()),
    "stall": on((*LINKED, "images stream"), unsure()),
    "hang": unsure(),
    "slow_body": DRAWN,
    "line_ends": DRAWN,
    "stream_ends_early": on(("images stream",), unsure()),
    "stream_error_event": on(("images stream",), unsure()),
    "gzip_body": DRAWN,
    "endless_body": on(PLAIN, unsure()),
}
#: The same for a fault while a response is fetched: only a missing response ends it.
LATER: dict[str, Ends] = {
    **{
        name: unsure()
        for name in ("bad_key", "echo_key", "hard_limit", "moderation_input", "redirect_307")
    },
    **{name: unsure() for name in ("size", "long_error", "not_found_response")},
    **dict.fromkeys(
        ("rate", "quota", "overloaded", "server_error_before", "bad_gateway_html"), DRAWN
    ),
    **dict.fromkeys(
        ("html_200", "not_json", "truncated_json", "reset_before", "reset_mid_body"), DRAWN
    ),
    **dict.fromkeys(("hang", "stall", "gzip_body", "endless_body", "slow_body"), DRAWN),
}
#: Faults with which the provider does not say its own name for the request.
NAMELESS = ("redirect_307", "bad_gateway_html", "reset_before", "reset_after", "hang")
CASES = [(lane, fault) for fault in FAULTS for lane in LANES]


def expected(lane: str, fault: str) -> Ends:
    ends = ENDS[fault]
    return ends if isinstance(ends, Ends) else ends.get(lane, DRAWN)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Provider]:
    """An origin that must receive no request."""
    with Provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def table() -> Iterator[dict[tuple[str, str], str]]:
    """The results as a Markdown table, in the file that ASSETGEN_FAULT_TABLE names.

    ASSETGEN_MORE=1 runs every row of it.
    """
    rows: dict[tuple[str, str], str] = {}
    yield rows
    if path := os.environ.get("ASSETGEN_FAULT_TABLE"):
        head = "| route | fault | what happened | billed | on disk | open | exit |\n"
        head += "|---|---|---|---|---|---|---|\n"
        Path(path).write_text(
            head + "".join(f"{rows[key]}\n" for key in sorted(rows)), encoding="utf-8"
        )


class Case:
    """One fault on one route, from an empty project."""

    def __init__(
        self, place: Place, provider: Provider, lane: str, fault: str, elsewhere: Provider
    ) -> None:
        profile, route, more = LANES[lane]
        self.place, self.provider, self.fault = place, provider, fault
        self.shop = Shop(place, provider, route)
        if lane in GATEWAYS:
            self.shop.gateway(profile=profile)
        place.picture(size=(64, 48))
        self.shop.wants("a", more=more)
        text = place.read("assets.toml").decode().replace("1024x1024", "1024x640")
        if lane == "chat":  # it has no field for these
            text = text.replace('size = "1024x640"', "").replace('quality = "low"', "")
        place.manifest(text)
        ways: dict[str, dict[str, object]] = {
            "rate": {"retry_after": "0.02"},
            "hang": {"seconds": 0.5},
            "stall": {"seconds": 0.5},
            "slow_body": {"seconds": 0.02},
            "redirect_307": {"to": elsewhere.origin},
            "url_foreign": {"to": f"{elsewhere.url}/picture.png"},
        }
        self.how: Any = ways.get(fault, {})

    def run(self) -> Outcome:
        patience = 0.1 if self.fault in ("hang", "stall", "endless_body") else 5.0
        return self.shop.generate(patience=patience)

    @property
    def on_disk(self) -> int:
        """The number of images that the record says are kept."""
        if not self.place.has(".assetgen/records/a.json"):
            return 0
        return int(self.place.record("a")["response"]["images"])


def message(outcome: Outcome) -> str:
    error = outcome.failed[0].error
    return f"{error} | {error.where} | {error.cure}"


def half_made(place: Place) -> list[str]:
    """New files outside the cache that are not a complete image with its record."""
    known = {"assets.toml", "assets/photo.png", ".assetgen/.gitignore"}
    if place.has(".assetgen/records/a.json"):
        known |= {"public/a.png", ".assetgen/records/a.json"}
    found = {
        path.relative_to(place.root).as_posix() for path in place.root.rglob("*") if path.is_file()
    }
    return sorted(path for path in found - known if not path.startswith(".assetgen/cache/"))


def leaks(place: Place) -> list[str]:
    files = [path for path in place.root.rglob("*") if path.is_file()]
    return [str(path) for path in files if b"canary" in path.read_bytes()]


def check(case: Case, lane: str, ends: Ends, logs: pytest.LogCaptureFixture) -> str:
    """Run a case, check its result, and return its row of the table."""
    place, provider, shop = case.place, case.provider, case.shop
    with logs.at_level(logging.DEBUG):
        outcome = case.run()
        asked = [seen.request_id for seen in provider.requests]
        billed, on_disk, left = provider.billed, case.on_disk, shop.open_entries()
        said = message(outcome) if outcome.failed else ""
        assert billed <= on_disk + len(left), said
        assert [type(failure.error) for failure in outcome.failed] == (
            [ends.error] if ends.error else []
        ), said
        assert (outcome.exit_code, len(left)) == (ends.code, int(ends.is_open)), said
        assert half_made(place) == []
        if ends.error is None:
            with Image.open(io.BytesIO(place.read("public/a.png"))) as picture:
                picture.load()
                assert picture.format == "PNG"
            assert b"<script" not in place.read("public/a.png")
        else:
            assert provider.origin.partition("//")[2] in said and outcome.failed[0].error.cure
            assert case.fault in NAMELESS or any(
                name.removeprefix("req_") in said for name in asked
            ), said
            assert "\x1b" not in said and len(said) < 1000
        if left:
            again = case.run()
            assert provider.billed == billed, message(again) if again.failed else "drawn"
            assert billed <= case.on_disk + len(shop.open_entries())
            assert all(failure.error.cure for failure in again.failed)
            said += message(again) if again.failed else ""
    assert "canary" not in said + repr(outcome) + logs.text
    assert leaks(place) == []
    what = ends.error.__name__ if ends.error else "drawn"
    row = (lane, case.fault, what, billed, on_disk, len(left), outcome.exit_code)
    return f"| {' | '.join(map(str, row))} |"


def test_every_fault_has_its_row() -> None:
    assert sorted(ENDS) == sorted(FAULTS)


@pytest.mark.parametrize(
    ("lane", "fault"),
    few(CASES, lambda case: case[0] in MAIN),
    ids=[f"{lane}-{fault}".replace(" ", "-") for lane, fault in CASES],
)
def test_a_fault_ends_as_its_row_says_and_loses_or_rebuys_nothing(
    bare: Place,
    elsewhere: Provider,
    table: dict[tuple[str, str], str],
    caplog: pytest.LogCaptureFixture,
    lane: str,
    fault: str,
) -> None:
    with Provider(LANES[lane][0], polls=0) as provider:
        case = Case(bare, provider, lane, fault, elsewhere)
        provider.fault(fault, **case.how)
        table[lane, fault] = check(case, lane, expected(lane, fault), caplog)
    assert elsewhere.requests == []


LATE = [(lane, fault) for lane in ("responses background", "tasks") for fault in LATER]


@pytest.mark.parametrize(
    ("lane", "fault"),
    few(LATE, lambda case: case[1] in ("bad_key", "stall", "quota")),
    ids=[f"{lane}-{fault}".replace(" ", "-") for lane, fault in LATE],
)
def test_after_a_fault_a_response_can_still_be_fetched(
    bare: Place,
    elsewhere: Provider,
    table: dict[tuple[str, str], str],
    caplog: pytest.LogCaptureFixture,
    lane: str,
    fault: str,
) -> None:
    with Provider(LANES[lane][0], polls=0) as provider:
        case = Case(bare, provider, lane, fault, elsewhere)
        at = "/tasks/" if lane == "tasks" else "/responses/"
        provider.fault(fault, method="GET", path=at, **case.how)
        table[f"{lane} fetch", fault] = check(case, f"{lane} fetch", LATER[fault], caplog)
        assert provider.billed == 1
        # By the second run at the latest. A task that is not found stays open.
        is_lost = fault == "not_found_response" and lane != "tasks"
        assert case.on_disk == (0 if is_lost else 1)
    assert elsewhere.requests == []
