"""A connection that cannot even be made sends nothing, says why, and blocks nothing."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetgen.errors import RoutingError, StorageError, TrustError
from assetgen.paid import answers, journal, unready
from assetgen.paid.transport import Line, NotSent
from assetgen.settings import config
from assetgen.settings import provider as provider_settings
from tests.support.cures_of_codex import BY_CODEX
from tests.support.place import Place, Ran
from tests.support.provider import ConnectProxy, Provider, tls_pair
from tests.support.shop import Shop


class Counter:
    """OpenAI's own origin as it is reached here: a proxy to a server with its own CA."""

    def __init__(self, place: Place, provider: Provider, proxy: ConnectProxy, ca: Path) -> None:
        self.shop = Shop(place, provider)
        self.provider = provider
        del self.shop.environ["OPENAI_BASE_URL"]
        self.shop.wants("a")
        self.right = {"HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": str(ca)}

    def generate(self, **environ: str) -> Ran:
        """Run generate as it would succeed, but for what ``environ`` changes ("": not set)."""
        given = {name: value for name, value in {**self.right, **environ}.items() if value}
        return self.shop.run("generate", "--no-commit", **given)

    def refuses(self, *words: str, **environ: str) -> None:
        """Generate, which must send and block nothing and print ``words``; then it succeeds."""
        ran = self.generate(**environ)
        assert (ran.code, self.provider.requests) == (5, []), ran.out + ran.err
        said = " ".join(ran.out.split())
        assert "; nothing was sent and nothing was billed" in said
        for word in words:
            assert word in said, said
        assert self.shop.open_entries() == []
        assert self.generate().code == 0 and self.provider.billed == 1


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


@pytest.fixture
def counter(bare: Place, tmp_path: Path) -> Iterator[Counter]:
    authority, context = tls_pair(tmp_path / "tls")
    with Provider(tls=context) as provider, ConnectProxy(provider.port) as proxy:
        yield Counter(bare, provider, proxy, authority)


@pytest.mark.parametrize("content", [None, "no certificate"], ids=["missing", "garbage"])
def test_an_unusable_file_of_certificates_is_named_and_blocks_nothing(
    counter: Counter, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "nope.pem"
    if content:
        file.write_text(content)
    counter.refuses("SSL_CERT_FILE", "nope.pem", "unset it", SSL_CERT_FILE=str(file))


def test_a_key_log_that_cannot_be_written_is_named(counter: Counter, tmp_path: Path) -> None:
    counter.refuses("unset SSLKEYLOGFILE", SSLKEYLOGFILE=str(tmp_path / "no/folder"))


@pytest.mark.parametrize(
    ("proxy", "why"),
    [
        ("http://proxy..corp:8080", "names is not a proxy address"),
        ("socks5://127.0.0.1:9", "names is a SOCKS proxy, which cannot be used"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_named(counter: Counter, proxy: str, why: str) -> None:
    counter.refuses("correct HTTPS_PROXY: use http://HOST:PORT", why, HTTPS_PROXY=proxy)


_NO_HOSTS = ["a..localhost", "x" * 64 + ".localhost", ".".join(["x" * 60] * 5) + ".localhost"]


@pytest.mark.parametrize("host", _NO_HOSTS)
def test_a_host_that_cannot_be_looked_up_is_no_address(host: str) -> None:
    assert config.wrong_proxy(f"http://{host}:8080")
    with pytest.raises(ValueError, match="is not an http"):
        config.check_url(f"https://{host}/v1", "OPENAI_BASE_URL")
    config.check_url("https://a.example./v1", "OPENAI_BASE_URL")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://256.256.256.256/v1", "256.256.256.256 is not an IPv4 address"),
        ("https://1.2.3/v1", "1.2.3 is not an IPv4 address"),
        ("https://01.02.03.04:8080/v1", "01.02.03.04 is not an IPv4 address"),
        ("https://a.example/" + "x" * 70_000, "has 70018 characters; an address has at most 2000"),
    ],
    ids=["too large", "too short", "leading zeros", "long"],
)
def test_an_address_that_no_client_takes_is_refused_with_what_is_wrong(url: str, why: str) -> None:
    with pytest.raises(TrustError, match=why) as caught:
        provider_settings.resolve("images", None, {"OPENAI_BASE_URL": url}, config.Config())
    assert str(caught.value.cure) == "correct OPENAI_BASE_URL, or unset it"
    assert len(str(caught.value.what)) < 200
    host = url.split("/")[2].partition(":")[0]
    assert (config.wrong_proxy(f"http://{host}:8080") is None) == (host == "a.example")


@pytest.mark.parametrize(
    "url",
    [
        "gopher://127.0.0.1:9",
        "socks5h://h:1",
        "http://[::1",
        "http://a\nb:1",
        "http://a\udc80:1",
        "http://:1",
    ],
)
def test_what_is_no_address_of_a_proxy_is_refused(url: str) -> None:
    assert config.wrong_proxy(url)
    for right in ("http://user:word@proxy.corp:8080", "http://[::1]:1"):
        assert config.wrong_proxy(right) is None


@pytest.mark.parametrize("variable", ["https_proxy", "ALL_PROXY"])
def test_a_line_through_a_proxy_without_a_name_sends_nothing(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://proxy..corp:8080")
    bought = provider_settings.resolve("images", None, {"OPENAI_API_KEY": "sk-x"}, config.Config())
    with pytest.raises(NotSent, match=variable):
        Line(bought, 1.0).ready()


def test_an_error_of_the_look_up_of_a_name_is_before_any_connection() -> None:
    with pytest.raises(UnicodeError) as caught:
        socket.getaddrinfo("a..b", 80)
    assert unready.is_no_name(caught.value)


def test_a_certificate_of_a_private_authority_is_explained(counter: Counter) -> None:
    counter.refuses("certificate", "set SSL_CERT_FILE", SSL_CERT_FILE="")


def test_a_folder_without_the_private_authority_is_named(counter: Counter, tmp_path: Path) -> None:
    counter.refuses(
        "certificate", "SSL_CERT_DIR is", SSL_CERT_FILE="", SSL_CERT_DIR=str(tmp_path / "nope")
    )


def test_a_gateway_with_a_certificate_of_a_private_authority_is_explained(
    bare: Place, tmp_path: Path
) -> None:
    _, context = tls_pair(tmp_path / "tls")
    with Provider(tls=context) as provider:
        shop = Shop(bare, provider)
        shop.gateway()
        shop.wants("a")
        error = shop.fails()
        assert isinstance(error, RoutingError) and "nothing was billed" in error.what
        assert "certificate" in error.what and "authority" in str(error.cure)
        assert (provider.requests, shop.open_entries()) == ([], [])


def test_a_response_is_not_lost_while_the_certificates_are_missing(
    bare: Place, tmp_path: Path
) -> None:
    authority, context = tls_pair(tmp_path / "tls")
    with Provider(tls=context, polls=0) as provider, ConnectProxy(provider.port) as proxy:
        shop = Shop(bare, provider, "responses")
        del shop.environ["OPENAI_BASE_URL"]
        shop.wants("a")
        good = {"HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": str(authority)}
        provider.fault("bad_key", method="GET", path="/responses/")
        assert shop.run("generate", "--no-commit", **good).code != 0
        ran = shop.run("generate", "--resume", "--no-commit", **{**good, "SSL_CERT_FILE": "/nope"})
        assert ran.code == 5 and "is not lost" in " ".join(ran.out.split()), ran.out
        assert shop.run("generate", "--resume", "--no-commit", **good).code == 0
        assert provider.billed == 1


# -- Codex -----------------------------------------------------------------------------------------

_CODEX = """#!/bin/sh
case "$1 $2" in
"--version ") echo "codex-cli 0.169.0" ;;
"app-server -c") read -r a; read -r b; read -r c; echo '{"id":1,"result":{"config":{}}}' ;;
"features list") echo "image_generation stable true" ;;
"login status")
  # Replaced after the last question, as an update does.
  printf '#!/no/such/shell\\n' > "$0.new"; chmod +x "$0.new"; mv "$0.new" "$0"
  echo "Logged in using ChatGPT" ;;
esac
"""


def test_a_codex_that_cannot_be_started_blocks_nothing(bare: Place, provider: Provider) -> None:
    program = bare.root.parent / "bin/codex"
    program.parent.mkdir()
    program.write_text(_CODEX)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    shop = Shop(bare, provider, "codex")
    shop.environ["PATH"] = f"{program.parent}{os.pathsep}{shop.environ['PATH']}"
    bare.manifest(BY_CODEX)
    error = shop.fails()
    assert isinstance(error, RoutingError) and "nothing was sent" in error.what
    assert journal.is_there(bare.root) and shop.open_entries() == []


def test_a_stored_reply_that_cannot_be_read_is_named_with_its_folder(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        answers.stored(tmp_path / "replies" / "1")
    assert caught.value.where == str(tmp_path / "replies" / "1")
