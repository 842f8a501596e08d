"""States of hooks and of Codex threads, and the commands that are printed there."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from pathlib import Path

from assetgen.cure import command
from assetgen.init import githook
from tests.support.cures import Printed, Stage, State
from tests.support.stages import drawn
from tests.support.vendor import encoded

_SITE = "it's a site"
_RENEWED = 'assetgen init --hook -C "$(git rev-parse --show-toplevel)"/{folder}'

# -- hooks -----------------------------------------------------------------------------------------


def _hook_without_program(stage: Stage) -> None:
    """A hook whose interpreter was removed; the user is in a folder of the project."""
    drawn(stage, "a")
    stage.place.write("sub/x", "")
    stage.folder = "sub"
    githook.init(stage.place.root, stage.environ, "/gone/python")


def _hook_of_site_without_program(stage: Stage) -> None:
    """The same in a repository of which the project is a part; the user is at its top."""
    stage.place.write(f"{_SITE}/assets.toml", "")
    stage.ok("init", "-C", _SITE)
    stage.commit()
    githook.init(stage.place.root / _SITE, stage.environ, "/gone/python")


def _husky(stage: Stage) -> None:
    """A committed hook where assetgen is not installed."""
    drawn(stage, "a")
    stage.place.git("config", "core.hooksPath", ".husky/_")
    stage.ok("init", "--hook")
    stage.place.git("config", "core.hooksPath", ".husky")  # as the scripts of husky do
    stage.place.git("add", "-A")
    stage.environ["GIT_EDITOR"] = "echo message >"


def _committed(stage: Stage) -> Printed:
    """What git prints when the user commits."""
    environ = {**stage.environ, "PATH": os.defpath}
    place = stage.place
    commit = ["git", "commit", "--allow-empty", "-m", "more"]
    ran = place._run(commit, place.root / stage.folder, environ)
    return Printed(ran.code, ran.out + ran.err, [("init/githook", command(_RENEWED, folder=_SITE))])


# -- a Codex thread --------------------------------------------------------------------------------

_THREAD = "01a204c4-06ea-7901-b9ed-711874b4ab82"


def _codex_thread(stage: Stage) -> None:
    """A Codex thread that has drawn an image, in which the command runs."""
    stage.place.manifest(
        '[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a & (b).png"\nalt = "A"\n'
        'route = "codex"\nprompt = "A plane"\n'
    )
    home = Path(stage.environ["HOME"], ".codex")
    stage.environ |= {"CODEX_THREAD_ID": _THREAD, "CODEX_HOME": str(home)}
    picture = encoded("PNG")
    item = {
        "type": "Extension",
        "kind": "image_gen.generation",
        "id": "call_1",
        "status": "completed",
        "result": b64encode(picture).decode(),
    }
    event = {"type": "event_msg", "payload": {"type": "item_completed", "item": item}}
    for path, data in {
        f"sessions/2026/11/30/rollout-2026-11-30-{_THREAD}.jsonl": json.dumps(event).encode(),
        f"generated_images/{_THREAD}/call_1.png": picture,
    }.items():
        (home / path).parent.mkdir(parents=True)
        (home / path).write_bytes(data)


STATES = [
    State(
        ("init/githook", 'assetgen init --hook -C "$(git rev-parse --show-toplevel)"'),
        _hook_without_program,
        shown=_committed,
    ),
    State(
        ("init/githook", _RENEWED),
        _hook_of_site_without_program,
        shown=_committed,
    ),
    State(("init/githook", "git commit --no-verify"), _husky, shown=_committed, settles=False),
    State(
        ("generate/commit", "{add} && git commit -m {message}"),
        _codex_thread,
        "adopt a",
        settles=False,
    ),
]
