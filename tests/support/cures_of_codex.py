"""States of the Codex CLI, which is a script here, and the commands that are printed there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.support.cures import Stage, State

#: An asset that Codex draws.
BY_CODEX = """
[[asset]]
id = "a"
kind = "cover"
path = "public/a.png"
alt = "A"
route = "codex"
prompt = "A plane"
"""
_THREAD = "00000000-0000-0000-0000-00000000000"
_IMAGES = ".codex/generated_images"
#: Each run is a thread of its own, the first one ``_THREAD`` + 1, and does what ``{does}`` says.
_CODEX = """#!/bin/sh
here=$(dirname "$0")
case "$1 $2" in
"--version ") echo "codex-cli 0.169.0" ;;
"app-server -c") read -r a; read -r b; read -r c; echo '{{"id":1,"result":{{"config":{{}}}}}}' ;;
"features list") echo "image_generation stable true" ;;
"login status") {then}; echo "Logged in using ChatGPT" ;;
"doctor ") echo "all is well" ;;
"exec --json")
  cat > "$here/brief"
  {before}
  number=$(($(ls "$HOME/{images}" 2>/dev/null | wc -l) + 1))
  folder="$HOME/{images}/{thread}$number"
  mkdir -p "$folder"
  echo '{{"type":"thread.started","thread_id":"{thread}'$number'"}}'
  {does} ;;
*) exit 2 ;;
esac
"""
_DRAWS = 'cp "$here/one.png" "$folder"'
_AT_FIRST = 'if [ $number = 1 ]; then {does}; else cp "$here/one.png" "$folder"; fi'
_REPLACED = """printf '#!/no/such/shell\\n' > "$0.new"; chmod +x "$0.new"; mv "$0.new" "$0\""""
_BLOCKED = (
    """echo '{"type":"turn.failed","error":{"message":"Your account has been deactivated"}}'"""
)


def _codex(does: str = _DRAWS, *, before: str = "", then: str = ":") -> Callable[[Stage], None]:
    """A picture of route codex, not drawn, and a Codex CLI that does ``does``."""

    def prepare(stage: Stage) -> None:
        program = stage.place.root.parent / "bin/codex"
        program.parent.mkdir()
        program.write_text(
            _CODEX.format(does=does, before=before, then=then, images=_IMAGES, thread=_THREAD)
        )
        program.chmod(0o755)
        for name, size in (("one", (64, 48)), ("two", (48, 64))):
            made = stage.place.picture(f"{name}.png", size=size)
            shutil.move(made, program.parent / made.name)
        stage.environ["PATH"] = f"{program.parent}{os.pathsep}{stage.environ['PATH']}"
        stage.place.manifest(BY_CODEX)
        stage.commit()

    return prepare


def _hangs(stage: Stage) -> None:
    """Codex is stopped because it takes too long; it draws when it is asked again."""
    _codex(_AT_FIRST.format(does="exec sleep 60"))(stage)
    stage.patience = 0.5


def _was_drawn_after_all(stage: Stage) -> None:
    one = stage.place.root.parent / "bin/one.png"
    shutil.copy(one, Path(stage.environ["HOME"]) / _IMAGES / f"{_THREAD}1")


def _two_images_of_the_agent(stage: Stage) -> None:
    """An agent whose thread has two images runs assetgen."""
    _codex()(stage)
    folder = Path(stage.environ["HOME"]) / _IMAGES / f"{_THREAD}1"
    shutil.copytree(stage.place.root.parent / "bin", folder)
    stage.environ["CODEX_THREAD_ID"] = f"{_THREAD}1"


_TWO = 'cp "$here"/*.png "$folder"; sleep 1'
_NO_IMAGE = _AT_FIRST.format(does='echo text > "$folder/one.png"')
STATES = [
    State(
        ("routes/codex", "assetgen adopt {asset} FILE --route codex"),
        _codex(_TWO),
        "generate",
        fills={"FILE": f'"$HOME/{_IMAGES}/{_THREAD}1/two.png"'},
    ),
    State(
        ("routes/codex", "assetgen adopt {asset} {place}/FILE"),
        _two_images_of_the_agent,
        "adopt a",
        fills={"FILE": "two.png"},
    ),
    State(("routes/codex", "assetgen generate {asset} --force"), _codex(_NO_IMAGE), "generate"),
    State(
        ("routes/codex", "codex exec"),
        _codex(then=_REPLACED),
        "generate",
        settles=False,
        exits=(126, 127),  # it shows that Codex cannot be started
    ),
    State(
        ("codex/failures", "assetgen generate --resume"),
        _hangs,
        "generate",
        first=_was_drawn_after_all,
    ),
    State(("codex/failures", "assetgen generate {asset} --force"), _hangs, "generate"),
    State(("codex/failures", "assetgen routes"), _codex(_BLOCKED), "generate", settles=False),
    State(("codex/failures", "codex doctor"), _codex(before="exit 1"), "generate", settles=False),
    State(("codex/failures", "codex doctor"), _codex(":"), "generate", settles=False),
]
