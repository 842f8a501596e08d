"""States of paid requests and of the provider, and the commands that are printed there."""

from __future__ import annotations

import json
import shutil
from base64 import b64encode

from assetgen.fs import home
from assetgen.fs.lock import locked
from assetgen.paid.log_file import STRAY
from tests.support.cures import Stage, State
from tests.support.stages import listed


def _unknown(stage: Stage) -> None:
    """A request that was sent, and whose connection ended before its reply."""
    stage.shop.wants("a")
    stage.commit()
    stage.provider.fault("reset_after")
    stage.shop.fails()


def _replied(stage: Stage) -> None:
    """A paid reply is stored, because its picture could not be written."""
    stage.shop.wants("a")
    stage.commit()
    stage.provider.meanwhile = lambda: stage.place.write("public", "a file, not a folder")
    stage.shop.fails()
    stage.provider.meanwhile = lambda: None
    (stage.place.root / "public").unlink()


def _replied_to_another_prompt(stage: Stage) -> None:
    _replied(stage)
    _asks_for_something_else(stage)


def _asks_for_something_else(stage: Stage) -> None:
    text = stage.place.read("assets.toml").decode()
    stage.place.manifest(text.replace("A paper plane leaving", "A ship leaving"))
    stage.commit()


def _replied_by_a_gateway(stage: Stage) -> None:
    """A stored reply to another prompt; its route does not tell the bill."""
    stage.environ["ASSETGEN_CONFIG"] = str(stage.place.root.parent / "config.toml")
    stage.shop.gateway()
    del stage.environ["OPENAI_API_KEY"]
    (stage.place.root.parent / "config.toml").write_text(stage.shop.user_config)
    _replied_to_another_prompt(stage)


def _reply_is_gone(stage: Stage) -> None:
    _replied_to_another_prompt(stage)
    for place in home.places(stage.place.root):
        shutil.rmtree(place.path / home.REPLIES, ignore_errors=True)


def _stray(stage: Stage) -> None:
    """A stored reply of a log that is gone."""
    stage.shop.wants("a", "b")
    stage.shop.buys("b")
    stage.commit()
    photo = stage.place.picture("photo.png", size=(1024, 1024)).read_bytes()
    folder = home.of(stage.place.root).path / home.REPLIES
    folder.mkdir(parents=True, exist_ok=True)
    reply = {"data": [{"b64_json": b64encode(photo).decode()}]}
    (folder / f"{STRAY}1234-1").write_text(json.dumps(reply))


def _late(stage: Stage) -> None:
    """The provider has the answer of a run that ended before it was finished."""
    stage.provider.polls = 5
    stage.shop.route = "responses"
    stage.shop.wants("a")
    stage.commit()
    stage.shop.fails(patience=1.0)


def _another_run(stage: Stage) -> None:
    """Another run is working in a project that bought a picture."""
    stage.shop.wants("a")
    stage.shop.buys()
    stage.commit()
    listed(stage, "b")  # nothing is bought any more, so no route is asked for a test image
    del stage.environ["OPENAI_API_KEY"]
    stage.ends.enter_context(locked(stage.place.root))


def _other_run_ends(stage: Stage) -> None:
    stage.ends.close()


def _unclear(stage: Stage) -> None:
    """OpenAI answers the question for its models with an error that says nothing."""
    stage.shop.wants("a")
    stage.provider.fault("server_error_before", method="GET")


def _by_openai(stage: Stage) -> None:
    """A picture of OpenAI, which a proxy keeps out of reach."""
    stage.shop.wants("a")
    del stage.environ["OPENAI_BASE_URL"]
    stage.environ |= {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}


def _wanted(stage: Stage) -> None:
    stage.shop.wants("a")
    stage.commit()


def _next_probe_fails(stage: Stage) -> None:
    _wanted(stage)
    stage.provider.fault("reset_after")


def _continuous_integration(stage: Stage) -> None:
    _wanted(stage)
    stage.environ["CI"] = "true"


def _paid(name: str) -> tuple[str, str]:
    return ("doctor/open_purchases", name)


_ADOPT = _paid("assetgen adopt {asset} {file}")
STATES = [
    State(_paid("assetgen generate {name} --force"), _unknown, "doctor", pays=1),
    State(_paid("assetgen generate {name}"), _replied, "doctor"),
    State(_paid("assetgen generate {name} --resume"), _late, "doctor"),
    State(_paid("assetgen doctor --forget {number}"), _reply_is_gone, "doctor"),
    State(_ADOPT, _replied_to_another_prompt, "doctor", settles=False),  # then --forget
    State(
        _paid("{adopt} --route {route}"),
        _replied_by_a_gateway,
        "doctor",
        parts=(_ADOPT,),
        settles=False,  # then --forget
    ),
    State(_ADOPT, _stray, "doctor", fills={"ID": "a"}, settles=False),
    State(_paid("assetgen doctor"), _another_run, "doctor", first=_other_run_ends, settles=False),
    State(("doctor/providers", "assetgen doctor"), _unclear, "doctor", settles=False),
    State(
        ("doctor/providers", "assetgen doctor --probe"),
        _by_openai,
        "doctor",
        settles=False,
        exits=(11,),  # it asks, and a shell without a terminal cannot answer
    ),
    State(
        ("doctor/probe", "assetgen doctor --probe"),
        _next_probe_fails,
        "doctor --probe --yes",
        settles=False,
        exits=(11,),  # it asks
    ),
    State(
        ("commands/doctor", "assetgen doctor --probe --yes"),
        _wanted,
        "doctor --probe",
        pays=1,
        settles=False,  # each probe asks
    ),
    State(("generate/buyer", "assetgen generate {id} --force"), _unknown, "generate", pays=1),
    State(
        ("generate/buyer", "assetgen doctor"),
        _unknown,
        "generate",
        settles=False,
        exits=(12,),  # it lists the request, which is still open
    ),
    State(
        ("generate/selection", "assetgen generate --pay"),
        _continuous_integration,
        "generate",
        pays=1,
    ),
]
