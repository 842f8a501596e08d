"""A person's whole way in Chromium: candidates are bought, one is picked and approved by keys."""

from __future__ import annotations

import time
from pathlib import Path

from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.review_page import ReviewPage, Server, screenshots
from tests.support.shop import Shop

_PANES = "document.querySelectorAll('.shown.here').length === 4"


def test_from_candidates_to_a_clean_release(place: Place) -> None:
    with Provider(polls=0) as provider:
        shop = Shop(place, provider)
        shop.wants("a", more="candidates = 4")
        place.git("add", "-A")
        place.git("commit", "-q", "-m", "wants")
        shop.run("generate")
    assert provider.billed == 4
    assert place.run("check", "--release").code == 1
    with Server(place) as server, ReviewPage() as browser:
        browser.listen()
        browser.go(server.address)
        browser.until("document.querySelector('.state.undecided')")
        browser.press("Enter")
        browser.until(_PANES)
        _shown(browser, "way-candidates")
        wanted = browser.evaluate(
            "document.querySelectorAll('.option .command code')[2].textContent"
        )
        assert wanted == "assetgen pick a 3"
        browser.press("3")
        browser.until(
            "document.querySelector('.pane.picked figcaption')?.textContent === '3 · picked'"
        )
        browser.until("document.querySelector('[data-action=approve]')")
        browser.press("a")
        browser.until("document.querySelector('.facts .approved')")
        _shown(browser, "way-approved")
        assert place.ok("check", "--release")
        log = place.git("log", "-3", "--format=%s").splitlines()
        assert log[:2] == ["assetgen: approve a", "assetgen: a"]
        data = bytearray(place.read("public/a.png"))
        data[-20] ^= 1
        place.write("public/a.png", bytes(data))
        browser.until("document.querySelector('.facts .state.edited')")
        assert browser.until("!document.querySelector('.facts .approved')")
        assert browser.evaluate("document.querySelector('[data-action=approve]')") is None
        assert place.run("check", "--release").code == 1
        assert browser.said() == []


def test_candidates_can_be_judged_without_their_origin(place: Place) -> None:
    with Provider(polls=0) as provider:
        shop = Shop(place, provider)
        shop.wants("a", more="candidates = 4")
        shop.run("generate")
    with Server(place) as server, ReviewPage() as browser:
        browser.go(server.address)
        browser.until("document.querySelector('.card')")
        browser.press("Enter")
        browser.until(_PANES)
        browser.evaluate("document.querySelector('.extra input').click()")
        browser.until(_PANES)
        assert browser.evaluate("document.querySelectorAll('.option').length") == 0
        assert "gpt-image" not in browser.evaluate("document.querySelector('.look').outerHTML")


def _shown(browser: ReviewPage, name: str) -> Path | None:
    folder = screenshots()
    if folder:
        time.sleep(0.3)
        browser.shown(folder / f"{name}.png")
    return folder
