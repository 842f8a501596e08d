"""The text of a baseline: one line for each picture, whatever its name."""

from __future__ import annotations

import os

import pytest

from assetgen.record import baseline
from assetgen.record.baseline import Line

_A, _B = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("public/a.png", b"public/a.png"),
        ("public/hi there@2x (1).png", b"public/hi there@2x (1).png"),
        ("app/[slug]/é 日本.webp", "app/[slug]/é 日本.webp".encode()),
        ("a\nb\t.png", rb'"a\nb\t.png"'),
        ('"q"\\.png', rb'"\"q\"\\.png"'),
        ("\x01\x7f.png", rb'"\001\177.png"'),
        (" lead.png", b'" lead.png"'),
        ("trail.png ", b'"trail.png "'),
        (os.fsdecode(b"bad\xff\xc3.png"), rb'"bad\377\303.png"'),
    ],
)
def test_a_path_is_quoted_as_git_quotes_it_and_reads_back(path: str, written: bytes) -> None:
    data = baseline.write([Line(_A, 12, path)])
    assert data == _A.encode() + b" 12 " + written + b"\n"
    read = baseline.read(data)
    assert (read.first(path), read.faults) == (Line(_A, 12, path), ())


def test_lines_are_sorted_by_the_bytes_of_the_path_and_read_in_any_order() -> None:
    paths = ["é.png", "b.png", "B.png", "b/a.png", "b-a.png"]
    data = baseline.write(Line(_A, 1, path) for path in paths)
    assert [row.split(b" ")[2].decode() for row in data.splitlines()] == sorted(
        paths, key=str.encode
    )
    mixed = b"\xef\xbb\xbf" + b"\r\n".join(reversed(data.splitlines())) + b"\r\n\r\n"
    read = baseline.read(mixed)
    assert not read.faults
    assert baseline.write(map(read.first, read.lines)) == data


_CONFLICT = (
    f"{_A} 1 a.png\n<<<<<<< HEAD\n{_A} 2 ours.png\n||||||| base\n{_A} 3 dropped.png\n=======\n"
    f"{_B} 2 theirs.png\n>>>>>>> other\n"
)


@pytest.mark.parametrize(
    ("text", "paths", "said"),
    [
        (_CONFLICT, ["a.png", "ours.png", "theirs.png"], "a merge conflict on lines 2, 4, 6 and 8"),
        (f"{_A} 1 a.png\n{_A} 2 b.png\n{_A} 1 a.png\n", ["a.png", "b.png"], "lines 1 and 3"),
        (f"{_A} 1 a.png\n{_B} 1 a.png\n", ["a.png"], "a.png is on lines 1 and 2"),
        (f"{_A} 1 a.png\n{_A[:-1]} 1 b.png\nb.png\n", ["a.png"], "on lines 2 and 3"),
        (f"{_A} 1 /etc/a.png\n{_A} 1 ../a.png\n{_A} 1 a//b.png\n", [], "on lines 1, 2 and 3"),
        (f'{_A} 1 "a\\q.png"\n{_A} 1 "a.png\n{_A} -1 a.png\n{_A} 1 "a"b"\n', [], "1, 2, 3 and 4"),
    ],
)
def test_what_is_not_sound_is_said_with_its_lines(text: str, paths: list[str], said: str) -> None:
    read = baseline.read(text.encode())
    assert sorted(read.lines) == paths
    assert said in "; ".join(read.faults)


def test_a_path_that_is_there_twice_keeps_the_digests_of_both_lines() -> None:
    read = baseline.read(f"{_A} 1 a.png\n{_B} 1 a.png\n".encode())
    assert read.digests("a.png") == {_A, _B}
    assert read.first("a.png").sha256 == _A
