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
    *(
        "faultstring",
        "errormessage",
        "statusmessage",
        "failurereason",
        "finishmessage",
        "exception",
    ),
    *("block_reason_message", "blockreasonmessage", "errormsg", "usermessage", "user_message"),
)
_CODES = ("code", "status_code", "statuscode", "error_code", "errcode", "errorcode", "err_code")
_TASKS = ("task_id", "taskId", "job_id", "jobId", "prediction_id", "operation_id", "operationId")
#: Names of a task only in a reply that says in another way that one has begun.
_OTHER_TASKS = ("request_id", "requestId", "id", "uuid", "name")
#: Where the state or the result of a task can be read.
_AT = ("status_url", "response_url", "polling_url", "poll_url", "result_url", "get_url", "task_url")
_STARTED = frozenset(
    {"pending", "processing", "queued", "submitted", "running", "in_progress", "starting"}
    | {"in_queue", "queueing", "created", "accepted", "waiting", "not_started", "scheduled"}
)
#: Why a model ended without an image, and how that says that its safety system did it.
_REASONS = (
    *("blockreason", "block_reason", "finishreason", "finish_reason", "finish_reasons"),
    *("stop_reason", "stopreason", "raifilteredreason", "rai_filtered_reason", "filter_reason"),
)
_BLOCKED = re.compile(
    r"safety|prohibit|block|filter|moderat|refus|recitation|polic|sensitive|nsfw|spii", re.I
)
_ENDED = frozenset({"stop", "end_turn", "completed", "success", "succeeded", "finish_reason_stop"})
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
        return _error(stated[0]) or _blocked(stated[0]) or {}
    said = stated[0] if stated and isinstance(stated[0], str) else loose_json.text(data)
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
    if (found := task(value)) is not None:
        return found
    if any(value.get(key) for key in _ERRORS) or _says_failure(value):
        return _error(value)
    return _blocked(value)


def task(value: Any, *, is_accepted: bool = False) -> Mapping[str, Any] | None:
    """The task that a reply says has begun, as ``failure`` returns it; None if it names none.

    ``is_accepted`` is whether the status of the reply says so (202).
    """
    if not isinstance(value, Mapping):
        return None
    named = _task(value, is_accepted=is_accepted)
    if named is None:
        return None
    return {"message": _message(value) or "", "task": named, "at": _at(value) or ""}


def _at(value: Mapping[str, Any]) -> str | None:
    """The address at which a reply says that its task can be read."""
    lower = {_snake(key): stated for key, stated in value.items()}
    stated = [lower.get(key) for key in _AT]
    stated += [value["urls"].get("get")] if isinstance(value.get("urls"), Mapping) else []
    found = next((one for one in stated if isinstance(one, str) and one.strip()), None)
    if found is None:
        inner = (value.get(key) for key in ("data", "output", "result"))
        tables = [one for one in inner if isinstance(one, Mapping)]
        return next(filter(None, map(_at, tables)), None)
    return loose_json.shown(found.strip())


def _snake(key: Any) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", str(key)).lower()


def _blocked(value: Any) -> dict[str, Any] | None:
    """The error in a reply whose model ended for a reason of safety, by the names of services."""
    found = list(_reasons(value, _DEEPEST))
    if not any(_BLOCKED.search(reason) for _, reason in found):
        return None
    said, _ = words(value)
    return {"message": said[:_LONGEST], "code": "content_filter"}


def _reasons(value: Any, deep: int) -> Iterator[tuple[str, str]]:
    """Each reason for which a model ended that is not the usual one, with its key."""
    if isinstance(value, list) and deep:
        for entry in value[:50]:
            yield from _reasons(entry, deep - 1)
    elif isinstance(value, Mapping) and deep:
        for key, stated in value.items():
            if key in ECHOES:
                continue
            if str(key).lower() not in _REASONS:
                yield from _reasons(stated, deep - 1)
                continue
            for one in stated if isinstance(stated, list) else [stated]:
                if isinstance(one, str) and one and one.lower() not in _ENDED:
                    yield str(key), _plain(one)


def words(value: Any) -> tuple[str, bool]:
    """What a reply says in words, and whether the words are marked as a refusal; "" if nothing."""
    found = list(_texts(value, _DEEPEST))
    refusals = [text for text, is_refusal in found if is_refusal]
    reasons = [f"{key} {reason}" for key, reason in _reasons(value, _DEEPEST)]
    said = refusals or list(dict.fromkeys([*(text for text, _ in found), *reasons]))
    return " ".join(said)[:_LONGEST], bool(refusals)


def _says_failure(value: Mapping[str, Any]) -> bool:
    if value.get("success") is False or value.get("ok") is False:
        return True
    if str(value.get("status") or "").lower() in _FAILED:
        return True
    code = _code(value)
    return code is not None and code.lower() not in _FINE


def _code(value: Mapping[str, Any]) -> str | None:
    lower = {str(key).lower(): one for key, one in value.items()}
    for key in _CODES:
        stated = lower.get(key)
        if isinstance(stated, (str, int)) and not isinstance(stated, bool):
            return loose_json.shown(str(stated))[:80]
    return None


def _task(value: Mapping[str, Any], deep: int = 2, *, is_accepted: bool = False) -> str | None:
    """The id of the work that a reply says has begun."""
    stated = value.get("status") or value.get("state") or value.get("task_status")
    state = re.sub(r"[^a-z0-9]+", "_", str(stated or "").lower())
    has_begun = state in _STARTED or is_accepted or value.get("done") is False or bool(_at(value))
    for key in (*_TASKS, *_OTHER_TASKS) if has_begun else _TASKS:
        named = value.get(key)
        is_name = isinstance(named, (str, int)) and not isinstance(named, bool) and str(named)
        if is_name and state not in _FAILED:
            return loose_json.shown(str(named))[:120]
    for key in ("data", "output", "result", "task"):
        inner = value.get(key)
        inner = inner[0] if isinstance(inner, list) and inner else inner
        if not deep or not isinstance(inner, Mapping):
            continue
        if found := _task(inner, deep - 1, is_accepted=is_accepted):
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
                elif str(key).lower() in (*_WORDS, "content", "output_text", "answer"):
                    yield _plain(stated), False
            elif str(key).lower() in _REASONS:
                continue
            else:
                yield from _texts(stated, deep - 1)


_STATED = re.compile(r'"(?:message|msg|detail)"\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)')
_PAGE = re.compile(r"<!doctype|<html|<head|<body", re.I)
_TITLE = re.compile(r"<(?:title|h1)\b[^<>]{0,300}>([^<]{1,200})", re.I)
_TAG = re.compile(r"<[/?!a-zA-Z][^<>]{0,300}>")


def _plain(text: str) -> str:
    """``text`` on one line, cut; of a page its title and heading, of XML its texts."""
    text = loose_json.shown(text[: 8 * _LONGEST])
    if _PAGE.search(text[:1000]):
        heads = dict.fromkeys(" ".join(unescape(one).split()) for one in _TITLE.findall(text))
        return ": ".join(["an HTML page", *filter(None, list(heads)[:2])])
    if text.lstrip().startswith("<"):
        text = unescape(_TAG.sub(" ", text))
    return " ".join(text.split())[:_LONGEST]
