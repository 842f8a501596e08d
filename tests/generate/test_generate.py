"""generate makes, records and commits what is missing, and touches nothing else."""

from __future__ import annotations

from tests.support.place import Place


def test_a_missing_picture_is_made_recorded_and_committed(place: Place) -> None:
    place.covers("welcome")
    ran = place.ok("generate")
    assert "1 made" in ran.out
    assert place.git("show", "--name-only", "--format=%s").split("\n") == [
        "assetgen: welcome",
        "",
        ".assetgen/records/welcome.json",
        "public/welcome.png",
    ]
    assert place.ok("check").out.startswith("assetgen: 1 file of 1 picture")


def test_other_staged_and_unstaged_work_is_left_as_it_was(place: Place) -> None:
    place.write("notes.txt", "one")
    place.write("other.txt", "one")
    place.git("add", "-A")
    place.git("commit", "-qm", "notes")
    place.write("notes.txt", "two")
    place.git("add", "notes.txt")
    place.write("notes.txt", "three")
    place.write("other.txt", "two")
    place.write("new.txt", "new")
    place.covers("welcome")
    before = place.git("status", "--porcelain")
    place.ok("generate")
    assert place.git("status", "--porcelain") == before
    assert place.git("show", ":notes.txt") == "two"


def test_a_second_run_makes_nothing_and_commits_nothing(place: Place) -> None:
    place.covers("welcome")
    place.ok("generate")
    head = place.git("rev-parse", "HEAD")
    assert "0 made, 1 fresh" in place.ok("generate").out
    assert place.git("rev-parse", "HEAD") == head


# -- what is asked for -----------------------------------------------------------------------------

SHOWN = """
[[asset]]
id = "shown"
kind = "ui"
path = "public/shown.png"
alt = ""
[asset.values]
layout = "browser"
picture = "@chart"
"""

CHART = """
[[asset]]
id = "chart"
kind = "cover"
path = "public/chart.png"
alt = "A chart"
[asset.values]
title = "{title}"
"""

PAINTED = """
[[asset]]
id = "painted"
kind = "cover"
path = "public/painted.png"
alt = "A lighthouse"
route = "images"
prompt = "A lighthouse at dusk"
"""


def test_a_picture_is_made_after_the_one_that_it_shows(place: Place) -> None:
    place.manifest(SHOWN + CHART.format(title="One"))
    place.ok("generate")
    shown = place.record("shown")["inputs"][0]
    assert (shown["id"], shown["path"]) == ("chart", "public/chart.png")
    assert place.ok("check").code == 0


def test_a_changed_picture_makes_the_one_that_shows_it_again(place: Place) -> None:
    place.manifest(SHOWN + CHART.format(title="One"))
    place.ok("generate")
    before = place.read("public/shown.png")
    place.manifest(SHOWN + CHART.format(title="Two"))
    states = {row["id"]: (row["state"], row["reasons"]) for row in place.ok("plan", "--json").data}
    assert states["chart"][0] == "stale"
    assert states["shown"] == (
        "stale",
        [{"field": "inputs.@chart", "old": None, "new": "will be made again"}],
    )
    assert "2 made" in place.ok("generate").out
    assert place.read("public/shown.png") != before


def test_requesting_one_image_makes_only_what_it_needs(place: Place) -> None:
    place.covers("other")
    place.manifest(place.read("assets.toml").decode() + SHOWN + CHART.format(title="One"))
    made = place.ok("generate", "shown", "--json").data["made"]
    assert sorted(one["id"] for one in made) == ["chart", "shown"]
    assert not place.has("public/other.png")


def test_a_route_without_a_key_fails_alone_and_the_others_are_made(place: Place) -> None:
    place.manifest(PAINTED + CHART.format(title="One"))
    ran = place.run("generate")
    assert ran.code == 3
    assert (
        "asset painted: there is no key for api.openai.com: OPENAI_API_KEY is not set"
        in " ".join(ran.out.split())
    )
    assert place.has("public/chart.png")
    assert not place.has("public/painted.png")


def test_a_picture_that_shows_one_that_cannot_be_made_waits_for_it(place: Place) -> None:
    place.manifest(PAINTED + SHOWN.replace("@chart", "@painted"))
    ran = place.run("generate", "--json")
    errors = {failure["id"]: failure["what"] for failure in ran.data["failed"]}
    assert errors["shown"] == "it waits for @painted, which was not made"
    assert ran.code == 3


def test_a_mistake_in_the_last_asset_keeps_the_first_from_being_drawn(place: Place) -> None:
    place.manifest(
        CHART.format(title="One") + SHOWN.replace('layout = "browser"', 'layout = "bowser"')
    )
    ran = place.run("generate")
    assert ran.code == 2
    assert "has no layout 'bowser'" in ran.err
    assert not place.has("public")


def test_a_text_that_does_not_fit_fails_alone(place: Place) -> None:
    place.manifest(
        CHART.format(title="One") + CHART.format(title="Wort" * 120).replace("chart", "wide")
    )
    ran = place.run("generate")
    assert ran.code == 8
    assert "values.title does not fit" in ran.out
    assert place.has("public/chart.png")
    assert not place.has("public/wide.png")
    assert not place.has(".assetgen/records/wide.json")


# -- files that are there --------------------------------------------------------------------------


def test_an_edited_picture_is_left_and_its_neighbours_are_made(place: Place) -> None:
    place.covers("mine", "other")
    place.ok("generate")
    place.write("public/mine.png", b"my own work")
    place.covers("mine", "other", title="New")
    ran = place.run("generate")
    assert ran.code == 9
    assert "  cure: assetgen accept mine\n        keeps the file; or: git restore" in ran.out
    assert place.read("public/mine.png") == b"my own work"
    assert place.record("other")["intent"]["values"]["title"] == "New"


def test_force_replaces_an_edited_picture(place: Place) -> None:
    place.covers("mine")
    place.ok("generate")
    made = place.read("public/mine.png")
    place.write("public/mine.png", b"my own work")
    place.ok("generate", "--force")
    assert place.read("public/mine.png") == made


def test_variants_that_the_manifest_no_longer_lists_are_removed_in_the_same_commit(
    place: Place,
) -> None:
    asset = CHART.format(title="One").replace(
        'alt = "A chart"', 'alt = ""\nvariants = {{ widths = [{}] }}'
    )
    place.manifest(asset.format("320, 640"))
    place.ok("generate")
    place.manifest(asset.format("640"))
    place.ok("generate")
    assert not place.has("public/chart-320.png")
    assert "D\tpublic/chart-320.png" in place.git("show", "--name-status", "--format=")
    assert place.ok("check").code == 0


def test_a_variant_that_was_edited_is_not_removed(place: Place) -> None:
    asset = CHART.format(title="One").replace(
        'alt = "A chart"', 'alt = ""\nvariants = {{ widths = [{}] }}'
    )
    place.manifest(asset.format("320, 640"))
    place.ok("generate")
    place.write("public/chart-320.png", b"mine")
    place.manifest(asset.format("640"))
    assert place.run("generate").code == 9
    assert place.read("public/chart-320.png") == b"mine"


def test_a_picture_that_moves_leaves_nothing_behind(place: Place) -> None:
    place.manifest(CHART.format(title="One"))
    place.ok("generate")
    place.manifest(CHART.format(title="One").replace("public/chart.png", "public/img/chart.webp"))
    place.ok("generate")
    assert place.has("public/img/chart.webp")
    assert not place.has("public/chart.png")
    assert place.git("status", "--porcelain", "--", "public", ".assetgen") == ""


# -- the commit ------------------------------------------------------------------------------------


def test_no_commit_leaves_the_commit_to_the_user(place: Place) -> None:
    place.covers("welcome")
    head = place.git("rev-parse", "HEAD")
    place.ok("generate", "--no-commit")
    assert place.git("rev-parse", "HEAD") == head
    assert "public/" in place.git("status", "--porcelain")


def test_a_project_can_leave_commits_to_its_users(place: Place) -> None:
    place.covers("welcome")
    place.manifest("[project]\ncommit = false\n" + place.read("assets.toml").decode())
    head = place.git("rev-parse", "HEAD")
    place.ok("generate")
    assert place.git("rev-parse", "HEAD") == head


def test_trailers_tie_the_commit_to_asset_request_and_route(place: Place) -> None:
    place.covers("welcome")
    place.ok("generate")
    trailers = place.git("log", "-1", "--format=%(trailers:only,unfold)").split("\n")
    request = place.record("welcome")["request"]["digest"]
    assert trailers[:3] == [
        "Assetgen-Asset: public/welcome.png",
        f"Assetgen-Request: {request}",
        "Assetgen-Route: local/none",
    ]


def test_pictures_are_made_without_git_too(bare: Place) -> None:
    bare.covers("welcome")
    assert "1 made" in bare.ok("generate").out
    assert bare.ok("check").code == 0


def test_a_missing_git_identity_is_reported_with_its_cure_and_loses_nothing(place: Place) -> None:
    place.covers("welcome")
    nobody = {
        name: "" for name in place.environ if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))
    }
    ran = place.run("generate", **nobody)
    assert ran.code == 10
    assert "git config user.name" in ran.out
    assert place.has("public/welcome.png")


# -- what is delivered -----------------------------------------------------------------------------


def test_the_same_input_gives_the_same_bytes(place: Place) -> None:
    place.covers("welcome")
    place.ok("generate")
    first = place.read("public/welcome.png")
    place.ok("generate", "--force")
    assert place.read("public/welcome.png") == first


def test_json_reports_what_was_done(place: Place) -> None:
    place.covers("welcome")
    said = place.ok("generate", "--json").data
    assert said["made"] == [
        {
            "id": "welcome",
            "files": ["public/welcome.png"],
            "removed": [],
            "remarks": [],
            "draft": False,
        }
    ]
    assert said["commit"] == place.git("rev-parse", "--short", "HEAD")


def test_a_file_that_an_asset_with_a_mistake_lists_is_not_removed(bare: Place) -> None:
    bare.covers("a")
    bare.ok("generate")
    moved = bare.read("assets.toml").decode().replace("public/a.png", "public/new.png")
    taken = moved.replace('id = "a"', 'id = "b"').replace("public/new.png", "public/a.png")
    bare.manifest(moved + taken.replace("[asset.values]", "unknown = 1\n[asset.values]"))
    ran = bare.run("generate", "a")
    assert (ran.code, bare.has("public/new.png"), bare.has("public/a.png")) == (0, True, True)
    bare.manifest(moved)
    bare.ok("generate", "a", "--force")
    assert bare.has("public/new.png")
