"""Too much of anything is refused with the limit, in words, before anything is drawn."""

from __future__ import annotations

import io
import tracemalloc

import pytest

from assetgen.errors import AssetgenError, ManifestError, StorageError
from assetgen.manifest import parse, schema
from assetgen.report import text as report
from assetgen.text import MAX_MESSAGE
from tests.support.attack import generate, run_check
from tests.support.place import COVER, Place

_ONE = COVER.format(id="a", title="x")

_FLOODS = {
    "bytes": ("#" * (schema.MAX_BYTES + 1), "the limit"),
    "nested keys": (_ONE + ".".join("a" * 100_000) + " = 1\n", "not TOML"),
    "nested keys, fewer": (_ONE + "subtitle." + ".".join("a" * 900) + " = 1\n", "values.subtitle"),
    "nested lists": (_ONE + "a = " + "[" * 100_000, "not TOML"),
    "nested lists, fewer": (_ONE + "subtitle = " + "[" * 350 + "]" * 350, "values.subtitle"),
    "nested tables": (_ONE + "subtitle = " + "{a = " * 350 + "1" + "}" * 350, "values.subtitle"),
    "nested headers": (_ONE + "[asset." + ".".join("a" * 100_000) + "]\n", "not TOML"),
    "long number": (_ONE + "a = " + "9" * 10_000, "cannot be read|not TOML"),
    "long title": (COVER.format(id="a", title="x" * 10**6), "at most 2000"),
    "long alt": (_ONE.replace('"A cover"', '"' + "x" * 10**6 + '"'), "at most 2000"),
    "long id": (_ONE.replace('id = "a"', 'id = "' + "x" * 10**6 + '"'), "at most 80"),
    "large size": (_ONE.replace("alt =", 'size = "100000x100000"\nalt ='), "WIDTHxHEIGHT"),
    "large side": (_ONE.replace("alt =", 'size = "99999x1"\nalt ='), "cannot be drawn"),
    "large area": (_ONE.replace("alt =", 'size = "8000x8000"\nalt ='), "cannot be drawn"),
    "large fit": (
        _ONE.replace("alt =", "fit = { width = 100000, height = 1 }\nalt ="),
        "at most 8192",
    ),
    "variants": (
        _ONE.replace("alt =", f"variants = {{ widths = {list(range(1, 10_001))} }}\nalt ="),
        "at most 16",
    ),
    "the same variant": (
        _ONE.replace("alt =", "variants = { widths = [320, 320] }\nalt ="),
        "lists 320 twice",
    ),
    "takes": (_ONE.replace("alt =", "take = 100000\nalt ="), "at most 9999"),
    "inputs": (_ONE.replace("alt =", f"inputs = {['a.png'] * 17}\nalt ="), "at most 16"),
    "circle": (
        "".join(
            COVER.format(id=a, title="x") + f'layout = "photo"\npicture = "@{b}"\n'
            for a, b in ("ab", "ba")
        ),
        "in a circle",
    ),
}


@pytest.mark.parametrize(("text", "said"), _FLOODS.values(), ids=_FLOODS.keys())
def test_a_flood_is_refused_in_words_of_bounded_length(bare: Place, text: str, said: str) -> None:
    bare.manifest(text)
    with pytest.raises(AssetgenError, match=said) as caught:
        outcome = generate(bare)
        assert not outcome.made
        raise outcome.failed[0].error
    out = io.StringIO()
    report.error(caught.value, out)
    assert len(out.getvalue()) < 3 * MAX_MESSAGE
    assert not bare.has("public")


@pytest.mark.more
def test_thousands_of_assets_that_need_each_other_are_put_in_order(bare: Place) -> None:
    chain = "".join(
        COVER.format(id=f"a{i}", title="x") + f'layout = "photo"\npicture = "@a{i + 1}"\n'
        for i in range(3000)
    )
    bare.manifest(chain + COVER.format(id="a3000", title="x"))
    assert len(run_check(bare).findings) == 3001


@pytest.mark.parametrize("path", ["assets.toml", ".assetgen/records/a.json"])
def test_a_huge_file_is_not_read_into_memory(bare: Place, path: str) -> None:
    bare.covers("a")
    with bare.write(path, b"").open("r+b") as file:
        file.truncate(2**36)
    with pytest.raises(StorageError, match="are read"):
        run_check(bare)


def test_a_large_picture_is_digested_piece_by_piece(bare: Place) -> None:
    bare.covers("a")
    with bare.write("public/a.png", b"").open("r+b") as file:
        file.truncate(100_000_000)
    run_check(bare)  # fonts and layouts are loaded now
    tracemalloc.start()
    try:
        (bare.root / "public/a.png").touch()
        assert [finding.code for finding in run_check(bare).findings] == ["foreign"]
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


def test_folders_in_folders_are_followed_only_so_far(bare: Place) -> None:
    bare.covers("a")
    (bare.root / ("public" + "/d" * 150)).mkdir(parents=True)
    with pytest.raises(StorageError, match="deep"):
        run_check(bare)


def test_a_mistake_in_one_long_line_has_a_short_message() -> None:
    with pytest.raises(ManifestError) as caught:
        parse.parse(b"a = [" + b'"x", ' * 200_000 + b"]\n")
    assert len(str(caught.value.what)) < 2000
