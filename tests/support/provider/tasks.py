"""Services that answer with the id of a task, which is polled until its image is there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.support.provider.faults import Refused, invalid

#: The fields that a task takes; everything else is refused.
FIELDS = {"model", "prompt", "size", "quality", "image_urls"}


@dataclass
class Task:
    """One task: its result, and how often it says that it still runs."""

    result: dict[str, Any]
    polls: int
    failure: str | None = None
    id: str = field(default_factory=lambda: "task_" + secrets.token_hex(12))
    asked: int = 0

    def begun(self) -> dict[str, Any]:
        return {"code": 200, "data": [{"status": "submitted", "task_id": self.id}]}

    def now(self) -> dict[str, Any]:
        """The answer to a question about it."""
        self.asked += 1
        data: dict[str, Any] = {"id": self.id, "progress": min(99, 30 * self.asked)}
        if self.asked <= self.polls:
            return {"code": 200, "data": {**data, "status": "processing"}}
        if self.failure is not None:
            error = {"message": self.failure, "code": "task_failed"}
            return {"code": 200, "data": {**data, "status": "failed", "error": error}}
        return {"code": 200, "data": {**data, "status": "completed", "result": self.result}}


def check(asked: dict[str, Any]) -> None:
    """Refuse each field that a task does not take. Raises Refused."""
    for key in asked:
        if key not in FIELDS:
            raise Refused(invalid("unknown_parameter", f"Unknown parameter: '{key}'.", key))
