"""Names that web projects use: from the manifest to the page, the module and the commit."""

from __future__ import annotations

import pytest

from tests.support.place import Place

_ASSET = """
[project]
content = ["docs/**/*.md"]
outputs = ["public", "app"]
emit = "src/assets.ts"
[[asset]]
id = "one"
kind = "cover"
path = "{path}"
alt = "A"
variants = {{ widths = [600] }}
[asset.values]
title = "A"
"""


@pytest.mark.parametrize(
    ("path", "url"),
    {
        "public/img/hi@2x.png": "/img/hi@2x.png",
        "public/Müller foto (a) [b] 100%.png": "/Müller%20foto%20%28a%29%20%5Bb%5D%20100%25.png",
        "public/夜景/a'b, #1.png": "/夜景/a%27b%2C%20%231.png",
    }.items(),
)
def test_an_image_of_any_name_is_made_shown_checked_and_committed(
    path: str, url: str, place: Place
) -> None:
    place.manifest(_ASSET.format(path=path))
    place.write("docs/a.md", "# A\n")
    place.ok("generate")
    place.ok("emit")
    assert f'src: "{url}"' in place.read("src/assets.ts").decode()
    place.ok("snippet", "one", "--into", "docs/a.md")
    assert url in place.read("docs/a.md").decode()
    place.ok("check")
    assert path in place.git("-c", "core.quotePath=off", "show", "--name-only", "--format=")


@pytest.mark.parametrize(
    "path", ["app/(marketing)/x/opengraph-image.png", "app/posts/[slug]/opengraph-image.png"]
)
def test_an_image_in_a_folder_of_a_router_is_made(path: str, place: Place) -> None:
    place.manifest(_ASSET.format(path=path))
    place.write("docs/a.md", "# A\n")
    place.ok("generate")
    place.ok("check")
    place.manifest(_ASSET.format(path=path).replace("emit", f'ignore = ["{path}"]\nemit'))
    place.ok("plan")


def test_an_input_in_another_form_of_letters_is_named(place: Place) -> None:
    text = _ASSET.format(path="public/a.png").replace(
        "alt =", 'inputs = ["in/caf\u00e9.png"]\nalt ='
    )
    place.manifest(text.replace('kind = "cover"', 'kind = "cover"\nroute = "images"\nprompt = "A"'))
    place.write("in/cafe\u0301.png", "x")
    ran = place.run("check")
    assert ran.code and "the name of the file is in the form NFD" in ran.out + ran.err


def test_two_images_whose_names_differ_only_in_form_are_refused(place: Place) -> None:
    asset = '[[asset]]\nid = "{0}"\nkind = "cover"\npath = "public/{1}.png"\nalt = "A"\n'
    place.manifest(asset.format("a", "caf\u00e9") + asset.format("b", "cafe\u0301"))
    ran = place.run("check")
    assert ran.code == 2 and "is already written by asset 'a'" in ran.err
