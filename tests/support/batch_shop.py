"""A project that sends batches to a provider on loopback, and other checkouts that collect them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from assetgen.generate import batch_submit, batches
from assetgen.generate.batch_submit import Submission
from assetgen.generate.batches import Collection, How
from assetgen.generate.options import Options
from assetgen.plan.decide import Decision
from assetgen.plan.workspace import open_workspace
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.provider.batches import Account, Plan
from tests.support.shop import Shop

FOLDER = ".assetgen/batches"


class BatchShop(Shop):
    """One checkout; ``account`` is the account at the provider."""

    def __init__(self, place: Place, provider: Provider) -> None:
        super().__init__(place, provider)
        self.account: Account = provider.account

    def plan(self, **how: Any) -> None:
        """How the provider ends the batches that are sent from now on."""
        self.account.plan = replace(Plan(size=(64, 48)), **how)

    def commits(self) -> None:
        """Commit what is in the working tree."""
        self.place.git("add", "-A")
        self.place.git("commit", "-qm", "by hand")

    def send(self, *ids: str, now: str = "", **options: Any) -> Submission:
        """generate --batch, in this process."""
        how = Options(ids=ids, batch=True, **options)
        conditions = self.conditions()
        conditions = replace(conditions, clock=lambda: now) if now else conditions
        return batch_submit.submit(self.place.root, how, conditions, self.environ)

    def sent(self, *ids: str, **options: Any) -> str:
        """``send``, which must start one batch; its id."""
        done = self.send(*ids, **options)
        assert not done.error and not done.outcome.failed, done
        assert not done.outcome.uncommitted, done.outcome.uncommitted
        (batch,) = done.started
        return batch.id

    def collect(self, *ids: str, **how: Any) -> Collection:
        """batch collect, in this process."""
        asked = How(ids=ids, **how)
        return batches.collect(self.place.root, asked, self.conditions(), self.environ)

    def collected(self, *ids: str, **how: Any) -> Collection:
        """``collect``, which must succeed."""
        done = self.collect(*ids, **how)
        assert done.exit_code == 0, (done.outcome.failed, [c.error for c in done.collected])
        return done

    def decision(self, asset_id: str) -> Decision:
        project = open_workspace(self.place.root, self.conditions())
        return next(d for d in project.decide() if d.asset.id == asset_id)

    def file(self, batch_id: str) -> Any:
        """The committed file of a batch."""
        return json.loads(self.place.read(f"{FOLDER}/{batch_id}.json"))

    def clone(self, name: str = "clone") -> BatchShop:
        """Another machine, with a clone of what is committed."""
        root = self.place.root.parent / name
        self.place.git("clone", "-q", str(self.place.root), str(root))
        return BatchShop(Place(root, Path(self.place.environ["HOME"])), self.provider)

    def tree(self) -> str:
        """The id of everything that is committed."""
        return self.place.git("rev-parse", "HEAD^{tree}")

    def asked(self) -> list[str]:
        """The method and path of each request, in order."""
        return [f"{seen.method} {seen.path.removeprefix('/v1')}" for seen in self.provider.requests]
