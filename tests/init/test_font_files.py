"""assetgen fonts: whole fonts from packages, by their digests, with the user's own pip."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import msgspec
import pytest

from assetgen.errors import ManifestError, StorageError, TemplateError, TrustError
from assetgen.init import font_files
from assetgen.layouts import font_packs, kind, render
from assetgen.layouts.font_packs import Pack
from assetgen.layouts.spec import Order
from tests.support.bar_font import bar_font
from tests.support.place import Place

_FILE, _LICENCE = "tiny_fonts/Tiny.ttf", "tiny_fonts/OFL.txt"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pack:
    """A font in a wheel that pip finds by the settings of its user."""
    out = io.BytesIO()
    bar_font("Tiny Sans").save(out)
    folder = tmp_path / "index"
    folder.mkdir()
    wheel = folder / "tiny_fonts-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as made:
        made.writestr(_FILE, out.getvalue())
        made.writestr(_LICENCE, b"open")
        info = "tiny_fonts-1.0.dist-info"
        made.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-fonts\nVersion: 1.0\n")
        made.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        made.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return Pack(
        family="Tiny Sans",
        languages="none",
        characters=("48-48",),
        package="tiny-fonts",
        version="1.0",
        wheel_sha256=_digest(wheel.read_bytes()),
        file=_FILE,
        licence=_LICENCE,
        sha256=_digest(out.getvalue()),
        size=len(out.getvalue()),
    )


def test_a_font_is_installed_with_its_licence_and_once(pack: Pack, tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    written = font_files.install(root, "tiny", pack)
    assert written == ["templates/fonts/TinySans.ttf", "templates/fonts/TinySans-OFL.txt"]
    assert _digest((root / written[0]).read_bytes()) == pack.sha256
    assert (root / written[1]).read_bytes() == b"open"
    assert font_files.install(root, "tiny", pack) == []
    (root / written[0]).write_bytes(b"mine")
    with pytest.raises(StorageError, match="is another font than the one to install"):
        font_files.install(root, "tiny", pack)


@pytest.mark.parametrize("key", ["wheel_sha256", "sha256"])
def test_a_package_with_another_digest_is_refused(key: str, pack: Pack, tmp_path: Path) -> None:
    other = msgspec.structs.replace(pack, **{key: "0" * 64})
    with pytest.raises(TrustError, match="is not the package that assetgen knows") as caught:
        font_files.install(tmp_path, "tiny", other)
    assert str(caught.value.cure) == "check pip's package index: pip config list"
    assert not (tmp_path / "templates").exists()


def test_a_package_that_cannot_be_downloaded_is_an_error_with_the_reason_of_pip(
    pack: Pack, tmp_path: Path
) -> None:
    other = msgspec.structs.replace(pack, version="2.0")
    with pytest.raises(StorageError, match=r"pip cannot download tiny-fonts 2\.0: ") as caught:
        font_files.install(tmp_path, "tiny", other)
    assert str(caught.value.cure).endswith("then: assetgen fonts add tiny")


def test_every_font_that_can_be_installed_is_stated_whole() -> None:
    for name, pack in font_packs.packs().items():
        assert len(pack.sha256) == len(pack.wheel_sha256) == 64, name
        assert pack.file.endswith(".ttf") and pack.licence.endswith("OFL.txt"), name
    with pytest.raises(ManifestError, match="there is no font 'noto-sans-jap'") as caught:
        font_packs.named("noto-sans-jap")
    assert str(caught.value.cure) == "did you mean noto-sans-jp?"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("新しい設計", "noto-sans-jp"),
        ("迁移。架构", "noto-sans-sc"),
        ("시스템", "noto-sans-kr"),
        ("ไทย", "noto-sans-thai"),
        ("العربية", "noto-sans-arabic"),
        ("שלום", "noto-sans-hebrew"),
        ("नमस्ते", "noto-sans-devanagari"),
        ("தமிழ்", "noto-sans-tamil"),
        ("\u2c00", None),
    ],
)
def test_the_font_for_a_text_is_known(text: str, name: str | None) -> None:
    assert font_packs.for_characters(text) == name


def test_an_error_about_a_character_names_the_command(tmp_path: Path) -> None:
    cover = kind.find(tmp_path, "cover")
    known = kind.available_fonts(tmp_path)
    values = cover.fill({"title": "ไทย"})
    with pytest.raises(TemplateError, match="no font has the character") as caught:
        render.draw(Order(kind=cover, values=values, width=1200, height=630, fonts=known))
    assert str(caught.value.cure) == "assetgen fonts add noto-sans-thai"


def test_a_misspelled_font_is_an_error_of_the_command(place: Place) -> None:
    place.covers("x")
    ran = place.run("fonts", "add", "noto-sans-jap")
    assert (ran.code, "did you mean noto-sans-jp?" in ran.err) == (2, True)
