"""Finds the Codex CLI, checks it, and runs it once for one image. Its tokens are never read."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assetgen.codex import configuration, rollout
from assetgen.codex.rollout import THREAD, Rollout
from assetgen.cure import advice, command
from assetgen.errors import AccountError, RoutingError, StorageError
from assetgen.fs import platform
from assetgen.gitenv import NOT_FROM_HERE

#: Versions that the tests run with. Others give a warning, and work if they pass the same checks.
TESTED = ("0.169", "0.171")
#: The timeout for one image, in seconds.
PATIENCE = 600.0
#: The timeout for a question about the CLI itself, in seconds.
_QUICK = 30.0
#: The environment variables that Codex gets; none contains an API key.
_PASSED = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LANGUAGE",
    "TERM",
    "TMPDIR",
    "TMP",
    "TEMP",
    "CODEX_HOME",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CODEX_CA_CERTIFICATE",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "https_proxy",
    "http_proxy",
    "all_proxy",
    "no_proxy",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "SystemRoot",
    "SYSTEMROOT",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "COMSPEC",
    "PATHEXT",
)
_LOGIN = advice("run: {login}, and choose to sign in with ChatGPT", login=command("codex login"))


@dataclass(frozen=True)
class Cli:
    """One Codex CLI that passed the checks: it draws on the ChatGPT plan."""

    path: Path
    version: str
    home: Path
    environ: Mapping[str, str] = field(repr=False)

    @property
    def is_tested(self) -> bool:
        return self.version.rpartition(".")[0] in TESTED

    @property
    def name(self) -> str:
        """The name and version of the client, for records."""
        return f"codex-cli {self.version}"


@dataclass(frozen=True)
class Run:
    """How one run of the CLI ended; what the agent said is not included."""

    thread_id: str | None
    exit_code: int | None
    """None if assetgen ended the run: a timeout, or a second image."""
    timed_out: bool = False
    error: str | None = None


_INSTALL = advice(
    "{install}, then: {login}",
    install=command("npm install -g @openai/codex"),
    login=command("codex login"),
)


def find(environ: Mapping[str, str], root: Path) -> Path:
    """The Codex CLI on PATH, never one inside the project.

    Raises RoutingError if there is none.
    """
    in_project: Path | None = None
    for folder in environ.get("PATH", "").split(os.pathsep):
        for name in platform.program_names("codex"):
            found = shutil.which(os.path.join(folder, name)) if os.path.isabs(folder) else None
            if found and not _is_inside(Path(found), root):
                return Path(found)
            in_project = in_project or (Path(found) if found else None)
    if in_project:
        what = f"{in_project} is inside the project, so it is not trusted; nothing was sent"
        raise RoutingError(what, cure=_INSTALL)
    what = "the Codex CLI is not installed: no codex on PATH; nothing was sent"
    raise RoutingError(what, cure=_INSTALL)


def _is_inside(path: Path, root: Path) -> bool:
    """Whether ``path``, or the target of its link, is inside the project."""
    real = root.resolve()
    return (
        path.is_relative_to(root)
        or path.parent.resolve().is_relative_to(real)
        or path.resolve().is_relative_to(real)
    )


def home(environ: Mapping[str, str]) -> Path:
    """The folder in which Codex keeps its threads and images."""
    if stated := environ.get("CODEX_HOME"):
        return Path(stated)
    return Path(environ.get("HOME") or environ.get("USERPROFILE") or "~") / ".codex"


def preflight(environ: Mapping[str, str], root: Path) -> Cli:
    """Find the CLI and check that it draws on the ChatGPT plan.

    Raises RoutingError or AccountError.
    """
    path = find(environ, root)
    passed = {
        name: value for name, value in environ.items() if name in _PASSED or name.startswith("LC_")
    }
    passed[NOT_FROM_HERE] = "1"
    if not home(environ).is_absolute():
        what = f"CODEX_HOME is not an absolute path: {environ.get('CODEX_HOME', '')}"
        raise RoutingError(what, cure=advice("set CODEX_HOME to an absolute path, or unset it"))
    version = _version(_quick(path, passed, "--version").stdout)
    cli = Cli(path=path, version=version, home=home(environ), environ=passed)
    configuration.refuse_others(path, passed)
    features = _quick(path, passed, "features list")
    if not re.search(r"^image_generation\s.*\btrue\s*$", features.stdout, re.M):
        what = f"the image tool of {cli.name} is off (feature image_generation)"
        raise RoutingError(
            what,
            cure=advice(
                "update it, or run: {features}",
                features=command("codex features enable image_generation"),
            ),
        )
    _refuse_other_logins(_quick(path, passed, "login status"))
    return cli


def _version(said: str) -> str:
    found = re.search(r"\b(\d+\.\d+\.\d+[\w.-]*)", said)
    if not found:
        raise RoutingError("codex prints no version", cure=command("npm install -g @openai/codex"))
    return found[1][:40]


def _quick(
    path: Path, environ: Mapping[str, str], arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run the CLI with ``arguments``, separated by spaces. Raises RoutingError."""
    try:
        return subprocess.run(
            [str(path), *arguments.split()],
            env=dict(environ),
            cwd=tempfile.gettempdir(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_QUICK,
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        what = f"codex {arguments} does not work: {type(exc).__name__}"
        raise RoutingError(
            what,
            cure=advice(
                "try it yourself: {codex}",
                codex=command("codex {arguments}", arguments=arguments.split()),
            ),
        ) from None


def _refuse_other_logins(status: subprocess.CompletedProcess[str]) -> None:
    """Raise AccountError unless Codex is logged in with ChatGPT.

    What it prints can contain a part of a key, so it is not shown.
    """
    said = (status.stderr + status.stdout).lower()
    if status.returncode != 0 or "not logged in" in said:
        raise AccountError("Codex is not logged in; nothing was sent", cure=_LOGIN)
    if "chatgpt" not in said:
        raise AccountError(
            "Codex is logged in with an API key: its images would not be on the ChatGPT plan",
            cure=advice(
                "{login}; or use the API with its own bill: route = 'images'", login=_LOGIN
            ),
        )


# -- one run ---------------------------------------------------------------------------------------


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder for a run, so that no repository can instruct the agent."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="assetgen-codex-")
    except OSError as exc:
        what = f"no temporary folder can be made: {exc.strerror}; nothing was sent"
        raise StorageError(
            what, cure=advice("set TMPDIR to a folder that can be written")
        ) from None
    with folder:
        yield Path(folder.name)


class NotStarted(Exception):
    """The CLI did not start, so nothing was sent."""


def ask(
    cli: Cli,
    prompt: str,
    references: Sequence[Path],
    folder: Path,
    begun: Callable[[str], None] = lambda _thread_id: None,
    patience: float = PATIENCE,
) -> Run:
    """Run the CLI once with ``prompt`` in ``folder``; call ``begun`` with the id of its thread.

    The run is ended if it takes longer than ``patience`` seconds, or draws a second image. Raises
    NotStarted.
    """
    images = [f"--image={path}" for path in references]
    command = [str(cli.path), "exec", "--json", "--skip-git-repo-check", "-s", "read-only"]
    command += ["-C", str(folder), *images, "--", "-"]
    with _started(command, cli, folder) as process:
        heard = _Ear(begun)
        listener = threading.Thread(target=heard.listen, args=(process.stdout,), daemon=True)
        listener.start()
        try:
            assert process.stdin is not None
            process.stdin.write(prompt.encode())
            process.stdin.close()
        except OSError:
            pass  # it ended before it read the prompt: its events say why
        timed_out = _watched(process, cli, heard, until=time.monotonic() + patience)
        listener.join(5)
    return Run(
        thread_id=heard.thread_id,
        exit_code=None if heard.ended_by_us else process.returncode,
        timed_out=timed_out,
        error=heard.error,
    )


def _started(command: Sequence[str], cli: Cli, folder: Path) -> subprocess.Popen[bytes]:
    """The process of a run. Raises NotStarted."""
    try:
        return subprocess.Popen(
            command,
            env=dict(cli.environ),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **platform.own_group(),
        )
    except OSError as exc:
        what = f"codex cannot be started: {exc.strerror}; nothing was sent"
        raise NotStarted(what) from None


class _Ear:
    """Reads the events of a run."""

    def __init__(self, begun: Callable[[str], None]) -> None:
        self._begun = begun
        self.thread_id: str | None = None
        self.error: str | None = None
        self.ended_by_us = False

    def listen(self, stream: Any) -> None:
        for line in stream:
            try:
                event = json.loads(line)
                kind = event.get("type")
            except (ValueError, AttributeError, RecursionError):
                continue
            if kind == "thread.started" and THREAD.fullmatch(str(event.get("thread_id"))):
                self.thread_id = str(event["thread_id"])
                self._begun(self.thread_id)
            elif kind == "turn.failed":
                error = event.get("error")
                self.error = str(error.get("message") if isinstance(error, dict) else error)[:500]


def _watched(process: subprocess.Popen[bytes], cli: Cli, heard: _Ear, *, until: float) -> bool:
    """Wait for the end of a run, or end it; whether it timed out."""
    while process.poll() is None:
        time.sleep(0.05)
        late = time.monotonic() > until
        if late or (heard.thread_id and len(pictures(cli.home, heard.thread_id)) > 1):
            heard.ended_by_us = True
            platform.end_group(process, cli.environ)
            return late
    return False


# -- the files of a thread -------------------------------------------------------------------------


def pictures(folder: Path, thread_id: str) -> list[Path]:
    """The images of one thread, by name; never those of another."""
    if not THREAD.fullmatch(thread_id):
        return []
    place = folder / "generated_images" / thread_id
    return sorted(p for p in place.glob("*.png") if p.is_file() and not p.is_symlink())


def thread(folder: Path, thread_id: str) -> Rollout:
    """The log of a thread; empty if there is none."""
    if not THREAD.fullmatch(thread_id):
        return Rollout()
    for path in sorted((folder / "sessions").glob(f"*/*/*/rollout-*-{thread_id}.jsonl")):
        with open(path, "rb") as file:
            return rollout.read(file)
    return Rollout()
