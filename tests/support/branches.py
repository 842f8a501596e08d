"""Bought pictures in a git repository, its clones and branches, and the cures printed there."""

from __future__ import annotations

import re
from pathlib import Path

from assetgen.check import check
from assetgen.check.findings import Finding
from assetgen.cure import Cure
from tests.support import forks
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop


def commit(place: Place, message: str = "pictures") -> None:
    place.git("add", "-A")
    place.git("commit", "-q", "-m", message)


def bought(place: Place, provider: Provider, *ids: str, more: str = "") -> Shop:
    """A project with bought pictures, committed."""
    shop = Shop(place, provider)
    shop.wants(*ids, more=more)
    shop.buys()
    commit(place)
    return shop


def cloned(shop: Shop, name: str = "clone") -> Shop:
    """A fresh clone, which has no cache; its provider is the same."""
    origin = shop.place.root
    home = Path(shop.place.environ["HOME"])
    shop.place.git("clone", "-q", str(origin), str(origin.parent / name))
    return Shop(Place(origin.parent / name, home), shop.provider, shop.route)


def alternatives(cure: Cure) -> list[str]:
    """The commands of a printed cure, without the words in brackets."""
    return [re.sub(r" \([^()]*\)$", "", one) for one in str(cure).split(", or ")]


def runs(place: Place, command: Cure | str) -> None:
    """Run a printed command in the project as a user would; it must succeed."""
    done = forks.shell(str(command), place.root, place.environ)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def findings(place: Place, *, staged: bool = False) -> tuple[Finding, ...]:
    return check.check(place.root, place.environ, staged=staged).findings


def only(found: tuple[Finding, ...]) -> Finding:
    [finding] = found
    return finding


def torn(place: Place, path: str, ours: bytes, theirs: bytes) -> None:
    """The same as ``conflict``, settled in the working tree but not for git."""
    conflict(place, path, ours, theirs)
    place.write(path, ours)


def conflict(place: Place, path: str, ours: bytes, theirs: bytes) -> None:
    """A merge that both sides' changes to ``path`` keep from ending."""
    place.git("switch", "-q", "-c", "topic")
    place.write(path, theirs)
    commit(place, "theirs")
    place.git("switch", "-q", "main")
    place.write(path, ours)
    commit(place, "ours")
    assert place._run(["git", "merge", "topic"], place.root, place.environ).code != 0
