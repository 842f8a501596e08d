"""A person's whole way in Chromium: candidates are bought, one is picked and approved by keys."""

from __future__ import annotations

import io
import time
from pathlib import Path

from PIL import Image

from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.review_page import ReviewPage, Server, screenshots
from tests.support.shop import Shop

_PANES = "document.querySelectorAll('.shown.here').length === 4"


def test_from_candidates_to_a_clean_release(place: Place) -> None:
    with Provider(polls=0) as provider:
        provider.repaints = _warmer
        shop = Shop(place, provider)
        shop.wants("a", more="candidates = 4")
        place.git("add", "-A")
        place.git("commit", "-q", "-m", "wants")
        shop.run("generate")
        assert provider.billed == 4
        assert place.run("check", "--release").code == 1
        paid = {name: shop.environ[name] for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL")}
        with Server(place, **paid) as server, ReviewPage() as browser:
            browser.listen()
            browser.go(server.address)
            browser.until("document.querySelector('.state.undecided')")
            browser.press("Enter")
            browser.until(_PANES)
            _shown(browser, "way-candidates")
            _picks(browser)
            _refines(browser)
            assert provider.billed == 5
            _approves(browser, place)
            _voids(browser, place)
            # A picture may change between the list and the request for it.
            assert [one for one in browser.said() if "404" not in one] == []


def _warmer(data: bytes) -> bytes:
    """The picture as a model returns it that repaints all of it, a little warmer."""
    with Image.open(io.BytesIO(data)) as image:
        made = Image.blend(image.convert("RGB"), Image.new("RGB", image.size, "#ffb060"), 0.03)
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


def _picks(browser: ReviewPage) -> None:
    lines = "document.querySelectorAll('.option .command code')"
    assert browser.evaluate(f"{lines}[2].textContent") == "assetgen pick a 3"
    browser.press("3")
    browser.until("document.querySelector('.pane.picked figcaption')?.textContent === '3 · picked'")
    browser.until("document.querySelector('[data-action=approve]')")


def _refines(browser: ReviewPage) -> None:
    browser.press("r")
    browser.until("document.activeElement.id === 'say' && document.querySelector('.shown.here')")
    browser.type("it's dusk")
    left, top, size = browser.evaluate(
        "(() => { const one = document.querySelector('.shown').getBoundingClientRect();"
        "return [one.left, one.top, one.width]; })()"
    )
    browser.drag((left + size / 4, top + size / 4), (left + size / 2, top + size / 2))
    line = browser.until("document.querySelector('.refine code').textContent")
    begin, _, box = line.partition(" --box ")
    assert begin == "assetgen refine a 'it'\"'\"'s dusk'"
    assert all(abs(int(found) - 256) < 8 for found in box.split(",")), box
    _shown(browser, "way-refine")
    browser.evaluate("document.querySelector('.refine .primary').focus()")
    browser.press("Enter")
    browser.until("document.querySelector('.price').textContent.includes('gateway:127.0.0.1')")
    _shown(browser, "way-price")
    assert browser.evaluate("document.activeElement.textContent") == "Buy"
    browser.press("Enter")
    browser.until("!document.querySelector('.refine') && document.querySelector('.steps li')")
    assert browser.evaluate("document.querySelector('.steps').textContent") == "it's dusk"


def _approves(browser: ReviewPage, place: Place) -> None:
    browser.until("document.querySelector('[data-action=approve]')")
    browser.press("a")
    browser.until("document.querySelector('.facts .approved')")
    _shown(browser, "way-approved")
    assert place.ok("check", "--release")
    log = place.git("log", "-3", "--format=%s").splitlines()
    assert log == ["assetgen: approve a", "assetgen: a", "assetgen: a"]


def _voids(browser: ReviewPage, place: Place) -> None:
    """A byte that changes voids the approval."""
    data = bytearray(place.read("public/a.png"))
    data[-20] ^= 1
    place.write("public/a.png", bytes(data))
    browser.until("document.querySelector('.facts .state.edited')")
    browser.until("!document.querySelector('.facts .approved')")
    assert browser.evaluate("document.querySelector('[data-action=approve]')") is None
    assert place.run("check", "--release").code == 1


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
