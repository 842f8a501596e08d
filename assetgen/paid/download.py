"""Downloads the image that a reply names by URL, from the provider's origin or an allowed host."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from assetgen.cure import ID, advice, command
from assetgen.errors import StorageError
from assetgen.image import decode
from assetgen.paid import provider_errors
from assetgen.paid.transport import Line, Lost, NotSent, Refused
from assetgen.settings.provider import Provider

_CURE = advice(
    "the reply is kept: add the host to image_hosts in your own configuration, "
    "then run the same command again"
)
_HOPELESS = advice(
    "no setting allows such an address; {again} buys the image again",
    again=command("assetgen generate {asset} --force", asset=ID),
)


def picture(url: str, provider: Provider, line: Line, beside: Path) -> bytes:
    """Fetch ``url`` without the API key. Raises StorageError; the reply stays stored."""
    try:
        whole = urljoin(provider.base_url + "/", url)
        address = _allowed(whole, provider)
    except ValueError:
        raise _failed(provider, "its URL is not valid") from None
    file = beside.with_name(f"{beside.name}.picture")
    try:
        line.fetch(whole, address, file)
        data = file.read_bytes()
        decode.facts(data)
    except (NotSent, Lost) as exc:
        raise _failed(provider, str(exc)) from None
    except Refused as exc:
        raise _failed(provider, f"status {exc.status}") from None
    except StorageError as exc:
        raise _failed(provider, exc.what) from None
    except OSError as exc:
        raise _failed(provider, exc.strerror or "the file cannot be written") from None
    finally:
        file.unlink(missing_ok=True)
    return data


def _failed(provider: Provider, why: str) -> StorageError:
    shown = provider_errors.safe(why, provider)
    what = f"the image from {provider.host} cannot be fetched: {shown}; it was billed"
    return StorageError(
        what, cure=advice("run the same command again: the reply with its URL is kept")
    )


def _allowed(url: str, provider: Provider) -> str | None:
    """The IP address to fetch from; None for the provider's own origin, which is used by name.

    Raises StorageError if the URL is not allowed.
    """
    asked, own = urlsplit(url), urlsplit(provider.base_url)
    if (asked.scheme, asked.netloc) == (own.scheme, own.netloc):
        return None
    host = asked.hostname or ""
    if (
        asked.scheme != "https"
        or host not in provider.image_hosts
        or asked.username
        or asked.port not in (None, 443)
    ):
        shown = provider_errors.safe(f"{asked.scheme}://{host}", provider)[:100]
        what = f"the reply of {provider.host} points to {shown}, which image_hosts does not allow"
        can_be_allowed = asked.scheme == "https" and bool(host) and asked.port in (None, 443)
        raise StorageError(f"{what}; it was billed", cure=_CURE if can_be_allowed else _HOPELESS)
    return _public_address(host)


def _public_address(host: str) -> str:
    """A public IP address of ``host``, so that no reply can reach into the local network."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as exc:
        raise StorageError(f"{host} has no IP address: {exc}", cure=_CURE) from None
    if not found or not all(_is_public(str(address)) for address in found):
        raise StorageError(
            f"{host} has an address in a private network, which a reply must not use", cure=_CURE
        )
    return str(sorted(map(str, found))[0])


#: IPv6 networks whose addresses contain an IPv4 address in their last 32 bits.
_AROUND_IPV4 = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::ffff:0:0/96", "::/96")))


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.sixtofour
        if any(found in network for network in _AROUND_IPV4):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        return (inner or found).is_global
    return found.is_global
