"""The provider of the tests as a gateway: the paths, words and errors of each profile."""

from __future__ import annotations

import io
import json

from PIL import Image

from tests.support.loopback import PICTURE, ask, opened
from tests.support.provider import Provider


def test_openrouter_has_its_own_path_and_fields() -> None:
    with Provider("openrouter") as provider:
        body = {
            "model": "openai/gpt-image-2",
            "prompt": "x",
            "aspect_ratio": "3:2",
        }
        said = json.loads(ask(provider, "/images", body)[2])
        assert ask(provider, "/images/generations", body)[0] == 404
    assert provider.url.endswith("/api/v1")
    assert said["usage"]["cost"] > 0 and said["usage"]["is_byok"] is False
    assert said["data"][0]["media_type"] == "image/png"
    assert opened(said["data"][0]["b64_json"]).size == (1248, 832)


def test_new_api_fills_in_zero_values_and_marks_its_errors() -> None:
    with Provider("new-api") as provider:
        status, headers, body = ask(provider, body=PICTURE)
        provider.fault("quota")
        broke = json.loads(ask(provider, body=PICTURE)[2])["error"]
        unknown = ask(provider, body={**PICTURE, "model": "nope"})
    assert (status, json.loads(body)["data"][0]["url"]) == (200, "")
    assert headers["x-oneapi-request-id"]
    assert broke["code"] == "insufficient_user_quota" and "(request id: " in broke["message"]
    assert (unknown[0], json.loads(unknown[2])["error"]["code"]) == (503, "model_not_found")


def test_azure_accepts_its_own_key_header_and_both_kinds_of_path() -> None:
    with Provider("azure", models=["pictures", "gpt-image-2"]) as provider:
        body = {"prompt": "x", "size": "1024x1024"}
        key = {"Authorization": "", "api-key": provider.key}
        deployed = "//openai/deployments/{}/images/generations{}"
        version = "?api-version=2025-04-01-preview"
        found = [
            ask(provider, "/images/generations", {**body, "model": "gpt-image-2"}, **key),
            ask(provider, deployed.format("pictures", version), body, **key),
            ask(provider, deployed.format("nothing", version), body, **key),
            ask(provider, deployed.format("pictures", ""), body, **key),
            ask(
                provider, deployed.format("pictures", version), body, **{**key, "api-key": "wrong"}
            ),
        ]
    assert [status for status, _, _ in found] == [200, 200, 404, 404, 401]
    assert json.loads(found[2][2])["error"]["code"] == "DeploymentNotFound"
    assert found[0][1]["apim-request-id"]


def test_localai_returns_urls_by_default_and_needs_no_key() -> None:
    with Provider("localai") as provider:
        plain = {"Authorization": "", "X-Correlation-ID": "mine"}
        _, headers, body = ask(provider, body={"prompt": "x", "size": "odd"}, **plain)
        said = json.loads(body)
        url = said["data"][0]["url"].removeprefix(provider.origin + "/")
        picture = ask(provider, "//" + url)[2]
        inline = json.loads(
            ask(provider, body={"prompt": "x", "response_format": "b64_json"}, **plain)[2]
        )
    with Image.open(io.BytesIO(picture)) as image:
        assert image.size == (512, 512)
    assert (headers["x-correlation-id"], set(said["usage"].values())) == ("mine", {0})
    assert opened(inline["data"][0]["b64_json"]).size == (512, 512)


def test_litellm_states_its_deployment_and_drops_the_error_codes() -> None:
    with Provider("litellm") as provider:
        _, headers, body = ask(provider, body=PICTURE)
        provider.fault("rate", retry_after="1")
        status, bare, refused = ask(provider, body=PICTURE)
    assert {name for name in headers if name.startswith("x-litellm-")} >= {
        "x-litellm-call-id",
        "x-litellm-model-id",
        "x-litellm-model-api-base",
        "x-litellm-response-cost",
    }
    assert json.loads(body)["data"][0]["url"] is None
    error = json.loads(refused)["error"]
    assert (status, error["type"], error["code"]) == (429, "throttling_error", "429")
    assert "retry-after" not in bare and "x-litellm-model-id" not in bare


def test_sdcpp_has_plain_text_errors() -> None:
    with Provider("sdcpp") as provider:
        assert ask(provider, body={"prompt": "x", "size": "512x512"}, Authorization="")[0] == 200
        assert isinstance(json.loads(ask(provider, body={"prompt": ""})[2])["error"], str)
