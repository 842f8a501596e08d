"""Projects with refined images whose intents name the path of the asset, as they once did."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from assetgen.fs import home
from assetgen.record import approval, candidates, record
from tests.support.place import Place


def rewrite(place: Place, asset_id: str, path: str) -> int:
    """Write the record of an asset, and all that is kept of it, in that form; how many there were.

    Each intent names ``path``; an approval is for the intent of the record.
    """
    at = place.root / record.place(asset_id)
    was = json.loads(at.read_bytes())["predicate"]["intent"]["digest"]
    at.write_bytes(_former(at.read_bytes(), path))
    now = json.loads(at.read_bytes())["predicate"]["intent"]["digest"]
    said = place.root / approval.places(asset_id)[0]
    if said.exists() and was != now:
        stated = json.loads(said.read_bytes())
        stated["predicate"]["intent"] = now
        said.write_bytes(record.write(stated))
    kept = sorted((home.of(place.root).path / home.RECORDS).glob("*.json"))
    rewritten = [_kept(file, path) for file in kept]
    return sum(rewritten)


def _kept(file: Path, path: str) -> bool:
    before = file.read_bytes()
    after = _former(before, path)
    if before == after:
        return False
    predicate = json.loads(after)["predicate"]
    key = record.digest(
        {"asset": predicate["asset"]["id"], "intent": predicate["intent"]["digest"]}
    )
    file.unlink()
    file.with_name(f"{key.removeprefix('sha256:')}.json").write_bytes(after)
    return True


def _former(data: bytes, path: str) -> bytes:
    whole: dict[str, Any] = json.loads(data)
    predicate = whole["predicate"]
    stated = predicate["intent"]
    intent = _named({k: v for k, v in stated.items() if k != "digest"}, path)
    digests = {}
    new, old = stated, intent
    while "after" in new:
        new, old = new["after"], old["after"]
        digests[record.digest(new)] = record.digest(old)
    for step in predicate.get("refined", ()):
        step["intent"] = digests.get(step["intent"], step["intent"])
    predicate["intent"] = {**intent, "digest": record.digest(intent)}
    predicate["inputs"] = intent["inputs"]
    return record.write(whole)


def _named(intent: Mapping[str, Any], path: str) -> dict[str, Any]:
    if "after" not in intent:
        return dict(intent)
    inputs = [{"path": path, **one} for one in intent["inputs"]]
    return {**intent, "inputs": inputs, "after": _named(intent["after"], path)}


def rewrite_candidates(place: Place, at: str, path: str) -> None:
    """Write the file of candidates of a step in that form."""
    file = candidates.read(place.read(at), at)
    choices = []
    for one in file.choices:
        intent = _named({k: v for k, v in one.intent.items() if k != "digest"}, path)
        stated = {**intent, "digest": record.digest(intent)}
        assert stated["digest"] != one.intent["digest"]
        choices.append(msgspec.structs.replace(one, intent=stated))
    place.write(at, candidates.write(msgspec.structs.replace(file, choices=choices)))


def rewrite_log(place: Place, key: str, former: str) -> None:
    """Let the purchases of a key be of another one."""
    with closing(sqlite3.connect(home.of(place.root).path / "journal.db")) as log, log:
        changed = log.execute("UPDATE entry SET want = ? WHERE want = ?", (former, key)).rowcount
    assert changed == 1
