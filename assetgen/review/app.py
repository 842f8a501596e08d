"""The answers of the server of a review."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from assetgen.errors import AssetgenError
from assetgen.report.text import error_json
from assetgen.review import acts, shell
from assetgen.review.guard import LAUNCH, MAX_BODY, Guard, Session
from assetgen.review.pictures import Gone, media_type
from assetgen.review.session import Review

#: How long a question for changes waits, in seconds, and how often it looks meanwhile.
_PATIENCE, _EVERY = 20.0, 0.5
# So many pictures are decoded at the same time.
_AT_ONCE = 2

_T = TypeVar("_T")


class App:
    """The routes of one review. ``is_ending`` says whether the server is about to stop."""

    def __init__(self, review: Review, session: Session, is_ending: Callable[[], bool]) -> None:
        self._review = review
        self._session = session
        self._is_ending = is_ending
        self.worker = ThreadPoolExecutor(1)
        """Where actions run. The process waits for one that is under way."""
        self._acting = asyncio.Lock()
        self._decoders = asyncio.Semaphore(_AT_ONCE)
        answers = {
            "/api/assets": self._assets,
            "/api/asset": self._asset,
            "/api/since": self._since,
            "/api/changes": self._changes,
            "/api/progress": self._progress,
            "/thumbnail": self._thumbnail,
            "/picture": self._picture,
        }
        routes = [Route(path, answer, methods=["GET"]) for path, answer in answers.items()]
        routes.append(Route("/api/act", self._act, methods=["POST"]))
        routes += [Route(path, self._shell, methods=["GET"]) for path in sorted(shell.paths())]
        app = Starlette(routes=routes)
        app.router.redirect_slashes = False
        self.guarded = Guard(app, session, shell.paths())

    # -- the page ----------------------------------------------------------------------------------

    async def _shell(self, request: Request) -> Response:
        if request.url.path == "/" and LAUNCH in request.query_params:
            return self._launched(request)
        data, name = shell.content(request.url.path)
        return Response(data, media_type=name)

    def _launched(self, request: Request) -> Response:
        session = self._session
        if session.begins_with(request.query_params[LAUNCH]):
            # What follows "#" is not sent to any server.
            to = RedirectResponse(f"/#key={session.key}", 303)
            to.headers["Set-Cookie"] = session.set_cookie()
            return to
        if session.has_cookie(request.cookies):
            return RedirectResponse("/", 303)
        words = "this address was used already; run assetgen review again for a new one"
        return PlainTextResponse(f"assetgen review: {words}\n", 403)

    # -- what is shown -----------------------------------------------------------------------------

    async def _assets(self, request: Request) -> Response:
        return await _answer(self._review.listing)

    async def _asset(self, request: Request) -> Response:
        return await _answer(self._review.detail, request.query_params.get("id", ""))

    async def _since(self, request: Request) -> Response:
        return await _answer(self._review.since, request.query_params.get("commit", ""))

    async def _changes(self, request: Request) -> Response:
        """The number of the last look, as soon as it is another than the page has."""
        known = request.query_params.get("revision", "")
        review = self._review
        until = asyncio.get_running_loop().time() + _PATIENCE
        await run_in_threadpool(review.survey)
        while True:
            now = await run_in_threadpool(review.look)
            is_late = asyncio.get_running_loop().time() > until or self._is_ending()
            if str(now) != known or is_late or await request.is_disconnected():
                return _json({"revision": now})
            await asyncio.sleep(_EVERY)

    # -- actions -----------------------------------------------------------------------------------

    async def _act(self, request: Request) -> Response:
        if request.headers.get("content-type") != "application/json":
            return _json({"what": "an action is JSON"}, 415)
        data = b""
        async for part in request.stream():
            data += part
            if len(data) > MAX_BODY:
                return _json({"what": "an action is not as long as this"}, 413)
        async with self._acting:  # one after the other, as in a terminal
            loop = asyncio.get_running_loop()
            work = loop.run_in_executor(self.worker, _answered, self._review, data)
            return await asyncio.shield(work)  # what was sent is finished and recorded

    async def _progress(self, request: Request) -> Response:
        """What the action that is under way is at."""
        return _json(self._review.progress)

    # -- pictures ----------------------------------------------------------------------------------

    async def _thumbnail(self, request: Request) -> Response:
        picture = request.query_params.get("id", "")
        data = self._review.thumbnails.find(picture) if self._review.pictures.has(picture) else None
        if data is None:
            try:
                data = await self._decoded(self._review.thumbnail, picture)
            except AssetgenError as exc:
                return _failed(exc)
        return Response(data, media_type="image/webp")

    async def _picture(self, request: Request) -> Response:
        picture = request.query_params.get("id", "")
        try:
            data = await run_in_threadpool(self._review.pictures.read, picture)
        except AssetgenError as exc:
            return _failed(exc)
        name = media_type(data)
        if name is None:
            return _failed(Gone("this is no picture that the page shows"))
        return Response(data, media_type=name)

    async def _decoded(self, call: Callable[..., _T], *arguments: Any) -> _T:
        async with self._decoders:
            return await run_in_threadpool(call, *arguments)


def _answered(review: Review, data: bytes) -> Response:
    """The answer to an action."""
    try:
        return _json(acts.perform(review, acts.parse(data)))
    except AssetgenError as exc:
        return _failed(exc)


async def _answer(call: Callable[..., Any], *arguments: Any) -> Response:
    """What a call returns, as JSON; what it raises, as an error."""
    try:
        return _json(await run_in_threadpool(call, *arguments))
    except KeyError:
        return _failed(Gone("assets.toml lists no such asset"))
    except AssetgenError as exc:
        return _failed(exc)


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def _failed(exc: AssetgenError) -> Response:
    return _json(error_json(exc), 404 if isinstance(exc, Gone) else 409)
