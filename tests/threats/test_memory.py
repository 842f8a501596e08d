"""Layouts that eat memory: an error with an exit code, not a killed process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from assetgen.errors import TemplateError
from assetgen.layouts import sanitize
from assetgen.routes import request
from tests.support.attack import generate
from tests.support.place import Place
from tests.support.rows import every

_SHEET = (
    'size = [200, 100]\nlayout = "plain"\n[values]\ntitle = { type = "text" }\n[layouts.plain]\n'
)
_PAGE = "<!doctype html><html><head></head><body>{}</body></html>"
_MANIFEST = (
    '[[asset]]\nid = "a"\nkind = "own"\npath = "public/a.png"\nalt = ""\n'
    '[asset.values]\ntitle = "Hello"\n'
)


def own(place: Place, body: str) -> Place:
    place.write("templates/own/template.toml", _SHEET)
    place.write("templates/own/plain.html", _PAGE.format(body))
    place.manifest(_MANIFEST)
    return place


@pytest.mark.parametrize(
    "body",
    [
        "{% set x = 'xxxxxxxxxxxxxxxx' %}" + "{% set x = x ~ x %}" * 40 + "{{ x|length }}",
        pytest.param(
            "{% macro d(x) %}{{ x }}{{ x }}{% endmacro %}"
            "{{ " + "d(" * 36 + "'xxxxxxxx'" + ")" * 36 + "|length }}",
            marks=pytest.mark.more,
        ),
    ],
    ids=["doubled text", "doubling macro"],
)
def test_a_layout_that_eats_memory_is_an_error_and_its_neighbour_is_drawn(
    bare: Place, body: str
) -> None:
    own(bare, body)
    bare.manifest(
        _MANIFEST
        + '[[asset]]\nid = "b"\nkind = "cover"\npath = "public/b.png"\nalt = ""\n'
        + 'values.title = "B"\n'
    )
    ran = bare.run("generate")
    assert ran.code == 8, ran.out + ran.err
    assert "uses too much memory or time" in ran.out
    assert "Traceback" not in ran.out + ran.err
    assert not bare.has("public/a.png")
    assert bare.has("public/b.png")


_GROWS = (
    "{% if values.title == 'b' %}{% set x = 'xxxxxxxxxxxxxxxx' %}"
    + "{% set x = x ~ x %}" * 40
    + "{{ x|length }}{% else %}{{ values.title }}{% endif %}"
)


def test_a_layout_is_drawn_with_limits_whatever_it_drew_before(
    bare: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in another run, not for another image of this run, and by few processes."""
    started = bare.root.parent / "started"
    python = bare.root.parent / "python"
    python.write_text(f'#!/bin/sh\necho x >>{started}\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    own(bare, _GROWS)
    one = _MANIFEST.replace("Hello", "a")
    bare.manifest(
        "".join(one.replace('"a"', f'"{x}"').replace("/a.png", f"/{x}.png") for x in "abcd")
    )
    assert not generate(bare, "a").failed
    outcome = generate(bare)
    assert "uses too much memory or time" in outcome.failed[0].error.what
    assert [bare.has(f"public/{x}.png") for x in "abcd"] == [True, False, True, True]
    # One for a; one for b, which it ends; then one for c and d.
    assert len(started.read_text()) // 2 == 3
    with pytest.raises(TemplateError, match="too much memory"):
        request.page(bare.root, "b")


_ASSET = '[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a.png"\n'
_LARGE = 5_000_000
_TEXTS = {
    "alt": _ASSET + 'alt = """{}"""\n',
    "kind": '[[asset]]\nid = "a"\nkind = "{}"\npath = "public/a.png"\nalt = ""\n',
    "path": '[[asset]]\nid = "a"\nkind = "cover"\npath = "{}"\nalt = ""\n',
    "route": _ASSET + 'alt = ""\nroute = "{}"\n',
    "unknown key": _ASSET + 'alt = ""\nfoo = "{}"\n',
    "value": _ASSET + 'alt = ""\nvalues.title = "{}"\n',
    "pattern": '[project]\ncontent = ["{}"]\n',
    "font": '[style.b]\nfont = "{}"\n',
}
_LIMITED = """
import re, sys
from pathlib import Path
from assetgen.plan.workspace import open_workspace
from assetgen.errors import ManifestError
try:
    open_workspace(Path(sys.argv[1])).decide()
except ManifestError as exc:
    print(max(map(len, (exc.what, exc.where, str(exc.cure or "")))))
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss differs")
@pytest.mark.parametrize("text", every(3, _TEXTS.values()), ids=_TEXTS)
def test_one_large_text_in_the_manifest_takes_little_memory_and_a_short_message(
    bare: Place, text: str
) -> None:
    bare.manifest(text.replace("{}", "x" * _LARGE))
    command = [sys.executable, "-P", "-c", _LIMITED, str(bare.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    longest, megabytes = map(int, done.stdout.split())
    assert longest < 5000
    assert megabytes < 160


_GRID = '<div style="display:grid;grid-template-columns:{}"><p>a</p></div>'
_MANY = {
    "columns": _GRID.format("repeat(100000, 1px)"),
    "rows": '<div style="display:grid;grid-template-rows:REPEAT( 100000,1px)"><p>a</p></div>',
    "in a style sheet": "<style>div{display:grid;grid:repeat(70000,1px)/1px}</style><div>a</div>",
    "a comment before the number": _GRID.format("repeat(/* few */100000, 1px)"),
    "calculated": _GRID.format("repeat(calc(1000*100), 1px)"),
    "a variable": "<style>:root{--n:100000}</style>" + _GRID.format("repeat(var(--n), 1px)"),
    "a value": _GRID.format("repeat({{ values.title }}, 1px)"),
}


@pytest.mark.parametrize("body", every(3, _MANY.values()), ids=_MANY)
def test_a_grid_of_too_many_tracks_is_an_error_of_the_template(bare: Place, body: str) -> None:
    own(bare, body)
    bare.manifest(_MANIFEST.replace("Hello", "100000"))
    ran = bare.run("generate")
    assert ran.code == 8, ran.out + ran.err
    assert "repeats grid tracks" in ran.out
    assert "panicked" not in ran.out + ran.err
    assert not bare.has("public/a.png")


@pytest.mark.parametrize(
    "declared",
    [
        "line-height:1e38",
        "line-height:99999999999999999999999999999999999999",
        "line-height: -1E38",
        "LINE-HEIGHT:/**/1000001",
        "line-height:calc(1e20*1e18)",
        "line-height:calc(1e6*1e6*1e6*1e6*1e6*1e6)",
        "line-height:calc(infinity)",
        "line-height:calc(1 * NaN)",
        "--a:1e38;line-height:var(--a)",
    ],
)
def test_a_number_with_which_the_engine_never_ends_is_refused(declared: str) -> None:
    for markup in (f'<p style="{declared}">a</p>', f"<style>p{{{declared}}}</style><p>a</p>"):
        with pytest.raises(TemplateError, match=r"number|multiplies"):
            sanitize.refuse_hostile(markup)


def test_usual_numbers_are_drawn() -> None:
    usual = "z-index:999999;color:#46e599;--a-1e38:calc(var(--u) * 17 * 2);margin:-1e3px .5em"
    sanitize.refuse_hostile(f"<style>* * * * * *{{{usual}}}</style><p>a 1e38</p>")


@pytest.mark.parametrize("times", ["12", "1000", "auto-fill", "auto-fit"])
def test_a_grid_of_a_usual_number_of_tracks_is_drawn(bare: Place, times: str) -> None:
    own(bare, _GRID.format(f"repeat({times}, 8px)")).ok("generate")


def test_an_engine_that_fails_is_an_error_and_its_words_are_not_shown(
    bare: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(bare, "<p>a</p>")
    fake = bare.root.parent / "python"
    fake.write_text("#!/bin/sh\necho \"thread 'x' panicked at a.rs:1\" >&2\n")
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))
    outcome = generate(bare)
    assert "makes the layout engine fail" in outcome.failed[0].error.what
