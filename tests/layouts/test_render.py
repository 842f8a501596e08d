"""render: a layout and its values become a picture, or an error that names the cause."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assetgen.errors import ManifestError, TemplateError
from assetgen.image import decode
from assetgen.layouts import colour, kind, render, sanitize
from assetgen.layouts.engine import Drawing
from assetgen.layouts.kind import Kind
from assetgen.layouts.spec import Order

_SHEET = """
size = [200, 100]
layout = "plain"
[values]
title = { type = "text" }
logo = { type = "picture" }
number = { type = "number", default = 1234.5 }
items = { type = "list" }
theme = { type = "choice", of = ["light", "dark"], default = "light" }
[layouts.plain]
[layouts.clear]
transparent = true
"""
_HEAD = """<!doctype html><html><head><meta charset="utf-8"><title></title><style>
* { margin: 0; padding: 0; box-sizing: border-box; }
html, body { width: var(--w); height: var(--h); }
.slot { display: flex; flex-direction: column; align-items: flex-start; overflow: hidden; }
.slot > * { flex: none; }
body { background: var(--bg); color: var(--fg); font: 20px/1.2 var(--font); }
</style></head>"""
_FONTS = kind.available_fonts(Path("none"))


def small(root: Path, body: str, head: str = _HEAD, **files: str | bytes) -> Kind:
    """A kind with one layout of ``body``, and files beside it (``dots_svg`` is ``dots.svg``)."""
    folder = root / "templates" / "small"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "template.toml").write_text(_SHEET)
    for name in ("plain", "clear"):
        (folder / f"{name}.html").write_text(
            f"{head}{body}</html>" if "<html" not in body else body, "utf-8"
        )
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_bytes(
            content if isinstance(content, bytes) else content.encode()
        )
    return kind.find(root, "small")


def order(
    of: Kind, size: tuple[int, int] = (200, 100), pictures: Any = None, **values: Any
) -> Order:
    return Order(of, of.fill(values), *size, fonts=_FONTS, pictures=pictures or {})


def _pixels(drawing: Drawing) -> Image.Image:
    image = Image.open(io.BytesIO(drawing.png))
    image.load()
    assert image.size == (drawing.width, drawing.height)
    return image


def _png(colour: str, size: tuple[int, int] = (10, 10)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


# -- drawing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "size",
    [(200, 100), (400, 200), (100, 50), (201, 101), (333, 97), (1, 1), (1200, 630), (97, 333)],
    ids=str,
)
def test_a_picture_has_exactly_the_requested_size_and_no_bare_edge(
    size: tuple[int, int], tmp_path: Path
) -> None:
    of = small(tmp_path, '<body style="background: #ff0000"></body>')
    image = _pixels(render.draw(order(of, size)))
    assert image.size == size
    assert image.convert("RGB").getextrema() == ((255, 255), (0, 0), (0, 0))


@pytest.mark.parametrize("size", [(0, 10), (10, 0), (8193, 10), (8192, 8192)], ids=str)
def test_a_canvas_that_is_empty_or_too_large_is_refused(
    size: tuple[int, int], tmp_path: Path
) -> None:
    with pytest.raises(ManifestError, match="cannot be drawn"):
        render.draw(order(small(tmp_path, "<body></body>"), size))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("cover", {"title": "The same, and 日 aside: café, naïve, 👩‍💻 7️⃣ 🇩🇪", "layout": "split"}),
        ("cover", {"title": "The same", "layout": "editorial"}),
        ("infographic", {"title": "T", "steps": [{"title": "one", "text": "x"}, {"title": "two"}]}),
        ("ui", {"title": "Nothing here yet"}),
    ],
    ids=["cover", "editorial", "infographic", "ui"],
)
def test_the_same_order_gives_the_same_bytes(
    name: str, values: dict[str, Any], tmp_path: Path
) -> None:
    values["title"] = values["title"].replace("日 ", "")
    of = kind.find(tmp_path, name)
    filled = of.fill(values)
    one, other = (
        render.draw(
            Order(of, filled, *of.size(str(filled["layout"])), fonts=_FONTS, palette=("#4f46e5",))
        ).png
        for _ in range(2)
    )
    assert one == other


def test_a_ground_is_opaque_unless_the_layout_says_otherwise(tmp_path: Path) -> None:
    of = small(tmp_path, '<body style="background: transparent"></body>')
    assert _pixels(render.draw(order(of))).mode == "RGB"
    clear = _pixels(render.draw(order(of, layout="clear")))
    assert clear.getchannel("A").getextrema() == (0, 0)


def test_the_brand_colours_and_the_theme_reach_the_layout(tmp_path: Path) -> None:
    of = small(
        tmp_path, '<body style="background: var(--accent)">{{ colours.accent }} {{ theme }}</body>'
    )
    dark = Order(of, of.fill({"theme": "dark"}), 200, 100, ("#ff0000",), fonts=_FONTS)
    assert _pixels(render.draw(dark)).getpixel((199, 99)) == (255, 0, 0)
    assert "#ff0000 dark" in render.page(dark)[0]


# -- values ----------------------------------------------------------------------------------------


def test_values_are_text_and_never_markup(tmp_path: Path) -> None:
    of = small(tmp_path, "<body>{{ values.title }}</body>")
    document, _ = render.page(order(of, title="<img src=x onerror=alert(1)> & \"'{{ theme }}"))
    assert "<img" not in document
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; " in document
    assert "{{ theme }}" in document


@pytest.mark.parametrize("text", ["7️⃣ <b>", "❤️ & co", "🏳️‍🌈 \"'"], ids=["keycap", "heart", "joined"])
def test_emoji_are_marked_and_the_text_around_them_stays_text(text: str, tmp_path: Path) -> None:
    of = small(tmp_path, "<body>{{ values.title }}</body>")
    document, _ = render.page(order(of, title=text))
    assert '<span data-ag="emoji">' in document
    assert "<b>" not in document.replace("<body>", "")


def test_a_value_that_the_layout_does_not_have_is_an_error_with_its_line(tmp_path: Path) -> None:
    of = small(tmp_path, "<body>\n{{ values.titel }}</body>", head="<html><head></head>")
    with pytest.raises(TemplateError, match=r"plain.html cannot be filled: .*line 2"):
        render.page(order(of))


@pytest.mark.parametrize(
    "body",
    [
        "{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}",
        "{% for a in range(100000) %}" + "x" * 60 + "{% endfor %}",
        "{% include 'plain.html' %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ nothing() }}",
        "{% if %}",
    ],
    ids=["endless", "enormous", "itself", "recursion", "unknown function", "syntax"],
)
def test_a_layout_that_cannot_be_filled_is_a_template_error(body: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateError):
        render.page(order(small(tmp_path, f"<body>{body}</body>")))


# -- guard -----------------------------------------------------------------------------------------

_HOSTILE = {
    "script": "<script>x</script>",
    "script in capitals": "<SCRIPT>x</SCRIPT>",
    "frame": "<iframe></iframe>",
    "object": "<object></object>",
    "form": "<input>",
    "foreign object": "<svg><foreignObject></foreignObject></svg>",
    "SVG picture": "<svg><image href='#a'/></svg>",
    "SVG text": "<svg><text>x</text></svg>",
    "base": "<base href='#'>",
    "own element": "<x-y></x-y>",
    "link to the web": "<a href='https://example.org'>x</a>",
    "use of a file": "<svg><use href='file:///etc/passwd#a'/></svg>",
    "use of a file, old": "<svg><use xlink:href='a.svg#a'/></svg>",
    "link without quotes": "<svg><use href=file:///etc/passwd /></svg>",
    "encoded link": "<svg><use h&#x72;ef='x' href='&#x66;ile:///x'/></svg>",
    "data URL": "<img src='data:image/png;base64,AAAA'>",
    "encoded data URL": "<img src='&#100;ata:image/png;base64,AAAA'>",
    "data URL in CSS": "<b style='background: url(data:image/svg+xml,x)'>x</b>",
    "data URL with an escape": "<b style='background: url(\\64 ata:image/svg+xml,x)'>x</b>",
    "data URL with a line end": "<b style='background: url(da\nta:image/svg+xml,x)'>x</b>",
    "import": "<style>@import 'x.css';</style>",
    "import with an escape": "<style>@\\69mport 'x.css';</style>",
    "font face": "<style>@font-face { font-family: x }</style>",
    "font by name": "<b style='font-family: Arial'>x</b>",
    "font by name in a sheet": "<style>b { font-family: Arial, sans-serif }</style>",
    "font in short": "<style>b { font: 12px Arial }</style>",
    "font in capitals": "<style>b { FONT-FAMILY: Arial }</style>",
}


@pytest.mark.parametrize("body", _HOSTILE.values(), ids=_HOSTILE)
def test_a_layout_that_could_reach_outside_is_refused(body: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateError):
        render.page(order(small(tmp_path, f"<body>{body}</body>")))


@pytest.mark.parametrize(
    "body",
    [
        "<svg><defs><g id='a'></g></defs><use href='#a'/></svg>",
        "<b style='font: 700 12px/1 var(--font)'>x</b>",
        "<style>b { font-family: var(--font-mono) } i { font: inherit }</style>",
        "<p>font: Arial; @mport href is fine as text, and so is data: here</p>",
        "<table><tr><td>x</td></tr></table>",
    ],
    ids=["use of its own", "our font", "our fonts in a sheet", "text", "table"],
)
def test_references_inside_the_templates_are_allowed(body: str, tmp_path: Path) -> None:
    render.page(order(small(tmp_path, f"<body>{body}</body>")))


@pytest.mark.parametrize("text", ["<script>", "font-family: Arial", "data:x"])
def test_a_value_cannot_make_a_layout_look_hostile(text: str, tmp_path: Path) -> None:
    render.page(order(small(tmp_path, "<body>{{ values.title }}</body>"), title=text))


# -- coverage --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["漢字", "ก", "שלום", "مرحبا", "\U0001fa8a"],
    ids=["Han", "Thai", "Hebrew", "Arabic", "new emoji"],
)
def test_a_character_that_no_font_has_is_named_with_its_value(text: str, tmp_path: Path) -> None:
    of = small(tmp_path, "<body>{% for item in values.items %}{{ item }}{% endfor %}</body>")
    with pytest.raises(TemplateError, match=f"U\\+{min(map(ord, text)):04X}") as caught:
        render.page(order(of, items=["fine", f"x{text}"]))
    assert caught.value.where == "values.items[1]"


@pytest.mark.parametrize(
    "text",
    [
        "Grüße, naïve, Łódź",
        "Привет Ωμέγα",
        "👩‍💻👨‍👩‍👧‍👦",
        "7️⃣ #️⃣",
        "🇩🇪🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "so\u00adft\u200b",
        "a\u0301\u0323x",
        "½ → ≤ €",
        "a\u00a0b\u2009c",
    ],
    ids=[
        "Latin",
        "Cyrillic and Greek",
        "joined",
        "keycaps",
        "flags",
        "invisible",
        "marks",
        "symbols",
        "spaces",
    ],
)
def test_characters_of_the_fonts_can_be_drawn(text: str, tmp_path: Path) -> None:
    of = small(tmp_path, "<body>{{ values.title }}</body>")
    image = _pixels(render.draw(order(of, title=text)))
    assert min(image.convert("L").tobytes()) < 200


def test_text_that_a_stylesheet_adds_is_checked_too(tmp_path: Path) -> None:
    of = small(tmp_path, '<style>b::before { content: "\\6f22" }</style><body><b>x</b></body>')
    with pytest.raises(TemplateError, match=r"U\+6F22.*the layout's own text"):
        render.page(order(of))


def test_a_text_that_is_the_name_of_a_picture_stays_a_text(tmp_path: Path) -> None:
    of = small(tmp_path, '<body><b>{{ values.title }}</b><img src="{{ values.logo }}"></body>')
    pictures = {"p.png": _png("red")}
    drawn = order(of, pictures=pictures, title="p.png", items=["p.png"], logo="p.png")
    document, _ = render.page(drawn)
    assert "<b>p.png</b>" in document
    assert document.count("data:image/png") == 1


# -- pictures --------------------------------------------------------------------------------------


def test_a_picture_of_the_templates_is_inlined_and_drawn(tmp_path: Path) -> None:
    of = small(
        tmp_path,
        '<body><img src="red.png" style="width:200px;height:100px"></body>',
        red_png=_png("#ff0000"),
    )
    document, _ = render.page(order(of))
    assert "red.png" not in document
    assert _pixels(render.draw(order(of))).getpixel((150, 50)) == (255, 0, 0)


def test_a_declared_picture_is_drawn_as_pixels_only(tmp_path: Path) -> None:
    of = small(
        tmp_path, '<body><img src="{{ values.logo }}" style="width:200px;height:100px"></body>'
    )
    data = _png("#00ff00") + b"<script>not pixels</script>"
    given = order(of, logo="assets/logo.png", pictures={"assets/logo.png": data})
    document, _ = render.page(given)
    assert "assets/logo.png" not in document and b"not pixels".hex() not in document
    assert _pixels(render.draw(given)).getpixel((150, 50)) == (0, 255, 0)


def test_a_large_picture_is_shrunk_to_the_visible_size(tmp_path: Path) -> None:
    of = small(tmp_path, '<body><img src="{{ values.logo }}"></body>')
    small_one, large = (
        render.page(order(of, logo="x.png", pictures={"x.png": _png("red", size)}))[0]
        for size in ((400, 200), (4000, 2000))
    )
    assert abs(len(large) - len(small_one)) < 200


@pytest.mark.parametrize(
    ("body", "svg", "said"),
    [
        ('<img src="dots.svg">', "<svg><script>x</script></svg>", "<script>"),
        ('<img src="dots.svg">', "<svg><text>x</text></svg>", "<text>"),
        ('<img src="dots.svg">', "<svg><image href='x'/></svg>", "<image>"),
        ('<img src="dots.svg">', "<svg><use href='file:///etc/passwd#a'/></svg>", "href"),
        (
            '<img src="dots.svg">',
            "<!DOCTYPE svg [<!ENTITY x 'y'>]><svg></svg>",
            "more than plain shapes",
        ),
        ('<img src="dots.svg">', "<svg><style>b{}</style></svg>", "more than plain shapes"),
        ('<img src="dots.svg">', "text", "not a picture"),
        ('<img src="{{ values.title }}.svg">', "<svg></svg>", "not written out"),
        ('<link href="dots.svg">', "<svg></svg>", "not a stylesheet"),
    ],
    ids=[
        "script",
        "text",
        "picture",
        "file",
        "entity",
        "style",
        "none",
        "computed name",
        "as a sheet",
    ],
)
def test_a_file_that_is_more_than_a_picture_is_refused(
    body: str, svg: str, said: str, tmp_path: Path
) -> None:
    of = small(tmp_path, f"<body>{body}</body>", dots_svg=svg)
    with pytest.raises(TemplateError, match=said):
        render.page(order(of, title="dots"))


def test_a_title_that_looks_like_an_image_stays_a_title(tmp_path: Path) -> None:
    of = small(tmp_path, '<body>{{ values.title }}<img src="{{ values.logo }}"></body>')
    document, _ = render.page(
        order(of, title="x.png", logo="y.png", pictures={"y.png": _png("red")})
    )
    assert ">x.png<" in document


def test_a_value_that_looks_like_an_internal_token_stays_text(tmp_path: Path) -> None:
    of = small(tmp_path, '<body>{{ values.title }}<img src="{{ values.logo }}"></body>')
    for title in ("input:0", "input:7"):
        document, _ = render.page(
            order(of, title=title, logo="y.png", pictures={"y.png": _png("red")})
        )
        assert f">{title}<" in document
    with pytest.raises(TemplateError, match="control characters"):
        render.page(order(small(tmp_path, "<body>\x02input:7\x03</body>")))


# -- fit -------------------------------------------------------------------------------------------

_FIT = """<body><div class="slot" id="title-slot" style="width:180px;height:50px">
<p id="title" data-fit="title" data-sizes="40 30 20 10">{{ values.title }}</p></div></body>"""


def _ink(image: Image.Image) -> tuple[int, int, int, int]:
    """The box around everything darker than the background."""
    box = image.convert("L").point(lambda value: 255 if value < 128 else 0).getbbox()
    assert box
    return box


def test_text_is_set_at_the_largest_size_that_fits(tmp_path: Path) -> None:
    of = small(tmp_path, _FIT)
    heights = []
    for title in ("MM", "MM " * 6, "MM " * 12):
        _, top, _, bottom = _ink(_pixels(render.draw(order(of, title=title.strip()))))
        heights.append(bottom - top)
    assert 25 <= heights[0] <= 32, "a capital of 40 px type"
    assert all(height <= 50 for height in heights)


@pytest.mark.parametrize("title", ["MM " * 100, "M" * 60], ids=["many words", "one long word"])
def test_text_that_fits_at_no_size_is_an_error_that_names_it(title: str, tmp_path: Path) -> None:
    with pytest.raises(
        TemplateError, match=r"values\.title does not fit the layout small/plain at 200x100"
    ) as caught:
        render.draw(order(small(tmp_path, _FIT), title=title.strip()))
    assert caught.value.where == "values.title"
    assert "shorten it" in str(caught.value.cure)


def test_fitting_does_not_depend_on_the_size_of_the_canvas(tmp_path: Path) -> None:
    of = small(tmp_path, _FIT)
    for size in ((100, 50), (200, 100), (800, 400)):
        render.draw(order(of, size, title="MM MM MM MM"))


def test_text_without_a_slot_stays_on_the_canvas(tmp_path: Path) -> None:
    of = small(
        tmp_path,
        '<body><p id="t" style="position:absolute;left:20px;white-space:nowrap" data-fit="title" '
        'data-sizes="30 15">{{ values.title }}</p></body>',
    )
    assert _ink(_pixels(render.draw(order(of, title="MMMMM"))))[2] <= 200
    with pytest.raises(TemplateError, match="does not fit"):
        render.draw(order(of, title="M" * 20))


def test_texts_of_one_group_have_one_size(tmp_path: Path) -> None:
    body = """<body style="background:#fff;color:#000">{% for item in values.items %}
    <div class="slot" id="a{{ loop.index }}-slot" style="width:100px;height:50px">
    <p id="a{{ loop.index }}" style="white-space:nowrap" data-fit="items[{{ loop.index0 }}]"
    data-group="g" data-sizes="40 20 10">{{ item }}</p></div>{% endfor %}</body>"""
    of = small(tmp_path, body)

    def height(*items: str) -> int:
        image = _pixels(render.draw(order(of, items=list(items)))).crop((0, 0, 200, 50))
        _, top, _, bottom = _ink(image)
        return bottom - top

    assert height("M", "M") > height("M", "MMMM")


def test_a_text_to_fit_needs_an_id(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="gives it no id"):
        render.draw(order(small(tmp_path, '<body><p data-fit="title">x</p></body>')))


def test_values_that_contain_data_fit_markup_stay_text(tmp_path: Path) -> None:
    render.draw(order(small(tmp_path, "<body>{{ values.title }}</body>"), title='<p data-fit="x">'))


# -- the page --------------------------------------------------------------------------------------


def test_the_standalone_page_contains_its_fonts_and_loads_nothing(tmp_path: Path) -> None:
    of = kind.find(tmp_path, "cover")
    page = render.standalone(Order(of, of.fill({"title": "T"}), 600, 315, fonts=_FONTS))
    assert page.count("@font-face") >= 3
    assert ':is([id="title"],#_#_#_#_){font-size:' in page  # the size that was drawn
    for reaching in ("http://", "https://", "file:", "<link", "<script", "@import"):
        assert reaching not in page.replace("http://www.w3.org", "")


def test_numbers_in_labels_are_written_for_people(tmp_path: Path) -> None:
    of = small(tmp_path, "<body>{{ values.number | label }}</body>")
    for number, shown in ((1234.5, "1,234.5"), (40.0, "40"), (1e6, "1,000,000"), (-0.25, "-0.25")):
        assert f">{shown}<" in render.page(order(of, number=number))[0]


def test_leaves_name_every_text() -> None:
    assert sanitize.leaves({"a": "x", "b": [{"c": "y"}, "z"], "d": 1}) == [
        ("values.a", "x"),
        ("values.b[0].c", "y"),
        ("values.b[1]", "z"),
    ]


@pytest.mark.parametrize("layout", ["plain", "clear"])
@pytest.mark.parametrize("size", [(200, 100), (333, 171)])
def test_a_placeholder_is_that_of_the_picture(
    tmp_path: Path, layout: str, size: tuple[int, int]
) -> None:
    of = small(tmp_path, '<body><p style="color: #f00; opacity: .6">Aa</p></body>')
    made = render.picture(order(of, size, layout=layout))
    assert made.placeholder == decode.placeholder(decode.decode(made.png))
    assert made.png == render.draw(order(of, size, layout=layout)).png


# -- edges -----------------------------------------------------------------------------------------


_FRIEZE = {"layout": "poster", "composition": "frieze", "colouring": "tint"}
_TOUCHING: dict[str, dict[str, str]] = {
    "tiles": {"layout": "split", "pattern": "tiles"},
    "bars": {"layout": "split", "pattern": "bars"},
    **{f"frieze {variant}": {**_FRIEZE, "variant": variant} for variant in "abc"},
}


@pytest.mark.parametrize("shapes", _TOUCHING)
@pytest.mark.parametrize(
    "size", [(400, 225), (320, 180), (250, 250), (270, 480), (309, 194)], ids=str
)
def test_no_line_is_seen_where_two_parts_of_one_colour_meet(
    size: tuple[int, int], shapes: str
) -> None:
    cover = kind.find(Path("none"), "cover")
    values = cover.fill({"title": "Maps first", **_TOUCHING[shapes]})
    brand = ("#101828", "#0e7a5f", "#e8a33d")
    drawn = _pixels(render.draw(Order(cover, values, *size, palette=brand, fonts=_FONTS)))
    # Where a curve touches an edge, a few pixels are half covered: at most a tenth of a cell.
    assert [run for run in _lines(drawn.convert("RGB")) if run > max(size) / 16] == []


def _lines(image: Image.Image) -> list[int]:
    """The lengths of all lines 1 px wide that have the same colour on both sides."""
    found = []
    for turned in (image, image.transpose(Image.Transpose.TRANSPOSE)):
        width, height = turned.size
        rows = [list(turned.crop((0, y, width, y + 1)).get_flattened_data()) for y in range(height)]
        for above, row, below in zip(rows, rows[1:], rows[2:], strict=False):
            run = 0
            for one, middle, other in zip(above, row, below, strict=True):
                run = run + 1 if one == other != middle else 0
                found += [run] if run else []
    return found


@pytest.mark.parametrize("light", [255, 200, 160, 120, 60, 0])
def test_white_type_can_be_read_over_a_photo_that_is_no_darker_than_needed(light: int) -> None:
    cover = kind.find(Path("none"), "cover")
    values = cover.fill({"layout": "photo", "title": "Two days above the clouds", "picture": "p"})
    photo = _png(f"#{light:02x}{light:02x}{light:02x}", (600, 315))
    given = Order(cover, values, 600, 315, fonts=_FONTS, pictures={"p": photo})
    drawn = _pixels(render.draw(given)).convert("RGB")
    ground = drawn.getpixel((590, 230))  # beside the title
    assert isinstance(ground, tuple)
    assert len(ground) == 3
    assert colour.contrast((255, 255, 255), ground) >= 4.5
    if light < 140:  # a dark photo keeps its own look
        assert max(ground) >= light * 0.6


def _photo_with_a_sun(at: tuple[int, int, int, int]) -> bytes:
    out = io.BytesIO()
    photo = Image.new("RGB", (600, 315), "#202830")
    photo.paste("#ffffff", at)
    photo.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("sun", "is_darkened"),
    [((420, 20, 560, 120), False), ((420, 200, 580, 300), False), ((40, 240, 140, 300), True)],
    ids=["above", "beside", "behind the text"],
)
def test_a_photo_is_darkened_only_for_what_is_behind_its_text(
    sun: tuple[int, int, int, int], is_darkened: bool
) -> None:
    cover = kind.find(Path("none"), "cover")
    values = cover.fill({"layout": "photo", "title": "Two days", "picture": "p"})
    pictures = {"p": _photo_with_a_sun(sun)}
    given = Order(cover, values, 600, 315, fonts=_FONTS, pictures=pictures)
    drawn = _pixels(render.draw(given)).convert("RGB")
    ground, light = drawn.getpixel((5, 310)), drawn.getpixel((sun[0] + 2, sun[3] - 2))
    assert isinstance(ground, tuple) and isinstance(light, tuple)
    assert (ground != (0x20, 0x28, 0x30)) == is_darkened
    assert (colour.contrast((255, 255, 255), light) >= 4.5) == is_darkened  # type: ignore[arg-type]


def test_a_picture_that_is_shown_small_has_smooth_edges(tmp_path: Path) -> None:
    out = io.BytesIO()
    fine = Image.new("L", (800, 800), 255)
    for at in range(0, 800, 16):  # lines that are finer than a pixel of the image
        fine.paste(0, (at, 0, at + 8, 800))
    fine.convert("RGB").save(out, "PNG")
    body = '<body><img style="width:50px;height:50px" src="{{ values.logo }}"></body>'
    of = small(tmp_path, body)
    given = order(of, (200, 100), logo="fine.png", pictures={"fine.png": out.getvalue()})
    low, high = _pixels(render.draw(given)).convert("L").crop((5, 5, 45, 45)).getextrema()
    assert 110 < low <= high < 145  # type: ignore[operator]


def test_a_drawing_beside_a_layout_of_its_own_has_the_limits_of_one_in_a_value(
    tmp_path: Path,
) -> None:
    uses = "".join(f'<g id="a{n}">{f"""<use href="#a{n - 1}"/>""" * 10}</g>' for n in range(1, 6))
    bomb = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><g id="a0"/>{uses}</svg>'
    beside = small(tmp_path, '<body><img src="bomb.svg"></body>', bomb_svg=bomb)
    with pytest.raises(TemplateError, match=r"bomb\.svg: this SVG is drawn as .* the limit is"):
        render.draw(order(beside))
    with pytest.raises(TemplateError, match="an SVG of the layout is drawn as"):
        render.draw(order(small(tmp_path, f"<body>{bomb}</body>")))


@pytest.mark.parametrize("label", ["FY {} first quarter", "{}, between May and early August"])
@pytest.mark.parametrize("size", [(1600, 900), (1080, 1080)], ids=str)
def test_long_labels_of_a_line_chart_move_inwards_and_thin_out(
    label: str, size: tuple[int, int]
) -> None:
    of = kind.find(Path("none"), "infographic")
    labels = [label.format(year) for year in range(2010, 2024)]
    values = {"title": "T", "labels": labels, "series": [{"name": "a", "values": [*range(14)]}]}
    filled = of.fill({"layout": "lines", **values})
    render.draw(Order(of, filled, *size, fonts=_FONTS))  # refused before
