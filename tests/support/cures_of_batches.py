"""States of batches, and the commands that are printed there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.cures import Printed, Stage, State
from tests.support.provider.batches import Plan

_MODULE = "plan/batch_cures"
#: The requests of a batch: its file, and its start.
_ONE_BATCH = 2
#: How a command ends that lists what has an unknown outcome.
_UNKNOWN = (12,)


def _images(stage: Stage, **plan: Any) -> None:
    stage.provider.account.plan = Plan(size=(64, 48), **plan)
    stage.shop.wants("a")
    stage.commit()


def _sent(**plan: Any) -> Callable[[Stage], None]:
    """A batch that was sent."""

    def prepare(stage: Stage) -> None:
        _images(stage, **plan)
        stage.ok("generate", "--batch")

    return prepare


def _expired(stage: Stage) -> None:
    _sent(status="expired", finished=0)(stage)


def _unusable(stage: Stage) -> None:
    _sent(refused={1: "corrupt"})(stage)


def _unknown(stage: Stage) -> None:
    """A batch that may have been started; it was not."""
    _images(stage)
    stage.provider.fault("reset_before", path="/batches")
    stage.run("generate", "--batch")


def _masked(stage: Stage) -> None:
    stage.place.picture("assets/in.png", (1024, 1024))
    from PIL import Image

    clear = Image.new("RGBA", (1024, 1024), (0, 0, 0, 0))
    clear.save(stage.place.root / "assets/mask.png")
    stage.shop.wants("a", more='inputs = ["assets/in.png"]\nmask = "assets/mask.png"')
    stage.commit()


def _paid_before(stage: Stage) -> None:
    """An image that was requested alone, with an unknown outcome."""
    _images(stage)
    stage.provider.fault("reset_after")
    stage.run("generate")


def _two_models(stage: Stage) -> None:
    _images(stage)
    first = stage.place.read("assets.toml").decode()
    stage.shop.wants("b", model="gpt-image-2.5-flare")
    stage.place.manifest(first + stage.place.read("assets.toml").decode())
    stage.commit()


def _cancelled(stage: Stage) -> Printed:
    return stage.run("batch", "cancel", next(iter(stage.provider.account.batches)))


def _in_time(stage: Stage) -> None:
    stage.provider.account.plan = Plan(size=(64, 48))


STATES: tuple[State, ...] = (
    State((_MODULE, "assetgen batch collect {id}"), _sent(), prints="plan"),
    State((_MODULE, "assetgen batch collect"), _two_models, prints="generate --batch"),
    State((_MODULE, "assetgen batch collect {id} --wait"), _sent(), shown=_cancelled),
    # It is not certain yet that it was never started.
    State((_MODULE, "assetgen batch"), _unknown, prints="plan", settles=False, exits=_UNKNOWN),
    State((_MODULE, "assetgen doctor --forget {number}"), _unknown, prints="doctor"),
    State((_MODULE, "assetgen generate {id} --force"), _unusable, prints="batch collect", pays=1),
    State(
        (_MODULE, "assetgen generate {id} --batch"),
        _expired,
        prints="batch collect",
        first=_in_time,
        pays=_ONE_BATCH,
    ),
    State((_MODULE, "assetgen generate {id}"), _masked, prints="generate --batch", pays=1),
    State(
        ("generate/batch_submit", "assetgen doctor"),
        _paid_before,
        prints="generate --batch",
        settles=False,
        exits=_UNKNOWN,
    ),
)
