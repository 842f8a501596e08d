"""The command line from outside: output that cannot be written, encodings, removed folders."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from assetgen import snapshot
from tests.support.place import Place

_CYRILLIC = """\
[[asset]]
id = "a"
kind = "cover"
path = "public/a.png"
alt = "A"
[asset.values]
title = "Тест 🦊"
"""


def _shell(place: Place, script: str) -> tuple[int, str]:
    """Run a shell script in which $ASSETGEN is the command; its exit code and standard error."""
    environ = {**place.environ, "ASSETGEN": f"{sys.executable} -P -m assetgen"}
    done = subprocess.run(
        ["bash", "-c", script], cwd=place.root, env=environ, capture_output=True, timeout=60
    )
    return done.returncode, done.stderr.decode()


def test_text_outside_the_encoding_of_the_terminal_is_escaped(bare: Place) -> None:
    bare.manifest("")
    bare.picture("public/имя.png")
    ran = bare.run("check", PYTHONIOENCODING="ascii")
    assert (ran.code, "Traceback" in ran.err) == (1, False)
    assert "public/\\u0438\\u043c\\u044f.png: unrecorded" in ran.out


def test_json_is_valid_in_every_encoding(bare: Place) -> None:
    bare.manifest(_CYRILLIC)
    ran = bare.ok("request", "a", "--json", PYTHONIOENCODING="ascii")
    assert "Тест" in ran.data["html"] and "🦊" in ran.data["html"]
    page = bare.ok("request", "a", PYTHONIOENCODING="latin-1").out
    assert "Тест" in page


_STREAMS: dict[str, tuple[str, int, str]] = {
    # the case: (script, exit code, a part of standard error)
    "closed": ("$ASSETGEN plan >&-", 0, ""),
    "both closed": ("$ASSETGEN show zzz >&- 2>&-", 2, ""),
    "full": ("$ASSETGEN schema >/dev/full", 9, "No space left"),
    "full, small": (
        "$ASSETGEN --version >/dev/full",
        9,
        "the output cannot be written: No space left",
    ),
    "full for errors": ("$ASSETGEN show zzz 2>/dev/full", 2, ""),
    "full for JSON": ("$ASSETGEN show zzz --json >/dev/full", 2, ""),
    "reader gone": ("set -o pipefail; { sleep 0.3; $ASSETGEN schema; } | true", 141, ""),
    "reader of help gone": ("set -o pipefail; { sleep 0.3; $ASSETGEN --help; } | true", 0, ""),
}


@pytest.mark.parametrize(("script", "code", "said"), _STREAMS.values(), ids=_STREAMS)
def test_output_that_cannot_be_written_causes_no_traceback(
    script: str, code: int, said: str, bare: Place
) -> None:
    bare.manifest("")
    ended, err = _shell(bare, script)
    assert (ended, "Traceback" in err, "Exception ignored" in err) == (code, False, False), err
    assert said in err


def test_a_clean_check_that_cannot_be_written_causes_no_traceback(place: Place) -> None:
    place.manifest("")
    place.ok("init")
    time.sleep(snapshot.RACY_NS / 1e9 + 0.1)  # only files that are old enough need no reading
    place.ok("check")
    gone = "set -o pipefail; { sleep 0.3; $ASSETGEN check; } | true"
    for script, code in (
        ("$ASSETGEN check >/dev/full", 9),
        ("$ASSETGEN check >&-", 0),
        (gone, 141),
    ):
        ended, err = _shell(place, script)
        assert (ended, "Traceback" in err, "Exception ignored" in err) == (code, False, False), err


@pytest.mark.parametrize("arguments", ["plan", "check", "init", "show a", "-C . plan"])
def test_a_removed_current_folder_is_reported(arguments: str, bare: Place) -> None:
    code, err = _shell(bare, f'mkdir gone; cd gone; rmdir "$PWD"; $ASSETGEN {arguments}')
    assert (code, "Traceback" in err) == (9, False), err
    assert "the current folder does not exist any more" in err


@pytest.mark.parametrize("command", ["plan", "init"])
def test_links_that_form_a_loop_cause_no_traceback(command: str, bare: Place) -> None:
    (bare.root / "loop").symlink_to("loop")
    ran = bare.run(command, "-C", "loop")
    assert ran.code in (2, 9) and "Traceback" not in ran.err and ran.err.startswith("assetgen: ")


@pytest.mark.parametrize("arguments", ["plan", "check", "generate nope", "cost", "show x"])
def test_a_terminal_without_a_width_changes_no_message(arguments: str, place: Place) -> None:
    """Some start commands with COLUMNS=0: containers, expect, Emacs."""
    usual, unknown = (place.run(*arguments.split(), COLUMNS=columns) for columns in ("80", "0"))
    assert usual.out + usual.err
    assert (unknown.code, unknown.out, unknown.err) == (usual.code, usual.out, usual.err)
