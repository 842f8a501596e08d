"""assetgen gateway: add, list and remove gateways in the user's own configuration."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from assetgen.commands import context
from assetgen.cure import advice

if TYPE_CHECKING:
    from pathlib import Path

    from assetgen.settings.gateway_profiles import Profile


def arguments(parser: ArgumentParser) -> None:
    parser.description = (
        "Add a gateway to your own configuration, list those that are in it, or remove\n"
        "one. It is never written into a repository, and it never has a key: it names\n"
        "the environment variable that has it."
    )
    parser.add_argument("action", choices=("add", "list", "remove"), metavar="add|list|remove")
    parser.add_argument("name", nargs="?", metavar="NAME", help="its name in assets.toml")
    parser.add_argument(
        "--profile", metavar="P", help="the kind of service; default: NAME, or else openai"
    )
    parser.add_argument(
        "--base-url", metavar="URL", help="its address; default: that of the profile"
    )
    parser.add_argument(
        "--key-env", metavar="VARIABLE", help="the variable with the key; default: the profile's"
    )
    parser.add_argument(
        "--api-version", metavar="V", help="with profile azure: the version of its API"
    )


def contradiction(options: Namespace) -> str | None:
    settings = (options.profile, options.base_url, options.key_env, options.api_version)
    if options.action == "list":
        return "list takes no NAME" if options.name else None
    if options.name is None:
        return f"{options.action} needs the NAME of a gateway"
    if options.action == "remove" and any(settings):
        return "remove takes no settings"
    return None


def run(options: Namespace) -> int:
    from assetgen.settings import config

    root, scratch = context.root_or_scratch(options)
    path = config.place(os.environ, root or scratch, options.config)
    if options.action == "list":
        return _list(options, path, root or scratch)
    if options.action == "remove":
        return _remove(options, path)
    return _add(options, path, root=root, scratch=scratch)


def _add(options: Namespace, path: Path, *, root: Path | None, scratch: Path) -> int:
    from assetgen.doctor import doctor
    from assetgen.report import routes
    from assetgen.settings import user_file
    from assetgen.settings.conditions import Conditions
    from assetgen.settings.config import load

    keys = _keys(options)
    written = user_file.add(path, options.name, keys)
    conditions = Conditions(os.environ, load(os.environ, root or scratch, path))
    found = doctor.examine_route(root, scratch, conditions, f"gateway:{options.name}")
    if options.json:
        data = {"path": str(path), "name": options.name, "added": keys}
        context.print_json({**data, "doctor": routes.as_data(found)})
        return found.exit_code
    print(f"added to {path}:\n\n{written}")
    sys.stdout.flush()
    routes.doctor(found, sys.stdout)
    return found.exit_code


def _keys(options: Namespace) -> dict[str, str]:
    """What is written, in the order of the documentation. Raises ManifestError."""
    profile = _profile(options)
    base_url = options.base_url or profile.origin
    if base_url is None:
        from assetgen.errors import ManifestError

        raise ManifestError(
            f"profile {profile.name!r} is for services of many addresses",
            cure=advice(
                "assetgen gateway add {name} --profile {profile} --base-url https://HOST/v1",
                name=options.name,
                profile=profile.name,
            ),
        )
    _refuse_secret(base_url)
    keys = {"base_url": base_url}
    if key_env := options.key_env or _variable(options.name, profile):
        keys["key_env"] = key_env
    keys["profile"] = profile.name
    if options.api_version:
        keys["api_version"] = options.api_version
    return keys


def _refuse_secret(base_url: str) -> None:
    """Raise TrustError for an address with a query, which could be a key: it would be shown."""
    from assetgen.errors import TrustError
    from assetgen.settings.provider import PUBLIC

    names = [part.partition("=")[0] for part in base_url.partition("?")[2].split("&")]
    if "?" in base_url and not set(names) <= set(PUBLIC):
        raise TrustError(
            "the address has a query, and what is in it could be a key; nothing was changed",
            where="--base-url",
            cure=advice(
                "leave out everything from the question mark on, and name the variable that has "
                "the key: --key-env VARIABLE"
            ),
        )


def _profile(options: Namespace) -> Profile:
    from assetgen.errors import ManifestError
    from assetgen.settings.gateway_profiles import PROFILES

    name = options.profile or (options.name if options.name in PROFILES else "openai")
    if name not in PROFILES:
        listed = "; ".join(f"{one.name}: {one.about}" for one in PROFILES.values())
        raise ManifestError(
            f"there is no profile {name!r}", cure=advice("use one of: {listed}", listed=listed)
        )
    return PROFILES[name]


def _variable(name: str, profile: Profile) -> str | None:
    """The variable with the key; None if the service needs none."""
    if profile.key_env or not profile.needs_key:
        return profile.key_env
    plain = name.upper().replace("-", "_")
    return f"{'_' if plain[:1].isdigit() else ''}{plain}_API_KEY"


def _list(options: Namespace, path: Path, root: Path) -> int:
    from assetgen.settings.config import load

    known = load(os.environ, root, options.config).gateway
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "profile": account.profile,
            "base_url": account.base_url.partition("?")[0],
            "key_env": account.key_env,
            "key_is_set": bool(account.key_env and os.environ.get(account.key_env)),
        }
        for name, account in sorted(known.items())
    ]
    lines = [
        f"{row['name']}  {row['profile']}  {row['base_url']}  {_key(row)}" for row in rows
    ] or ["there are no gateways", "next: assetgen gateway add NAME"]
    data = {"path": str(path), "gateways": rows}
    _print(options, data, [f"your configuration: {path}", *lines])
    return 0


def _key(row: dict[str, Any]) -> str:
    if row["key_env"] is None:
        return "no key"
    return f"key in {row['key_env']}" + ("" if row["key_is_set"] else ", which is not set")


def _remove(options: Namespace, path: Path) -> int:
    from assetgen.settings import user_file

    gone = user_file.remove(path, options.name)
    data = {"path": str(path), "name": options.name}
    _print(options, data, [f"removed from {path}:", "", *gone.rstrip().splitlines()])
    return 0


def _print(options: Namespace, data: dict[str, Any], lines: list[str]) -> None:
    from assetgen.text import clean

    if options.json:
        context.print_json(data)
    else:
        print("\n".join(map(clean, lines)))
