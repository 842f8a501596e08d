"""States of records, of Git LFS and of joined entries, and the commands printed there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import pytest

from assetgen.record import record
from tests.support.cures import Stage, State
from tests.support.place import Place

_RECORD_CURES = "plan/record_cures"


def _at(prepare: Callable[[Place], None]) -> Callable[[Stage], None]:
    return lambda stage: prepare(stage.place)


def _nothing(stage: Stage) -> None:
    """There is no manifest."""


def _made(place: Place) -> None:
    place.covers("a")
    place.ok("generate")
    place.git("add", "-A")
    place.git("commit", "-qm", "all", "--allow-empty")


def _without_asset(place: Place) -> None:
    place.covers("a", "b")
    place.ok("generate")
    place.git("add", "-A")
    place.git("commit", "-qm", "all", "--allow-empty")
    place.covers("a")


def _without_pages(place: Place) -> None:
    for name in ("a", "b", "c"):
        place.write(f"content/{name}.md", f"---\ntitle: Page {name}\n---\n")
    place.manifest(
        '[[collection]]\nid = "og/{slug}"\nfrom = "content/*.md"\nkind = "cover"\n'
        'path = "public/og/{slug}.png"\nalt = "{title}"\n'
    )
    place.git("add", "-A")
    place.git("commit", "-qm", "pages")
    place.ok("generate")
    for name in ("a", "b"):
        (place.root / f"content/{name}.md").unlink()


def _with_an_old_name(place: Place) -> None:
    place.write("content/a.md", "---\ntitle: Page a\n---\n")
    place.manifest(
        '[[collection]]\nid = "og/{slug}"\nfrom = "content/*.md"\nkind = "cover"\n'
        'path = "public/og/{slug}.png"\nalt = "{title}"\nkeep_old = "1 day"\n'
    )
    place.git("add", "-A")
    place.git("commit", "-qm", "pages")
    place.ok("generate")
    (place.root / "content/a.md").rename(place.root / "content/b.md")
    place.ok("generate")
    [entry] = (place.root / ".assetgen/old-names").iterdir()
    found = json.loads(entry.read_text())
    entry.write_text(json.dumps({**found, "until": "2026-01-01"}))
    place.git("commit", "-qam", "an old name")


def _without_commit(place: Place) -> None:
    _without_asset(place)
    place.git("update-ref", "-d", "HEAD")
    place.git("rm", "-q", "-r", "-f", "--cached", ".")


def _staged_without_commit(place: Place) -> None:
    _without_commit(place)
    place.git("add", "-A")


def _only_staged_without_commit(place: Place) -> None:
    _staged_without_commit(place)
    (place.root / record.place("b")).unlink()


def _not_committed(place: Place) -> None:
    place.covers("a", "b")
    place.git("add", "-A")
    place.git("commit", "-qm", "start")
    place.ok("generate", "--no-commit")
    place.covers("a")


def _forge(place: Place) -> None:
    statement = json.loads(place.read(record.place("a")))
    statement["predicate"]["note"] = "drawn by hand"
    place.write(record.place("a"), record.write(statement))


def _forged(place: Place) -> None:
    _made(place)
    _forge(place)


def _forged_in_a_commit(place: Place) -> None:
    _forged(place)
    place.git("commit", "-qam", "forged")


def _forged_before_the_first_commit(place: Place) -> None:
    _forged_in_a_commit(place)
    place.git("update-ref", "-d", "HEAD")


def _forged_adoption(place: Place, more: str = "") -> None:
    place.covers("a")
    place.manifest(place.read("assets.toml").decode().replace("alt =", f"{more}\nalt =", 1))
    place.picture("photo.png", size=(1200, 630))
    place.ok("adopt", "a", "photo.png", "--no-commit")
    _forge(place)
    place.git("add", "-A")


def _forged_variants(place: Place) -> None:
    _forged_adoption(place, "variants = { widths = [600] }")


def _reformatted(place: Place) -> None:
    _forged(place)
    place.git("restore", record.place("a"))
    place.write(record.place("a"), json.dumps(json.loads(place.read(record.place("a")))))
    place.git("commit", "-qam", "formatted")


def _with_lfs(place: Place, path: str) -> None:
    """Git LFS has the picture at ``path``, where only its pointer is."""
    if shutil.which("git-lfs") is None:
        pytest.skip("Git LFS is not installed")
    place.git("lfs", "install", "--local")
    place.git("lfs", "track", "*.png")
    place.picture(path, size=(1200, 630))
    place.git("add", "-A")
    place.git("commit", "-qm", "pictures")
    (place.root / path).unlink()
    place.git("checkout", "--", path, GIT_LFS_SKIP_SMUDGE="1")
    assert place.read(path).startswith(b"version https://git-lfs")


def _pointer_as_input(place: Place) -> None:
    place.covers("a")
    place.manifest(place.read("assets.toml").decode() + 'picture = "in/a.png"\n')
    _with_lfs(place, "in/a.png")


def _pointer_without_record(place: Place) -> None:
    place.covers("a")
    _with_lfs(place, "public/a.png")


def _line_ends(place: Place) -> None:
    place.git("config", "core.safecrlf", "true")
    place.write(".gitattributes", "*.json text eol=crlf")
    place.covers("a")


def _joined(place: Place) -> None:
    place.covers("a", "b")
    place.manifest(place.read("assets.toml").decode().replace('[[asset]]\nid = "b"', 'id = "b"'))
    place.git("add", "-A")


def _ignored_folder(stage: Stage) -> None:
    """The folder of assetgen is ignored, as some templates of .gitignore do with such folders."""
    stage.place.write(".gitignore", ".*/\n")
    stage.place.write(".assetgen/cache/x", "not for git")


def _with_url(stage: Stage) -> None:
    manifest = stage.place.read("assets.toml").decode()
    stage.place.manifest('[project]\nurl = "https://example.org"\n' + manifest)


STATES = [
    State(
        ("pages/heads", "assetgen snippet {id} --for {form}"),
        _at(_made),
        "snippet a --for head",
        first=_with_url,
    ),
    State(("generate/accept_all", "assetgen plan {one}"), _at(_made), "accept a*", settles=False),
    State(
        ("plan/provenance", "assetgen plan"),
        _at(lambda place: place.covers("a")),
        "show a*",
        settles=False,
    ),
    State(("fs/git_cures", "git add -f -- {paths}"), _ignored_folder, "init", settles=False),
    State(
        (
            "manifest/joined_entries",
            "fixed=$(awk {program} {file}) && printf '%s\\n' \"$fixed\" > {file}",
        ),
        _at(_joined),
    ),
    State(("fs/git_cures", "git add -- {paths}"), _nothing, "init --agents"),
    State(
        ("fs/git_command", "printf '\\n%s\\n' {line} >> .gitattributes && assetgen generate"),
        _at(_line_ends),
        "generate",
    ),
    State(
        (
            "fs/lfs",
            "git lfs install --local --skip-repo && git lfs pull --include {pattern} --exclude ''",
        ),
        _at(_pointer_as_input),
        "generate",
    ),
    State(("plan/decide", "{fetch} && {adopt}"), _at(_pointer_without_record)),
    State(("plan/decide", "assetgen adopt {asset_id} {path}"), _at(_pointer_without_record)),
    State(("plan/record_cures", "git rm -- {paths}"), _at(_without_asset)),
    State(("check/orphans", "assetgen generate --prune {pattern}"), _at(_without_pages)),
    State(("plan/leftover", "assetgen generate --prune {pattern}"), _at(_without_pages), "plan"),
    State(
        ("plan/leftover", "assetgen check"), _at(_without_asset), "plan", settles=False, exits=(1,)
    ),
    State(
        ("check/old_names", "assetgen generate --prune {asset}"),
        _at(_with_an_old_name),
    ),
    State(("generate/prune", "assetgen check"), _at(_made), "generate --prune x/*", settles=False),
    State((_RECORD_CURES, "mkdir -p {folder} && mv -- {place} {to}"), _at(_without_commit)),
    State(("plan/holdings", "assetgen accept {asset_id}"), _at(_reformatted)),
    State((_RECORD_CURES, "git reset -q -- {place}"), _at(_staged_without_commit)),
    State(
        (_RECORD_CURES, "git restore -- {place} && {unstage}"),
        _at(_only_staged_without_commit),
        "check --staged",
    ),
    State(
        (
            _RECORD_CURES,
            "git reset -q -- {reset} && git stash push -q --include-untracked -- {named}",
        ),
        _at(_not_committed),
    ),
    State(
        (_RECORD_CURES, "git restore -- {place}"),
        _at(_forged),
        "check --rehash",
        replaces=(record.place("a"),),
    ),
    State(
        (_RECORD_CURES, "git restore --source={commit} -- {place}"),
        _at(_forged_in_a_commit),
        "check --rehash",
    ),
    State(
        (_RECORD_CURES, "assetgen generate {asset_id} --force"),
        _at(_forged_before_the_first_commit),
        "check --rehash",
    ),
    State((_RECORD_CURES, "{move} && {adopt}"), _at(_forged_adoption), "check --rehash"),
    State((_RECORD_CURES, "assetgen adopt {id} {path}"), _at(_forged_adoption), "check --rehash"),
    State(
        (_RECORD_CURES, "assetgen adopt {id} {path} --force"),
        _at(_forged_variants),
        "check --rehash",
    ),
]
