"""The command that settles the state of an asset."""

from __future__ import annotations

from assetgen.cure import Cure, advice, command
from assetgen.plan.decide import Action, Decision, State, renamed


def cure(decision: Decision) -> Cure:
    """The command that settles the state of an asset."""
    if decision.cure:  # it depends on what git has
        return decision.cure
    name, reasons = decision.asset.id, decision.reasons
    path = reasons[0].field if reasons else ""
    force = command("assetgen generate {name} --force", name=name)
    match decision.state:
        case State.FOREIGN if reasons[0].old:
            return advice(
                "{adopt} (its record moves with it)",
                adopt=command("assetgen adopt {name} {path}", name=name, path=path),
            )
        case State.MISSING if old := renamed(decision):
            return advice(
                "{adopt} (its record moves with it)",
                adopt=command("assetgen adopt {name} {new}", name=name, new=old.new),
            )
        case State.FOREIGN:
            return advice(
                "{adopt} (keeps the file), or {force}",
                force=force,
                adopt=command("assetgen adopt {name} {path}", name=name, path=path),
            )
        case State.STALE if decision.action is Action.REFUSE:
            return advice(
                "{accept} (keeps it), or {force} (overwrites it)",
                force=force,
                accept=command("assetgen accept {name}", name=name),
            )
    return command("assetgen generate {name}", name=name)
