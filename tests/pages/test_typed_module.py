"""emit: the typed module, what it contains and leaves out; files of the user stay."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assetgen import snapshot
from assetgen.check import check
from assetgen.check.findings import Report
from assetgen.errors import ManifestError, StorageError
from assetgen.generate import adopt, performer
from assetgen.generate.options import Options
from assetgen.init import starter
from assetgen.manifest.schema import SCHEMA
from assetgen.pages import typed_module
from tests.support.place import Place
from tests.support.tiny import tiny, want

_EMIT = '[project]\npublic = "public"\nemit = "src/assets.ts"\n'
_ALT = 'A "quoted" \\ alt </script>\u2028 and `more` ${x}\nline'


def module(place: Place, *ids: str, emit_to: str = "src/assets.ts", **lines: str) -> Place:
    """Add small pictures and a module to ``place``, and make them."""
    tiny(place, *ids, **lines)
    text = place.read("assets.toml").decode().replace('alt = ""', f"alt = {json.dumps(_ALT)}", 1)
    place.manifest(f'[project]\nemit = "{emit_to}"\n' + text)
    outcome = performer.generate(place.root, Options(), place.environ)
    assert outcome.exit_code == 0
    return place


def staged(place: Place) -> Report:
    return check.check(place.root, place.environ, staged=True)


def found(place: Place) -> list[tuple[str, str, str]]:
    report = check.check(place.root, place.environ)
    return [(one.path, one.message, str(one.cure)) for one in report.findings if one.code == "emit"]


# -- what it says ----------------------------------------------------------------------------------


def test_the_module_has_one_entry_an_asset_and_one_property_a_line(bare: Place) -> None:
    module(bare, "b/c", "a", a="variants = { widths = [20], formats = ['webp', 'avif'] }")
    text = bare.read("src/assets.ts").decode()
    tiny_blur = bare.record("b/c")["placeholder"]
    assert tiny_blur.startswith("data:image/png;base64,")
    digest = json.loads(bare.read(".assetgen/records/b/c.json"))["subject"][0]["digest"]["sha256"]
    assert (
        '  "b/c": {\n    src: "/b/c.png",\n    width: 40,\n    height: 20,\n'
        '    alt: "A \\"quoted\\" \\\\ alt </script>\\u2028 and `more` ${x}\\nline",\n'
        '    type: "image/png",\n'
        f'    blurDataURL: "{tiny_blur}",\n    variants: [],\n    srcSet: {{}},\n'
        f'    record: ".assetgen/records/b/c.json",\n    sha256: "{digest}",\n  }},\n'
    ) in text
    assert text.index("  a: {") < text.index('  "b/c": {')
    assert [line for line in text.splitlines() if line.lstrip().startswith("src: ")] == [
        *(
            '    src: "/a.png",',
            '        src: "/a-20.avif",',
            '        src: "/a-20.webp",',
            '    src: "/b/c.png",',
        ),
    ]
    assert '      "image/avif": "/a-20.avif 20w",\n' in text
    assert text.endswith(
        "} as const satisfies Record<string, Asset>;\n\n// prettier-ignore\n" + _LAST
    )


_LAST = "export type AssetId = keyof typeof assets;\n"


@pytest.mark.parametrize(
    ("path", "declarations"),
    [("src/a.js", "src/a.d.ts"), ("lib/a.mjs", "lib/a.d.mts")],
    ids=["js", "mjs"],
)
def test_javascript_comes_with_its_declarations(bare: Place, path: str, declarations: str) -> None:
    module(bare, "a", "b", emit_to=path)
    data, types = bare.read(path).decode(), bare.read(declarations).decode()
    assert "export const assets = {\n  a: {\n" in data and "interface" not in data
    assert 'export type AssetId =\n  | "a"\n  | "b";\n' in types
    assert "export declare const assets: { readonly [id in AssetId]: Asset };\n" in types
    assert found(bare) == []


def test_the_same_pictures_give_the_same_bytes_and_write_nothing(bare: Place) -> None:
    module(bare, "a", "b")
    before = (bare.root / "src/assets.ts").stat()
    done = bare.ok("emit", "--json").data
    assert done == {
        "path": "src/assets.ts",
        "files": ["src/assets.ts"],
        "changed": [],
        "assets": 2,
        "modules": [{"path": "src/assets.ts", "assets": 2}],
        "schema": [],
        "warnings": [],
    }
    after = (bare.root / "src/assets.ts").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert bare.ok("emit").out == "src/assets.ts is up to date (2 pictures)\n"


def test_a_changed_image_changes_only_its_own_entry(bare: Place) -> None:
    module(bare, "a", "c")
    before = bare.read("src/assets.ts").decode().splitlines()
    module(bare, "a", "b", "c")
    after = bare.read("src/assets.ts").decode().splitlines()
    entry = after[after.index("  b: {") : after.index("  c: {")]
    assert [line for line in after if line not in before] == [
        line for line in entry if line not in before
    ]
    assert len(after) - len(before) == len(entry)


# -- what is left out ------------------------------------------------------------------------------


def test_emit_leaves_out_images_without_file_or_url_and_says_so(bare: Place) -> None:
    module(bare, "a")
    bare.write(
        "assets.toml",
        bare.read("assets.toml") + b'[[asset]]\nid = "z"\nkind = "tiny"\npath = "public/z.png"\n',
    )
    bare.write(
        "assets.toml",
        bare.read("assets.toml") + b'alt = ""\n[[asset]]\nid = "y"\nkind = "tiny"\nalt = ""\n',
    )
    bare.write("assets.toml", bare.read("assets.toml") + b'path = "assets/y.png"\n')
    performer.generate(bare.root, Options(ids=("y",)), bare.environ)
    done = bare.ok("emit")
    assert done.out == "src/assets.ts is up to date (1 picture)\n"
    assert done.err == (
        "warning: z is left out: public/z.png has not been made\n  cure: assetgen generate z\n"
        "warning: y is left out: assets/y.png is not in public, so it has no URL\n"
        "  cure: import it: assetgen snippet y --for FRAMEWORK\n"
    )


def test_emit_keeps_a_removed_image_and_says_so(bare: Place) -> None:
    module(bare, "a")
    (bare.root / "public/a.png").unlink()
    done = bare.ok("emit", "--json").data
    assert (done["changed"], done["assets"]) == ([], 1)
    assert done["warnings"] == [
        {
            "id": "a",
            "left_out": False,
            "why": "public/a.png does not exist",
            "cure": "assetgen generate a",
        }
    ]


def test_without_project_emit_there_is_no_module(bare: Place) -> None:
    tiny(bare, "a")
    with pytest.raises(ManifestError, match=r"project\.emit does not name the file") as caught:
        typed_module.emit(bare.root)
    assert str(caught.value.cure) == 'add emit = "src/assets.ts" under [project]'


def test_each_module_has_the_ids_that_its_patterns_match(bare: Place) -> None:
    tiny(bare, "a", "b/c", "b/d")
    modules = (
        '{ path = "src/a.ts", ids = ["a"] }, '
        '{ path = "src/b.js", ids = ["b/*", "!b/d"], version = true }'
    )
    bare.manifest(f"[project]\nemit = [{modules}]\n" + bare.read("assets.toml").decode())
    done = typed_module.emit(bare.root)
    assert [(one.path, one.assets) for one in done.modules] == [("src/a.ts", 1), ("src/b.js", 1)]
    assert done.files == ("src/a.ts", "src/b.js", "src/b.d.ts")
    digest = hashlib.sha256(bare.read("public/b/c.png")).hexdigest()
    assert f'    src: "/b/c.png?v={digest[:8]}",\n' in bare.read("src/b.js").decode()
    assert '    src: "/a.png",\n' in bare.read("src/a.ts").decode()
    assert found(bare) == []
    text = bare.read("assets.toml").decode().replace('["a"]', '["a", "z/*"]')
    bare.manifest(text)
    assert found(bare) == [
        (
            "assets.toml",
            "project.emit: no asset matches 'z/*', which src/a.ts asks for",
            "correct the pattern in ids, or remove it",
        )
    ]


@pytest.mark.parametrize(
    ("emit_to", "where", "what"),
    [
        ('[{ path = "src/a.js" }, { path = "src/a.d.ts" }]', "2:34", "is a declaration file"),
        ('[{ path = "src/a.js" }, { path = "src/A.js" }]', "2:34", "is written by two modules"),
        ('{ path = "a.json" }', "2:10", "does not end in .ts"),
        ('{ path = "a.ts", ids = "x" }', "2:25", "emit.ids = 'x': a list is needed here"),
        ('{ path = "a.ts", id = ["x"] }', "2:25", "there is no key 'id'"),
        ('{ path = "a.ts", ids = ["{a"] }', "2:25", "is not a glob pattern"),
        ("5", "2:1", "text or a table or a list is needed here"),
    ],
)
def test_a_mistake_in_a_module_is_reported_at_its_place(
    bare: Place, emit_to: str, where: str, what: str
) -> None:
    bare.manifest(f"[project]\nemit = {emit_to}\n")
    with pytest.raises(ManifestError) as caught:
        typed_module.emit(bare.root)
    assert what in caught.value.what
    assert caught.value.where == f"assets.toml:{where}"


def test_the_schema_for_editors_is_renewed_and_committed_like_a_module(place: Place) -> None:
    starter.init(place.root)
    tiny(place, "a")
    place.git("add", "-A")
    place.git("commit", "-qm", "all")
    sheet = place.read("templates/tiny/template.toml").decode()
    place.write("templates/tiny/template.toml", sheet + 'doc = "The only one"\n')
    assert [one[0] for one in found(place)] == [SCHEMA]
    place.git("add", "-A")
    assert [str(one.cure) for one in staged(place).findings if one.code == "emit"] == [
        f"assetgen emit && git add -- {SCHEMA}"
    ]
    place.git("commit", "-qm", "template")
    outcome = performer.generate(place.root, Options(), place.environ)
    assert outcome.schema == (SCHEMA,)
    assert SCHEMA in _committed(place)[1]
    assert (found(place), staged(place).findings) == ([], ())
    assert typed_module.emit(place.root).schema == ()


# -- what is not touched ---------------------------------------------------------------------------


def test_a_file_of_the_user_is_not_overwritten(bare: Place) -> None:
    tiny(bare, "a")
    bare.manifest(_EMIT + bare.read("assets.toml").decode())
    bare.write("src/assets.ts", "export const assets = {};\n")
    with pytest.raises(StorageError, match="assetgen emit did not write this file") as caught:
        typed_module.emit(bare.root)
    assert str(caught.value.cure) == (
        "move src/assets.ts away, or name another file in project.emit; then: assetgen emit"
    )
    assert bare.read("src/assets.ts") == b"export const assets = {};\n"


def test_declarations_of_the_user_stop_the_data_file_too(bare: Place) -> None:
    tiny(bare, "a")
    bare.manifest('[project]\nemit = "src/assets.js"\n' + bare.read("assets.toml").decode())
    bare.write("src/assets.d.ts", "export {};\n")
    with pytest.raises(StorageError, match="assetgen emit did not write this file") as caught:
        typed_module.emit(bare.root)
    assert caught.value.where == "src/assets.d.ts"
    assert not bare.has("src/assets.js")


def _link_of_file(place: Place, outside: Path) -> None:
    place.write("src/x", "")
    (place.root / "src/assets.ts").symlink_to(outside)


def _link_of_folder(place: Place, outside: Path) -> None:
    (place.root / "src").symlink_to(outside.parent)


@pytest.mark.parametrize("plant", [_link_of_file, _link_of_folder], ids=["the file", "its folder"])
def test_nothing_is_written_through_a_link(
    bare: Place, tmp_path: Path, plant: Callable[[Place, Path], None]
) -> None:
    tiny(bare, "a")
    bare.manifest(_EMIT + bare.read("assets.toml").decode())
    (tmp_path / "outside").mkdir()
    outside = tmp_path / "outside/assets.ts"
    outside.write_text("theirs")
    plant(bare, outside)
    with pytest.raises(StorageError, match="symbolic link"):
        typed_module.emit(bare.root)
    assert outside.read_text() == "theirs"


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/etc/assets.ts", "is absolute"),
        ("../assets.ts", "contains '..'"),
        (".git/assets.ts", "has the part '.git'"),
        ("src/.hidden/a.ts", "has the part '.hidden'"),
        ("", "is empty"),
        ("src/assets.json", "does not end in .ts, .js or .mjs"),
        ("src/assets.d.ts", "is a declaration"),
    ],
    ids=["absolute", "above", "git", "hidden", "empty", "extension", "declaration"],
)
def test_a_bad_path_of_the_module_is_an_error_at_its_line(
    bare: Place, path: str, what: str
) -> None:
    bare.manifest(f'[project]\nemit = "{path}"\n')
    with pytest.raises(ManifestError) as caught:
        typed_module.emit(bare.root)
    assert (what in caught.value.what, caught.value.where) == (True, "assets.toml:2:1")
    assert 'emit = "src/assets.ts"' in str(caught.value.cure)


# -- with generate, adopt and accept ---------------------------------------------------------------


def _committed(place: Place) -> tuple[str, list[str]]:
    """The subject of the last commit and the files in it."""
    subject, _, *files = place.git("show", "--name-only", "--format=%s", "HEAD").splitlines()
    return subject, files


def test_generate_renews_the_module_and_commits_it_with_the_pictures(place: Place) -> None:
    module(place, "a")
    assert _committed(place) == (
        "assetgen: src/assets.ts",
        ["src/assets.ts"],
    )  # a was committed earlier
    want(place, "a", "b")
    place.manifest(_EMIT + place.read("assets.toml").decode())
    assert performer.generate(place.root, Options(), place.environ).module == ("src/assets.ts",)
    assert _committed(place) == (
        "assetgen: b",
        [".assetgen/records/b.json", "public/b.png", "src/assets.ts"],
    )


def test_a_foreign_module_is_reported_and_the_pictures_are_kept(place: Place) -> None:
    tiny(place, "a")
    place.manifest(_EMIT + place.read("assets.toml").decode().replace("alt", "take = 2\nalt", 1))
    place.write("src/assets.ts", "mine")
    place.covers("x")
    place.manifest(_EMIT + place.read("assets.toml").decode())
    ran = place.run("generate", "--json")
    assert ran.code == StorageError.exit_code
    assert [one["id"] for one in ran.data["made"]] == ["x"]
    assert ran.data["commit"] and ran.data["module"] == []
    assert "assetgen emit did not write this file" in ran.data["unemitted"]["what"]
    assert place.has("public/x.png") and place.read("src/assets.ts") == b"mine"


def test_adopt_and_accept_write_the_module_too(bare: Place) -> None:
    module(bare, "a")
    picture = bare.picture("public/a.png", (64, 32)).read_bytes()
    adopt.accept(bare.root, "a", Options(), bare.environ)
    assert "width: 64," in bare.read("src/assets.ts").decode()
    bare.write("other.png", picture)
    bare.picture("other.png", (40, 20))
    adopt.adopt(
        bare.root,
        "a",
        bare.root / "other.png",
        adopt.Brought(),
        Options(force=True),
        bare.environ,
    )
    assert "width: 40," in bare.read("src/assets.ts").decode()
    assert found(bare) == []


# -- with check ------------------------------------------------------------------------------------


def _edit(path: Path) -> None:
    path.write_text(path.read_text().replace("width: 40", "width: 41"))


def _crlf(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def test_a_module_that_was_edited_is_out_of_date(bare: Place) -> None:
    module(bare, "a")
    assert found(bare) == []
    _edit(bare.root / "src/assets.ts")
    what = "is out of date: assets.toml or a picture has changed"
    assert found(bare) == [("src/assets.ts", what, "assetgen emit")]
    bare.ok("emit")
    assert found(bare) == []


def test_the_line_ends_of_a_checkout_are_no_difference(bare: Place) -> None:
    module(bare, "a")
    _crlf(bare.root / "src/assets.ts")
    assert found(bare) == []
    assert typed_module.emit(bare.root).changed == ()


def test_a_changed_text_outdates_the_module_and_no_image(bare: Place) -> None:
    module(bare, "a")
    bare.manifest(bare.read("assets.toml").decode().replace("alt = ", 'alt = "new" #', 1))
    ran = bare.run("check", "--json")
    assert [one["code"] for one in ran.data["findings"]] == ["emit"]


def test_check_finds_a_missing_or_foreign_module(bare: Place) -> None:
    module(bare, "a")
    (bare.root / "src/assets.ts").unlink()
    assert found(bare) == [("src/assets.ts", "does not exist", "assetgen emit")]
    bare.write("src/assets.ts", "mine")
    [(_, what, cure)] = found(bare)
    assert what == "was not written by assetgen emit"
    assert cure == str(typed_module.foreign_cure("src/assets.ts"))


def test_staged_compares_the_staged_module(place: Place) -> None:
    module(place, "a")
    place.git("add", "-A")
    assert staged(place).findings == ()
    data = place.read("src/assets.ts")
    _edit(place.root / "src/assets.ts")
    assert staged(place).findings == ()
    place.git("add", "src/assets.ts")
    place.write("src/assets.ts", data)
    [finding] = staged(place).findings
    assert (finding.code, str(finding.cure)) == (
        "emit",
        "assetgen emit && git add -- src/assets.ts",
    )
    place.git("add", "src/assets.ts")
    assert staged(place).findings == ()


@pytest.fixture
def rested(place: Place) -> Place:
    """A committed project with a clean check, whose module is old enough to be trusted."""
    module(place, "a")
    place.git("add", "-A")
    time.sleep(snapshot.RACY_NS / 1e9 + 0.1)
    for index in (False, True):
        assert check.check(place.root, place.environ, staged=index).findings == ()
    with contextlib.chdir(place.root):
        assert snapshot.still_clean(time.time_ns())
    assert snapshot.staged_still_clean(str(place.root), place.environ)
    return place


@pytest.mark.parametrize("harm", [_edit, os.unlink], ids=["edited", "deleted"])
def test_a_second_check_notices_a_change_of_the_module(
    rested: Place, harm: Callable[[Path], None]
) -> None:
    harm(rested.root / "src/assets.ts")
    ran = rested.run("check", "--json")
    assert [one["code"] for one in ran.data["findings"]] == ["emit"]
    assert rested.run("check").code == 1
    assert rested.run("check", "--staged").code == 0
    rested.git("add", "-A")
    ran = rested.run("check", "--staged")
    assert (ran.code, "src/assets.ts: emit: " in ran.out) == (1, True)


def test_a_failure_of_emit_is_an_ordinary_error(bare: Place) -> None:
    bare.manifest("")
    ran = bare.run("emit")
    assert (ran.code, ran.out) == (ManifestError.exit_code, "")
    assert ran.err.startswith("assetgen: assets.toml: project.emit does not name")
