"""Puts what `assetgen diff --format markdown` wrote on the pull request, as one comment.

It runs in workflows with a token, on a file that may come from a fork. So it needs no package, it
runs nothing from that file, it posts only text of the form that assetgen writes, and it takes the
pull request from the event alone. Usage: post.py FILE
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: In characters; GitHub takes 65,536 of a comment.
MOST = 62_000
_PAGES = 30
_TEXT = r"(?:[^\W_]|[ ,]|&#\d{1,7};)*"
_FIRST = re.compile(rf"<!-- assetgen diff {_TEXT} -->")
# Outside of code: words and figures of assetgen, so no name, no address and no reference.
_REST = re.compile(r"(?:[A-Za-z0-9 ,|:\n-]|&#(?:36|40|41|45|46|47);)*")
_OWN = (
    r"<br>",
    r"(?m)^### Pictures: ",
    r"\*\*(?:added|changed|encoded|moved|described|removed)\*\*",
    r"(?m)^\.\.\. and \d+ more pictures?: run `assetgen diff` to see them\.$",
)


class Refused(Exception):
    """The text is not of the form that assetgen writes, or there is no one pull request."""


def checked(text: str, repository: str) -> str:
    """``text``, if it is of the form that assetgen writes for ``repository``. Raises Refused."""
    first, _, rest = text.partition("\n")
    if len(text) > MOST or not _FIRST.fullmatch(first):
        raise Refused("the file is not what assetgen diff --format markdown writes")
    place = rf"https://github\.com/{re.escape(repository)}/blob/[0-9a-f]{{40,64}}/[\w.~%/-]*"
    image = rf'<img src="{place}\?raw=true" width="\d{{1,4}}" alt="{_TEXT}">'
    for form in (rf"<code>{_TEXT}</code>", image, *_OWN):
        rest = re.sub(form, "", rest, flags=re.ASCII if form is image else 0)
    if not _REST.fullmatch(rest) or "www" in rest:
        raise Refused("the file has other text than assetgen diff --format markdown writes")
    return text


class GitHub:
    """The part of GitHub's API that comments need."""

    def __init__(self, origin: str, repository: str, token: str) -> None:
        self._base = f"{origin}/repos/{repository}"
        self._token = token

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The answer to a request, as data. Raises OSError."""
        request = urllib.request.Request(
            f"{self._base}/{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def comments(self, number: int) -> Iterator[dict[str, Any]]:
        """The comments of a pull request."""
        for page in range(1, _PAGES + 1):
            found = self.ask("GET", f"issues/{number}/comments?per_page=100&page={page}")
            yield from found
            if len(found) < 100:
                return


def number_of(event: dict[str, Any], github: GitHub, repository: str) -> int:
    """The pull request that an event is about. Raises Refused, OSError.

    The event of a fork's run names no pull request, but the branch and the commit of its head.
    """
    if "pull_request" in event:
        return int(event["pull_request"]["number"])
    run = event["workflow_run"]
    head = f"{run['head_repository']['owner']['login']}:{run['head_branch']}"
    query = urllib.parse.urlencode({"state": "open", "head": head, "per_page": "100"})
    found = [
        one["number"]
        for one in github.ask("GET", f"pulls?{query}")
        if one["head"]["sha"] == run["head_sha"] and one["base"]["repo"]["full_name"] == repository
    ]
    if len(found) != 1:
        raise Refused(f"{len(found)} open pull requests have the head of this run, not one")
    return int(found[0])


def post(text: str, event: dict[str, Any], github: GitHub, repository: str) -> str:
    """Update the comment, or make it; what was done. Raises Refused, OSError."""
    text = checked(text, repository)
    number = number_of(event, github, repository)
    first = text.partition("\n")[0]
    for comment in github.comments(number):
        is_own = comment["user"]["type"] == "Bot" and str(comment["body"]).startswith(first)
        if is_own:
            github.ask("PATCH", f"issues/comments/{int(comment['id'])}", {"body": text})
            return f"the comment on pull request {number} was updated"
    github.ask("POST", f"issues/{number}/comments", {"body": text})
    return f"a comment was written on pull request {number}"


def _content(path: Path) -> str:
    if not stat.S_ISREG(path.lstat().st_mode) or path.stat().st_size > 4 * MOST:
        raise Refused("the file is no file of assetgen")
    return path.read_text("utf-8")


def main() -> int:
    """Post the file that is named; 1 if it was refused. A token that may not write is a notice."""
    environ = os.environ
    repository = environ["GITHUB_REPOSITORY"]
    try:
        text = _content(Path(sys.argv[1]))
        event = json.loads(Path(environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
        origin = environ.get("GITHUB_API_URL", "https://api.github.com")
        github = GitHub(origin, repository, environ["TOKEN"])
        print(f"assetgen: {post(text, event, github, repository)}")
    except urllib.error.HTTPError as exc:
        if exc.code in (403, 404):
            print(f"::notice::assetgen: no comment, the token may not write one ({exc.code})")
            return 0
        print(f"::error::assetgen: no comment, GitHub answered {exc.code}")
        return 1
    except (Refused, OSError, UnicodeDecodeError) as exc:
        print(f"::error::assetgen: no comment: {' '.join(str(exc).split())}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
