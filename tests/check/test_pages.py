"""check and pages: every kind of finding, with its place, level and fix, and what has none."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.check import pages, unused
from assetgen.check.findings import Finding
from assetgen.check.misspelled import KnownNames
from assetgen.check.problem import PageProblem
from assetgen.plan.workspace import open_workspace
from assetgen.refs.reference import Marks, Reference
from assetgen.refs.sites.resolution import Resolution
from assetgen.refs.survey import ResolvedReference
from tests.support.place import Place

_ALL = "content/**/*"
_PICTURES = {"public/img/launch.png": (1200, 630), "public/img/team.png": (800, 600)}


def site(
    place: Place, files: Mapping[str, str], *assets: str, project: str = "", check: str = ""
) -> Place:
    """A project with pages, two pictures of known sizes, and ``assets`` as "id path alt"."""
    text = f'[project]\ncontent = ["{_ALL}", "app/**/*", "src/**/*"]\n{project}\n[check]\n{check}\n'
    for asset in assets:
        name, path, alt = asset.split(" ", 2)
        text += f'[[asset]]\nid = "{name}"\nkind = "cover"\npath = "{path}"\nalt = "{alt}"\n'
    place.manifest(text)
    for path, size in _PICTURES.items():
        place.picture(path, size)
    for path, content in files.items():
        place.write(path, content)
    return place


def problems(place: Place, *, without: tuple[str, ...] = ("unreferenced",)) -> list[PageProblem]:
    found = pages.compare(open_workspace(place.root)).problems
    return [problem for problem in found if problem.code not in without]


def codes(place: Place) -> list[str]:
    return [problem.code for problem in problems(place)]


def findings(place: Place) -> list[Finding]:
    return list(pages.findings(open_workspace(place.root)).findings)


# -- said ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """One page, and the one finding in it."""

    page: str
    text: str
    code: str
    place: tuple[int, int]
    message: str
    cure: str
    assets: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


_LAUNCH = ("launch public/img/launch.png A plane",)
_SAID = {
    "a picture that is not there": Said(
        *("content/a.mdx", "text\n\n![A plan](/img/plan.png)", "dangling", (3, 1)),
        "/img/plan.png refers to a missing image: there is no public/img/plan.png",
        "assetgen refs --add content/a.mdx:3 (adds it to assets.toml)",
    ),
    "one of another case": Said(
        *(
            "content/a.mdx",
            "![A](/img/Launch.png)",
            "dangling",
            (1, 1),
            "there is no public/img/Launch.png",
        ),
        "assetgen refs --fix content/a.mdx:1 (writes /img/launch.png)",
    ),
    "one in a folder of another case": Said(
        *(
            "content/a.mdx",
            "![A](/Img/launch.png?v=1)",
            "dangling",
            (1, 1),
            "there is no public/Img/launch.png",
        ),
        "assetgen refs --fix content/a.mdx:1 (writes /img/launch.png?v=1)",
    ),
    "one with another extension": Said(
        *(
            "content/a.mdx",
            "![A](/img/launch.webp)",
            "dangling",
            (1, 1),
            "there is no public/img/launch.webp",
        ),
        "assetgen refs --fix content/a.mdx:1 (writes /img/launch.png), or assetgen refs --add "
        "content/a.mdx:1",
    ),
    "a misspelt one": Said(
        *(
            "content/a.mdx",
            "![A](/img/luanch.png)",
            "dangling",
            (1, 1),
            "there is no public/img/luanch.png",
        ),
        "assetgen refs --fix content/a.mdx:1 (writes /img/launch.png), or assetgen refs --add "
        "content/a.mdx:1",
    ),
    "a misspelt one of what is wanted": Said(
        *(
            "content/a.mdx",
            "![A](/img/roadmp.png)",
            "dangling",
            (1, 1),
            "there is no public/img/roadmp.png",
        ),
        "assetgen refs --fix content/a.mdx:1 (writes /img/roadmap.png), or assetgen refs --add "
        "content/a.mdx:1",
        ("road public/img/roadmap.png A",),
    ),
    "one that assetgen does not make": Said(
        *(
            "content/a.mdx",
            "![A](/img/x.svg)",
            "dangling",
            (1, 1),
            "/img/x.svg refers to a missing image: there is no public/img/x.svg",
        ),
        "add public/img/x.svg, or correct /img/x.svg; if a build makes it, name it in ignore "
        "under [check]",
    ),
    "one in a style sheet": Said(
        *(
            "src/a.css",
            "a { background: url(/img/b.webp) }",
            "dangling",
            (1, 21),
            "there is no public/img/b.webp",
        ),
        "assetgen refs --add src/a.css:1 (adds it to assets.toml)",
    ),
    "an import": Said(
        *(
            "src/a.tsx",
            "import b from './b.png';\n",
            "dangling",
            (1, 16),
            "./b.png refers to a missing image: there is no src/b.png",
        ),
        "assetgen refs --add src/a.tsx:1 (adds it to assets.toml)",
    ),
    "no alt on an element": Said(
        *("content/a.mdx", 'x <img src="/img/team.png" />', "missing-alt", (1, 13)),
        '"/img/team.png" has no alternative text',
        "replace TEXT by what the image shows: assetgen refs --fix content/a.mdx:1 --alt TEXT "
        '(--alt "" if it is decorative)',
    ),
    "no alt on a component of a framework": Said(
        *(
            "src/a.tsx",
            'const a = <NuxtImg src="/img/team.png" />',
            "missing-alt",
            (1, 25),
            '"/img/team.png" has',
        ),
        "replace TEXT by what the image shows: assetgen refs --fix src/a.tsx:1 --alt TEXT "
        '(--alt "" if it is decorative)',
    ),
    "no alt in Markdown": Said(
        *("content/a.md", "![](/img/team.png)", "missing-alt", (1, 1), '"/img/team.png" has'),
        "replace TEXT by what the image shows: assetgen refs --fix content/a.md:1 --alt TEXT "
        '(<img ... alt=""> if it is decorative)',
    ),
    "no alt, and the manifest has one": Said(
        *(
            "content/a.mdx",
            '<img src="/img/launch.png" />',
            "missing-alt",
            (1, 11),
            '"/img/launch.png" has',
        ),
        'assetgen refs --fix content/a.mdx:1 (writes "A plane")',
        _LAUNCH,
    ),
    "no alt, and the manifest says that it decorates": Said(
        *(
            "content/a.mdx",
            '<img src="/img/launch.png" />',
            "missing-alt",
            (1, 11),
            '"/img/launch.png" has',
        ),
        'assetgen refs --fix content/a.mdx:1 (writes "")',
        ("launch public/img/launch.png ",),
    ),
    "no alt on an imported picture": Said(
        "src/a.tsx",
        "import p from '../public/img/launch.png';\nexport const a = <img src={p} />;",
        *("missing-alt", (2, 28), '"../public/img/launch.png" has'),
        'assetgen refs --fix src/a.tsx:2 (writes "A plane")',
        _LAUNCH,
    ),
    "no alt beside a src worked out": Said(
        *(
            "src/a.tsx",
            "const a = <img src={where()} />",
            "missing-alt",
            (1, 21),
            '"where()" has no',
        ),
        'write an alternative text from the same data as where(), or alt="" if it is decorative',
    ),
    "another alt": Said(
        *("content/a.mdx", "![A bird](/img/launch.png)", "alt-differs", (1, 1)),
        'the alternative text is "A bird", but asset launch has "A plane"',
        'assetgen refs --fix content/a.mdx:1 (writes "A plane")',
        _LAUNCH,
    ),
    "another alt in the head": Said(
        *(
            "content/a.mdx",
            "---\nimage: /img/launch.png\nimageAlt: A bird\n---\n",
            "alt-differs",
            (2, 8),
            '"A bird"',
        ),
        'assetgen refs --fix content/a.mdx:2 (writes "A plane")',
        _LAUNCH,
    ),
    "an alt where the manifest says that it decorates": Said(
        *(
            "content/a.mdx",
            "![A bird](/img/launch.png)",
            "alt-differs",
            (1, 1),
            'asset launch has ""',
        ),
        'assetgen refs --fix content/a.mdx:1 (writes "")',
        ("launch public/img/launch.png ",),
    ),
    "another alt, of a variant": Said(
        *(
            "content/a.mdx",
            "![A bird](/img/small-640.png)",
            "alt-differs",
            (1, 1),
            "asset small has",
        ),
        'assetgen refs --fix content/a.mdx:1 (writes "A small")',
        ('small public/img/small.png A small"\nvariants = { widths = [640] }\nprompt = "',),
    ),
    "a size that distorts": Said(
        "content/a.mdx",
        '<img src="/img/team.png" alt="A" width={800} height={500} />',
        *(
            "size-differs",
            (1, 11),
            "width and height are 800 and 500, but public/img/team.png is 800x600",
        ),
        "assetgen refs --fix content/a.mdx:1 (writes 800 and 600)",
    ),
    "a size that blows up": Said(
        "content/a.md",
        '<img src="/img/team.png" alt="A" width="1600" height="1200">',
        *("size-differs", (1, 11), "width and height are 1600 and 1200"),
        "assetgen refs --fix content/a.md:1 (writes 800 and 600)",
    ),
    "the folder in a URL": Said(
        *(
            "src/a.tsx",
            'const a = <img src="/public/img/team.png" alt="A" />',
            "public-url",
            (1, 21),
        ),
        "/public/img/team.png contains the public folder; its URL is /img/team.png",
        "assetgen refs --fix src/a.tsx:1 (writes /img/team.png)",
        (),
        {"next.config.js": "module.exports = {}"},
    ),
    "a URL without the base path": Said(
        *("src/a.tsx", 'const a = <img src="/img/team.png" alt="A" />', "public-url", (1, 21)),
        "/img/team.png is not below the base path of the site; its URL is /docs/img/team.png",
        "assetgen refs --fix src/a.tsx:1 (writes /docs/img/team.png)",
        (),
        {"next.config.js": "module.exports = { basePath: '/docs' }"},
    ),
    "raw HTML that no build reads": Said(
        *("content/a.md", '<img src="../src/x.png" alt="A">', "public-url", (1, 11)),
        "../src/x.png is read relative to the URL of the page, where there is no image; "
        "src/x.png is not served",
        "write it as a Markdown image, or move src/x.png to a public folder",
        (),
        {"astro.config.mjs": "", "src/x.png": ""},
    ),
}


@pytest.mark.parametrize("said", _SAID.values(), ids=_SAID)
def test_check_reports_what_is_wrong_in_a_page_where_and_its_fix(said: Said, bare: Place) -> None:
    site(bare, {**said.files, said.page: said.text}, *said.assets)
    [problem] = problems(bare)
    assert (problem.code, problem.path, (problem.line, problem.col)) == (
        said.code,
        said.page,
        said.place,
    )
    assert said.message in problem.message
    assert str(problem.cure()) == str(said.cure)


# -- not said --------------------------------------------------------------------------------------

_SILENT: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "a picture that is there": ("content/a.mdx", "![A](/img/team.png)", ()),
    "one that is wanted and not made": (
        "content/a.mdx",
        "![A](/img/x.png)",
        ("x public/img/x.png A",),
    ),
    "a variant that is wanted": (
        "content/a.mdx",
        "![A](/img/x-640.png)",
        ('x public/img/x.png A"\nvariants = { widths = [640] }\nprompt = "',),
    ),
    "a bare name that a component knows": ("content/a.mdx", '<Card img="plan.png" />', ()),
    "one from elsewhere": ("content/a.mdx", "![A](https://example.org/x.png)", ()),
    "one that code puts together": (
        "src/a.tsx",
        'const a = <img src={`/img/${b}.png`} alt="" />',
        (),
    ),
    "one in a code sample": ("content/a.mdx", "```\n![](/img/gone.png)\n```\n", ()),
    "an element that decorates": ("content/a.mdx", '<img src="/img/team.png" alt="" />', ()),
    "one whose author says that it decorates": (
        "content/a.mdx",
        '<img src="/img/launch.png" alt="" />',
        _LAUNCH,
    ),
    "Markdown of a picture that decorates": (
        "content/a.md",
        "![](/img/launch.png)",
        ("launch public/img/launch.png ",),
    ),
    "an alt worked out": (
        "src/a.tsx",
        'const a = <img src="/img/launch.png" alt={t("a")} />',
        _LAUNCH,
    ),
    "an alt that may be spread": (
        "src/a.tsx",
        'const a = <img src="/img/launch.png" {...p} />',
        _LAUNCH,
    ),
    "the same alt in other blanks": ("content/a.mdx", "![A\n  plane](/img/launch.png)", _LAUNCH),
    "the same alt in an expression": (
        "content/a.mdx",
        '<img src="/img/launch.png" alt={"A plan\\x65"} />',
        _LAUNCH,
    ),
    "an alt of a picture that no asset is": ("content/a.mdx", "![Any](/img/team.png)", ()),
    "a link to a picture": ("content/a.mdx", "[x](/img/launch.png)", _LAUNCH),
    "a background": ("src/a.css", "a { background: url(/img/launch.png) }", _LAUNCH),
    "its own size": (
        "content/a.mdx",
        '<img src="/img/team.png" alt="" width={800} height={600} />',
        (),
    ),
    "half its size": (
        "content/a.mdx",
        '<img src="/img/launch.png" alt="" width={600} height={315} />',
        (),
    ),
    "a size rounded down": (
        "content/a.mdx",
        '<img src="/img/launch.png" alt="" width={333} height={174} />',
        (),
    ),
    "a size rounded up": (
        "content/a.mdx",
        '<img src="/img/launch.png" alt="" width={333} height={175} />',
        (),
    ),
    "a width alone": ("content/a.mdx", '<img src="/img/team.png" alt="" width={5000} />', ()),
    "a width of the page": (
        "content/a.mdx",
        '<img src="/img/team.png" alt="" width="100%" height="50" />',
        (),
    ),
    "the size of a film": (
        "content/a.html",
        '<video poster="/img/team.png" width="640" height="360"></video>',
        (),
    ),
}


@pytest.mark.parametrize(("page", "text", "assets"), _SILENT.values(), ids=_SILENT)
def test_check_reports_nothing_about(
    page: str, text: str, assets: tuple[str, ...], bare: Place
) -> None:
    assert codes(site(bare, {page: text}, *assets)) == []


def test_check_reports_nothing_about_correct_pages_or_without_content(
    bare: Place,
) -> None:
    bare.write("content/a.mdx", "![](/img/gone.png)")
    bare.manifest("")
    assert pages.compare(open_workspace(bare.root)) == pages.Compared((), frozenset(), 0)


@pytest.mark.parametrize(
    ("declared", "turned", "said"),
    [
        ((600, 800), 6, []),
        ((800, 600), 6, ["size-differs"]),
        ((800, 600), 1, []),
        ((800, 600), 3, []),
    ],
    ids=["as it is shown", "as it is stored", "not turned", "upside down"],
)
def test_a_rotated_photo_has_the_size_that_is_shown(
    declared: tuple[int, int], turned: int, said: list[str], bare: Place
) -> None:
    from PIL import Image

    tag = f'<img src="/photo.jpg" alt="" width={{{declared[0]}}} height={{{declared[1]}}} />'
    site(bare, {"content/a.mdx": tag})
    exif = Image.Exif()
    exif[0x0112] = turned
    Image.new("RGB", (800, 600)).save(bare.root / "public/photo.jpg", exif=exif)
    assert codes(bare) == said


def test_a_file_that_is_not_an_image_has_no_size_to_compare(bare: Place) -> None:
    site(
        bare,
        {
            "content/a.mdx": '<img src="/x.png" alt="" width={8} height={6} />',
            "public/x.png": "no picture",
        },
    )
    assert codes(bare) == []


def test_check_asks_for_the_text_of_an_element_once(bare: Place) -> None:
    tag = '<img src={dark ? "/img/team.png" : "/img/launch.png"} />'
    assert codes(site(bare, {"src/a.tsx": f"const a = {tag}"})) == ["missing-alt"]


def test_two_images_in_one_line_are_distinguished_by_column(bare: Place) -> None:
    site(bare, {"content/a.md": "![](/img/team.png) ![](/img/launch.png)"})
    cures = [str(problem.cure()) for problem in problems(bare)]
    places = [cure.partition("--fix ")[2].split()[0] for cure in cures]
    assert places == ["content/a.md:1:1", "content/a.md:1:20"]


def test_findings_are_in_the_order_of_the_page(bare: Place) -> None:
    site(
        bare,
        {"content/b.md": "![](/img/team.png)", "content/a.md": "![A](x.png)\n![](/img/team.png)"},
    )
    assert [(one.path, one.line, one.code) for one in problems(bare)] == [
        ("content/a.md", 1, "dangling"),
        ("content/a.md", 2, "missing-alt"),
        ("content/b.md", 1, "missing-alt"),
    ]


# -- misspelled paths ------------------------------------------------------------------------------

_NAMES = {
    # what is there, what a page names: what is written instead; None for a picture of its own
    "a letter too few": ("diagram.png", "digram.png", "diagram.png"),
    "a letter too many": ("diagram.png", "diaagram.png", "diagram.png"),
    "two letters turned": ("diagram.png", "daigram.png", "diagram.png"),
    "another letter": ("diagram.png", "diagrem.png", "diagram.png"),
    "another sign between words": ("my-diagram.png", "my_diagram.png", "my-diagram.png"),
    "no sign between words": ("my-diagram.png", "mydiagram.png", "my-diagram.png"),
    "in one of its words": ("my-diagram-2.png", "my-digram-2.png", "my-diagram-2.png"),
    "another figure": ("step-1.png", "step-2.png", None),
    "a figure more": ("figure1.png", "figure11.png", None),
    "another single letter": ("cover-a.png", "cover-b.png", None),
    "another short word": ("mode-dark.png", "mode-mark.png", None),
    "another word": ("logo-light.png", "logo-inverse.png", None),
    "two slips": ("diagram-large.png", "digram-lrge.png", None),
    "signs that a page takes otherwise": ("dia(gram).png", "diagram.png", None),
}


@pytest.mark.parametrize(("there", "named", "meant"), _NAMES.values(), ids=_NAMES)
def test_a_misspelling_is_one_letter_of_a_long_word(
    there: str, named: str, meant: str | None, bare: Place
) -> None:
    site(bare, {"content/a.md": f"![A](/i/{named})"})
    bare.picture(f"public/i/{there}")
    [problem] = problems(bare)
    assert [one.new for one in problem.edits] == ([f"/i/{meant}"] if meant else [])
    assert not (problem.edits and problem.is_certain), (
        "only who names the line decides on what is likely"
    )


# -- unused images ---------------------------------------------------------------------------------

_LONE = "lone public/img/lone.png A"
_NAMED: dict[str, tuple[dict[str, str], tuple[str, ...], str, list[str]]] = {
    # files, assets, lines of [project]: ids that no page names
    "nowhere": ({"content/a.mdx": "text"}, (_LONE,), "", ["lone"]),
    "in a page": ({"content/a.mdx": "![A](/img/lone.png)"}, (_LONE,), "", []),
    "in a style sheet": ({"src/a.css": "a { background: url(/img/lone.png) }"}, (_LONE,), "", []),
    "by one of its variants": (
        {"content/a.mdx": "![A](/img/lone-640.webp)"},
        (f'{_LONE}"\nvariants = {{ widths = [640], formats = ["webp"] }}\nprompt = "',),
        "",
        [],
    ),
    "by a glob": (
        {
            "src/a.ts": "const all = import.meta.glob('../public/img/*.png')",
            "public/img/lone.png": "x",
        },
        (_LONE,),
        "",
        [],
    ),
    "by a template": (
        {"src/a.tsx": "const a = <img src={`/img/${name}.png`} alt='' />"},
        (_LONE,),
        "",
        [],
    ),
    "by a template of folders": (
        {"src/a.tsx": "const a = <img src={`/${x}/lone.png`} alt='' />"},
        (_LONE,),
        "",
        [],
    ),
    "by a template of other names": (
        {"src/a.tsx": "const a = <img src={`/img/x-${name}.png`} alt='' />"},
        (_LONE,),
        "",
        ["lone"],
    ),
    "by a template that says nothing": (
        {"src/a.tsx": "const a = <img src={`${name}.png`} alt='' />"},
        (_LONE,),
        "",
        ["lone"],
    ),
    "by a bare name that may be it": (
        {"content/a.mdx": '<Card img="lone.png" />', "public/img/lone.png": ""},
        (_LONE,),
        "",
        [],
    ),
    "by Next itself": (
        {"content/a.mdx": "x"},
        ("og app/blog/opengraph-image.png A",),
        'outputs = ["app"]',
        [],
    ),
    "by its id, where a module is emitted": (
        {"src/a.tsx": 'import { assets } from "./assets";\nconst a = assets["lone"];'},
        (_LONE,),
        'emit = "src/assets.ts"',
        [],
    ),
    "by its id, and no module is emitted": (
        {"src/a.tsx": 'const a = "lone";'},
        (_LONE,),
        "",
        ["lone"],
    ),
    "by the emitted module alone": (
        {
            "src/assets.ts": "// Written by assetgen emit\n"
            'export const a = {"lone": {src: "/img/lone.png"}};'
        },
        (_LONE,),
        'emit = "src/assets.ts"',
        ["lone"],
    ),
    "by an asset that is made from it": (
        {"content/a.mdx": "![B](/img/top.png)"},
        (
            "base public/img/base.png A",
            (
                'top public/img/top.png B"\nroute = "images"\nprompt = "x"\ninputs = ["@base"]\n'
                'model = "gpt-image-2'
            ),
        ),
        "",
        [],
    ),
    "by a record, which is no page": (
        {".assetgen/records/x.json": '{"a": "public/img/lone.png"}', "content/a.md": "x"},
        (_LONE,),
        "",
        ["lone"],
    ),
}


@pytest.mark.parametrize(("files", "assets", "lines", "lone"), _NAMED.values(), ids=_NAMED)
def test_check_finds_images_that_no_page_refers_to(
    files: dict[str, str], assets: tuple[str, ...], lines: str, lone: list[str], bare: Place
) -> None:
    site(bare, files, *assets, project=lines)
    text = bare.read("assets.toml").decode()
    bare.manifest(text.replace('"content/**/*"', '"content/**/*", "**/*.json"'))
    found = [one for one in problems(bare, without=()) if one.code == "unreferenced"]
    assert [problem.message.rstrip(")").split()[-1] for problem in found] == lone


def drawn(place: Place, path: str, pages: Mapping[str, str], content: str = _ALL) -> None:
    """A project whose only picture exists, and is in no page."""
    folder = path.partition("/")[0]
    place.manifest(
        f'[project]\ncontent = ["{content}", "src/**/*"]\noutputs = ["{folder}"]\n[[asset]]\n'
        f'id = "launch"\n'
        f'kind = "ui"\npath = "{path}"\nalt = "A <b> {{plane}}"\n'
        'values = { layout = "browser" }\n'
    )
    for page, text in pages.items():
        place.write(page, text)
    place.ok("generate", "--no-commit")


def test_an_unused_image_is_reported_in_the_manifest_with_the_likeliest_page(
    bare: Place,
) -> None:
    pages = (
        "content/about.mdx",
        "content/it's launch/day.mdx",
        "content/other.md",
        "src/launch.tsx",
    )
    drawn(bare, "public/img/launch.png", dict.fromkeys(pages, "text\n"))
    [problem] = problems(bare, without=())
    assert (problem.path, problem.col) == ("assets.toml", None)
    assert (
        bare.read("assets.toml").decode().splitlines()[(problem.line or 0) - 1] == 'id = "launch"'
    )
    assert problem.message == "no page refers to public/img/launch.png (asset launch)"
    assert str(problem.cure()) == (
        "assetgen snippet launch --into 'content/it'\"'\"'s launch/day.mdx' (appends it to that "
        "page)"
        ", or remove asset launch from assets.toml"
    )


_CURED = {
    "Markdown": ("public/img/launch.png", {"content/launch.md": "text"}),
    "MDX": ("public/img/launch.png", {"content/launch.mdx": "---\ntitle: A\n---\ntext\n"}),
    "MDX that imports": (
        "src/img/launch.png",
        {
            "astro.config.mjs": "export default {}",
            "content/launch.mdx": "---\ntitle: A\n---\n\ntext\n",
        },
    ),
    "Docusaurus": (
        "static/img/launch.png",
        {"docusaurus.config.js": "x", "content/launch.md": "# A\n"},
    ),
}


@pytest.mark.parametrize(("path", "pages"), _CURED.values(), ids=_CURED)
def test_the_printed_command_fixes_an_unused_image(
    path: str, pages: Mapping[str, str], bare: Place
) -> None:
    drawn(bare, path, pages)
    [problem] = problems(bare, without=())
    bare.ok(*shlex.split(str(problem.command))[1:])
    assert problems(bare, without=()) == []


@pytest.mark.parametrize(
    ("path", "pages"),
    [
        ("assets/launch.png", ["content/a.md"]),
        ("assets/launch.png", ["content/a.mdx"]),
        ("public/img/launch.png", ["src/a.tsx"]),
        ("public/img/launch.png", ["content/a.html"]),
        ("public/img/launch.png", ["content/~a|b.md"]),
    ],
    ids=[
        "Markdown imports nothing",
        "nothing bundles",
        "no page at whose end it can stand",
        "HTML",
        "a name of a pipe",
    ],
)
def test_an_unused_image_has_no_command_if_no_page_can_show_it(
    path: str, pages: list[str], bare: Place
) -> None:
    drawn(bare, path, dict.fromkeys(pages, "text\n"))
    [problem] = problems(bare, without=())
    assert (
        str(problem.cure())
        == "refer to it in a page (assetgen snippet launch --for html prints the code), "
        "or remove asset launch from assets.toml"
    )


@pytest.mark.parametrize(
    ("pages", "kind", "cure"),
    [
        (["content/launch.md"], "cover", "refer to it in a page"),
        (["content/launch.md"], 'cover"\nfrom = "content/launch.md', "name it in the front matter"),
        (["content/other.md"], "ui", "refer to it in a page"),
        (["content/launch/a.md", "content/launch/b.md"], "ui", "refer to it in a page"),
    ],
    ids=["a card", "the card of a page", "an arbitrary page", "many pages"],
)
def test_no_image_is_proposed_for_a_page_that_is_not_about_it(
    pages: list[str], kind: str, cure: str, bare: Place
) -> None:
    drawn(bare, "public/img/launch.png", dict.fromkeys(pages, "# Title\n"))
    text = bare.read("assets.toml").decode().replace('"ui', f'"{kind}')
    if kind != "ui":
        text = text.replace('{ layout = "browser" }', '{ title = "x" }').replace(" {plane}", "")
    bare.manifest(text)
    bare.ok("generate", "--no-commit")
    [problem] = problems(bare, without=())
    assert problem.command is None
    assert str(problem.cure()).startswith(cure)


def test_a_text_in_an_astro_page_keeps_its_quotes(bare: Place) -> None:
    pages = {"astro.config.mjs": "export default {}", "content/a.mdx": "![A bird](/img/launch.png)"}
    [problem] = problems(site(bare, pages, "launch public/img/launch.png It's <b>"))
    assert [one.new for one in problem.edits] == [r"It\'s \<b\>"]


def test_an_unused_image_that_is_not_made_has_no_command(bare: Place) -> None:
    site(bare, {"content/a.mdx": "text\n"}, "lone public/img/new.png A")
    [problem] = problems(bare, without=())
    assert (
        str(problem.cure())
        == "refer to it in a page (assetgen snippet lone --for html prints the code), "
        "or remove asset lone from assets.toml"
    )


def test_patterns_that_match_no_page_are_the_only_finding(
    bare: Place,
) -> None:
    [found] = problems(site(bare, {}, *_LAUNCH), without=())
    assert (found.code, found.path, found.line) == ("no-pages", "assets.toml", 2)
    assert "no file matches project.content" in found.message


@pytest.mark.parametrize(
    ("page", "name", "fixed"),
    {
        "escaped blank": (r"![A](/img/my\ pictures.png)", "my pictures.png", "my%20pictures.png"),
        "case": ("![A](/img/My%20pictures.png)", "my pictures.png", "my%20pictures.png"),
        "brackets": ("![A](/img/lighthose.png)", "lighthouse.png", "lighthouse.png"),
    }.values(),
)
def test_a_fixed_path_names_the_image(page: str, name: str, fixed: str, bare: Place) -> None:
    site(bare, {"content/a.md": page})
    bare.picture(f"public/img/{name}", (8, 8))
    [problem] = problems(bare)
    assert problem.code == "dangling"
    if problem.edits:
        assert [one.new for one in problem.edits] == [f"/img/{fixed}"]
        bare.ok("refs", "--fix", "content/a.md:1")
        assert problems(bare) == [] and bare.ok("refs", "--json").data[0]["exists"]


def test_the_form_of_letters_is_named_where_only_it_differs(bare: Place) -> None:
    site(bare, {"content/a.md": "![A](/img/caf\u00e9.png)"})
    bare.picture("public/img/cafe\u0301.png", (8, 8))
    [problem] = problems(bare)
    assert "another form (NFC or NFD)" in problem.message


def test_a_page_that_is_not_read_is_a_warning_and_no_image_is_unreferenced(bare: Place) -> None:
    tangled = "{" * 200_000 + "![A](/img/gone.png)"
    found = findings(site(bare, {"content/a.mdx": tangled, "content/b.md": "text"}, *_LAUNCH))
    assert [(one.code, one.path, one.level) for one in found] == [
        ("unread", "content/a.mdx", "warning")
    ]
    assert str(found[0].cure) == 'exclude it in project.content: "!content/a.mdx"'


def test_many_near_misses_beside_many_images_are_compared_in_seconds() -> None:
    """Comparing each with each took a minute for 1,500."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    stems = [f"{a}{b}{c}lighthouse" for a in letters for b in letters for c in letters[:9]]
    known = KnownNames(f"public/img/{stem}.png" for stem in stems)
    began = time.process_time()
    for stem in stems[:3_000]:
        raw = f"/img/{stem[:-1]}.png"
        marks = Marks((0, len(raw)))
        here = Reference(
            "a.md", 1, 1, "md_image", raw, "A", "present", False, None, None, "", "", marks
        )
        row = ResolvedReference(here, Resolution("absolute", f"public{raw}", False))
        found = known.correction(row)
        assert found is not None and found.written == f"/img/{stem}.png"
    assert time.process_time() - began < 20


# -- [check] ---------------------------------------------------------------------------------------

_EACH = {
    "dangling": "![A](/img/gone.png)",
    "missing-alt": '<img src="/img/team.png" />',
    "alt-differs": "![A bird](/img/launch.png)",
    "size-differs": '<img src="/img/team.png" alt="A" width={8} height={8} />',
    "public-url": '<img src="/public/img/team.png" alt="A" />',
    "unreferenced": "text",
    "unread": "{" * 200_000 + "![A](/img/gone.png)",
}


@pytest.mark.parametrize("code", _EACH)
@pytest.mark.parametrize("level", ["error", "warning", "off", None])
def test_the_manifest_sets_the_level_of_each_finding(
    code: str, level: str | None, bare: Place
) -> None:
    check = f'{code} = "{level}"' if level else ""
    files = {"next.config.js": "module.exports = {}", "content/a.mdx": _EACH[code]}
    site(bare, files, *_LAUNCH, check=check)
    found = [finding.level for finding in findings(bare) if finding.code == code]
    usual = "warning" if code in ("unreferenced", "unread") else "error"
    assert found == ([] if level == "off" else [level or usual])


@pytest.mark.parametrize(
    "ignored", ["content/a.mdx", "content/**", "public/img/gone.png", "**/gone.*"]
)
def test_ignored_pages_and_images_have_no_findings(ignored: str, bare: Place) -> None:
    site(bare, {"content/a.mdx": '<img src="/img/gone.png" />'}, check=f'ignore = ["{ignored}"]')
    assert codes(bare) == []


def test_an_image_in_an_ignored_page_counts_as_used(bare: Place) -> None:
    site(
        bare,
        {"content/a.mdx": "![A plane](/img/launch.png)"},
        *_LAUNCH,
        check='ignore = ["content/**"]',
    )
    assert problems(bare, without=()) == []


# -- pages that no one should write ----------------------------------------------------------------

_PATHS = [
    "$(touch pwned)",
    "`touch pwned`",
    "it's",
    'a"b',
    "a\nb",
    "a (b)",
    "a, or b",
    "-rf",
    "a;touch pwned",
    "\x1b[31m",
]


@pytest.mark.parametrize("name", _PATHS, ids=lambda name: ascii(name)[1:-1])
def test_the_name_of_a_page_is_quoted_in_the_cure(name: str, bare: Place, tmp_path: Path) -> None:
    site(bare, {f"content/{name}.mdx": "![A](/img/gone.png)"})
    [problem] = problems(bare)
    words = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {problem.command}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    asked = ["assetgen", "refs", "--add", f"content/{name}.mdx:1"]
    assert words.stdout.split("\0")[:-1] == asked
    assert str(problem.command).isprintable() and not list(tmp_path.glob("pwned"))


def test_a_page_named_like_an_option_is_a_file_in_the_cure(bare: Place) -> None:
    site(bare, {"--help.mdx": "![A](/img/gone.png)"})
    bare.manifest('[project]\ncontent = ["*.mdx"]\n')
    [problem] = problems(bare)
    assert str(problem.command) == "assetgen refs --add ./--help.mdx:1"


def test_a_page_that_is_not_utf_8_is_checked_and_never_edited(bare: Place) -> None:
    site(bare, {}, *_LAUNCH)
    bare.write("content/a.md", b"caf\xe9 ![A bird](/img/launch.png)")
    [problem] = problems(bare)
    assert (problem.code, problem.edits, str(problem.cure())) == (
        "alt-differs",
        (),
        'write "A plane"',
    )


def test_links_huge_and_binary_pages_have_no_references(bare: Place, tmp_path: Path) -> None:
    site(bare, {"content/nul.md": "\0![](/x.png)"})
    (tmp_path / "elsewhere.md").write_text("![](/x.png)")
    (bare.root / "content/link.md").symlink_to(tmp_path / "elsewhere.md")
    (bare.root / "content/folder").symlink_to(tmp_path)
    with open(bare.write("content/huge.md", "![](/x.png)\n"), "r+b") as file:
        file.truncate(100 * 1024 * 1024)
    assert codes(bare) == []


def test_a_template_with_many_placeholders_takes_no_time(bare: Place) -> None:
    """The time would double with every hole, if each were tried at every length."""
    holes = "a${x}" * 40
    files = {"src/a.tsx": f"const a = <img src={{`/img/{holes}b.png`}} alt='' />"}
    site(bare, files, f"lone public/img/{'a' * 150}.png A")
    assert [one.code for one in problems(bare, without=())] == ["unreferenced"]


@given(
    st.lists(st.sampled_from(["a", "b", "/", "ab", "", "-"]), min_size=2, max_size=5),
    st.text("ab/-", max_size=12),
)
def test_a_template_matches_paths_with_its_pieces(pieces: list[str], path: str) -> None:
    import re

    expected = re.search(".*".join(map(re.escape, pieces)) + r"\Z", f"/{path}", re.S) is not None
    assert unused.may_name(pieces, path) is expected


def test_an_image_that_is_shown_twice_on_a_line_has_two_findings_in_order(place: Place) -> None:
    site(place, {"content/a.md": "![](/img/team.png) ![](/img/team.png)\n"}, check="")
    ran = place.run("check", "--json")
    shown = [one["col"] for one in ran.data["findings"] if one["code"] == "missing-alt"]
    assert (shown, ran.err) == ([1, 20], "")
