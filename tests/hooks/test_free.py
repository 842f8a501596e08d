"""assetgen-generate-free: makes what is free, stops the commit, stages nothing, buys nothing."""

from __future__ import annotations

import pytest

from tests.support.hook_runners import CHECK, FREE, LEFTHOOK, PRE_COMMIT, PREK, Hooked, Runner
from tests.support.place import COVER, Place
from tests.support.provider import Provider
from tests.support.rows import every
from tests.support.shop import PLANE
from tests.support.tiny import want

_RUNNERS = [PRE_COMMIT, PREK, LEFTHOOK]


def hooked(place: Place, runner: Runner, *ids: str) -> Hooked:
    """A project with pictures and a text, and the hooks of ``ids`` (both, if none) in place."""
    found = Hooked(place)
    found.settled("notes.txt", "one\n")
    runner.install(found, ids or [FREE, CHECK])
    return found


@pytest.mark.parametrize("runner", _RUNNERS, ids=lambda runner: runner.name)
def test_a_missing_image_is_made_and_the_commit_passes_after_the_printed_line(
    runner: Runner, pictured: Place
) -> None:
    project = hooked(pictured, runner)
    want(pictured, "a", "b", "c")
    pictured.git("add", "assets.toml")
    pictured.write("notes.txt", "one\nnot staged\n")
    index = project.index()
    stopped = project.commit()
    said = stopped.out + stopped.err
    assert stopped.code != 0, said
    assert pictured.has("public/c.png")
    assert project.index() == index
    assert pictured.read("notes.txt") == b"one\nnot staged\n"
    assert project.cure(said) == "git add -- public/c.png .assetgen/records/c.json"
    passed = project.commit()
    assert passed.code == 0, passed.out + passed.err
    held = pictured.git("show", "--name-only", "--format=", "HEAD").splitlines()
    assert sorted(held) == [".assetgen/records/c.json", "assets.toml", "public/c.png"]
    assert pictured.git("diff", "--name-only") == "notes.txt"


@pytest.mark.parametrize("runner", every(3, _RUNNERS), ids=lambda runner: runner.name)
def test_only_new_files_stop_the_commit_too(runner: Runner, pictured: Place) -> None:
    project = hooked(pictured, runner, FREE)
    want(pictured, "a", "b", "c")
    pictured.git("add", "assets.toml")
    assert project.commit().code != 0
    assert pictured.git("status", "--porcelain", "--", "public").startswith("?? ")


@pytest.mark.parametrize("runner", every(3, _RUNNERS), ids=lambda runner: runner.name)
def test_a_paid_image_is_not_bought_and_stops_nothing(runner: Runner, pictured: Place) -> None:
    with Provider() as provider:
        project = hooked(pictured, runner, FREE)
        pictured.write(
            "assets.toml",
            pictured.read("assets.toml") + PLANE.format(id="p", route="images", more="").encode(),
        )
        pictured.git("add", "assets.toml")
        keys = {"OPENAI_API_KEY": provider.key, "OPENAI_BASE_URL": provider.url}
        passed = project.commit(environ=keys)
        assert passed.code == 0, passed.out + passed.err
        assert not pictured.has("public/p.png")
        assert provider.requests == []


def test_a_commit_from_a_subfolder_gets_a_line_that_works_there(pictured: Place) -> None:
    project = hooked(pictured, PRE_COMMIT)
    want(pictured, "a", "b", "c")
    pictured.git("add", "assets.toml")
    below = pictured.root / "public"
    stopped = project.commit(cwd=below)
    [line] = [line for line in (stopped.out + stopped.err).splitlines() if "git add -- " in line][
        :1
    ]
    assert project.run("sh", "-c", line.partition("cure: ")[2], cwd=below).code == 0
    assert project.commit(cwd=below).code == 0


# -- by hand ---------------------------------------------------------------------------------------


def paid_and_free(place: Place) -> None:
    """A paid picture, a local one that shows it, and one that does not."""
    shows = COVER.format(id="shows", title="Shows") + 'layout = "split"\npicture = "@p"\n'
    place.manifest(
        PLANE.format(id="p", route="images", more="") + shows + COVER.format(id="c", title="Hello")
    )


def test_free_makes_free_images_and_announces_paid_ones(place: Place) -> None:
    paid_and_free(place)
    ran = place.ok("generate", "--free")
    assert "would cost  p  images (openai-api" in ran.out
    assert "waits  shows  for @p" in ran.out
    assert "openai-api: 1 picture" in ran.out and "not bought; to buy: assetgen generate" in ran.out
    assert place.git("log", "-1", "--format=%s") == "assetgen: c"
    data = place.ok("generate", "--free", "--json").data
    assert [(one["id"], one["waits_for"]) for one in data["left"]] == [("p", []), ("shows", ["p"])]
    assert (data["made"], data["fresh"], data["failed"]) == ([], 1, [])


def test_an_image_that_shows_a_stale_paid_one_is_not_drawn_at_every_run(place: Place) -> None:
    paid_and_free(place)
    place.ok("generate", "--draft")
    assert place.run("generate", "--hook").code == 0
    place.write(
        "assets.toml", place.read("assets.toml").replace(b"quality = ", b"take = 2\nquality = ")
    )
    assert place.run("generate", "--hook").code == 0


def test_files_of_a_kept_original_are_derived_for_free(place: Place) -> None:
    place.manifest(PLANE.format(id="p", route="images", more=""))
    place.ok("adopt", "p", str(place.picture("art/p.png", (1024, 1024))), "--route", "images")
    place.write(
        "assets.toml",
        place.read("assets.toml").replace(b"alt = ", b"variants = { widths = [320] }\nalt = "),
    )
    ran = place.run("generate", "--hook")
    assert ran.code == 1
    assert "git add -- public/p.png public/p-320.png .assetgen/records/p.json" in ran.out
    assert place.run("generate", "--hook").code == 0


def test_a_removed_file_is_in_the_line_only_if_git_tracks_it(place: Place) -> None:
    place.covers("a")
    place.ok("generate")
    text = place.read("assets.toml")
    place.write("assets.toml", text.replace(b"public/a.png", b"public/b.png"))
    assert (
        "git add -- public/b.png public/a.png .assetgen/records/a.json"
        in place.run("generate", "--hook").out
    )
    place.write("assets.toml", text.replace(b"public/a.png", b"public/c.png"))
    assert (
        "git add -- public/c.png .assetgen/records/a.json\n" in place.run("generate", "--hook").out
    )


def test_an_ignored_image_is_reported_without_a_line_that_git_refuses(
    place: Place,
) -> None:
    place.write(".gitignore", "public/\n")
    place.covers("a")
    ran = place.run("generate", "--hook")
    assert ran.code == 10
    assert "ignored by .gitignore" in ran.out and "git add" not in ran.out


def test_outside_a_repository_the_hook_says_so(bare: Place) -> None:
    bare.covers("a")
    ran = bare.run("generate", "--hook")
    assert (ran.code, "not in a git repository" in ran.out) == (1, True)


@pytest.mark.parametrize(
    "options",
    [
        *(["--free", "--draft"], ["--free", "--resume"], ["--free", "--pay"]),
        *(
            ["--hook", "--draft"],
            ["--hook", "--resume"],
            ["--hook", "--pay"],
            ["--hook", "--force"],
        ),
    ],
    ids=" ".join,
)
def test_options_that_contradict_each_other_are_usage_errors(
    options: list[str], place: Place
) -> None:
    place.covers("a")
    assert place.run("generate", *options).code == 2
    assert not place.has("public/a.png")
