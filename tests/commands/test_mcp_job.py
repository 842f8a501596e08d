"""The main job over MCP: an agent that knows only what list_tools says makes an image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from mcp import Client

from assetgen.commands import mcp_arguments, mcp_job
from assetgen.commands.mcp_tools import Tools
from assetgen.errors import ManifestError, TrustError
from tests.support.branches import runs
from tests.support.mcp_client import PAINTED, facts, talk
from tests.support.place import COVER, Place
from tests.support.provider import Provider
from tests.support.shop import Shop, posts

_MANIFEST = '[project]\noutputs = ["public"]\ncontent = ["docs/**/*.md"]\npublic = "public"\n'
_PAGE = "# Latency\n\nA page.\n"
_BARS = {"layout": "bars", "title": "Latency", "categories": ["a"], "series": [{"values": [1]}]}
_TWO = ["bars", "badges"]
_CHART = {"id": "bars", "kind": "infographic", "path": "public/bars.png", "alt": "A chart"}


@pytest.fixture
def site(place: Place) -> Place:
    place.manifest(_MANIFEST)
    place.write("docs/a.md", _PAGE)
    place.write("package.json", '{"dependencies": {"vitepress": "1"}}')
    return place


class _Agent:
    """Calls tools with arguments that their schemas accept; knows nothing else."""

    def __init__(self, client: Client, schemas: dict[str, Any]) -> None:
        self._client, self._schemas = client, schemas

    async def call(self, tool: str, **arguments: Any) -> Any:
        """The answer of a tool that must not fail."""
        Draft202012Validator(self._schemas[tool]).validate(arguments)
        result = await self._client.call_tool(tool, arguments)
        assert not result.is_error, facts(result)
        return facts(result)


def test_an_agent_makes_a_chart_from_the_descriptions_alone(site: Place) -> None:
    commits: list[str] = []

    async def work(client: Client) -> None:
        tools = {one.name: one for one in (await client.list_tools()).tools}
        agent = _Agent(client, {name: one.input_schema for name, one in tools.items()})
        # Every tool of the job says what comes next, and every argument what to write there.
        said = {name: one.description or "" for name, one in tools.items()}
        assert "call add" in said["layouts"] and "call generate" in said["add"]
        assert "call generate first" in said["snippet"] and "at the end" in said["check"]
        for name in ("layouts", "add", "generate", "snippet", "check"):
            assert all(
                "description" in one for one in tools[name].input_schema["properties"].values()
            )

        listed = await agent.call("layouts")
        offered = {
            f"{kind['kind']}/{one['layout']}": one["doc"]
            for kind in listed["kinds"]
            for one in kind["layouts"]
        }
        [name] = [one for one, doc in offered.items() if doc.startswith("A bar chart")]
        [entry] = (await agent.call("layouts", name=name))["add"]
        entry = {**entry, "id": "latency", "alt": "Latency: with cache 80 ms, without 200 ms"}
        added = await agent.call("add", **entry)
        assert (added["id"], added["state"], added["route"]) == ("latency", "missing", "local")
        made = await agent.call("generate", ids=["latency"])
        assert [one["files"] for one in made["made"]] == [[entry["path"]]] and made["exit"] == 0
        commits.append(made["to_commit"])
        pasted = await agent.call("snippet", id="latency", page="docs/a.md")
        assert entry["alt"] in pasted["snippet"]
        checked = await agent.call("check")
        assert (checked["clean"], checked["findings"], checked["more"]) == (True, [], 0)

    talk(site, work)
    assert site.read("assets.toml").startswith(_MANIFEST.encode())
    assert b"with cache 80 ms" in site.read("docs/a.md")
    assert site.ok("check").code == 0
    assert site.git("status", "--short", "--", "public").startswith("??")  # nothing is committed
    runs(site, commits[0])
    assert site.git("show", "--name-only", "--format=") == (
        ".assetgen/records/latency.json\npublic/img/bars.png"
    )


@pytest.mark.parametrize(
    "is_all", [False, pytest.param(True, marks=pytest.mark.more)], ids=["of each kind", "all"]
)
def test_the_example_of_every_layout_can_be_added_as_it_is(site: Place, is_all: bool) -> None:
    async def work(client: Client) -> list[str]:
        schemas = {one.name: one.input_schema for one in (await client.list_tools()).tools}
        agent = _Agent(client, schemas)
        names = [
            f"{kind['kind']}/{one['layout']}"
            for kind in (await agent.call("layouts"))["kinds"]
            for at, one in enumerate(kind["layouts"])
            if is_all or at == 0 or one["layout"] in _TWO
        ]
        for name in names:
            for entry in (await agent.call("layouts", name=name))["add"]:
                await agent.call("add", **entry)
        return names

    names = talk(site, work)
    made = facts(talk(site, lambda client: client.call_tool("generate", {"ids": _TWO})))
    runs(site, made["to_commit"])
    assert site.git("log", "-1", "--format=%s") == "assetgen: 2 pictures"
    assert len(site.ok("plan", "--json").data) >= len(names) > (10 if is_all else 3)


#: What add refuses: other arguments, and a part of what it says.
_REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an id that exists": ({"id": "there"}, "there"),
    "a path of another asset": ({"path": "public/there.png"}, "there"),
    "a path outside the outputs": ({"path": "src/bars.png"}, "output folder"),
    "a path outside the project": ({"path": "../bars.png"}, "path"),
    "an unknown kind": ({"kind": "chart"}, "chart"),
    "an unknown layout": ({"values": {**_BARS, "layout": "pie"}}, "pie"),
    "a missing value": ({"values": {"layout": "bars", "title": "Latency"}}, "categories"),
    "an unknown value": ({"values": {**_BARS, "titel": "Latency"}}, "titel"),
    "a prompt for a layout": ({"prompt": "A plane"}, "prompt"),
    "a route without prompt": ({"route": "codex", "values": {}}, "prompt"),
    "an unknown style": ({"style": "dark"}, "dark"),
    "a key that fit does not have": ({"fit": {"width": 9, "height": 9, "depth": 9}}, "depth"),
    "a picture that does not exist": (
        {"kind": "cover", "values": {"layout": "photo", "title": "T", "picture": "@no"}},
        "no",
    ),
}


def test_what_cannot_be_planned_is_refused_and_nothing_is_written(site: Place) -> None:
    there = PAINTED.format(id="there", route="images")
    site.manifest(_MANIFEST + there)
    before = site.read("assets.toml")

    async def work(client: Client) -> list[Any]:
        return [
            await client.call_tool("add", {**_CHART, "values": _BARS, **one})
            for one, _ in _REFUSED.values()
        ]

    for (case, (_, said)), result in zip(_REFUSED.items(), talk(site, work), strict=True):
        assert result.is_error, case
        failure = facts(result)
        assert said in failure["what"] and failure["cure"], (case, failure)
    assert site.read("assets.toml") == before


def test_a_mistake_in_another_asset_does_not_keep_one_from_being_added(site: Place) -> None:
    site.manifest(f"{_MANIFEST}{COVER.format(id='c', title='C')}titel = 3\n")

    async def work(client: Client) -> Any:
        return await client.call_tool("add", {**_CHART, "values": _BARS})

    assert facts(talk(site, work))["id"] == "bars"
    assert site.run("plan", "bars").code == 0 and site.run("plan").code == 2


def test_generate_leaves_what_costs_money_unless_the_user_allows_it(
    site: Place, tmp_path: Path
) -> None:
    paid = PAINTED.format(id="plane", route="images")
    site.manifest(
        _MANIFEST + paid + '[[asset]]\nid = "b"\nkind = "cover"\npath = "public/b.png"\n'
        'alt = "B"\n[asset.values]\ntitle = "B"\n'
    )
    config = tmp_path / "config.toml"
    config.write_text("[agents]\nmay_spend = true\n")

    async def work(client: Client) -> list[Any]:
        calls: list[dict[str, Any]] = [{}, {"pay": True, "ids": ["plane"]}, {"pay": True}]
        return [await client.call_tool("generate", one) for one in calls]

    free, refused, _ = talk(site, work)
    assert [one["id"] for one in facts(free)["made"]] == ["b"]
    assert [(one["id"], one["surface"]) for one in facts(free)["left"]] == [("plane", "openai-api")]
    assert refused.is_error and facts(refused)["exit"] == 11
    assert "may_spend = true" in facts(refused)["cure"]
    # With leave, the purchase goes the usual way, which finds no key here.
    _, allowed, unnamed = talk(site, work, "--config", str(config))
    assert [one["exit"] for one in facts(allowed)["failed"]] == [3], facts(allowed)
    assert unnamed.is_error and "needs ids" in facts(unnamed)["what"]


def test_an_agent_that_may_spend_buys_only_what_it_names(bare: Place, tmp_path: Path) -> None:
    with Provider() as provider:
        shop = Shop(bare, provider)
        shop.gateway()
        shop.wants("plane", "kite")
        config = tmp_path / "config.toml"
        config.write_text(shop.user_config + "[agents]\nmay_spend = true\n")
        tools = Tools(bare.root, config, {**shop.environ, "CI": "1"})
        with pytest.raises(TrustError, match="CI is set"):
            mcp_job.generate(tools, ["kite"], pay=True)
        tools = Tools(bare.root, config, shop.environ)
        assert mcp_job.generate(tools, [], pay=False).facts["made"] == []
        assert posts(provider) == []
        made = mcp_job.generate(tools, ["kite"], pay=True).facts["made"]
        assert [one["id"] for one in made] == ["kite"] and len(posts(provider)) == 1
    assert bare.has("public/kite.png") and not bare.has("public/plane.png")


def test_an_agent_refines_only_with_leave_and_undoes_for_free(place: Place, tmp_path: Path) -> None:
    with Provider(polls=0) as provider:
        shop = Shop(place, provider)
        shop.wants("plane")
        shop.buys("plane")
        place.git("add", "-A")
        place.git("commit", "-q", "-m", "site")
        provider.repaints = bytes  # nothing changes, so nothing has to be put back
        before = place.read("assets.toml")
        step = mcp_job.Step("warmer light", box=[300, 300, 200, 200])
        tools = Tools(place.root, None, shop.environ)
        with pytest.raises(ManifestError, match="needs pay = true"):
            mcp_job.refine(tools, "plane", step, undo=False, pay=False)
        with pytest.raises(TrustError, match="does not let agents spend"):
            mcp_job.refine(tools, "plane", step, undo=False, pay=True)
        assert len(posts(provider)) == 1 and place.read("assets.toml") == before
        config = tmp_path / "config.toml"
        config.write_text("[agents]\nmay_spend = true\n")
        tools = Tools(place.root, config, shop.environ)
        answer = mcp_job.refine(tools, "plane", step, undo=False, pay=True)
        assert answer.picture == "public/plane.png" and "assets.toml" in answer.facts["to_commit"]
        assert len(posts(provider)) == 2 and b"box = [300, 300, 200, 200]" in place.read(
            "assets.toml"
        )
        undone = mcp_job.refine(tools, "plane", mcp_job.Step(), undo=True, pay=False)
        assert undone.facts["exit"] == 0 and place.read("assets.toml") == before
        assert len(posts(provider)) == 2


@pytest.mark.parametrize(
    ("step", "undo", "said"),
    [
        (mcp_job.Step(), False, "say is missing"),
        (mcp_job.Step("x"), True, "undo takes the last step out"),
        (mcp_job.Step("x", box=[1, 2, 3]), False, "box must have four numbers"),
        (mcp_job.Step("x", box=[]), False, "box must have four numbers"),
        (mcp_job.Step("x", [0, 0, 9, 9], "m.png"), False, "box cannot be combined with mask"),
    ],
)
def test_a_step_that_contradicts_itself_is_refused(
    bare: Place, step: mcp_job.Step, undo: bool, said: str
) -> None:
    with pytest.raises(ManifestError, match=said):
        mcp_job.refine(Tools(bare.root, None, {}), "plane", step, undo=undo, pay=True)


def test_a_repository_cannot_let_agents_spend(site: Place) -> None:
    site.manifest("[agents]\nmay_spend = true\n" + _MANIFEST)
    ran = site.run("plan")
    assert ran.code == 11 and "only you may set it" in ran.err


def test_snippet_without_a_page_writes_nothing(site: Place) -> None:
    site.manifest(
        _MANIFEST + '[[asset]]\nid = "b"\nkind = "cover"\npath = "public/b.png"\n'
        'alt = "B"\n[asset.values]\ntitle = "B"\n'
    )

    async def work(client: Client) -> list[Any]:
        early = await client.call_tool("snippet", {"id": "b"})
        await client.call_tool("generate", {"ids": ["b"]})
        given = [{"id": "b"}, {"id": "b", "form": "html"}, {"id": "b", "form": "word"}]
        return [early, *[await client.call_tool("snippet", one) for one in given]]

    early, fitting, html, unknown = talk(site, work)
    assert early.is_error and "has not been made" in facts(early)["what"]
    assert facts(fitting)["for"] == "vitepress" and facts(html)["for"] == "html"
    assert unknown.is_error and "html" in facts(unknown)["cure"]
    assert site.read("docs/a.md") == _PAGE.encode()


def test_check_lists_errors_first_and_counts_what_it_leaves_out(site: Place) -> None:
    site.write("docs/a.md", "".join(f"![A](/no{n}.png)\n\n" for n in range(130)))

    async def work(client: Client) -> Any:
        return facts(await client.call_tool("check", {}))

    answer = talk(site, work)
    assert (answer["clean"], len(answer["findings"]), answer["more"]) == (False, 100, 30)
    assert {one["code"] for one in answer["findings"]} == {"dangling"}


_DEEP: Any = []
for _ in range(9):
    _DEEP = [_DEEP]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"a": None}, "contains null"),
        ({"a": [{"b": float("nan")}]}, "not finite"),
        ({"a": 2**64}, "more than 64 bits"),
        ({"a": "b\x1b"}, "U+001B"),
        ({"a\0": 1}, "U+0000"),
        ({"a": _DEEP}, "nested deeper"),
        ({"a": [1] * 10_000}, "more than 10000 values"),
        (["a"], "must be an object"),
    ],
)
def test_values_that_toml_cannot_hold_are_refused(value: Any, said: str) -> None:
    with pytest.raises(ManifestError) as caught:
        mcp_arguments.check("add", {**_CHART, "values": value})
    assert said in caught.value.what
    mcp_arguments.check("add", {**_CHART, "values": {"a": ["one\ntwo", 1.5, True, {"b": 1}]}})
