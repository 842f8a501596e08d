"""A key is sent only where its user bound it, as its user configured, whatever others say."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from assetgen.errors import AccountError, AssetgenError, TrustError
from assetgen.generate import performer
from assetgen.generate.options import Options
from assetgen.paid.transport import Line, NotSent, Refused
from assetgen.plan.routing import Request
from assetgen.settings import config, provider
from assetgen.settings.config import Config
from assetgen.settings.gateway_profiles import PROFILES
from assetgen.settings.provider import Provider as Bound
from tests.support.place import Place
from tests.support.provider import Provider, tls_pair
from tests.support.shop import PLANE, Shop
from tests.support.vendor import Vendor

_ASSET = PLANE.format(id="a", route="gateway:g", more='model = "gpt-image-2"')
_REQUEST = Request("/images/generations", {"prompt": "x", "model": "m"}, {})

# -- the repository --------------------------------------------------------------------------------

_TAKEOVERS = {
    "table": '[gateway.g]\nbase_url = "{evil}"\n{asset}',
    "dotted": 'gateway.g.base_url = "{evil}"\n{asset}',
    "inline": 'gateway = {{ g = {{ base_url = "{evil}" }} }}\n{asset}',
    "quoted table": '[gateway."g"]\nbase_url = "{evil}"\n{asset}',
    "quoted keys": '"gateway"."g"."base_url" = "{evil}"\n{asset}',
    "escaped key": '[gateway.g]\n"base\\u005furl" = "{evil}"\n{asset}',
    "literal quotes": "['gateway'.'g']\n'base_url' = '{evil}'\n{asset}",
    "upper case": '[gateway.g]\nBASE_URL = "{evil}"\n{asset}',
    "key variable": '[gateway.g]\nkey_env = "AWS_SECRET_ACCESS_KEY"\n{asset}',
    "key": '[gateway.g]\nkey = "sk-x"\n{asset}',
    "headers": '[gateway.g.headers]\nX-Key = "${{OPENAI_API_KEY}}"\n{asset}',
    "proxy": '[gateway.g]\nproxy = "{evil}"\n{asset}',
    "profile": '[gateway.g]\nprofile = "localai"\n{asset}',
    "image hosts": '[gateway.g]\nimage_hosts = ["169.254.169.254"]\n{asset}',
    "verify": "[gateway.g]\nverify = false\n{asset}",
    "defaults": '[defaults]\nbase_url = "{evil}"\n[gateway.g]\n{asset}',
    "defaults dotted": 'defaults.gateway.g.base_url = "{evil}"\n[gateway.g]\n{asset}',
    "project": '[project]\nbase_url = "{evil}"\n[gateway.g]\n{asset}',
    "style": '[style.s]\nbase_url = "{evil}"\n[gateway.g]\n{asset}',
    "asset": '[gateway.g]\n{asset}\nbase_url = "{evil}"',
    "asset gateway": '[gateway.g]\n{asset}\ngateway = {{ base_url = "{evil}" }}',
    "top": 'base_url = "{evil}"\n[gateway.g]\n{asset}',
    "configuration": 'path = "config.toml"\n[gateway.g]\n{asset}',
    "limits": '[limits."openai-api"]\nimages = 10000\n[gateway.g]\n{asset}',
    "limits dotted": 'limits."gateway:g".per_run_usd = 1e9\n[gateway.g]\n{asset}',
    "limits inline": "limits = {{ openai-api = {{ images = 10000 }} }}\n[gateway.g]\n{asset}",
    "limits of a gateway": "[gateway.g.limits]\nimages = 10000\n{asset}",
    "agents": "[agents]\nmay_spend = true\n[gateway.g]\n{asset}",
    "prices": '[model."gpt-image-2"]\nprice = 0\n[gateway.g]\n{asset}',
}


@pytest.mark.parametrize("text", _TAKEOVERS.values(), ids=_TAKEOVERS)
def test_no_spelling_lets_a_repository_set_where_a_key_is_sent_or_what_is_spent(
    bare: Place, text: str
) -> None:
    with Provider() as known, Provider() as evil:
        shop = Shop(bare, known)
        shop.gateway()
        bare.manifest(text.format(evil=evil.url, asset=_ASSET))
        with pytest.raises(AssetgenError) as caught:
            performer.generate(
                bare.root, Options(commit=False), shop.environ, None, shop.conditions()
            )
        assert caught.value.exit_code in (2, 11)
        assert known.requests == evil.requests == []


def test_no_file_of_the_repository_is_read_for_settings(place: Place) -> None:
    with Provider() as known, Provider(key="sk-canary-KEY") as evil:
        shop = Shop(place, known)
        shop.wants("a")
        settings = (
            f"OPENAI_BASE_URL={evil.url}\nOPENAI_API_KEY=stolen\n"
            f"HTTP_PROXY={evil.url}\nASSETGEN_CONFIG=./c.toml\n"
        )
        gateway = (
            f'[gateway.g]\nbase_url = "{evil.url}"\n'
            'key_env = "OPENAI_API_KEY"\nprofile = "openai"\n'
        )
        for name in (".env", ".env.local", ".envrc", ".assetgen/.env", "assetgen/.env"):
            place.write(name, settings)
        for name in (
            "config.toml",
            "c.toml",
            ".assetgen/config.toml",
            ".config/assetgen/config.toml",
        ):
            place.write(name, gateway)
        place.write(
            "sitecustomize.py", f"import os\nos.environ['OPENAI_BASE_URL'] = {evil.url!r}\n"
        )
        place.write(".netrc", "machine 127.0.0.1 login evil password evil\n")
        ran = shop.run("generate", "--no-commit")
        assert (ran.code, len(known.requests), evil.requests) == (0, 1, []), ran.out + ran.err
        assert known.requests[0].headers["authorization"] == "Bearer sk-canary-KEY"


_INSIDE = {
    "variable": {"ASSETGEN_CONFIG": "{project}/c.toml"},
    "link from outside": {"ASSETGEN_CONFIG": "{outside}/link.toml"},
    "way round": {"ASSETGEN_CONFIG": "{project}/../project/./c.toml"},
    "linked folder": {"ASSETGEN_CONFIG": "{outside}/folder/c.toml"},
    "XDG": {"XDG_CONFIG_HOME": "{project}/.config"},
    "home": {"HOME": "{project}"},
    "around the project": {"ASSETGEN_CONFIG": "{project}/../c.toml"},
}


@pytest.mark.parametrize("environ", _INSIDE.values(), ids=_INSIDE)
def test_a_configuration_that_the_repository_could_have_written_is_refused(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    project = tmp_path / "repository/project"
    (project / ".config/assetgen").mkdir(parents=True)
    (tmp_path / "repository/.git").mkdir()
    for path in ("c.toml", "../c.toml", ".config/assetgen/config.toml"):
        (project / path).write_text('[gateway.g]\nbase_url = "https://evil.example/v1"\n')
    (tmp_path / "link.toml").symlink_to("repository/project/c.toml")
    (tmp_path / "folder").symlink_to("repository/project")
    with pytest.raises(TrustError, match="in the project"):
        config.load(
            {
                name: value.format(project=project, outside=tmp_path)
                for name, value in environ.items()
            },
            project,
        )


# -- names and addresses ---------------------------------------------------------------------------

_HOSTILE_TEXT = (
    "${OPENAI_API_KEY} $OPENAI_API_KEY %OPENAI_API_KEY% ~/.ssh/id_rsa $(id) `id` {{ key }} "
    "\r\nX-Evil: 1\r\n\r\nGET / HTTP/1.1\r\n"
    "--boundary\r\nContent-Disposition: form-data; name=n\r\n\r\n1000"
)


@pytest.mark.parametrize("way", ["json", "form", "openrouter"])
def test_text_of_a_manifest_is_sent_unchanged_and_never_as_a_header(bare: Place, way: str) -> None:
    openrouter = way == "openrouter"
    with Provider("openrouter" if openrouter else "openai") as vendor:
        shop = Shop(bare, vendor)
        shop.gateway(profile="openrouter" if openrouter else "openai")
        text, model = json.dumps(_HOSTILE_TEXT), json.dumps("m-${OPENAI_API_KEY}-$HOME")
        channel = 'channel = "${OPENAI_API_KEY}"\n' if openrouter else ""
        asset = PLANE.format(id="a", route="gateway:g", more=f"model = {model}")
        asset = asset.replace('"A paper plane leaving an open notebook"', text)
        if way == "form":
            bare.picture()
            asset += '\ninputs = ["assets/photo.png"]'
        bare.manifest(f"[gateway.g]\n{channel}{asset}")
        shop.generate()
        [seen] = [one for one in vendor.requests if one.method == "POST"]
        sent: dict[str, Any] = seen.json or {
            name: values[0] for name, values in seen.fields.items()
        }
        assert _HOSTILE_TEXT.replace("\r\n", "\n") in sent["prompt"].replace("\r\n", "\n")
        assert sent["model"] == "m-${OPENAI_API_KEY}-$HOME"
        assert all("OPENAI" not in one.path or "$" not in one.path for one in vendor.requests)
        assert not openrouter or sent["provider"]["only"] == ["${OPENAI_API_KEY}"]
        assert "x-evil" not in seen.headers
        assert "sk-canary-OPENAI-ONLY" not in str(seen.headers) + seen.body.decode("latin-1")


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com.evil.example/v1",
        "https://api.openai.com-evil.example/v1",
        "https://evil-api.openai.com/v1",
        "https://api.openai.com./v1",
        "https://api.openai.com:444/v1",
        "https://xn--pi-7ka.openai.com/v1",
        "http://127.0.0.1/api.openai.com/v1",
    ],
)
def test_settings_of_openai_are_not_sent_to_a_look_alike(url: str) -> None:
    environ = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "sk-x", "OPENAI_ORG_ID": "org-x"}
    found = provider.resolve("images", None, environ, Config())
    assert (found.is_openai, found.trusts_environment, dict(found.headers)) == (False, False, {})


@pytest.mark.parametrize(
    "url",
    ["https://API.OpenAI.com/v1", "HTTPS://api.openai.com:443/v1", "https://eu.api.openai.com/v1"],
)
def test_any_spelling_of_the_origin_of_openai_is_on_its_bill(url: str) -> None:
    assert provider.resolve("images", None, {"OPENAI_BASE_URL": url}, Config()).is_openai


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com@evil.example/v1",
        "https://api.openai.com:443@evil.example/v1",
        "https://api.openai.com\\@evil.example/v1",
        "https://evil.example\\.api.openai.com/v1",
        "https://api.openai。com/v1",
        "https://аpi.openai.com/v1",
        "https://api.openai.com%2eevil.example/v1",
        "https://evil.example%2fapi.openai.com/v1",
        "https://evil.example:99999/v1",
        "https://evil.example:٣/v1",
        "https://evil.example/v1\n",
        " https://evil.example/v1",
        "https://evil.example/%2e%2e/v1",
        "https://evil.example/v1#@api.openai.com",
        "https://evil.example/${OPENAI_API_KEY}/v1",
        "https://evil.example/v1?k=$OPENAI_API_KEY",
        "https://[::1/v1",
        "file:///etc/passwd",
        "//evil.example/v1",
        "http://evil.example/v1",
        "http://8.8.8.8/v1",
        "http://134744072/v1",
        "http://0x08080808/v1",
        "http://[2001:4860:4860::8888]/v1",
        "http://[64:ff9b::808:808]/v1",
        "http://localhost.evil.example/v1",
        "http://127.0.0.1.evil.example/v1",
    ],
)
def test_an_ambiguous_address_or_one_that_would_show_the_key_is_refused(
    url: str,
) -> None:
    with pytest.raises(TrustError):
        provider.resolve(
            "images", None, {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "sk-x"}, Config()
        )


# -- what the other side sees ----------------------------------------------------------------------

_USUAL = {
    "x-litellm-num-retries",
    "host",
    "accept",
    "accept-encoding",
    "connection",
    "content-type",
    "content-length",
    "user-agent",
}


def _spiteful(shop: Shop, proxy: str) -> dict[str, str]:
    """An environment full of variables that other programs would send or obey."""
    home = Path(shop.place.environ["HOME"])
    (home / ".netrc").write_text(
        "machine 127.0.0.1 login ada password canary-NETRC\ndefault login a password canary-B\n"
    )
    (home / ".netrc").chmod(0o600)
    proxies = dict.fromkeys(
        ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"), proxy
    )
    return {
        **proxies,
        "NETRC": str(home / ".netrc"),
        "OPENAI_ORG_ID": "org-canary",
        "OPENAI_PROJECT_ID": "proj-canary",
        "OPENAI_ADMIN_KEY": "sk-admin-canary",
        "OPENAI_WEBHOOK_SECRET": "whsec-canary",
        "OPENAI_CUSTOM_HEADERS": (
            "Authorization: Bearer sk-canary-OTHER\nX-Canary: 1\nCookie: canary=1"
        ),
    }


@pytest.mark.parametrize("way", ["another base URL", "gateway", "api-key", "no key"])
def test_another_origin_sees_its_own_key_and_nothing_else_of_the_environment(
    place: Place, way: str
) -> None:
    profile = {"api-key": "azure", "no key": "localai"}.get(way, "openai")
    with Provider(profile) as vendor, Vendor([]) as proxy:
        shop = Shop(place, vendor)
        if way != "another base URL":
            named: dict[str, Any] = {"key_env": None} if way == "no key" else {}
            shop.gateway(profile=profile, **named)
        shop.wants("a")
        ran = shop.run("generate", "--no-commit", **_spiteful(shop, proxy.origin))
        assert ran.code == 0, ran.out + ran.err
        [seen] = [one for one in vendor.requests if one.method == "POST"]
        own = {"api-key": {"api-key": vendor.key}, "no key": {}}.get(
            way, {"authorization": f"Bearer {vendor.key}"}
        )
        assert {name: value for name, value in seen.headers.items() if name not in _USUAL} == own
        assert "canary" not in str({**seen.headers, "authorization": "", "api-key": ""})
        assert proxy.requests == []


def test_openai_itself_sees_organisation_project_and_headers_but_never_another_key() -> None:
    environ = {
        "OPENAI_CUSTOM_HEADERS": "authorization: Bearer x\nX-Team: a",
        "OPENAI_ORG_ID": "o",
        "OPENAI_PROJECT_ID": "p",
    }
    found = provider.resolve("images", None, environ, Config())
    assert dict(found.headers) == {"X-Team": "a", "OpenAI-Organization": "o", "OpenAI-Project": "p"}


def test_a_cookie_that_a_provider_sets_is_never_sent_back(tmp_path: Path) -> None:
    with Vendor([b"{}"], headers="Set-Cookie: tracked=canary; Path=/\r\n") as vendor:
        line = Line(Bound("gateway:g", vendor.url, PROFILES["openai"], "K", "sk-x"), 5.0)
        line.post(_REQUEST, tmp_path / "1")
        line.post(_REQUEST, tmp_path / "2")
        assert len(vendor.requests) == 2
        assert b"canary" not in b"".join(vendor.requests)


_POST = """
import pathlib, sys
from assetgen.paid import transport
from assetgen.plan.routing import Request
from assetgen.settings import provider
trusts = sys.argv[2] == "yes"
bound = provider.Provider(
    "gateway:g", sys.argv[1], provider.OPENAI, "K", "sk-x", trusts_environment=trusts
)
try:
    request = Request("/images/generations", {"model": "m"}, {})
    transport.Line(bound, 5.0).post(request, pathlib.Path(sys.argv[3]))
except transport.NotSent:
    print("not sent")
except transport.Refused as exc:
    print(exc.status)
"""


@pytest.mark.parametrize(("trusts", "said"), [("no", "not sent"), ("yes", "401")])
def test_an_authority_from_the_environment_is_for_openai_alone(
    tmp_path: Path, trusts: str, said: str
) -> None:
    authority, context = tls_pair(tmp_path / "tls")
    with Provider(tls=context) as vendor:
        arguments = [f"https://localhost:{vendor.port}/v1", trusts, str(tmp_path / "reply")]
        environ = {"SSL_CERT_FILE": str(authority), "SSL_CERT_DIR": str(authority.parent)}
        command = [sys.executable, "-P", "-c", _POST, *arguments]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
        assert (done.stdout.strip(), len(vendor.requests)) == (said, int(trusts == "yes")), (
            done.stderr
        )


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
def test_a_redirect_gets_neither_the_prompt_nor_the_key(tmp_path: Path, status: str) -> None:
    with (
        Vendor([b"{}"]) as evil,
        Vendor([b""], status, headers=f"Location: {evil.url}/x\r\n") as vendor,
    ):
        bound = Bound("gateway:g", vendor.url, PROFILES["openai"], "K", "sk-x", {"X-Own": "canary"})
        with pytest.raises(Refused) as caught:
            Line(bound, 5.0).post(_REQUEST, tmp_path / "reply")
        assert caught.value.status == int(status[:3])
        assert evil.requests == []


def test_a_redirect_is_reported_as_such_and_bills_nothing(bare: Place) -> None:
    with Provider() as vendor, Provider() as evil:
        shop = Shop(bare, vendor)
        shop.wants("a")
        vendor.fault("redirect_307", to=evil.origin)
        assert "nothing was billed" in shop.fails().what
        assert (evil.requests, shop.open_entries()) == ([], [])


# -- keys and headers that cannot be sent ----------------------------------------------------------


@pytest.mark.parametrize(
    "key", ["sk-canary\n", "sk-canary\r\nX-Evil: 1", " sk-canary", "sk-canary-…", "sk-\x00canary"]
)
def test_a_key_that_no_header_can_contain_is_not_sent_and_not_shown(bare: Place, key: str) -> None:
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        shop.wants("a")
        shop.environ["OPENAI_API_KEY"] = key
        error = shop.fails()
        assert isinstance(error, AccountError)
        assert "canary" not in error.what + str(error.cure)
        assert (vendor.requests, shop.open_entries()) == ([], [])


_HEADERS = {
    "line end": ("X-A", "canary\r\nX-Evil: 1"),
    "letter": ("X-A", "canary …"),
    "blank": ("X-A", " canary"),
    "name": ("X A", "canary"),
    "length": ("Content-Length", "3"),
    "chunks": ("transfer-encoding", "chunked"),
    "host": ("Host", "canary.example"),
}


@pytest.mark.parametrize(("name", "value"), _HEADERS.values(), ids=_HEADERS)
def test_a_header_that_would_break_the_request_is_refused_without_its_value(
    name: str, value: str
) -> None:
    with Provider() as vendor:
        header = f"{json.dumps(name)} = {json.dumps(value)}"
        line = f'[gateway.g]\nbase_url = "{vendor.url}"\nheaders = {{ {header} }}\n'
        with pytest.raises(TrustError) as caught:
            config.parse(line.encode(), "config.toml")
        assert "canary" not in caught.value.what


@pytest.mark.parametrize(
    "environ",
    [
        {"OPENAI_CUSTOM_HEADERS": "X A: canary"},
        {"OPENAI_CUSTOM_HEADERS": "Content-Length: 3"},
        {"OPENAI_ORG_ID": "canary\n"},
        {"OPENAI_PROJECT_ID": "canary …"},
    ],
    ids=["name", "length", "organisation", "project"],
)
def test_a_header_of_the_environment_that_cannot_be_sent_is_named_without_its_value(
    environ: dict[str, str],
) -> None:
    with pytest.raises(TrustError) as caught:
        provider.resolve("images", None, environ, Config())
    assert "canary" not in caught.value.what + str(caught.value.cure)


@pytest.mark.parametrize(
    "proxy",
    ["nonsense", "foo://u:canary@x", "http://u:canary@[x", "http://u:p@h:canary", "http://"],
)
def test_an_invalid_proxy_is_refused_without_its_password(proxy: str) -> None:
    text = f'[gateway.g]\nbase_url = "https://x.example/v1"\nproxy = {json.dumps(proxy)}\n'
    with pytest.raises(TrustError) as caught:
        config.parse(text.encode(), "config.toml")
    assert "canary" not in caught.value.what


def test_an_unreachable_proxy_is_not_bypassed(tmp_path: Path) -> None:
    with Vendor([b"{}"]) as vendor:
        bound = Bound(
            "gateway:g", vendor.url, PROFILES["openai"], "K", "sk-x", proxy="http://127.0.0.1:1"
        )
        with pytest.raises(NotSent):
            Line(bound, 5.0).post(_REQUEST, tmp_path / "reply")
        assert vendor.requests == []
        Line(dataclasses.replace(bound, proxy=None), 5.0).post(_REQUEST, tmp_path / "reply")
        assert len(vendor.requests) == 1


def test_the_shop_of_these_tests_really_buys(bare: Place) -> None:
    """Proves that the tests above can fail: this purchase succeeds."""
    with Provider() as vendor:
        shop = Shop(bare, cast(Any, vendor))
        shop.gateway()
        shop.wants("a")
        shop.buys()
        assert vendor.billed == 1
