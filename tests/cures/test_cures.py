"""Every command of a cure: run by a test in the state that prints it, or listed as not yet.

A ``State`` brings a project into a state, and names the command that prints the cure. The printed
command is run by a shell as it is printed; it must succeed, lose nothing, and buy nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cures import Key, Stage, State, commands
from tests.support.cures_of_approvals import STATES as OF_APPROVALS
from tests.support.cures_of_baseline import STATES as OF_BASELINE
from tests.support.cures_of_batches import STATES as OF_BATCHES
from tests.support.cures_of_builds import STATES as OF_BUILDS
from tests.support.cures_of_candidates import STATES as OF_CANDIDATES
from tests.support.cures_of_codex import STATES as OF_CODEX
from tests.support.cures_of_doctor import STATES as OF_DOCTOR
from tests.support.cures_of_git import STATES as OF_GIT
from tests.support.cures_of_hooks import STATES as OF_HOOKS
from tests.support.cures_of_pages import STATES as OF_PAGES
from tests.support.cures_of_pictures import STATES as OF_PICTURES
from tests.support.cures_of_records import STATES as OF_RECORDS
from tests.support.cures_of_replies import STATES as OF_REPLIES
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.rows import one_of_each

STATES: tuple[State, ...] = (
    *OF_GIT,
    *OF_HOOKS,
    *OF_PICTURES,
    *OF_PAGES,
    *OF_RECORDS,
    *OF_BASELINE,
    *OF_BUILDS,
    *OF_DOCTOR,
    *OF_CODEX,
    *OF_REPLIES,
    *OF_BATCHES,
    *OF_APPROVALS,
    *OF_CANDIDATES,
)
#: Commands that no test can run, and why.
NOT_RUN: dict[Key, str] = {
    key: why
    for why, keys in {
        "needs a network and npm": [
            ("codex/cli", "npm install -g @openai/codex"),
            ("codex/configuration", "npm install -g @openai/codex"),
        ],
        "needs a network and pip": [
            ("commands/mcp", "pip install 'repo-assetgen[mcp]'"),
            ("commands/review", "pip install 'repo-assetgen[review]'"),
        ],
        "is for the clone with the original; tests/generate/test_weight.py runs it there": [
            ("check/heavy", "assetgen generate {id}"),
        ],
        "downloads a font; tests/init/test_font_files.py does it from an index on loopback": [
            ("init/font_files", "assetgen fonts add {name}"),
            ("init/font_files", "pip config list"),
            ("layouts/sanitize", "assetgen fonts add {name}"),
        ],
        "needs a hundred candidates": [("generate/choosing", "assetgen pick {id}")],
        "needs root": [("watch/watcher", "sudo sysctl fs.inotify.{limit}={value}")],
        "needs a ChatGPT account": [
            ("codex/cli", "codex login"),
            ("codex/configuration", "codex doctor"),
            ("codex/failures", "codex login"),
            ("codex/failures", "codex exec hello"),
            ("codex/cli", "codex {arguments}"),
            ("codex/cli", "codex features enable image_generation"),
        ],
        "needs the user's key in place of the dots": [
            ("settings/provider", "export {key_env}=...")
        ],
        "is run where .git is read-only, in tests/paid/test_home.py": [
            ("paid/log_file", "assetgen generate --draft --no-commit")
        ],
        "git itself does not work then": [
            ("fs/git_command", "git version"),
            ("fs/git_blobs", "git version"),
        ],
        "is the last resort: no request is known that cannot be prepared": [
            ("paid/transport", "assetgen doctor"),
            ("paid/unready", "assetgen doctor"),
        ],
        "needs an edit of the user's configuration first": [
            ("generate/buyer", "assetgen generate --resume")
        ],
        "does not end by itself": [
            ("watch/loop", "assetgen watch"),
            ("review/serve", "assetgen review"),
        ],
        "says what a button of the review page does, in tests/review": [
            ("review/offers", "assetgen approve {asset_id}"),
            ("review/offers", "assetgen revoke {asset_id}"),
            ("review/offers", "assetgen pick {asset} {number}"),
            ("review/offers", "assetgen refine {asset_id} --undo"),
            ("review/acts", "assetgen approve {asset_id}"),
            ("review/acts", "{line} --note {note}"),
            ("review/acts", "assetgen revoke {asset_id}"),
            ("review/acts", "assetgen pick {asset} {number}"),
            ("review/acts", "assetgen refine {asset} {say}"),
            ("review/acts", "{line} --box {box}"),
            ("review/acts", "{line} --candidates {number}"),
            ("review/acts", "assetgen refine {asset} --undo"),
        ],
        "only lists commits": [("review/earlier", "git log --oneline -n 20")],
    }.items()
    for key in keys
}

_LIST = Path(__file__).with_name("uncovered.txt")
#: How many commands ``uncovered.txt`` may list. Only ever make this smaller.
MOST_UNCOVERED = 0


def _uncovered() -> set[Key]:
    rows = (line.partition("\t") for line in _LIST.read_text("utf-8").splitlines())
    return {(module, template) for module, _, template in rows}


def test_every_command_is_run_or_says_why_not() -> None:
    known = {key for state in STATES for key in state.keys} | NOT_RUN.keys() | _uncovered()
    assert sorted(commands() - known) == []
    assert sorted(known - commands()) == [], "no cure has these any more"


def test_the_list_of_commands_that_are_not_run_yet_only_gets_shorter() -> None:
    assert not _uncovered() & ({key for state in STATES for key in state.keys} | NOT_RUN.keys())
    assert len(_uncovered()) <= MOST_UNCOVERED


@pytest.fixture
def stage(place: Place) -> Iterator[Stage]:
    """A project, and a provider on loopback."""
    with Provider() as provider:
        made = Stage(place, provider)
        with made.ends:
            yield made


@pytest.mark.skipif(os.name == "nt", reason="the commands are for a POSIX shell")
@pytest.mark.parametrize(
    "state",
    one_of_each(STATES, lambda state: state.keys[0][0].partition("/")[0]),  # by its wing
    ids=lambda state: state.name,
)
def test_the_printed_command_works_where_it_is_printed(state: State, stage: Stage) -> None:
    if state.needs_root and os.geteuid() != 0:
        pytest.skip("only root can give a folder to somebody else")
    state.check(stage)
