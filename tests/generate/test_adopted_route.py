"""route = "adopted": an image that exists, and that nothing makes, draws or buys again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assetgen.errors import AssetgenError
from assetgen.generate import adopt, performer
from assetgen.generate.adopt import Brought
from assetgen.generate.options import Options
from assetgen.manifest import parse
from assetgen.plan import settle
from assetgen.plan.decide import Action, Decision, State
from assetgen.plan.workspace import open_workspace
from assetgen.record import record
from tests.support.place import Place
from tests.support.tiny import look, tiny

_PATH = "public/team photo@2x.png"
_ASSET = f'[[asset]]\nid = "team"\npath = "{_PATH}"\nalt = "us"\nroute = "adopted"\n'


@pytest.fixture
def adopted(place: Place) -> Place:
    """A project whose only picture is adopted and committed."""
    place.manifest(_ASSET)
    place.picture(_PATH, size=(40, 20))
    how = Options()
    adopt.adopt(place.root, "team", place.root / _PATH, Brought(), how, place.environ)
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "all")
    return place


def _decision(place: Place) -> Decision:
    [found] = open_workspace(place.root).decide()
    return found


def _remove(place: Place) -> None:
    (place.root / _PATH).unlink()


def _remove_everywhere(place: Place) -> None:
    """The file is nowhere: not here, not in the cache, not in the index or HEAD."""
    place.git("rm", "-q", "--", _PATH)
    place.git("commit", "-q", "-m", "gone")
    for kept in (".assetgen/cache", ".git/assetgen"):
        shutil.rmtree(place.root / kept)


def _remove_with_the_cache(place: Place) -> None:
    _remove(place)
    shutil.rmtree(place.root / ".assetgen/cache")


def _remove_record(place: Place) -> None:
    (place.root / record.place("team")).unlink()
    place.git("commit", "-q", "-a", "-m", "no record")


def _ask_for_less(place: Place) -> None:
    place.manifest(_ASSET + "fit = { width = 20, height = 10 }\n")


@pytest.mark.parametrize(
    ("how", "state", "action", "cure"),
    [
        (lambda place: None, State.FRESH, Action.NOTHING, ""),
        (_remove, State.MISSING, Action.DERIVE, "assetgen generate team"),
        (_remove_with_the_cache, State.MISSING, Action.DERIVE, "assetgen generate team"),
        (
            _remove_everywhere,
            State.MISSING,
            Action.REFUSE,
            "name its file: assetgen adopt team FILE",
        ),
        (_ask_for_less, State.STALE, Action.DERIVE, "assetgen generate team"),
        (
            _remove_record,
            State.FOREIGN,
            Action.REFUSE,
            f"assetgen adopt team '{_PATH}' (keeps the file)",
        ),
    ],
)
def test_it_is_fresh_or_its_file_is_asked_for(
    how: Callable[[Place], None], state: State, action: Action, cure: str, adopted: Place
) -> None:
    how(adopted)
    found = _decision(adopted)
    assert (found.state, found.action) == (state, action)
    if cure:
        assert str(settle.cure(found)) == cure


@pytest.mark.parametrize("how", [{}, {"force": True}, {"draft": True}, {"free": True}], ids=str)
@pytest.mark.parametrize("change", [lambda place: None, _remove_everywhere, _remove_record])
def test_no_run_makes_it(
    change: Callable[[Place], None], how: dict[str, Any], adopted: Place
) -> None:
    change(adopted)
    before = adopted.read(_PATH) if adopted.has(_PATH) else None
    outcome = performer.generate(adopted.root, Options(commit=False, **how), adopted.environ)
    assert outcome.made == []
    assert (adopted.read(_PATH) if adopted.has(_PATH) else None) == before


def test_its_file_is_put_back_byte_for_byte_for_free(adopted: Place) -> None:
    before = adopted.read(_PATH)
    _remove_with_the_cache(adopted)
    outcome = performer.generate(adopted.root, Options(commit=False), adopted.environ)
    assert [one.files for one in outcome.made] == [(_PATH,)]
    assert adopted.read(_PATH) == before
    assert look(adopted).findings == ()


def test_an_asset_of_another_route_that_becomes_adopted_stays_as_it_is(place: Place) -> None:
    tiny(place, "team", team='[asset.values]\ntitle = "One"')
    place.manifest(
        '[[asset]]\nid = "team"\npath = "public/team.png"\nalt = ""\nroute = "adopted"\n'
    )
    assert _decision(place).state is State.FRESH
    place.write("templates/tiny/plain.html", "changed")
    assert _decision(place).state is State.FRESH


def test_nothing_is_invented_and_the_bill_is_shown_as_unknown(adopted: Place) -> None:
    stated = adopted.record("team")
    assert (stated["route"]["owner"], stated["route"]["surface"]) == (None, None)
    assert stated["asset"]["kind"] == "" and stated["prompt"]["effective"] is None
    shown = adopted.ok("show", "team").out
    assert "route      adopted\nbill       -\nprompt     none\n" in shown
    [plan] = adopted.ok("plan", "--json").data
    assert (plan["kind"], plan["surface"], plan["state"]) == (None, None, "fresh")
    assert adopted.ok("plan", "--all").out.startswith("fresh    team  adopted (-, free)")
    snippet = adopted.ok("snippet", "team", "--for", "html").out
    assert 'src="/team%20photo@2x.png"' in snippet and 'width="40"' in snippet
    assert adopted.ok("check", "--rehash").code == 0


_WITHOUT_ROUTE = _ASSET.replace('route = "adopted"\n', "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_WITHOUT_ROUTE, "kind is missing"),
        (_WITHOUT_ROUTE + 'route = "images"\nprompt = "x"\n', "kind is missing"),
        (_WITHOUT_ROUTE + '[defaults]\nroute = "adopted"\n', "is for single assets"),
    ],
)
def test_only_an_adopted_asset_may_lack_a_kind(text: str, said: str) -> None:
    with pytest.raises(AssetgenError) as caught:
        parse.parse(text.encode())
    assert any(said in one.what for one in caught.value.mistakes)


@pytest.mark.parametrize(
    "line",
    ['prompt = "x"', 'model = "m"', "take = 2", 'size = "10x10"', "[asset.values]\ntitle = 'x'"],
)
def test_what_nothing_could_draw_is_refused(line: str, adopted: Place) -> None:
    adopted.manifest(_ASSET + line + "\n")
    with pytest.raises(AssetgenError, match="route 'adopted' cannot honour"):
        _decision(adopted)


def test_a_kind_that_is_stated_has_to_exist(adopted: Place) -> None:
    adopted.manifest(_ASSET + 'kind = "cover"\n')
    assert _decision(adopted).state is State.FRESH
    adopted.manifest(_ASSET + 'kind = "cove"\n')
    with pytest.raises(AssetgenError, match="there is no kind 'cove'"):
        _decision(adopted)


@pytest.mark.parametrize("inside", [True, False])
def test_adopting_an_unlisted_image_prints_the_entry_to_paste(
    place: Place, tmp_path: Path, inside: bool
) -> None:
    place.manifest('[project]\noutputs = ["public"]\n')
    name = "public/team photo@2x.png"
    given = name if inside else str(tmp_path / "team photo@2x.png")
    data = place.picture(name).read_bytes()
    if not inside:
        (place.root / name).rename(given)
    ran = place.run("adopt", "team", given)
    assert ran.code == 2 and "there is no asset 'team'" in ran.err
    entry = "[[asset]]" + ran.err.partition("[[asset]]")[2]
    place.manifest('[project]\noutputs = ["public"]\n\n' + entry)
    place.ok("adopt", "team", given)
    assert place.read(name) == data
    place.ok("check")
