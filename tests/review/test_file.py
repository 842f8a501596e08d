"""The page as a file, the extra that the server needs, and what a review leaves alone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from assetgen.review import export
from assetgen.review.session import Review
from assetgen.settings.conditions import Conditions
from tests.support.images import picture
from tests.support.place import Place
from tests.support.tiny import tiny

_DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.S)


def test_the_file_has_every_image_and_loads_nothing(place: Place) -> None:
    tiny(place, "a", "b")
    hostile = "</script><script>alert(1)</script>"
    text = place.read("assets.toml").decode().replace('alt = ""', f"alt = '{hostile}'")
    place.manifest(text)
    out = place.root / "out.html"
    said = place.ok("review", "--html", "out.html", "--json").data
    assert said == {
        "file": "out.html",
        "bytes": out.stat().st_size,
        "large": 2,
        "small": 0,
        "without": 0,
    }
    page = out.read_text("utf-8")
    assert "alert(1)</script>" not in page
    data = json.loads(_DATA.findall(page)[0])
    assert [one["alt"] for one in data["listing"]["assets"]] == [hostile] * 2
    assert {one["summary"]["state"] for one in data["details"].values()} == {"fresh"}
    bare = _DATA.sub("", page)
    assert "<link" not in bare and " src=" not in bare and "url(" not in bare
    assert "'unsafe" not in page
    place.ok("review", "--html", "out.html")
    assert place.git("status", "--porcelain", "--", ".assetgen/cache") == ""


def test_the_file_replaces_no_other_file(place: Place) -> None:
    tiny(place, "a")
    for name in ("assets.toml", "public"):
        ran = place.run("review", "--html", name)
        assert ran.code == 9 and "not a page that assetgen review wrote" in ran.err
    assert place.run("review", "--html", "no/such/folder.html").code == 9
    assert place.run("review", "--html", "x.html", "--port", "1").code == 2


def test_a_file_that_is_full_says_what_it_left_out(place: Place) -> None:
    tiny(place, "a", "b", "c")
    for name in "abc":
        place.write(f"public/{name}.png", picture("PNG", (400 + ord(name), 300)))
    review = Review(place.root, Conditions(place.environ))
    sizes = [len(review.thumbnail(one.picture or "")) for one in review.listing().assets]
    for most, expected in ((sum(sizes), (0, 3, 0)), (sizes[0], (0, 1, 2)), (10**6, (3, 0, 0))):
        made = export.export(review, most=most)
        assert (made.large, made.small, made.without) == expected
        listing = json.loads(_DATA.findall(made.html)[0])["listing"]
        assert listing.get("left_out") == made.left_out
    review.close()


def test_without_the_extra_the_command_names_it(place: Place) -> None:
    tiny(place, "a")
    script = (
        "import sys; sys.modules['starlette'] = None; "
        "from assetgen import cli; sys.exit(cli.run(['review', '--no-open']))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=place.root,
        env=place.environ,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 4
    assert "starlette and uvicorn" in done.stderr
    assert "pip install 'repo-assetgen[review]'" in done.stderr


def test_a_review_works_without_git_and_where_nothing_can_be_written(bare: Place) -> None:
    bare.manifest("")
    tiny(bare, "a")
    blocked = bare.root.parent / "blocked"
    blocked.write_text("")  # the cache cannot be made below a file
    review = Review(bare.root, Conditions({**bare.environ, "XDG_CACHE_HOME": str(blocked)}))
    listing = review.listing()
    assert not listing.has_git and listing.assets[0].state == "fresh"
    assert review.thumbnail(listing.assets[0].picture or "")[:4] == b"RIFF"
    review.close()


def test_a_damaged_thumbnail_is_made_again(place: Place) -> None:
    tiny(place, "a")
    first = Review(place.root, Conditions(place.environ))
    name = first.listing().assets[0].picture or ""
    data = first.thumbnail(name)
    [kept] = Path(place.environ["HOME"], ".cache/assetgen/review").iterdir()
    kept.write_bytes(kept.read_bytes()[:-1])
    again = Review(place.root, Conditions(place.environ))
    assert again.thumbnails.find(name) is None and again.thumbnail(name) == data
    for review in (first, again):
        review.close()
