"""watch: each burst of changes is one run."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Set
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from assetgen.check.pages import missing_in
from assetgen.cure import advice, command
from assetgen.errors import AssetgenError, BusyError, StorageError
from assetgen.fs import store
from assetgen.fs.git import Repository
from assetgen.fs.tree import WorkTree
from assetgen.generate import performer
from assetgen.generate.options import Options
from assetgen.generate.outcome import Failed, Made, Observer, Outcome
from assetgen.manifest import parse
from assetgen.manifest.schema import FILE
from assetgen.plan import remember
from assetgen.plan.again import LastPlan
from assetgen.plan.workspace import Workspace, open_workspace
from assetgen.report import generate, plan, text
from assetgen.report.pages import problem_json
from assetgen.routes import draft
from assetgen.settings.conditions import Conditions
from assetgen.watch.bursts import Bursts
from assetgen.watch.scope import TEMPLATES, Scope, named_files, of_manifest
from assetgen.watch.watcher import Event, Watcher

#: Seconds before watch reports that it waits for another run.
_TIMEOUT = 2.0


class Watch(Observer):
    """One project that is watched. Calls ``tell`` with each event."""

    def __init__(
        self,
        root: Path,
        conditions: Conditions,
        tell: Callable[[Event], None],
        *,
        commit: bool = False,
        poll: bool = False,
        cached: bool = True,
    ) -> None:
        """Unless ``cached``, only what this process has read itself is remembered."""
        # A copy: opening the repository removes git's variables from the process's environment.
        self._root, self._conditions = root, replace(conditions, environ=dict(conditions.environ))
        self._tell = tell
        self._options = Options(draft=True, commit=commit, cached=cached, patience=_TIMEOUT)
        self._watcher = Watcher(root, tell, poll=poll)
        self._scope = Scope()
        self._known: Any = {}
        self._since = time.monotonic()
        self._failed: dict[tuple[str | None, str], None] = {}
        self._now_failed: dict[tuple[str | None, str], None] = {}
        self._cost: list[Event] = []
        self._missing: dict[str, set[str]] = {}
        repository = Repository.open(root, self._conditions.environ)
        git_lock = repository.place("index.lock") if repository else None
        self._bursts = Bursts(root, self._watcher.seen, git_lock)
        self._last = LastPlan()

    def run(self) -> None:
        """Watch until KeyboardInterrupt. Raises StorageError if the project is removed."""
        try:
            store.prepare(self._root)
            self._watcher.watch(self._scope)
            self._run()
            self._warm()
            folders = sorted({place.partition("/")[0] for place in (*self._scope.files, TEMPLATES)})
            pages = [base or "." for base in sorted(self._scope.bases)]
            self._tell(
                {
                    "event": "started",
                    "watching": list(dict.fromkeys([*folders, *pages])),
                    "commit": self._options.commit,
                    "polling": self._watcher.polls,
                }
            )
            while True:
                changes = self._bursts.following()
                self._since = changes[0].at
                if deciding := [change for change in changes if change.decides]:
                    self._run({change.file for change in deciding})
                self._check_pages({change.page for change in changes if change.page})
        finally:
            self._watcher.close()

    def _run(self, saved: Set[str | None] = frozenset({None})) -> None:
        """Make what is free; again if there are new folders, which may have changed meanwhile.

        Only what rests on the files ``saved``, unless None is among them.
        """
        is_known = None not in saved and not (self._options.commit or self._failed)
        self._last.expect({file for file in saved if file} if is_known else None)
        while True:
            self._once()
            if not self._watcher.watch(self._scope):
                return
            self._last.expect(None)

    def _once(self) -> None:
        if not self._root.is_dir():
            raise StorageError(
                "the project does not exist any more",
                where=str(self._root),
                cure=advice(
                    "cd to its new place, then run: {watch}",
                    watch=command("assetgen watch"),
                ),
            )
        tree = self._tree()
        self._now_failed = {}
        try:
            outcome = self._generated(tree)
        except AssetgenError as exc:
            was_part = self._last.is_part
            self._last.forget()
            if was_part:  # what is wrong is said of the whole project
                self._once()
                return
            self._fails(None, exc)
            self._widen(tree)
        else:
            if self._last.is_part:
                self._scope = self._scope.with_files(outcome.rests_on)
            else:
                self._scope = of_manifest(outcome.manifest, outcome.rests_on)
            self._tell_of(outcome)
        if self._failed and not self._now_failed:
            self._tell({"event": "settled"})
        self._failed = self._now_failed
        self._known = remember.settled(tree, with_rest=self._last.is_part)

    def _tree(self) -> WorkTree:
        return WorkTree(self._root, before=self._known, cached=self._options.cached)

    def _check_pages(self, pages: Set[str]) -> None:
        """Report the missing images of ``pages`` that are new since their last save."""
        if not pages:
            return
        try:
            project = Workspace(self._root, self._tree(), self._conditions)
            problems = missing_in(project, pages)
        except AssetgenError:  # the plan reports it
            return
        before = {page: self._missing.pop(page, set()) for page in pages}
        for problem in problems:
            now = self._missing.setdefault(problem.path, set())
            if problem.message not in before[problem.path] | now:
                self._tell({"event": "not-there", **problem_json(problem)})
            now.add(problem.message)

    def _generated(self, tree: WorkTree) -> Outcome:
        try:
            outcome = self._performed(tree, self._options)
        except BusyError:
            self._tell(
                {"event": "waiting", "what": "another assetgen run is at work in this project"}
            )
            outcome = self._performed(tree, replace(self._options, patience=-1))
        if outcome.interrupted:
            raise KeyboardInterrupt
        return outcome

    def _performed(self, tree: WorkTree, options: Options) -> Outcome:
        return performer.generate(
            self._root,
            options,
            self._conditions.environ,
            observer=self,
            conditions=self._conditions,
            tree=tree,
            last=self._last,
        )

    def _widen(self, tree: WorkTree) -> None:
        """Watch also the files that the manifest names: one of them may be what is missing."""
        with suppress(AssetgenError):
            known = parse.read(tree.read(FILE) or b"").manifest
            self._scope = of_manifest(known, {*self._scope.files, *named_files(known)})

    def _warm(self) -> None:
        """Draw once, so that the first save does not wait for the engine to load."""
        with suppress(AssetgenError):
            project = open_workspace(self._root, self._conditions, cached=self._options.cached)
            if project.manifest.asset:
                draft.draw(project, project.manifest.asset[0])
        gc.collect()
        gc.freeze()  # what is loaded stays loaded

    # -- events ------------------------------------------------------------------------------------

    def done(self, made: Made | Failed) -> None:
        if isinstance(made, Failed):
            self._fails(made.asset_id, made.error)
            return
        self._tell(
            {
                "event": "made",
                **generate.made_json(made),
                "ms": round(1000 * (time.monotonic() - self._since)),
            }
        )

    def _fails(self, asset_id: str | None, error: AssetgenError) -> None:
        """Report a failure once: it happens at every save until it is fixed."""
        found = error.mistakes or (error,)
        failure = (asset_id, "\n".join(f"{one.where}: {one.what}" for one in found))
        if failure not in {**self._failed, **self._now_failed}:
            self._tell({"event": "failed", "id": asset_id, **text.error_json(error)})
        self._now_failed[failure] = None

    def _tell_of(self, outcome: Outcome) -> None:
        cost: list[Event] = list(
            plan.costs(one.decision for one in outcome.left if not one.waits_for)
        )
        for one in cost:
            if one not in self._cost:
                self._tell({"event": "would-cost", **one})
        self._cost = [*self._cost, *cost] if self._last.is_part else cost
        if outcome.commit:
            self._tell({"event": "committed", "commit": outcome.commit})
        if outcome.uncommitted:
            self._fails(None, outcome.uncommitted)
