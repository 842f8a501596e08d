"""A picture behind the URL of a reply: from the provider's own origin or a host its user named, and no other."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from assetgen.errors import StorageError
from assetgen.image import decode
from assetgen.paid import provider_errors
from assetgen.paid.transport import Line, Lost, NotSent, Refused
from assetgen.settings.provider import Provider

_CURE = "the reply is kept: allow the host with image_hosts in the user configuration, then run the same command again"
_HOPELESS = "no setting allows such an address; assetgen generate ID --force buys the picture again"


def picture(url: str, provider: Provider, line: Line, beside: Path) -> bytes:
    """Fetch ``url`` without any key. Raises StorageError; the reply that named it stays stored."""
    try:
        whole = urljoin(provider.base_url + "/", url)
        address = _allowed(whole, provider)
    except ValueError:
        raise _failed(provider, "its address is none") from None
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
        raise _failed(provider, exc.strerror or "it cannot be written") from None
    finally:
        file.unlink(missing_ok=True)
    return data


def _failed(provider: Provider, why: str) -> StorageError:
    what = f"the picture that {provider.host} drew cannot be fetched: {provider_errors.safe(why, provider)}; it was billed"
    return StorageError(what, cure="run the same command again: the reply with its address is kept")


def _allowed(url: str, provider: Provider) -> str | None:
    """The address to fetch from (None: by name, at the provider's own origin). Raises StorageError if there is none."""
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
        what = f"the reply of {provider.host} points to {shown}, which is neither its own origin nor allowed"
        can_be_allowed = asked.scheme == "https" and bool(host) and asked.port in (None, 443)
        raise StorageError(f"{what}; it was billed", cure=_CURE if can_be_allowed else _HOPELESS)
    return _public_address(host)


def _public_address(host: str) -> str:
    """An address of ``host`` on the public network, so that no reply reaches into the local one."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as exc:
        raise StorageError(f"{host} has no address: {exc}", cure=_CURE) from None
    if not found or not all(_is_public(str(address)) for address in found):
        raise StorageError(
            f"{host} has an address inside this network; a reply may not lead there", cure=_CURE
        )
    return str(sorted(map(str, found))[0])


#: IPv6 addresses that a translator or the system turns into the IPv4 address in their last 32 bits.
_AROUND_IPV4 = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "::ffff:0:0/96", "::/96")))


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.sixtofour
        if any(found in network for network in _AROUND_IPV4):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        return (inner or found).is_global
    return found.is_global
