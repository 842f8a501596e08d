"""Reads what a service says about a task: that it has begun, still runs, failed, or its images.

Sources: docs.apimart.ai/en/api-reference, "images/gpt-image-2/generation" (``data[].task_id``),
"images/gpt-4o/generation" (``data.id``) and "tasks/status" (``data.status``, ``result.images`` with
one address or a list); sub2api's docs/ASYNC_IMAGE_TASKS.md. All read in December 2026. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from assetgen import loose_json
from assetgen.paid import replies, service_words, side_data
from assetgen.paid.reply_forms import Unreadable
from assetgen.plan.routing import Answer

_NAMES = ("task_id", "taskId", "id", "job_id", "request_id")
_STATES = ("status", "state", "task_status")
_FAILED = re.compile(r"fail|error|reject|cancel|expired|abort", re.I)
_DONE = re.compile(r"complet|succe|done|finish|ready", re.I)
_BEGUN = re.compile(rb"\"(?:task_id|taskId)\"\s{0,9}:\s{0,9}\"([!#-\[\]-~]{1,200})\"")


def read(data: bytes) -> Answer:
    """Read a reply about a task, in whatever form it came. Raises Unreadable."""
    try:
        body = next(loose_json.values(loose_json.unpacked(data)), None)
    except RecursionError:
        body = None
    rows = list(_rows(body))
    named = next(filter(None, (_text(row, _NAMES) for row in rows)), None)
    state = next(filter(None, (_text(row, _STATES) for row in rows)), "")
    task = side_data.response_id(named)
    if _FAILED.search(state):
        inner = next((row for row in rows if _text(row, _STATES)), {})
        failure = service_words.error_object({**inner, "status": None})
        return Answer(failure=failure, response_id=task, status="failed")
    if state and not _DONE.search(state) and task:
        return Answer(response_id=task, status="in_progress")
    answer = _images(data, task)
    if answer.pictures or answer.urls:
        return replace(answer, failure=None, response_id=task, status="completed")
    if answer.failure and answer.failure.get("task"):
        begun = side_data.response_id(str(answer.failure["task"]))
        return Answer(response_id=begun, status="in_progress")
    return answer


def _images(data: bytes, task: str | None) -> Answer:
    """The images of a reply. Raises Unreadable, unless it has the id of a task that just began."""
    try:
        return replies.of_images(data, streamed=False)
    except Unreadable as exc:
        begun = begun_id(data)
        if begun is not None and task is None:
            return Answer(response_id=begun, status="in_progress")
        if exc.is_whole and not _is_json(data):  # its form is wrong because its end is missing
            raise Unreadable("the reply ends too early", is_cut_short=True) from None
        raise


def _is_json(data: bytes) -> bool:
    try:
        msgspec.json.decode(loose_json.unpacked(data))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    return True


def begun_id(data: bytes) -> str | None:
    """The id of the task in a reply whose end is missing; None if it is not there as a whole."""
    found = _BEGUN.search(data)
    return found[1].decode("ascii") if found else None


def _rows(body: Any, deep: int = 3) -> Iterator[Mapping[str, Any]]:
    """The tables in which a reply says something about the task, from the inside."""
    if isinstance(body, list):
        for entry in body[:1]:
            yield from _rows(entry, deep)
    elif isinstance(body, Mapping) and deep:
        for key in ("data", "output", "task"):
            yield from _rows(body.get(key), deep - 1)
        yield body


def _text(row: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = row.get(name)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value):
            return str(value)
    return None
