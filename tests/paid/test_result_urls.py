"""An image that a reply names by URL is fetched where it may be, and never bought again for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from assetgen.errors import StorageError, TrustError
from assetgen.paid import download
from assetgen.paid.transport import Line
from assetgen.settings.gateway_profiles import PROFILES
from assetgen.settings.provider import Provider as Bound
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop
from tests.support.vendor import Vendor, encoded


class Linking(Vendor):
    """Answers a POST with the URL of an image, and anything else with the image itself."""

    where = ""

    def body(self) -> Iterable[bytes]:
        if self.requests[-1].startswith(b"POST"):
            return [json.dumps({"data": [{"url": self.where}]}).encode()]
        return [encoded("PNG")]


@pytest.fixture
def vendor() -> Iterator[Linking]:
    with Linking([]) as running:
        yield running


@pytest.fixture
def other() -> Iterator[Vendor]:
    with Vendor([encoded("PNG")]) as running:
        yield running


def shop_of(place: Place, vendor: Linking, **more: Any) -> Shop:
    shop = Shop(place, cast(Any, vendor))
    shop.gateway(**more)
    shop.wants("a")
    return shop


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "[::1]", "0.0.0.0"])
def test_another_name_of_this_machine_is_the_own_origin(
    bare: Place, vendor: Linking, name: str
) -> None:
    vendor.where = f"http://{name}:{vendor.port}/generated/x.png"
    shop_of(bare, vendor).buys()
    assert f"host: 127.0.0.1:{vendor.port}".encode() in vendor.requests[1].lower()


def test_another_port_of_this_machine_needs_an_entry(
    bare: Place, vendor: Linking, other: Vendor
) -> None:
    vendor.where = f"http://localhost:{other.port}/x.png"
    error = shop_of(bare, vendor).fails()
    assert "image_hosts does not allow" in error.what and other.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_image_hosts_takes_a_host_with_its_port(
    bare: Place, vendor: Linking, other: Vendor, host: str
) -> None:
    vendor.where = f"http://{host}:{other.port}/x.png"
    shop_of(bare, vendor, image_hosts=[f"{host}:{other.port}"]).buys()
    assert len(other.requests) == 1 and b"canary" not in other.requests[0]


def test_an_image_is_fetched_through_the_proxy_of_the_gateway(bare: Place) -> None:
    with Linking([]) as proxy:  # it sees the whole URL of an unencrypted request
        proxy.where = "http://gateway.internal/generated/x.png"
        shop = shop_of(bare, proxy, proxy=proxy.origin)
        shop.user_config = shop.user_config.replace(proxy.url, "http://gateway.internal/v1")
        shop.buys()
        assert [request.split(b"\r\n")[0] for request in proxy.requests] == [
            b"POST http://gateway.internal/v1/images/generations HTTP/1.1",
            b"GET http://gateway.internal/generated/x.png HTTP/1.1",
        ]


def bound(**more: Any) -> Bound:
    return Bound(
        "gateway:g", "https://gw.example/v1", PROFILES["openai"], "K", "sk-1", name="g", **more
    )


class Noting(Line):
    """Keeps what it is asked to fetch."""

    asked: tuple[str, str | None] = ("", None)

    def fetch(self, url: str, address: str | None, file: Path) -> Any:
        self.asked = (url, address)
        file.write_bytes(encoded("PNG"))


@pytest.mark.parametrize(
    "url",
    ["http://gw.example/x.png", "http://gw.example:80/x.png", "http://GW.example:443/x.png"],
)
def test_an_unencrypted_address_at_the_same_host_is_fetched_encrypted(
    tmp_path: Path, url: str
) -> None:
    line = Noting(bound(), 5.0)
    download.picture(url, bound(), line, tmp_path / "1")
    assert line.asked == ("https://gw.example/x.png", None)


def test_behind_a_proxy_the_name_of_a_listed_host_is_not_looked_up(tmp_path: Path) -> None:
    provider = bound(image_hosts=("cdn.invalid",), proxy="http://127.0.0.1:9")
    line = Noting(provider, 5.0)
    download.picture("https://cdn.invalid/x.png", provider, line, tmp_path / "1")
    assert line.asked == ("https://cdn.invalid/x.png", None)


@pytest.mark.parametrize(
    ("url", "cure"),
    [
        ("https://cdn.example/x.png", 'add "cdn.example" to image_hosts of [gateway.g]'),
        ("https://cdn.example:8443/x.png", 'add "cdn.example:8443" to image_hosts'),
        ("https://[2606:4700::1]:8443/x.png", 'add "[2606:4700::1]:8443" to image_hosts'),
        ("http://cdn.example/x.png", None),
        ("file:///etc/passwd", None),
        ("https://ada:pw@cdn.example/x.png", None),
        ("http://gw.example:8080/x.png", None),
    ],
)
def test_the_setting_is_proposed_only_where_it_helps(
    tmp_path: Path, url: str, cure: str | None
) -> None:
    with pytest.raises(download.Unfetched) as caught:
        download.picture(url, bound(), Noting(bound(), 5.0), tmp_path / "1")
    assert (cure in str(caught.value.cure)) if cure else caught.value.cure is None
    assert "--force" not in str(caught.value.cure)


@pytest.mark.parametrize(
    "entry", ["https://cdn.example", "cdn.example/path", "cdn example", "", "a:b:c:d.example"]
)
def test_an_entry_of_image_hosts_that_is_no_host_is_refused(bare: Place, entry: str) -> None:
    shop = Shop(bare, cast(Any, Vendor([])))
    shop.gateway(image_hosts=[entry])
    shop.wants("a")
    with pytest.raises(TrustError, match="HOST or HOST:PORT"):
        shop.conditions()


FAULTS = {
    "url_redirect": "it redirects to 169.254.169.254",
    "url_html": "cannot be fetched",
    "url_file": "which image_hosts does not allow",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_image_that_cannot_be_fetched_is_cured_by_hand_and_then_settled(
    bare: Place, fault: str
) -> None:
    with Provider() as provider:
        shop = Shop(bare, provider)
        shop.wants("a")
        provider.fault(fault)
        error = shop.fails()
        assert isinstance(error, StorageError) and FAULTS[fault] in error.what
        assert "was billed" in error.what and "/replies/1" in error.what
        cure = str(error.cure)
        assert "assetgen adopt a FILE --route images" in cure
        assert "assetgen doctor --forget 1" in cure and "--force" not in cure
        examined = shop.run("doctor")
        assert "assetgen adopt a FILE --route images" in " ".join(examined.out.split())
        (bare.root / "got.png").write_bytes(encoded("PNG"))
        adopted = shop.run("adopt", "a", "got.png", "--route", "images")
        assert adopted.code == 0, adopted.err
        assert shop.open_entries() == []
        assert provider.billed == 1
        assert shop.generate().failed == [] and provider.billed == 1


def test_an_entry_can_be_forgotten_as_its_message_says(bare: Place) -> None:
    with Provider() as provider:
        shop = Shop(bare, provider)
        shop.wants("a")
        provider.fault("url_file")
        shop.fails()
        assert shop.run("doctor", "--forget", "1").code == 0
        assert shop.open_entries() == []
        assert (bare.root / ".assetgen/cache/replies/1").exists()


def test_a_response_that_can_be_fetched_stays_open_beside_an_adopted_file(bare: Place) -> None:
    with Provider(polls=0) as provider:
        shop = Shop(bare, provider, "responses")
        shop.wants("a")
        provider.fault("bad_key", method="GET", path="/responses/")
        shop.fails()
        (bare.root / "got.png").write_bytes(encoded("PNG"))
        assert shop.run("adopt", "a", "got.png").code == 0
        assert [entry.asset_id for entry in shop.open_entries()] == ["a"]
