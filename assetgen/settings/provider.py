"""Where a paid request goes: origin, key and bill, from environment and user configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from urllib.parse import parse_qsl, quote, urlsplit

from assetgen import route_names
from assetgen.cure import advice, command
from assetgen.errors import AccountError, RoutingError, TrustError
from assetgen.settings.config import Config, check_header, check_url
from assetgen.settings.gateway_profiles import OPENAI, PROFILES, Lane, Profile

ORIGIN = "https://api.openai.com/v1"
_OFFICIAL = re.compile(r"(?:[a-z]{2}\.)?api\.openai\.com(?::443)?", re.I)
_KEY = re.compile(r"[!-~]+")
#: Query parameters that are not secret.
PUBLIC = ("api-version",)


@dataclass(frozen=True)
class Provider:
    """One origin with the key that is bound to it. repr shows neither the key nor headers."""

    surface: str
    base_url: str
    profile: Profile
    key_env: str | None
    key: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str | None = field(default=None, repr=False)
    trusts_environment: bool = False
    """Whether proxy variables of the environment apply: for OpenAI's own origin only."""
    image_hosts: tuple[str, ...] = ()
    name: str | None = None
    """The gateway's name; None for OpenAI."""
    channel: str | None = None
    """The channel of the gateway, as the manifest declares it."""
    chats: tuple[str, ...] = ()
    """The user's patterns of models that draw in a chat, in place of those of the profile."""
    tasks_at: str | None = None
    """The user's path of tasks, in place of that of the profile."""

    @property
    def host(self) -> str:
        """Host, and port if it is not the default, as in records."""
        return urlsplit(self.base_url).netloc

    @property
    def base_path(self) -> str:
        """The path of the base URL, below which all requests go."""
        return urlsplit(self.base_url).path.rstrip("/")

    @property
    def is_openai(self) -> bool:
        return self.surface == "openai-api"

    def lane(self, model: str | None) -> Lane:
        """The form of a request for ``model`` here."""
        if any(fnmatchcase(model or "", one) for one in self.chats or self.profile.chats):
            return "chat"
        return self.profile.lane

    def task_path(self, task: str) -> str:
        """Where a task is asked for, below the base URL."""
        pattern = self.tasks_at or self.profile.task_path
        return pattern.replace("{id}", quote(task, safe=""))

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that must never be printed, recorded or logged."""
        password = urlsplit(self.proxy).password if self.proxy else None
        query = (value for name, value in self.query if name not in PUBLIC)
        known = (self.key, *self.headers.values(), self.proxy, password, *query)
        return tuple(value for value in known if value and len(value) > 3)

    @property
    def query(self) -> tuple[tuple[str, str], ...]:
        """The query of the base URL, sent with every request; some services take a key there."""
        return tuple(parse_qsl(urlsplit(self.base_url).query, keep_blank_values=True))

    def with_key(self) -> Provider:
        """Itself. Raises AccountError if the key is not in the environment, or not valid."""
        if self.key and not _KEY.fullmatch(self.key):
            raise AccountError(
                f"{self.key_env} contains a space, a line break or another character "
                "that is not allowed in a key; nothing was sent and nothing was paid",
                cure=advice("set {key_env} to the key alone", key_env=self.key_env or ""),
            )
        if self.key or (not self.profile.needs_key and self.key_env is None):
            return self
        if self.key_env is None:
            what = f"the configuration of gateway {self.name!r} has no key_env"
            setting = f'key_env = "NAME_OF_A_VARIABLE" to [gateway.{self.name}]'
            cure = advice("add {setting} in the user configuration", setting=setting)
            raise AccountError(what, where=self.host, cure=cure)
        raise AccountError(
            f"there is no key for {self.host}: {self.key_env} is not set; "
            "nothing was sent and nothing was paid",
            cure=advice(
                "{export}, or choose another route: {routes}",
                export=command("export {key_env}=...", key_env=self.key_env or ""),
                routes=command("assetgen routes"),
            ),
        )


def surface(route: str, environ: Mapping[str, str]) -> str:
    """The bill that a route is charged to in this environment."""
    if route in route_names.OPENAI:
        scheme, _, rest = (environ.get("OPENAI_BASE_URL") or ORIGIN).partition("://")
        host = re.split("[/?#]", rest)[0]
        if scheme.lower() == "https" and _OFFICIAL.fullmatch(rest.split("/")[0]):
            return route_names.bill(route)
        host = host.rpartition("@")[2]  # never a password, though such an address is refused
        return f"gateway:{host}"
    return route_names.bill(route)


def resolve(
    route: str, channel: str | None, environ: Mapping[str, str], config: Config
) -> Provider:
    """The provider of a paid route. Raises RoutingError or TrustError; does not look for a key."""
    if route.startswith("gateway:"):
        return _gateway(route.removeprefix("gateway:"), channel, environ, config)
    bill = surface(route, environ)
    if bill == "openai-api":
        return Provider(
            surface=bill,
            base_url=(environ.get("OPENAI_BASE_URL") or ORIGIN).rstrip("/"),
            profile=OPENAI,
            key_env="OPENAI_API_KEY",
            key=environ.get("OPENAI_API_KEY"),
            headers=_own_headers(environ),
            trusts_environment=True,
        )
    base_url = environ["OPENAI_BASE_URL"]
    try:
        check_url(base_url, "OPENAI_BASE_URL")
    except ValueError as exc:
        raise TrustError(
            str(exc), where="the environment", cure=advice("correct OPENAI_BASE_URL, or unset it")
        ) from None
    key = environ.get("OPENAI_API_KEY")
    elsewhere = PROFILES["openai"]
    return Provider(
        bill, base_url.rstrip("/"), elsewhere, "OPENAI_API_KEY", key, name=urlsplit(base_url).netloc
    )


def _gateway(
    name: str, channel: str | None, environ: Mapping[str, str], config: Config
) -> Provider:
    known = config.gateway.get(name)
    if known is None:
        raise RoutingError(
            f"gateway {name!r} is in the repository, but not in your own configuration; "
            "a repository cannot choose its address or its key; nothing was sent",
            cure=advice(
                'add [gateway.{name}] with base_url = "https://..." and key_env = "..." to '
                "{config}",
                name=name,
                config=config.path or "~/.config/assetgen/config.toml",
            ),
        )
    return Provider(
        surface=f"gateway:{name}",
        base_url=_versioned(known.base_url.rstrip("/"), known.api_version),
        profile=PROFILES[known.profile],
        key_env=known.key_env,
        key=environ.get(known.key_env) if known.key_env else None,
        headers=known.headers,
        proxy=known.proxy,
        image_hosts=known.image_hosts,
        name=name,
        channel=channel,
        chats=known.chats,
        tasks_at=known.task_path,
    )


def _versioned(url: str, api_version: str | None) -> str:
    """``url`` with the version of the API as a query, which every request then has."""
    if api_version is None:
        return url
    return f"{url}{'&' if '?' in url else '?'}api-version={api_version}"


def _own_headers(environ: Mapping[str, str]) -> dict[str, str]:
    """Headers from the environment, for OpenAI's own origin only. Raises TrustError."""
    found = {}
    for line in (environ.get("OPENAI_CUSTOM_HEADERS") or "").splitlines():
        name, colon, value = line.partition(":")
        if colon and name.strip().lower() != "authorization":
            found[name.strip()] = _sendable(
                name.strip(), value.strip(), "a line of OPENAI_CUSTOM_HEADERS"
            )
    if organization := environ.get("OPENAI_ORG_ID"):
        found["OpenAI-Organization"] = _sendable(
            "OpenAI-Organization", organization, "OPENAI_ORG_ID"
        )
    if project := environ.get("OPENAI_PROJECT_ID"):
        found["OpenAI-Project"] = _sendable("OpenAI-Project", project, "OPENAI_PROJECT_ID")
    return found


def _sendable(name: str, value: str, what: str) -> str:
    """``value``. Raises TrustError if it is not a valid header value."""
    try:
        check_header(name, value, what)
    except ValueError as exc:
        raise TrustError(
            str(exc), where="the environment", cure=advice("correct {what}, or unset it", what=what)
        ) from None
    return value
