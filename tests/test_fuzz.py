"""Hostile and broken bytes at every entrance: each is understood or refused, never a crash.

ASSETGEN_FUZZ=3000 runs that many examples of each.
"""

from __future__ import annotations

import copy
import io
import json
import os
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785
import tomli
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from assetgen.errors import AssetgenError, ManifestError, StorageError, TemplateError
from assetgen.image import decode, derive
from assetgen.layouts import closure, fonts, kind
from assetgen.manifest import parse, toml_positions
from assetgen.plan import decide, faults
from assetgen.plan.decide import Action, State
from assetgen.record import record
from assetgen.record.record import Intent, Unusable
from tests.support.font_tables import cmap, format_4, format_12, name_table, sfnt
from tests.support.manifests import EXAMPLE as EXAMPLE
from tests.support.planning import Kept, sha256
from tests.support.records import PLACE, SAMPLE

settings.register_profile(
    "assetgen",
    max_examples=int(os.environ.get("ASSETGEN_FUZZ", "120")),
    deadline=None,
    derandomize="ASSETGEN_FUZZ" not in os.environ,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)
_FUZZED = settings.get_profile("assetgen")

# -- TOML ------------------------------------------------------------------------------------------

_WORDS = st.sampled_from(
    [
        *(
            "id",
            "kind",
            "path",
            "alt",
            "route",
            "prompt",
            "values",
            "title",
            "layout",
            "size",
            "fit",
            "width",
            "mode",
        ),
        *(
            "variants",
            "widths",
            "formats",
            "inputs",
            "mask",
            "take",
            "style",
            "palette",
            "font",
            "gateway",
            "limits",
        ),
        *(
            "base_url",
            "project",
            "outputs",
            "asset",
            "defaults",
            "a.b",
            "",
            " ",
            "x y",
            "é",
            "日本",
            "\u202e",
            "__class__",
        ),
    ]
)
_TEXTS = st.text(max_size=12) | st.sampled_from(
    [
        *(
            "a",
            "A",
            "local",
            "images",
            "codex",
            "gateway:laozhang",
            "gateway:",
            "cover",
            "infographic",
            "ui",
            "../cover",
        ),
        *(
            "public/a.png",
            "public/A.PNG",
            "public/../a.png",
            "/etc/passwd",
            "assets/plane.png",
            "@route-board",
            "@x",
            "@",
        ),
        *(
            "auto",
            "1x1",
            "0x0",
            "99999x99999",
            "transparent",
            "#fff",
            "#ffff",
            "brand",
            "Inter",
            "con",
            "x" * 300,
            "${HOME}",
        ),
        *(
            "👩‍💻",
            "7️⃣",
            "🇩🇪",
            "e\u0301",
            "so\u00adft",
            "שלום",
            "\u202egnp",
            "\0",
            "\x1b[2J",
            "\r\n",
            "$prompt",
            "sha256:",
        ),
    ]
)


class Written(str):
    """A value as TOML writes it, where the repr of Python is not TOML."""


_SCALARS = (
    _TEXTS
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.sampled_from([0, -1, 1, 10**400, 1e308, -0.0, 0.1])
    | st.sampled_from(
        [Written("0x" + "F" * 5000), Written("-nan"), Written("1979-05-27 07:32:00.999999-07:00")]
    )
    | st.floats()
    | st.datetimes()
    | st.dates()
    | st.times()
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(_WORDS | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=10,
)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml(value: Any) -> str:
    """Any value in TOML, as far as TOML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value) if value == value and abs(value) != float("inf") else str(value)
    if isinstance(value, Written):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return (
            "{ "
            + ", ".join(f"{_quoted(key)} = {_toml(inner)}" for key, inner in value.items())
            + " }"
        )
    return str(value.isoformat())


def _document(document: dict[str, Any]) -> str:
    """A TOML document with tables and arrays of tables written out, as people do."""
    lines = []
    for name, value in document.items():
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            for item in value:
                lines += [f"[[{_quoted(name)}]]", *_pairs(item)]
        elif isinstance(value, dict):
            lines += [f"[{_quoted(name)}]", *_pairs(value)]
        else:
            lines.insert(0, f"{_quoted(name)} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _pairs(table: dict[str, Any]) -> list[str]:
    return [f"{_quoted(key)} = {_toml(value)}" for key, value in table.items()]


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [
        *([at] if at else []),
        *(place for key, child in inner for place in _places(child, (*at, key))),
    ]


@st.composite
def documents(draw: st.DrawFn, text: str = EXAMPLE) -> dict[str, Any]:
    """A document like the example, with some of it dropped, renamed, doubled or replaced."""
    document = tomli.loads(text)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(_places(document) or [("asset",)]))
        holder: Any = document
        for key in place[:-1]:
            holder = holder[key]
        key, change = (
            place[-1],
            draw(st.sampled_from(["replace", "replace", "drop", "add", "rename", "double"])),
        )
        if change == "replace":
            holder[key] = draw(_VALUES)
        elif change == "drop" and key in (
            holder if isinstance(holder, dict) else range(len(holder))
        ):
            del holder[key]
        elif isinstance(holder, dict) and change == "add":
            holder[draw(_WORDS)] = draw(_VALUES)
        elif isinstance(holder, dict) and change == "rename" and key in holder:
            holder[draw(_WORDS)] = holder.pop(key)
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]) if key < len(holder) else draw(_VALUES))
    return document


def _world() -> Kept:
    return Kept(**{"assets/plane.png": sha256("plane"), "assets/mask.png": sha256("mask")})


def _parsed_and_planned(data: bytes) -> None:
    """Parse, and plan what parses. Raises nothing but AssetgenError."""
    wanted = parse.parse(data)
    for decision in decide.decide(wanted, _world().world()):
        assert decision.action is not Action.NOTHING
        assert decision.wish.intent.changes(decision.wish.intent.stated("text")) == []


@_FUZZED
@given(documents())
def test_a_manifest_is_planned_or_refused(document: dict[str, Any]) -> None:
    try:
        _parsed_and_planned(_document(document).encode())
    except AssetgenError as exc:
        assert exc.what and exc.exit_code in (2, 4, 8, 11)


@_FUZZED
@given(documents())
def test_a_refusal_names_a_line_that_is_there(document: dict[str, Any]) -> None:
    text = _document(document)
    try:
        parse.parse(text.encode())
    except (ManifestError, AssetgenError) as exc:
        assert exc.mistakes
        for one in exc.mistakes:
            assert one.where.startswith("assets.toml")
            assert one.line is None or 1 <= one.line <= text.count("\n") + 1
            assert one.line or not one.key or not document


@_FUZZED
@given(documents())
def test_every_mistake_is_found_whatever_else_is_wrong(document: dict[str, Any]) -> None:
    text = _document(document)
    try:
        reading = parse.read(text.encode())
    except ManifestError:
        return
    found = faults.mistakes(reading, _world().world())
    places = [(one.line or 0, one.col or 0) for one in found]
    assert places == sorted(places)
    assert len({(one.key, one.what) for one in found}) == len(found)
    try:
        _parsed_and_planned(text.encode())
    except AssetgenError as exc:
        said = {one.what for one in found}
        assert exc.what in said or any(one.what in said for one in exc.mistakes)
    else:
        assert not found


@_FUZZED
@given(documents())
def test_every_key_of_the_document_has_its_line(document: dict[str, Any]) -> None:
    text = _document(document)
    try:
        tomli.loads(text)
    except ValueError:
        assume(False)
    rows = text.split("\n")
    for key, (line, col) in toml_positions.positions(text).items():
        name = next((part for part in reversed(key) if isinstance(part, str)), "")
        assert isinstance(key[-1], int) or _quoted(name) in rows[line - 1][col - 1 :]


@_FUZZED
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_manifest_or_are_refused(data: bytes) -> None:
    try:
        _parsed_and_planned(data)
    except AssetgenError as exc:
        assert exc.what


@_FUZZED
@given(
    st.integers(0, len(EXAMPLE)),
    st.integers(0, 40),
    st.text(max_size=8) | st.sampled_from(['"""', "'''", "[[", "]", "\\"]),
)
def test_a_manifest_cut_and_patched_anywhere_is_a_manifest_or_is_refused(
    start: int, length: int, patch: str
) -> None:
    try:
        _parsed_and_planned((EXAMPLE[:start] + patch + EXAMPLE[start + length :]).encode())
    except AssetgenError as exc:
        assert exc.what


@_FUZZED
@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(list("[]{}\"'#=.,\n\\ a1")), max_size=60).map("".join)
)
def test_any_text_has_lines(text: str) -> None:
    count = text.count("\n") + 1
    assert all(1 <= at.line <= count for at in toml_positions.positions(text).values())


# -- records ---------------------------------------------------------------------------------------


def _meaning(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None


@_FUZZED
@given(st.data())
def test_a_changed_byte_of_a_record_is_refused_if_it_changes_the_meaning(
    data: st.DataObject,
) -> None:
    changed = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = record.read(bytes(changed), PLACE)
    except Unusable as exc:
        assert str(exc)
    else:
        assert _meaning(bytes(changed)) == _meaning(SAMPLE)
        assert found == record.read(SAMPLE, PLACE)


@_FUZZED
@given(
    st.integers(0, len(SAMPLE)),
    st.integers(0, 60),
    st.binary(max_size=12) | st.sampled_from([b'"a": 1,', b"[", b"}", b"1e999", b"9" * 40]),
)
def test_a_record_cut_and_patched_anywhere_is_refused(
    start: int, length: int, patch: bytes
) -> None:
    changed = SAMPLE[:start] + patch + SAMPLE[start + length :]
    assume(changed != SAMPLE)
    with pytest.raises(Unusable):
        record.read(changed, PLACE)


@_FUZZED
@given(st.data())
def test_a_forged_and_well_sealed_record_is_read_or_refused(data: st.DataObject) -> None:
    statement = json.loads(SAMPLE)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(_places(statement)))
        holder: Any = statement
        try:
            for key in place[:-1]:
                holder = holder[key]
            holder[place[-1]] = data.draw(_JSON)
        except (TypeError, LookupError):
            continue
    try:
        sealed = record.write(statement)
    except (KeyError, TypeError, AttributeError, ValueError, msgspec.EncodeError):
        sealed = json.dumps(statement).encode()
    try:
        found = record.read(sealed, PLACE)
    except Unusable as exc:
        assert str(exc)
    else:
        wish = next(iter(decide.decide(parse.parse(_ONE), Kept().world()))).wish
        kept = Kept()
        kept.records["launch/cover"] = found
        decision = decide.judge(wish, kept.world(), {})
        assert decision.state in (State.MISSING, State.FOREIGN)


_ONE = (
    b'[[asset]]\nid="launch/cover"\nkind="cover"\npath="public/img/launch.webp"\n'
    b'alt=""\nroute="images"\nprompt="p"\n'
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | _TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@_FUZZED
@given(st.binary(max_size=300))
def test_any_bytes_are_no_record(data: bytes) -> None:
    with pytest.raises(Unusable):
        record.read(data, PLACE)


@_FUZZED
@given(st.data())
def test_the_canonical_form_is_that_of_rfc_8785_for_records_too(data: st.DataObject) -> None:
    statement = json.loads(SAMPLE)
    statement["predicate"]["intent"]["values"] = data.draw(
        st.dictionaries(
            st.text(st.characters(max_codepoint=0xD7FF), max_size=6),
            st.text()
            | st.integers(-(2**53) + 1, 2**53 - 1)
            | st.lists(st.text(max_size=3), max_size=3),
        )
    )
    assert record.canonical(statement) == rfc8785.dumps(statement)
    assert (
        record.statement(record.write(statement))["predicate"]["intent"]
        == statement["predicate"]["intent"]
    )


# -- the plan --------------------------------------------------------------------------------------

_TITLES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf"]), max_size=20)


@st.composite
def manifests(draw: st.DrawFn) -> str:
    """A manifest of a few assets that can be planned."""
    count = draw(st.integers(0, 4))
    text = ""
    for number in range(count):
        path = draw(st.sampled_from([f"public/n{number}.png", f"assets/x/n{number}.webp"]))
        head = f'[[asset]]\nid = "n{number}"\nkind = "cover"\npath = "{path}"\n'
        head += f"alt = {_quoted(draw(_TITLES))}\n"
        head += draw(
            st.sampled_from(
                ["", "variants = { widths = [320] }\n", "fit = { width = 300, height = 200 }\n"]
            )
        )
        if draw(st.booleans()):
            head += 'route = "images"\nprompt = "a plane"\n'
            before = [f'"@n{earlier}"' for earlier in range(number)]
            head += (
                f"inputs = [{', '.join(draw(st.lists(st.sampled_from(before), unique=True)))}]\n"
                if before
                else ""
            )
            head += draw(
                st.sampled_from(["", "take = 3\n", 'quality = "low"\n', 'background = "opaque"\n'])
            )
        else:
            head += f"[asset.values]\ntitle = {_quoted('T' + draw(_TITLES))}\n"
            head += draw(st.sampled_from(["", 'layout = "centred"\n', 'kicker = "K"\n']))
            head += (
                f'picture = "@n{draw(st.integers(0, number - 1))}"\n'
                if number and "centred" not in head
                else ""
            )
        text += head
    return text


def _verdicts(kept: Kept, text: str) -> list[tuple[str, str, str, tuple[Any, ...]]]:
    return [(d.asset.id, d.state, d.action, d.reasons) for d in kept.decide(text).values()]


@_FUZZED
@given(manifests(), st.data())
def test_deciding_is_a_function_of_what_is_there(text: str, data: st.DataObject) -> None:
    kept = Kept()
    assert _verdicts(kept, text) == _verdicts(kept, text)
    kept.generate(text)
    assert {state for _, state, _, _ in _verdicts(kept, text)} <= {"fresh"}
    for path in list(kept.files):
        happened = data.draw(st.sampled_from(["nothing", "edited", "gone", "record gone"]))
        if happened == "edited":
            kept.files[path] = sha256("edited")
        elif happened == "gone":
            del kept.files[path]
        elif happened == "record gone" and kept.records:
            kept.records.pop(data.draw(st.sampled_from(sorted(kept.records))))
    found = kept.decide(text)
    assert _verdicts(kept, text) == [
        (d.asset.id, d.state, d.action, d.reasons) for d in found.values()
    ]
    for decision in found.values():
        refused = decision.state in (State.FOREIGN, State.EDITED)
        assert (decision.action is Action.REFUSE) is refused
        assert (decision.action is Action.NOTHING) is (decision.state is State.FRESH)
        assert bool(decision.reasons) is (decision.state is not State.FRESH)
        touched = [p for p, digest in kept.files.items() if digest == sha256("edited")]
        if any(target.path in touched for target in decision.wish.targets):
            assert refused, "a changed file is never overwritten"


_INTENTS = st.builds(
    Intent,
    kind=st.sampled_from(["cover", "ui"]),
    medium=st.sampled_from(["typeset", "painted"]),
    prompt=st.text(max_size=10),
    values=st.dictionaries(
        st.text(max_size=3), st.text(max_size=3) | st.integers(0, 9) | st.booleans(), max_size=3
    ),
    inputs=st.lists(
        st.fixed_dictionaries(
            {"path": st.text(max_size=3), "sha256": st.none() | st.text(max_size=3)}
        ),
        max_size=2,
    ),
    mask=st.none() | st.text(max_size=3),
    model=st.none() | st.text(max_size=3),
    size=st.sampled_from(["auto", "1x1"]),
    quality=st.none() | st.text(max_size=3),
    background=st.sampled_from(["auto", "opaque"]),
    take=st.integers(1, 3),
    template=st.none() | st.text(max_size=3),
    palette=st.none() | st.lists(st.text(max_size=3), max_size=2),
    font=st.none() | st.text(max_size=3),
)


@_FUZZED
@given(
    _INTENTS,
    _INTENTS,
    st.sampled_from(Intent.__struct_fields__),
    st.sampled_from(["text", "digest"]),
)
def test_any_one_changed_field_of_the_intent_is_named(
    old: Intent, other: Intent, name: str, prompts: str
) -> None:
    new = msgspec.structs.replace(old, **{name: getattr(other, name)})
    changes = new.changes(old.stated(prompts))
    assert {change[0].partition(".")[0].partition("[")[0] for change in changes} <= {name}
    assert bool(changes) is (record.canonical(new) != record.canonical(old))


# -- pictures --------------------------------------------------------------------------------------


@cache
def _pictures() -> tuple[bytes, ...]:
    found = []
    for fmt, mode in (
        ("PNG", "RGB"),
        ("PNG", "P"),
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("WEBP", "RGBA"),
        ("AVIF", "RGB"),
    ):
        image = Image.linear_gradient("L").resize((24, 16)).convert(mode)
        exif = Image.Exif()
        exif[0x112] = 6
        out = io.BytesIO()
        image.save(out, fmt, **({"exif": exif} if mode == "RGB" else {}))
        found.append(out.getvalue())
    return tuple(found)


@st.composite
def broken(draw: st.DrawFn, whole: bytes) -> bytes:
    """Bytes changed, cut out, doubled or cut off, more often near the start (the format header)."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        near = draw(st.booleans())
        at = draw(st.integers(0, max(0, min(len(data), 120 if near else 10**9) - 1)))
        change = draw(st.sampled_from(["byte", "byte", "word", "cut", "double", "end"]))
        if change == "byte":
            data[at : at + 1] = bytes([draw(st.integers(0, 255))])
        elif change == "word":
            data[at : at + 4] = draw(
                st.sampled_from(
                    [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\xff\xff"]
                )
            )
        elif change == "cut":
            del data[at : at + draw(st.integers(1, 40))]
        elif change == "double":
            data[at:at] = data[at : at + draw(st.integers(1, 40))]
        else:
            del data[at:]
    return bytes(data)


@_FUZZED
@given(st.data())
def test_a_broken_picture_is_read_or_refused(data: st.DataObject) -> None:
    picture = data.draw(broken(data.draw(st.sampled_from(_pictures()))))
    for read in (decode.facts, decode.decode):
        try:
            read(picture)
        except StorageError as exc:
            assert exc.what
    wanted = parse.parse(_ONE + b"fit = { width = 8, height = 8 }\n").asset[0]
    try:
        [file] = derive.derive(picture, wanted, "trainedAlgorithmicMedia")
        assert (file.width, file.height, file.format) == (8, 8, "webp")
    except StorageError as exc:
        assert exc.what


# -- fonts -----------------------------------------------------------------------------------------


@cache
def _fonts() -> tuple[bytes, ...]:
    four = format_4([(0x41, 0x5A, 1), (0x61, 0x7A, 0), (0x100, 0x110, -3)], {1: list(range(26))})
    twelve = format_12([(0x41, 0x5A, 1), (0x1F600, 0x1F640, 40)])
    tables = [cmap((3, 1, four)), cmap((3, 1, four), (3, 10, twelve)), cmap((0, 3, four))]
    made = [
        sfnt({b"cmap": table, b"name": name_table("Test"), b"glyf": b"\0" * 50}) for table in tables
    ]
    real = (closure.shipped_root() / "fonts" / "JetBrainsMono.ttf").read_bytes()
    return (*made, real)


@_FUZZED
@given(st.data())
def test_a_broken_font_is_read_or_refused(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(_fonts()))
    try:
        found = fonts.parse(data.draw(broken(source)), "broken.ttf")
        found.has(0x41), fonts.Stack((found,)).missing("Aé漢")
        found.renamed()
    except TemplateError as exc:
        assert exc.what and exc.where == "broken.ttf"


# -- templates -------------------------------------------------------------------------------------

_SHEET = """
doc = "Small pictures"
size = [40, 20]
layout = "plain"
model_size = "1536x1024"
[values]
title = { type = "text", required = true, doc = "the headline" }
tone = { type = "choice", of = ["warm", "cold"], default = "cold" }
logo = { type = "picture" }
steps = { type = "list", max = 3, fields.title.type = "text", fields.icon.type = "picture" }
[layouts.plain]
transparent = true
[layouts.other]
size = [30, 30]
[layouts.other.values]
sums = { type = "list", of = ["number"], min = 1 }
"""


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz") / "templates" / "small"
    folder.mkdir(parents=True)
    for name in ("plain", "other"):
        (folder / f"{name}.html").write_text(
            "<!doctype html><html><head></head><body>{{ values }}</body></html>"
        )
    return folder


def _planned(folder: Path, sheet: bytes, values: dict[str, Any]) -> dict[str, Any]:
    """The values in the intent of a planned asset of the sheet. Raises AssetgenError.

    Whatever is accepted is in the intent: the layout exists, and every text is as it was given,
    without blanks at its ends.
    """
    (folder / "template.toml").write_bytes(sheet)
    found = kind.find(folder.parent.parent, "small")
    kept = Kept(**{"a.png": sha256("a")})
    kept.kind = lambda _name: found
    head = b'[[asset]]\nid = "a"\nkind = "small"\npath = "public/a.png"\nalt = ""\n'
    [decision] = kept.decide(parse.parse(head + f"values = {_toml(values)}\n".encode())).values()
    assert decision.state is State.MISSING
    assert record.canonical(decision.wish.intent.stated("text"))
    accepted = dict(decision.wish.intent.values)
    assert accepted["layout"] in found.sheet.layouts
    texts = {
        name: unicodedata.normalize("NFC", one.replace("\r\n", "\n")).strip()
        for name, one in values.items()
        if isinstance(one, str)
    }
    assert {name: accepted.get(name) for name in texts} == texts
    assert values.keys() <= accepted.keys()
    return accepted


_FILLED = st.dictionaries(
    st.sampled_from(["title", "tone", "logo", "steps", "layout", "sums", "x"]), _VALUES, max_size=4
)


@_FUZZED
@given(documents(_SHEET), _FILLED | st.just({"title": "T"}))
def test_a_sheet_and_values_are_planned_or_refused(
    templates: Path, document: dict[str, Any], values: dict[str, Any]
) -> None:
    try:
        _planned(templates, _document(document).encode(), values)
    except AssetgenError as exc:
        assert exc.what and exc.exit_code in (2, 4, 8)


@_FUZZED
@given(_FILLED | _FILLED.map(lambda values: {**values, "title": "T"}))
def test_any_values_have_the_types_of_the_sheet_or_are_refused(
    templates: Path, values: dict[str, Any]
) -> None:
    try:
        accepted = _planned(templates, _SHEET.encode(), values)
    except AssetgenError as exc:
        assert exc.what and exc.exit_code in (2, 4)
        return
    other = {"sums"} if accepted["layout"] == "other" else set()
    assert accepted.keys() == {"layout", "title", "tone", "logo", "steps"} | other
    assert isinstance(accepted["title"], str)
    assert accepted["tone"] in ("warm", "cold") and isinstance(accepted["logo"], str)
    assert len(accepted["steps"]) <= 3
    assert all(step.keys() == {"title", "icon"} for step in accepted["steps"])
    assert all(not isinstance(one, (str, list, dict)) for one in accepted.get("sums", ()))


_SOUND = st.fixed_dictionaries(
    {"title": st.text("aZé 7", min_size=1).filter(str.strip)},
    optional={
        "tone": st.sampled_from(["warm", "cold"]),
        "logo": st.just("a.png"),
        "steps": st.lists(st.fixed_dictionaries({}, optional={"title": st.just("s")}), max_size=3),
    },
)


@_FUZZED
@given(_SOUND)
def test_sound_values_are_never_refused(templates: Path, values: dict[str, Any]) -> None:
    accepted = _planned(templates, _SHEET.encode(), values)
    assert [step.get("title", "") for step in accepted["steps"]] == [
        step.get("title", "") for step in values.get("steps", [])
    ]


@_FUZZED
@given(st.data())
def test_a_broken_sheet_is_read_or_refused(templates: Path, data: st.DataObject) -> None:
    try:
        _planned(templates, data.draw(broken(_SHEET.encode())), {"title": "T"})
    except AssetgenError as exc:
        assert exc.what and exc.exit_code in (2, 4, 8)
