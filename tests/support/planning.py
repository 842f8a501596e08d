"""A project in memory for the planner."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from assetgen.layouts import kind
from assetgen.layouts.fonts import Font
from assetgen.manifest import parse
from assetgen.manifest.schema import Manifest
from assetgen.plan import decide, intent, order
from assetgen.plan.decide import Action, Decision
from assetgen.plan.wish import Wish, World
from assetgen.record import record
from assetgen.record.record import Record, Unusable
from tests.support.records import SAMPLE

_FONTS = kind.available_fonts(Path("none"))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Kept:
    """A world in dictionaries: files as their digests, records as read from their bytes."""

    def __init__(self, **files: str) -> None:
        self.files: dict[str, str] = files
        self.records: dict[str, Record | Unusable] = {}
        self.originals: set[str] = set()
        self.under_way: dict[str, str] = {}
        self.fonts: Mapping[str, Font] = _FONTS
        self.kind: Callable[[str], kind.Kind] = lambda name: kind.find(Path("none"), name)

    def world(self) -> World:
        return World(
            kind=self.kind,
            fonts=lambda: self.fonts,
            record=self.records.get,
            digest=self.files.get,
            has_original=self.originals.__contains__,
            interrupted=self.under_way.get,
        )

    def decide(self, wanted: Manifest | str) -> dict[str, Decision]:
        parsed = parse.parse(wanted.encode()) if isinstance(wanted, str) else wanted
        return {decision.asset.id: decision for decision in decide.decide(parsed, self.world())}

    def generate(self, wanted: Manifest | str, **predicate: Any) -> None:
        """Do what the plan says, but with text for pictures."""
        parsed = parse.parse(wanted.encode()) if isinstance(wanted, str) else wanted
        places = {asset.id: asset.path for asset in parsed.asset}
        for asset in order.order(parsed, self.world()):
            found = intent.wish(parsed, asset, self.world(), places)
            if self.decide_one(found).action not in (Action.NOTHING, Action.REFUSE):
                self.make(found, **predicate)

    def decide_one(self, wish: Wish) -> Decision:
        return decide.judge(wish, self.world(), {})

    def make(self, wish: Wish, prompts: str = "text", **predicate: Any) -> None:
        """Put the files of a wish and its record into this world."""
        summed = record.digest(wish.intent.stated("text"))
        for target in wish.targets:
            self.files[target.path] = sha256(f"{target.path} {summed} {list(wish.steps)}")
        original = (
            None if wish.asset.is_local else {"digest": f"sha256:{summed.removeprefix('sha256:')}"}
        )
        if original:
            self.originals.add(original["digest"].removeprefix("sha256:"))
        statement = json.loads(SAMPLE)
        statement["subject"] = [
            {"name": t.path, "digest": {"sha256": self.files[t.path]}} for t in wish.targets
        ]
        statement["predicate"] |= {
            "asset": {"id": wish.asset.id, "kind": wish.asset.kind, "alt": wish.asset.alt},
            "intent": wish.intent.stated(prompts),
            "derive": {"digest": "", "steps": msgspec.to_builtins(wish.steps), "encoder": ""},
            "original": original,
            **predicate,
        }
        place = record.place(wish.asset.id)
        self.records[wish.asset.id] = record.read(record.write(statement), place)


def cover(name: str = "a", *lines: str, title: str = "T") -> str:
    """A local cover; ``lines`` go before its values."""
    head = f'[[asset]]\nid = "{name}"\nkind = "cover"\npath = "public/{name}.png"\nalt = ""\n'
    return head + "".join(f"{line}\n" for line in lines) + f'[asset.values]\ntitle = "{title}"\n'


def painted(name: str = "p", *lines: str, route: str = "images") -> str:
    head = f'[[asset]]\nid = "{name}"\nkind = "cover"\npath = "public/{name}.webp"\nalt = ""\n'
    return (
        head + f'route = "{route}"\nprompt = "a plane"\n' + "".join(f"{line}\n" for line in lines)
    )
