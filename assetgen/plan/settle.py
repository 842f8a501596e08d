"""Why an image is left as it is, and the command that settles its state."""

from __future__ import annotations

from collections.abc import Sequence

from assetgen.cure import Cure, advice, command
from assetgen.fs import lfs
from assetgen.manifest import grounds
from assetgen.plan.decide import Action, Decision, State
from assetgen.plan.former import former_id, moved, renamed, unusable
from assetgen.plan.reasons import CANDIDATES, MIXED, UNPROVEN, is_in_form


def cure(decision: Decision) -> Cure:
    """The command that settles the state of an asset."""
    if decision.cure:  # it depends on what git has
        return decision.cure
    name, reasons = decision.asset.id, decision.reasons
    path = reasons[0].field if reasons else ""
    force = command("assetgen generate {name} --force", name=name)
    if decision.action is Action.DRAW and decision.wish.collection and former_id(decision):
        return command("assetgen generate {name}", name=name)  # it moves them
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
        case State.FOREIGN if path in decision.paths[1:] and not decision.asset.is_adopted:
            # adopt takes the image that the others are made from
            return advice("move {path} to another folder, or {force}", path=path, force=force)
        case State.FOREIGN:
            adopt = command("assetgen adopt {name} {path}", name=name, path=path)
            if decision.asset.is_adopted:
                return advice("{adopt} (keeps the file)", adopt=adopt)
            if decision.asset.is_rebuilt:  # git would not have the file
                return force
            return advice("{adopt} (keeps the file), or {force}", force=force, adopt=adopt)
        case State.DRAFT if grounds.cover_of(decision.asset) and decision.asset.draft:
            entry = grounds.entry_of(decision.asset)
            return advice("finish asset {entry}, then remove draft = true from it", entry=entry)
        case State.DRAFT if decision.asset.draft and decision.action is Action.NOTHING:
            layout = f"{decision.asset.kind}/{decision.wish.values['layout']}"
            return advice(
                "write its values or its prompt ({layouts} lists the values), then remove "
                "draft = true from asset {name}",
                layouts=command("assetgen layouts {layout}", layout=layout),
                name=name,
            )
        case State.STALE if decision.action is Action.REFUSE:
            return advice(
                "{accept} (keeps it), or {force} (overwrites it)",
                force=force,
                accept=command("assetgen accept {name}", name=name),
            )
    return command("assetgen generate {name}", name=name)


def why_left(decision: Decision) -> str:
    """Why generate leaves the image of a refused decision as it is."""
    path = decision.asset.path
    if found := renamed(decision):
        return (
            f"{path} does not exist, but the same picture does, as {found.old}: {found.new}; "
            "it is not bought again"
        )
    if found := next((one for one in decision.reasons if one.field == CANDIDATES), None):
        return f"{found.new}; it is not bought again"
    if found := next((one for one in decision.reasons if one.new == UNPROVEN), None):
        return f"{found.field} {UNPROVEN}; it is not overwritten"
    if found := next((one for one in decision.reasons if is_in_form(one)), None):
        return f"{found.field} {found.new}; it is not made again"
    if decision.state is State.UNMERGED:
        return unsettled([reason.field for reason in decision.reasons])
    if found := moved(decision):
        return f"{path} was moved to {found.new}; it is not bought again"
    if found := unusable(decision):
        return f"{path} does not exist, and {found.new}; it is not bought again"
    if found := next((one for one in decision.reasons if one.new == lfs.WHAT), None):
        return f"{found.field} {lfs.WHAT}; it is not overwritten or bought again"
    if decision.asset.draft and decision.state in (State.MISSING, State.STALE):
        return f"{path} was finished before, and assets.toml says draft = true; it is kept"
    if decision.asset.is_adopted and decision.state in (State.MISSING, State.STALE, State.DRAFT):
        return f"{path} cannot be made: its image was adopted, and nothing draws it"
    if decision.state is State.MISSING:
        return f"{path} does not exist here, but git has it; it is not bought again"
    return f"{_what_exists(decision)}; it is not overwritten"


def unsettled(paths: Sequence[str]) -> str:
    """Why an image is left whose files, or what it is made from, git has not merged."""
    names = ", ".join(paths)
    return f"git has not merged {names}; nothing is made or bought before that is settled"


def _what_exists(decision: Decision) -> str:
    reason = decision.reasons[0]
    if reason.new == MIXED:
        return f"{reason.field} {MIXED}"
    match decision.state:
        case State.FOREIGN if str(reason.new).startswith("its record"):
            return f"{reason.field}: {reason.new}"
        case State.FOREIGN:
            why = f" for this asset ({reason.new})" if reason.old else ""
            return f"{reason.field} was not made by assetgen{why}"
        case State.EDITED:
            return f"{reason.field} was changed since it was made"
    return (
        f"{decision.asset.path} was adopted or accepted, and the manifest asks for something else "
        f"now ({reason.field})"
    )
