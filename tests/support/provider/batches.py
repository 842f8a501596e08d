"""Files and batches of the provider: it refuses what OpenAI refuses, and answers line by line."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from tests.support.provider import images
from tests.support.provider.faults import INVALID, Refusal, Refused, invalid, moderation
from tests.support.provider.pictures import picture
from tests.support.provider.wire import Reply, Seen, encode

if TYPE_CHECKING:
    from tests.support.provider.server import Provider

ENDPOINTS = ("/v1/images/generations", "/v1/images/edits")
PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
MOST_LINES, MOST_BYTES = 50_000, 200_000_000
ENDED = ("completed", "failed", "expired", "cancelled")


@dataclass
class File:
    """One file of the account."""

    id: str
    name: str
    purpose: str
    data: bytes
    created: int = field(default_factory=lambda: int(time.time()))
    is_expired: bool = False

    def stated(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "file",
            "bytes": len(self.data),
            "created_at": self.created,
            "filename": self.name,
            "purpose": self.purpose,
            "status": "processed",
        }


@dataclass
class Plan:
    """How the batches end: the status, how many lines are answered, and which without a picture."""

    status: str = "completed"
    finished: int | None = None
    polls: int = 0
    """How often it is asked for before it has ended."""
    refused: dict[int, str] = field(default_factory=dict)
    """Line -> "moderation", "error", "corrupt" or "twice"."""
    reverse: bool = False
    extra: bytes = b""
    """A line more in the output."""
    size: tuple[int, int] | None = None
    """Of the pictures, whatever was asked for."""
    error: dict[str, Any] | None = None
    """Why none is accepted."""


class Account:
    """The files and batches of the one account of a provider."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.files: dict[str, File] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.plan = Plan()
        self.asked: dict[str, int] = {}
        self.deleted: list[str] = []
        self._plans: dict[str, Plan] = {}

    # -- files -------------------------------------------------------------------------------------

    def add(self, name: str, purpose: str, data: bytes) -> File:
        file = File(f"file-{secrets.token_hex(12)}", name, purpose, data)
        self.files[file.id] = file
        return file

    def answer(self, place: str, seen: Seen) -> Reply:
        """The reply to a request about files or batches. Raises Refused."""
        kind, _, rest = place.partition("?")[0].partition("/")
        name, _, verb = rest.partition("/")
        found = {
            ("files", "POST", False, ""): self._upload,
            ("files", "GET", False, ""): self._list_files,
            ("files", "GET", True, ""): self._file,
            ("files", "GET", True, "content"): self._content,
            ("files", "DELETE", True, ""): self._delete,
            ("batches", "POST", False, ""): self._create,
            ("batches", "GET", False, ""): self._list_batches,
            ("batches", "GET", True, ""): self._batch,
            ("batches", "POST", True, "cancel"): self._cancel,
        }.get((kind, seen.method, bool(name), verb))
        if found is None:
            raise Refused(Refusal(404, INVALID, None, f"Invalid URL ({seen.method} {seen.path})"))
        return found(seen, name)

    def _upload(self, seen: Seen, _name: str) -> Reply:
        known = {"purpose", "expires_after[anchor]", "expires_after[seconds]"}
        for key in seen.fields:
            if key not in known:
                raise Refused(invalid("unknown_parameter", f"Unknown parameter: '{key}'.", key))
        purpose = seen.fields.get("purpose", [""])[0]
        if purpose not in PURPOSES:
            raise Refused(invalid("invalid_value", f"Invalid value: '{purpose}'.", "purpose"))
        if len(seen.files) != 1 or seen.files[0][0] != "file":
            raise Refused(invalid("missing_required_parameter", "'file' is required.", "file"))
        seconds = seen.fields.get("expires_after[seconds]", ["3600"])[0]
        if not (seconds.isdigit() and 3600 <= int(seconds) <= 2_592_000):
            raise Refused(invalid("invalid_value", "Invalid expires_after.", "expires_after"))
        _, name, _, data = seen.files[0]
        if purpose == "batch" and not name.endswith(".jsonl"):
            text = "Invalid file format for Batch API. Must be .jsonl"
            raise Refused(Refusal(400, INVALID, None, text))
        if purpose == "batch" and len(data) > MOST_BYTES:
            raise Refused(Refusal(413, INVALID, None, "File is too large. Maximum is 200 MB."))
        return self._say(self.add(name, purpose, data).stated())

    def _list_files(self, seen: Seen, _name: str) -> Reply:
        query = _query(seen)
        every = [f for f in self.files.values() if query.get("purpose") in (None, f.purpose)]
        return self._page([one.stated() for one in reversed(every)], query, 10_000)

    def _find(self, name: str) -> File:
        file = self.files.get(name)
        if file is None or file.is_expired:
            text = f"No such File object: {name}"
            raise Refused(Refusal(404, INVALID, None, text, "id"))
        return file

    def _file(self, _seen: Seen, name: str) -> Reply:
        return self._say(self._find(name).stated())

    def _delete(self, _seen: Seen, name: str) -> Reply:
        self._find(name)
        del self.files[name]
        self.deleted.append(name)
        return self._say({"id": name, "object": "file", "deleted": True})

    def _content(self, seen: Seen, name: str) -> Reply:
        data = self._find(name).data
        asked = re.fullmatch(r"bytes=(\d+)-", seen.headers.get("range", ""))
        start = int(asked[1]) if asked else 0
        if start and start >= len(data):
            raise Refused(Refusal(416, INVALID, None, "Range not satisfiable"))
        status = 206 if asked else 200
        return Reply(status, [data[start:]], {"x-request-id": seen.request_id}, "application/jsonl")

    # -- batches -----------------------------------------------------------------------------------

    def _create(self, seen: Seen, _name: str) -> Reply:
        body = seen.json or {}
        known = {"input_file_id", "endpoint", "completion_window", "metadata"}
        for key in body:
            if key not in {*known, "output_expires_after"}:
                raise Refused(invalid("unknown_parameter", f"Unknown parameter: '{key}'.", key))
        if body.get("completion_window") != "24h":
            raise Refused(invalid("invalid_value", "Only 24h is supported.", "completion_window"))
        if body.get("endpoint") not in ENDPOINTS:
            raise Refused(invalid("invalid_value", "Unsupported endpoint.", "endpoint"))
        metadata = body.get("metadata") or {}
        if len(metadata) > 16 or any(
            len(key) > 64 or not isinstance(value, str) or len(value) > 512
            for key, value in metadata.items()
        ):
            raise Refused(invalid("invalid_value", "Invalid metadata.", "metadata"))
        file = self._find(str(body.get("input_file_id")))
        if file.purpose != "batch":
            raise Refused(invalid("invalid_value", "Wrong purpose.", "input_file_id"))
        return self._say(self.start(file, str(body["endpoint"]), metadata))

    def start(self, file: File, endpoint: str, metadata: dict[str, str]) -> dict[str, Any]:
        now = int(time.time())
        batch: dict[str, Any] = {
            "id": f"batch_{secrets.token_hex(12)}",
            "object": "batch",
            "endpoint": endpoint,
            "errors": None,
            "input_file_id": file.id,
            "completion_window": "24h",
            "status": "validating",
            "output_file_id": None,
            "error_file_id": None,
            "created_at": now,
            "expires_at": now + 86_400,
            "metadata": metadata,
            "request_counts": {"total": 0, "completed": 0, "failed": 0},
        }
        self.batches[batch["id"]] = batch
        self._plans[batch["id"]] = self.plan
        self.provider.log({"event": "batch", "id": batch["id"], "lines": file.data.count(b"\n")})
        return batch

    def _batch(self, _seen: Seen, name: str) -> Reply:
        batch = self._known(name)
        plan = self._plans[name]
        self.asked[name] = self.asked.get(name, 0) + 1
        if batch["status"] in ("validating", "in_progress", "cancelling"):
            if self.asked[name] <= plan.polls:
                batch["status"] = "in_progress"
            else:
                self.end(name)
        return self._say(batch)

    def _known(self, name: str) -> dict[str, Any]:
        if name not in self.batches:
            raise Refused(Refusal(404, INVALID, None, f"No batch found with id '{name}'."))
        return self.batches[name]

    def _list_batches(self, seen: Seen, _name: str) -> Reply:
        return self._page(list(reversed(self.batches.values())), _query(seen), 100)

    def _cancel(self, _seen: Seen, name: str) -> Reply:
        batch = self._known(name)
        if batch["status"] in ENDED:
            text = f"Cannot cancel a batch with status '{batch['status']}'."
            raise Refused(Refusal(409, INVALID, None, text))
        batch["status"] = "cancelling"
        self._plans[name] = replace(self._plans[name], status="cancelled")
        return self._say(batch)

    # -- the work ----------------------------------------------------------------------------------

    def end(self, name: str) -> None:
        """Do the work of a batch, as its plan says."""
        batch, plan = self.batches[name], self._plans[name]
        lines = self.files[batch["input_file_id"]].data.splitlines()
        faults = [plan.error] if plan.error else list(_faults(lines, batch["endpoint"]))
        if faults:
            batch["errors"] = {"object": "list", "data": faults[:100]}
            batch |= {"status": "failed", "failed_at": batch["created_at"] + 5}
            return
        done = len(lines) if plan.finished is None else plan.finished
        out: list[bytes] = []
        bad: list[bytes] = []
        for number, line in enumerate(lines[:done], 1):
            asked = json.loads(line)
            fault = plan.refused.get(number, "")
            answer, is_made = self._answer(asked, number, fault, batch, plan)
            (out if is_made else bad).append(answer)
            out += [answer] if fault == "twice" else []
        code = {"expired": "batch_expired", "cancelled": "batch_cancelled"}.get(plan.status)
        for line in lines[done:] if code == "batch_expired" else ():
            error = {"code": code, "message": "This request could not be executed in time."}
            named = {"id": "batch_req_x", "custom_id": json.loads(line)["custom_id"]}
            bad.append(json.dumps({**named, "response": None, "error": error}).encode())
        out = list(reversed(out)) if plan.reverse else out
        out += [plan.extra] if plan.extra else []
        for key, found in (("output", out), ("error", bad)):
            if found:
                data = b"".join(one + b"\n" for one in found)
                batch[f"{key}_file_id"] = self.add(f"{name}_{key}.jsonl", "batch_output", data).id
        counts = {"total": len(lines), "completed": len(out), "failed": len(lines) - len(out)}
        batch["request_counts"] = counts
        batch |= {"status": plan.status, f"{plan.status}_at": batch["created_at"] + 3600}

    def _answer(
        self, asked: dict[str, Any], number: int, fault: str, batch: dict[str, Any], plan: Plan
    ) -> tuple[bytes, bool]:
        kind = "edit" if batch["endpoint"].endswith("edits") else "generate"
        named = {"id": f"batch_req_{number}", "custom_id": asked["custom_id"]}
        request_id = f"req_{number:032x}"
        try:
            if fault == "moderation":
                raise Refused(moderation("input", request_id))
            if fault == "error":
                raise Refused(Refusal(500, "server_error", None, "The server had an error."))
            job = self._job(asked["body"], kind)
        except Refused as exc:
            stated = exc.refusal
            error = {"message": stated.message, "type": stated.type, "code": stated.code}
            body = {"error": {**error, "param": stated.param}}
            said = {"status_code": stated.status, "request_id": request_id, "body": body}
            return json.dumps({**named, "response": said, "error": None}).encode(), False
        self.provider.bill_alone(1)
        size = plan.size or job.size
        made = picture(*size, job.form, job.alpha, number)
        if fault == "corrupt":
            made = replace(made, text=(b"AAAA",))
        document = images.document(job, [made], batch["created_at"] + 60 + number)
        said = {"status_code": 200, "request_id": request_id, "body": document}
        return b"".join(encode({**named, "response": said, "error": None})), True

    def _job(self, body: dict[str, Any], kind: str) -> images.Job:
        for one in body.get("images") or ():
            self._find(str(one.get("file_id")))
        known = images.EDIT if kind == "edit" else images.COMMON
        models = [*images.IMAGE_MODELS]
        return images.check(dict(body), known, kind, models=models, transparent_ok=True)

    # -- replies -----------------------------------------------------------------------------------

    def _page(self, every: list[dict[str, Any]], query: dict[str, str], most: int) -> Reply:
        if after := query.get("after"):
            at = [one["id"] for one in every].index(after)
            every = every[at + 1 :]
        limit = min(int(query.get("limit", "20")), most)
        page = every[:limit]
        return self._say({"object": "list", "data": page, "has_more": len(every) > limit})

    def _say(self, document: Any) -> Reply:
        return Reply(200, encode(document), {"x-request-id": "req_" + secrets.token_hex(16)})


def _query(seen: Seen) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(seen.path.partition("?")[2]).items()}


def _faults(lines: list[bytes], endpoint: str) -> Iterator[dict[str, Any]]:
    """Why a file of requests is not accepted."""
    seen: set[str] = set()
    models: set[str] = set()
    if not lines:
        yield _fault("empty_file", "The input file is empty.", None)
    if len(lines) > MOST_LINES:
        yield _fault("invalid_request_count", "More than 50,000 requests.", None)
    for number, line in enumerate(lines, 1):
        try:
            asked = json.loads(line)
            keys = {"custom_id", "method", "url", "body"}
            is_whole = set(asked) == keys and asked["method"] == "POST"
        except (ValueError, TypeError):
            asked, is_whole = {}, False
        if not is_whole:
            yield _fault("invalid_json_line", "This line is not a request.", number)
            continue
        if asked["url"] != endpoint:
            text = "The URL of this request does not match that of the batch."
            yield _fault("mismatched_url", text, number)
        if asked["custom_id"] in seen or not 0 < len(asked["custom_id"]) <= 64:
            yield _fault("duplicate_custom_id", "The custom_id is not unique.", number)
        if asked["body"].get("stream"):
            yield _fault("invalid_request", "A batch does not stream.", number)
        seen.add(asked["custom_id"])
        models.add(asked["body"].get("model"))
        if len(models) > 1:
            yield _fault("mismatched_model", "All requests must have the same model.", number)
            return


def _fault(code: str, message: str, line: int | None) -> dict[str, Any]:
    return {"code": code, "message": message, "param": None, "line": line}
