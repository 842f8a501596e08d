"""The user's configuration, never the repository's: origins, keys, limits on spending."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
import tomli
from msgspec import Meta

from assetgen import terms
from assetgen.cure import Cure, advice
from assetgen.errors import TrustError
from assetgen.manifest.toml_positions import Key, line_of
from assetgen.settings.gateway_profiles import PROFILES

#: The largest configuration that is read, in bytes.
MAX_BYTES = 1024 * 1024
#: The default limits of one run on one bill: images, and US dollars where a price is known.
IMAGES, PER_RUN_USD = 50, 10.0

EnvironmentName = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$(?!\n)")]


_TASK_PATH = r"^(?:/[A-Za-z0-9._~-]+)*/\{id\}$(?!\n)"


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the configuration: an unknown key in it is an error."""


class GatewayAccount(_Table, frozen=True):
    """A provider other than OpenAI: its address, its key, its protocol."""

    base_url: str
    key_env: EnvironmentName | None = None
    profile: str = "openai"
    proxy: str | None = None
    image_hosts: tuple[str, ...] = ()
    """HOST or HOST:PORT, besides the gateway's own, that its replies may link images on."""
    headers: dict[str, str] = {}
    api_version: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,40}$(?!\n)")] | None = None
    """The version of the API that each request states, at Azure."""
    chats: tuple[str, ...] = ()
    """Patterns of the models that draw in a chat, in place of those of the profile."""
    task_path: Annotated[str, Meta(pattern=_TASK_PATH)] | None = None
    """Where a task is asked for, below base_url."""


class Limit(_Table, frozen=True):
    """The limits of one run on one bill."""

    images: Annotated[int, Meta(ge=0)] = IMAGES
    per_run_usd: Annotated[float, Meta(ge=0)] = PER_RUN_USD
    images_per_minute: Annotated[int, Meta(ge=1)] | None = None


class Agents(_Table, frozen=True):
    """What agents may do with the tools of ``assetgen mcp``."""

    may_spend: bool = False
    """Whether they may buy images, within the limits."""


class Config(_Table, frozen=True):
    """The whole configuration; ``path`` is its file, None if there is no file."""

    gateway: dict[str, GatewayAccount] = {}
    limits: dict[str, Limit] = {}
    model: dict[str, dict[str, Any]] = {}
    agents: Agents = Agents()
    path: str | None = None

    def limit(self, surface: str) -> Limit:
        """The limits of a bill, or the default limits if the user sets none."""
        return self.limits.get(surface, Limit())


def usual_place(environ: Mapping[str, str]) -> Path | None:
    """The default path of the configuration; None if there is no home directory."""
    place = terms.usual_config_place(environ)
    return Path(place) if place else None


def load(environ: Mapping[str, str], root: Path, named: Path | None = None) -> Config:
    """Read the configuration from ``named``, ASSETGEN_CONFIG or the default path, in this order.

    Raises TrustError if it is in the project, where a repository could write it, or unreadable.
    """
    stated = _stated(environ, named)
    path = stated or usual_place(environ)
    if path is None or (stated is None and not path.is_file()):
        return Config()
    _refuse_in_project(path, root, is_stated=stated is not None)
    return parse(_read(path), str(path))


def place(environ: Mapping[str, str], root: Path, named: Path | None = None) -> Path:
    """Where the configuration is, or where it would be written. Raises TrustError."""
    stated = _stated(environ, named)
    path = stated or usual_place(environ)
    if path is None:
        raise TrustError(
            "no home folder is known, so the user's configuration has no place",
            where="the environment",
            cure=advice("name a file: --config FILE, outside the repository"),
        )
    _refuse_in_project(path, root, is_stated=stated is not None)
    return path


def _stated(environ: Mapping[str, str], named: Path | None) -> Path | None:
    return named or (Path(environ["ASSETGEN_CONFIG"]) if environ.get("ASSETGEN_CONFIG") else None)


def _refuse_in_project(path: Path, root: Path, *, is_stated: bool) -> None:
    """Raise TrustError if a repository could write the configuration."""
    if path.resolve().is_relative_to(_repository(root.resolve()) if is_stated else root.resolve()):
        raise TrustError(
            "the user's configuration is in the project, where the repository could change it",
            where=str(path),
            cure=advice("move it out of the repository, to ~/.config/assetgen/config.toml"),
        )


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:  # a device has no end
            data = stream.read(MAX_BYTES + 1)
    except OSError as exc:
        what = f"the user's configuration cannot be read: {exc.strerror}"
        raise TrustError(
            what, where=str(path), cure=advice("correct the path, or omit it")
        ) from exc
    return data


def _repository(root: Path) -> Path:
    """The folder of the repository that contains the project, or else the project itself."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)


def parse(data: bytes, where: str) -> Config:
    """The configuration in ``data``. Raises TrustError naming the line, the key and the cure."""
    text = ""
    try:
        if len(data) > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES} bytes")
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        document = tomli.loads(text)
        if "path" in document:
            raise _wrong(
                "there is no key 'path'",
                where,
                text,
                ("path",),
                advice("remove it; the keys are: agents, gateway, limits, model"),
            )
        try:
            config = msgspec.convert({**document, "path": where}, Config, strict=True)
        except msgspec.ValidationError:
            raise _explained(document, where, text) from None
        for name, gateway in config.gateway.items():
            try:
                _check(name, gateway)
            except ValueError as exc:
                raise _wrong(str(exc), where, text, _key_of(str(exc), name), None) from None
        for surface in config.limits:
            if not re.fullmatch(r"openai-api|codex-plan|gateway:[a-z0-9][a-z0-9._:-]*", surface):
                what = (
                    f"limits.{surface!r} is not a bill: use openai-api, codex-plan or gateway:NAME"
                )
                raise _wrong(
                    what,
                    where,
                    text,
                    ("limits", surface),
                    advice('write "openai-api" = {{ ... }}, for instance'),
                )
    except (ValueError, RecursionError) as exc:  # tomli's and UnicodeDecodeError are ValueErrors
        line = getattr(exc, "lineno", None)
        what = f"the user's configuration is invalid: {exc}"
        raise TrustError(
            what,
            where=f"{where}:{line}" if line else where,
            cure=advice("fix {where}", where=where),
        ) from None
    return config


def _wrong(what: str, where: str, text: str, key: Key, cure: Cure | None) -> TrustError:
    line = line_of(text, key)
    what = f"the user's configuration is invalid: {what}"
    return TrustError(
        what,
        where=f"{where}:{line}" if line else where,
        cure=cure or advice("fix {where}", where=where),
    )


def _key_of(what: str, name: str) -> Key:
    """The gateway key at the start of a message, or else the gateway itself."""
    said = re.match(rf"gateway\.{re.escape(name)}\.(\w+)", what)
    return ("gateway", name, said[1]) if said else ("gateway", name)


_FORMS = {
    r"^[A-Za-z_][A-Za-z0-9_]*$(?!\\n)": "the name of an environment variable, "
    'such as key_env = "ACME_API_KEY"',
    r"^[A-Za-z0-9._-]{1,40}$(?!\n)": 'a version, such as api_version = "preview"',
    _TASK_PATH: 'a path with the id at its end, such as task_path = "/images/tasks/{id}"',
}


def _explained(document: Mapping[str, Any], where: str, text: str) -> TrustError:
    """An error for the first invalid value in ``document``."""
    from assetgen.manifest.toml_faults import Wording, faults

    found = next(faults(document, Config, Wording(_FORMS, quotes=False)))
    cure = found.cure
    if found.names:  # all but where it was read from
        names = [name for name in found.names if name != "path"]
        cure = advice("remove it; there are: {names}", names=names)
    if found.missing == "base_url":
        cure = advice('add base_url = "https://..."')
    # The file contains the key itself, but it must name a variable.
    if found.unknown in ("key", "api_key"):
        cure = advice('write key_env = "NAME_OF_A_VARIABLE", the variable that contains the key')
    return _wrong(found.what, where, text, found.key, cure)


# No HTTP client needs a longer one; theirs end at 65,536.
_LONGEST_URL = 2000
_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\]")
_IMAGE_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?|[0-9a-fA-F:.]+")
_HEADER = re.compile(r"[A-Za-z0-9-]+")
_VALUE = re.compile(r"(?:[!-~](?:[ -~]*[!-~])?)?")
#: Headers that route and end a message: a mistake in them could leave the outcome unknown.
_FRAMING = frozenset(
    {"host", "connection", "content-length", "content-type", "transfer-encoding", "accept-encoding"}
)


def _check(name: str, gateway: GatewayAccount) -> None:
    at = f"gateway.{name}"
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise ValueError(f"{at}: a name may contain only a-z, 0-9 and -")
    if gateway.profile not in PROFILES:
        names = ", ".join(sorted(PROFILES))
        raise ValueError(f"{at}.profile = {gateway.profile!r} does not exist: use one of {names}")
    check_url(gateway.base_url, f"{at}.base_url")
    if gateway.proxy is not None and (wrong := wrong_proxy(gateway.proxy)):
        raise ValueError(f"{at}.proxy {wrong}: use http://HOST:PORT or https://HOST:PORT")
    for entry in gateway.image_hosts:
        if not _IMAGE_HOST.fullmatch(entry):
            raise ValueError(
                f"{at}.image_hosts: {entry[:80]!r} is not a host: use HOST or HOST:PORT, "
                "without https:// and without a path"
            )
    if gateway.api_version is not None and not PROFILES[gateway.profile].has_api_version:
        raise ValueError(f"{at}.api_version is for profile azure only: remove it")
    if gateway.task_path is not None and PROFILES[gateway.profile].lane != "tasks":
        raise ValueError(f"{at}.task_path is for profiles tasks and sub2api only: remove it")
    for header, value in gateway.headers.items():
        check_header(header, value, f"{at}.headers.{header!r}")


def wrong_proxy(url: str) -> str | None:
    """What is wrong with the address of a proxy, if anything; it is not repeated (passwords)."""
    if url.lower().startswith("socks"):
        return "is a SOCKS proxy, which cannot be used"
    return None if _is_proxy(url) else "is not a proxy address"


def _is_proxy(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and url.isascii()
            and url.isprintable()
            and is_name(parts.hostname or "")
            and 0 <= (parts.port or 1) < 65536
        )
    except ValueError:
        return False


def is_name(host: str) -> bool:
    """Whether ``host`` can be looked up: its parts are neither empty nor too long.

    One that ends in a number is an address, as browsers and HTTP clients read it.
    """
    try:
        is_sound = bool(host.encode("idna")) and len(host) <= 253
        return is_sound and (not _ends_in_number(host) or _is_ipv4(host))
    except UnicodeError:
        return False


def _ends_in_number(host: str) -> bool:
    return host.removesuffix(".").rpartition(".")[2].isdigit()


def _is_ipv4(host: str) -> bool:
    import ipaddress

    try:
        return bool(ipaddress.IPv4Address(host))
    except ValueError:
        return False


def check_header(name: str, value: str, what: str) -> None:
    """Raise ValueError, without the value, unless a header can be sent and sets no framing."""
    if not _HEADER.fullmatch(name) or not _VALUE.fullmatch(value) or name.lower() in _FRAMING:
        raise ValueError(f"{what} cannot be sent")


def check_url(url: str, what: str) -> None:
    """Raise ValueError unless ``url`` is a plain http(s) address without credentials or query.

    Unencrypted requests can reach only this machine and private addresses.
    """
    if len(url) > _LONGEST_URL:
        raise ValueError(f"{what} has {len(url)} characters; an address has at most {_LONGEST_URL}")
    parts = urlsplit(url)
    shown = f"{what} = {re.split('[?#]', re.sub('//[^/]*@', '//***@', url))[0]!r}"
    host = parts.netloc.rpartition(":")[0] if re.search(r":\d+$", parts.netloc) else parts.netloc
    if _HOST.fullmatch(host) and _ends_in_number(host) and not _is_ipv4(host):
        raise ValueError(f"{shown}: {host} is not an IPv4 address, such as 192.168.1.5")
    has_host = bool(_HOST.fullmatch(host)) and is_name(host)
    if parts.scheme not in ("http", "https") or not has_host or parts.fragment:
        raise ValueError(f"{shown} is not an http(s) address without credentials")
    if not re.fullmatch(r"[A-Za-z0-9._~/-]*", parts.path) or not re.fullmatch(
        r"[A-Za-z0-9._=&-]*", parts.query
    ):
        raise ValueError(f"{shown} contains characters that are not allowed")
    if (
        not re.fullmatch("[!-~]+", url) or (parts.port or 1) > 65535
    ):  # .port raises ValueError itself
        raise ValueError(f"{shown} contains characters that are not allowed")
    if parts.scheme == "http" and not _is_near(host.lower()):
        raise ValueError(f"{shown} would send the key unencrypted: use https")


#: A name without a domain. One that starts with a digit could be an address: 134744072.
_NAME = re.compile(r"[a-z][a-z0-9-]*")


def _is_near(host: str) -> bool:
    import ipaddress

    if (
        host == "[::1]"
        or host.endswith((".localhost", ".local", ".internal"))
        or _NAME.fullmatch(host)
    ):
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return address.is_private or address.is_loopback


# Built here, in one thread: msgspec crashes where threads build the form of one class at once.
msgspec.json.Decoder(Config)
