"""Requests to the server of a review, as the page sends them or as others would."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.support.review_page import Server


@dataclass(frozen=True)
class Answer:
    """One answer: its status, its headers with names in lower case, and its body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)


class Client:
    """The page of one review; it has used the launch token."""

    def __init__(self, server: Server) -> None:
        self.port = server.port
        self.host = f"127.0.0.1:{server.port}"
        begun = self.ask("GET", server.address.removeprefix(server.base), {})
        assert begun.status == 303, begun
        self.cookie = begun.headers["set-cookie"].partition(";")[0]
        self.cookie_attributes = begun.headers["set-cookie"].partition(";")[2]
        self.key = begun.headers["location"].removeprefix("/#key=")

    @property
    def own(self) -> dict[str, str]:
        """The headers that the page sends."""
        return {
            "Cookie": self.cookie,
            "X-Assetgen-Review": self.key,
            "Sec-Fetch-Site": "same-origin",
            "Sec-Fetch-Mode": "cors",
        }

    def get(self, path: str, **query: str) -> Answer:
        """A request of the page itself."""
        return self.ask("GET", f"{path}?{urlencode(query)}" if query else path, self.own)

    def post(self, body: Any, **changed: str | None) -> Answer:
        """An action of the page, with some headers ``changed``; None leaves one out."""
        sent = {
            **self.own,
            "Origin": f"http://{self.host}",
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in changed.items()},
        }
        kept = {name: value for name, value in sent.items() if value is not None}
        return self.ask("POST", "/api/act", kept, json.dumps(body).encode())

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None = None
    ) -> Answer:
        """Any request; without a Host header it gets the right one."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in {"Host": self.host, **headers}.items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read())
        finally:
            connection.close()
