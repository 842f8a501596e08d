"""doctor proposes only models that can take the place of the missing one."""

from __future__ import annotations

import json

import pytest

from assetgen.doctor import doctor, unlisted
from assetgen.doctor.notes import Note, Urgency
from assetgen.settings import catalog
from assetgen.settings.gateway_profiles import OPENAI
from assetgen.settings.provider import ORIGIN, Provider
from tests.support.place import Place
from tests.support.shop import Shop
from tests.support.vendor import Vendor

LISTED = ("gpt-image-2", "gpt-5.5", "gpt-6.1-sol", "text-embedding-3", "gpt-4o-transcribe")


def told(place: Place, names: tuple[str, ...], route: str, more: str = "") -> str:
    """What doctor says about the models of one asset, where the provider lists ``names``."""
    body = json.dumps({"data": [{"id": name} for name in names]}).encode()
    with Vendor([body]) as vendor:
        shop = Shop(place, vendor, route)  # type: ignore[arg-type]
        shop.wants("a", more=more)
        found = doctor.examine(place.root, place.root, shop.conditions())
    notes = [note for check in found.routes for note in check.notes]
    return "\n".join(f"{note.what} -> {note.cure}" for note in notes)


@pytest.mark.parametrize("text_model", ["gpt-5.4", "a-model-nobody-knows"])
def test_for_a_missing_text_model_no_image_model_is_proposed(bare: Place, text_model: str) -> None:
    said = told(bare, LISTED, "responses", f'[asset.options]\ntext_model = "{text_model}"')
    [line] = [line for line in said.splitlines() if f"does not list model {text_model}" in line]
    assert "gpt-image-2" not in line.partition("->")[2]
    assert "embedding" not in line and "transcribe" not in line


def test_for_a_missing_image_model_no_text_model_is_proposed(bare: Place) -> None:
    said = told(bare, ("gpt-image-1", "gpt-5.5"), "images")
    assert "choose one that it lists, such as gpt-image-1\n" in said + "\n"


def test_where_nothing_is_listed_no_choice_is_proposed(bare: Place) -> None:
    said = told(bare, (), "images")
    assert "it lists none" in said and "choose one" not in said


def test_a_new_model_that_openai_lists_late_is_no_problem() -> None:
    known = catalog.shipped()
    provider = Provider("openai-api", ORIGIN, OPENAI, "OPENAI_API_KEY", "sk-canary-KEY")

    def told_of(model: str) -> Note:
        return unlisted.note(
            model, None, provider, ("gpt-image-2",), Urgency.PROBLEM, known, is_text=False
        )

    late, other = told_of("gpt-image-2.5-flare"), told_of("gpt-image-9")
    assert late.level is Urgency.NOTE and "new models are listed late" in late.what
    assert other.level is Urgency.PROBLEM
