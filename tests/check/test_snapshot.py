"""The stored verdict is never clean by mistake: every way in which a file, clock or cache can lie.

The projects are made together, and then rest until their files are old enough to be trusted.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assetgen import snapshot
from assetgen.check import check
from assetgen.fs import store
from assetgen.generate import performer
from assetgen.generate.options import Options
from tests.support.place import Place
from tests.support.tiny import tiny, want

_MANY = 46


@pytest.fixture(scope="module")
def rested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Committed projects with one picture that have not been touched for a while."""
    base = tmp_path_factory.mktemp("rested")
    first = Place(base / "first", base / "home")
    first.write("docs/logo.png", first.picture("docs/logo.png").read_bytes())
    want(first, "a")
    first.write("assets.toml", first.read("assets.toml").decode())
    tiny(first, "a", a='[asset.values]\nlogo = "docs/logo.png"')
    places = []
    for number in range(_MANY):
        root = base / f"p{number}"
        shutil.copytree(first.root, root, ignore=shutil.ignore_patterns("cache"))
        places.append(Place(root, base / "home").start())
        store.prepare(root)
    time.sleep(snapshot.RACY_NS / 1e9 + 0.1)
    return iter(places)


@pytest.fixture
def clean(rested: Place) -> Place:
    """A project whose last check was clean and is remembered."""
    place: Place = next(rested)  # type: ignore[call-overload]
    check.check(place.root, place.environ)
    assert still_clean(place)
    return place


@pytest.fixture
def staged(rested: Place) -> Place:
    """The same for what is staged."""
    place: Place = next(rested)  # type: ignore[call-overload]
    check.check(place.root, place.environ, staged=True)
    assert staged_clean(place)
    return place


def still_clean(place: Place, now_ns: int | None = None) -> bool:
    with contextlib.chdir(place.root):
        return snapshot.still_clean(now_ns or time.time_ns()) is not None


def staged_clean(place: Place) -> bool:
    return snapshot.staged_still_clean(str(place.root), place.environ) is not None


def _keep_time(path: Path, change: Callable[[Path], object]) -> None:
    """Change a file and set its times back, as far as a program can."""
    before = path.stat()
    change(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)


# -- the work tree ---------------------------------------------------------------------------------


def test_an_unchanged_project_stays_clean(clean: Place) -> None:
    assert still_clean(clean)
    assert (
        clean.ok("check").out
        == "assetgen: 1 file of 1 picture matches the manifest and its record\n"
    )
    assert still_clean(clean)


def _same_size(place: Place) -> None:
    _keep_time(place.root / "public/a.png", _flip)


def _same_size_record(place: Place) -> None:
    _keep_time(place.root / ".assetgen/records/a.json", _flip)


def _same_size_template(place: Place) -> None:
    _keep_time(
        place.root / "templates/tiny/plain.html",
        lambda path: path.write_text(path.read_text().replace("f", "e")),
    )


def _same_size_manifest(place: Place) -> None:
    _keep_time(
        place.root / "assets.toml",
        lambda path: path.write_text(path.read_text().replace("logo.png", "logp.png")),
    )


def _replaced_by_a_twin(place: Place) -> None:
    """Another file of the same size and times, moved into place."""
    path = place.root / "public/a.png"
    before = path.stat()
    _flip(path := Path(shutil.copy2(path, place.root / "twin.png")))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.replace(path, place.root / "public/a.png")


def _in_the_future(place: Place) -> None:
    _flip(place.root / "public/a.png")
    os.utime(place.root / "public/a.png", (2**33, 2**33))


def _deleted(place: Place) -> None:
    (place.root / "public/a.png").unlink()


def _added(place: Place) -> None:
    (place.root / "public/b.png").symlink_to("a.png")


def _added_below(place: Place) -> None:
    place.write("public/new/b.png", b"")


def _new_output_folder(place: Place) -> None:
    place.write("assets/b.png", b"")


def _input(place: Place) -> None:
    _keep_time(place.root / "docs/logo.png", _flip)


def _input_deleted(place: Place) -> None:
    (place.root / "docs/logo.png").unlink()


def _record_deleted(place: Place) -> None:
    (place.root / ".assetgen/records/a.json").unlink()


def _record_added(place: Place) -> None:
    place.write(".assetgen/records/b.json", "{}")


def _record_added_below(place: Place) -> None:
    place.write(".assetgen/records/x/b.json", "{}")


def _font_added(place: Place) -> None:
    place.write("templates/fonts/x.ttf", b"")


def _part_added(place: Place) -> None:
    place.write("templates/tiny/new.css", b"")


def _picture_becomes_a_link(place: Place) -> None:
    (place.root / "public/a.png").rename(place.root / "a.png")
    (place.root / "public/a.png").symlink_to("../a.png")


def _folder_becomes_a_link(place: Place) -> None:
    (place.root / "public").rename(place.root / "real")
    (place.root / "public").symlink_to("real")


def _branch(place: Place) -> None:
    place.git("checkout", "-q", "-b", "other")
    _flip(place.root / "public/a.png")
    place.git("commit", "-qam", "other")
    place.git("checkout", "-q", "main")
    check.check(place.root, place.environ)
    place.git("checkout", "-q", "other")


def _approval_added(place: Place) -> None:
    place.write(".assetgen/approvals/a.json", "{}")


_CHANGES = [
    _approval_added,
    *(
        _same_size,
        _same_size_record,
        _same_size_template,
        _same_size_manifest,
        _replaced_by_a_twin,
        _in_the_future,
    ),
    *(_deleted, _added, _added_below, _new_output_folder, _input, _input_deleted),
    *(_record_deleted, _record_added, _record_added_below, _font_added, _part_added),
    *(_picture_becomes_a_link, _folder_becomes_a_link, _branch),
]


@pytest.mark.parametrize(
    "change", _CHANGES, ids=lambda change: change.__name__.strip("_").replace("_", " ")
)
def test_a_change_is_noticed(change: Callable[[Place], None], clean: Place) -> None:
    change(clean)
    assert not still_clean(clean)


def test_a_clock_that_was_set_back_is_not_trusted(clean: Place) -> None:
    day = 86_400 * 10**9
    assert not still_clean(clean, time.time_ns() - day)
    assert still_clean(clean, time.time_ns() + day)


def test_a_new_templates_folder_is_noticed(bare: Place) -> None:
    bare.manifest('[project]\noutputs = ["public"]\n')
    bare.write("public/robots.txt", "")
    store.prepare(bare.root)
    check.check(bare.root, bare.environ)
    assert "." in snapshot.read(str(bare.root)), (
        "the project folder itself tells of new folders in it"
    )


def test_rehash_trusts_no_remembered_digest(clean: Place) -> None:
    rows = snapshot.read(str(clean.root))
    rows["public/a.png"] = (rows["public/a.png"][0], b"\1" * 32)
    for rehash in (True, False):
        snapshot.write(str(clean.root), rows, time.time_ns(), "clean")
        found = check.check(clean.root, clean.environ, rehash=rehash).findings
        assert bool(found) is not rehash


_STORED = (["check"], ["check", "--staged"], ["plan"], ["generate", "--no-commit"], ["refs"])


def test_without_the_cache_nothing_is_read_and_nothing_is_stored(clean: Place) -> None:
    rows = snapshot.read(str(clean.root))
    rows["public/a.png"] = (rows["public/a.png"][0], b"\1" * 32)
    snapshot.write(str(clean.root), rows, time.time_ns(), "a lie")
    cache = clean.root / store.CACHE
    before = _stored(cache)
    for command in _STORED:
        found = clean.ok(*command, "--no-cache").out
        assert "lie" not in found and "edited" not in found
    assert "a lie" in clean.ok("check").out
    assert _stored(cache) == before


def _stored(cache: Path) -> dict[Path, bytes]:
    """Every file of the cache but the lock of a run."""
    files = [path for path in cache.rglob("*") if path.is_file() and path.name != "lock"]
    return {path: path.read_bytes() for path in files}


def test_a_file_that_is_too_young_is_not_remembered_as_clean(bare: Place) -> None:
    tiny(bare, "a")
    check.check(bare.root, bare.environ)
    assert not still_clean(bare)
    rows = snapshot.read(str(bare.root))
    assert rows["public/a.png"][0] == (-1, -1, -1, -1)


_TAKEN = 15 * 10**17


@pytest.mark.parametrize(
    ("stats", "trusted"),
    [
        ((3, 10**18, 10**18, 7), True),
        ((3, _TAKEN, 10**18, 7), False),
        ((3, 10**18, _TAKEN, 7), False),
        ((3, _TAKEN - snapshot.RACY_NS, 10**18, 7), True),
        ((3, _TAKEN - snapshot.RACY_NS + 1, 10**18, 7), False),
        ((3, 2 * _TAKEN, 10**18, 7), False),
    ],
    ids=[
        "old",
        "written now",
        "changed now",
        "just old enough",
        "just too young",
        "from the future",
    ],
)
def test_only_files_that_are_not_too_young_are_remembered(
    stats: snapshot.Stats, trusted: bool, bare: Place
) -> None:
    bare.manifest("")
    check.check(bare.root, bare.environ)
    snapshot.write(str(bare.root), {"x": (stats, b"\1" * 32)}, _TAKEN, "clean")
    assert snapshot.read(str(bare.root)) == {
        "x": (stats if trusted else (-1, -1, -1, -1), b"\1" * 32)
    }
    assert (b"|clean" in bare.read(snapshot.FILE)) is trusted


def test_another_version_of_assetgen_ignores_the_snapshot(clean: Place) -> None:
    from assetgen import __version__

    data = clean.read(snapshot.FILE)
    clean.write(snapshot.FILE, data.replace(f" {__version__}|".encode(), b" 9.9.9|", 1))
    assert not still_clean(clean)
    assert snapshot.read(str(clean.root)) == {}


def test_a_cache_from_a_commit_is_not_trusted(clean: Place, tmp_path: Path) -> None:
    """Everything is hard-linked, so that every stat but those of folders is the very same."""
    planted = tmp_path / "planted"
    shutil.copytree(
        clean.root, planted, copy_function=os.link, ignore=shutil.ignore_patterns("key")
    )
    shutil.copy2(clean.root / ".assetgen/cache/key", planted / ".assetgen/cache/key")
    place = Place(planted, tmp_path / "home")
    assert not still_clean(place)
    assert snapshot.read(str(planted)) == {}


def test_a_cache_about_one_unchanging_file_is_not_trusted(clean: Place) -> None:
    """What a hostile repository would commit: stats of a file that is the same on every machine."""
    stats = snapshot.stats("/usr/bin/env")
    snapshot.write(str(clean.root), {"/usr/bin/env": (stats, b"")}, time.time_ns() + 10**9, "clean")
    data = clean.read(snapshot.FILE)
    magic, token, rest = data.split(b"|", 2)
    for forged in (b"", b"0.0", b"1" + token):
        clean.write(snapshot.FILE, b"|".join([magic, forged, rest]))
        assert not still_clean(clean, time.time_ns() + 10**10)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: data + b"\0x",
        lambda data: data.replace(b"|", b"", 1),
        lambda data: data.partition(b"\n")[0] + b"\n",
        lambda data: b"\0" * len(data),
        lambda data: data.replace(b"\n", b"", 1),
        lambda data: data.replace(b"public/a.png", b"public/b.png"),
    ],
    ids=[
        "empty",
        "half",
        "a byte less",
        "a name more",
        "no mark",
        "only a head",
        "zeros",
        "one line",
        "another name",
    ],
)
def test_a_damaged_cache_is_ignored(spoil: Callable[[bytes], bytes], clean: Place) -> None:
    clean.write(snapshot.FILE, spoil(clean.read(snapshot.FILE)))
    assert not still_clean(clean)
    assert clean.ok("check").out.startswith("assetgen: 1 file of")


def test_a_truncated_cache_is_no_verdict(bare: Place) -> None:
    bare.manifest("")
    check.check(bare.root, bare.environ)
    rows = {name: (snapshot.stats(bare.root / name), b"") for name in ("assets.toml", ".assetgen")}
    snapshot.write(str(bare.root), rows, time.time_ns() + 10**10, "clean")
    now = time.time_ns() + 10**11
    assert still_clean(bare, now)
    data = bare.read(snapshot.FILE)
    for end in range(len(data)):
        bare.write(snapshot.FILE, data[:end])
        assert not still_clean(bare, now), end
        snapshot.read(str(bare.root))


def test_findings_are_never_remembered_as_clean(clean: Place) -> None:
    clean.write("public/b.png", b"")
    os.utime(clean.root / "public", (1, 1))
    check.check(clean.root, clean.environ)
    (clean.root / "public/b.png").unlink()
    assert not still_clean(clean)
    assert snapshot.stats(clean.root / "public") != snapshot.read(str(clean.root))["public"][0]


def test_a_remembered_digest_is_not_used_for_a_file_that_changed(clean: Place) -> None:
    _same_size(clean)
    [finding] = check.check(clean.root, clean.environ).findings
    assert finding.code == "edited"


# -- the index -------------------------------------------------------------------------------------


def test_an_unchanged_index_is_still_clean(staged: Place) -> None:
    (staged.root / "public/a.png").unlink()
    assert staged_clean(staged), "only the index counts"
    assert (
        staged.ok("check", "--staged").out
        == "assetgen: 1 staged file of 1 picture matches the manifest and its record\n"
    )


_STAGED = [
    _approval_added,
    *(
        _same_size,
        _same_size_record,
        _same_size_template,
        _same_size_manifest,
        _deleted,
        _added,
        _added_below,
    ),
    *(
        _new_output_folder,
        _input,
        _input_deleted,
        _record_deleted,
        _record_added,
        _font_added,
        _folder_becomes_a_link,
    ),
]


def test_a_staged_change_is_noticed(staged: Place) -> None:
    for change in _STAGED:
        staged.git("checkout", "-q", "--force", "main")
        staged.git("clean", "-qfd")
        assert staged_clean(staged), f"before {change.__name__}"
        change(staged)
        staged.git("update-index", "--refresh", "-q") if change is None else staged.git("add", "-A")
        assert not staged_clean(staged), change.__name__
        staged.git("reset", "-q", "--hard")


def test_the_index_that_a_hook_is_given_is_used(staged: Place) -> None:
    other = str(staged.root / ".git/other-index")
    shutil.copy(staged.root / ".git/index", other)
    environ = {**staged.environ, "GIT_INDEX_FILE": other}
    assert snapshot.staged_still_clean(str(staged.root), environ)
    staged.git("update-index", "--force-remove", "public/a.png", GIT_INDEX_FILE=other)
    assert not snapshot.staged_still_clean(str(staged.root), environ)
    assert staged_clean(staged)


def test_a_staged_cache_from_a_commit_is_not_trusted(staged: Place, tmp_path: Path) -> None:
    staged.git("add", "-f", ".assetgen/cache/check-staged", ".assetgen/cache/key")
    subprocess.run(
        ["git", "clone", "-q", str(staged.root), str(tmp_path / "clone")],
        check=False,
        env=staged.environ,
    )
    staged.git("commit", "-qm", "planted")
    place = Place(tmp_path / "planted", tmp_path / "home")
    place.git("clone", "-q", str(staged.root), ".")
    assert place.has(".assetgen/cache/check-staged") and place.has(".assetgen/cache/key")
    assert not staged_clean(place)


def test_a_staged_cache_of_another_version_is_not_trusted(staged: Place) -> None:
    data = staged.read(snapshot.STAGED_FILE)
    staged.write(snapshot.STAGED_FILE, data.replace(b"assetgen-check ", b"assetgen-check 9", 1))
    assert not staged_clean(staged)


def test_without_git_there_is_no_verdict(staged: Place) -> None:
    assert snapshot.staged_still_clean(str(staged.root), {"PATH": ""}) is None


# -- the command -----------------------------------------------------------------------------------


def test_a_check_some_time_after_generate_is_answered_from_the_cache(clean: Place) -> None:
    want(clean, "a", "b", a='[asset.values]\nlogo = "docs/logo.png"')
    assert clean.run("check").code == 1
    performer.generate(clean.root, Options(commit=False), clean.environ)
    assert clean.ok("check").out.startswith("assetgen: 2 files")


# -- pages -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rested_pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Committed projects with a picture and its pages, which are old enough to be trusted."""
    base = tmp_path_factory.mktemp("rested-pages")
    first = tiny(Place(base / "first", base / "home"), "a")
    text = first.read("assets.toml").decode().replace('alt = ""', 'alt = "A"')
    first.manifest(
        '[project]\ncontent = ["web/pages/**/*.mdx", "more/deep/*.md", "site.json"]\n' + text
    )
    first.write("web/pages/a.mdx", "![A](/a.png)\n\n![B](@/b.png)\n")
    first.write("web/pages/deep/c.mdx", "![A](/a.png)\n")
    first.write("tsconfig.json", '{"compilerOptions": {"paths": {"@/*": ["./web/other/*"]}}}')
    first.picture("web/other/b.png")
    (first.root / "web/pages/empty").mkdir()
    first.write("more/x.txt", "")
    performer.generate(first.root, Options(), first.environ)
    places = []
    for number in range(len(_PAGE_CHANGES) + 3):
        shutil.copytree(first.root, base / f"p{number}", ignore=shutil.ignore_patterns("cache"))
        places.append(Place(base / f"p{number}", base / "home").start())
        store.prepare(places[-1].root)
    time.sleep(snapshot.RACY_NS / 1e9 + 0.1)
    return iter(places)


def _page_changed(place: Place) -> None:
    _keep_time(place.root / "web/pages/deep/c.mdx", lambda path: path.write_text("![A](/c.png)\n"))


def _page_added(place: Place) -> None:
    place.write("web/pages/d.mdx", "![D](/d.png)")


def _page_added_in_a_new_folder(place: Place) -> None:
    place.write("web/pages/new/folder/d.mdx", "![D](/d.png)")


def _page_added_in_an_empty_folder(place: Place) -> None:
    place.write("web/pages/empty/d.mdx", "![D](/d.png)")


def _page_added_where_the_folder_was_not_there(place: Place) -> None:
    place.write("more/deep/d.md", "![D](/d.png)")


def _page_added_by_its_name(place: Place) -> None:
    place.write("site.json", '{"icon": "/d.png"}')


def _picture_removed(place: Place) -> None:
    (place.root / "web/other/b.png").unlink()


def _configuration_changed(place: Place) -> None:
    _keep_time(
        place.root / "tsconfig.json",
        lambda path: path.write_text(path.read_text().replace("other", "othes")),
    )


def _configuration_added(place: Place) -> None:
    place.write("web/vite.config.js", "export default {}")
    place.write("web/tsconfig.json", '{"compilerOptions": {"paths": {"@/*": ["./none/*"]}}}')


_PAGE_CHANGES = [
    *(_page_changed, _page_added, _page_added_in_a_new_folder, _page_added_in_an_empty_folder),
    *(_page_added_where_the_folder_was_not_there, _page_added_by_its_name),
    *(_picture_removed, _configuration_changed, _configuration_added),
]


@pytest.mark.parametrize(
    "change", _PAGE_CHANGES, ids=lambda change: change.__name__.strip("_").replace("_", " ")
)
def test_a_change_of_pages_is_noticed(
    change: Callable[[Place], None], rested_pages: Iterator[Place]
) -> None:
    place = next(rested_pages)
    for staged in (False, True):
        assert check.check(place.root, place.environ, staged=staged).findings == ()
    assert still_clean(place) and staged_clean(place)
    change(place)
    assert not still_clean(place)
    place.git("add", "-A")
    assert not staged_clean(place)
    for staged in (False, True):
        assert not check.check(place.root, place.environ, staged=staged).is_clean
        assert not check.check(place.root, place.environ, staged=staged).is_clean


def test_a_file_outside_the_pages_changes_no_verdict(rested_pages: Iterator[Place]) -> None:
    place = next(rested_pages)
    for staged in (False, True):
        check.check(place.root, place.environ, staged=staged)
    place.write(
        "web/lib/code.py", "1"
    )  # a new folder above the pages is looked at again, a file in it is not
    assert not still_clean(place)
    check.check(place.root, place.environ)
    place.git("add", "-A")
    assert staged_clean(place)


def test_a_clean_verdict_on_pages_is_answered_without_reading_them(
    rested_pages: Iterator[Place],
) -> None:
    place = next(rested_pages)
    check.check(place.root, place.environ)
    check.check(place.root, place.environ, staged=True)
    for arguments in (["check"], ["check", "--staged"]):
        command = [sys.executable, "-P", "-X", "importtime", "-m", "assetgen", *arguments]
        ran = place._run(command, place.root, place.environ)
        assert ran.code == 0
        assert "assetgen.snapshot" in ran.err
        assert "assetgen.check.pages" not in ran.err and "assetgen.check.check" not in ran.err
