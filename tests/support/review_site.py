"""Projects to review: one that looks like a site, a hostile one, and a large one."""

from __future__ import annotations

import json

from tests.support.place import Place
from tests.support.tiny import KIND, LAYOUT

_SITE = """
[project]
public  = "public"
content = ["content/*.md"]
outputs = ["public"]
[style.ridge]
palette = ["#16213e", "#d9642c", "#2f7f86", "#f2c14e"]
"""
_COVER = """
[[asset]]
id    = "{id}"
kind  = "cover"
style = "ridge"
path  = "public/img/{name}.png"
alt   = "A cover that says: {title}"
[asset.values]
layout = "{layout}"
title  = "{title}"
kicker = "Ridgeline 2.0"
"""
_TITLES = {
    "launch/cover": ("Maps that open before the signal goes", "centred"),
    "launch/social": ("The map is there before you are", "editorial"),
    "guide/first-walk": ("Your first walk, step by step", "centred"),
    "guide/offline": ("What works without a network", "editorial"),
}
PROMPT = "A hiker with a paper map on a ridge at dusk, seen from behind"
PAINTED = f"""
[[asset]]
id      = "press/kit"
kind    = "cover"
route   = "images"
model   = "gpt-image-2"
path    = "public/img/press.png"
alt     = "A hiker with a paper map on a ridge"
prompt  = "{PROMPT}"
size    = "1024x1024"
"""


def site(place: Place) -> None:
    """Images of several states, named by pages, some of them changed since HEAD."""
    titles = dict(_TITLES)
    _write(place, titles)
    lines = [f"![{title}](/img/{_name(name)}.png)" for name, (title, _) in titles.items()]
    sized = '<img src="/img/launch-cover.png" alt="Maps" width="320" height="168">'
    place.write("content/launch.md", "\n\n".join([*lines, sized]) + "\n")
    place.write("content/guide.md", f"{lines[2]}\n")
    place.ok("generate")
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "The site")
    titles["launch/social"] = ("A map before the signal", "editorial")
    _write(place, titles)
    place.ok("generate", "--no-commit")
    titles["guide/offline"] = ("What still works without a network", "editorial")
    _write(place, titles, PAINTED)


def _write(place: Place, titles: dict[str, tuple[str, str]], more: str = "") -> None:
    covers = (
        _COVER.format(id=name, name=_name(name), title=title, layout=layout)
        for name, (title, layout) in titles.items()
    )
    place.manifest(_SITE + "".join(covers) + more)


def _name(asset_id: str) -> str:
    return asset_id.replace("/", "-")


#: Each of these would set window.harmed, or change the page, if it were read as anything but text.
HARM = (
    "<img src=x onerror=window.harmed=1>",
    "</script><script>window.harmed=1</script>",
    "\"'><svg onload=window.harmed=1>",
    "javascript:window.harmed=1",
    "{{constructor.constructor('window.harmed=1')()}}",
    "</textarea><iframe srcdoc='<script>parent.harmed=1</script>'>",
    "<!-- <script> --><math><mi//xlink:href='data:x,<script>window.harmed=1</script>'>",
)


def hostile(place: Place) -> None:
    """Texts of all kinds that try to become code: alt texts, prompts, paths of pages, kinds."""
    place.write("templates/tiny/template.toml", KIND)
    place.write("templates/tiny/plain.html", LAYOUT)
    entries = []
    pages = []
    for number, text in enumerate(HARM):
        entries.append(
            f'[[asset]]\nid = "h{number}"\nkind = "tiny"\npath = "public/h{number}.png"\n'
            f"alt = {json.dumps(text)}\n[asset.values]\ntitle = {json.dumps(text)}\n"
        )
        entries.append(
            f'[[asset]]\nid = "p{number}"\nkind = "tiny"\nroute = "images"\n'
            f'model = "gpt-image-2"\nsize = "1024x1024"\npath = "public/p{number}.png"\n'
            f"alt = {json.dumps(text)}\nprompt = {json.dumps(text)}\n"
        )
        pages.append(f"![{number}](/h{number}.png)\n")
    place.manifest('[project]\ncontent = ["content/**/*.md"]\n' + "".join(entries))
    place.write("content/<img src=x onerror=window.harmed=1>.md", "".join(pages))
    place.write("content/a' onclick='window.harmed=1.md", "".join(pages))
    place.ok("generate", "--free", "--no-commit")


def many(place: Place, count: int) -> None:
    """So many small images with a record each."""
    place.write("templates/tiny/template.toml", KIND)
    place.write("templates/tiny/plain.html", LAYOUT)
    entry = (
        '[[asset]]\nid = "n{0}"\nkind = "tiny"\npath = "public/n{0}.png"\nalt = "Number {0}"\n'
        'values = {{ title = "Number {0}" }}\n'
    )
    place.manifest("".join(map(entry.format, range(count))))
    place.ok("generate")
