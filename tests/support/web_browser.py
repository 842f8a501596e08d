"""A headless Chromium, spoken to over the DevTools protocol through a pipe: no port, no library."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin

_OPTIONS = (
    *(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--hide-scrollbars",
    ),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--remote-debugging-pipe",
)

# Waits until every picture of the page has loaded or failed, the lazy ones too.
_PICTURES = """
(async () => {
  const pictures = [...document.querySelectorAll("section[data-form] img")];
  for (const picture of pictures) {
    picture.loading = "eager";
    picture.scrollIntoView();
    await picture.decode().catch(() => null);
  }
  return pictures.map((picture) => ({
    form: picture.closest("section").dataset.form,
    id: picture.closest("section").dataset.id,
    alt: picture.getAttribute("alt"),
    width: Number(picture.getAttribute("width")),
    height: Number(picture.getAttribute("height")),
    natural: [picture.naturalWidth, picture.naturalHeight],
    shown: [picture.clientWidth, picture.clientHeight],
    current: picture.currentSrc,
    background: getComputedStyle(picture).backgroundImage,
  }));
})()
"""
# The background of each box of the style sheets, loaded again to prove that it is a picture.
_BOXES = """
(async () => {
  const boxes = [...document.querySelectorAll("div[data-form=css]")];
  return Promise.all(boxes.map(async (box) => {
    const background = getComputedStyle(box).backgroundImage;
    let current;
    while (!current) {
      await new Promise((done) => setTimeout(done, 50));
      const entries = performance.getEntriesByType("resource");
      const asked = entries.filter((entry) => entry.initiatorType === "css");
      const names = asked.map((entry) => entry.name);
      current = names.find((name) => background.includes(new URL(name).pathname));
    }
    const picture = new Image();
    picture.src = current;
    await picture.decode().catch(() => null);
    return {
      id: box.dataset.id, current, background,
      natural: [picture.naturalWidth, picture.naturalHeight],
      shown: [box.clientWidth, box.clientHeight],
    };
  }));
})()
"""
# Requests every URL of an attribute as a picture, as a page would that shows it.
_LINKED = """
(async () => {
  const found = new Set();
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (!/^(src|srcset|poster|href|content|imagesrcset)$/.test(name)) continue;
      const parts = name.endsWith("srcset") ? value.split(/,\\s+/) : [value];
      for (const part of parts) {
        const url = new URL(part.trim().split(/\\s+/)[0], document.baseURI);
        if (url.hostname === "example.org") url.host = location.host;
        if (url.protocol === "https:") url.protocol = "http:";
        if (/\\.(png|webp|avif|svg)$/.test(url.pathname)) found.add(url.href);
      }
    }
  }
  await Promise.all([...found].map((url) => {
    const picture = new Image();
    picture.src = url;
    return picture.decode().catch(() => null);
  }));
})()
"""


class Browser:
    """One fresh Chromium with one page ``width`` CSS pixels wide, at one device pixel each."""

    def __init__(self, width: int = 1280) -> None:
        self._width = width

    def __enter__(self) -> Self:
        self._folder = tempfile.mkdtemp(prefix="assetgen-chromium-")
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        program = shutil.which("chromium") or "chromium"
        # It reads from descriptor 3 and writes to 4.
        script = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out} 2>/dev/null'
        own = (f"--user-data-dir={self._folder}", f"--window-size={self._width},900")
        command = ["bash", "-c", script, "bash", program, *_OPTIONS, *own, "about:blank"]
        self._process = subprocess.Popen(
            command, pass_fds=(theirs_in, theirs_out), stdout=subprocess.DEVNULL
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._out = os.fdopen(ours_out, "wb", buffering=0)
        self._in = os.fdopen(ours_in, "rb", buffering=0)
        self._pending, self._number, self._session, self._heard = b"", 0, "", list[dict[str, Any]]()
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        self._ask("Page.enable")
        self._widen(self._width)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._out.close()
        self._in.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _widen(self, width: int) -> None:
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )

    def open(self, url: str) -> None:
        """Go to a page and wait until it has loaded."""
        self._load(
            urljoin(url, "/nothing")
        )  # the process of the site begins with a window of another width
        self._load(url)

    def open_without(self, pattern: str, url: str) -> None:
        """Open a page and wait for it; its files that match ``pattern`` never arrive."""
        self._load(urljoin(url, "/nothing"))
        self._ask("Fetch.enable", patterns=[{"urlPattern": pattern}])
        self._heard.clear()
        self._ask("Page.navigate", url=url)
        self._wait_for("Page.domContentEventFired")

    def refuse(self, names: Collection[str]) -> None:
        """Block the files of these names."""
        self._ask("Network.enable")
        self._ask("Network.setBlockedURLs", urls=[f"*/{name}" for name in names])

    def pictures(self) -> list[dict[str, Any]]:
        """Every img of a section, once it has loaded."""
        found: list[dict[str, Any]] = self.evaluate(_PICTURES)
        return found

    def boxes(self) -> list[dict[str, Any]]:
        """Every box that a style sheet gives a picture."""
        found: list[dict[str, Any]] = self.evaluate(_BOXES)
        return found

    def answers(self, url: str) -> list[tuple[str, bool]]:
        """Open a page: every URL that it requests or names, and whether a picture came."""
        self._ask("Network.enable")
        self.open(url)
        self.evaluate(_LINKED)
        said = [one["params"] for one in self._heard if one["method"] == "Network.responseReceived"]
        return [
            (
                one["response"]["url"],
                one["response"]["status"] < 400
                and one["response"]["mimeType"].startswith("image/"),
            )
            for one in said
        ]

    def app_manifest(self) -> dict[str, Any]:
        """The web manifest of the page: its URL, its mistakes, and what was understood."""
        return self._ask("Page.getAppManifest")

    def installability_errors(self) -> list[dict[str, Any]]:
        """Why the page could not be installed as an application."""
        found = self._ask("Page.getInstallabilityErrors")["installabilityErrors"]
        return list(found)

    def evaluate(self, script: str) -> Any:
        done = self._ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def screenshot(self, path: Path) -> None:
        """The whole page as a PNG file."""
        size = self._ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {
            "x": 0,
            "y": 0,
            "width": size["width"],
            "height": min(size["height"], 12000),
            "scale": 0.5,
        }
        taken = self._ask("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(taken["data"]))

    def show(self, page: Path, size: tuple[int, int]) -> None:
        """Open a file in a window of this size, and wait for its fonts."""
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=size[0],
            height=size[1],
            deviceScaleFactor=1,
            mobile=False,
        )
        self._load(page.as_uri())
        self.evaluate("document.fonts.ready.then(() => null)")

    def window(self) -> bytes:
        """What the window shows, as PNG."""
        taken = self._ask("Page.captureScreenshot", format="png")
        return base64.b64decode(taken["data"])

    # -- the protocol ------------------------------------------------------------------------------

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        asked: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            asked["sessionId"] = self._session
        self._out.write(json.dumps(asked).encode() + b"\0")
        while True:
            said = self._read()
            if said.get("id") == asked["id"]:
                assert "error" not in said, said
                answer: dict[str, Any] = said["result"]
                return answer
            self._heard.append(said)

    def _load(self, url: str) -> None:
        self._heard.clear()
        self._ask("Page.navigate", url=url)
        self._wait_for("Page.loadEventFired")

    def _wait_for(self, event: str) -> None:
        while not any(said.get("method") == event for said in self._heard):
            self._heard.append(self._read())

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._pending:
            piece = self._in.read(65536)
            assert piece, "Chromium has gone"
            self._pending += piece
        text, _, self._pending = self._pending.partition(b"\0")
        said: dict[str, Any] = json.loads(text)
        return said
