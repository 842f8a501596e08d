"""The page in Chromium: by keys alone, with hostile texts, beside other origins, for everyone."""

from __future__ import annotations

import http.server
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import review_site
from tests.support.place import Place
from tests.support.review_page import ReviewPage, Server, screenshots

_AXE = Path(os.environ.get("ASSETGEN_REVIEW", ""), "node_modules/axe-core/axe.min.js")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_HERE = "!document.querySelector('.detail').hidden && document.querySelector('.shown.here')"
_GRID = "!document.querySelector('.overview').hidden"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("site")
    place = Place(folder / "project", folder / "home").start()
    review_site.site(place)
    return place


@pytest.fixture
def browser() -> Iterator[ReviewPage]:
    with ReviewPage() as running:
        running.listen()
        yield running


def _open(browser: ReviewPage, server: Server) -> None:
    browser.go(server.address)
    browser.until("document.querySelector('.thumb img.here')")
    browser.until("document.querySelector('.count').textContent")


def _axe(browser: ReviewPage, where: str) -> None:
    """Nothing that axe-core knows is wrong with what is shown."""
    browser.evaluate(_AXE.read_text("utf-8") + "; 1")
    options = {"runOnly": {"type": "tag", "values": _RULES}, "resultTypes": ["violations"]}
    found: Any = browser.evaluate(
        f"axe.run(document, {json.dumps(options)}).then((said) => said.violations.map("
        "(one) => [one.id, one.help, ...one.nodes.map((node) => node.html + node.failureSummary)]))"
    )
    assert found == [], f"{where}: {json.dumps(found, indent=1)}"


def _picture(browser: ReviewPage, name: str) -> None:
    if folder := screenshots():
        time.sleep(0.3)  # what fades in has faded in
        browser.shown(folder / f"{name}.png")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_is_accessible(
    site: Place, browser: ReviewPage, scheme: str, width: int
) -> None:
    browser.prefer(scheme)
    browser.resize(width, 844 if width == 390 else 800)
    with Server(site) as server:
        _open(browser, server)
        browser.until("document.querySelector('.badge')")
        name = f"{scheme}-{width}"
        _picture(browser, f"grid-{name}")
        _axe(browser, f"grid {name}")
        browser.press("ArrowRight", "Enter")
        browser.until(_HERE)
        for view in ("picture", "compare", "pages", "card"):
            browser.until("[...document.images].every((one) => one.complete)")
            _picture(browser, f"{view}-{name}")
            _axe(browser, f"{view} {name}")
            browser.press("v")
        wide = browser.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, "the page scrolls sideways"
        browser.press("?")
        _axe(browser, f"help {name}")
        _picture(browser, f"help-{name}")
        assert browser.said() == []


def test_everything_can_be_done_by_keys(site: Place, browser: ReviewPage) -> None:
    with Server(site) as server:
        _open(browser, server)
        browser.until("document.querySelector('.badge')")
        assert browser.evaluate("document.activeElement.id") == "grid"
        browser.press("End", "Home", "ArrowRight")
        assert _active(browser) == "launch/social"
        browser.press("/")
        browser.type("guide")
        browser.until("document.querySelector('.count').textContent.startsWith('2 of')")
        browser.press("Escape")
        browser.evaluate("document.querySelector('.filters .plain').focus()")
        browser.press("Enter")
        browser.until("document.querySelector('.count').textContent === '5 pictures'")
        browser.evaluate("document.getElementById('grid').focus()")
        browser.press("Home", "ArrowRight", "Enter")
        browser.until(_HERE)
        assert browser.evaluate("document.activeElement.className") == "look"
        browser.press("z")
        assert browser.evaluate("document.querySelector('.percent').textContent") == "100%"
        before = _transform(browser)
        browser.press("ArrowRight", shift=True)
        assert _transform(browser) != before
        browser.press("0", "v")
        browser.until("document.querySelectorAll('.shown.here').length === 2")
        browser.evaluate("document.querySelector('.slide').focus()")
        browser.press("ArrowRight")
        assert "inset" in browser.evaluate("document.querySelector('.slider .pane').style.clipPath")
        browser.press("c")
        browser.until("document.querySelector('.panes.flip')")
        assert _seen(browser) == ["Now"]
        browser.down("f")
        assert _seen(browser) == ["Before"]
        browser.up("f")
        assert _seen(browser) == ["Now"]
        browser.press("c")
        browser.until("document.querySelectorAll('.beside .shown.here').length === 2")
        browser.press("+")
        widths = browser.evaluate("[...document.querySelectorAll('.shown')].map((o) => o.width)")
        assert widths[0] == widths[1]
        browser.press("Escape")
        browser.until(_GRID)
        assert _active(browser) == "launch/social"
        assert browser.said() == []


def _active(browser: ReviewPage) -> Any:
    return browser.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))"
        ".querySelector('.name').textContent"
    )


def _transform(browser: ReviewPage) -> Any:
    return browser.evaluate("document.querySelector('.shown').style.transform")


def _seen(browser: ReviewPage) -> Any:
    return browser.evaluate(
        "[...document.querySelectorAll('.flip .pane:not(.behind)')]"
        ".map((one) => one.querySelector('figcaption').textContent)"
    )


def test_the_focus_can_always_be_seen(site: Place, browser: ReviewPage) -> None:
    with Server(site) as server:
        _open(browser, server)
        browser.until("document.querySelector('.badge')")
        browser.evaluate("document.activeElement.blur()")
        steps = _tabs(browser, 10)
        browser.evaluate("location.hash = '#/launch/social'")
        browser.until(_HERE)
        steps |= _tabs(browser, 14)
        assert len(steps) > 12 and all(steps.values()), steps


# What has the focus, and whether it, what it is in, or what it points to has an outline.
_FOCUSED = """(() => {
  const one = document.activeElement;
  const ring = (of) => {
    const { outlineStyle, outlineWidth } = of ? getComputedStyle(of) : {};
    return of && outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
  };
  const chosen = one.id === "grid" && one.querySelector("[aria-selected=true] .thumb");
  return [one.outerHTML.slice(0, 90), [one, one.closest(".choice"), chosen].some(ring)];
})()"""


def _tabs(browser: ReviewPage, count: int) -> dict[str, bool]:
    """Whether each element that Tab reaches shows that it has the focus."""
    found = {}
    for _ in range(count):
        browser.press("Tab")
        name, is_seen = browser.evaluate(_FOCUSED)
        if not name.startswith("<body"):  # between the last element and the first
            found[name] = is_seen
    return found


def test_a_hostile_project_does_nothing_in_the_page(place: Place, browser: ReviewPage) -> None:
    review_site.hostile(place)
    browser.start("addEventListener('DOMContentLoaded', () => { window.harmed = 0; });")
    with Server(place) as server:
        _open(browser, server)
        browser.until("document.querySelector('.filters .choice:not([hidden])')")
        for number in range(len(review_site.HARM)):
            for kind in ("h", "p"):
                browser.evaluate(f"location.hash = '#/{kind}{number}'")
                browser.until(
                    f"document.querySelector('.title').textContent === '{kind}{number}'"
                    " && !document.querySelector('.detail').hidden"
                )
                if kind == "h":
                    browser.press("v", "v")
        shown = browser.evaluate("document.querySelector('.facts').textContent")
        assert review_site.HARM[-1] in shown
        _is_harmless(browser, server.base)
        out = place.root / "review.html"
        place.ok("review", "--html", str(out))
        browser.go(out.as_uri())
        browser.until("document.querySelector('.thumb img.here')")
        for number in range(len(review_site.HARM)):
            browser.evaluate(f"location.hash = '#/p{number}'")
            browser.until(f"document.querySelector('.title').textContent === 'p{number}'")
        _is_harmless(browser, out.as_uri())


def _is_harmless(browser: ReviewPage, base: str) -> None:
    assert browser.evaluate("window.harmed") == 0
    assert browser.evaluate("document.querySelectorAll('iframe, object, embed').length") == 0
    inner = browser.evaluate("document.querySelectorAll('#app script, #app svg svg').length")
    assert inner == 0
    foreign = [
        url for url in browser.requested() if not url.startswith((base, "blob:", "data:", "about:"))
    ]
    assert foreign == []
    assert browser.said() == []


class _Foreign(http.server.BaseHTTPRequestHandler):
    """Another site on this machine, whose page tries everything against a review."""

    target = ""
    picture = ""

    def do_GET(self) -> None:
        text = _ATTACK.replace("TARGET", self.target).replace("PICTURE", self.picture)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


_ATTACK = """<!doctype html><body><script>
const target = "TARGET", got = [];
const load = (name, address, how) => new Promise((done) => {
  const one = document.createElement(name);
  one.onload = () => { got.push(`${name} loaded ${address}`); done(); };
  one.onerror = done;
  Object.assign(one, how);
  one[name === "link" ? "href" : "src"] = target + address;
  document.body.append(one);
  setTimeout(done, 1500);
});
const read = (address, how) => fetch(target + address, { credentials: "include", ...how })
  .then((said) => { got.push(`${address} ${said.type} ${said.status}`); }, () => {});
const form = () => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.name = "into";
  document.body.append(frame);
  const one = document.createElement("form");
  const action = `${target}/api/act`;
  Object.assign(one, { method: "post", action, target: "into", enctype: "text/plain" });
  document.body.append(one);
  one.submit();
  setTimeout(done, 500);
});
(async () => {
  await load("img", "/picture?id=PICTURE", {});
  await load("img", "/thumbnail?id=PICTURE", {});
  await load("script", "/api/assets", {});
  await load("script", "/main.js", { type: "module" });
  await load("script", "/source.js", {});
  await load("link", "/review.css", { rel: "stylesheet" });
  for (const address of ["/", "/api/assets", "/api/asset?id=launch/cover", "/picture?id=PICTURE"]) {
    await read(address, {});
    await read(address, { headers: { "x-assetgen-review": "guess" } });
  }
  const headers = { "content-type": "application/json" };
  await read("/api/act", { method: "POST", body: "{}", headers });
  await form();
  window.got = got;
})();
</script></body>"""


def test_another_origin_can_neither_read_nor_act(site: Place, browser: ReviewPage) -> None:
    with Server(site) as server:
        _open(browser, server)
        _Foreign.picture = browser.evaluate(
            "fetch('/api/assets', { headers: {"
            " 'x-assetgen-review': sessionStorage.getItem('key') } })"
            ".then((said) => said.json()).then((said) => said.assets[0].picture)"
        )
        _Foreign.target = server.base
        other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Foreign)
        threading.Thread(target=other.serve_forever, daemon=True).start()
        try:
            # The same site for cookies, another for everything else; and another site.
            for host in ("127.0.0.1", "localhost"):
                browser.go(f"http://{host}:{other.server_address[1]}/")
                assert browser.until("window.got && JSON.stringify(window.got)") == "[]", host
        finally:
            other.shutdown()
            other.server_close()
        browser.go(server.base)
        browser.until("document.querySelector('.thumb img.here')")


def test_the_file_shows_the_same_without_a_server(site: Place, browser: ReviewPage) -> None:
    out = site.root.parent / "review.html"
    said = site.ok("review", "--html", str(out), "--since", "HEAD", "--json").data
    assert said["large"] == 4 and said["bytes"] == out.stat().st_size
    browser.go(out.as_uri())
    browser.until("document.querySelectorAll('.thumb img.here').length === 4")
    browser.until("document.querySelector('.badge')")
    _picture(browser, "file")
    _axe(browser, "the file")
    browser.evaluate("location.hash = '#/launch/social'")
    browser.until(_HERE)
    browser.press("v")
    browser.until("document.querySelectorAll('.shown.here').length === 2")
    assert {url.partition(":")[0] for url in browser.requested()} <= {"file", "data"}
    assert browser.said() == []


def test_a_changed_file_is_shown_by_itself(site: Place, browser: ReviewPage) -> None:
    with Server(site) as server:
        _open(browser, server)
        browser.until("document.querySelector('.state.fresh')")
        path = "public/img/launch-cover.png"
        data = site.read(path)
        try:
            site.write(path, site.read("public/img/launch-social.png"))
            browser.until("document.querySelector('.state.edited')")
        finally:
            site.write(path, data)
        browser.until("!document.querySelector('.state.edited')")


def test_a_thousand_images(tmp_path: Path, browser: ReviewPage) -> None:
    place = Place(tmp_path / "project", tmp_path / "home").start()
    review_site.many(place, 1000)
    with Server(place) as server:
        begun = time.perf_counter()
        browser.go(server.address)
        browser.until("document.querySelectorAll('.thumb img.here').length >= 10")
        opened = time.perf_counter() - begun
        frames = browser.evaluate(_SCROLL)
        rss = _memory(server.process.pid)
        cards = browser.evaluate("document.querySelectorAll('.card').length")
    print(
        f"\n1,000 images: open {opened * 1000:.0f} ms; scrolling {len(frames)} frames, longest "
        f"{max(frames):.0f} ms, median {sorted(frames)[len(frames) // 2]:.0f} ms; "
        f"server {rss / 1e6:.0f} MB; {cards} cards exist"
    )
    assert cards < 100


_SCROLL = """new Promise((done) => {
  const grid = document.getElementById("grid"), times = [];
  let last = performance.now();
  const step = (now) => {
    times.push(now - last);
    last = now;
    grid.scrollTop += 120;
    if (times.length < 120) requestAnimationFrame(step);
    else done(times);
  };
  requestAnimationFrame(step);
})"""


def _memory(process: int) -> int:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return 0
