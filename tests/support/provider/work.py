"""One request, from its key to its answer."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.support.provider import chat, images, openrouter, profiles, responses, tasks
from tests.support.provider.faults import (
    FAULTS,
    FORGED,
    HTML,
    Queued,
    Refusal,
    Refused,
    bad_key,
    invalid,
    refusal,
)
from tests.support.provider.images import IMAGE_MODELS, TEXT_MODELS, Job
from tests.support.provider.pictures import Picture, bulk, of, spoilt
from tests.support.provider.profiles import PROFILES
from tests.support.provider.wire import Answer, Reply, Seen, Stream, encode, events

if TYPE_CHECKING:
    from tests.support.provider.server import Provider

JSON = "application/json"
PICTURELESS = ("response_failed", "response_incomplete", "call_failed", "no_call")


class Work:
    """One request, from its key to its answer."""

    def __init__(self, provider: Provider, seen: Seen, fault: Queued | None) -> None:
        self.provider, self.seen = provider, seen
        self.fault = fault.name if fault else None
        self.how = fault.how if fault else {}
        self.created = int(time.time())

    def answer(self) -> Answer:
        """The reply to this request.

        Raises Refused.
        """
        place = profiles.endpoint(self.provider.profile, self.seen.path)
        if self.fault and FAULTS[self.fault].stage == "refuse":
            return self._refuse(self.fault)
        if place.startswith("generated-images/"):
            return self._generated(place)
        self._check_key()
        if place.startswith("images/models") and self.seen.method == "GET":
            found = openrouter.described(place)
            return self._no_such_path() if found is None else self._say(found)
        if place == "chat/completions" and self.seen.method == "POST":
            return self._chat()
        if self.provider.profile == "tasks" and place == "generations":
            return self._begin_task()
        if self.provider.profile == "sub2api" and place.endswith("/async"):
            return self._begin_image_task("edit" if "edits" in place else "generate")
        if place.startswith(("tasks/", "images/tasks/")):
            return self._task(place.rpartition("/")[2])
        if place == "edits" and self.provider.profile in ("localai", "gemini", "vercel"):
            return self._no_such_path()
        if self.seen.method == "POST" and place in ("generations", "edits", "images"):
            return self._images("edit" if place == "edits" else "generate")
        if place == "responses" and self.seen.method == "POST":
            return self._responses()
        if re.match(r"(files|batches)\b", place) and self.provider.profile == "openai":
            return self.provider.account.answer(place, self.seen)
        if place.startswith("responses/"):
            return self._kept(place)
        if place == "models" and self.seen.method == "GET":
            return self._say(
                {"object": "list", "data": [self._model(name) for name in self.provider.models]}
            )
        if place.startswith("models/") and place[7:] in self.provider.models:
            return self._say(self._model(place[7:]))
        if place.startswith("models/"):
            text = f"The model '{place[7:]}' does not exist"
            raise Refused(Refusal(404, "invalid_request_error", "model_not_found", text, "model"))
        return self._no_such_path()

    # -- keys, paths and refusals ------------------------------------------------------------------

    def _check_key(self) -> None:
        provider = self.provider
        header = PROFILES[provider.profile].key_header
        if header is None:
            return
        given = self.seen.headers.get("authorization", "").removeprefix("Bearer ")
        if (
            self.seen.headers.get(header, "").removeprefix("Bearer ") == provider.key
            or given == provider.key
        ):
            return
        given = self.seen.headers.get(header, "").removeprefix("Bearer ") or given
        if provider.profile == "azure":
            text = (
                "Access denied due to invalid subscription key or wrong API endpoint. Make sure to "
                "provide a valid key for an active subscription and use a correct regional API "
                "endpoint for your resource."
            )
            raise Refused(Refusal(401, None, "401", text))
        raise Refused(bad_key(given if len(given) < 11 else f"{given[:6]}*****{given[-4:]}"))

    def _no_such_path(self) -> Reply:
        profile = self.provider.profile
        if profile == "litellm":
            return self._say({"detail": "Not Found"}, 404)
        if profile == "azure":
            return self._say({"error": {"code": "404", "message": "Resource not found"}}, 404)
        text = f"Invalid URL ({self.seen.method} {self.seen.path})"
        raise Refused(Refusal(404, "invalid_request_error", None, text))

    def _refuse(self, name: str) -> Reply:
        provider, seen = self.provider, self.seen
        provider.bill(seen, int(FAULTS[name].bills))
        if name == "bad_gateway_html":
            return Reply(502, [HTML], {}, "text/html")
        if name == "redirect_307":
            return Reply(307, [], {"Location": str(self.how["to"]).rstrip("/") + seen.path})
        asked = images.asked_by(seen.json, seen.fields, seen.files)
        model = str(asked.get("model", "gpt-image-2"))
        authorization = seen.headers.get("authorization") or seen.headers.get("api-key", "")
        raise Refused(
            refusal(
                name, self.how, model=model, request_id=seen.request_id, authorization=authorization
            ),
        )

    def _say(self, document: Any, status: int = 200, model: str | None = None) -> Reply:
        return Reply(status, encode(document), headers(self.provider, self.seen, model))

    def _model(self, name: str) -> dict[str, Any]:
        created, shutdown = {**TEXT_MODELS, **IMAGE_MODELS}.get(name, (1700000000, None))
        known = {"shutdown_date": shutdown} if shutdown else {}
        return {"id": name, "object": "model", "created": created, "owned_by": "system", **known}

    # -- the Images API ----------------------------------------------------------------------------

    def _images(self, kind: str) -> Answer:
        provider, seen = self.provider, self.seen
        asked = images.asked_by(seen.json, seen.fields, seen.files)
        job = self._job(asked, kind)
        extra = 1 if self.fault == "two_images" else 0
        provider.bill(seen, job.n + extra)
        provider.closed.wait(provider.delay)
        pictures = [self._picture(job, index) for index in range(job.n + extra)]
        if job.stream:
            partial = spoilt(None, {}, job.size, job.form, job.alpha, -seen.number)
            told = images.stream(job, kind, pictures, partial, self.created)
            if provider.profile == "openrouter":
                usage = _in_its_words("openrouter", images.document(job, [], self.created))["usage"]
                told = openrouter.stream(pictures, partial, usage, self.created, job.form)
            return Stream(events(told), headers(provider, seen, job.model))
        return self._say(self._told(job, pictures), model=self._served(job.model))

    def _job(self, asked: dict[str, Any], kind: str) -> Job:
        provider = self.provider
        known = images.EDIT if kind == "edit" else images.COMMON
        deployment = self._deployment()
        if deployment:
            asked["model"] = deployment
        if provider.profile == "azure" and asked.get("model") not in provider.models:
            text = (
                "The API deployment for this resource does not exist. If you created the "
                "deployment within the last 5 minutes, please wait a moment and try again."
            )
            raise Refused(Refusal(404, None, "DeploymentNotFound", text))
        if provider.profile == "litellm":
            asked.pop("disable_fallbacks", None)  # LiteLLM's own, which it does not pass on
        if (
            provider.profile == "openai"
            or kind == "edit"
            or provider.profile in ("azure", "litellm")
        ):
            return images.check(
                asked, known, kind, models=self._image_models(), transparent_ok=self._alpha_ok()
            )
        return self._loose(asked)

    def _loose(self, asked: dict[str, Any]) -> Job:
        """Other gateways check less: they drop keys that they do not know."""
        profile = self.provider.profile
        wanted = {
            key: value for key, value in asked.items() if key in images.COMMON and value is not None
        }
        if profile == "openrouter":
            openrouter.check(asked)
            wanted["size"] = openrouter.size(asked)
            wanted.pop("quality", None)
            model = str(asked["model"])
            wanted["stream"] = bool(wanted.get("stream")) and openrouter.streams(model)
            checked = {**wanted, "model": "gpt-image-2"}
            job = images.check(
                checked, images.COMMON, "generate", models=["gpt-image-2"], transparent_ok=False
            )
            return replace(job, model=model)
        models = self._image_models()
        if profile in ("localai", "sdcpp"):
            wanted["size"] = str(wanted.get("size", "512x512"))
            wanted.setdefault("model", "gpt-image-2")
            models = [*models, str(wanted["model"])]
            if not _plain_size(wanted["size"]):
                wanted["size"] = "512x512"
            width, height = (int(edge) for edge in wanted.pop("size").split("x"))
            job = images.check(
                wanted, images.COMMON, "generate", models=models, transparent_ok=True
            )
            by_url = profile == "localai" and asked.get("response_format") != "b64_json"
            return replace(job, size=(width, height), by_url=by_url)
        return images.check(
            wanted, images.COMMON, "generate", models=models, transparent_ok=self._alpha_ok()
        )

    def _deployment(self) -> str | None:
        parts = self.seen.path.split("/")
        return parts[3] if self.provider.profile == "azure" and parts[2] == "deployments" else None

    def _image_models(self) -> list[str]:
        """All models that make images."""
        return [name for name in self.provider.models if name not in TEXT_MODELS]

    def _alpha_ok(self) -> bool:
        return self.provider.transparent_ok or self.fault == "transparent_ok"

    def _picture(self, job: Job, index: int) -> Picture:
        if self.provider.repaints and (first := self._input()):
            return of(self.provider.repaints(first))
        number = self.seen.number + 1_000_003 * index
        if self.provider.bulk and job.form == "png" and not job.alpha:
            return bulk(*job.size, number, str(self.provider.bulk))
        return spoilt(self.fault, self.how, job.size, job.form, job.alpha, number)

    def _input(self) -> bytes | None:
        """The first input image of a request, as a file or as a data URL."""
        files = (data for name, _, _, data in self.seen.files if name.startswith("image"))
        if (found := next(files, None)) is not None or self.seen.json is None:
            return found
        url = re.search(rb'"(data:image/[a-z]+;base64,[A-Za-z0-9+/=]+)"', self.seen.body)
        return images.from_data_url(url[1].decode()) if url else None

    def _served(self, model: str) -> str:
        return (
            str(self.how.get("model", "another-model")) if self.fault == "served_model" else model
        )

    def _told(self, job: Job, pictures: list[Picture]) -> dict[str, Any]:
        """The reply to an image request, in this provider's words and as the fault leaves it."""
        profile = self.provider.profile
        said = images.document(job, pictures, self.created)
        items: list[dict[str, Any]] = said["data"]
        if self.fault == "empty_data":
            items.clear()
        if self.fault == "null_data":
            said["data"] = None
        for item in items:
            if self.fault == "empty_strings":
                item |= {"b64_json": "", "url": ""}
            elif self.fault and self.fault.startswith("url_"):
                item |= {"b64_json": None, "url": self._link(item["b64_json"], job)}
            elif profile == "new-api":
                item |= {"url": "", "revised_prompt": ""}
            elif profile == "litellm":
                item |= {"url": None, "revised_prompt": None}
            elif profile == "localai" and job.by_url:
                item |= {"url": self._link(item.pop("b64_json"), job)}
            elif profile == "openrouter":
                item |= {
                    "media_type": "image/svg+xml" if job.form == "svg" else f"image/{job.form}"
                }
        if self.fault == "served_model":
            said["model"] = self._served(job.model)
        if self.fault == "no_usage":
            del said["usage"]
        return _in_its_words(profile, said)

    def _link(self, picture: Picture, job: Job) -> str:
        """The URL of a picture."""
        provider = self.provider
        name = f"generated-images/{secrets.token_hex(8)}.{job.form}"
        here = f"{provider.origin}/{name}"
        match self.fault:
            case "url_foreign":
                return str(self.how["to"])
            case "url_file":
                return "file:///etc/passwd"
            case "url_metadata":
                return FORGED
            case "url_redirect":
                provider.generated[name] = Reply(
                    302, [], {"Location": str(self.how.get("to", FORGED))}
                )
            case "url_html":
                provider.generated[name] = Reply(200, [HTML], {}, "text/html")
            case _:
                provider.generated[name] = Reply(200, list(picture.data), {}, f"image/{job.form}")
        return here

    def _generated(self, name: str) -> Reply:
        found = self.provider.generated.get(name)
        return found if found is not None else Reply(404, [b"gone"], {}, "text/plain")

    # -- chats and tasks ---------------------------------------------------------------------------

    def _chat(self) -> Answer:
        provider = self.provider
        job = chat.check(dict(self.seen.json or {}), provider.profile)
        count = 2 if self.fault == "two_images" else 1
        provider.bill(self.seen, count)
        provider.closed.wait(provider.delay)
        pictures = [self._picture(job, index) for index in range(count)]
        is_linked = provider.profile == "laozhang" or (self.fault or "").startswith("url_")
        links = [self._link(one, job) for one in pictures] if is_linked else None
        said = chat.document(provider.profile, job, pictures, links, self.created)
        message = said["choices"][0]["message"]
        if self.fault == "empty_data":
            said["choices"] = []
        elif self.fault in ("empty_strings", "null_data"):
            message["content"] = "" if self.fault == "empty_strings" else None
            message.pop("images", None)
        elif self.fault == "no_usage":
            del said["usage"]
        elif self.fault == "served_model":
            said["model"] = self._served(job.model)
        return self._say(said, model=job.model)

    def _begin_task(self) -> Answer:
        provider, asked = self.provider, dict(self.seen.json or {})
        tasks.check(asked)
        inputs = asked.pop("image_urls", [])
        job = images.check(
            asked, images.COMMON, "generate", models=self._image_models(), transparent_ok=True
        )
        is_failed = self.fault in PICTURELESS
        count = 0 if is_failed else 2 if self.fault == "two_images" else 1
        provider.bill(self.seen, count)
        job = replace(job, inputs=((1, 1),) * len(inputs))
        urls = [self._link(self._picture(job, index), job) for index in range(count)]
        entries: list[Any] = [{"url": [url]} for url in urls]
        if self.fault == "empty_data":
            entries = []
        elif self.fault == "empty_strings":
            entries = [{"url": [""]}]
        result: Any = {"images": None if self.fault == "null_data" else entries}
        if self.fault == "served_model":
            result["model"] = self._served(job.model)
        words = "Your request was rejected by the safety system." if is_failed else None
        task = tasks.Task(result, provider.polls, words)
        provider.tasks[task.id] = task
        provider.closed.wait(provider.delay)
        return self._say(task.begun(), model=job.model)

    def _begin_image_task(self, kind: str) -> Answer:
        """A task of sub2api: the request of the Images API, and a result with addresses."""
        provider, seen = self.provider, self.seen
        asked = images.asked_by(seen.json, seen.fields, seen.files)
        if asked.get("stream"):
            raise Refused(invalid("invalid_value", "Streaming is not supported.", "stream"))
        known = images.EDIT if kind == "edit" else images.COMMON
        job = images.check(asked, known, kind, models=self._image_models(), transparent_ok=True)
        is_failed = self.fault in PICTURELESS
        provider.bill(seen, 0 if is_failed else 1)
        links = [] if is_failed else [self._link(self._picture(job, 0), job)]
        result = {"created": self.created, "data": [{"url": url} for url in links]}
        words = "Upstream request failed" if is_failed else None
        task = tasks.ImageTask(result, provider.polls, words)
        provider.tasks[task.id] = task
        return self._say(task.begun(), model=job.model)

    def _task(self, name: str) -> Answer:
        task = self.provider.tasks.get(name)
        if task is None:
            raise Refused(Refusal(404, "invalid_request_error", None, f"task {name} not found"))
        return self._say(task.now())

    # -- the Responses API -------------------------------------------------------------------------

    def _responses(self) -> Answer:
        provider, seen = self.provider, self.seen
        order = responses.order(
            seen.json or {}, models=provider.models, transparent_ok=self._alpha_ok()
        )
        count = 2 if self.fault == "two_images" else 1
        if order.job is None or self.fault in PICTURELESS:
            count = 0
        provider.bill(seen, count)
        final = self._final(order, count)
        partial = (
            spoilt(None, {}, order.job.size, order.job.form, order.job.alpha, -seen.number)
            if order.job
            else None
        )
        told = responses.events(final, order, partial)
        running = responses.Running(final, told, provider.polls)
        if final["background"] or final["store"]:
            provider.running[order.id] = running
        model = order.body["model"]
        if order.body.get("stream"):
            provider.closed.wait(provider.delay)
            return Stream(events(told), headers(provider, seen, model))
        if final["background"]:
            return self._say(responses.unfinished(final, "queued"), model=model)
        running.asked = running.polls
        provider.closed.wait(provider.delay)
        return self._say(final, model=model)

    def _final(self, order: responses.Order, count: int) -> dict[str, Any]:
        """The finished response, as the fault leaves it."""
        output = [
            responses.call(order, self._result(order.job, index))
            for index in range(count)
            if order.job
        ]
        if self.fault == "empty_data":
            output = []
        if self.fault == "call_failed" and order.job:
            failed = responses.call(order, None, "failed")
            details = {"moderation_stage": "output", "categories": ["violence"]}
            told: dict[str, Any] = {"code": "moderation_blocked"}
            told["message"] = "Your request was rejected by the safety system."
            told |= {"type": "image_generation_user_error", "param": None}
            output = [{**failed, "error": {**told, "moderation_details": details}}]
        words = "I would rather describe it: a paper plane." if self.fault == "no_call" else ""
        final = responses.response(order, [*output, responses.message(words)], self.created, count)
        if count == 0:
            final.pop("tool_usage", None)
        if self.fault == "response_failed":
            text = "An error occurred while processing your request."
            final |= {
                "status": "failed",
                "output": [],
                "error": {"code": "server_error", "message": text},
            }
        elif self.fault == "response_incomplete":
            reason = self.how.get("reason", "max_output_tokens")
            final |= {
                "status": "incomplete",
                "output": [],
                "incomplete_details": {"reason": reason},
            }
        elif self.fault == "served_model":
            final["model"] = self._served("")
        elif self.fault == "no_usage":
            final.pop("usage")
            final.pop("tool_usage", None)
        return final

    def _result(self, job: Job | None, index: int) -> Picture | str | None:
        assert job is not None
        if self.fault == "empty_strings":
            return ""
        if self.fault == "null_data":
            return None
        picture = self._picture(job, index)
        return self._link(picture, job) if self.fault and self.fault.startswith("url_") else picture

    def _kept(self, place: str) -> Answer:
        """Questions about a response that was made before."""
        query = self.seen.path.partition("?")[2]
        name, _, verb = place.removeprefix("responses/").partition("/")
        running = self.provider.running.get(name)
        if running is None:
            text = f"Response with id '{name}' not found."
            raise Refused(Refusal(404, "invalid_request_error", None, text))
        if verb == "cancel":
            return self._say(running.cancel())
        if "stream=true" in query:
            after = [
                int(part[15:]) for part in query.split("&") if part.startswith("starting_after=")
            ]
            rest = running.events[after[0] + 1 if after else 0 :]
            return Stream(events(rest), headers(self.provider, self.seen, None))
        return self._say(running.now())


def headers(provider: Provider, seen: Seen, model: str | None) -> dict[str, str]:
    return profiles.headers(
        provider.profile, seen.request_id, seen.headers.get("x-correlation-id"), model
    )


def refuse(provider: Provider, seen: Seen, refused: Refusal) -> Reply:
    """A refusal in this provider's shape."""
    status, body, extra = profiles.error(provider.profile, refused, seen.request_id)
    return Reply(status, encode(body), {**headers(provider, seen, None), **extra})


def _plain_size(text: str) -> bool:
    edges = text.split("x")
    return len(edges) == 2 and all(edge.isdigit() and 0 < int(edge) <= 4096 for edge in edges)


def _in_its_words(profile: str, said: dict[str, Any]) -> dict[str, Any]:
    """What the gateways change in a reply."""
    if profile == "openrouter":
        usage = said.get("usage", {})
        counts = {
            "prompt_tokens": usage.get("input_tokens", 0),
            "completion_tokens": usage.get("output_tokens", 0),
        }
        counts["total_tokens"] = sum(counts.values())
        told = {"usage": {**counts, "cost": 0.041, "is_byok": False}} if "usage" in said else {}
        return {"created": said["created"], "data": said["data"], **told}
    if profile == "localai":
        zero = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
        zero |= {"prompt_tokens": 0, "completion_tokens": 0}
        return {
            "created": said["created"],
            "id": secrets.token_hex(16),
            "data": said["data"],
            "usage": zero,
        }
    if profile == "sdcpp":
        return {
            "created": said["created"],
            "output_format": said["output_format"],
            "data": said["data"],
        }
    return said
