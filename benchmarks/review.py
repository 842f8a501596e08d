"""The server of `assetgen review` with 1,000 images: its start, its answers, and its memory."""

from __future__ import annotations

import http.client
import json
import signal
import statistics
import subprocess
import time
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import ASSETGEN

_ASSETS = 1_000


class _Page:
    """Asks the server as the page does: with the cookie and the key that the launch gives."""

    def __init__(self, port: int, address: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._headers: dict[str, str] = {}
        _, headers, _ = self.ask(address.partition(str(port))[2])
        self._headers = {
            "Cookie": headers["set-cookie"].partition(";")[0],
            "X-Assetgen-Review": headers["location"].partition("=")[2],
        }

    def ask(self, path: str) -> tuple[float, dict[str, str], bytes]:
        """How long an answer took in ms, its headers and its body."""
        begun = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        taken = 1000 * (time.perf_counter() - begun)
        assert answer.status < 400, (path, answer.status, body[:200])
        return taken, {name.lower(): value for name, value in answer.getheaders()}, body


def main() -> None:
    quick = measure.options(__doc__)
    with measure.scratch() as folder:
        environ = measure.environment(folder)
        project = measure.project(folder / "project", _ASSETS)
        measure.heading(f"A review of {_ASSETS:,} images at 1200x630")
        _serve(project, environ, 100 if quick else _ASSETS)


def _serve(project: Path, environ: dict[str, str], pictures: int) -> None:
    begun = time.perf_counter()
    server = subprocess.Popen(
        [ASSETGEN, "review", "--no-open", "--json"],
        cwd=project,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    try:
        said = json.loads(server.stdout.readline())
        measure.figure("from the start to the address", time.perf_counter() - begun, "s")
        page = _Page(said["port"], said["address"])
        taken, _, body = page.ask("/api/assets")
        measure.figure(f"the list of all images, {len(body) / 1e3:.0f} KB", taken, "ms")
        names = [one["picture"] for one in json.loads(body)["assets"]][:pictures]
        for words, goal in (("a thumbnail, made", None), ("a thumbnail, cached", 5)):
            times = [page.ask(f"/thumbnail?id={name}")[0] for name in names]
            measure.figure(words, statistics.median(times), "ms", goal)
        pictured = [page.ask(f"/picture?id={name}")[0] for name in names[:100]]
        measure.figure("a whole picture, 50 KB", statistics.median(pictured), "ms")
        measure.figure("peak memory of the server", _peak(server.pid) / 1e6, "MB", 120)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
        server.stdout.close()


def _peak(process: int) -> int:
    """The largest resident set so far, in bytes; 0 where the system does not say."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    rows = (line.split() for line in status.splitlines() if line.startswith("VmHWM"))
    return next((int(row[1]) * 1024 for row in rows), 0)


if __name__ == "__main__":
    main()
