"""The comment on a pull request: the real script, against a server that answers as GitHub does."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from tests.support.approving import painted
from tests.support.hook_runners import ROOT, STEPS, Hooked
from tests.support.place import Place

_REPOSITORY = "octo/site"
_SHA = "b" * 40


class _Hub(HTTPServer):
    """Comments of pull request 7, and the requests that came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.comments: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str]] = []
        self.refuses = False
        self.pulls: list[dict[str, Any]] = []


class _Answers(BaseHTTPRequestHandler):
    server: _Hub

    def _answer(self) -> None:
        hub, path = self.server, self.path.removeprefix(f"/repos/{_REPOSITORY}/")
        length = int(self.headers.get("Content-Length") or 0)
        body: Any = json.loads(self.rfile.read(length)) if length else {}
        hub.asked.append((self.command, path))
        given: Any = hub.pulls if path.startswith("pulls?") else hub.comments
        if hub.refuses and self.command != "GET":
            self.send_response(403)
            given = {}
        else:
            self.send_response(200)
            if self.command == "POST":
                user = {"type": "Bot"}
                hub.comments.append({"id": len(hub.comments), "user": user, **body})
            elif self.command == "PATCH":
                hub.comments[int(path.rpartition("/")[2])].update(body)
        data = json.dumps(given).encode()
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[_Hub]:
    with _Hub() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def written(place: Place) -> str:
    """What diff writes of a branch with a hostile text."""
    painted(place, "a", check="")
    text = place.read("assets.toml").decode()
    place.manifest(text.replace("A picture", "<script> @octocat [x](https://evil.example) `", 1))
    place.picture("public/b.png", (8, 8))
    place.git("add", "-A")
    place.git("commit", "-qm", "work")
    how = ("--format", "markdown", "--repository", _REPOSITORY)
    return place.ok("diff", "HEAD~1..HEAD", *how).out


def _post(
    hub: _Hub, folder: Path, text: str, event: dict[str, Any] | None = None
) -> subprocess.CompletedProcess[str]:
    (folder / "event.json").write_text(json.dumps(event or {"pull_request": {"number": 7}}))
    (folder / "comment.md").write_text(text, "utf-8")
    environ = {
        **os.environ,
        "GITHUB_API_URL": f"http://127.0.0.1:{hub.server_port}",
        "GITHUB_REPOSITORY": _REPOSITORY,
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "TOKEN": "t",
        "no_proxy": "127.0.0.1",
    }
    command = [sys.executable, "-I", str(ROOT / "comment/post.py"), str(folder / "comment.md")]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)


def test_one_comment_is_written_and_then_updated(hub: _Hub, written: str, tmp_path: Path) -> None:
    first = written.partition("\n")[0]
    hub.comments.append({"id": 0, "user": {"type": "User"}, "body": f"{first}\nmine"})
    assert _post(hub, tmp_path, written).returncode == 0
    newer = written.replace("1 added", "2 added")
    assert _post(hub, tmp_path, newer).returncode == 0
    assert [one["body"] for one in hub.comments] == [f"{first}\nmine", newer]
    hub.refuses = True
    ran = _post(hub, tmp_path, written)
    assert ran.returncode == 0 and "::notice::" in ran.stdout


def test_the_pull_request_of_a_fork_is_that_of_the_event(
    hub: _Hub, written: str, tmp_path: Path
) -> None:
    run = {
        "head_repository": {"owner": {"login": "eve"}},
        "head_branch": "a&b",
        "head_sha": _SHA,
        "pull_requests": [],
    }
    base = {"repo": {"full_name": _REPOSITORY}}
    hub.pulls = [
        {"number": 5, "head": {"sha": "a" * 40}, "base": base},
        {"number": 7, "head": {"sha": _SHA}, "base": base},
    ]
    assert _post(hub, tmp_path, written, {"workflow_run": run}).returncode == 0
    assert hub.asked[0] == ("GET", "pulls?state=open&head=eve%3Aa%26b&per_page=100")
    assert hub.asked[-1] == ("POST", "issues/7/comments")
    hub.pulls = []
    assert _post(hub, tmp_path, written, {"workflow_run": run}).returncode == 1


def _module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("post", ROOT / "comment/post.py")
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.parametrize(
    "evil",
    [
        "@octocat",
        "&#64;octocat",
        "<a href=x>y</a>",
        "[x](https://evil.example)",
        "www.evil.example",
        "https://evil.example",
        "![x](y)",
        "`x`",
        "<code>*x*</code>",
        f'<img src="https://evil.example/blob/{_SHA}/x?raw=true" width="1" alt="">',
        f'<img src="https://github.com/octo/other/blob/{_SHA}/x?raw=true" width="1" alt="">',
        "#1",
        "<!-- x -->",
    ],
)
def test_text_that_assetgen_does_not_write_is_not_posted(evil: str) -> None:
    post: Any = _module()
    first = "<!-- assetgen diff  -->\n"
    assert post.checked(f"{first}fine", _REPOSITORY)
    with pytest.raises(post.Refused):
        post.checked(f"{first}{evil}", _REPOSITORY)
    with pytest.raises(post.Refused):
        post.checked(evil, _REPOSITORY)
    with pytest.raises(post.Refused):
        post.checked(first + "a" * 70_000, _REPOSITORY)


def test_the_step_of_the_action_writes_the_summary(place: Place, tmp_path: Path) -> None:
    painted(place, "a", check="")
    place.picture("public/b.png", (8, 8))
    place.git("add", "-A")
    place.git("commit", "-qm", "work")
    environ = {
        "ASSETGEN_PYTHON": sys.executable,
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GITHUB_ENV": str(tmp_path / "env"),
        "GITHUB_REPOSITORY": _REPOSITORY,
        "BASE": place.git("rev-parse", "HEAD~1"),
        "HEAD": place.git("rev-parse", "HEAD"),
    }
    script = STEPS["show the pictures of the pull request"]["run"]
    ran = Hooked(place).run("bash", "-e", "-o", "pipefail", "-c", script, environ=environ)
    assert ran.code == 0, ran.err
    summary = (tmp_path / "summary").read_text()
    assert "**added**" in summary and f"octo/site/blob/{environ['HEAD']}/public/b.png" in summary
    assert summary == (tmp_path / "assetgen-diff/comment.md").read_text()
    page = (tmp_path / "assetgen-diff/pictures.html").read_text()
    assert script.count("-m assetgen") == 1
    rest = (f"{environ['BASE']}...{environ['HEAD']}", "--format")
    assert page == place.ok("diff", *rest, "html").out
    how = (*rest, "markdown", "--repository", _REPOSITORY)
    assert summary == place.ok("diff", *how).out
    refused = place.run("diff", "--html", str(tmp_path / "no/folder.html"))
    assert refused.code == 9 and "no/folder.html" in refused.err and not refused.out


def test_the_documented_workflow_for_forks_has_the_token_and_runs_nothing_of_them() -> None:
    text = (ROOT / "docs/pull-requests.md").read_text("utf-8")
    own, forks = (yaml.safe_load(one) for one in re.findall(r"```yaml\n(.*?)```", text, re.S))
    assert forks[True] == {"workflow_run": {"workflows": [own["name"]], "types": ["completed"]}}
    [job] = forks["jobs"].values()
    assert forks["permissions"] == {} and set(job["permissions"]) == {"actions", "pull-requests"}
    [only] = job["steps"]
    assert only["uses"].split("@")[0].endswith("/comment") and set(only) == {"uses"}
    action = yaml.safe_load((ROOT / "comment/action.yml").read_text("utf-8"))
    assert all("checkout" not in str(one.get("uses")) for one in action["runs"]["steps"])
    scripts = [one["run"] for one in action["runs"]["steps"] if "run" in one]
    assert len(scripts) == 1 and "${{" not in scripts[0] and "python3 -I" in scripts[0]
    assert own["jobs"]["check"]["steps"][-1]["with"] == {"comment": "true"}
