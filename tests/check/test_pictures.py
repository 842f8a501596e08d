"""check: every finding with its code, cure and level, and none for a correct project."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assetgen import snapshot
from assetgen.check import check
from assetgen.check.findings import Finding, Report
from assetgen.errors import AssetgenError, GitError, ManifestError
from assetgen.image import xmp
from assetgen.record import record
from tests.support.place import Place
from tests.support.tiny import LAYOUT, look, tiny, want


def _only(report: Report) -> Finding:
    [finding] = report.findings
    return finding


# -- the findings ----------------------------------------------------------------------------------


def test_a_correct_project_has_no_findings(bare: Place) -> None:
    report = look(tiny(bare, "a", "b/c", a="variants = { widths = [20] }"))
    assert (report.findings, report.assets, report.pictures, report.exit_code) == ((), 2, 3, 0)


def test_an_empty_manifest_has_no_findings(bare: Place) -> None:
    bare.manifest("")
    assert look(bare) == Report((), 0, 0)


def test_a_project_without_a_manifest_is_an_error(bare: Place) -> None:
    with pytest.raises(ManifestError, match=r"there is no assets\.toml here") as caught:
        look(bare)
    assert str(caught.value.cure) == "assetgen init"


def _missing(place: Place) -> None:
    (place.root / "public/a.png").unlink()


def _edited(place: Place) -> None:
    data = place.read("public/a.png")
    place.write("public/a.png", data + b"\0")


def _stripped(place: Place) -> None:
    from PIL import Image

    with Image.open(place.root / "public/a.png") as image:
        image.load()
        image.save(place.root / "public/a.png")


def _emptied(place: Place) -> None:
    place.write("public/a.png", b"")


def _folder(place: Place) -> None:
    (place.root / "public/a.png").unlink()
    (place.root / "public/a.png").mkdir()


def _link(place: Place) -> None:
    (place.root / "public/a.png").rename(place.root / "real.png")
    (place.root / "public/a.png").symlink_to("../real.png")


def _stale(place: Place) -> None:
    want(place, "a", a='[asset.values]\ntitle = "T"')


def _template(place: Place) -> None:
    place.write("templates/tiny/plain.html", LAYOUT.replace("#fff", "#eee"))


def _foreign(place: Place) -> None:
    (place.root / ".assetgen/records/a.json").unlink()


def _damaged(place: Place) -> None:
    data = place.read(".assetgen/records/a.json")
    place.write(".assetgen/records/a.json", data.replace(b'"tiny"', b'"tinx"'))


def _merged(place: Place) -> None:
    data = place.read(".assetgen/records/a.json")
    place.write(
        ".assetgen/records/a.json",
        b"<<<<<<< HEAD\n" + data + b"=======\n" + data + b">>>>>>> topic\n",
    )


def _moved_record(place: Place) -> None:
    (place.root / ".assetgen/records/a.json").rename(place.root / ".assetgen/records/b.json")
    (place.root / "public/a.png").unlink()


def _orphan(place: Place) -> None:
    place.manifest("")


def _damaged_orphan(place: Place) -> None:
    _orphan(place)
    _missing(place)
    name = ".assetgen/records/a.json"
    place.write(name, b"<<<<<<< ours\n" + place.read(name))


def _unrecorded(place: Place) -> None:
    place.picture("public/deep/down/photo.JPG")


def _unrecorded_link(place: Place) -> None:
    (place.root / "assets").mkdir()
    (place.root / "assets/link.png").symlink_to("../public/a.png")


_FINDINGS: dict[str, tuple[Callable[[Place], None], str, str, str, str]] = {
    # what is done: (how, code, path, a part of the message, a part of the cure)
    "missing": (
        _missing,
        "missing",
        "public/a.png",
        "does not exist, but asset a lists it",
        "assetgen generate a",
    ),
    "edited": (_edited, "edited", "public/a.png", "was changed after", "assetgen accept a"),
    "emptied": (
        _emptied,
        "marking",
        "public/a.png",
        "lost its XMP metadata",
        "assetgen accept a",
    ),
    "stripped": (
        _stripped,
        "marking",
        "public/a.png",
        "an optimiser may have",
        "assetgen accept a",
    ),
    "a folder": (_folder, "foreign", "public/a.png", "is a folder", "mv -- public/a.png public/a"),
    "a link": (_link, "edited", "public/a.png", "was changed", "accept"),
    "stale": (_stale, "stale", "assets.toml", "a: values.title", "assetgen generate a"),
    "stale template": (
        _template,
        "stale",
        "assets.toml",
        "a: template or font changed",
        "assetgen generate a",
    ),
    "foreign": (
        _foreign,
        "foreign",
        "public/a.png",
        "it has no record",
        "assetgen adopt a public/a.png",
    ),
    "damaged": (
        _damaged,
        "record",
        ".assetgen/records/a.json",
        "edited by hand",
        "assetgen generate a --force",
    ),
    "merged": (
        _merged,
        "record",
        ".assetgen/records/a.json",
        "merge markers",
        "assetgen adopt a public/a.png",
    ),
    "orphan": (
        _orphan,
        "orphan",
        ".assetgen/records/a.json",
        "not in assets.toml",
        "mv -- .assetgen/records/a.json .assetgen/removed/a.json",
    ),
    "damaged orphan": (
        _damaged_orphan,
        "orphan",
        ".assetgen/records/a.json",
        "which is not in assets.toml, and is not usable: it contains merge markers",
        "mv -- .assetgen/records/a.json .assetgen/removed/a.json",
    ),
    "unrecorded": (
        _unrecorded,
        "unrecorded",
        "public/deep/down/photo.JPG",
        "no one can tell",
        "project.ignore",
    ),
    "unrecorded link": (
        _unrecorded_link,
        "unrecorded",
        "assets/link.png",
        "no one can tell",
        "adopt",
    ),
}


@pytest.mark.parametrize(("do", "code", "path", "said", "cure"), _FINDINGS.values(), ids=_FINDINGS)
def test_a_finding_has_its_code_its_place_and_its_cure(
    do: Callable[[Place], None], code: str, path: str, said: str, cure: str, bare: Place
) -> None:
    do(tiny(bare, "a"))
    report = look(bare)
    finding = _only(report)
    assert (finding.code, finding.path, finding.level) == (code, path, "error")
    assert said in finding.message and cure in str(finding.cure)
    assert report.exit_code == 1


def test_a_record_under_another_name_is_damaged_and_its_picture_missing(bare: Place) -> None:
    _moved_record(tiny(bare, "a"))
    found = {finding.code: finding.path for finding in look(bare).findings}
    assert found == {
        "orphan": ".assetgen/records/b.json",
        "missing": "public/a.png",
    }


def test_a_draft_is_a_warning_until_a_release(bare: Place) -> None:
    tiny(bare, "a")
    statement = record.statement(bare.read(".assetgen/records/a.json"))
    statement["predicate"]["storage"]["decision"] = "draft"
    bare.write(".assetgen/records/a.json", record.write(statement))
    assert (_only(look(bare)).code, look(bare).exit_code) == ("draft", 0)
    assert (_only(look(bare, release=True)).level, look(bare, release=True).exit_code) == (
        "error",
        1,
    )


def test_a_stale_picture_is_a_warning_while_staging_unless_strict(bare: Place) -> None:
    _stale(tiny(bare, "a"))
    assert look(bare, staged=True).exit_code == 0
    assert look(bare, staged=True, strict=True).exit_code == 1


def test_a_stale_finding_points_at_the_line_of_its_asset(bare: Place) -> None:
    tiny(bare, "a", "b")
    want(bare, "a", "b", b='[asset.values]\ntitle = "T"')
    lines = bare.read("assets.toml").decode().split("\n")
    line = _only(look(bare)).line
    assert line == lines.index('id = "b"') + 1  # lines count from 1


def test_inputs_and_other_kinds_of_files_are_not_reported(bare: Place) -> None:
    bare.picture("assets/logo.png")
    bare.write("public/robots.txt", "")
    bare.write("public/data.json", "{}")
    assert look(tiny(bare, "a", a='[asset.values]\nlogo = "assets/logo.png"')).findings == ()


def test_findings_are_sorted_by_path(bare: Place) -> None:
    tiny(bare, "b", "a", "c")
    for name in "cab":
        (bare.root / f"public/{name}.png").unlink()
    assert [finding.path for finding in look(bare).findings] == [
        "public/a.png",
        "public/b.png",
        "public/c.png",
    ]


def test_a_hostile_record_cannot_put_a_command_into_a_cure(bare: Place) -> None:
    tiny(bare, "a")
    statement = json.loads(bare.read(".assetgen/records/a.json"))
    for name in ("x; rm -rf ~", "--output=x", "$(id)", "a b"):
        statement["subject"] = [{"name": name, "digest": {"sha256": "0" * 64}}]
        bare.write(".assetgen/records/a.json", record.write(statement))
        bare.manifest("")
        assert not any(name in str(finding.cure) for finding in look(bare).findings)


# -- git -------------------------------------------------------------------------------------------


def test_staged_checks_the_index_and_not_the_working_tree(place: Place) -> None:
    tiny(place, "a")
    place.git("add", "-A")
    whole = place.read("public/a.png")
    _edited(place)
    assert check.check(place.root, place.environ, staged=True).findings == ()
    place.git("add", "public/a.png")
    place.write("public/a.png", whole)
    assert look(place).findings == ()
    assert _only(check.check(place.root, place.environ, staged=True)).code == "edited"


def test_without_a_repository_nothing_is_staged(bare: Place) -> None:
    bare.manifest("")
    with pytest.raises(GitError, match="nothing is staged"):
        check.check(bare.root, bare.environ, staged=True)


def test_a_git_lfs_pointer_is_verified_by_its_oid(bare: Place) -> None:
    tiny(bare, "a")
    data = bare.read("public/a.png")
    oid = hashlib.sha256(data).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(data)}\n"
    bare.write("public/a.png", pointer)
    assert look(bare).findings == ()
    bare.write("public/a.png", pointer.replace(oid, "0" * 64))
    assert _only(look(bare)).code in ("edited", "marking")


# -- damage ----------------------------------------------------------------------------------------


def test_an_edited_image_with_its_metadata_is_not_a_marking_finding(
    bare: Place,
) -> None:
    _edited(tiny(bare, "a"))
    assert xmp.source_type(bare.read("public/a.png"))
    assert _only(look(bare)).code == "edited"


def test_check_writes_nothing_that_git_sees(place: Place) -> None:
    tiny(place, "a")
    place.git("add", "-A")
    before = place.git("status", "--porcelain", "--ignored")
    check.check(place.root, place.environ)
    check.check(place.root, place.environ, staged=True)
    assert place.git("status", "--porcelain", "--ignored") == before


def test_a_cache_folder_that_is_a_link_is_left_alone(bare: Place, tmp_path: Path) -> None:
    tiny(bare, "a")
    import shutil

    shutil.rmtree(bare.root / ".assetgen/cache")
    (tmp_path / "elsewhere").mkdir()
    (bare.root / ".assetgen/cache").symlink_to(tmp_path / "elsewhere")
    check.check(bare.root, bare.environ)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert snapshot.read(str(bare.root)) == {}


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 100, b"[[asset", b"\xff\xfe"], ids=["empty", "NUL", "half", "UTF-16"]
)
def test_any_manifest_is_checked_or_an_error_of_ours(data: bytes, bare: Place) -> None:
    bare.write("assets.toml", data)
    try:
        look(bare)
    except AssetgenError as exc:
        assert exc.exit_code == 2
