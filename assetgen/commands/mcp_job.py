"""The MCP tools of the main job: layouts, add, generate, pick, refine, snippet and check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetgen.commands.mcp_tools import ToolAnswer, Tools
from assetgen.cure import advice
from assetgen.errors import ManifestError, TrustError
from assetgen.fs.tree import WorkTree
from assetgen.text import brief

if TYPE_CHECKING:
    from assetgen.plan.decide import Decision
    from assetgen.settings.conditions import Conditions

#: The most findings of check in one answer; a site can have thousands.
MOST_FINDINGS = 100


# -- layouts ---------------------------------------------------------------------------------------


def layouts(tools: Tools, name: str | None) -> ToolAnswer:
    """The kinds and layouts; of one kind or layout, its values and the arguments of ``add``."""
    from assetgen.layouts import listed, samples
    from assetgen.manifest import parse
    from assetgen.report import layouts

    root = tools.root()
    manifest = parse.read(_manifest(root)).manifest
    found = listed.listed(root, name)
    if name is None:
        return ToolAnswer(layouts.as_data(found, None))
    facts = layouts.as_data(found, partial(samples.example, manifest))
    if found.layout:  # what a layout shows has to exist before it
        [kind] = found.kinds
        facts["add"] = samples.entries(kind, found.layout, manifest)[::-1]
    return ToolAnswer(facts)


def _manifest(root: Path) -> bytes:
    from assetgen.fs import paths
    from assetgen.manifest.schema import FILE, MAX_BYTES

    return paths.read_regular(root, FILE, ManifestError, limit=MAX_BYTES)


# -- add -------------------------------------------------------------------------------------------


def add(tools: Tools, entry: Mapping[str, Any]) -> ToolAnswer:
    """Add one asset to the manifest, if it can be planned; otherwise nothing is written."""
    from assetgen.fs.lock import locked
    from assetgen.manifest import add_entries
    from assetgen.report.plan import plan_json

    root, asset_id = tools.root(), str(entry["id"])
    conditions = tools.conditions(root)
    planned: list[Decision] = []
    with locked(root):
        added = add_entries.add(
            root,
            [entry],
            examine=lambda data: planned.append(
                _planned(root, data, asset_id, conditions=conditions)
            ),
        )
    return ToolAnswer({"line": added.lines[asset_id], **plan_json(planned)[0]})


class _Proposed(WorkTree):
    """The files of the project with another manifest."""

    def __init__(self, root: Path, manifest: bytes, environ: Mapping[str, str]) -> None:
        super().__init__(root, environ=environ)
        self._manifest = manifest

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; of assets.toml, those that it would have."""
        from assetgen.manifest.schema import FILE

        return self._manifest if path == FILE else super().read(path)


def _planned(root: Path, data: bytes, asset_id: str, *, conditions: Conditions) -> Decision:
    """The decision for a new asset of the manifest ``data``. Raises what is wrong with it."""
    from assetgen.plan.workspace import Workspace

    tree = _Proposed(root, data, conditions.environ)
    project = Workspace(root, tree, conditions, only=[asset_id])
    [decision] = [one for one in project.decide() if one.asset.id == asset_id]
    if decision.problem is not None:
        raise decision.problem
    return decision


# -- generate --------------------------------------------------------------------------------------


def generate(
    tools: Tools, ids: Sequence[str], pay: bool, candidates: int | None = None
) -> ToolAnswer:
    """Make what is free; with ``pay``, also buy the ``ids``, if the user's configuration allows.

    ``candidates`` is how many images to buy of each of them, of which one is picked.
    """
    from assetgen.fs.held import Held
    from assetgen.generate import performer
    from assetgen.generate.commit import by_hand
    from assetgen.generate.options import Options
    from assetgen.report.generate import outcome_json

    root = tools.root()
    conditions = tools.conditions(root)
    if pay:
        _refuse_to_spend(ids, conditions)
    elif candidates is not None:
        what = "candidates are bought: they need pay = true and ids; nothing was sent"
        raise ManifestError(what, cure=advice("leave out candidates, or ask the user to allow it"))
    options = Options(ids=tuple(ids), commit=False, free=not pay, candidates=candidates)
    outcome = performer.generate(root, options, dict(tools.environ), conditions=conditions)
    facts = {**outcome_json(outcome), "exit": int(outcome.exit_code)}
    if outcome.made:
        facts["to_commit"] = str(by_hand(outcome, Held(root, conditions.environ)))
    return ToolAnswer(facts)


def pick(tools: Tools, asset_id: str, which: str | None) -> ToolAnswer:
    """Put a candidate into place; without ``which``, list the candidates and show them."""
    from assetgen.fs import originals
    from assetgen.fs.held import Held
    from assetgen.generate import candidate_files, one_asset
    from assetgen.generate import pick as picking
    from assetgen.generate.commit import by_hand
    from assetgen.generate.options import Options
    from assetgen.report.candidates import as_data
    from assetgen.report.generate import outcome_json

    root, how = tools.root(), Options(commit=False)
    conditions = tools.conditions(root)
    if which is None:
        project = one_asset.opened(root, asset_id, conditions, how)
        every = picking.offered(project, asset_id)
        facts = as_data(asset_id, every, candidate_files.known(project, every))
        data = (originals.read(root, one.candidate.sha256) for one in every[:_MOST_SHOWN])
        return ToolAnswer(facts, images=tuple(one for one in data if one is not None))
    outcome = picking.pick(root, asset_id, which, how, dict(tools.environ), conditions)
    facts = {**outcome_json(outcome), "exit": int(outcome.exit_code)}
    facts["to_commit"] = str(by_hand(outcome, Held(root, conditions.environ)))
    return ToolAnswer(facts, outcome.made[0].files[0])


@dataclass(frozen=True)
class Step:
    """A change of an image, as an agent asks for it."""

    say: str | None = None
    box: Sequence[int] | None = None
    mask: str | None = None
    candidates: int | None = None

    def is_given(self) -> bool:
        """Whether any part of it is."""
        return any(part is not None for part in (self.say, self.box, self.mask, self.candidates))


def refine(tools: Tools, asset_id: str, step: Step, undo: bool, pay: bool) -> ToolAnswer:
    """Buy a change of an image, if the user's configuration allows it; or take the last one out."""
    from assetgen.fs.held import Held
    from assetgen.generate import refine as refining
    from assetgen.generate.commit import by_hand
    from assetgen.generate.options import Options
    from assetgen.report.generate import outcome_json

    _refuse_contradiction(step, undo)
    left, top, width, height = step.box or (0, 0, 0, 0)
    box = None if step.box is None else (left, top, width, height)
    root, how = tools.root(), Options(commit=False)
    conditions, environ = tools.conditions(root), dict(tools.environ)
    if undo:
        outcome = refining.undo(root, asset_id, how, environ, conditions)
    else:
        if not pay:
            what = "a step is bought: it needs pay = true; nothing was sent"
            raise ManifestError(what, cure=advice("set pay = true if the user asked for it"))
        _refuse_to_spend([asset_id], conditions)
        mask = tools.folder / step.mask if step.mask is not None else None
        asked = refining.Asked(step.say or "", box, mask, step.candidates)
        outcome = refining.refine(root, asset_id, asked, how, environ, conditions)
    facts = {**outcome_json(outcome), "exit": int(outcome.exit_code)}
    if outcome.made:
        facts["to_commit"] = str(by_hand(outcome, Held(root, conditions.environ)))
    files = outcome.made[0].files if outcome.made else ()
    return ToolAnswer(facts, files[0] if files else None)


def _refuse_contradiction(step: Step, undo: bool) -> None:
    what = None
    if undo and step.is_given():
        what = "undo takes the last step out: it is combined with no other step"
    elif not undo and not (step.say or "").strip():
        what = "say is missing: it says what changes"
    elif step.box is not None and len(step.box) != 4:
        what = "box must have four numbers: left, top, width and height in pixels"
    elif step.box and step.mask is not None:
        what = "box cannot be combined with mask: a step has one of them"
    if what:
        cure = advice('give id and say, such as "warmer light", or id and undo = true')
        raise ManifestError(what, where="tool refine", cure=cure)


#: The most candidates of which one answer has previews.
_MOST_SHOWN = 10


def _refuse_to_spend(ids: Sequence[str], conditions: Conditions) -> None:
    """Raise TrustError unless the user lets agents spend; ManifestError without ``ids``."""
    if not conditions.config.agents.may_spend:
        where = conditions.config.path or "~/.config/assetgen/config.toml"
        raise TrustError(
            "pay = true costs money, which the user's configuration does not let agents spend; "
            "nothing was sent",
            cure=advice(
                "ask the user: they can generate it, or write may_spend = true under [agents] "
                "in {where}",
                where=where,
            ),
        )
    if not ids:
        what = "pay = true needs ids: only images that are named are bought; nothing was sent"
        raise ManifestError(what, cure=advice('give a list of ids, such as ["cover"]'))


# -- snippet and check -----------------------------------------------------------------------------


def snippet(tools: Tools, asset_id: str, form: str | None, page: str | None) -> ToolAnswer:
    """The code that shows an image in a page; with ``page``, it is appended to that page."""
    from assetgen.pages import heads, paste, snippets
    from assetgen.plan.workspace import open_workspace
    from assetgen.report.pages import pasted_json

    root = tools.root()
    known = (*snippets.FORMS, *heads.HEAD_FORMS)
    if form is not None and form not in known:
        what = f"there is no form {brief(form)}"
        raise ManifestError(what, cure=advice("name one of: {forms}", forms=list(known)))
    if page is not None and form in heads.HEAD_FORMS:
        what = f"the form {form} is for the head of a page, and a snippet is appended to its text"
        raise ManifestError(what, cure=advice("leave out page, and edit the head yourself"))
    if page is not None:
        done = paste.paste(root, tools.folder, asset_id, name=page, form=form)
        return ToolAnswer(pasted_json(asset_id, done))
    made = snippets.of_asset(open_workspace(root), asset_id, form)
    return ToolAnswer({"id": asset_id, **made.facts})


def check(tools: Tools, release: bool) -> ToolAnswer:
    """The findings, errors first; of very many, the first are listed and the rest counted."""
    from assetgen.check import check
    from assetgen.report.check import check_json

    facts = check_json(check.check(tools.root(), tools.environ, release=release))
    found = sorted(facts["findings"], key=lambda one: one["level"] != "error")
    facts["findings"], more = found[:MOST_FINDINGS], len(found) - MOST_FINDINGS
    facts["notes"] = facts["notes"][:MOST_FINDINGS]
    return ToolAnswer({**facts, "more": max(more, 0)})
