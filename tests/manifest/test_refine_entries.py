"""Steps of a refined image in assets.toml: all other lines keep their bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.manifest import refine_entries

_ASSET = b"""[[asset]]
id = "a"
kind = "cover"
path = "public/a.png"
alt = "A"
route = "images"
prompt = "A boat"
"""
_STEP = b'\n[[asset.refine]]\nsay = "warmer"\n'
_NEXT = b'\n# next\n[[asset]]\nid = "b"\nkind = "cover"\npath = "public/b.png"\nalt = "B"\n'


def _crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    ("first", "step", "after"),
    [
        (_ASSET, _STEP, _NEXT),
        (_crlf(_ASSET), _crlf(_STEP), _crlf(_NEXT)),
        (_crlf(_ASSET), _crlf(_STEP), _NEXT),
        (b"# one\n" + _crlf(_ASSET), _STEP, b""),
    ],
    ids=["LF", "CRLF", "LF after CRLF", "CRLF after LF"],
)
def test_a_step_goes_in_and_out_and_each_other_line_keeps_its_end(
    first: bytes, step: bytes, after: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "assets.toml"
    file.write_bytes(first + after)
    added = refine_entries.add(tmp_path, "a", {"say": "warmer"})
    assert added == first + step + after
    file.write_bytes(added)
    assert refine_entries.undo(tmp_path, "a") == first + after


def test_a_step_after_a_last_line_without_an_end_keeps_crlf(tmp_path: Path) -> None:
    whole = _crlf(_ASSET)
    (tmp_path / "assets.toml").write_bytes(whole.removesuffix(b"\r\n"))
    assert refine_entries.add(tmp_path, "a", {"say": "warmer"}) == whole + _crlf(_STEP)
