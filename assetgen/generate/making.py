"""One picture: draw it or derive it again, and state in its record where it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from assetgen.errors import StorageError
from assetgen.fs import originals
from assetgen.generate import refining, renamed, statement
from assetgen.generate.outcome import Picture, billed
from assetgen.generate.statement import Known
from assetgen.image import decode, derive, xmp
from assetgen.image.derive import Mapper
from assetgen.image.remarks import remarks
from assetgen.manifest import grounds
from assetgen.plan import estimates, routing
from assetgen.plan.cost import Estimate
from assetgen.plan.decide import Action, Decision
from assetgen.plan.differences import shows_another
from assetgen.plan.routing import Drawn, Job, job_for
from assetgen.plan.wish import Wish
from assetgen.plan.workspace import Workspace
from assetgen.record.record import Record
from assetgen.record.steps import KeepStep
from assetgen.settings.catalog import Catalog

if TYPE_CHECKING:
    from PIL.Image import Image

    from assetgen.generate.slots import Turn


class Maker:
    """Makes the pictures of one project. ``make`` may be called from several threads."""

    def __init__(
        self,
        project: Workspace,
        catalog: Callable[[], Catalog],
        buy: Callable[[Job, Turn | None], Drawn],
        *,
        drafts: bool = False,
        decoder: Callable[[bytes], Image] = decode.decode,
    ) -> None:
        """``buy`` draws for paid routes; with ``drafts``, a local placeholder replaces them."""
        self._project = project
        self._catalog = catalog
        self._buy = buy
        self._drafts = drafts
        self._decoder = decoder

    def make(self, decision: Decision, mapper: Mapper = map, turn: Turn | None = None) -> Picture:
        """Draw or derive the picture of ``decision``; ``mapper`` may encode on several cores.

        ``turn`` is that of its paid request, if it has one. Raises an AssetgenError that says what
        failed, or NotBegun.
        """
        if decision.action is Action.DERIVE:
            return self._derived_again(decision, mapper)
        if picture := renamed.picture(self._project, decision):
            return picture
        drawn = self._drawn(decision, turn)
        digest = None
        if drawn.keeps_original:
            try:
                digest = originals.keep(self._project.root, drawn.original)
            except StorageError as exc:
                raise billed(exc, drawn.entry) from exc
        picture = self.delivered(decision, drawn, mapper, digest, is_torn_left=True)
        return renamed.drawn_again(self._project, picture)

    def make_next(self, turns: Iterator[Turn], decision: Decision) -> Picture:
        """``make`` with the next of ``turns``."""
        return self.make(decision, map, next(turns))

    def _drawn(self, decision: Decision, turn: Turn | None) -> Drawn:
        wish, project = decision.wish, self._project
        if wish.asset.draft or (self._drafts and not wish.asset.is_local):
            from assetgen.routes import draft

            if grounds.cover_of(wish.asset):
                return draft.ground(project, wish)
            is_stated = wish.asset.draft
            return draft.stand_in(project, wish) if is_stated else draft.draw(project, wish.asset)
        job = job_for(project, wish, source_type=self._source_type_of)
        if routing.is_bought(wish.asset.route):
            return self._buy(job, turn)
        return routing.load(wish.asset.route or "local").draw(job)

    def delivered(
        self,
        decision: Decision,
        drawn: Drawn,
        mapper: Mapper,
        digest: str | None,
        *,
        estimate: Estimate | None = None,
        is_torn_left: bool = False,
    ) -> Picture:
        """The files and the statement of what a route drew; ``digest`` is that of the original.

        ``estimate`` is what it was expected to cost, if that is not the usual price. Raises Torn,
        if ``is_torn_left``, for an edit that moved what is outside its mask.
        """
        wish, project = decision.wish, self._project
        outside, remark = None, ""
        if drawn.keeps_original and wish.asset.mask is not None:
            drawn, outside, remark = self._with_outside(wish, drawn, is_torn_left)
            if outside:
                digest = originals.keep(project.root, drawn.original)
        image = decode.decoded_once(drawn.original, lambda data: drawn.image or self._decoder(data))
        files = derive.derive(
            drawn.original,
            wish.delivered,
            source_type=drawn.source_type,
            mapper=mapper,
            private=statement.private(wish, drawn.revised) if drawn.keeps_original else None,
            image=image,
        )
        surface = drawn.route.surface or ""
        stated = statement.of_drawing(
            wish,
            drawn,
            files,
            placeholder=drawn.placeholder or decode.placeholder(image()),
            estimate=estimate
            or estimates.estimate(wish, Action.DRAW, surface=surface, catalog=self._catalog),
            prompts=project.manifest.project.record_prompts,
            digest=digest,
            outside=outside,
            refined=project.holdings.chain.history(wish),
        )
        return Picture(
            decision=decision,
            files=files,
            statement=stated,
            remarks=(
                *drawn.remarks,
                *filter(None, [remark]),
                *remarks(drawn.original, wish.delivered, files),
            ),
            entry=drawn.entry,
            is_draft=drawn.decision == "draft",
        )

    def _with_outside(
        self, wish: Wish, drawn: Drawn, is_torn_left: bool
    ) -> tuple[Drawn, KeepStep | None, str]:
        """What was drawn with what is outside its mask as before, the step, and what to say."""
        found = refining.kept_outside(self._project, wish, drawn.original)
        if found.kept is None or found.kept.is_torn:
            if found.kept and is_torn_left:
                raise refining.Torn(drawn, found.kept)
            return drawn, None, found.remark
        received = hashlib.sha256(drawn.original).hexdigest()
        step = refining.step_of(found.kept, received, found.parent)
        return replace(drawn, original=found.kept.data, image=None), step, found.remark

    def _derived_again(self, decision: Decision, mapper: Mapper) -> Picture:
        """The files made again from the kept original: free on every route."""
        wish = decision.wish
        known, original = self._answering(wish)
        files = derive.derive(
            original,
            wish.delivered,
            source_type=known.record.source_type,
            mapper=mapper,
            marks=known.record.marked,
            is_brought=known.record.is_brought,
            private=None if known.record.is_brought else statement.private_of(known, wish),
        )
        if known.record.asset_id == wish.asset.id:
            return Picture(decision, files, statement.of_derivation(known, wish, files))
        prompts = self._project.manifest.project.record_prompts
        stated = statement.of_renaming(known, wish, files, fields=(), edited=(), prompts=prompts)
        return Picture(decision, files, stated)

    def _answering(self, wish: Wish) -> tuple[Known, bytes]:
        """A record and its original: those of the files in place, or of an earlier purchase.

        Raises Unusable.
        """
        holdings = self._project.holdings
        place, data = self._project.recorded.find(wish.asset.id)
        own = statement.known(data, place) if data is not None else None
        if own and (own.record.is_draft or shows_another(wish, own.record)):
            own = None
        if own and (original := holdings.original_bytes(own.record)) is not None:
            return own, original
        if found := holdings.purchase(wish):
            known = statement.known(found[0], found[1].path)
            if (original := holdings.original_bytes(known.record)) is not None:
                return known, original
        raise StorageError(f"the original of {wish.asset.id} is no longer in the cache")

    def _source_type_of(self, reference: str) -> str | None:
        if reference.startswith(":"):  # the image that a step changes: what drew it is known
            return None
        if reference.startswith("@"):
            known = self._project.record(reference[1:])
            return known.source_type if isinstance(known, Record) else None
        return xmp.source_type(self._project.read_input(reference))
