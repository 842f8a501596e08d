"""What a service says where an image should be: its error, its words, the id of its task. Pure.

Sources: OpenAI, LiteLLM, new-api; FastAPI and Zod (lists of mistakes), RFC 9457 (title, detail),
JSON:API (errors), AWS and Azure API Management (message), XML of object stores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from assetgen import loose_json

#: The most that is kept of one text of a service, in characters.
_LONGEST = 2000
_DEEPEST = 6
_ERRORS = ("error", "errors", "issues", "detail", "details", "fault", "base_resp", "err")
_WORDS = (
    *("message", "msg", "status_msg", "error_message", "error_msg", "errmsg", "error_description"),
    *("detail", "title", "description", "reason", "failure_reason", "fail_reason", "text"),
)
_CODES = ("code", "status_code", "statusCode", "error_code", "errcode", "errorCode")
_TASKS = ("task_id", "taskId", "job_id", "jobId", "prediction_id", "request_id")
_STARTED = frozenset(
    {"pending", "processing", "queued", "submitted", "running", "in_progress", "starting"}
)
_FAILED = frozenset({"failed", "failure", "error", "rejected", "cancelled", "canceled", "expired"})
_FINE = frozenset({"0", "200", "201", "202", "ok", "success", "succeeded", "none", ""})
#: Keys in which a reply repeats the request; what is in them is not an answer.
ECHOES = frozenset(
    {"input", "inputs", "instructions", "tools", "tool_choice", "request", "prompt", "mask"}
    | {"metadata", "usage", "revised_prompt", "input_references", "input_image", "input_images"}
)


def error(body: bytes) -> Mapping[str, Any]:
    """The error in the body of a refusal, in any known form; {} if it says nothing.

    The keys are message, type, code and param, as far as they are stated, and what else the
    service's own error object has.
    """
    data = loose_json.unpacked(body)
    try:
        stated = list(loose_json.values(data))
    except RecursionError:
        return {}
    if stated and isinstance(stated[0], (Mapping, list)):
        return _error(stated[0]) or {}
    said = loose_json.text(data)
    if said.lstrip()[:1] in ("{", "["):  # JSON that was cut
        found = _STATED.search(said)
        said = next(loose_json.values(f'"{found[1]}"'.encode()), "") if found else said
    words = _plain(str(said))
    return {"message": words} if words else {}


def error_object(found: Any) -> Mapping[str, Any]:
    """An error that a reply names as such, with the keys of OpenAI's."""
    return _error(found) or {"message": loose_json.shown(str(found))[:_LONGEST]}


def failure(value: Any) -> Mapping[str, Any] | None:
    """The error in a reply of status 200, or the task that it started; None if it states none."""
    if not isinstance(value, Mapping):
        found = value[0] if isinstance(value, list) and value else None
        return failure(found) if isinstance(found, Mapping) else None
    if (task := _task(value)) is not None:
        return {"message": _message(value) or "", "task": task}
    if any(value.get(key) for key in _ERRORS) or _says_failure(value):
        return _error(value)
    return None


def words(value: Any) -> tuple[str, bool]:
    """What a reply says in words, and whether the words are marked as a refusal; "" if nothing."""
    found = list(_texts(value, _DEEPEST))
    refusals = [text for text, is_refusal in found if is_refusal]
    said = refusals or list(dict.fromkeys(text for text, _ in found))
    return " ".join(said)[:_LONGEST], bool(refusals)


def _says_failure(value: Mapping[str, Any]) -> bool:
    if value.get("success") is False or value.get("ok") is False:
        return True
    if str(value.get("status") or "").lower() in _FAILED:
        return True
    code = _code(value)
    return code is not None and code.lower() not in _FINE


def _code(value: Mapping[str, Any]) -> str | None:
    for key in _CODES:
        stated = value.get(key)
        if isinstance(stated, (str, int)) and not isinstance(stated, bool):
            return loose_json.shown(str(stated))[:80]
    return None


def _task(value: Mapping[str, Any], deep: int = 2) -> str | None:
    """The id of the work that a reply says has begun."""
    state = str(value.get("status") or value.get("state") or value.get("task_status") or "").lower()
    names = _TASKS[:-1] if state not in _STARTED else (*_TASKS, "id", "uuid")
    for key in names:
        stated = value.get(key)
        if isinstance(stated, (str, int)) and str(stated) and state not in _FAILED:
            return loose_json.shown(str(stated))[:120]
    for key in ("data", "output", "result", "task"):
        inner = value.get(key)
        inner = inner[0] if isinstance(inner, list) and inner else inner
        if isinstance(inner, Mapping) and deep and (found := _task(inner, deep - 1)):
            return found
    return None


def _error(value: Any, deep: int = _DEEPEST) -> dict[str, Any] | None:
    """The error in ``value`` with the keys of OpenAI's; None if there is none."""
    if not deep:
        return None
    if isinstance(value, str):
        return _of_text(value, deep)
    if isinstance(value, list):
        return _of_list(value, deep)
    if not isinstance(value, Mapping):
        return None
    inner = next((_error(value[key], deep - 1) for key in _ERRORS if value.get(key)), None) or {}
    own = _of_message(value, deep)
    found = {**own, **{key: one for key, one in inner.items() if one}}
    if message := _joined(own.get("message"), inner.get("message")):
        found["message"] = message
    for key in ("type", "param", "moderation_details"):
        if key not in found and value.get(key) is not None:
            found[key] = value[key]
    if not found.get("code") and (code := _code(value)) is not None:
        found["code"] = code
    return found or _of_fields(value)


def _of_fields(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """The error of a table with the mistakes of each field: {"size": ["must be square"]}."""
    said = []
    for field, stated in list(value.items())[:20]:
        texts = stated if isinstance(stated, list) else [stated]
        said += [f"{_place(field)}: {_plain(one)}" for one in texts if isinstance(one, str)]
    return {"message": "; ".join(said)[:_LONGEST]} if said else None


def _joined(first: Any, second: Any) -> str:
    """Both texts, or one of them if it repeats the other."""
    before, after = str(first or ""), str(second or "")
    if before in after or after in before:
        return max(before, after, key=len)
    return f"{before}: {after}"[:_LONGEST]


def _of_text(value: str, deep: int) -> dict[str, Any] | None:
    """The error that a text is; JSON in it, as gateways wrap it, is read."""
    text = loose_json.shown(value).strip()
    start = text.find("{")
    if 0 <= start < 400 and ('"message"' in text or '"error"' in text):
        try:
            stated = next(loose_json.values(text[start:].encode()), None)
        except RecursionError:
            stated = None
        if isinstance(stated, Mapping) and (inner := _error(stated, deep - 1)):
            return inner
    return {"message": _plain(text)} if text else None


def _of_list(value: list[Any], deep: int) -> dict[str, Any] | None:
    """The errors of a list as one: the words of each, and the code of the first."""
    found = [one for one in (_error(entry, deep - 1) for entry in value[:20]) if one]
    if not found:
        return None
    said = dict.fromkeys(str(one.get("message") or "") for one in found)
    return {**found[0], "message": "; ".join(filter(None, said))[:_LONGEST]}


def _of_message(value: Mapping[str, Any], deep: int) -> dict[str, Any]:
    """The words of an error object, with the field that they are about, and what is in them."""
    for key in ("message", "msg"):
        stated = value.get(key)
        if isinstance(stated, (Mapping, list)) and (inner := _error(stated, deep - 1)):
            return inner
        is_wrapped = isinstance(stated, str) and '{"' in stated
        # A rule for LiteLLM's errors looks at the words around the object.
        if is_wrapped and not str(stated).startswith("litellm."):
            return _of_text(str(stated), deep) or {}
    message = _message(value)
    at = value.get("loc") or value.get("path") or value.get("field") or value.get("property")
    place = _place(at)
    if not message:
        return {}
    named = place and place not in message
    return {"message": f"{place}: {message}" if named else message, **_param(place)}


def _place(at: Any) -> str:
    parts = at if isinstance(at, list) else [at]
    kept = [str(part) for part in parts if isinstance(part, (str, int)) and part != "body"]
    return loose_json.shown(".".join(kept))[:60]


def _param(place: str) -> dict[str, str]:
    return {"param": place} if re.fullmatch(r"[A-Za-z_][\w.\[\]]*", place) else {}


def _message(value: Mapping[str, Any]) -> str:
    """The words of ``value``; both, where it has a title and a detail."""
    lower = {str(key).lower(): one for key, one in value.items()}
    said: dict[str, None] = {}
    for key in _WORDS:
        stated = lower.get(key)
        if isinstance(stated, str) and stated.strip():
            said[_plain(loose_json.shown(stated))] = None
    return " ".join(list(said)[:2])[:_LONGEST]


def _texts(value: Any, deep: int) -> Iterator[tuple[str, bool]]:
    """The texts of a reply for its reader, and whether each is marked as a refusal."""
    if not deep:
        return
    if isinstance(value, list):
        for entry in value[:50]:
            yield from _texts(entry, deep - 1)
    elif isinstance(value, Mapping):
        for key, stated in value.items():
            if key in ECHOES:
                continue
            if isinstance(stated, str) and stated.strip():
                if key == "refusal":
                    yield _plain(stated), True
                elif key in (*_WORDS, "content", "output_text", "answer"):
                    yield _plain(stated), False
            elif key in ("finish_reason", "finishReason", "stop_reason"):
                continue
            else:
                yield from _texts(stated, deep - 1)


_STATED = re.compile(r'"(?:message|msg|detail)"\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)')
_PAGE = re.compile(r"<!doctype|<html|<head|<body", re.I)
_TITLE = re.compile(r"<title[^>]*>([^<]{1,200})", re.I)
_TAG = re.compile(r"<[/?!a-zA-Z][^<>]{0,300}>")


def _plain(text: str) -> str:
    """``text`` on one line, cut; of a page its title, of XML what is between the tags."""
    text = loose_json.shown(text[: 8 * _LONGEST])
    if _PAGE.search(text[:1000]):
        title = _TITLE.search(text)
        return "an HTML page" + (f": {' '.join(unescape(title[1]).split())}" if title else "")
    if text.lstrip().startswith("<"):
        text = unescape(_TAG.sub(" ", text))
    return " ".join(text.split())[:_LONGEST]
