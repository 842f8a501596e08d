"""The page of a review in a real Chromium, used as a person does: by keys and by pointer."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

from tests.support.place import Place
from tests.support.web_browser import Browser

_SHIFT = 8
_CODES = {
    "Enter": (13, "\r"),
    "Escape": (27, ""),
    "Tab": (9, ""),
    " ": (32, " "),
    "ArrowLeft": (37, ""),
    "ArrowUp": (38, ""),
    "ArrowRight": (39, ""),
    "ArrowDown": (40, ""),
    "Home": (36, ""),
    "End": (35, ""),
    "PageDown": (34, ""),
}


class Server:
    """``assetgen review`` of a project, in a process of its own, until the end of a block."""

    def __init__(self, place: Place, *options: str, **environ: str) -> None:
        command = [sys.executable, "-P", "-m", "assetgen", "review", "--no-open", "--json"]
        self.process = subprocess.Popen(
            [*command, *options],
            cwd=place.root,
            env={**place.environ, **environ},
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.process.wait()
        said = json.loads(line)
        self.address: str = said["address"]
        self.port: int = said["port"]
        self.base = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> int:
        """Interrupt it as Ctrl-C does; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(2)
        code = self.process.wait(20)
        if self.process.stdout:
            self.process.stdout.close()
        return code


class ReviewPage(Browser):
    """A browser for one review: keys, sizes, colours and pictures of the screen."""

    def resize(self, width: int, height: int = 800, scale: float = 1) -> None:
        """Give the window another size in CSS pixels."""
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=False,
        )

    def prefer(self, scheme: str) -> None:
        """Let the system prefer "light" or "dark" colours."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._ask("Emulation.setEmulatedMedia", features=features)

    def go(self, url: str) -> None:
        """Open an address and wait until its page has loaded."""
        self._load(url)

    def start(self, script: str) -> None:
        """Run a script in every page before its own."""
        self._ask("Page.addScriptToEvaluateOnNewDocument", source=script)

    def press(self, *keys: str, shift: bool = False) -> None:
        """Press and release each key."""
        for key in keys:
            self.down(key, shift=shift)
            self.up(key, shift=shift)

    def down(self, key: str, *, shift: bool = False) -> None:
        """Press a key and hold it."""
        code, text = _CODES.get(key, (ord(key[0].upper()), key))
        kind = "keyDown" if text else "rawKeyDown"
        self._key(kind, key, code, text=text, shift=shift)

    def up(self, key: str, *, shift: bool = False) -> None:
        """Release a key."""
        code, _ = _CODES.get(key, (ord(key[0].upper()), key))
        self._key("keyUp", key, code, text="", shift=shift)

    def _key(self, kind: str, key: str, code: int, *, text: str, shift: bool) -> None:
        given = {"text": text} if text and kind == "keyDown" else {}
        self._ask(
            "Input.dispatchKeyEvent",
            type=kind,
            key=key,
            windowsVirtualKeyCode=code,
            modifiers=_SHIFT if shift else 0,
            **given,
        )

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self._ask("Input.insertText", text=text)

    def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """Press the pointer at one point of the window, move it to another, and release it."""
        self._pointer("mousePressed", begin)
        middle = ((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2)
        for place in (middle, end):
            self._pointer("mouseMoved", place)
        self._pointer("mouseReleased", end)

    def _pointer(self, kind: str, place: tuple[float, float]) -> None:
        x, y = place
        self._ask(
            "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1
        )

    def until(self, script: str, seconds: float = 15) -> Any:
        """Wait until a script gives something true; what it gave."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := self.evaluate(f"[{script}].map((one) => one instanceof Node || one)[0]"):
                return found
            time.sleep(0.02)
        words = self.evaluate("document.body.innerText.slice(0, 2000)")
        raise AssertionError(f"never true: {script}\n{words}")

    def shown(self, path: Path) -> None:
        """A picture of what is in the window."""
        taken = self._ask("Page.captureScreenshot")
        path.write_bytes(base64.b64decode(taken["data"]))

    def said(self) -> list[str]:
        """What went wrong in the page since it was loaded: errors, and what the policy refused."""
        self.evaluate("1")
        found = []
        for one in self._heard:
            params = one.get("params", {})
            if one["method"] == "Runtime.exceptionThrown":
                found.append(str(params["exceptionDetails"])[:400])
            elif one["method"] == "Log.entryAdded" and params["entry"]["level"] == "error":
                found.append(params["entry"]["text"])
        return found

    def listen(self) -> None:
        """Hear errors of the page from now on, and each request that it sends."""
        for domain in ("Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable")

    def requested(self) -> list[str]:
        """The addresses that were requested since the page was loaded."""
        self.evaluate("1")
        sent = (one for one in self._heard if one["method"] == "Network.requestWillBeSent")
        return [one["params"]["request"]["url"] for one in sent]


def screenshots() -> Path | None:
    """Where ASSETGEN_SCREENSHOTS asks for pictures of the screen."""
    found = os.environ.get("ASSETGEN_SCREENSHOTS")
    if found:
        Path(found).mkdir(parents=True, exist_ok=True)
    return Path(found) if found else None
