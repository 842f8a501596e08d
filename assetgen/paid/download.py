"""Downloads the image that a reply names by URL, from the provider's origin or an allowed host."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

from assetgen import loose_json
from assetgen.cure import Cure, advice
from assetgen.errors import StorageError
from assetgen.image import decode
from assetgen.paid import provider_errors, proxies
from assetgen.paid.transport import Line, Lost, NotSent, Refused
from assetgen.settings.provider import Provider

_AGAIN = advice("run the same command again: the reply with its URL is kept")
#: Names of this machine, one for the other where the port is the same.
_HERE = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
#: Statuses after which the same address may give the image later.
_TEMPORARY = (408, 425, 429, 500, 502, 503, 504)


class Unfetched(Exception):
    """The image behind a URL was not fetched; ``cure`` is None if fetching again cannot help."""

    def __init__(self, what: str, cure: Cure | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure


def picture(url: str, provider: Provider, line: Line, beside: Path) -> bytes:
    """Fetch ``url`` without the API key. Raises Unfetched; the reply stays stored."""
    try:
        whole, address = _allowed(urljoin(provider.base_url + "/", url), provider)
    except ValueError:
        raise _failed(provider, "its URL is not valid") from None
    file = beside.with_name(f"{beside.name}.picture")
    try:
        line.fetch(whole, address, file)
        data = loose_json.unpacked(file.read_bytes())
        decode.facts(data)
    except (NotSent, Lost) as exc:
        raise _failed(provider, str(exc), _AGAIN) from None
    except Refused as exc:
        raise _refused(provider, whole, exc) from None
    except StorageError as exc:
        raise _failed(provider, exc.what) from None
    except OSError as exc:
        raise _failed(provider, exc.strerror or "the file cannot be written", _AGAIN) from None
    finally:
        file.unlink(missing_ok=True)
    return data


def _failed(provider: Provider, why: str, cure: Cure | None = None) -> Unfetched:
    shown = provider_errors.safe(why, provider)
    return Unfetched(f"the image from {provider.host} cannot be fetched: {shown}", cure)


def _refused(provider: Provider, url: str, exc: Refused) -> Unfetched:
    if 300 <= exc.status < 400:
        to = urlsplit(urljoin(url, exc.headers.get("location", ""))).netloc.rpartition("@")[2]
        why = f"status {exc.status}: it redirects to {to[:100]}, and redirects are not followed"
        return _failed(provider, why)
    if exc.status in _TEMPORARY:
        return _failed(provider, f"status {exc.status}", _AGAIN)
    return _failed(provider, f"status {exc.status}: its URL may have expired")


def _allowed(url: str, provider: Provider) -> tuple[str, str | None]:
    """The URL to fetch, and the IP address to fetch it from; None where the name is used.

    Raises Unfetched if the URL is not allowed, ValueError if it is none.
    """
    asked, own = urlsplit(url), urlsplit(provider.base_url)
    host, port = (asked.hostname or "").lower(), _port(asked)
    if not asked.username and asked.password is None:
        if (asked.scheme, host, port) == (own.scheme, own.hostname, _port(own)):
            return asked._replace(netloc=own.netloc).geturl(), None
        is_here = host in _HERE and own.hostname in _HERE
        if is_here and (asked.scheme, port) == (own.scheme, _port(own)):
            return asked._replace(netloc=own.netloc).geturl(), None
        is_own = host == own.hostname and port in (80, _port(own))
        if is_own and (asked.scheme, own.scheme) == ("http", "https"):
            return asked._replace(scheme="https", netloc=own.netloc).geturl(), None
        if _is_listed(asked.scheme, host, port, provider):
            return url, _address(host, port, provider)
    shown = provider_errors.safe(f"{asked.scheme}://{host}", provider)[:100]
    what = f"the reply of {provider.host} points to {shown}, which image_hosts does not allow"
    can_list = asked.scheme == "https" and bool(host) and not asked.username
    raise Unfetched(what, _listing(provider, host, port) if can_list else None)


def _port(parts: SplitResult) -> int | None:
    return parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _listing(provider: Provider, host: str, port: int | None) -> Cure | None:
    """The setting that allows a host; None for a provider without such a setting."""
    if provider.is_openai or not provider.surface.startswith("gateway:"):
        return None
    if provider.name in (None, provider.host):  # it is set by OPENAI_BASE_URL
        return None
    entry = host if port == 443 else f"{_shown(host)}:{port}"
    return advice(
        'the reply is kept: add "{entry}" to image_hosts of [gateway.{name}] in your own '
        "configuration, then run the same command again",
        entry=entry,
        name=provider.name or "",
    )


def _is_listed(scheme: str, host: str, port: int | None, provider: Provider) -> bool:
    """Whether image_hosts has HOST (for port 443) or HOST:PORT.

    Unencrypted only with a port, and only for this machine and private addresses.
    """
    listed = [entry.lower() for entry in provider.image_hosts]
    if f"{_shown(host)}:{port}" in listed:
        return scheme == "https" or (scheme == "http" and _is_near(host))
    return scheme == "https" and port == 443 and (host in listed or _shown(host) in listed)


def _shown(host: str) -> str:
    """A host as it is before a port: an IPv6 address is in brackets."""
    return f"[{host}]" if ":" in host else host


def _is_near(host: str) -> bool:
    try:
        return not _is_public(host)
    except ValueError:
        return host == "localhost"


def _address(host: str, port: int | None, provider: Provider) -> str | None:
    """The address to fetch from, checked; None where a proxy, or the user's own entry, decides."""
    if _is_near(host) and f"{_shown(host)}:{port}" in [one.lower() for one in provider.image_hosts]:
        return None  # the user wrote this very address with its port
    if proxies.proxy(provider) and not _is_near(host):
        return None  # the proxy looks the name up
    return _public_address(host, port or 443)


def _public_address(host: str, port: int) -> str:
    """A public IP address of ``host``, so that no reply can reach into the local network."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as exc:
        raise Unfetched(f"{host} has no IP address: {exc}", _AGAIN) from None
    if not found or not all(_is_public(str(address)) for address in found):
        raise Unfetched(f"{host} has an address in a private network, which a reply must not use")
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
