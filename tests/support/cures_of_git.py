"""States of a repository, and the commands of git that are printed there."""

from __future__ import annotations

import os
import shutil

from assetgen.record import record
from tests.support.branches import conflict, torn
from tests.support.cures import Stage, State
from tests.support.stages import bought, damage, drawn, edit, listed, pictures
from tests.support.tiny import want

_RECORD = record.place("a")


def _locked(stage: Stage) -> None:
    stage.place.covers("a")
    stage.place.write(".git/index.lock", "")


def _of_somebody_else(stage: Stage) -> None:
    stage.place.covers("a")
    for path in (stage.place.root, stage.place.root / ".git"):
        os.chown(path, 12345, 12345)


def _without_a_name(stage: Stage) -> None:
    """Git does not know who commits."""
    for name in [name for name in stage.environ if name.startswith(("GIT_AUTHOR", "GIT_COMM"))]:
        del stage.environ[name]
    stage.place.git("config", "user.useConfigOnly", "true")
    listed(stage, "a")


def _unsigned(stage: Stage) -> None:
    stage.place.git("config", "commit.gpgsign", "true")
    stage.place.git("config", "gpg.program", "false")
    listed(stage, "a")


def _torn_module(stage: Stage) -> None:
    """Both sides of a merge changed the typed module."""
    _torn_file(stage, "src/a.ts")


def _torn_schema(stage: Stage) -> None:
    """Both sides of a merge changed the schema."""
    _torn_file(stage, ".assetgen/assets.schema.json")


def _torn_file(stage: Stage, path: str) -> None:
    place = stage.place
    drawn(stage, "a")
    place.manifest('[project]\nemit = "src/a.ts"\n' + place.read("assets.toml").decode())
    stage.commit()
    ours, theirs = (f"// Written by `assetgen emit` for {name}\n" for name in ("main", "topic"))
    conflict(place, path, ours.encode(), theirs.encode())


def _merging(stage: Stage) -> None:
    """The user is in the middle of a merge."""
    stage.place.write("text", "one")
    stage.commit()
    conflict(stage.place, "text", b"three", b"two")
    listed(stage, "a")


def _merged(stage: Stage) -> None:
    stage.place.git("add", "text")
    stage.place.git("commit", "-qm", "merged")


def _ignored(stage: Stage) -> None:
    listed(stage, "a")
    stage.place.write(".gitignore", "public\n")


def _ignored_and_drawn(stage: Stage) -> None:
    _ignored(stage)
    stage.place.git("add", "-A")
    stage.ok("generate", "--no-commit")


def _sparse(stage: Stage) -> None:
    """A sparse checkout that leaves out the folder of a picture that is not staged."""
    stage.commit()
    listed(stage, "a")
    stage.place.git("add", "-A")
    stage.place.git("sparse-checkout", "set", "--no-cone", "/*", "!/public/")
    stage.ok("generate", "--no-commit")


def _sparse_and_ignored(stage: Stage) -> None:
    stage.place.write(".gitignore", "public\n")
    _sparse(stage)


# -- files that git has ----------------------------------------------------------------------------


def _without_picture(stage: Stage) -> None:
    """A paid picture that only git has: HEAD and the index."""
    bought(stage, "a")
    _without_cache(stage)
    (stage.place.root / "public/a.png").unlink()


def _without_staged_picture(stage: Stage) -> None:
    _without_picture(stage)
    stage.place.git("add", "-A")


def _without_one_staged_picture(stage: Stage) -> None:
    """One file of a paid picture is removed from the index, the other is not."""
    bought(stage, "a", more="variants = { widths = [512] }")
    _without_cache(stage)
    for path in ("public/a.png", "public/a-512.png"):
        (stage.place.root / path).unlink()
    stage.place.git("rm", "-q", "--cached", "public/a.png")


def _without_picture_and_record(stage: Stage) -> None:
    _without_picture(stage)
    (stage.place.root / _RECORD).unlink()


def _without_cache(stage: Stage) -> None:
    for folder in (".assetgen/cache", ".git/assetgen"):
        shutil.rmtree(stage.place.root / folder, ignore_errors=True)


def _edited_in_work(stage: Stage) -> None:
    drawn(stage, "a")
    edit(stage)


def _edited_and_staged(stage: Stage) -> None:
    _edited_in_work(stage)
    stage.place.git("add", "-A")


def _edit_staged_only(stage: Stage) -> None:
    """The index has an edited file, the working tree another one."""
    _edited_and_staged(stage)
    edit(stage, b"still more")


def _edit_staged_and_removed(stage: Stage) -> None:
    _edited_and_staged(stage)
    (stage.place.root / "public/a.png").unlink()


def _removal_staged(stage: Stage) -> None:
    """The index lacks a paid picture that the working tree has."""
    bought(stage, "a")
    _without_cache(stage)
    stage.place.git("rm", "-q", "--cached", "public/a.png")


# -- records ---------------------------------------------------------------------------------------


def _damaged_in_work(stage: Stage) -> None:
    drawn(stage, "a")
    damage(stage)


def _damaged_and_staged(stage: Stage) -> None:
    _damaged_in_work(stage)
    stage.place.git("add", "-A")


def _damage_staged_only(stage: Stage) -> None:
    drawn(stage, "a")
    before = stage.place.read(_RECORD)
    damage(stage)
    stage.place.git("add", "-A")
    stage.place.write(_RECORD, before)


def _record_unstaged(stage: Stage) -> None:
    drawn(stage, "a")
    stage.place.write("templates/tiny/plain.html", "<html style='background: #00f'></html>")
    stage.ok("generate", "--no-commit")
    stage.place.git("add", "templates", "assets.toml", "public")


def _unstaged_files(stage: Stage) -> None:
    pictures(stage, "a")
    stage.place.git("add", "assets.toml", "templates")


def _unstaged_manifest(stage: Stage) -> None:
    pictures(stage, "a")


def _unstaged_page(stage: Stage) -> None:
    stage.place.covers("a")
    text = stage.place.read("assets.toml").decode()
    stage.place.manifest(text.replace("path =", 'from = "app/[slug]/a.md"\npath =', 1))
    stage.place.write("app/[slug]/a.md", "---\ntitle: A\n---\n")
    stage.place.git("add", "assets.toml")


def _unrecorded(stage: Stage) -> None:
    drawn(stage, "a")
    stage.place.picture("public/it is's.png")
    stage.place.git("add", "-A")


# -- conflicts -------------------------------------------------------------------------------------


def _painted(stage: Stage, colour: str) -> None:
    from PIL import Image

    place = stage.place
    Image.new("RGB", (40, 20), colour).save(place.root / "in.png")
    want(place, "a")
    stage.ok("adopt", "a", "in.png", "--no-commit", "--force")
    (place.root / "in.png").unlink()


def _sides(stage: Stage) -> None:
    """A picture that two branches replaced."""
    drawn(stage, "a")
    stage.place.git("switch", "-q", "-c", "topic")
    _painted(stage, "red")
    stage.commit()
    stage.place.git("switch", "-q", "main")


def _conflict(stage: Stage) -> None:
    _sides(stage)
    _painted(stage, "blue")
    stage.commit()
    stage.place._run(["git", "merge", "topic"], stage.place.root, stage.place.environ)


def _conflict_with_removal(stage: Stage) -> None:
    _sides(stage)
    stage.place.git("rm", "-q", "-r", "public", ".assetgen/records")
    stage.commit()
    want(stage.place, "a")
    stage.place._run(["git", "merge", "topic"], stage.place.root, stage.place.environ)


def _conflict_after_stash(stage: Stage) -> None:
    drawn(stage, "a")
    _painted(stage, "red")
    stage.place.git("stash", "push", "-q")
    _painted(stage, "blue")
    stage.commit()
    stage.place._run(["git", "stash", "pop"], stage.place.root, stage.place.environ)


def _conflict_after_stashed_removal(stage: Stage) -> None:
    drawn(stage, "a")
    stage.place.git("rm", "-q", "-r", "public", ".assetgen/records")
    stage.place.git("stash", "push", "-q")
    _painted(stage, "blue")
    stage.commit()
    stage.place._run(["git", "stash", "pop"], stage.place.root, stage.place.environ)


_STAGED = "check --staged"


def _manifest_torn(stage: Stage) -> None:
    """A paid picture that is missing, and a manifest that git has not merged."""
    stage.shop.wants("a")
    stage.commit()
    data = stage.place.read("assets.toml")
    torn(stage.place, "assets.toml", b"# 1\n" + data, b"# 2\n" + data)


STATES = [
    State(("fs/git_command", "rm -- {lock}"), _locked, "generate"),
    State(
        ("fs/git_command", "git config --global --add safe.directory {folder}"),
        _of_somebody_else,
        "generate",
        needs_root=True,
    ),
    State(
        (
            "fs/git_command",
            (
                'git config user.name "You" && git config user.email you@example.org && '
                "assetgen generate"
            ),
        ),
        _without_a_name,
        "generate",
    ),
    State(("fs/git_command", "git config commit.gpgsign false"), _unsigned, "generate"),
    State(("fs/commits", "assetgen generate"), _merging, "generate", first=_merged),
    State(("fs/git_cures", "assetgen generate --no-commit"), _ignored, "plan"),
    State(("fs/git_cures", "git restore -- {staged}"), _without_picture),
    State(
        ("fs/git_cures", "git restore --staged --worktree -- {rest}"),
        _without_staged_picture,
    ),
    State(
        ("fs/git_cures", "git restore --source={commit} --staged --worktree -- {there}"),
        _conflict,
    ),
    State(("fs/git_cures", "git rm -q -f -- {gone}"), _conflict_with_removal),
    State(
        ("fs/git_cures", "{first} && {then}"),
        _without_one_staged_picture,
    ),
    State(
        ("fs/git_cures", "git checkout --theirs -- {there} && {add}"),
        _conflict_after_stash,
    ),
    State(("fs/git_cures", "git rm -q -- {gone}"), _conflict_after_stashed_removal),
    State(
        ("plan/decide", "{record} && {files}"),
        _without_picture_and_record,
    ),
    State(("fs/git_cures", "git add -- {paths}"), _damage_staged_only, _STAGED),
    State(("fs/git_cures", "git add -- {paths}"), _manifest_torn),
    State(
        ("check/torn", "assetgen schema > {file}"),
        _torn_schema,
        parts=(("check/torn", "{write} && {add}"),),
    ),
    State(("check/emitted", "assetgen emit"), _torn_module),
    State(("fs/git_cures", "git add -- {paths}"), _removal_staged, _STAGED),
    State(
        ("plan/holdings", "git restore --staged -- {changed}"),
        _edit_staged_only,
        _STAGED,
    ),
    State(
        ("plan/holdings", "git restore --staged --worktree -- {absent}"),
        _edit_staged_and_removed,
        _STAGED,
    ),
    State(("plan/holdings", "git restore -- {place}"), _damaged_in_work, replaces=(_RECORD,)),
    State(("plan/holdings", "git restore --staged --worktree -- {place}"), _damaged_and_staged),
    State(("fs/git_cures", "git add -- {paths}"), _unstaged_manifest, _STAGED),
    State(("fs/git_cures", "git add -- {paths}"), _unstaged_page, _STAGED),
    State(("fs/git_cures", "git add -- {paths}"), _unstaged_files, _STAGED),
    State(("fs/git_cures", "git add -- {paths}"), _record_unstaged, _STAGED),
    State(("fs/git_cures", "git add -f -- {paths}"), _ignored_and_drawn, _STAGED),
    State(("fs/git_cures", "git add --sparse -- {paths}"), _sparse, _STAGED),
    State(("fs/git_cures", "git add -f --sparse -- {paths}"), _sparse_and_ignored, _STAGED),
    State(("check/unrecorded", "git reset -q -- {path}"), _unrecorded, _STAGED),
]
