"""Candidates are bought: several images of one asset, of which one is picked later.

Each request is a purchase of its own in the log. What came is kept whatever became of the others,
and nothing is put into place but the file that says which candidates there are.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from msgspec import structs

from assetgen.cure import command
from assetgen.errors import AssetgenError, StorageError
from assetgen.fs import originals, store
from assetgen.generate import statement
from assetgen.generate.buyer import Buyer, open_purchase
from assetgen.generate.outcome import Made, billed
from assetgen.generate.refining import Torn
from assetgen.generate.requests import TOKEN, Part, images_of
from assetgen.generate.slots import Turn
from assetgen.image import decode
from assetgen.paid.journal import Entry, Fate
from assetgen.plan import estimates
from assetgen.plan.choices import Found
from assetgen.plan.decide import Action, Decision
from assetgen.plan.routing import Drawn, NotBegun, job_for
from assetgen.plan.wish import Wish
from assetgen.plan.workspace import Workspace
from assetgen.record import candidates, record
from assetgen.record.candidates import CandidatesFile, Choice
from assetgen.record.schema import Amount, Candidate, Costs, Purchase
from assetgen.text import count


@dataclass
class Bought:
    """What became of the requests for one asset."""

    purchases: list[Purchase] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)
    failures: list[AssetgenError] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    not_begun: int = 0


def is_choice(buyer: Buyer, decision: Decision) -> bool:
    """Whether what is bought, or was bought, for an asset are candidates."""
    wish = decision.wish
    return wish.asset.images > 1 or any(TOKEN in one.evidence for one in buyer.open_of(wish))


def buy(project: Workspace, buyer: Buyer, decision: Decision, turn: Turn) -> Bought:
    """Buy the candidates that are missing, and take what is paid for.

    It waits for ``turn``. Raises NotBegun, and StorageError if there is no room for more.
    """
    return _Choosing(project, buyer, decision, turn).run()


class _Choosing:
    """The purchases for one asset."""

    def __init__(self, project: Workspace, buyer: Buyer, decision: Decision, turn: Turn) -> None:
        self._project, self._buyer, self._turn = project, buyer, turn
        self._decision, self._wish = decision, decision.wish
        self._job = job_for(project, decision.wish)
        self._got = Bought()
        self._prompts = project.manifest.project.record_prompts

    def run(self) -> Bought:
        buyer, got = self._buyer, self._got
        self._turn.take()
        left = buyer.left_to_buy(self._decision)
        before = _pending(self._project, self._wish)
        _refuse_too_many(before, left, self._decision)
        known = {one.token for one in before.choice.purchases} if before else set[str]()
        found = ((one, self._settle(one, known)) for one in buyer.open_of(self._wish))
        open_still = [(one, why) for one, why in found if why is not None]
        is_new = False
        if left:
            self._job.refuse()
            is_new = self._buy(left)
        if is_new and buyer.force:  # the user has bought again what they were for
            for one, _ in open_still:
                buyer.dismiss(one)
        else:
            got.failures[:0] = [why for _, why in open_still]
        self._turn.give_back()
        if got.not_begun and not got.candidates and not got.failures:
            raise NotBegun
        return got

    def kept(self, drawn: Drawn) -> Bought:
        """An image that was bought by itself, as the only candidate."""
        assert drawn.entry is not None
        self._keep(Part(drawn, (drawn.original,)), _token(self._buyer.entry(drawn.entry)), 1)
        return self._got

    def _settle(self, entry: Entry, known: set[str]) -> AssetgenError | None:
        """Take the images of a purchase of before; the error if there are none to be had."""
        token = _token(entry)
        if token in known and entry.fate is Fate.ANSWERED:  # a killed run could not end it
            self._got.entries.append(entry.number)
            return None
        try:
            job = replace(self._job, wish=estimates.for_images(self._wish, images_of(entry)))
            part = self._buyer.requests.received(entry, job, self._turn)
        except AssetgenError as exc:
            self._turn.drops_image()
            return exc
        if part is None:
            return open_purchase(entry, self._wish)
        self._keep(part, token, images_of(entry))
        return None

    def _buy(self, left: int) -> bool:
        """Buy so many images, with as few requests as the route needs; whether any came."""
        parts = list(_split(left, self._buyer.requests.per_request(self._job)))
        before = len(self._got.candidates)
        if len(parts) == 1:
            found = [self._ask(parts[0], self._turn)]
        else:
            with ThreadPoolExecutor(len(parts)) as asking:  # each with a turn of its own
                self._turn.give_back()
                found = list(asking.map(self._ask_in_turn, parts))
        for number, (images, one) in enumerate(zip(parts, found, strict=True), start=1):
            if isinstance(one, _Ask):
                self._keep(one.part, one.token, images)
            elif isinstance(one, NotBegun):
                self._got.not_begun += images
            else:
                self._got.failures.append(_of_part(one, number, len(parts)))
        return len(self._got.candidates) > before

    def _ask_in_turn(self, images: int) -> _Ask | AssetgenError | NotBegun:
        with self._buyer.slots.line_up() as turn:
            return self._ask(images, turn)

    def _ask(self, images: int, turn: Turn) -> _Ask | AssetgenError | NotBegun:
        token = secrets.token_hex(8)
        job = replace(self._job, wish=estimates.for_images(self._wish, images))
        try:
            part = self._buyer.requests.buy(job, turn, token)
            self._store(part)
        except (AssetgenError, NotBegun) as exc:
            return exc
        turn.drops_image()
        return _Ask(replace(part, drawn=replace(part.drawn, image=None)), token)

    def _store(self, part: Part) -> None:
        """Keep the images for the repository, for as long as it exists."""
        try:
            for data in part.originals:
                originals.keep(self._project.root, data)
        except StorageError as exc:
            raise billed(exc, part.drawn.entry) from exc

    def _keep(self, part: Part, token: str, asked: int) -> None:
        """Add the images of a request to the candidates."""
        drawn, got = part.drawn, self._got
        self._store(part)
        self._turn.drops_image()
        images, broken = _measured(part)
        revised = statement.prompt_text(drawn.revised, self._prompts) if drawn.revised else None
        surface = drawn.route.surface or ""
        estimate = estimates.estimate(
            estimates.for_images(self._wish, max(asked, 1)),
            Action.DRAW,
            surface=surface,
            catalog=self._buyer.conditions.the_catalog,
        )
        total = Costs(
            surface=surface or None,
            currency=estimate.currency,
            estimate=statement.estimated(estimate),
            usage=drawn.usage_cost,
            provider=drawn.provider_cost,
        )
        at = len(got.purchases)
        got.purchases.append(
            Purchase(
                token=token,
                route=drawn.route,
                request=drawn.request,
                response=drawn.response,
                received=drawn.received,
            )
        )
        for number, one in enumerate(images):
            cost = _share(total, number, len(images))
            one = structs.replace(one, purchase=at, revised=revised, cost=cost)
            got.candidates.append(one)
        if drawn.entry is not None:
            got.entries.append(drawn.entry)
        got.remarks += [one for one in drawn.remarks if one not in got.remarks]
        if len(images) != asked or broken:
            more = f", and {count(broken, 'file')} that is no image" if broken else ""
            got.remarks.append(f"requested {count(asked, 'image')}, received {len(images)}{more}")


@dataclass(frozen=True)
class _Ask:
    part: Part
    token: str


def _measured(part: Part) -> tuple[list[Candidate], int]:
    """The images that a request brought, and how many of its files are no images."""
    found, broken = [], 0
    for number, data in enumerate(part.originals):
        try:
            seen = decode.facts(data)
            if number:  # the first one was decoded already
                decode.decode(data)
        except StorageError:
            broken += 1
            continue
        found.append(
            Candidate(
                sha256=hashlib.sha256(data).hexdigest(),
                media_type=f"image/{seen.format}",
                bytes=len(data),
                width=seen.width,
                height=seen.height,
                alpha=seen.alpha,
                cost=Costs(),
            )
        )
    return found, broken


def _share(total: Costs, number: int, of: int) -> Costs:
    """One image's share of a cost; all shares add up to it."""

    def part(amount: Amount | None) -> Amount | None:
        if amount is None:
            return None
        each, rest = divmod(amount.micros, of)
        basis = amount.basis if of == 1 else f"1/{of} of: {amount.basis}"
        return Amount(each + (number < rest), amount.currency, basis)

    return Costs(
        surface=total.surface,
        currency=total.currency,
        estimate=part(total.estimate),
        usage=part(total.usage),
        provider=part(total.provider),
    )


def _split(images: int, most: int) -> Iterator[int]:
    while images > 0:
        yield min(images, most)
        images -= most


def _of_part(error: AssetgenError, number: int, of: int) -> AssetgenError:
    """An error that says which request of several it is about."""
    if of > 1:
        error.what = f"candidate {number} of {of}: {error.what}"
    return error


def _token(entry: Entry) -> str:
    """What the file of candidates calls a purchase."""
    stated = entry.evidence.get(TOKEN)
    if isinstance(stated, str):
        return stated
    return record.digest([entry.want, entry.began, entry.number])[-16:]


def _pending(project: Workspace, wish: Wish) -> Found | None:
    found = project.holdings.choices.pending(wish)
    return found if isinstance(found, Found) else None


def _refuse_too_many(before: Found | None, left: int, decision: Decision) -> None:
    """Raise StorageError if the file could not say what would be bought; nothing was sent."""
    if before and left and len(before.choice.candidates) + left > candidates.MOST:
        raise StorageError(
            f"there are {len(before.choice.candidates)} candidates, and a file has at most "
            f"{candidates.MOST}; nothing was sent",
            where=before.path,
            cure=command("assetgen pick {id}", id=decision.asset.id),
        )


def made(
    project: Workspace, buyer: Buyer, decision: Decision, *, batch: store.Batch, turn: Turn
) -> tuple[Made | None, store.Batch, list[AssetgenError]]:
    """``buy``, with the file of the candidates in ``batch``; and each failure by itself."""
    got = buy(project, buyer, decision, turn)
    if got.candidates:
        return stage(project, batch, decision, got), batch, got.failures
    for entry in got.entries:  # in the file already
        buyer.placed(entry)
    return None, batch, got.failures


def torn(
    project: Workspace,
    buyer: Buyer,
    decision: Decision,
    *,
    torn: Torn,
    batch: store.Batch,
    turn: Turn,
) -> Made:
    """An edit that moved what is outside its mask: it is kept as a candidate, not put into place.

    Raises StorageError.
    """
    one, drawn = _Choosing(project, buyer, decision, turn), torn.drawn
    got = one.kept(drawn)
    got.remarks.append(f"{torn}; it is kept as a candidate")
    return stage(project, batch, decision, got)


# -- the file --------------------------------------------------------------------------------------


def stage(project: Workspace, batch: store.Batch, decision: Decision, got: Bought) -> Made:
    """Add the file with the new candidates to ``batch``. Raises StorageError."""
    wish, choices = decision.wish, project.holdings.choices
    place, at = choices.place(wish.asset.id), choices.at(wish.asset.id)
    known = choices.read(at) if at else None
    new = Choice(
        intent=wish.intent.stated(project.manifest.project.record_prompts),
        purchases=got.purchases,
        candidates=got.candidates,
    )
    before = known if isinstance(known, CandidatesFile) else None
    file = before.having(new) if before else CandidatesFile(asset=wish.asset.id, choices=[new])
    try:
        batch.add(place, candidates.write(file))
    except StorageError as exc:
        raise billed(exc, got.entries[0] if got.entries else None) from exc
    return Made(
        decision=decision,
        files=(),
        removed=(at,) if at and at != place else (),
        remarks=tuple(got.remarks),
        record=place,
        entries=tuple(got.entries),
        candidates=len(got.candidates),
    )
