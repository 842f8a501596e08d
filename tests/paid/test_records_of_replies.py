"""Text from outside never makes a record that cannot be read back."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, cast

import pytest
from PIL import PngImagePlugin

from assetgen.errors import StorageError
from assetgen.fs import store
from assetgen.generate import placing
from assetgen.generate.outcome import Picture
from assetgen.plan.workspace import open_workspace
from assetgen.record import record
from tests.support.place import Place
from tests.support.shop import Shop
from tests.support.vendor import Vendor, encoded

B64 = base64.b64encode(encoded("PNG")).decode()
HUGE = "revised " * 150_000


def bought(place: Place, body: Any, route: str = "images", headers: str = "") -> dict[str, Any]:
    """The record of an image whose reply is ``body``, read back from its file."""
    with Vendor([json.dumps(body).encode()], headers=headers) as vendor:
        shop = Shop(place, cast(Any, vendor), route)
        shop.wants("a")
        shop.buys()
        assert shop.open_entries() == []
    path = ".assetgen/records/a.json"
    data = place.read(path)
    assert len(data) < record.MAX_BYTES // 2
    record.read(data, path)
    assert place.run("check", "--rehash").code == 0
    assert place.run("plan").code == 0
    found: dict[str, Any] = place.record("a")
    return found


def test_a_huge_revised_prompt_is_recorded_as_its_digest(bare: Place) -> None:
    found = bought(bare, {"data": [{"b64_json": B64, "revised_prompt": HUGE}]})
    revised = found["prompt"]["revised"]
    assert revised["text"] is None
    assert revised["digest"] == "sha256:" + hashlib.sha256(HUGE.encode()).hexdigest()


def test_a_revised_prompt_of_usual_length_is_recorded_whole(bare: Place) -> None:
    found = bought(bare, {"data": [{"b64_json": B64, "revised_prompt": HUGE[:32_000]}]})
    assert found["prompt"]["revised"]["text"] == HUGE[:32_000]


@pytest.mark.parametrize("revised", [HUGE[:32_000], HUGE], ids=["recorded", "only its digest"])
def test_a_revised_prompt_is_not_published_with_files_made_again(bare: Place, revised: str) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", revised[:1000])
    picture = encoded("PNG", pnginfo=info)
    datum = {"b64_json": base64.b64encode(picture).decode(), "revised_prompt": revised}
    with Vendor([json.dumps({"data": [datum]}).encode()]) as vendor:
        shop = Shop(bare, cast(Any, vendor))
        shop.wants("a")
        shop.buys()
        (bare.root / "public/a.png").unlink()
        shop.generate()
        assert len(vendor.requests) == 1
    assert b"revised" in picture and b"revised" not in bare.read("public/a.png")


@pytest.mark.parametrize(
    "more",
    [
        {"model": HUGE},
        {"model": "\ud800"},
        {"usage": {f"n{number}": number for number in range(100_000)}},
        {"usage": {"a": {f"n{n}": {f"m{m}": 1 for m in range(100)} for n in range(100)}}},
        {"usage": {"input_tokens": 2**400}},
        {"created": 2**40 - 1},
        {"created": True},
    ],
    ids=["model", "half a model", "wide usage", "deep usage", "huge count", "time", "true"],
)
def test_side_data_of_any_size_leaves_a_readable_record(bare: Place, more: dict[str, Any]) -> None:
    found = bought(bare, {"data": [{"b64_json": B64}], **more})
    assert found["response"]["createdAt"].startswith("20")


def test_ids_and_models_of_a_response_are_bounded(bare: Place) -> None:
    call = {"type": "image_generation_call", "result": B64, "revised_prompt": HUGE}
    body = {"id": "resp_" + "x" * 1_500_000, "status": "completed", "model": HUGE, "output": [call]}
    found = bought(bare, body, "responses")
    assert found["response"]["id"] is None  # half an id is none


def test_hundreds_of_images_in_one_reply_leave_a_readable_record(bare: Place) -> None:
    data = [{"b64_json": base64.b64encode(encoded("PNG", (8, n))).decode()} for n in range(1, 301)]
    found = bought(bare, {"data": data})
    assert found["response"]["images"] == 300
    assert len(found["response"]["others"]) == 100
    kept = list((bare.root / ".assetgen/cache/originals").rglob("*"))
    assert len([path for path in kept if path.is_file()]) == 300


@pytest.mark.parametrize("odd", ["x" * 1_100_000, "\ud800"], ids=["huge", "half a character"])
def test_a_record_that_could_not_be_read_again_is_not_written(bare: Place, odd: str) -> None:
    bought(bare, {"data": [{"b64_json": B64}]})
    project = open_workspace(bare.root)
    [decision] = project.decide()
    stated = record.statement(bare.read(".assetgen/records/a.json"))
    stated["predicate"]["prompt"]["style"] = odd
    with pytest.raises(StorageError, match="could not be read again"):
        placing.stage(store.Batch(bare.root), Picture(decision, [], stated))
