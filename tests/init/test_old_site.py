"""The first day in a repository that has pictures already: the real commands, git and its hook."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from assetgen.record.baseline import FILE
from tests.support.place import Place

_NAMES = [
    "logo.svg",
    "hi there.png",
    "cover@2x.jpg",
    "(draft) [v2].webp",
    "größe 日本.png",
    'it\'s "quoted".png',
    "-dash.png",
    "UPPER.JPEG",
    "favicon.ico",
    "spin.gif",
    *(f"blog/{number:02}/photo.png" for number in range(20)),
]


@pytest.mark.skipif(os.name == "nt", reason="the names are not allowed there")
def test_a_site_with_old_pictures_is_green_and_asks_about_new_and_changed_ones_only(
    place: Place,
) -> None:
    place.write("package.json", '{"dependencies": {"next": "15"}}')
    place.write("app/page.mdx", "# Hello\n\n![A photo](/blog/01/photo.png)\n")
    for number, name in enumerate(_NAMES):
        place.write(f"public/{name}", b"\x89PNG\0 %d" % number)
    place.manifest('[project]\noutputs = ["public"]\ncontent = ["app/**/*.mdx"]\n')
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "the site")

    said = place.ok("init").out
    assert "30 pictures exist already, without a record" in said
    assert " (check reports 27: 3 are SVG, GIF, ICO or BMP); to take them as they are:\n" in said
    assert "\n  assetgen adopt --existing\n" in said
    assert not place.has(FILE)
    assert "30 pictures are in the baseline" in place.ok("init", "--existing", "--hook").out
    assert len(place.read(FILE).splitlines()) == 30
    assert "30 pictures of the baseline are unchanged" in place.ok("check").out
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "assetgen")  # its own files pass its own hook

    place.write("public/new.png", "new")
    place.write("public/hi there.png", "changed")
    place.git("mv", "public/cover@2x.jpg", "public/blog/cover@2x.jpg")
    place.git("add", "-A")
    done = place._run(["git", "commit", "-q", "-m", "no"], place.root, place.environ)
    assert done.code == 1
    assert "public/new.png: unrecorded:" in done.out + done.err
    assert "public/hi there.png: edited:" in done.out + done.err
    assert "note: public/cover@2x.jpg of the baseline was moved to" in done.out + done.err

    asked = [sys.executable, "-P", "-m", "assetgen", "check"]
    said = place._run(asked, place.root / "public", place.environ).out
    assert "\n  cure: cd .. && assetgen adopt --existing --merge\n" in said

    place.git("reset", "-q", "--", "public/new.png", "public/hi there.png")
    place.git("commit", "-q", "-m", "a picture is moved")
    assert "moved: public/cover@2x.jpg" in place.ok("check", "--staged").out
    for path in ("public/new.png", "public/hi there.png"):
        cure = _cure(place, path)
        done = place._run(["sh", "-c", cure], place.root, _on_path(place))
        assert done.code == 0, done.err
    assert "31 pictures of the baseline are unchanged" in place.ok("check").out
    assert place.git("status", "--short") == ""
    assert b"public/blog/cover@2x.jpg\n" in place.read(FILE)


def _cure(place: Place, path: str) -> str:
    """The command that check prints for a picture."""
    found = place.run("check", "--json").data["findings"]
    [cure] = [str(one["cure"]) for one in found if one["path"] == path]
    return cure.partition(", or ")[0].partition(" (")[0]


def _on_path(place: Place) -> dict[str, str]:
    """The environment with the command that is tested on its PATH."""
    import sys

    folder = os.path.dirname(sys.executable)
    assert subprocess.run([f"{folder}/assetgen", "--version"], capture_output=True).returncode == 0
    return {**place.environ, "PATH": f"{folder}{os.pathsep}{place.environ['PATH']}"}
