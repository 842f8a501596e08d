"""watch, as a real process: a save by any editor is one redraw, no loop, and no purchase."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assetgen.manifest import parse
from assetgen.watch import scope, watcher
from tests.support.place import COVER, Place
from tests.support.provider import Provider
from tests.support.shop import PLANE
from tests.support.tiny import KIND, LAYOUT

_DEADLINE = 60.0


class Watching:
    """A running `assetgen watch --json`, and its output so far."""

    def __init__(
        self, place: Place, *options: str, before: Sequence[str] = (), **environ: str
    ) -> None:
        command = [*before, sys.executable, "-P", "-m", "assetgen", "watch", "--json", *options]
        self.process = subprocess.Popen(
            command,
            cwd=place.root,
            env={**place.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[dict[str, Any]] = []
        self._came = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self._came:
                self.said.append(json.loads(line))
                self._came.notify()

    def until(self, kind: str, count: int = 1, **has: Any) -> dict[str, Any]:
        """The ``count``-th event of a kind with these values, once it is there."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.all(kind, **has)) >= count, _DEADLINE), (
                self.said
            )
            return self.all(kind, **has)[count - 1]

    def all(self, kind: str, **has: Any) -> list[dict[str, Any]]:
        return [one for one in self.said if one["event"] == kind and has.items() <= one.items()]

    def stop(self, how: int = signal.SIGINT) -> int:
        """End it; its exit code."""
        self.process.send_signal(how)
        code = self.process.wait(_DEADLINE)
        self._reader.join(_DEADLINE)
        return code

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join(_DEADLINE)
        assert self.process.stdout
        self.process.stdout.close()


@contextmanager
def watching(
    place: Place, *options: str, before: Sequence[str] = (), **environ: str
) -> Iterator[Watching]:
    running = Watching(place, *options, before=before, **environ)
    try:
        running.until("started")
        yield running
    finally:
        running.close()


def settle(place: Place, running: Watching, number: int = 0) -> None:
    """Let one more picture be drawn, so that all earlier changes are processed."""
    text = place.read("assets.toml").decode()
    place.manifest(text + COVER.format(id=f"settled-{number}", title="Settled"))
    running.until("made", id=f"settled-{number}")


# -- how editors save ------------------------------------------------------------------------------


def plainly(path: Path, text: bytes) -> None:
    path.write_bytes(text)


def in_pieces(path: Path, text: bytes) -> None:
    with open(path, "wb", buffering=0) as file:
        for start in range(0, len(text), 64):
            file.write(text[start : start + 64])


def like_vim(path: Path, text: bytes) -> None:
    probe, backup = path.parent / "4913", path.with_name(path.name + "~")
    probe.write_bytes(b"")
    probe.unlink()
    path.rename(backup)
    path.write_bytes(text)
    backup.unlink()


def like_vs_code(path: Path, text: bytes) -> None:
    with open(path, "r+b") as file:
        file.truncate(0)
        file.write(text)


def like_jetbrains(path: Path, text: bytes) -> None:
    new, old = (
        path.with_name(path.name + "___jb_tmp___"),
        path.with_name(path.name + "___jb_old___"),
    )
    new.write_bytes(text)
    path.rename(old)
    new.rename(path)
    old.unlink()


def atomically(path: Path, text: bytes) -> None:
    new = path.with_name(".saving.tmp")
    new.write_bytes(text)
    os.replace(new, path)


def removed_and_written_again(path: Path, text: bytes) -> None:
    path.unlink()
    path.write_bytes(text)


MANNERS: list[Callable[[Path, bytes], None]] = [
    *(
        plainly,
        in_pieces,
        like_vim,
        like_vs_code,
        like_jetbrains,
        atomically,
        removed_and_written_again,
    ),
]


def test_a_save_by_any_editor_is_one_redraw_and_no_loop(place: Place) -> None:
    place.covers("a", "b")
    with watching(place) as running:
        assert {one["id"] for one in running.all("made")} == {"a", "b"}
        for number, save in enumerate(MANNERS):
            text = COVER.format(id="a", title=f"By {save.__name__}") + COVER.format(
                id="b", title="Hello"
            )
            before = place.read("public/a.png")
            save(place.root / "assets.toml", text.encode())
            running.until("made", count=number + 2, id="a")
            assert place.read("public/a.png") != before, save.__name__
        settle(place, running)
        assert len(running.all("made", id="a")) == len(MANNERS) + 1
        assert len(running.all("made", id="b")) == 1
        assert running.all("failed") == []
        assert place.ok("check").code == 0


def test_ctrl_c_and_sigterm_end_cleanly(place: Place) -> None:
    place.covers("a")
    for how in (signal.SIGINT, signal.SIGTERM):
        with watching(place) as running:
            assert running.stop(how) == 130
            assert running.said[-1] == {"event": "stopped"}


def test_nothing_is_committed_unless_asked(place: Place) -> None:
    place.covers("a")
    head = place.git("rev-parse", "HEAD")
    with watching(place) as running:
        assert running.until("started")["commit"] is False
    assert place.git("rev-parse", "HEAD") == head
    with watching(place, "--commit") as running:
        running.until("committed")
    assert "assetgen: a" in place.git("log", "-1", "--format=%s")


def test_a_broken_manifest_is_one_message_and_no_exit(place: Place) -> None:
    place.covers("a")
    with watching(place) as running:
        whole = place.read("assets.toml")
        for typed in ("[[asset]", "[[asset]", '[[asset]]\nid = "'):
            place.manifest(typed)
            time.sleep(0.2)  # a pause between two keys: each is a save of its own
        place.write("assets.toml", whole.replace(b"Hello", b"Mended"))
        running.until("made", count=2, id="a")
        running.until("settled")
        whats = [(one["where"], one["what"]) for one in running.all("failed")]
        assert whats and len(whats) == len(set(whats))
        assert all(one["cure"] for one in running.all("failed"))
        assert running.process.poll() is None


def test_watch_reports_every_mistake_and_goes_on(place: Place) -> None:
    place.covers("a")
    whole = place.read("assets.toml")
    with watching(place) as running:
        running.until("started")
        place.write("assets.toml", whole.replace(b'alt = "A cover"', b"alt = 3\ntake = 0"))
        lines = [one["line"] for one in running.until("failed")["mistakes"]]
        assert lines == [6, 7]
        place.write("assets.toml", whole.replace(b'alt = "A cover"', b'alt = "A"\ntake = 0'))
        assert [one["line"] for one in running.until("failed", count=2)["mistakes"]] == [7]
        place.write("assets.toml", whole)
        running.until("settled")


def test_a_changed_template_redraws_its_images(place: Place) -> None:
    place.write("templates/tiny/template.toml", KIND)
    place.write("templates/tiny/plain.html", LAYOUT)
    tiny = '\n[[asset]]\nid = "{0}"\nkind = "tiny"\npath = "public/{0}.png"\nalt = ""\n'
    place.manifest(tiny.format("a") + tiny.format("b") + COVER.format(id="c", title="Hello"))
    with watching(place) as running:
        like_vim(place.root / "templates/tiny/plain.html", LAYOUT.replace("#fff", "#00f").encode())
        for one in ("a", "b"):
            running.until("made", count=2, id=one)
        settle(place, running)
        assert len(running.all("made", id="c")) == 1


def test_changed_and_new_inputs_are_noticed(place: Place) -> None:
    shown = (
        COVER.format(id="a", title="Hello") + 'layout = "split"\npicture = "art/deep/photo.png"\n'
    )
    place.covers("b")
    with watching(place) as running:
        place.manifest(shown)
        assert "art/deep/photo.png" in running.until("failed")["what"]
        place.picture("art/deep/photo.png")
        running.until("made", id="a")
        running.until("settled")
        place.picture("art/deep/photo.png", mode="L", size=(64, 64))
        running.until("made", count=2, id="a")


def test_an_image_follows_its_page_with_any_name(
    place: Place,
) -> None:
    page = place.root / "app/(blog)/[slug]/my page.mdx"
    made_from = (
        COVER.format(id="a", title="Hello")
        .replace('title = "Hello"', "")
        .replace("[asset.values]", "")
    )
    place.manifest(
        f'[project]\ncontent = ["app/**/*.mdx"]\n'
        f'{made_from}from = "app/(blog)/[slug]/my page.mdx"\n'
    )
    with watching(place) as running:
        assert "my page.mdx does not exist" in running.until("failed")["what"]
        place.write("app/(blog)/[slug]/my page.mdx", "---\ntitle: One\n---\n")
        running.until("made", id="a")
        like_vim(page, b"---\ntitle: Two\n---\n")
        running.until("made", count=2, id="a")
        assert place.ok("check").code == 0


def test_new_pages_and_rows_of_a_collection_are_drawn(place: Place) -> None:
    entry = 'kind = "cover"\npath = "public/{0}.png"\nalt = ""\n'
    place.manifest(
        f'[[collection]]\nid = "{{slug}}"\nfrom = "posts/**/*.md"\n{entry.format("{slug}")}'
        f'[[collection]]\nid = "{{row.id}}"\ndata = "rows.csv"\n{entry.format("{row.id}")}'
        '[collection.values]\ntitle = "{row.id}"\n'
    )
    place.write("posts/a.md", "---\ntitle: A\n---\n")
    place.write("rows.csv", "id\nr\n")
    with watching(place) as running:
        assert {one["id"] for one in running.all("made")} == {"a", "r"}
        place.write("posts/new/b.md", "---\ntitle: B\n---\n")
        running.until("made", 1, id="new/b")
        place.write("rows.csv", "id\nr\ns\n")
        running.until("made", 1, id="s")


def test_a_missing_image_of_a_saved_page_is_reported_once(
    place: Place,
) -> None:
    place.covers("a")
    text = place.read("assets.toml").decode()
    place.manifest(f'[project]\ncontent = ["content/*.mdx"]\n{text}')
    place.write("content/one.mdx", "# One\n")
    place.ok("generate")
    with watching(place) as running:
        shown = "![A](/a.png) ![B](/b.png) ![C](https://example.org/c.png)\n"
        like_vim(place.root / "content/one.mdx", shown.encode())
        said = running.until("not-there")
        assert (said["path"], said["line"], said["col"]) == ("content/one.mdx", 1, 14)
        assert said["message"] == "/b.png refers to a missing image: there is no public/b.png"
        assert said["cure"].startswith("assetgen refs --add content/one.mdx:1")
        atomically(place.root / "content/one.mdx", f"{shown}![D](/d.png)\n".encode())
        running.until("not-there", line=2)
        assert len(running.all("not-there")) == 2
        place.ok("refs", "--add", "content/one.mdx:1")
        running.until("made", id="b")
        plainly(place.root / "content/one.mdx", b"# One\n")
        plainly(place.root / "content/two.mdx", f"{shown}![D](/d.png)\n".encode())
        running.until("not-there", path="content/two.mdx", line=2)
        assert len(running.all("not-there")) == 3
        assert running.all("failed") == []


def test_removed_folders_that_return_are_watched_again(place: Place) -> None:
    place.write("templates/tiny/template.toml", KIND)
    place.write("templates/tiny/plain.html", LAYOUT)
    place.manifest('[[asset]]\nid = "a"\nkind = "tiny"\npath = "public/a.png"\nalt = ""\n')
    with watching(place) as running:
        (place.root / "templates").rename(place.root.parent / "away")
        running.until("failed")
        (place.root.parent / "away").rename(place.root / "templates")
        running.until("settled")
        place.write("templates/tiny/plain.html", LAYOUT.replace("#fff", "#0f0"))
        running.until("made", count=2, id="a")


@pytest.mark.more
def test_a_checkout_of_many_files_is_followed(place: Place) -> None:
    ids = [f"a{number}" for number in range(12)]
    place.covers(*ids, title="One")
    place.ok("generate")
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "one")
    place.git("checkout", "-q", "-b", "other")
    place.covers(*ids, title="Two")
    place.ok("generate")
    place.git("commit", "-q", "-am", "two")
    with watching(place) as running:
        place.git("checkout", "-q", "main")  # a second one may begin while the first is examined
        settle(place, running)
        assert [one["id"] for one in running.all("made")] == ["settled-0"]
        assert running.all("failed") == []


def test_a_paid_image_is_drafted_and_announced_and_never_bought(place: Place) -> None:
    with Provider() as provider:
        paid = {
            "OPENAI_API_KEY": provider.key,
            "OPENAI_BASE_URL": provider.url,
            "ASSETGEN_PAY": "1",
        }
        place.manifest(PLANE.format(id="p", route="images", more=""))
        with watching(place, **paid) as running:
            assert running.until("made", id="p")["draft"] is True
            place.manifest(
                PLANE.format(id="p", route="images", more="take = 2")
                + COVER.format(id="a", title="Hello")
            )
            running.until("made", id="a")
            said = running.until("would-cost")
            assert (said["ids"], "1 picture" in said["words"]) == (["p"], True)
            settle(place, running)
            assert len(running.all("made", id="p")) == 1
        assert provider.requests == []


def test_watch_waits_for_another_run(place: Place) -> None:
    import filelock

    place.covers("a")
    with watching(place) as running:
        with filelock.FileLock(place.root / ".assetgen/cache/lock"):
            place.covers("a", title="Later")
            running.until("waiting")
        running.until("made", count=2, id="a")


def test_poll_notices_changes(place: Place) -> None:
    place.covers("a")
    with watching(place, "--poll") as running:
        assert running.until("started")["polling"] is True
        place.covers("a", title="Seen")
        running.until("made", count=2, id="a")


def test_at_the_limit_of_watched_folders_it_polls_and_prints_the_cure(
    place: Place,
) -> None:
    before = (
        "unshare",
        "-Ur",
        "sh",
        "-c",
        'echo 3 > /proc/sys/user/max_inotify_watches && exec "$0" "$@"',
    )
    if (
        not shutil.which("unshare")
        or subprocess.run([*before, "true"], capture_output=True).returncode
    ):
        pytest.skip("needs user namespaces")
    for number in range(5):
        place.write(f"templates/{number}/note.txt", "")
    place.covers("a")
    with watching(place, before=before) as running:
        assert "fs.inotify.max_user_watches" in running.until("polling")["cure"]
        place.covers("a", title="Seen")
        running.until("made", count=2, id="a")


def test_without_json_events_are_lines(place: Place) -> None:
    place.covers("a")
    command = [sys.executable, "-P", "-m", "assetgen", "watch"]
    running = subprocess.Popen(
        command, cwd=place.root, env=place.environ, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout
    try:
        made, started = running.stdout.readline(), running.stdout.readline()
        place.manifest("x")
        failed = running.stdout.readline()
        running.send_signal(signal.SIGINT)
        assert running.wait(_DEADLINE) == 130
    finally:
        running.kill()
        running.wait()
        running.stdout.close()
    assert made.startswith("made   a  public/a.png  ")
    assert started == (
        "watching assets.toml, templates; nothing is bought, nothing is committed; "
        "stop with Ctrl-C\n"
    )
    assert failed.startswith("failed  assets.toml:1:2: this is not TOML")


# -- the scope -------------------------------------------------------------------------------------

_KNOWN = parse.parse(
    b'[project]\ncontent = ["content/**/*.mdx", "src/**/*.{tsx,jsx}"]\n'
    b'[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a.png"\nalt = ""\n'
)
_SCOPE = scope.of_manifest(
    _KNOWN, {"art/deep/photo.png", "@b", "public/a.png", "content/(posts)/[slug] page.mdx"}
)

CONCERNS = {
    "assets.toml": True,
    "art/deep/photo.png": True,
    "art/deep/other.png": False,
    "templates/cover/split.html": True,
    "content/(posts)/[slug] page.mdx": True,
    "content/posts/one.mdx": False,
    "content/posts/one.txt": False,
    "src/app/page.tsx": False,
    "src/app/page.css": False,
    "src/node_modules/x/page.tsx": False,
    "public/a.png": False,
    ".assetgen/records/a.json": False,
    ".assetgen/cache/lock": False,
    ".git/index": False,
    "README.md": False,
}


@pytest.mark.parametrize("path", CONCERNS)
def test_only_files_that_the_plan_depends_on_matter(path: str) -> None:
    assert _SCOPE.concerns(path, is_folder=False) is CONCERNS[path]


@pytest.mark.parametrize(
    ("path", "is_page"),
    [
        ("content/posts/one.mdx", True),
        ("content/(posts)/[slug] page.mdx", True),
        ("src/app/page.tsx", True),
        ("src/app/page.css", False),
        ("src/node_modules/x/page.tsx", False),
        ("src/one.mdx", False),
        ("assets.toml", False),
    ],
)
def test_pages_are_the_files_that_content_matches(path: str, is_page: bool) -> None:
    assert _SCOPE.is_page(path) is is_page


@pytest.mark.parametrize(
    ("folder", "concerns"),
    [
        ("art", True),
        ("art/deep", True),
        ("content/posts", True),
        ("src", True),
        ("docs", False),
        ("templates", True),
    ],
)
def test_folders_above_such_files_matter(folder: str, concerns: bool) -> None:
    assert _SCOPE.concerns(folder, is_folder=True) is concerns


def test_a_page_at_the_top_does_not_watch_the_whole_project() -> None:
    known = parse.parse(b'[project]\ncontent = ["index.html", "./*.md", "docs/**/*.md"]')
    found = scope.of_manifest(known, ())
    assert (
        found.is_page("index.html") and found.is_page("README.md") and found.is_page("docs/a/b.md")
    )
    assert found.tops == {"docs", "templates"}
    assert scope.of_manifest(parse.parse(b'[project]\ncontent = ["**/*.md"]'), ()).tops == {
        "",
        "templates",
    }


def test_package_folders_are_not_watched(bare: Place) -> None:
    for folder in (
        "src/app",
        "src/node_modules/x",
        "packages/one/node_modules/y",
        "packages/two",
        ".venv/lib",
    ):
        (bare.root / folder).mkdir(parents=True)
    spots = [
        (os.path.relpath(path, bare.root), whole) for path, whole in watcher._spots(bare.root, {""})
    ]
    assert sorted(spots) == [
        ("packages", False),
        ("packages/one", False),
        ("packages/two", True),
        ("src", False),
        ("src/app", True),
    ]


@pytest.mark.parametrize(
    "name", ["../out/a.png", "/etc/a.png", "C:/a/b.png", ".git/a.png", "..\\a/b.png"]
)
def test_no_manifest_makes_it_watch_outside_the_project(name: str, bare: Place) -> None:
    (bare.root.parent / "out").mkdir()
    (bare.root / ".git").mkdir()
    text = COVER.format(id="a", title="Hello") + f"picture = {json.dumps(name)}\n"
    known = parse.parse(text.encode())
    pages = msgspec.structs.replace(known.project, content=(name.rpartition("/")[0] + "/**/*.md",))
    known = msgspec.structs.replace(known, project=pages)  # parsing refuses most of them
    found = scope.of_manifest(known, scope.named_files(known))
    assert list(scope.named_files(known)) == [name]
    assert watcher._spots(bare.root, found.tops) == []


def test_links_are_not_followed(bare: Place, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (bare.root / "templates").symlink_to(tmp_path / "elsewhere")
    (bare.root / "src").mkdir()
    (bare.root / "src/link").symlink_to(tmp_path / "elsewhere")
    assert watcher._spots(bare.root, {"templates", "src"}) == [(str(bare.root / "src"), True)]
