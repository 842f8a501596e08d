"""One look at the project: the plan, the records and the pages, as the page shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assetgen.check.quiet import owners_in
from assetgen.errors import AssetgenError
from assetgen.fs.tree import WorkTree
from assetgen.image import ico
from assetgen.manifest.schema import FILE
from assetgen.paid import forecast
from assetgen.plan import collector, settle
from assetgen.plan.decide import Decision, State
from assetgen.plan.describe import describe
from assetgen.plan.workspace import Workspace
from assetgen.record import record
from assetgen.record.record import Record, Unusable
from assetgen.record.schema import Statement
from assetgen.report import show
from assetgen.report.approving import verdict_in_words
from assetgen.review import offers
from assetgen.review.facts import Detail, Picture, Reason, Summary, Use
from assetgen.review.pictures import Pictures
from assetgen.settings.conditions import Conditions

if TYPE_CHECKING:
    from assetgen.refs.survey import ResolvedReference

#: The most places of one image that are listed.
_MOST_USES = 200
#: The folders whose every file counts as a part of what is shown.
_OWN = (record.FOLDER, ".assetgen/candidates", ".assetgen/approvals", "templates")
_LONGEST = 400


class Reading:
    """The project as it was at one moment."""

    def __init__(self, root: Path, conditions: Conditions, pictures: Pictures) -> None:
        """Plan every asset. Raises AssetgenError for a mistake in the manifest."""
        self._pictures = pictures
        self._conditions = conditions
        with collector.paused():
            self.project = Workspace(root, WorkTree(root), conditions)
            decided = forecast.decisions(self.project)
        self.decisions: Mapping[str, Decision] = {one.asset.id: one for one in decided}
        self._summaries = {asset_id: self._summary(one) for asset_id, one in self._in_order()}

    def _in_order(self) -> Iterator[tuple[str, Decision]]:
        """The decisions in the order of the manifest."""
        for asset in self.project.manifest.asset:
            yield asset.id, self.decisions[asset.id]

    @property
    def summaries(self) -> Sequence[Summary]:
        """Every image; with the pages that name it, once they have been read."""
        if "uses" not in self.__dict__:
            return tuple(self._summaries.values())
        return tuple(map(self._with_pages, self._summaries.values()))

    def _with_pages(self, summary: Summary) -> Summary:
        pages = dict.fromkeys(use.page for use in self.uses.get(summary.id, ()))
        return msgspec.structs.replace(summary, pages=tuple(pages))

    def picture(self, asset_id: str) -> str | None:
        """The id of the main file of an asset; None if it is missing."""
        return self._summaries[asset_id].picture

    def _summary(self, decision: Decision) -> Summary:
        asset = decision.asset
        known = self.project.record(asset.id)
        bill = known.surface if isinstance(known, Record) and not known.is_draft else None
        digest = self.project.tree.digest(asset.path)
        picture = self._pictures.of_file(asset.path, digest)
        is_approved = self.project.approvals.verdict(decision).is_approved
        return Summary(
            id=asset.id,
            kind=asset.kind or "",
            state=decision.state.value,
            why=describe(decision),
            bill=bill or decision.estimate.surface or "",
            alt=asset.alt,
            path=asset.path,
            picture=picture,
            approved=is_approved if picture else None,
        )

    # -- pages -------------------------------------------------------------------------------------

    @cached_property
    def uses(self) -> Mapping[str, Sequence[Use]]:
        """The places in pages that name each asset, by its id. Reads every page."""
        owners = owners_in(self.project.manifest)
        found: dict[str, list[Use]] = {}
        try:
            rows = self.project.survey().rows
        except AssetgenError:  # check reports it; the images can be judged without their pages
            return {}
        for row in rows:
            for path in dict.fromkeys((row.resolution.path, *row.resolution.candidates)):
                if path and (asset := owners.get(path)):
                    found.setdefault(asset.id, []).append(_use(row, path))
        return found

    def files(self) -> Iterator[str]:
        """Every file on which what is shown depends."""
        yield FILE
        for decision in self.decisions.values():
            yield from decision.paths
            yield from (path for path in decision.rests_on if not path.startswith("@"))
        if "uses" in self.__dict__:
            yield from self.project.listing.consulted

    @property
    def folders(self) -> Sequence[str]:
        """The folders of which every file counts."""
        return _OWN

    # -- one image ---------------------------------------------------------------------------------

    def detail(self, asset_id: str) -> Detail:
        """Everything about one image. Raises KeyError for an unknown id, StorageError."""
        decision = self.decisions[asset_id]
        uses = self.uses.get(asset_id, ())
        statement, problem = self._statement(asset_id)
        known = self.project.record(asset_id)
        rows = tuple(show.facts(statement)) if statement else ()
        named = dict(rows)
        is_settled = decision.state is State.FRESH
        return Detail(
            id=asset_id,
            summary=self._with_pages(self._summaries[asset_id]),
            reasons=[
                Reason(one.field, _shown(one.old), _shown(one.new)) for one in decision.reasons
            ],
            cure=None if is_settled else str(settle.cure(decision)),
            line=self.project.line(asset_id),
            prompt=_recorded_prompt(statement) or decision.wish.intent.prompt or None,
            revised=named.get("revised"),
            model=named.get("model") or decision.wish.model,
            bill=named.get("bill"),
            cost=named.get("cost"),
            files=[self._file(path, asset_id) for path in decision.paths],
            options=tuple(offers.options(decision, self.project, self._pictures)),
            uses=uses[:_MOST_USES],
            more_uses=max(0, len(uses) - _MOST_USES),
            record=rows,
            approval=self._approval(decision),
            offers=tuple(offers.of(decision, self.project, self._conditions)),
            base=offers.base(decision, known, self.project, self._pictures),
            steps=[one.say for one in decision.asset.refine],
            problem=problem,
        )

    def _approval(self, decision: Decision) -> str | None:
        if self.picture(decision.asset.id) is None:
            return None
        return verdict_in_words(self.project.approvals.verdict(decision))

    def _statement(self, asset_id: str) -> tuple[Statement | None, str | None]:
        """The record of an asset, or why it cannot be used."""
        place, data = self.project.recorded.find(asset_id)
        if data is None:
            return None, None
        try:
            record.read(data, place)
            return msgspec.convert(record.statement(data), Statement), None
        except Unusable as exc:
            return None, f"{place}: {exc}"
        except msgspec.ValidationError:
            return None, f"{place}: the record is incomplete"

    def _file(self, path: str, asset_id: str) -> Picture:
        digest = self.project.tree.digest(path)
        picture = self._pictures.of_file(path, digest)
        if picture is None:
            return Picture(path=path, picture=None)
        try:
            data = self._pictures.read(picture)
            facts = ico.facts(data)
        except AssetgenError as exc:
            return Picture(path=path, picture=None, problem=exc.what)
        return Picture(
            path=path,
            picture=picture,
            width=facts.width,
            height=facts.height,
            bytes=len(data),
            format=facts.format,
        )


def _use(row: ResolvedReference, path: str) -> Use:
    one = row.reference
    return Use(
        page=one.file,
        line=one.line,
        file=path,
        width=one.width,
        height=one.height,
        alt=one.alt,
    )


def _recorded_prompt(statement: Statement | None) -> str | None:
    effective = statement.predicate.prompt.effective if statement else None
    return (effective.text or effective.digest) if effective else None


def _shown(value: object) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
