"""Which decisions a run performs, in which order, and what keeps one from being performed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import structs

from assetgen.cure import advice, command
from assetgen.errors import ManifestError, StorageError, TrustError, UnsupportedOption
from assetgen.fs import commits, paths, store
from assetgen.fs.git import Repository
from assetgen.generate import one_asset, rebuilding
from assetgen.generate.options import Options
from assetgen.generate.outcome import Left
from assetgen.manifest import grounds, naming
from assetgen.manifest.key_types import MOST_CANDIDATES
from assetgen.manifest.schema import Asset
from assetgen.pages import typed_module
from assetgen.paid import journal, log_file
from assetgen.plan import decide, guards, redrawing, routing, settle
from assetgen.plan.decide import Action, Decision, State
from assetgen.plan.files import stated_in
from assetgen.plan.wish import Wish, earlier
from assetgen.plan.workspace import Workspace
from assetgen.record.record import Record
from assetgen.settings.conditions import Conditions

if TYPE_CHECKING:
    from assetgen.generate.buyer import Buyer


#: What generate leaves as it is without --force, and without a word for each.
_AT_REST = (Action.NOTHING, Action.WAIT, Action.CHOOSE)


def ask_for_candidates(project: Workspace, options: Options) -> None:
    """Let the assets that are named have so many candidates as ``options`` ask for.

    Raises ManifestError, and UnsupportedOption for one that is not painted.
    """
    if options.candidates is None:
        return
    named = set(naming.named(project.manifest, options.ids))
    if not 1 <= options.candidates <= MOST_CANDIDATES:
        raise ManifestError(
            f"--candidates {options.candidates} is out of range: every route makes 1 to "
            f"{MOST_CANDIDATES}",
            cure=advice("--candidates {most}", most=MOST_CANDIDATES),
        )
    for asset in project.manifest.asset:
        if asset.id in named and not asset.is_painted:
            why = one_asset.why_unpainted(asset)
            raise UnsupportedOption(
                f"route {asset.route!r} cannot honour --candidates: {why}",
                where=f"asset {asset.id}",
                cure=command("assetgen generate {id}", id=asset.id),
            )
    assets = tuple(
        _with_candidates(one, options.candidates) if one.id in named else one
        for one in project.manifest.asset
    )
    project.use(structs.replace(project.manifest, asset=assets))


def _with_candidates(asset: Asset, number: int) -> Asset:
    """The asset with so many candidates of its image, which its last step makes."""
    if not asset.refine:
        return structs.replace(asset, candidates=number)
    *before, last = asset.refine
    return structs.replace(asset, refine=(*before, structs.replace(last, candidates=number)))


def chosen(project: Workspace, options: Options, everything: Sequence[Decision]) -> set[str]:
    """The ids asked for (all, if none) and what they need, of one shard: local pictures, and the
    grounds that are to be made.
    """
    due = {d.asset.id for d in everything if d.action in _MADE}
    found = _named(project, options.ids, due)
    return found & options.shard.ids(everything) if options.shard else found


#: What is done about the ground of an image that is named: --force is about that image alone.
_MADE = (Action.DRAW, Action.DERIVE, Action.BUILD)


def _named(project: Workspace, ids: Sequence[str], due: Collection[str]) -> set[str]:
    if not ids:
        return {asset.id for asset in project.manifest.asset}
    found: set[str] = set()
    waiting = [project.manifest.find(asset_id) for asset_id in naming.named(project.manifest, ids)]
    while waiting:
        asset = waiting.pop()
        if asset.id not in found:
            found.add(asset.id)
            needs = map(project.manifest.find, project.wish(asset.id).needs)
            waiting += [
                need
                for need in needs
                if need.is_local or (grounds.cover_of(need) == asset.id and need.id in due)
            ]
    return found


def levels(decisions: Iterable[Decision]) -> list[list[Decision]]:
    """Decisions in groups, each of which depends only on earlier ones."""
    depth: dict[str, int] = {}
    found: list[list[Decision]] = []
    for decision in decisions:
        needed = (depth[need] + 1 for need in decision.needs if need in depth)
        level = depth[decision.asset.id] = max(needed, default=0)
        while len(found) <= level:
            found.append([])
        found[level].append(decision)
    return found


@dataclass(frozen=True)
class Selection:
    """What a run with ``options`` does in a project."""

    project: Workspace
    options: Options
    conditions: Conditions
    purchases: Callable[[], Buyer]
    """Opens the log of purchases, and loads what buys."""

    def work(self, decisions: Sequence[Decision]) -> tuple[list[Decision], list[Left]]:
        """The decisions to perform, and what a run that buys nothing leaves.

        Performed is what is not as the manifest asks, and what is paid for and not in place.
        """
        # An adopted image is never made, not even with --force.
        decisions = [
            d
            for d in decisions
            if not (d.asset.is_adopted and d.action is Action.NOTHING) and not self.is_kept_older(d)
        ]
        if not self.options.buys:
            left: list[Left] = []
            due = list(self._free(decisions, left))
            return rebuilding.with_builds(self.project, decisions, due, self.options), left
        paid_for, unknown = self._paid_for(decisions)
        if self.options.resume:  # what cannot be settled is reported
            return [d for d in decisions if d.asset.id in paid_for | unknown], []
        due = [d for d in decisions if d.action not in _AT_REST or self.options.force]
        due = rebuilding.with_builds(self.project, decisions, due, self.options)
        named = {d.asset.id for d in due}
        due, left = self._without_waiting(decisions, due)
        return due + [d for d in decisions if d.asset.id in paid_for - named], left

    def _without_waiting(
        self, decisions: Sequence[Decision], due: Sequence[Decision]
    ) -> tuple[list[Decision], list[Left]]:
        """``due`` without what is made from a missing image that was bought; and the rest."""
        lacking = {
            d.asset.id
            for d in decisions
            if d.action in (Action.WAIT, Action.CHOOSE) and is_missing(self.project, d.asset.id)
        }
        if not lacking or self.options.force:
            return list(due), []
        ready, left = [], []
        for decision in due:
            if waits_for := [need for need in decision.needs if need in lacking]:
                lacking.add(decision.asset.id)
                left.append(Left(decision, tuple(waits_for)))
            else:
                ready.append(decision)
        return ready, left

    def is_kept_older(self, decision: Decision) -> bool:
        """Whether an image stays as an older assetgen drew it: no one asks for it by name."""
        options = self.options
        is_asked_for = options.redraw or options.force or options.ids
        return not is_asked_for and redrawing.is_older(decision)

    def _paid_for(self, decisions: Sequence[Decision]) -> tuple[set[str], set[str]]:
        """The assets that can be settled for free, and those whose purchase is open."""
        painted = [d for d in decisions if routing.is_bought(d.asset.route)]
        if not painted or not self._has_open_entries():
            return set(), set()
        buyer = self.purchases()
        for decision in painted:
            known = self.project.record(decision.asset.id)
            if decision.state is State.FRESH and isinstance(known, Record):
                buyer.forget_placed(decision.wish, known)
            for wish in earlier(decision.wish):
                if kept := self.project.holdings.bought.record(wish):
                    buyer.forget_placed(wish, kept)
        paid_for = buyer.stored(d.wish for d in painted)
        return paid_for, buyer.unsettled(d.wish for d in painted if d.state is not State.FRESH)

    def _has_open_entries(self) -> bool:
        """Whether anything was paid for that is not in place, without loading what buys."""
        return bool(journal.read_open(self.project.root, log_file.UNSENT))

    def _free(self, decisions: Sequence[Decision], left: list[Left]) -> Iterator[Decision]:
        """What can be made for free.

        What costs, or waits for a picture that does not exist, goes to ``left``.
        """
        lacking: set[str] = set()
        for decision in decisions:
            needs = decision.needs
            waits_for = [need for need in needs if need in lacking or self._is_lacking(need)]
            is_at_rest = decision.action in _AT_REST and not self._is_drafted(decision)
            if is_at_rest and not self.options.force:
                continue
            if not waits_for and not self._costs(decision):
                yield decision
                continue
            if is_missing(self.project, decision.asset.id):
                lacking.add(decision.asset.id)
            if decision.action is Action.DRAW:
                left.append(Left(decision, tuple(waits_for)))

    def _is_lacking(self, asset_id: str) -> bool:
        """Whether a picture does not exist and this run does not make it."""
        is_local = self.project.manifest.find(asset_id).is_local
        return not (is_local or self.options.draft) and is_missing(self.project, asset_id)

    def _costs(self, decision: Decision) -> bool:
        """Whether a decision cannot be performed for free, not even with a draft."""
        if decision.asset.is_adopted:
            return decision.action is not Action.DERIVE
        if not _is_drawn_for_money(decision):
            return False
        is_new = decision.state is State.MISSING and decision.action is Action.DRAW
        return not (self.options.draft and is_new) and not self._is_drafted(decision)

    def _is_drafted(self, decision: Decision) -> bool:
        """Whether a placeholder stands in for an image of which there are only candidates."""
        is_undecided = self.options.draft and decision.state is State.UNDECIDED
        return is_undecided and is_missing(self.project, decision.asset.id)

    def is_bought(self, decision: Decision) -> bool:
        """Whether performing a decision may cost money."""
        return _is_drawn_for_money(decision) and self.options.buys

    def drawn(self, work: Sequence[Decision]) -> int:
        """How many pictures of ``work`` a layout draws."""
        return sum(
            d.action is not Action.DERIVE
            and not self.is_bought(d)
            and not rebuilding.is_kept(self.project, d)
            for d in work
        )

    def to_buy(self, work: Sequence[Decision]) -> list[Decision]:
        """What may cost money and is not refused for a reason that is known before."""
        force = self.options.force
        return [
            d
            for d in work
            if self.is_bought(d)
            and d.problem is None
            and d.state is not State.UNMERGED
            and (d.action is not Action.REFUSE or force)
        ]

    def refuse_to_buy(self, bought: Sequence[Decision]) -> None:
        """Raise an error if ``bought`` may not be bought, noted in the log, emitted or committed.

        What is paid for already may always be put into place.
        """
        buyer = self.purchases()  # where .git is read-only, to add --no-commit would not do
        if not (to_pay := [d for d in bought if buyer.left_to_buy(d)]):
            return
        self.refuse_unattended(to_pay)
        self.refuse_uncommittable()
        buyer.refuse_excess(to_pay)

    def refuse_uncommittable(self) -> None:
        """Raise the error if a typed module or the commit of a purchase could not be written."""
        manifest = self.project.manifest
        commits_it = self.options.commit and manifest.project.commit
        for name in typed_module.names(manifest):
            if found := paths.obstacle(self.project.root, name, is_committed=commits_it):
                raise StorageError(f"{found[0]}; nothing was sent", where=name, cure=found[1])
        if not commits_it:
            return
        if repository := Repository.open(self.project.root, self.conditions.environ):
            with closing(repository):
                commits.refuse_unwritable(repository)

    def refuse_unattended(self, bought: Sequence[Decision]) -> None:
        """Raise TrustError if continuous integration would buy without ``--pay``.

        Any branch could ask it for many pictures.
        """
        is_ci = self.conditions.environ.get("CI", "").lower() not in ("", "0", "false")
        if is_ci and not self.options.pay and not self.options.resume:
            to_pay = [d.asset.id for d in bought]
            raise TrustError(
                f"{', '.join(to_pay[:5])}{' and more' * (len(to_pay) > 5)} would be bought, but "
                "this is continuous integration (CI is set), where assetgen buys nothing unless "
                "told to; nothing was sent",
                cure=advice(
                    "buy them on your own machine and commit them, or allow it: {generate}",
                    generate=command("assetgen generate --pay"),
                ),
            )


def _is_drawn_for_money(decision: Decision) -> bool:
    return routing.is_bought(decision.asset.route) and decision.action is not Action.DERIVE


def refuse_claimed(project: Workspace, decision: Decision) -> None:
    """Raise StorageError if a file would be replaced that only its record calls assetgen's."""
    known = project.record(decision.asset.id)
    if found := guards.claimed(decision.wish, known, project.world()):
        guarded = decision.but(reasons=found.reasons)
        raise StorageError(settle.why_left(guarded), cure=found.cure)


def again(project: Workspace, decision: Decision) -> Decision:
    """The decision made again, now that what it depends on is in place."""
    if not decision.wish.needs:
        return decision
    now = decide.judge(project.wish(decision.asset.id), project.world(), {})
    is_built_still = decision.action is Action.BUILD and now.action is Action.NOTHING
    return decision if is_built_still else now


def is_missing(project: Workspace, asset_id: str) -> bool:
    """Whether the main file of an asset does not exist."""
    return project.tree.digest(project.paths[asset_id]) is None


def to_pick(project: Workspace, decision: Decision, bought: Collection[str]) -> tuple[str, ...]:
    """What it is made from and does not exist, because there are candidates of it: ``bought``."""
    needs = (need for need in decision.wish.needs if need in bought)
    return tuple(need for need in needs if is_missing(project, need))


def refuse(project: Workspace, decision: Decision, unmade: Collection[str], *, force: bool) -> None:
    """Raise the error that keeps a decision from being performed, if there is one.

    ``unmade`` are the pictures that this run could not make.
    """
    for need in decision.wish.needs:
        if need in unmade:
            raise ManifestError(
                f"it waits for @{need}, which was not made",
                cure=advice("fix {need} first (see above)", need=need),
            )
        if is_missing(project, need):
            is_bought = project.holdings.choices.at(need) is not None
            makes = command("assetgen generate {need}", need=need)
            picks = command("assetgen pick {need}", need=need)
            raise ManifestError(f"@{need} does not exist yet", cure=picks if is_bought else makes)
    unmerged = decision.state is State.UNMERGED
    is_final = unmerged or decision.asset.is_adopted
    if decision.action is Action.REFUSE and (is_final or not force):
        raise decision.problem or StorageError(
            settle.why_left(decision), cure=settle.cure(decision)
        )
    if decision.action is Action.NOTHING and not force:  # a stored reply replaces a fresh picture
        refuse_claimed(project, decision)
    if decision.problem is not None and decision.asset.is_local:
        raise decision.problem  # as plan does; what is bought is refused where it is sent
    if _is_drawn_for_money(decision):  # before it is paid for
        if torn := project.holdings.unsettled(decision.wish):  # decided, but for --force
            raise StorageError(settle.unsettled(torn.paths), cure=torn.cure)
        sizes = _room(decision.wish)
        written = (*decision.wish.paths, decision.wish.place, *stated_in(decision.asset)[2:])
        store.refuse_unwritable(project.root, written, sizes)


#: The bytes of a coded pixel, at most.
_BYTES = 3


def _room(wish: Wish) -> dict[str, int]:
    """The bytes for which there must be room, by path: pictures are mostly smaller."""
    return dict.fromkeys(wish.paths, wish.intent.pixels * _BYTES)
