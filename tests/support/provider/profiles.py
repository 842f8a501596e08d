"""How the kinds of providers differ: paths, keys, headers and the form of errors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.support.provider.faults import Refusal


@dataclass(frozen=True)
class Profile:
    """One kind of provider."""

    base: str = "/v1"
    key_header: str | None = "authorization"


PROFILES: dict[str, Profile] = {
    "openai": Profile(),
    "openrouter": Profile(base="/api/v1"),
    "new-api": Profile(),
    "azure": Profile(base="/openai/v1", key_header="api-key"),
    "localai": Profile(key_header=None),
    "litellm": Profile(),
    "sdcpp": Profile(key_header=None),
    "chat": Profile(),
    "vercel": Profile(),
    "laozhang": Profile(),
    "tasks": Profile(),
    "sub2api": Profile(),
    "gemini": Profile(base="/v1beta/openai"),
}


def endpoint(profile: str, path: str) -> str:
    """The endpoint of a path: generations, edits, responses…, models…, images; or ""."""
    plain, _, query = path.partition("?")
    if profile == "azure":
        found = re.fullmatch(r"/openai/deployments/[^/]+/images/(generations|edits)", plain)
        if found:
            return found[1] if "api-version=" in query else ""
    if plain.startswith("/generated-images/"):
        return plain[1:]
    base = PROFILES[profile].base
    if not plain.startswith(base + "/"):
        return ""
    rest = plain[len(base) + 1 :]
    if profile == "openrouter":
        return rest if rest.startswith(("images", "models")) else ""
    return rest.removeprefix("images/") if rest in ("images/generations", "images/edits") else rest


def headers(profile: str, request_id: str, echoed: str | None, model: str | None) -> dict[str, str]:
    """The headers that a reply carries. `model` is None where there was no work."""
    match profile:
        case "openai":
            return {
                "x-request-id": request_id,
                "openai-organization": "org-test",
                "openai-processing-ms": "12",
            }
        case "litellm":
            said = {
                "x-litellm-call-id": request_id.removeprefix("req_"),
                "x-litellm-version": "1.109.1",
            }
            if model is not None:
                said["x-litellm-model-id"] = f"deployment-{model}"
                said["x-litellm-model-api-base"] = "https://api.openai.com"
                said["x-litellm-response-cost"] = "0.04675"
                said["x-litellm-key-spend"] = "1.5"
            return said
        case "new-api" | "laozhang" | "tasks" | "sub2api" | "chat" | "vercel":
            return {"X-Oneapi-Request-Id": request_id}
        case "azure":
            return {
                "apim-request-id": request_id.removeprefix("req_"),
                "x-ms-region": "Sweden Central",
            }
        case "localai":
            return {"X-Correlation-ID": echoed or request_id}
        case _:
            return {}


def error(profile: str, refusal: Refusal, request_id: str) -> tuple[int, Any, dict[str, str]]:
    """Status, body and headers of a refusal in the form of this kind of provider."""
    full: dict[str, Any] = {
        "message": refusal.message,
        "type": refusal.type,
        "param": refusal.param,
        "code": refusal.code,
        **refusal.extra,
    }
    status = refusal.status
    match profile:
        case "litellm":
            kind = {
                429: "throttling_error",
                401: "token_not_found_in_db",
                500: "internal_server_error",
            }
            plain = {
                "message": f"litellm.APIError: {refusal.message}",
                "type": kind.get(status, refusal.type),
                "param": refusal.param,
                "code": str(status),
            }
            return status, {"error": plain}, {}
        case "new-api":
            return _new_api(refusal, full, request_id)
        case "openrouter":
            status = 402 if refusal.code == "insufficient_quota" else status
            return status, {"error": {"code": status, "message": refusal.message}}, refusal.headers
        case "azure":
            code = str(status) if status == 401 else refusal.code or str(status)
            return status, {"error": {**full, "code": code}}, refusal.headers
        case "localai":
            return status, {"error": {"code": status, "message": refusal.message, "type": ""}}, {}
        case "sdcpp":
            return status, {"error": refusal.message}, {}
        case "gemini":
            google = {"code": status, "message": refusal.message, "status": "INVALID_ARGUMENT"}
            return status, [{"error": google}], refusal.headers
        case _:
            return status, {"error": full}, refusal.headers


def _new_api(
    refusal: Refusal, full: dict[str, Any], request_id: str
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Its own message for an account, a bad key or a model; a masked one for the rest."""
    status, own = refusal.status, "new_api_error"
    text = re.sub(r"https://\S+", "https://***.com/***", refusal.message)
    if refusal.code == "insufficient_quota":
        status, text = 403, "Insufficient user quota, remaining quota: $0.000000"
        full |= {"type": own, "code": "insufficient_user_quota"}
    elif refusal.code == "invalid_api_key":
        full |= {"type": own, "code": ""}
    elif refusal.param == "model":
        status, text = 503, f"No available channel under group default (distributor): {text}"
        full |= {"type": own, "code": "model_not_found"}
    return (
        status,
        {"error": {**full, "message": f"{text} (request id: {request_id})"}},
        refusal.headers,
    )
