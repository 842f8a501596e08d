"""adopt, accept, show and request: files from users, files that they changed, and their records."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from assetgen.errors import AssetgenError, ManifestError, StorageError, UnsupportedOption
from assetgen.generate import adopt, performer
from assetgen.generate.adopt import Brought
from assetgen.generate.options import Options
from assetgen.generate.outcome import Outcome
from assetgen.image import xmp
from assetgen.plan import provenance
from assetgen.routes import request
from assetgen.settings.conditions import Conditions
from tests.support.images import bomb, picture, with_mark
from tests.support.place import Place
from tests.support.tiny import look, tiny, want

_HERE = Options(commit=False)


def bring(
    place: Place, file: Path, asset_id: str = "a", how: Options = _HERE, **known: str
) -> Outcome:
    return adopt.adopt(place.root, asset_id, file, Brought(**known), how, place.environ)


def accept(place: Place, asset_id: str = "a") -> Outcome:
    return adopt.accept(place.root, asset_id, _HERE, place.environ)


@pytest.fixture
def wanting(bare: Place) -> Place:
    """A project with one missing image."""
    tiny(bare)
    want(bare, "a")
    return bare


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A file from the user."""
    (tmp_path / "photo.png").write_bytes(picture())
    return tmp_path / "photo.png"


# -- the commands ----------------------------------------------------------------------------------


def test_a_file_is_adopted_committed_shown_and_found_clean(place: Place, photo: Path) -> None:
    place.covers("a")
    ran = place.ok("adopt", "a", str(photo), "--route", "codex", "--prompt", "a plane")
    assert "adopted  a  public/a.png" in ran.out and "committed as" in ran.out
    assert place.git("show", "--name-only", "--format=%b").split() == [
        *("Assetgen-Asset:", "public/a.png", "Assetgen-Route:", "codex/codex-plan"),
        *(".assetgen/records/a.json", "public/a.png"),
    ]
    shown = place.ok("show", "public/a.png").out
    for line in (
        "asset      a (cover)",
        "route      codex",
        "bill       codex-plan",
        "prompt     a plane",
    ):
        assert line in shown
    assert place.ok("show", "a", "--json").data["predicate"]["route"]["owner"] == "codex"
    assert place.ok("check").code == 0


def test_an_edited_file_is_accepted_as_it_is(place: Place) -> None:
    place.covers("a")
    place.ok("generate")
    place.write("public/a.png", picture(size=(1200, 630)))
    assert place.run("check").code == 1
    assert place.run("generate").code == 9
    place.ok("accept", "a")
    assert place.ok("check").code == 0
    assert "accepted   public/a.png" in place.ok("show", "a").out
    assert place.git("status", "--porcelain", "public", ".assetgen") == ""


def test_show_and_adopt_report_a_failure_with_an_exit_code_and_a_cure(place: Place) -> None:
    place.covers("a")
    for arguments, code, said in (
        (("show", "a"), 9, "no record yet"),
        (("show", "b"), 2, "there is no asset 'b'"),
        (("show", "public/b.png"), 2, "no record mentions public/b.png"),
        (("adopt", "a", "none.png"), 9, "is not a file"),
        (("adopt", "b", "assets.toml"), 2, "there is no asset 'b'"),
        (("accept", "a"), 9, "is missing"),
    ):
        ran = place.run(*arguments)
        assert ran.code == code and said in ran.err, arguments
        assert "Traceback" not in ran.err
        as_data = place.run(*arguments, "--json")
        assert as_data.code == code and said in as_data.data["what"]


# -- adopt -----------------------------------------------------------------------------------------


def test_adopted_bytes_are_delivered_and_kept_unchanged(wanting: Place, photo: Path) -> None:
    bring(wanting, photo)
    data = photo.read_bytes()
    assert wanting.read("public/a.png") == data
    assert wanting.read(f".assetgen/cache/originals/{hashlib.sha256(data).hexdigest()}") == data
    assert wanting.record("a")["route"]["owner"] is None
    assert look(wanting).findings == ()


def test_a_file_of_another_format_is_encoded_for_its_path(wanting: Place, tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_bytes(picture("JPEG"))
    bring(wanting, tmp_path / "x.jpg", route="local")
    assert wanting.read("public/a.png").startswith(b"\x89PNG")
    assert wanting.record("a")["original"]["mediaType"] == "image/jpeg"
    assert xmp.source_type(wanting.read("public/a.png")) == "algorithmicMedia"


def test_content_credentials_of_a_provider_stay_byte_for_byte(
    wanting: Place, tmp_path: Path
) -> None:
    marked = with_mark(picture(), xmp.packet("trainedAlgorithmicMedia"))
    (tmp_path / "x.png").write_bytes(marked)
    bring(wanting, tmp_path / "x.png", route="images")
    assert wanting.read("public/a.png") == marked
    assert wanting.record("a")["marking"]["digitalSourceType"] == "trainedAlgorithmicMedia"


def test_a_photo_that_is_marked_as_one_can_be_adopted(wanting: Place, tmp_path: Path) -> None:
    packet = xmp.packet("algorithmicMedia").replace(b"/algorithmicMedia", b"/digitalCapture")
    for fmt in ("JPEG", "PNG"):
        data = with_mark(picture(), packet) if fmt == "PNG" else picture(fmt, xmp=packet)
        (tmp_path / "x").write_bytes(data)
        bring(wanting, tmp_path / "x", how=Options(commit=False, force=True))
        assert look(wanting).findings == ()


def test_a_file_at_its_own_path_is_adopted_there(wanting: Place) -> None:
    wanting.write("public/a.png", picture())
    assert look(wanting).findings[0].code == "foreign"
    bring(wanting, wanting.root / "public/a.png")
    assert wanting.read("public/a.png") == picture()
    assert look(wanting).findings == ()


def test_an_existing_picture_is_not_replaced_without_force(wanting: Place, photo: Path) -> None:
    other = picture(size=(50, 50))
    wanting.write("public/a.png", other)
    with pytest.raises(
        StorageError, match="exists and is foreign; it is not overwritten"
    ) as caught:
        bring(wanting, photo)
    assert str(caught.value.cure).startswith("move public/a.png to another folder")
    assert wanting.read("public/a.png") == other and not wanting.has(".assetgen/records/a.json")
    bring(wanting, photo, how=Options(commit=False, force=True))
    assert wanting.read("public/a.png") == photo.read_bytes()


def test_a_foreign_variant_is_not_replaced_either(wanting: Place) -> None:
    want(wanting, "a", a="variants = { widths = [20] }")
    wanting.write("public/a.png", picture())
    wanting.write("public/a-20.png", picture(size=(20, 13)))
    with pytest.raises(StorageError, match=r"public/a-20\.png exists and is foreign"):
        bring(wanting, wanting.root / "public/a.png")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not a PNG, JPEG, WebP or AVIF picture"),
        (b"<svg/>", "not a PNG, JPEG, WebP or AVIF picture"),
        (picture()[:-30], "not a whole"),
        (bomb(50_000, 50_000), "the limit is"),
    ],
    ids=["empty", "SVG", "cut off", "bomb"],
)
def test_a_file_that_is_not_a_picture_is_not_adopted_and_nothing_is_written(
    data: bytes, said: str, wanting: Place, tmp_path: Path
) -> None:
    (tmp_path / "x.png").write_bytes(data)
    with pytest.raises(AssetgenError, match=said):
        bring(wanting, tmp_path / "x.png")
    assert not wanting.has("public") and not wanting.has(".assetgen/records")


def test_a_folder_or_a_pipe_is_not_adopted(wanting: Place, tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(StorageError, match="is not a file"):
            bring(wanting, path)


def test_an_adopted_picture_is_fitted_and_derived_like_any_other(
    wanting: Place, photo: Path
) -> None:
    paints = 'route = "images"\nprompt = "p"\n'
    want(
        wanting,
        "a",
        a=paints
        + "fit = { width = 30, height = 30 }\nvariants = { widths = [10], formats = ['webp'] }",
    )
    bring(wanting, photo)
    with Image.open(io.BytesIO(wanting.read("public/a-10.webp"))) as image:
        assert image.size == (10, 10)
    want(wanting, "a", a=paints + "fit = { width = 20, height = 20 }")
    assert (
        performer.generate(wanting.root, _HERE, wanting.environ).made[0].decision.action == "derive"
    )
    with Image.open(io.BytesIO(wanting.read("public/a.png"))) as image:
        assert image.size == (20, 20)
    assert not wanting.has("public/a-10.webp"), "the manifest no longer lists it"


# -- accept ----------------------------------------------------------------------------------------


def test_accepting_changes_no_pixel_and_puts_the_mark_back(bare: Place) -> None:
    tiny(bare, "a")
    bare.write("public/a.png", picture(size=(40, 20)))
    accept(bare)
    data = bare.read("public/a.png")
    assert xmp.source_type(data) == "algorithmicMedia"
    with (
        Image.open(io.BytesIO(data)) as image,
        Image.open(io.BytesIO(picture(size=(40, 20)))) as before,
    ):
        assert image.tobytes() == before.tobytes()
    assert bare.record("a")["accepted"] == {"fields": [], "files": ["public/a.png"]}
    assert look(bare).findings == ()


def test_a_stale_picture_can_be_accepted_for_the_changed_manifest(bare: Place) -> None:
    tiny(bare, "a")
    before = bare.read("public/a.png")
    want(bare, "a", a='[asset.values]\ntitle = "T"')
    assert look(bare).findings[0].code == "stale"
    accept(bare)
    assert bare.read("public/a.png") == before
    assert bare.record("a")["accepted"] == {"fields": ["values.title"], "files": []}
    assert look(bare).findings == ()


def test_a_foreign_or_missing_picture_cannot_be_accepted(bare: Place) -> None:
    tiny(bare, "a")
    (bare.root / ".assetgen/records/a.json").unlink()
    with pytest.raises(StorageError, match="asset a is foreign"):
        accept(bare)
    (bare.root / "public/a.png").unlink()
    with pytest.raises(StorageError, match="asset a is missing"):
        accept(bare)


def test_a_file_that_became_another_format_cannot_be_accepted(bare: Place) -> None:
    tiny(bare, "a")
    bare.write("public/a.png", picture("JPEG"))
    with pytest.raises(StorageError, match=r"public/a\.png contains jpeg, not png"):
        accept(bare)


# -- show and request ------------------------------------------------------------------------------


def test_an_asset_is_found_by_its_id_and_by_any_of_its_files_from_anywhere(bare: Place) -> None:
    tiny(bare, "a/b", **{"a/b": "variants = { widths = [20] }"})
    for what, folder in (
        ("a/b", bare.root),
        ("public/a/b.png", bare.root),
        ("public/a/b-20.png", bare.root / "templates"),
        ("b.png", bare.root / "public/a"),
        (str(bare.root / "public/a/b.png"), Path("/")),
    ):
        found = provenance.find(bare.root, what, folder)
        assert found.statement["predicate"]["asset"]["id"] == "a/b"
        assert found.decision and found.decision.state == "fresh"


def test_the_record_of_an_asset_that_the_manifest_no_longer_lists_can_be_shown(bare: Place) -> None:
    tiny(bare, "a")
    bare.manifest("")
    found = provenance.find(bare.root, "a", bare.root)
    assert found.decision is None and found.statement["subject"][0]["name"] == "public/a.png"


def test_a_record_with_a_wrong_digest_is_not_shown(bare: Place) -> None:
    tiny(bare, "a")
    data = bare.read(".assetgen/records/a.json")
    bare.write(".assetgen/records/a.json", data.replace(b'"tiny"', b'"tinx"'))
    with pytest.raises(StorageError, match="not usable: it was edited by hand"):
        provenance.find(bare.root, "a", bare.root)


def test_a_file_outside_the_project_has_no_record(bare: Place, tmp_path: Path) -> None:
    tiny(bare, "a")
    (tmp_path / "x.png").write_bytes(b"")
    with pytest.raises(ManifestError, match="no record mentions"):
        provenance.find(bare.root, str(tmp_path / "x.png"), bare.root)


def test_request_shows_the_page_of_a_layout_and_not_the_brief_for_codex(bare: Place) -> None:
    tiny(bare, "a")
    assert request.page(bare.root, "a").startswith("<!doctype html>")
    want(bare, "a", a='route = "codex"\nprompt = "p"')
    with pytest.raises(UnsupportedOption):
        request.request(bare.root, "a", Conditions({}))


def test_a_picture_that_is_too_large_is_to_be_made_smaller(wanting: Place, tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(bomb(15_000, 13_000))
    with pytest.raises(StorageError, match="15000x13000") as caught:
        bring(wanting, tmp_path / "x.png")
    assert "smaller" in str(caught.value.cure)
