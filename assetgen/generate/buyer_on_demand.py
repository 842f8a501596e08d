"""Opens what buys when it is first needed."""

from __future__ import annotations

import gc
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assetgen.generate.options import Options
from assetgen.generate.outcome import Observer
from assetgen.plan.decide import Decision
from assetgen.plan.workspace import Workspace
from assetgen.settings.conditions import Conditions

if TYPE_CHECKING:
    from assetgen.generate.buyer import Buyer

#: Pictures that are bought at the same time, unless -j says otherwise.
AT_ONCE = 8


class BuyerOnDemand:
    """Opens the buyer when it is first asked for: it loads the SDK, which takes half a second."""

    def __init__(
        self,
        project: Workspace,
        conditions: Conditions,
        options: Options,
        observer: Observer,
        everything: Sequence[Decision],
    ) -> None:
        self._project = project
        self._conditions = conditions
        self._options = options
        self._observer = observer
        self._everything = everything
        self._opened: Buyer | None = None
        self._lock = threading.Lock()

    def __call__(self) -> Buyer:
        with self._lock:
            self._opened = self._opened or self._open()
            return self._opened

    def _open(self) -> Buyer:
        from assetgen.generate.buyer import Buyer

        gc.freeze()  # the imported modules stay: the collector need not walk them again
        gateways = self._project.manifest.gateway
        return Buyer(
            root=self._project.root,
            conditions=self._conditions,
            channels={name: gateway.channel for name, gateway in gateways.items()},
            observer=self._observer,
            force=self._options.force,
            only_settles=self._options.resume,
            everything=self._everything,
            at_once=self._options.jobs or AT_ONCE,
        )

    def close(self) -> None:
        if self._opened:
            self._opened.close()
