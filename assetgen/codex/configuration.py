"""Asks the Codex CLI for the configuration that it uses, from all its layers, and judges it."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assetgen import loose_json
from assetgen.cure import Cure, advice, command
from assetgen.errors import AccountError, RoutingError
from assetgen.fs import platform

#: The timeout for the answer, in seconds.
_PATIENCE = 30.0
#: Without its login, Codex has nothing to send and waits for no service.
_WITHOUT_LOGIN = ("-c", "cli_auth_credentials_store=ephemeral")
#: A proxy that does not exist: while it answers, Codex reaches no service.
_NOWHERE = "http://127.0.0.1:9"
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy")
_NO_PROXY = ("NO_PROXY", "no_proxy")
_QUESTION = (
    {
        "id": 0,
        "method": "initialize",
        "params": {"clientInfo": {"name": "assetgen", "title": "assetgen", "version": "0"}},
    },
    {"method": "initialized"},
    {"id": 1, "method": "config/read", "params": {"includeLayers": False}},
)
_HOSTS = ("chatgpt.com", "chat.openai.com")
_TERMINAL = re.compile(r"\x1b\[[0-9;]*m")
_UPDATE = advice("update it: {install}", install=command("npm install -g @openai/codex"))


@dataclass(frozen=True)
class Configuration:
    """What Codex uses: the values of all layers together, and where each comes from."""

    values: Mapping[str, Any] = field(repr=False)
    origins: Mapping[str, Any] = field(repr=False)

    def table(self, key: str) -> Mapping[str, Any]:
        found = self.values.get(key)
        return found if isinstance(found, Mapping) else {}

    def place(self, key: str) -> str:
        """The file that states ``key``, else the kind of layer that does."""
        found = next(
            (one for name, one in self.origins.items() if f"{name}.".startswith(f"{key}.")), None
        )
        layer = found.get("name") if isinstance(found, Mapping) else None
        if not isinstance(layer, Mapping):
            return "the configuration of Codex"
        stated = layer.get("file") or layer.get("type") or "unknown"
        return loose_json.shown(str(stated))[:500]


def refuse_others(path: Path, environ: Mapping[str, str]) -> None:
    """Raise AccountError if the CLI at ``path`` would send to another provider or address.

    Raises RoutingError if Codex refuses its configuration, or does not say what it is.
    """
    found = effective(path, environ)
    chosen = found.table("profiles").get(found.values.get("profile") or "", {})
    _refuse_table(found, found.values)
    if isinstance(chosen, Mapping):
        _refuse_table(found, chosen, f"profiles.{found.values.get('profile')}.")
    if "openai" in found.table("model_providers"):
        raise _elsewhere("the provider openai redefined", found.place("model_providers.openai"))


def _refuse_table(found: Configuration, table: Mapping[str, Any], prefix: str = "") -> None:
    if (provider := table.get("model_provider")) not in (None, "openai"):
        named = f"model_provider = {loose_json.shown(str(provider))[:200]!r}"
        raise _elsewhere(named, found.place(f"{prefix}model_provider"))
    if table.get("openai_base_url") is not None:
        raise _elsewhere("openai_base_url", found.place(f"{prefix}openai_base_url"))
    if not _is_chatgpt(table.get("chatgpt_base_url")):
        raise _elsewhere("chatgpt_base_url", found.place(f"{prefix}chatgpt_base_url"))


def _is_chatgpt(address: Any) -> bool:
    """Whether ``address`` is where Codex sends by itself; it states that one if no layer does."""
    if address is None:
        return True
    try:
        parts = urlsplit(str(address))
        return (
            parts.scheme == "https"
            and parts.netloc in _HOSTS
            and parts.path.rstrip("/") == "/backend-api"
        )
    except ValueError:
        return False


def _elsewhere(named: str, where: str) -> AccountError:
    return AccountError(
        f"Codex is configured with {named}: its images would not be on the ChatGPT plan; "
        "nothing was sent",
        where=where,
        cure=advice(
            "remove {key} from it, or configure that service as a gateway",
            key=named.partition(" = ")[0],
        ),
    )


# -- the question ----------------------------------------------------------------------------------


def effective(path: Path, environ: Mapping[str, str]) -> Configuration:
    """The configuration that the CLI at ``path`` uses outside every project. Raises RoutingError.

    Codex gets neither its login nor a network while it answers.
    """
    offline = {name: value for name, value in environ.items() if name not in _NO_PROXY}
    offline |= dict.fromkeys(_PROXIES, _NOWHERE)
    with tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                [str(path), "app-server", *_WITHOUT_LOGIN],
                env=offline,
                cwd=tempfile.gettempdir(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                **platform.own_group(),
            )
        except OSError as exc:
            what = f"codex app-server cannot be started: {exc.strerror}; nothing was sent"
            raise RoutingError(what, cure=_UPDATE) from None
        answer = _answer(process, offline)
        complaints.seek(0)
        said = complaints.read(1 << 16).decode("utf-8", "replace")
    result = answer.get("result")
    if isinstance(result, dict) and isinstance(result.get("config"), dict):
        origins = result.get("origins")
        return Configuration(result["config"], origins if isinstance(origins, dict) else {})
    raise _refused(answer, said, process.returncode)


def _answer(process: subprocess.Popen[bytes], environ: Mapping[str, str]) -> Mapping[str, Any]:
    """The reply to the question; empty if the CLI ends or is silent. The CLI is ended."""
    assert process.stdin is not None and process.stdout is not None
    timer = threading.Timer(_PATIENCE, platform.end_group, (process, environ))
    timer.start()
    try:
        with suppress(OSError):  # it ended already: what it printed says why
            process.stdin.write("".join(f"{json.dumps(one)}\n" for one in _QUESTION).encode())
            process.stdin.flush()
        found = _reply(process.stdout)
        if not found:
            with suppress(subprocess.TimeoutExpired):
                process.wait(1)
        return found
    finally:
        timer.cancel()
        if process.poll() is None:
            platform.end_group(process, environ)
        with suppress(OSError):
            process.stdin.close()
        process.stdout.close()


def _reply(lines: Iterable[bytes]) -> Mapping[str, Any]:
    for line in lines:
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(message, dict) and (message.get("id") == 1 or "error" in message):
            return message
    return {}


def _refused(answer: Mapping[str, Any], said: str, code: int | None) -> RoutingError:
    error = answer.get("error")
    stated = str(error.get("message") or "") if isinstance(error, dict) else ""
    if not stated:
        lines = _TERMINAL.sub("", said).splitlines()
        found = (line for line in lines if line.startswith(("Error: ", "Error loading ")))
        stated = next(found, "").partition(": ")[2]
    if not stated:
        what = f"codex app-server does not state its configuration (exit {code}); nothing was sent"
        return RoutingError(what, cure=_UPDATE)
    what = f"Codex refuses its configuration: {loose_json.shown(stated)[:500]}; nothing was sent"
    return RoutingError(what, cure=_doctor())


def _doctor() -> Cure:
    return advice("fix it, then try: {doctor}", doctor=command("codex doctor"))
