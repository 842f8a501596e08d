"""A real LiteLLM proxy on loopback, from the environment that ASSETGEN_GATEWAY names."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.litellm import MASTER, Lite, customer
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop

if not (ENVIRONMENT := os.environ.get("ASSETGEN_GATEWAY", "")):
    collect_ignore_glob = ["*.py"]

HERE = Path(__file__).resolve().parent


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def _proxy(config: str, folder: Path) -> Iterator[Lite]:
    """A proxy with one of the configurations in this folder."""
    port, nowhere = _free_port(), _free_port()
    url, log = f"http://127.0.0.1:{port}", folder / "log"
    with Provider(key="sk-canary-UPSTREAM") as upstream, open(log, "wb") as sink:
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "UPSTREAM_URL": upstream.url,
            "UPSTREAM_KEY": upstream.key,
            "NOWHERE_URL": f"http://127.0.0.1:{nowhere}/v1",
            "MASTER_KEY": MASTER,
            # the price list that it ships with, not today's
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        }
        program = str(Path(ENVIRONMENT).resolve() / "bin" / "litellm")
        command = [
            program,
            "--config",
            str(HERE / config),
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ]
        with subprocess.Popen(
            command, env=environ, cwd=folder, stdout=sink, stderr=sink
        ) as process:
            try:
                while not _answers(url):
                    assert process.poll() is None, log.read_text("utf-8", "replace")[-4000:]
                    time.sleep(0.1)
                yield Lite(f"{url}/v1", upstream)
            finally:
                process.terminate()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health/liveliness", timeout=5) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session")
def _lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lite]:
    with _proxy("config.yaml", tmp_path_factory.mktemp("lite")) as running:
        yield running


@pytest.fixture(scope="session")
def _keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lite]:
    with _proxy("keys.yaml", tmp_path_factory.mktemp("keyed")) as running:
        yield running


@pytest.fixture
def lite(_lite: Lite) -> Lite:
    """The proxy with one key for all, and no requests so far."""
    return _lite.reset()


@pytest.fixture
def keyed(_keyed: Lite) -> Lite:
    """The proxy with virtual keys, and no requests so far."""
    return _keyed.reset()


@pytest.fixture
def shop(bare: Place, lite: Lite) -> Shop:
    """A project whose assets go to the proxy as a gateway of the profile litellm."""
    return customer(bare, lite)
