"""decide: what assets.toml asks for, compared with what exists, without touching a file."""

from __future__ import annotations

import msgspec
import pytest

from assetgen.errors import ManifestError, TemplateError, UnsupportedOption
from assetgen.manifest import parse
from assetgen.plan import order
from assetgen.plan.decide import Action, Decision, State
from assetgen.record import record
from assetgen.record.record import Unusable
from tests.support.planning import Kept, cover, painted, sha256


def _verdict(decision: Decision) -> tuple[str, str, list[str]]:
    return decision.state, decision.action, [reason.field for reason in decision.reasons]


# -- states ----------------------------------------------------------------------------------------


def test_an_empty_manifest_has_no_decisions() -> None:
    assert Kept().decide("") == {}


def test_an_image_that_was_never_made_is_missing() -> None:
    assert _verdict(Kept().decide(cover())["a"]) == ("missing", "draw", ["public/a.png"])


def test_an_image_that_was_just_made_is_fresh() -> None:
    kept = Kept()
    text = cover() + painted() + painted("q", 'inputs = ["@p", "@a"]', 'mask = "assets/mask.png"')
    kept.files["assets/mask.png"] = sha256("mask")
    kept.generate(text)
    assert {name: _verdict(d) for name, d in kept.decide(text).items()} == {
        name: ("fresh", "nothing", []) for name in ("a", "p", "q")
    }


def test_a_file_without_a_record_is_foreign() -> None:
    kept = Kept()
    kept.files["public/a.png"] = sha256("by hand")
    assert _verdict(kept.decide(cover())["a"]) == ("foreign", "refuse", ["public/a.png"])


def test_a_file_whose_record_is_unusable_is_foreign_and_says_why() -> None:
    kept = Kept()
    kept.files["public/a.png"] = sha256("x")
    kept.records["a"] = Unusable("it contains merge markers")
    decision = kept.decide(cover())["a"]
    assert _verdict(decision) == ("foreign", "refuse", ["public/a.png"])
    assert "merge markers" in decision.reasons[0].new


def test_an_unusable_record_without_a_file_is_missing() -> None:
    kept = Kept()
    kept.records["a"] = Unusable("it is not JSON")
    assert _verdict(kept.decide(cover())["a"]) == ("missing", "draw", ["public/a.png"])


def test_a_changed_file_is_edited_even_if_the_asset_changed_too() -> None:
    kept = Kept()
    kept.generate(cover())
    kept.files["public/a.png"] = sha256("retouched")
    for text in (cover(), cover(title="U")):
        assert _verdict(kept.decide(text)["a"]) == ("edited", "refuse", ["public/a.png"])


def test_a_folder_in_place_of_the_file_is_never_treated_as_ours() -> None:
    from assetgen.fs.tree import NOT_A_FILE

    kept = Kept()
    kept.files["public/a.png"] = NOT_A_FILE
    assert kept.decide(cover())["a"].state is State.FOREIGN
    del kept.files["public/a.png"]
    kept.generate(cover())
    kept.files["public/a.png"] = NOT_A_FILE
    assert kept.decide(cover())["a"].state is State.EDITED


def test_a_new_variant_at_the_path_of_an_unknown_file_is_foreign() -> None:
    kept = Kept()
    kept.generate(cover())
    kept.files["public/a-300.png"] = sha256("by hand")
    decision = kept.decide(cover("a", "variants = { widths = [300] }"))["a"]
    assert _verdict(decision) == ("foreign", "refuse", ["public/a-300.png"])


def test_an_edited_variant_that_left_the_manifest_is_not_removed() -> None:
    kept = Kept()
    kept.generate(cover("a", "variants = { widths = [300] }"))
    kept.files["public/a-300.png"] = sha256("retouched")
    assert _verdict(kept.decide(cover())["a"]) == ("edited", "refuse", ["public/a-300.png"])


def test_an_image_with_a_new_path_is_missing_there() -> None:
    kept = Kept()
    kept.generate(cover())
    moved = cover().replace("public/a.png", "public/b.png")
    assert _verdict(kept.decide(moved)["a"]) == ("missing", "draw", ["public/b.png", "files"])


def test_an_image_moved_to_the_path_of_an_unknown_file_is_foreign() -> None:
    kept = Kept()
    kept.generate(cover())
    kept.files["public/b.png"] = sha256("by hand")
    assert kept.decide(cover().replace("public/a.png", "public/b.png"))["a"].state is State.FOREIGN


def test_two_images_that_swap_paths_are_not_overwritten() -> None:
    kept = Kept()
    kept.generate(cover("a") + cover("b", title="U"))
    swapped = (
        (cover("a") + cover("b", title="U"))
        .replace("public/a.png", "x")
        .replace("public/b.png", "public/a.png")
    )
    states = {d.state for d in kept.decide(swapped.replace('"x"', '"public/b.png"')).values()}
    assert states == {State.FOREIGN}


def test_a_draft_is_drawn_by_its_route() -> None:
    kept = Kept()
    kept.generate(painted(), storage={"received": "pixels", "decision": "draft", "reason": None})
    assert _verdict(kept.decide(painted())["p"]) == ("draft", "draw", ["draft"])


def test_an_id_may_begin_with_another_id() -> None:
    kept = Kept()
    text = cover("a") + cover("a/b", title="U")
    kept.generate(text)
    assert {d.state for d in kept.decide(text).values()} == {State.FRESH}
    assert kept.decide(cover("a", title="V") + cover("a/b", title="U"))["a/b"].state is State.FRESH


def test_a_file_of_a_killed_run_is_ours_and_is_made_again() -> None:
    kept = Kept()
    kept.files["public/a.png"] = kept.under_way["public/a.png"] = sha256("half a run")
    assert _verdict(kept.decide(cover())["a"])[:2] == ("missing", "draw")
    kept.files["public/a.png"] = sha256("changed since")
    assert kept.decide(cover())["a"].state is State.FOREIGN


# -- staleness -------------------------------------------------------------------------------------


_STYLE = '[style.brand]\npalette = ["#000"]\nprompt = "flat"\n'

_STALE: dict[str, tuple[str, str, list[str]]] = {
    "a value": (cover(), cover(title="U"), ["values.title"]),
    "a value added": (cover(), cover() + 'kicker = "K"\n', ["values.kicker"]),
    "the layout": (cover(), cover() + 'layout = "centred"\n', ["values.layout", "template"]),
    "the kind": (cover(), cover().replace('"cover"', '"ui"'), ["kind"]),
    "the size": (cover(), cover("a", 'size = "600x315"'), ["size"]),
    "a style": (cover(), _STYLE + cover("a", 'style = "brand"'), ["palette"]),
    "the palette": (
        _STYLE + cover("a", 'style = "brand"'),
        _STYLE.replace("#000", "#111") + cover("a", 'style = "brand"'),
        ["palette[0]"],
    ),
    "the font": (
        cover(),
        '[style.s]\nfont = "JetBrains Mono"\n' + cover("a", 'style = "s"'),
        ["template", "font"],
    ),
    "the route to a painting one": (
        cover("p"),
        painted().replace("webp", "png"),
        ["medium", "prompt"],
    ),
    "the prompt": (painted(), painted().replace("a plane", "a train"), ["prompt"]),
    "the style's prompt": (_STYLE + painted("p", 'style = "brand"'), painted(), ["prompt"]),
    "the asset's model": (painted(), painted("p", 'model = "m"'), ["model"]),
    "the quality": (painted(), painted("p", 'quality = "low"'), ["quality"]),
    "the default quality": (painted(), '[defaults]\nquality = "low"\n' + painted(), ["quality"]),
    "the take": (painted(), painted("p", "take = 2"), ["take"]),
    "the background": (painted(), painted("p", 'background = "transparent"'), ["background"]),
    "an input": (painted(), painted("p", 'inputs = ["assets/x.png"]'), ["inputs"]),
    "the mask": (
        painted("p", 'inputs = ["assets/x.png"]'),
        painted("p", 'inputs = ["assets/x.png"]\nmask = "assets/x.png"'),
        ["mask"],
    ),
    "an option": (painted(), painted("p", 'options = { complexity = "low" }'), ["options"]),
}


@pytest.mark.parametrize(("before", "after", "fields"), _STALE.values(), ids=_STALE)
def test_a_changed_key_makes_the_image_stale_and_is_the_reason(
    before: str, after: str, fields: list[str]
) -> None:
    kept = Kept(**{"assets/x.png": sha256("x")})
    kept.generate(before)
    [decision] = kept.decide(after).values()
    assert (decision.state, decision.action) == (State.STALE, Action.DRAW)
    named = [reason.field for reason in decision.reasons]
    assert [field for field in fields if field in named] == fields
    assert all(reason.old != reason.new for reason in decision.reasons)


_SAME: dict[str, tuple[str, str]] = {
    "another paid route": (painted(), painted(route="responses")),
    "another default model": (painted(), '[defaults]\nmodel = "m"\n' + painted()),
    "other words for alt": (cover(), cover().replace('alt = ""', 'alt = "A cover"')),
    "white space round a value": (cover(), cover(title="  T ")),
    "another composition": (cover(title="caf\u00e9"), cover(title="cafe\u0301")),
    "a default said aloud": (cover(), cover() + 'layout = "split"\ntheme = "light"\n'),
    "the size said aloud": (cover(), cover("a", 'size = "1200x630"')),
    "a prompt of a local style": (
        _STYLE + cover("a", 'style = "brand"'),
        _STYLE.replace("flat", "round") + cover("a", 'style = "brand"'),
    ),
    "a palette of a painting style": (
        _STYLE + painted("p", 'style = "brand"'),
        _STYLE.replace("#000", "#fff") + painted("p", 'style = "brand"'),
    ),
    "another order in the file": (cover("a") + cover("b"), cover("b") + cover("a")),
    "values of a painted picture that no scaffold uses": (
        painted(),
        painted() + '[asset.values]\nx = "y"\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), _SAME.values(), ids=_SAME)
def test_a_key_that_does_not_affect_the_image_leaves_it_fresh(before: str, after: str) -> None:
    kept = Kept()
    kept.generate(before)
    assert {d.state for d in kept.decide(after).values()} == {State.FRESH}


_FREE: dict[str, tuple[str, list[str]]] = {
    "a fit": ("fit = { width = 300, height = 200 }", ["fit"]),
    "variants": ("variants = { widths = [300] }", ["files"]),
    "a format": ('variants = { formats = ["avif"] }', ["files"]),
}


@pytest.mark.parametrize(("line", "fields"), _FREE.values(), ids=_FREE)
def test_other_files_of_a_paid_picture_are_made_from_its_original_for_free(
    line: str, fields: list[str]
) -> None:
    kept = Kept()
    kept.generate(painted())
    [decision] = kept.decide(painted("p", line)).values()
    assert decision.action is Action.DERIVE
    assert [reason.field for reason in decision.reasons][-1:] == fields
    assert decision.estimate.micros == 0
    kept.originals.clear()
    [decision] = kept.decide(painted("p", line)).values()
    assert decision.action is Action.DRAW, "the original is gone"


def test_a_lost_file_of_a_paid_picture_is_made_from_its_original_for_free() -> None:
    kept = Kept()
    kept.generate(painted())
    del kept.files["public/p.webp"]
    [decision] = kept.decide(painted()).values()
    assert _verdict(decision) == ("missing", "derive", ["public/p.webp"])


def test_a_variant_that_left_the_manifest_makes_the_files_stale() -> None:
    kept = Kept()
    kept.generate(cover("a", "variants = { widths = [300] }"))
    assert _verdict(kept.decide(cover())["a"]) == ("stale", "draw", ["files"])


def test_prompts_recorded_as_digests_show_changes_too() -> None:
    kept = Kept()
    kept.generate(painted(), prompts="digest")
    assert kept.decide(painted())["p"].state is State.FRESH
    [reason] = kept.decide(painted().replace("a plane", "a train"))["p"].reasons
    assert reason.field == "prompt" and "plane" not in str(reason.old)


def test_a_float_in_a_record_is_text_and_still_fresh() -> None:
    text = cover() + "variant = 2.5\n"
    kept = Kept()
    kept.generate(text)
    [decision] = kept.decide(text).values()
    assert decision.state is State.FRESH
    assert decision.wish.intent.values["variant"] == "2.5"
    assert kept.decide(cover() + "variant = 2.0\n")["a"].wish.intent.values["variant"] == 2


# -- dependencies ----------------------------------------------------------------------------------


def test_dependencies_come_first_in_any_order_of_the_file() -> None:
    text = painted("c", 'inputs = ["@b"]') + painted("b", 'inputs = ["@a"]') + painted("a")
    assert list(Kept().decide(text)) == ["a", "b", "c"]


def test_a_deep_chain_needs_no_deep_stack() -> None:
    names = [f"n{i}" for i in range(3000)]
    text = "".join(
        painted(b, f'inputs = ["@{a}"]') for a, b in zip(names[1:], names, strict=False)
    ) + painted(names[-1])
    parsed = parse.parse(text.encode())
    assert [asset.id for asset in order.order(parsed, Kept().world())] == names[::-1]


def test_a_picture_in_a_layout_is_a_dependency_too() -> None:
    text = cover("b") + 'picture = "@a"\n' + cover("a")
    kept = Kept()
    assert list(kept.decide(text)) == ["a", "b"]
    kept.generate(text)
    assert {d.state for d in kept.decide(text).values()} == {State.FRESH}
    changed = cover("b") + 'picture = "@a"\n' + cover("a", title="U")
    decision = kept.decide(changed)["b"]
    assert _verdict(decision) == ("stale", "draw", ["inputs.@a"])


_CIRCLES = {
    "itself": (painted("a", 'inputs = ["@a"]'), "a -> a"),
    "two": (painted("a", 'inputs = ["@b"]') + painted("b", 'mask = "@a"'), "a -> b -> a"),
    "a tail": (
        painted("z", 'inputs = ["@a"]')
        + painted("a", 'inputs = ["@b"]')
        + painted("b", 'inputs = ["@a"]'),
        "a -> b -> a",
    ),
    "through layouts": (
        cover("a") + 'picture = "@b"\n' + cover("b") + 'logo = "@a"\n',
        "a -> b -> a",
    ),
    "through both": (
        cover("a") + 'picture = "@p"\n' + painted("p", 'inputs = ["@a"]'),
        "a -> p -> a",
    ),
}


@pytest.mark.parametrize(("text", "circle"), _CIRCLES.values(), ids=_CIRCLES)
def test_a_circle_is_an_error_that_shows_it(text: str, circle: str) -> None:
    with pytest.raises(ManifestError, match=f"in a circle: {circle}$"):
        Kept().decide(text)


def test_a_reference_to_an_unknown_asset_is_an_error() -> None:
    with pytest.raises(ManifestError, match="needs @zzz, which is not in the manifest"):
        Kept().decide(cover() + 'picture = "@zzz"\n')


def test_a_missing_input_is_an_error_that_names_the_asset() -> None:
    for text, name in (
        (painted("p", 'inputs = ["assets/x.png"]'), "p"),
        (cover() + 'logo = "assets/x.png"\n', "a"),
    ):
        with pytest.raises(
            ManifestError, match=r"the input assets/x\.png does not exist"
        ) as caught:
            Kept().decide(text)
        assert caught.value.where == f"assets.toml, asset {name}"


def test_a_changed_input_file_makes_the_picture_stale() -> None:
    kept = Kept(**{"assets/x.png": sha256("x")})
    text = painted("p", 'inputs = ["assets/x.png"]')
    kept.generate(text)
    kept.files["assets/x.png"] = sha256("y")
    [reason] = kept.decide(text)["p"].reasons
    assert (reason.field, reason.old, reason.new) == ("inputs[0].sha256", sha256("x"), sha256("y"))


def test_an_asset_made_from_a_refused_one_does_not_wait() -> None:
    kept = Kept()
    text = cover("a") + cover("b") + 'picture = "@a"\n'
    kept.generate(text)
    kept.files["public/a.png"] = sha256("retouched")
    found = kept.decide(text)
    assert found["a"].state is State.EDITED
    assert _verdict(found["b"]) == ("stale", "draw", ["inputs[0].sha256"])


# -- what a route cannot honour --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (cover("a", 'prompt = "p"'), "prompt"),
        (cover("a", 'model = "m"'), "model"),
        (cover("a", 'quality = "low"'), "quality"),
        (cover("a", "take = 2"), "take"),
        (cover("a", 'mask = "assets/x.png"'), "mask"),
        (cover("a", 'inputs = ["assets/x.png"]'), "inputs"),
        (painted("p", 'model = "m"', route="codex"), "model"),
        (painted("p", 'quality = "low"', route="codex"), "quality"),
        (painted("p", 'mask = "assets/x.png"', route="codex"), "mask"),
    ],
    ids=lambda value: None if "\n" in value else value,
)
def test_a_key_that_the_route_would_ignore_is_an_error(text: str, key: str) -> None:
    with pytest.raises(UnsupportedOption, match=f"cannot honour {key}"):
        Kept(**{"assets/x.png": sha256("x")}).decide(text)


def test_a_layout_with_a_background_cannot_be_transparent() -> None:
    with pytest.raises(UnsupportedOption, match="always has a background"):
        Kept().decide(cover("a", 'background = "transparent"'))


def test_an_unknown_font_is_an_error_of_the_asset() -> None:
    with pytest.raises(TemplateError) as caught:
        Kept().decide('[style.s]\nfont = "Comic Sans"\n' + cover("a", 'style = "s"'))
    assert caught.value.where == "assets.toml, asset a"


# -- the canvas ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "size"),
    [
        ("", "1200x630"),
        ('size = "auto"', "1200x630"),
        ('size = "600x315"', "600x315"),
        ("fit = { width = 400, height = 400 }", "400x400"),
        ("variants = { widths = [640, 2400] }", "2400x1260"),
        ("variants = { widths = [640] }", "1200x630"),
        ('size = "800x400"\nfit = { width = 400, height = 200 }', "800x400"),
    ],
    ids=[
        "the kind's",
        "auto",
        "asked for",
        "as the fit",
        "as the widest file",
        "wide enough",
        "asked for with a fit",
    ],
)
def test_a_local_picture_is_drawn_large_enough_for_every_file(line: str, size: str) -> None:
    assert Kept().decide(cover("a", line))["a"].wish.intent.size == size


# -- purity ----------------------------------------------------------------------------------------


def test_deciding_twice_gives_the_same_and_changes_nothing() -> None:
    kept = Kept()
    text = cover("b") + 'picture = "@a"\n' + cover("a") + painted()
    kept.generate(cover("a"))
    before = (dict(kept.files), dict(kept.records))
    one, other = kept.decide(text), kept.decide(text)
    assert list(one) == list(other)
    assert [_verdict(d) for d in one.values()] == [_verdict(d) for d in other.values()]
    assert [d.reasons for d in one.values()] == [d.reasons for d in other.values()]
    assert (kept.files, kept.records) == before


def test_an_intent_of_every_route_can_be_recorded() -> None:
    for decision in Kept().decide(cover() + painted()).values():
        stated = decision.wish.intent.stated("text")
        assert msgspec.json.decode(record.canonical(stated)) == stated
