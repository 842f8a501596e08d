"""Each profile: an image is generated, edited, refused, streamed, and resumed after a crash.

The table is that of docs/gateways.md. The services refuse what the real ones do, and each request
is compared with what its service publishes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from assetgen.settings.gateway_profiles import PROFILES
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.published import outside
from tests.support.rows import few
from tests.support.shop import Shop, posts

ASSET = """
[gateway.g]
[[asset]]
id = "a"
kind = "cover"
path = "public/a.png"
alt = ""
route = "gateway:g"
model = "{model}"
prompt = "A plane"
{more}
"""
EDIT = 'inputs = ["in/a.png"]'
STREAM = "options = { partial_images = 2 }"
BOUGHT, RESUMED, UNKNOWN = "bought", "fetched by its id", "reported, never bought again"
SIZE = 'size = "1000x999"'


@dataclass(frozen=True)
class Row:
    """What happens at the service of one profile."""

    model: str = "gpt-image-2"
    edit: str = BOUGHT
    asks: str = 'quality = "ultra"'
    refused: str = "quality"
    """A word of the refusal of what it ``asks``."""
    stream: str = "2 previews"
    crash: str = UNKNOWN


NONE = "refused"
ROWS = {
    "openai": Row(),
    "azure": Row(),
    "new-api": Row(),
    "litellm": Row(stream=NONE),
    "openrouter": Row("openai/gpt-image-2"),
    "localai": Row(edit=NONE, stream=NONE),
    "chat": Row(asks=SIZE, refused="size", stream=NONE),
    "tasks": Row(stream=NONE, crash=RESUMED),
    "sub2api": Row(stream=NONE, crash=RESUMED),
    "gemini": Row(edit=NONE, stream=NONE),
    "vercel": Row(edit=NONE, stream=NONE),
    "vercel, in a chat": Row(
        "google/gemini-3.1-flash-image", asks=SIZE, refused="size", stream=NONE
    ),
    "laozhang": Row(stream=NONE),
    "laozhang, in a chat": Row("sora_image", asks=SIZE, refused="size", stream=NONE),
}
_MAIN = {"generate": ("openrouter", "sub2api"), "stream": ("openrouter",)}


def _rows(column: str) -> list[object]:
    return [*few(ROWS, lambda name: name in _MAIN.get(column, ()))]


def _shop(place: Place, provider: Provider, name: str, more: str = "") -> Shop:
    shop = Shop(place, provider)
    shop.gateway(profile=provider.profile)
    place.picture("in/a.png", (64, 48))
    place.manifest(ASSET.format(model=ROWS[name].model, more=more))
    return shop


def _provider(name: str, polls: int = 1) -> Provider:
    return Provider(name.partition(",")[0], polls=polls)


def test_the_table_has_every_profile_and_is_that_of_the_documentation() -> None:
    assert {name.partition(",")[0] for name in ROWS} == {one.name for one in PROFILES.values()}
    text = (Path(__file__).parents[2] / "docs/gateways.md").read_text("utf-8")
    for name, row in ROWS.items():
        shown, _, where = name.partition(",")
        cells = [f"`{shown}`{',' if where else ''}{where}", BOUGHT, row.edit]
        cells += [f"`{row.refused}`", row.stream, row.crash]
        assert f"| {' | '.join(cells)} |" in text


@pytest.mark.parametrize("name", _rows("generate"))
def test_an_image_is_generated(bare: Place, name: str) -> None:
    with _provider(name) as provider:
        shop = _shop(bare, provider, name)
        shop.buys()
        [seen] = posts(provider)
        assert (provider.billed, shop.open_entries()) == (1, [])
        assert outside(seen, provider.profile) == []
        assert shop.generate().made == [] and len(posts(provider)) == 1


@pytest.mark.parametrize("name", _rows("edit"))
def test_an_image_is_edited_or_that_is_refused(bare: Place, name: str) -> None:
    with _provider(name) as provider:
        shop = _shop(bare, provider, name, EDIT)
        if ROWS[name].edit == NONE:
            assert shop.fails().exit_code == 4 and posts(provider) == []
            return
        shop.buys()
        [seen] = posts(provider)
        assert provider.billed == 1 and outside(seen, provider.profile) == []


@pytest.mark.parametrize("name", _rows("refuse"))
def test_what_it_does_not_take_is_refused_before_and_moderation_is_not_billed(
    bare: Place, name: str
) -> None:
    row = ROWS[name]
    with _provider(name) as provider:
        error = _shop(bare, provider, name, row.asks).fails()
        assert (error.exit_code, posts(provider)) == (4, [])
        assert row.refused in error.what and error.cure
        shop = _shop(bare, provider, name)
        provider.fault("moderation_input")
        assert shop.fails().exit_code == 6
        assert (provider.billed, shop.open_entries()) == (0, [])


@pytest.mark.parametrize("name", _rows("stream"))
def test_previews_are_shown_or_refused(bare: Place, name: str) -> None:
    with _provider(name) as provider:
        shop = _shop(bare, provider, name, STREAM)
        if ROWS[name].stream == NONE:
            assert shop.fails().exit_code == 4 and posts(provider) == []
            return
        found = shop.buys()
        [seen] = posts(provider)
        assert outside(seen, provider.profile) == []
    assert found["response"]["partialImages"] == {"requested": 2, "received": 2}
    assert provider.billed == 1
    if provider.profile == "openrouter":
        assert found["cost"]["provider"]["micros"] == 41_000


def _killed(shop: Shop, number: int) -> None:
    """Run generate, which is killed while its request ``number`` is worked on."""
    config = shop.place.root.parent / "config.toml"
    config.write_text(shop.user_config)
    run = subprocess.Popen(
        [sys.executable, "-P", "-m", "assetgen", "generate", "--no-commit"],
        cwd=shop.place.root,
        env={**shop.environ, "ASSETGEN_CONFIG": str(config)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seen = 0

    def kill() -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(run.pid, signal.SIGKILL)
            run.wait()

    shop.provider.meanwhile = kill
    assert run.wait() == -signal.SIGKILL
    shop.provider.meanwhile = lambda: None
    end = time.monotonic() + 10
    while shop.provider.billed == 0 and time.monotonic() < end:  # its work goes on meanwhile
        time.sleep(0.01)
    assert shop.provider.billed == 1, shop.provider.requests


@pytest.mark.more
@pytest.mark.parametrize("name", ROWS)
def test_a_crash_loses_nothing_and_buys_nothing_again(bare: Place, name: str) -> None:
    row, described = ROWS[name], PROFILES[name.partition(",")[0]].describes is not None
    with _provider(name) as provider:
        shop = _shop(bare, provider, name)
        _killed(shop, 1 + described + (row.crash == RESUMED))
        assert len(posts(provider)) == 1
        if row.crash == RESUMED:
            [entry] = shop.open_entries()
            assert entry.response_id in provider.tasks
            assert [made.decision.asset.id for made in shop.generate(resume=True).made] == ["a"]
            assert shop.open_entries() == []
        else:
            assert shop.fails().exit_code == 12
        assert (provider.billed, len(posts(provider))) == (1, 1)
