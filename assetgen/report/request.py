"""The request of a paid route as JSON."""

from __future__ import annotations

from typing import Any

from assetgen.plan.routing import Request
from assetgen.routes.request import headers, url
from assetgen.settings.provider import Provider


def request_json(provider: Provider, request: Request) -> dict[str, Any]:
    """The request as data; secrets are replaced by the names of their variables."""
    return {
        "method": "POST",
        "url": url(provider, request),
        "headers": headers(provider),
        "body": dict(request.body),
        "files": [
            {"field": p.name, "path": p.source, "type": p.media_type, "bytes": len(p.data)}
            for p in request.parts
        ],
    }
