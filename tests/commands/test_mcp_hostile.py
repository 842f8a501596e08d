"""Hostile arguments for every MCP tool: a real client over stdio, and the same on the shell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp_types import CallToolResult

from tests.support.images import picture
from tests.support.mcp_client import conversation, facts, painted, talk
from tests.support.place import Place

_TEXTS = {
    "NUL": "a\0b",
    "NUL alone": "\0",
    "line end": "a\nb",
    "escape": "\x1b[31mred\x1b[0m",
    "C1": "\x9b31m",
    "empty": "",
    "huge": "a" * 3_000_000,
    "long name": "b" * 4000,
    "many folders": "../" * 1300,
    "above": "../../../etc/passwd",
    "absolute": "/etc/passwd",
    "absolute image": "/nope/x.png",
    "shell": "$(touch P);`touch P`.png",
    "option": "--force",
    "option with image": "--force.png",
    "bidi": "a\u202egnp.exe",
    "template": "{asset}{0}%s",
    "home": "~/x.png",
    "URL": "https://127.0.0.1:9/x.png",
    "device": "/dev/zero",
    "folder": ".",
    "windows": "C:\\x\\..\\y.png",
}
_WRONG: tuple[Any, ...] = (-1, 0, 1e308, True, [], ["a"], {}, {"a": 1}, [None], 10**30)
_FIELDS: dict[str, dict[str, list[Any]]] = {
    "plan": {"ids": [["x"]], "all": [True]},
    "next": {"ids": [["x"]]},
    "adopt": {"id": ["plane"], "file": ["x.png"], "thread_id": ["t"]},
    "show": {"what": ["plane"]},
    "layouts": {"name": ["cover"]},
    "add": {"kind": [], "values": [], "inputs": [], "page": [], "style": []},
    "generate": {"ids": [], "pay": []},
    "snippet": {"id": [], "form": [], "page": []},
    "check": {"release": []},
}
_NEEDED: dict[str, dict[str, Any]] = {
    "adopt": {"id": "plane"},
    "show": {"what": "plane"},
    "add": {"id": "kite", "kind": "cover", "path": "public/k.png", "alt": "", "values": {}},
    "snippet": {"id": "plane"},
}


def _calls(every: int) -> list[tuple[str, dict[str, Any]]]:
    """Each tool with hostile values in each argument, and with arguments that it lacks.

    Of ``every`` values one is tried: each value in some argument, other ones in the next.
    """
    turn = 0
    calls: list[tuple[str, dict[str, Any]]] = []
    for tool, fields in _FIELDS.items():
        needed = _NEEDED.get(tool, {})
        calls += [(tool, {**needed, key: 1}) for key in ("force", "route", "\0", "x" * 9000, "")]
        for name in fields:
            values: list[Any] = [*_TEXTS.values(), *_WRONG]
            if name == "ids":
                values += [[text] for text in _TEXTS.values()] + [[1], [["a"]], ["a"] * 20_000]
            calls += [(tool, {**needed, name: value}) for value in values[turn % every :: every]]
            turn += 1
    calls += [("adopt", {}), ("show", {}), ("adopt", {"file": "x.png"}), ("show", {"what": None})]
    return [*calls, ("paint", {}), ("\0", {}), ("", {"a": 1})]


def _holds(text: str, hostile: str) -> bool:
    return len(hostile) > 3 and hostile in text


@pytest.mark.parametrize(
    "every", [pytest.param(3, id="a part"), pytest.param(1, id="all", marks=pytest.mark.more)]
)
def test_every_hostile_call_ends_in_the_documented_json(
    bare: Place, tmp_path: Path, every: int
) -> None:
    painted(bare, "plane")
    bare.environ["HOME"] = str(tmp_path)
    calls = _calls(every)

    async def work(client: Client) -> list[CallToolResult]:
        return [await client.call_tool(tool, arguments) for tool, arguments in calls]

    results = talk(bare, work)
    assert len(results) == len(calls) > 250 // every
    for (tool, arguments), result in zip(calls, results, strict=True):
        case = f"{tool} {str(arguments)[:200]}"
        stated = facts(result)
        if not result.is_error:
            # Every value that is accepted is one that the tool can mean.
            assert (tool, arguments) in (
                *(("plan", {"all": True}), ("plan", {"ids": []}), ("next", {"ids": []})),
                *(("generate", {"ids": []}), ("check", {"release": True})),
            ), case
            continue
        assert stated.keys() >= {"error", "what", "where", "cure", "exit"}, case
        assert stated["exit"] > 1 and stated["cure"], case
        whole = json.dumps(stated)
        assert "pydantic" not in whole and "Traceback" not in whole and len(whole) < 25_000, case
        assert "--force" not in stated["cure"].replace("'./--force", ""), case
        for hostile in (_TEXTS["above"], _TEXTS["shell"], _TEXTS["device"]):
            assert not _holds(stated["cure"], hostile), case
    assert not (bare.root / "P").exists() and not bare.has("public/plane.png")


def test_the_log_of_the_server_has_no_traceback(bare: Place) -> None:
    painted(bare, "plane")
    hostile: list[tuple[str, Any]] = [
        ("show", {"what": "a\0b"}),
        ("show", {"what": 3}),
        ("plan", {"idz": []}),
        ("next", {"ids": "plane"}),
        ("adopt", {"id": "plane", "file": "\0"}),
        ("nonesuch", {}),
    ]
    lines, err = conversation(
        bare,
        *(
            {"id": n, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
            for n, (name, arguments) in enumerate(hostile, 1)
        ),
    )
    assert all(line["result"]["isError"] for line in lines[1:]) and err == ""


def test_the_server_survives_messages_that_no_client_sends(bare: Place) -> None:
    painted(bare, "plane")
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "assetgen", "mcp"],
        cwd=bare.root,
        env=bare.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    opening = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "0"},
    }
    first = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": opening}
    call = (
        b'{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"show","arguments":%s}}'
    )
    odd = (rb'{"what":"\ud800"}', b'{"what":"\xff"}', b"[]", b"NaN", b"3")
    sent = [
        json.dumps(first).encode(),
        b'{"jsonrpc":"2.0","method":"notifications/initialized"}',
        *(call % (number, one) for number, one in enumerate(odd, 1)),
        b"[" * 50_000,
        b"not JSON",
        call % (9, b'{"what":"x"}'),
        b"",
    ]
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(b"\n".join(sent))
    process.stdin.flush()
    answers = []
    for line in process.stdout:
        answers.append(json.loads(line))
        if answers[-1].get("id") == 9:
            break
    process.communicate(timeout=30)
    assert answers[-1]["result"]["isError"] and process.returncode == 0
    for one in answers:  # of a message that is not valid, the error of the protocol
        assert "result" in one or "error" in one or one.get("method") == "notifications/message"


def test_arguments_that_a_tool_lacks_are_not_in_its_schema(bare: Place) -> None:
    async def listed(client: Client) -> list[Any]:
        return [tool.input_schema for tool in (await client.list_tools()).tools]

    assert all(one["additionalProperties"] is False for one in talk(bare, listed))


def test_a_cure_adopts_only_an_image_of_the_project(bare: Place, tmp_path: Path) -> None:
    painted(bare, "plane")
    bare.write("public/new.png", picture())
    (tmp_path / "x.png").write_bytes(picture())

    async def work(client: Client) -> list[Any]:
        names = ("public/new.png", str(tmp_path / "x.png"), "../../../etc/passwd", "no.png")
        return [facts(await client.call_tool("show", {"what": name}))["cure"] for name in names]

    first, *others = talk(bare, work)
    assert first == "assetgen adopt ID public/new.png"
    assert others == ["assetgen plan --all"] * 3


_NO_UNICODE = "\udcff.png"
_SHELL = ["a\nb", "\x1b[31m", _NO_UNICODE, "b" * 4000, "../../../etc/passwd", "$(touch P)", ""]


@pytest.mark.parametrize("command", ["show", "adopt", "plan", "next", "request", "snippet"])
def test_the_same_arguments_on_the_command_line(bare: Place, command: str) -> None:
    painted(bare, "plane")
    for hostile in _SHELL:
        given = [command, "plane", hostile] if command == "adopt" else [command, hostile]
        ran = bare.run("--json", *given)
        case = (command, hostile[:80])
        assert ran.code > 1 and "Traceback" not in ran.err, (case, ran.err[-500:])
        if hostile == _NO_UNICODE and command != "adopt":  # where it names a file, it is accepted
            assert (ran.code, ran.out) == (2, "") and "is not UTF-8" in ran.err, case
            continue
        assert {"what", "cure", "exit"} <= ran.data.keys(), case
        cure = str(ran.data["cure"])
        assert "passwd" not in cure and "--force" not in cure, case
    assert not (bare.root / "P").exists()
