"""The log of purchases belongs to the repository: all its working trees have the same one."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from assetgen.doctor import doctor
from assetgen.errors import TrustError, UnknownOutcome
from assetgen.fs import home, originals, store
from assetgen.paid.journal import Fate
from assetgen.paid.log_file import NAME
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop

_OLD = f"{store.CACHE}/{NAME}"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider(polls=0) as running:
        yield running


def _shop(place: Place, provider: Provider, *ids: str) -> Shop:
    shop = Shop(place, provider)
    shop.wants(*ids)
    return shop


def _linked(place: Place, name: str = "linked") -> Place:
    """Another working tree of the repository."""
    other = place.root.parent / name
    place.git("worktree", "add", "-q", "--detach", str(other))
    return Place(other, Path(place.environ["HOME"]))


def _committed(place: Place) -> None:
    place.git("add", "-A")
    place.git("commit", "-qm", "assets")


def test_an_unknown_purchase_is_known_in_every_working_tree(
    place: Place, provider: Provider
) -> None:
    shop = _shop(place, provider, "a")
    _committed(place)
    provider.fault("reset_after")
    assert isinstance(shop.fails(), UnknownOutcome)
    linked = Shop(_linked(place), provider)
    assert isinstance(linked.fails(), UnknownOutcome) and provider.billed == 1
    standing = doctor.examine(linked.place.root, linked.place.root, linked.conditions()).standing
    assert [one.entry.asset_id for one in standing] == ["a"]


def test_what_a_removed_working_tree_bought_is_not_lost(place: Place, provider: Provider) -> None:
    _shop(place, provider, "a")
    _committed(place)
    linked = Shop(_linked(place), provider)
    provider.meanwhile = lambda: linked.place.write("public", "a file where a folder should be")
    assert linked.fails() and [one.fate for one in linked.open_entries()] == [Fate.ANSWERED]
    place.git("worktree", "remove", "--force", str(linked.place.root))
    provider.meanwhile = lambda: None
    found = Shop(place, provider).buys()
    assert provider.billed == 1
    digest = found["original"]["digest"].removeprefix("sha256:")
    shutil.rmtree(place.root / store.CACHE)
    assert originals.read(place.root, digest) is not None


def test_working_trees_that_buy_at_the_same_time_pay_once(place: Place, provider: Provider) -> None:
    _shop(place, provider, "a", "b")
    _committed(place)
    provider.delay = 0.2
    provider.fault("reset_after", times=2)
    shops = [Shop(place, provider), Shop(_linked(place), provider)]
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda one: one.run("generate", "--no-commit"), shops))
    assert [run.code for run in runs] == [12, 12], runs
    assert provider.billed == 2


def test_projects_in_one_repository_have_logs_of_their_own(
    place: Place, provider: Provider
) -> None:
    sites = [Place(place.root / name, Path(place.environ["HOME"])) for name in ("x", "deep/y z")]
    for site in (place, *sites):
        provider.fault("reset_after")
        assert isinstance(_shop(site, provider, "a").fails(), UnknownOutcome)
    assert provider.billed == 3
    homes = {home.of(site.root).path for site in (place, *sites)}
    assert len(homes) == 3 and all(one.is_relative_to(place.root / ".git") for one in homes)
    assert "assetgen" not in place.git("status", "--porcelain", "--ignored").replace(
        ".assetgen", ""
    )


def test_outside_git_the_log_is_in_the_cache(bare: Place, provider: Provider) -> None:
    _shop(bare, provider, "a").buys()
    assert home.of(bare.root) == home.cache(bare.root) and bare.has(_OLD)
    (bare.root / ".git").write_text("gitdir: /etc\n")
    assert home.of(bare.root) == home.cache(bare.root)


def _aged(bare: Place, provider: Provider) -> Shop:
    """A project whose log is in its cache, as it was before, now in a repository."""
    shop = _shop(bare, provider, "a", "b", "c")
    shop.buys("a")
    provider.fault("reset_after")
    assert isinstance(shop.fails("b"), UnknownOutcome)
    provider.meanwhile = lambda: bare.write("public/c.png/x", "in the way")
    assert shop.fails("c")
    provider.meanwhile = lambda: None
    shutil.rmtree(bare.root / "public/c.png")
    bare.start()
    return shop


def test_an_old_log_is_taken_over(bare: Place, provider: Provider) -> None:
    shop = _aged(bare, provider)
    assert [(one.asset_id, one.fate) for one in shop.open_entries()] == [
        ("b", Fate.SENT),
        ("c", Fate.ANSWERED),
    ]
    assert not bare.has(_OLD) and bare.has(f".git/assetgen/%/{NAME}")
    assert not list((bare.root / ".assetgen/cache/originals").iterdir())
    shop.buys("c")
    assert isinstance(shop.fails("b"), UnknownOutcome) and provider.billed == 3
    digest = bare.record("a")["original"]["digest"].removeprefix("sha256:")
    assert originals.read(bare.root, digest) is not None


def test_an_old_log_that_was_taken_over_already_adds_nothing(
    bare: Place, provider: Provider
) -> None:
    shop = _aged(bare, provider)
    before = shop.open_entries()
    (bare.root / f"{_OLD}.taken-over").rename(bare.root / _OLD)  # as a kill would leave it
    assert shop.open_entries() == before


def test_an_old_log_of_somebody_else_is_refused(bare: Place, provider: Provider) -> None:
    shop = _aged(bare, provider)
    with closing(sqlite3.connect(bare.root / _OLD)) as log, log:
        log.execute("UPDATE checkout SET token = 'of another checkout'")
    with pytest.raises(TrustError):
        shop.open_entries()
    assert bare.ok("doctor", "--keep-log")
    assert [one.asset_id for one in shop.open_entries()] == ["b", "c"]
