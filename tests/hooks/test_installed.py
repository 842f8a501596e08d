"""The hooks as users get them: installed from a clone, in an environment of the hook runner."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.support.hook_runners import CHECK, FREE, ROOT, Hooked, documented, step
from tests.support.place import Place
from tests.support.tiny import tiny, want

_BUILD = {
    "pre-commit": ["pre-commit", "install", "--install-hooks"],
    "prek": ["prek", "install", "--prepare-hooks"],
}


@dataclass(frozen=True)
class Source:
    """A clone of this repository at HEAD, and the cache folder of the runners."""

    clone: Path
    commit: str
    built: Path


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    folder = tmp_path_factory.mktemp("hooks")
    clone = folder / "assetgen"
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(clone)], check=True)
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=clone, check=True, capture_output=True, text=True
    )
    return Source(clone, head.stdout.strip(), folder)


def hooked(place: Place, source: Source, runner: str) -> Hooked:
    """A project set up as docs/hooks.md says, with hooks from the clone."""
    place.write(".gitignore", ".assetgen/cache/\n")
    tiny(place, "a", "b")
    config = documented("repos:")
    config["repos"][0] |= {"repo": str(source.clone), "rev": source.commit}
    place.write(".pre-commit-config.yaml", yaml.safe_dump(config))
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "pictures")
    project = Hooked(place)
    project.environ |= {name: str(source.built / name) for name in ("PRE_COMMIT_HOME", "PREK_HOME")}
    # What installs looks where the user's own settings say.
    environ = {
        **os.environ,
        **{name: project.environ[name] for name in ("PATH", "PRE_COMMIT_HOME", "PREK_HOME")},
    }
    subprocess.run(_BUILD[runner], cwd=place.root, env=environ, check=True, timeout=900)
    # Only git and the shell are on the PATH, so the hooks must run what was installed for them.
    bare = place.root.parent / "bin"
    bare.mkdir(exist_ok=True)
    for name in (runner, "git", "sh"):
        found = subprocess.run(
            ["sh", "-c", f"command -v {name}"], env=environ, capture_output=True, text=True
        )
        (bare / name).symlink_to(found.stdout.strip())
    return project


@pytest.mark.parametrize("runner", _BUILD)
def test_an_installed_hook_stops_a_commit_until_its_cure_is_run(
    runner: str, place: Place, source: Source
) -> None:
    project = hooked(place, source, runner)
    alone = {"PATH": f"{place.root.parent / 'bin'}:/usr/bin:/bin"}
    want(place, "a", "b", "c")
    place.git("add", "assets.toml")
    stopped = project.commit(environ=alone)
    said = stopped.out + stopped.err
    assert stopped.code != 0 and FREE in said, said
    assert project.cure(said) == "git add -- public/c.png .assetgen/records/c.json"
    passed = project.commit(environ=alone)
    assert passed.code == 0, passed.out + passed.err
    place.write("public/a.png", place.read("public/a.png") + b"more")
    stopped = project.commit("-a", environ=alone)
    said = stopped.out + stopped.err
    assert stopped.code != 0 and CHECK in said and "public/a.png: edited" in said, said


def test_the_action_installs_its_own_checkout(place: Place, source: Source) -> None:
    tiny(place, "a")
    project = Hooked(place)
    written = place.root.parent / "github-env"
    temp = place.root.parent / "temp"
    temp.mkdir()
    runner = {
        **os.environ,
        "RUNNER_TEMP": str(temp),
        "GITHUB_ACTION_PATH": str(source.clone),
        "GITHUB_ENV": str(written),
    }
    ran = step(project, "install assetgen", runner)
    assert ran.code == 0, ran.err
    given = dict(line.split("=", 1) for line in written.read_text().splitlines())
    assert step(project, "assetgen check", given, release="true").code == 0
    place.write("public/a.png", b"changed")
    assert "::error file=public/a.png" in step(project, "assetgen check", given).out


@pytest.mark.skipif(not shutil.which("npm"), reason="needs npm")
def test_with_husky_the_hook_is_a_husky_hook(place: Place) -> None:
    place.write(".gitignore", ".assetgen/cache/\nnode_modules/\n")
    tiny(place, "a")
    place.write("package.json", '{"private": true}\n')
    command = "npm install --silent --no-audit --no-fund husky@9 && npx husky"
    subprocess.run(
        ["sh", "-c", command], cwd=place.root, env={**os.environ}, check=True, timeout=300
    )
    assert place.git("config", "core.hooksPath") == ".husky/_"
    project = Hooked(place)
    assert project.run("assetgen", "init", "--hook").code == 0
    place.git("add", "-A")
    assert project.commit().code == 0
    assert ".husky/pre-commit" in place.git("ls-files")
    place.write("public/a.png", b"changed")
    stopped = project.commit("-a")
    assert stopped.code != 0 and "public/a.png: marking" in stopped.out + stopped.err
