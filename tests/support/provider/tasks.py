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


class ImageTask(Task):
    """A task of sub2api: everything on one level, and the result as in the Images API."""

    def begun(self) -> dict[str, Any]:
        return {**self._named(), "status": "processing", "poll_url": f"/v1/images/tasks/{self.id}"}

    def now(self) -> dict[str, Any]:
        self.asked += 1
        if self.asked <= self.polls:
            return {**self._named(), "status": "processing"}
        if self.failure is not None:
            error = {"type": "api_error", "message": self.failure}
            return {**self._named(), "status": "failed", "http_status": 502, "error": error}
        url = self.result["data"][0]["url"]
        done = {"status": "completed", "http_status": 200, "image_url": url, "result": self.result}
        return {**self._named(), **done}

    def _named(self) -> dict[str, Any]:
        return {"id": self.id, "task_id": self.id, "object": "image.generation.task"}


def check(asked: dict[str, Any]) -> None:
    """Refuse each field that a task does not take. Raises Refused."""
    for key in asked:
        if key not in FIELDS:
            raise Refused(invalid("unknown_parameter", f"Unknown parameter: '{key}'.", key))
