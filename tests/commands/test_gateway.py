"""gateway: writes the user's own configuration, never the repository's, and nothing secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.settings import config, user_file
from assetgen.settings.gateway_profiles import PROFILES
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.rows import few

KEPT = """# mine
[limits]
"openai-api" = { images = 3 }

[gateway.old]
base_url = "https://old.example/v1"  # an address
image_hosts = [
    "cdn.example",
]
[gateway.old.headers]
X-Team = "docs"

[agents]
may_spend = true
"""


def _config(place: Place) -> Path:
    return Path(place.environ["HOME"]) / ".config/assetgen/config.toml"


def test_a_gateway_is_added_listed_checked_and_removed(bare: Place) -> None:
    with Provider("laozhang") as provider:
        ran = bare.run(
            *("gateway", "add", "laozhang", "--base-url", provider.url),
            LAOZHANG_API_KEY=provider.key,
        )
        assert ran.code == 0, ran.err
        listed = bare.run("gateway", "list", LAOZHANG_API_KEY=provider.key)
    text = _config(bare).read_text()
    assert text in ran.out and provider.key not in text + ran.out + listed.out
    assert text.startswith("[gateway.laozhang]\nbase_url")
    assert 'key_env  = "LAOZHANG_API_KEY"\nprofile  = "laozhang"\n' in text
    assert "gateway:laozhang: ok: reachable, the key is accepted" in ran.out
    assert "images:" not in ran.out  # doctor for this gateway alone
    assert f"laozhang  laozhang  {provider.url}  key in LAOZHANG_API_KEY" in listed.out
    assert bare.run("gateway", "remove", "laozhang").code == 0
    assert _config(bare).read_text() == ""
    assert "there are no gateways" in bare.run("gateway", "list").out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["add", "acme"], 2, "assetgen gateway add acme --profile openai --base-url"),
        (["add", "acme", "--profile", "odd"], 2, "there is no profile 'odd'"),
        (["add", "A B", "--base-url", "https://a.example"], 2, "may contain only a-z"),
        (["add", "acme", "--base-url", "http://a.example/v1"], 11, "use https"),
        (["add", "acme", "--base-url", "https://u:pw-canary@a.example"], 11, "***@a.example"),
        (["add", "vercel", "--key-env", "no good"], 11, "key_env"),
        (["add", "vercel", "--api-version", "1"], 11, "for profile azure only"),
        (["remove", "acme"], 2, "is not in your configuration; there are: none"),
        (["add"], 2, "add needs the NAME"),
        (["list", "acme"], 2, "list takes no NAME"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_written_changes_nothing(
    bare: Place, arguments: list[str], code: int, said: str
) -> None:
    ran = bare.run("gateway", *arguments)
    assert ran.code == code and said in ran.err and "canary" not in ran.err
    assert "fix " not in ran.err  # the file has no mistake, what was typed has
    assert not _config(bare).exists()


SECRETS = [
    "https://api.example/v1?key=sk-canary-SECRET",
    "https://api.example/v1?api-version=preview&token=sk-canary-SECRET",
    "https://api.example/v1?sk-canary-SECRET",
    "https://me:sk-canary-SECRET@api.example/v1",
    "https://sk-canary-SECRET@api.example/v1",
    "https://api.example/v1#sk-canary-SECRET",
    "https://api.example/v1?api-version=1#sk-canary-SECRET",
    "//me:sk-canary-SECRET@api.example/v1",
]


@pytest.mark.parametrize("url", few(SECRETS, lambda url: "?key" in url or "#" in url))
def test_an_address_with_a_key_in_it_is_refused_and_never_shown(bare: Place, url: str) -> None:
    ran = bare.run("gateway", "add", "acme", "--base-url", url)
    assert ran.code == 11 and "nothing was changed" in ran.err, ran.err
    assert "SECRET" not in ran.out + ran.err and not _config(bare).exists()


def test_the_version_of_an_api_is_no_key(bare: Place) -> None:
    url = "https://api.example/v1?api-version=preview"
    ran = bare.run("gateway", "add", "acme", "--base-url", url)
    assert _config(bare).read_text().count("api-version=preview") == 1, ran.err


def test_the_configuration_of_a_repository_is_never_written(place: Place) -> None:
    own = str(place.root / "config.toml")
    ran = place.run("--config", own, "gateway", "add", "openrouter")
    assert ran.code == 11 and "is in the project" in ran.err
    assert not place.has("config.toml")


def test_the_rest_of_the_file_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    lines = KEPT.replace("\n", "\r\n").encode()
    file.write_bytes(lines)
    user_file.add(file, "new", {"base_url": "https://n.example/v1", "profile": "openai"})
    assert file.read_bytes().startswith(lines)
    file.write_text(KEPT)
    file.chmod(0o600)
    user_file.add(file, "new", {"base_url": "https://n.example/v1", "profile": "openai"})
    assert file.read_text().startswith(KEPT) and file.stat().st_mode & 0o777 == 0o600
    gone = user_file.remove(file, "old")
    assert "cdn.example" in gone and "X-Team" in gone
    rest = config.parse(file.read_bytes(), "config.toml")
    assert (sorted(rest.gateway), rest.agents.may_spend) == (["new"], True)
    assert rest.limit("openai-api").images == 3 and file.read_text().startswith("# mine\n")


@pytest.mark.parametrize(
    "text",
    [
        'gateway.a.base_url = "https://a.example/v1"\n',
        '[gateway]\na = { base_url = "https://a.example/v1" }\n',
        '[gateway]\na.base_url = "https://a.example/v1"\n',
    ],
)
def test_a_gateway_that_is_no_table_of_its_own_is_left_to_the_user(
    tmp_path: Path, text: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(Exception, match="nothing was changed"):
        user_file.remove(file, "a")
    assert file.read_text() == text


def test_every_profile_says_what_it_is_for() -> None:
    for name, profile in PROFILES.items():
        assert profile.about, name
        assert profile.origin is None or profile.key_env, name
