"""What a route gets for an asset: the HTML page of a local asset, or an HTTP request."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

from assetgen.errors import UnsupportedOption
from assetgen.layouts import sandbox
from assetgen.plan import routing
from assetgen.plan.routing import Request, job_for
from assetgen.plan.workspace import open_workspace
from assetgen.settings.conditions import Conditions
from assetgen.settings.provider import PUBLIC, Provider


def command(provider: Provider, request: Request) -> str:
    """The request as a cURL command; comments say where to run it and how to fetch the result."""
    shown = _command(provider, request)
    if request.parts:
        shown = "# run it in the project folder: it uses files from there\n" + shown
    if request.body.get("background") is True:
        address = shlex.quote(_answer(provider, request))
        fetch = f"curl {address} {' '.join(_header_options(provider))}"
        shown += "\n# it runs in the background; fetch the result with the id in the reply:"
        shown += f"\n# {fetch}"
    return shown


def _answer(provider: Provider, request: Request) -> str:
    """The address of the result of a request in the background."""
    base, mark, query = url(provider, request).partition("?")
    return f"{base}/RESPONSE_ID{mark}{query}"


def _header_options(provider: Provider) -> list[str]:
    return [f'-H "{name}: {value}"' for name, value in headers(provider).items()]


def _command(provider: Provider, request: Request) -> str:
    lines = [f"curl {shlex.quote(url(provider, request))}"]
    lines += _header_options(provider)
    if request.parts:
        for name, value in request.body.items():
            lines.append(f"--form-string {shlex.quote(f'{name}={_text(value)}')}")
        for part in request.parts:
            lines.append(f"-F {shlex.quote(f'{part.name}=@{part.source};type={part.media_type}')}")
        return _joined(lines)
    lines.append("-H 'Content-Type: application/json'")
    lines.append("--data-binary @- <<'JSON'")
    return _joined(lines) + "\n" + json.dumps(request.body, indent=2, ensure_ascii=True) + "\nJSON"


def url(provider: Provider, request: Request) -> str:
    """The whole address, with the query of the base URL after the path, without possible keys."""
    base, mark, _ = provider.base_url.partition("?")
    query = "&".join(
        f"{name}={value if name in PUBLIC else '***'}" for name, value in provider.query
    )
    return base.rstrip("/") + request.path + mark + query


def headers(provider: Provider) -> Mapping[str, str]:
    """The headers that matter; a secret is replaced by the name of its variable."""
    found = dict(provider.profile.no_retries)
    if provider.key_env and provider.profile.auth == "api-key":
        found["api-key"] = f"${provider.key_env}"
    elif provider.key_env:
        found["Authorization"] = f"Bearer ${provider.key_env}"
    for name in provider.headers:
        found[name] = f"${name.upper().replace('-', '_')}"
    return found


def _text(value: object) -> str:
    """A field of a form, as the SDK writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _joined(lines: list[str]) -> str:
    return " \\\n  ".join(lines)


def page(root: Path, asset_id: str) -> str:
    """The self-contained HTML page of a local asset. Raises an AssetgenError."""
    from assetgen.routes import local

    project = open_workspace(root)
    return sandbox.standalone(local.order(job_for(project, project.wish(asset_id))))


def is_local(root: Path, asset_id: str) -> bool:
    """Whether an asset is drawn on this machine. Raises ManifestError."""
    return open_workspace(root).manifest.find(asset_id).is_local


def request(root: Path, asset_id: str, conditions: Conditions) -> tuple[Provider, Request]:
    """The provider and the request that a paid route would send for an asset.

    Raises UnsupportedOption for other routes.
    """
    project = open_workspace(root, conditions)
    asset = project.manifest.find(asset_id)
    if not routing.is_paid(asset.route):
        raise UnsupportedOption(
            f"route {asset.route!r} sends no HTTP request that could be shown",
            where=f"asset {asset_id}",
        )
    gateway = project.manifest.gateway.get((asset.route or "").removeprefix("gateway:"))
    provider = conditions.provider(asset.route or "", gateway.channel if gateway else None)
    return provider, routing.paid_request(job_for(project, project.wish(asset_id)), provider)
