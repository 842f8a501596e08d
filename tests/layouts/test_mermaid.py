"""Mermaid's text: what is drawn is read, and whatever else it says is refused with its line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.layouts.diagrams import languages

_Edge = tuple[str, str, str, str, str]


def _flow(text: str) -> tuple[dict[str, str], list[_Edge]]:
    """The nodes as id: shape and title, and the edges."""
    found = languages.read("flowchart", text)
    assert not found.problems
    nodes = {one["id"]: f"{one['shape']} {one['title']}" for one in found.content["nodes"]}
    keys = ("from", "to", "text", "line", "heads")
    edges: Any = [tuple(one[key] for key in keys) for one in found.content["edges"]]
    return nodes, edges


_SHAPES = {
    "A": "step A",
    "A[Build]": "step Build",
    "A(Build)": "step Build",
    "A([Start])": "terminal Start",
    "A((Start))": "terminal Start",
    "A(((Stop)))": "terminal Stop",
    "A{Ready?}": "decision Ready?",
    "A{{Ready?}}": "decision Ready?",
    "A[(Store)]": "store Store",
    'A["a [b] (c); d"]': "step a [b] (c); d",
    "A[two<br/>lines]": "step two\nlines",
    "A[#quot;x#quot; #9829;]": 'step "x" ♥',
    "A[ 日本語 ]": "step 日本語",
}


@pytest.mark.parametrize(("text", "node"), _SHAPES.items(), ids=_SHAPES)
def test_each_shape_of_a_node_is_read(text: str, node: str) -> None:
    assert _flow(f"flowchart\n{text} --> B")[0]["A"] == node


_EDGES: dict[str, list[_Edge]] = {
    "A --> B": [("A", "B", "", "solid", "end")],
    "A-->B": [("A", "B", "", "solid", "end")],
    "A --- B": [("A", "B", "", "solid", "none")],
    "A <--> B": [("A", "B", "", "solid", "both")],
    "A -.-> B": [("A", "B", "", "dashed", "end")],
    "A -.- B": [("A", "B", "", "dashed", "none")],
    "A ==> B": [("A", "B", "", "thick", "end")],
    "A -->|yes| B": [("A", "B", "yes", "solid", "end")],
    "A -- yes --> B": [("A", "B", "yes", "solid", "end")],
    "A -- so --- B": [("A", "B", "so", "solid", "none")],
    "A -. so .-> B": [("A", "B", "so", "dashed", "end")],
    "A == so ==> B": [("A", "B", "so", "thick", "end")],
    "A-b --> b.c": [("A-b", "b.c", "", "solid", "end")],
    "A --> B --> C": [("A", "B", "", "solid", "end"), ("B", "C", "", "solid", "end")],
    "A --> B; B --> A": [("A", "B", "", "solid", "end"), ("B", "A", "", "solid", "end")],
    "A & B --> C & D": [
        (one, other, "", "solid", "end") for one in ("A", "B") for other in ("C", "D")
    ],
    "%% A --> C\nA --> B": [("A", "B", "", "solid", "end")],
}


@pytest.mark.parametrize(("text", "edges"), _EDGES.items(), ids=_EDGES)
def test_each_kind_of_edge_is_read(text: str, edges: list[_Edge]) -> None:
    assert _flow(f"graph TD\n{text}")[1] == edges


def test_the_nodes_of_a_subgraph_belong_to_its_group() -> None:
    text = "flowchart\nX --> A\nsubgraph one [The First]\n A --> B\nend\nB --> C"
    nodes = languages.read("flowchart", text).content["nodes"]
    groups = {one["id"]: one["group"] for one in nodes}
    assert groups == {"X": "", "A": "The First", "B": "The First", "C": ""}


_REFUSED = {
    "no header": ("A --> B", "line 1: 'A --> B' does not begin a flowchart"),
    "another diagram": ("pie\n 'a': 3", "line 1: 'pie' does not begin a flowchart"),
    "only comments": ("%% nothing\n", "line 1: the text is empty"),
    "a direction": ("flowchart XX\nA --> B", "line 1: 'XX' is not a direction"),
    "no nodes": ("flowchart LR", "line 1: the flowchart has less than two nodes"),
    "one node": ("flowchart LR\nA", "line 1: the flowchart has less than two nodes"),
    "a shape": ("flowchart\nA[[x]] --> B", "line 2: the shape [[x]] is not drawn"),
    "a slanted shape": ("flowchart\nA[/x/] --> B", "line 2: the shape [/x/] is not drawn"),
    "a shape that does not end": ("flowchart\nA[x --> B", "line 2: '[x --> B' has no ]"),
    "a head": ("flowchart\nA --o B", "line 2: the edge '--o' is not drawn"),
    "a long edge": ("flowchart\nA ---> B", "line 2: the edge '--->' is not drawn"),
    "an edge that is not seen": ("flowchart\nA ~~~ B", "line 2: '~~~ B' is not read"),
    "an edge to nothing": ("flowchart\nA -->", "line 2: a node is missing at the end"),
    "words that do not end": ("flowchart\nA -->|x B", "line 2: 'x B' has no |"),
    "a class": ("flowchart\nA:::x --> B", "line 2: ':::x --> B' is not read"),
    "a form by name": ("flowchart\nA@{ shape: cyl }", "line 2: '@{ shape: cyl }' is not read"),
    "styles": ("flowchart\nA --> B\nstyle A fill:#f9f", "line 3: 'style' is not read"),
    "a link": ("flowchart\nA --> B\nclick A href", "line 3: 'click' is not read"),
    "settings": ("%%{init: {}}%%\nflowchart\nA --> B", "line 1: settings in the text"),
    "HTML": ("flowchart\nA[<b>x</b>] --> B", "line 2: <b> is HTML"),
    "Markdown": ('flowchart\nA["`**x**`"] --> B', "line 2: `**x**` is Markdown"),
    "an icon": ("flowchart\nA[fa:fa-car x] --> B", "line 2: icons are not drawn"),
    "two texts of a node": (
        "flowchart\nA[x] --> B\nA[y] --> B",
        "line 3: node A has another text in line 2",
    ),
    "a subgraph without end": (
        "flowchart\nsubgraph x\nA --> B",
        "line 2: the subgraph 'x' has no end",
    ),
    "a subgraph in another": (
        "flowchart\nsubgraph x\nsubgraph y\nA --> B\nend",
        "line 3: the subgraph 'y' is in another one",
    ),
    "an edge to a subgraph": (
        "flowchart\nsubgraph x\nA --> B\nend\nC --> x",
        "line 5: an edge to the subgraph 'x' is not drawn",
    ),
    "a direction of a subgraph": (
        "flowchart\nsubgraph x\ndirection LR\nA --> B\nend",
        "line 3: a direction inside a subgraph is not drawn",
    ),
    "the name end": ("flowchart\nA --> end", "line 2: 'end' cannot be the name of a node"),
    "500 nodes": (
        "flowchart\n" + "\n".join(f"n{nth} --> n{nth % 9}" for nth in range(500)),
        "line 1: the flowchart has 500 nodes; at most 30 are readable",
    ),
}


@pytest.mark.parametrize(("text", "said"), _REFUSED.values(), ids=_REFUSED)
def test_what_is_not_drawn_is_refused_with_its_line(text: str, said: str) -> None:
    line, what, cure = languages.read("flowchart", text).problems[0]
    assert f"line {line}: {what}".startswith(said)
    assert str(cure)


def test_all_mistakes_are_found_at_once() -> None:
    text = "flowchart\nA --x B\nB --o C\nC[[d]] --> A\nclass A b\nA --> B"
    assert [line for line, _, _ in languages.read("flowchart", text).problems] == [2, 3, 4, 5]


_NAMES = st.sampled_from(["a", "b2", "c_d", "e-f", "Ж"])
_WORDS = st.text("abc xyzé日?!,.:", min_size=1, max_size=12).filter(lambda text: text.strip(" "))
_FORMS = {"step": "[{}]", "decision": "{{{}}}", "terminal": "([{}])", "store": "[({})]"}


@given(
    shapes=st.dictionaries(
        _NAMES, st.tuples(st.sampled_from(sorted(_FORMS)), _WORDS), min_size=2, max_size=5
    ),
    data=st.data(),
)
def test_a_written_flowchart_is_read_back(
    shapes: dict[str, tuple[str, str]], data: st.DataObject
) -> None:
    name = st.sampled_from(sorted(shapes))
    arrow = st.sampled_from(["-->", "---", "-.->", "==>", "<-->"])
    edges = data.draw(st.lists(st.tuples(name, arrow, st.none() | _WORDS, name), max_size=8))
    lines = [
        f"{one}{_FORMS[shape].format(f'{chr(34)}{text}{chr(34)}')}"
        for one, (shape, text) in shapes.items()
    ]
    lines += [f"{a} {sign}{f'|{text}|' if text else ''} {b}" for a, sign, text, b in edges]
    nodes, found = _flow("flowchart\n" + "\n".join(lines))
    assert nodes == {
        one: f"{shape} {' '.join(text.split())}" for one, (shape, text) in shapes.items()
    }
    assert [edge[:3] for edge in found] == [
        (a, b, " ".join((text or "").split())) for a, _, text, b in edges
    ]


_PIECES = st.sampled_from(
    [
        *("A", "B", "[", "]", "{", "}", "((", "))", "-->", "--", "-.", ".->", "|", '"', "&", ";"),
        *("\n", " ", "subgraph", "end", "%%", "x", "==>", "<br>", "<", "#", "direction", "é"),
        *("~~~", "@"),
    ]
)


@given(text=st.lists(_PIECES, max_size=40).map("".join) | st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_line_of_it(text: str) -> None:
    whole = f"flowchart LR\n{text}"
    found = languages.read("flowchart", whole)
    nodes = {one["id"] for one in found.content["nodes"]}
    for edge in found.content["edges"]:
        assert {edge["from"], edge["to"]} <= nodes
    for line, what, cure in found.problems:
        assert 1 <= line <= len(whole.splitlines())
        assert what
        assert str(cure)
    assert found.problems or len(nodes) >= 2


# -- sequence diagrams -----------------------------------------------------------------------------

_Step = tuple[str, str, str, str]


def _sequence(text: str) -> tuple[dict[str, str], list[_Step]]:
    """The participants as id: shape and title, and the steps."""
    found = languages.read("sequence", f"sequenceDiagram\n{text}")
    assert not found.problems
    names = {one["id"]: f"{one['shape']} {one['title']}" for one in found.content["participants"]}
    keys = ("from", "to", "kind", "text")
    steps: Any = [tuple(one[key] for key in keys) for one in found.content["steps"]]
    return names, steps


_STEPS: dict[str, list[_Step]] = {
    "A->>B: hello": [("A", "B", "message", "hello")],
    "A->B: hello": [("A", "B", "message", "hello")],
    "A-->>B: hello": [("A", "B", "reply", "hello")],
    "A --> B : hello: you": [("A", "B", "reply", "hello: you")],
    "A->>A: think": [("A", "A", "message", "think")],
    "Note over A: x": [("A", "A", "note", "x")],
    "Note over A,B: two<br>lines": [("A", "B", "note", "two\nlines")],
    "note over A , B : x": [("A", "B", "note", "x")],
    "%% A->>C: no\nA->>B: x; B->>A: y": [("A", "B", "message", "x"), ("B", "A", "message", "y")],
    "日本->>B: x": [("日本", "B", "message", "x")],
    "My Server->>B: x": [("My Server", "B", "message", "x")],
}


@pytest.mark.parametrize(("text", "steps"), _STEPS.items(), ids=_STEPS)
def test_each_kind_of_step_is_read(text: str, steps: list[_Step]) -> None:
    assert _sequence(text)[1] == steps


def test_participants_stand_in_the_order_in_which_they_are_named() -> None:
    names, _ = _sequence("participant S as The server\nactor U\nX->>U: x\nU->>S: y")
    assert names == {"S": "box The server", "U": "person U", "X": "box X"}
    assert list(names) == ["S", "U", "X"]


def test_numbers_are_asked_for_in_the_text() -> None:
    assert languages.read("sequence", "sequenceDiagram\nautonumber\nA->>B: x").content["numbers"]


_NOT_DRAWN = {
    "no header": ("A->>B: x", "line 1: 'A->>B: x' does not begin a sequence diagram"),
    "nothing": ("", "line 1: the text is empty"),
    "no messages": ("sequenceDiagram", "line 1: the diagram has no messages"),
    "an arrow": ("sequenceDiagram\nA-)B: x", "line 2: the arrow '-)' is not drawn"),
    "two heads": ("sequenceDiagram\nA<<->>B: x", "line 2: the arrow '<<->>' is not drawn"),
    "activation": ("sequenceDiagram\nA->>+B: x", "line 2: the activation '+' is not drawn"),
    "activate": ("sequenceDiagram\nA->>B: x\nactivate B", "line 3: 'activate' is not drawn"),
    "no words": ("sequenceDiagram\nA->>B:", "line 2: a message or a note needs words"),
    "a note beside": (
        "sequenceDiagram\nA->>B: x\nNote right of A: y",
        "line 3: a note right of a participant is not drawn",
    ),
    "a participant twice": (
        "sequenceDiagram\nparticipant A\nparticipant A as B\nA->>A: x",
        "line 3: the participant A is there already",
    ),
    "a block": (
        "sequenceDiagram\nalt yes\nA->>B: x\nend\nend",
        "line 2: 'alt' is not drawn",
    ),
    "anything else": ("sequenceDiagram\nA->>B: x\nwhat?", "line 3: 'what?' is not read"),
    "9 participants": (
        "sequenceDiagram\n" + "\n".join(f"P{nth}->>P0: x" for nth in range(9)),
        "line 1: the diagram has 9 participants; at most 8 are readable",
    ),
    "500 messages": (
        "sequenceDiagram\n" + "A->>B: x\n" * 500,
        "line 1: the diagram has 500 messages and notes; at most 24 are readable",
    ),
}


@pytest.mark.parametrize(("text", "said"), _NOT_DRAWN.values(), ids=_NOT_DRAWN)
def test_what_is_not_drawn_of_a_sequence_is_refused_with_its_line(text: str, said: str) -> None:
    line, what, cure = languages.read("sequence", text).problems[0]
    assert f"line {line}: {what}".startswith(said)
    assert str(cure)


_SEQUENCE_PIECES = st.sampled_from(
    [
        *("A", "B", "->>", "-->>", "->", ":", " ", "x", ",", "\n", "Note over ", "participant "),
        *(" as ", "loop ", "end", ";", "+", "-x", "#", "é"),
    ]
)


@given(text=st.lists(_SEQUENCE_PIECES, max_size=30).map("".join) | st.text(max_size=60))
def test_any_sequence_is_read_or_refused_with_a_line_of_it(text: str) -> None:
    whole = f"sequenceDiagram\n{text}"
    found = languages.read("sequence", whole)
    names = {one["id"] for one in found.content["participants"]}
    for step in found.content["steps"]:
        assert {step["from"], step["to"]} <= names
    for line, what, _ in found.problems:
        assert 1 <= line <= len(whole.splitlines())
        assert what
    assert found.problems or found.content["steps"]
