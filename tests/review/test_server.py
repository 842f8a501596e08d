"""The server of a review: who it answers, what it says, and which files it gives."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Iterator

import pytest

from assetgen.review import shell
from assetgen.review.guard import Session
from tests.support.images import picture
from tests.support.place import Place
from tests.support.review_client import Client
from tests.support.review_page import Server
from tests.support.tiny import KIND, LAYOUT, tiny

PAGE = '![A](/a.png "t")\n<img src="/a.png" alt="A" width="20" height="10">\n'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A project with two images that exist, one of them changed since HEAD, and one that waits."""
    folder = tmp_path_factory.mktemp("review")
    place = Place(folder / "project", folder / "home").start()
    tiny(place, "a", "b")
    place.write("content/page.md", PAGE)
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "all")
    text = place.read("assets.toml").decode()
    later = '[[asset]]\nid = "later"\nkind = "tiny"\npath = "public/later.png"\nalt = "Later"\n'
    place.manifest(f'[project]\ncontent = ["content/*.md"]\n{text}{later}')
    place.write("public/b.png", picture())
    return place


@pytest.fixture(scope="module")
def server(site: Place) -> Iterator[Server]:
    with Server(site) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Server) -> Client:
    return Client(server)


def test_the_page_lists_every_image_with_its_state_and_pages(client: Client) -> None:
    client.get("/api/changes", revision="0")  # the pages are read by then
    found = client.get("/api/assets").data
    assert {one["id"]: one["state"] for one in found["assets"]} == {
        "a": "fresh",
        "b": "edited",
        "later": "missing",
    }
    assert [one["pages"] for one in found["assets"]] == [["content/page.md"], [], []]
    detail = client.get("/api/asset", id="a").data
    sizes = [(use["line"], use["width"], use["height"]) for use in detail["uses"]]
    assert sizes == [(1, None, None), (2, 20, 10)]
    assert detail["files"][0]["width"] == 40
    assert client.get("/api/asset", id="b").data["cure"].startswith("assetgen accept b")


def test_the_earlier_file_of_a_changed_image_is_given(client: Client, site: Place) -> None:
    found = client.get("/api/since", commit="HEAD").data
    assert list(found["pictures"]) == ["b"]
    earlier = client.get("/picture", id=found["pictures"]["b"])
    assert earlier.headers["content-type"] == "image/png"
    assert earlier.body != site.read("public/b.png")
    assert client.get("/thumbnail", id=found["pictures"]["b"]).status == 200


@pytest.mark.parametrize("name", ["", "no-such", "--output=x", "-p", "HEAD\n", "a" * 300])
def test_a_commit_that_git_does_not_know_is_an_error(client: Client, name: str) -> None:
    answer = client.get("/api/since", commit=name)
    assert (answer.status, answer.data["error"]) == (409, "GitError")


def test_every_answer_forbids_what_a_page_of_another_site_could_do(client: Client) -> None:
    for path in ("/", "/main.js", "/api/assets", "/picture?id=x", "/nothing"):
        said = client.ask("GET", path, client.own).headers
        policy = dict(
            part.strip().split(" ", 1) for part in said["content-security-policy"].split(";")
        )
        assert policy["default-src"] == "'none'" and policy["frame-ancestors"] == "'none'"
        assert not any("unsafe" in one or "http" in one or "*" in one for one in policy.values())
        assert said["cache-control"] == "no-store"
        assert said["x-content-type-options"] == "nosniff"
        assert said["cross-origin-resource-policy"] == "same-origin"
        assert not any(name.startswith("access-control") for name in said)
        assert "server" not in said
    assert "HttpOnly" in client.cookie_attributes and "SameSite=Strict" in client.cookie_attributes


_EVIL = "http://evil.example"
_REFUSED = {
    "another host, as after DNS rebinding": {"Host": "evil.example"},
    "the host with another port": {"Host": "127.0.0.1:1"},
    "another name of this machine": {"Host": "[::1]"},
    "no cookie": {"Cookie": ""},
    "a cookie of another value": {"Cookie": "assetgen-review-{port}=x"},
    "the cookie with the name of another port": {"Cookie": "assetgen-review-1={value}"},
    "no key": {"X-Assetgen-Review": ""},
    "another key": {"X-Assetgen-Review": "x"},
    "an origin": {"Origin": _EVIL},
    "no known origin": {"Origin": "null"},
    "this machine at another port": {"Origin": "http://127.0.0.1:3000"},
    "this host with another scheme": {"Origin": "https://127.0.0.1:{port}"},
    "an address as the origin": {"Origin": "http://10.0.0.1:{port}"},
    "a tag of another site": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    "a tag of another port": {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    "a page that is loaded in advance": {"Sec-Purpose": "prefetch"},
}


@pytest.mark.parametrize("who", _REFUSED)
@pytest.mark.parametrize("path", ["/api/assets", "/picture?id=", "/thumbnail?id="])
def test_only_the_page_is_answered(client: Client, path: str, who: str) -> None:
    found = client.get("/api/assets").data["assets"][0]["picture"]
    path = f"{path}{found}" if path.endswith("=") else path
    assert client.ask("GET", path, client.own).status == 200
    value = client.cookie.partition("=")[2]
    changed = {
        name: text.format(port=client.port, value=value) for name, text in _REFUSED[who].items()
    }
    answer = client.ask("GET", path, {**client.own, **changed})
    assert answer.status == 403
    assert found.encode() not in answer.body


def test_the_page_itself_needs_the_cookie_and_has_nothing_of_the_project(client: Client) -> None:
    for path in sorted(shell.paths()):
        assert client.ask("GET", path, {}).status == 403, path
        assert client.ask("GET", path, {"Cookie": client.cookie}).status == 200, path
    page = client.ask("GET", "/", {"Cookie": client.cookie}).body
    assert client.key.encode() not in page


def test_a_launch_token_works_once(site: Place) -> None:
    with Server(site) as server:
        path = server.address.removeprefix(server.base)
        client = Client(server)
        assert client.ask("GET", path, {}).status == 403
        again = client.ask("GET", path, {"Cookie": client.cookie})
        assert (again.status, again.headers["location"]) == (303, "/")
        assert client.ask("GET", "/?launch=", {}).status == 403
        assert server.end() == 130


def test_an_address_that_is_followed_from_elsewhere_keeps_its_token(site: Place) -> None:
    session = Session(1)
    assert not session.begins_with("x") and not session.begins_with("ü")
    token = session.address.partition("=")[2]
    assert session.begins_with(token) and not session.begins_with(token)
    with Server(site) as server:
        path = server.address.removeprefix(server.base)
        for named in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Purpose": "prefetch"}):
            found = socket.create_connection(("127.0.0.1", server.port))
            lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}"]
            lines += [f"{name}: {value}" for name, value in named.items()]
            found.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
            assert b" 403 " in found.makefile("rb").readline()
            found.close()
        assert Client(server).get("/api/assets").status == 200


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_other_methods_are_not_answered(client: Client, method: str) -> None:
    answer = client.ask(method, "/api/assets", client.own)
    assert answer.status == 403 and not any("allow" in name for name in answer.headers)


@pytest.mark.parametrize(
    "name",
    ["public/a.png", "../a.png", "/etc/passwd", "assets.toml", "0" * 64, "git-" + "0" * 40, ""],
)
def test_files_are_given_by_ids_from_the_list_only(client: Client, name: str) -> None:
    for path in ("/picture", "/thumbnail"):
        assert client.get(path, id=name).status == 404
    assert client.get(f"/picture/{name}", id="x").status == 404


def test_what_is_no_still_picture_is_never_sent(place: Place) -> None:
    script = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    place.write("templates/tiny/template.toml", KIND)
    place.write("templates/tiny/plain.html", LAYOUT)
    entry = '[[asset]]\nid = "{0}"\nkind = "tiny"\npath = "public/{0}.png"\nalt = ""\n'
    place.manifest("".join(map(entry.format, ("svg", "link", "gone"))))
    place.write("public/svg.png", script)
    place.write("secret.png", picture())
    place.write("public/gone.png", picture())
    with Server(place) as server:
        client = Client(server)
        known = {one["id"]: one["picture"] for one in client.get("/api/assets").data["assets"]}
        assert known["svg"] == hashlib.sha256(script).hexdigest()
        for path in ("/picture", "/thumbnail"):
            answer = client.get(path, id=known["svg"])
            assert answer.status in (404, 409) and b"alert" not in answer.body
        (place.root / "public/gone.png").unlink()
        (place.root / "public/gone.png").symlink_to(place.root / "secret.png")
        assert client.get("/picture", id=known["gone"]).status == 409


def test_the_page_hears_of_a_change(site: Place) -> None:
    with Server(site) as server:
        client = Client(server)
        now = client.get("/api/changes", revision="0").data["revision"]
        before = client.get("/api/assets").data["assets"][0]["picture"]
        data = site.read("public/a.png")
        try:
            site.write("public/a.png", picture("PNG", (40, 20)))
            time.sleep(0.6)
            assert client.get("/api/changes", revision=str(now)).data["revision"] > now
            assert client.get("/picture", id=before).status == 404
            site.manifest("[[asset]\n" + site.read("assets.toml").decode())
            client.get("/api/changes", revision=str(now + 1))
            found = client.get("/api/assets").data
            assert "assets.toml:1" in found["problem"] and len(found["assets"]) == 3
        finally:
            site.write("public/a.png", data)
            site.manifest(site.read("assets.toml").decode().removeprefix("[[asset]\n"))


def test_a_port_that_is_in_use_is_one_clear_error(site: Place, server: Server) -> None:
    ran = site.run("review", "--no-open", "--port", str(server.port))
    assert ran.code == 9
    assert f"port {server.port} cannot be used" in ran.err and "assetgen review" in ran.err
    assert site.run("review", "--port", "0").code == 2
