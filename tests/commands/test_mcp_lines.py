"""Lines that are no messages: each is answered, so that no client waits for an answer."""

from __future__ import annotations

import json
import subprocess

import pytest

from assetgen.commands.mcp_lines import stated_id
from tests.support import forks
from tests.support.place import Place

_CALL = '{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"plan","arguments":%s}}'
_UNPARSED = ('{"ids":["\\ud800"]}', "[" * 300 + "]" * 300, '{"ids":[' + "9" * 5000 + "]}", '{"x"')
_NO_MESSAGES = ('{"jsonrpc":"2.0","id":8,"method":"tools/call","params":5}', "5", "", "\n", "[]")


@pytest.mark.parametrize(
    ("line", "stated"),
    [
        ('{"id":1,"params":{"id":"\\ud800"}}', 1),
        ('{"params":{"id":2,"x":["}"]},"id" : 3}', 3),
        ('{"id":"a\\"b","x":[', 'a"b'),
        ('{"id":"a\\ud800"', None),
        ('{"id":"a', None),
        ('{"x":{"id":4},"id":5,"y":"' + '\\"' * 100_000, 5),
        ('{"x":"' + '\\"' * 100_000, None),
        ('{"params":["id",{"id":1}],"method":"id"}', None),
        ('{"id":1.5,', None),
        ('{"id":' + "9" * 5000 + "}", None),
        ("[" * 100_000, None),
        ("", None),
    ],
)
def test_the_id_is_that_of_the_message(line: str, stated: int | str | None) -> None:
    assert stated_id(line) == stated


def test_each_line_that_is_no_message_is_answered_with_an_error(bare: Place) -> None:
    lines = [_CALL % (number, text) for number, text in enumerate(_UNPARSED)]
    ran = subprocess.run(
        [forks.programs() / "assetgen", "mcp"],
        input="\n".join([*lines, *_NO_MESSAGES, ""]),
        capture_output=True,
        text=True,
        timeout=60,
        cwd=bare.root,
        env=bare.environ,
    )
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    stated = [(answer["id"], answer["error"]["code"]) for answer in answers]
    assert (
        stated
        == [(0, -32700), (1, -32700), (2, -32700), (3, -32700), (8, -32600)] + [(None, -32600)] * 2
    )
    assert ran.returncode == 0
