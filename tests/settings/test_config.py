"""config and provider: only the environment and the user decide where a key is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.errors import AccountError, RoutingError, TrustError
from assetgen.settings import config, provider
from assetgen.settings.config import Config

GATEWAY = """
[gateway.acme]
base_url = "https://api.acme.example/v1"
key_env = "ACME_KEY"
profile = "new-api"
[limits]
"openai-api" = { per_run_usd = 2.0, images = 20, images_per_minute = 5 }
"gateway:acme" = { images = 3 }
"""

_ORIGIN = "[gateway.a]\nbase_url = 'https://x.example/v1'\n"


def test_a_configuration_is_read_with_its_gateways_and_limits() -> None:
    found = config.parse(GATEWAY.encode(), "c.toml")
    assert found.gateway["acme"].base_url == "https://api.acme.example/v1"
    assert found.limit("openai-api").images_per_minute == 5
    assert found.limit("gateway:acme").images == 3
    assert found.limit("gateway:other").images == config.IMAGES


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[gateway.a]\nbase_url = 'ftp://x/'", "http(s)"),
        ("[gateway.a]\nbase_url = 'https://user:pw@x.example/v1'", "credentials"),
        ("[gateway.a]\nbase_url = 'https://x.example/${HOME}'", "characters"),
        ("[gateway.a]\nbase_url = 'http://api.acme.example/v1'", "unencrypted"),
        ("[gateway.a]\nbase_url = 'https://x.example/v1'\nkey = 'sk-x'", "key"),
        ("[gateway.a]\nbase_url = 'https://x.example/v1'\nkey_env = 'a b'", "key_env"),
        ("[gateway.a]\nbase_url = 'https://x.example/v1'\nprofile = 'none'", "profile"),
        (
            "[gateway.a]\nbase_url = 'https://x.example/v1'\nheaders = { \"a\\nb\" = 'x' }",
            "headers",
        ),
        ("[limits]\nopenai = { images = 1 }", "is not a bill"),
        ("[limits]\n'openai-api' = { images = -1 }", "limits"),
        ("gateway = 1", "gateway"),
        ("path = 'x'", "path"),
        ("[[", "is invalid"),
    ],
    ids=[
        *(
            "scheme",
            "credentials",
            "expansion",
            "unencrypted",
            "key in the file",
            "variable",
            "profile",
            "header",
        ),
        *("bill", "negative", "type", "path", "toml"),
    ],
)
def test_a_configuration_that_is_not_usable_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(
        TrustError, match=r"(?s).*" + said.replace("(", r"\(").replace(")", r"\)")
    ) as caught:
        config.parse(text.encode(), "/home/ada/c.toml")
    assert caught.value.where == f"/home/ada/c.toml:{text.count(chr(10)) + 1}"


_CURES: dict[str, tuple[str, int, str, str]] = {
    # name: (text of the file, line, a part of the message, a part of the cure)
    "misspelt key": (
        "[limits]\n'openai-api' = { image = 1 }",
        2,
        "no key 'image'",
        "did you mean images?",
    ),
    "key unlike any": (
        _ORIGIN + "zzz = 1",
        3,
        "no key 'zzz'",
        "there are: base_url, key_env, profile, proxy",
    ),
    "misspelt table": ("\n[gateways.a]\nx = 1", 2, "no key 'gateways'", "did you mean gateway?"),
    "the key itself": (
        _ORIGIN + "api_key = 'sk-x'",
        3,
        "no key 'api_key'",
        'write key_env = "NAME_OF_A_VARIABLE"',
    ),
    "no address": (
        "\n[gateway.a]\nkey_env = 'X'",
        2,
        "base_url is missing from gateway.a",
        'add base_url = "https',
    ),
    "number in quotes": (
        "[limits]\n'openai-api' = { images = '5' }",
        2,
        "a whole number is needed",
        "images = 5",
    ),
}


@pytest.mark.parametrize(("text", "line", "said", "cure"), _CURES.values(), ids=_CURES)
def test_a_mistake_in_the_configuration_is_reported_in_plain_words(
    text: str, line: int, said: str, cure: str
) -> None:
    with pytest.raises(TrustError) as caught:
        config.parse(text.encode(), "c.toml")
    assert (said in caught.value.what, caught.value.where) == (True, f"c.toml:{line}")
    assert cure in str(caught.value.cure)


@pytest.mark.parametrize(
    "line",
    [
        "key_env = 'sk-canary'",
        "headers = { x = 7, y = 'sk-canary' }",
        "proxy = ['sk-canary']",
        "api_key = 'sk-canary'",
    ],
    ids=["variable", "headers", "proxy", "key"],
)
def test_a_value_of_the_configuration_that_may_be_secret_is_not_printed(line: str) -> None:
    with pytest.raises(TrustError) as caught:
        config.parse((_ORIGIN + line).encode(), "c.toml")
    assert "canary" not in f"{caught.value.what} {caught.value.where} {caught.value.cure}"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:4000/v1",
        "http://localhost:8080",
        "http://[::1]:1/v1",
        "http://192.168.1.5/v1",
        "http://nas/v1",
    ],
)
def test_plain_http_is_allowed_for_local_addresses(url: str) -> None:
    config.check_url(url, "url")


def test_a_configuration_inside_the_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(GATEWAY)
    with pytest.raises(TrustError, match="in the project"):
        config.load({"ASSETGEN_CONFIG": str(tmp_path / "c.toml")}, tmp_path)
    (tmp_path.parent / "link.toml").symlink_to(tmp_path / "c.toml")
    with pytest.raises(TrustError, match="in the project"):
        config.load({}, tmp_path, tmp_path.parent / "link.toml")


def test_the_configuration_comes_from_the_option_the_environment_or_the_home_folder(
    tmp_path: Path,
) -> None:
    places = {}
    for name in ("named", "environment", "home/.config/assetgen"):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        places[name] = folder / "config.toml"
        places[name].write_text(
            f'[gateway.{name.partition("/")[0]}]\nbase_url = "https://x.example/v1"\n'
        )
    project = tmp_path / "project"
    home = {"HOME": str(tmp_path / "home")}
    stated = {**home, "ASSETGEN_CONFIG": str(places["environment"])}
    assert list(config.load(stated, project, places["named"]).gateway) == ["named"]
    assert list(config.load(stated, project).gateway) == ["environment"]
    assert list(config.load(home, project).gateway) == ["home"]
    assert config.load({}, project) == Config()


def test_a_named_configuration_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(TrustError, match="larger than"):
        config.load({"ASSETGEN_CONFIG": "/dev/zero"}, tmp_path / "project")
    with pytest.raises(TrustError, match="cannot be read"):
        config.load({"ASSETGEN_CONFIG": str(tmp_path / "none.toml")}, tmp_path / "project")


# -- where a request goes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base_url", "bill"),
    [
        (None, "openai-api"),
        ("", "openai-api"),
        ("https://api.openai.com/v1", "openai-api"),
        ("https://eu.api.openai.com/v1", "openai-api"),
        ("https://api.openai.com.evil.example/v1", "gateway:api.openai.com.evil.example"),
        ("https://evilapi.openai.com/v1", "gateway:evilapi.openai.com"),
        ("https://api.openai.com@evil.example/v1", "gateway:evil.example"),
        ("http://api.openai.com/v1", "gateway:api.openai.com"),
        ("http://127.0.0.1:9/v1", "gateway:127.0.0.1:9"),
    ],
    ids=str,
)
def test_only_the_origin_of_openai_is_on_the_bill_of_openai(
    base_url: str | None, bill: str
) -> None:
    environ = {} if base_url is None else {"OPENAI_BASE_URL": base_url}
    assert provider.surface("images", environ) == bill
    assert provider.surface("responses", environ) == bill


def test_a_key_goes_only_to_the_origin_that_the_user_bound_it_to() -> None:
    known = config.parse(GATEWAY.encode(), "c.toml")
    environ = {"OPENAI_API_KEY": "sk-openai", "ACME_KEY": "sk-acme", "OPENAI_ORG_ID": "org-1"}
    acme = provider.resolve("gateway:acme", "default", environ, known)
    assert (acme.key, acme.host, dict(acme.headers), acme.channel) == (
        "sk-acme",
        "api.acme.example",
        {},
        "default",
    )
    own = provider.resolve("images", None, environ, known)
    assert (own.key, own.host, own.headers["OpenAI-Organization"]) == (
        "sk-openai",
        "api.openai.com",
        "org-1",
    )


def test_settings_of_openai_in_the_environment_go_only_to_openai() -> None:
    environ = {
        "OPENAI_BASE_URL": "https://api.acme.example/v1",
        "OPENAI_ORG_ID": "org-1",
        "OPENAI_PROJECT_ID": "proj-1",
        "OPENAI_CUSTOM_HEADERS": "X-Secret: 1",
    }
    assert dict(provider.resolve("images", None, environ, Config()).headers) == {}


def test_neither_key_nor_headers_are_shown_by_repr() -> None:
    environ = {"OPENAI_API_KEY": "sk-canary", "OPENAI_CUSTOM_HEADERS": "X-Secret: canary"}
    assert "canary" not in repr(provider.resolve("images", None, environ, Config()))


def test_a_gateway_that_only_the_repository_names_is_refused() -> None:
    with pytest.raises(RoutingError, match="a repository cannot choose"):
        provider.resolve("gateway:evil", None, {"OPENAI_API_KEY": "sk"}, Config())


def test_an_origin_with_credentials_in_the_environment_is_refused() -> None:
    with pytest.raises(TrustError, match="OPENAI_BASE_URL"):
        provider.resolve(
            "images", None, {"OPENAI_BASE_URL": "https://a:b@evil.example/v1"}, Config()
        )


def test_without_a_key_nothing_is_sent_and_the_variable_is_named() -> None:
    with pytest.raises(AccountError, match="OPENAI_API_KEY is not set"):
        provider.resolve("images", None, {}, Config()).with_key()
