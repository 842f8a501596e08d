"""States of approvals, and the commands printed there."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.approving import painted
from tests.support.cures import Stage, State
from tests.support.place import Place

_APPROVING, _CHECK = "generate/approving", "check/approvals"


def _at(prepare: Callable[[Place], None]) -> Callable[[Stage], None]:
    return lambda stage: prepare(stage.place)


def _painted(place: Place) -> None:
    painted(place, "a")


def _without_git(place: Place) -> None:
    _painted(place)
    (place.root / ".git").rename(place.root.parent / "git")


def _unclean(place: Place) -> None:
    _painted(place)
    place.write("assets.toml", place.read("assets.toml") + b"\n")


def _without_asset(place: Place) -> None:
    _painted(place)
    place.ok("approve", "a")
    place.write(".assetgen/approvals/z.json", place.read(".assetgen/approvals/a.json"))


def _other_staged(place: Place) -> None:
    _painted(place)
    place.ok("approve", "a")
    place.picture("public/a.png", (9, 9))
    place.ok("accept", "a", "--no-commit")
    place.git("add", "-A")


def _unknown(stage: Stage) -> None:
    _painted(stage.place)
    for name in [name for name in stage.environ if name.startswith("GIT_AUTHOR")]:
        del stage.environ[name]


def _shallow(place: Place) -> None:
    _painted(place)
    place.git("clone", "-q", "--bare", ".", "../up.git")
    place.git("remote", "add", "origin", str(place.root.parent / "up.git"))
    place.write(".git/shallow", place.git("rev-parse", "HEAD") + "\n")


STATES = [
    State(("diff/compare", "git init"), _at(_without_git), "diff"),
    State(("diff/ends", "git fetch --unshallow"), _at(_shallow), "diff HEAD~1"),
    State(("diff/ends", "git fetch --all"), _at(_painted), "diff nope", settles=False),
    State((_APPROVING, "git init"), _at(_without_git), "approve a"),
    State(
        (_APPROVING, "git add -- {paths} && git commit -m {message} -- {paths}"),
        _at(_unclean),
        "approve a",
    ),
    State((_APPROVING, "assetgen plan --all"), _at(_painted), "revoke z*", settles=False),
    State((_APPROVING, "assetgen show {asset_id}"), _at(_painted), "revoke a", settles=False),
    State(
        ("fs/identity", 'git config user.name "You" && git config user.email you@example.org'),
        _unknown,
        "approve a",
    ),
    State((_CHECK, "assetgen approve {name}"), _at(_painted)),
    State((_CHECK, "assetgen revoke {name}"), _at(_without_asset)),
    State(
        (_CHECK, "assetgen approve {name} --no-commit && git add -- {path}"),
        _at(_other_staged),
        "check --staged",
    ),
]
