"""Making one picture: the files and the record come from one drawing, which is decoded once."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
import pytest

from assetgen.generate.buyer import Buyer
from assetgen.generate.making import Maker
from assetgen.generate.outcome import Picture
from assetgen.image import decode
from assetgen.plan import decide
from assetgen.plan.routing import Drawn, Job
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.record import record
from assetgen.settings import catalog
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop
from tests.support.tiny import tiny, want

if TYPE_CHECKING:
    from PIL.Image import Image

    from assetgen.generate.slots import Turn


def _nothing_is_bought(job: Job, _turn: Turn | None) -> Drawn:
    raise AssertionError(job.wish.asset.id)


def _made(project: Workspace, decoder: Callable[[bytes], Image]) -> Picture:
    maker = Maker(project, catalog.shipped, _nothing_is_bought, decoder=decoder)
    return maker.make(decide.judge(project.wish("a"), project.world(), {}))


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ("", 0),
        ("variants = { widths = [20] }", 1),
        ('variants = { widths = [10, 20], formats = ["avif", "webp", "png"] }', 1),
    ],
    ids=["one file", "a variant", "many variants"],
)
def test_a_local_original_is_decoded_at_most_once_and_only_for_other_sizes(
    bare: Place, lines: str, count: int
) -> None:
    tiny(bare)
    want(bare, "a", a=lines)
    decoded: list[bytes] = []

    def counted(data: bytes) -> Image:
        decoded.append(data)
        return decode.decode(data)

    made = _made(open_workspace(bare.root), counted)
    assert len(decoded) == count
    stated = msgspec.to_builtins(made.statement)["predicate"]
    [original] = [file.data for file in made.files if file.path == "public/a.png"]
    assert stated["placeholder"] == decode.placeholder(decode.decode(original))


def test_a_run_puts_into_place_what_the_maker_makes(bare: Place) -> None:
    tiny(bare)
    want(bare, "a", a="variants = { widths = [20] }")
    made = _made(open_workspace(bare.root), decode.decode)
    tiny(bare, "a", a="variants = { widths = [20] }")
    assert [bare.read(file.path) for file in made.files] == [file.data for file in made.files]
    assert bare.read(record.place("a")) == record.write(made.statement)


@pytest.mark.parametrize("how", ["base64", "url"])
def test_a_bought_original_is_decoded_once_however_it_comes(bare: Place, how: str) -> None:
    with Provider(polls=0) as provider:
        shop = Shop(bare, provider)
        if how == "url":
            provider.fault("url_same_origin")
        shop.wants("a", more="variants = { widths = [320] }")
        conditions, project = shop.conditions(), open_workspace(bare.root)
        buyer = Buyer(bare.root, conditions, {})

        def never(_data: bytes) -> Image:
            raise AssertionError

        with closing(buyer), buyer.slots.line_up() as turn:
            room = buyer.slots.images
            maker = Maker(
                project, catalog.shipped, lambda job, _: buyer.draw(job, turn), decoder=never
            )
            made = maker.make(decide.judge(project.wish("a"), project.world(), {}))
            rooms = [room.acquire(blocking=False) for _ in range(64)]
        assert [file.width for file in made.files] == [1024, 320]
        assert rooms.count(True) == (os.cpu_count() or 1)  # one is in use till the end
        assert room.acquire(blocking=False)
