"""What the MCP tools do: plan, list the images to generate, adopt and show. They buy nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetgen.cure import advice
from assetgen.errors import StorageError

if TYPE_CHECKING:
    from assetgen.generate.outcome import Outcome
    from assetgen.settings.conditions import Conditions


@dataclass(frozen=True)
class ToolAnswer:
    """The facts that a tool found, and the file of the project to send a preview of."""

    facts: dict[str, Any]
    picture: str | None = None
    images: tuple[bytes, ...] = ()
    """Images to send previews of, in the order in which the facts list them."""


@dataclass(frozen=True)
class Tools:
    """The tools, for the project around ``folder``; every call reads assets.toml again.

    All methods raise AssetgenError.
    """

    folder: Path
    config: Path | None
    environ: Mapping[str, str]

    def root(self) -> Path:
        """The folder of the project."""
        from assetgen.plan.workspace import find_root

        return find_root(self.folder)

    def conditions(self, root: Path, **environ: str) -> Conditions:
        """The environment of the server, with ``environ``, and the user's configuration."""
        from assetgen.settings.conditions import load_conditions

        return load_conditions({**self.environ, **environ}, root, self.config)

    def plan(self, ids: list[str], everything: bool) -> ToolAnswer:
        """States, reasons and bills.

        Fresh assets are only counted, unless ``ids`` names them or ``everything`` is set.
        """
        from assetgen.paid import forecast
        from assetgen.plan.decide import State
        from assetgen.plan.workspace import open_workspace
        from assetgen.report.plan import bills, plan_json
        from assetgen.report.text import others_in_words

        root = self.root()
        conditions = self.conditions(root)
        project = open_workspace(root, conditions, only=ids)
        decisions = forecast.decisions(project, ids)
        others = [others_in_words(len(project.others))] if project.others else []
        fresh = [one for one in decisions if one.state is State.FRESH]
        shown = [one for one in decisions if everything or ids or one.state is not State.FRESH]
        return ToolAnswer(
            {
                "assets": plan_json(shown, project.places.collection, project.rebuilt.is_built),
                "fresh": len(fresh),
                "bills": [{"surface": bill, "would_be": words} for bill, words in bills(decisions)],
                "warnings": [*forecast.warnings(project, decisions, conditions), *others],
            }
        )

    def next(self, ids: list[str]) -> ToolAnswer:
        """The images to generate."""
        from assetgen.plan.workspace import open_workspace
        from assetgen.report.plan import wants_json
        from assetgen.routes import brief

        root = self.root()
        project = open_workspace(root, self.conditions(root))
        return ToolAnswer({"wanted": wants_json(brief.wanted(project, ids))})

    def adopt(self, asset_id: str, file: str | None, thread_id: str | None) -> ToolAnswer:
        """Adopt a file, or the one new image of a Codex thread. Leaves the commit to the user."""
        from assetgen.fs.held import Held
        from assetgen.generate.commit import by_hand

        outcome = self._adopt(asset_id, file, thread_id)
        [made] = outcome.made
        root = self.root()
        held = Held(root, self.conditions(root).environ)
        facts = {
            "id": asset_id,
            "files": list(made.files),
            "record": made.record,
            "removed": list(made.removed),
            "remarks": list(made.remarks),
            "commit": str(by_hand(outcome, held)),
        }
        return ToolAnswer(facts, made.files[0])

    def _adopt(self, asset_id: str, file: str | None, thread_id: str | None) -> Outcome:
        from assetgen.generate import adopt
        from assetgen.generate.options import Options

        root, how = self.root(), Options(commit=False)
        if file is None:
            thread = {"CODEX_THREAD_ID": thread_id} if thread_id else {}
            return adopt.from_thread(root, asset_id, how, self.conditions(root, **thread))
        if thread_id is not None:
            what = "file and thread_id name two sources for one image"
            raise StorageError(what, where=f"asset {asset_id}", cure=advice("give one of them"))
        return adopt.adopt(
            root,
            asset_id,
            file=self.folder / file,
            brought=adopt.Brought(),
            options=how,
            environ=self.environ,
        )

    def show(self, what: str) -> ToolAnswer:
        """The provenance of an asset, by its id or any of its files."""
        from assetgen.plan import provenance
        from assetgen.plan.describe import describe
        from assetgen.report.show import show_json

        found = provenance.find(self.root(), what, self.folder)
        files = [subject["name"] for subject in found.statement["subject"]]
        decision = found.decision
        facts = {
            "id": found.statement["predicate"]["asset"]["id"],
            "state": decision.state.value if decision else None,
            "reason": describe(decision) if decision else "assets.toml does not list it any more",
            "files": files,
            "provenance": show_json(found),
        }
        return ToolAnswer(facts, files[0] if files else None)
