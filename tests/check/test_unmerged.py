"""A conflict on an asset: both commands are printed, each settles it, and nothing is bought."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assetgen.layouts.closure import roots
from assetgen.plan.decide import State
from tests.support.adopting import decision, digest
from tests.support.branches import alternatives, commit, findings, only, runs, torn
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.rows import every
from tests.support.shop import Shop


@pytest.fixture
def provider() -> Iterator[Provider]:
    """One provider on loopback."""
    with Provider() as running:
        yield running


def _paint(place: Place, provider: Provider, colour: str) -> Shop:
    """A project whose picture was adopted as one of a paid route."""
    from PIL import Image

    Image.new("RGB", (1024, 1024), colour).save(place.root / "in.png")
    shop = Shop(place, provider)
    shop.wants("pay", more="variants = { widths = [512] }")
    place.ok("adopt", "pay", "in.png", "--route", "images", "--no-commit", "--force")
    (place.root / "in.png").unlink()
    commit(place, colour)
    return shop


def _conflict(place: Place, provider: Provider, how: str) -> tuple[Shop, dict[str, str]]:
    """A conflict that ``how`` brings about; the digest of the picture on each side."""
    place.git("commit", "-q", "--allow-empty", "-m", "base")
    place.git("branch", "topic")
    place.git("switch", "-q", "topic")
    _paint(place, provider, "red")
    red = digest(place, "public/pay.png")
    place.git("switch", "-q", "main")
    shop = _paint(place, provider, "blue")
    digests = {"ours": digest(place, "public/pay.png"), "theirs": red}
    if how == "rebase":
        place.git("switch", "-q", "topic")
        command = ["rebase", "-q", "main"]
    else:
        command = ["merge", "topic"] if how == "merge" else ["cherry-pick", "topic"]
    ran = place._run(["git", *command], place.root, place.environ)
    assert ran.code != 0, ran.out
    return shop, digests


@pytest.mark.parametrize("side", [0, 1], ids=["ours", "theirs"])
@pytest.mark.parametrize("how", every(3, ["merge", "cherry-pick", "rebase"]))
@pytest.mark.parametrize(
    "attributes",
    ["", pytest.param(".assetgen/records/*.json -merge\n", marks=pytest.mark.more)],
)
def test_a_conflict_is_settled_from_one_side(
    attributes: str, how: str, side: int, place: Place, provider: Provider
) -> None:
    if attributes:
        place.write(".gitattributes", attributes)
        commit(place, "attributes")
    shop, digests = _conflict(place, provider, how)
    assert decision(place).state is State.UNMERGED
    assert only(findings(place)).code == "unmerged"
    staged = only(findings(place, staged=True))
    assert staged.code == "unmerged" and "take its files and its record" in staged.message
    for force in (False, True):
        outcome = shop.generate("pay", force=force)
        assert not outcome.made
        assert "git has not merged" in outcome.failed[0].error.what
    commands = alternatives(staged.cure)
    assert len(commands) == 2 and "generate" not in str(staged.cure)
    runs(place, commands[side])
    assert not place.git("ls-files", "-u")
    assert not findings(place) and not findings(place, staged=True)
    assert digest(place, "public/pay.png") == list(digests.values())[side]
    assert provider.billed == 0


def test_a_conflict_after_a_stash_is_settled_from_either_side(
    place: Place, provider: Provider
) -> None:
    for side in (0, 1):
        _paint(place, provider, "green")
        green = digest(place, "public/pay.png")
        _paint_uncommitted(place, "red")
        red = digest(place, "public/pay.png")
        place.git("stash", "push", "-q")
        _paint(place, provider, "blue")
        blue = digest(place, "public/pay.png")
        place._run(["git", "stash", "pop"], place.root, place.environ)
        finding = only(findings(place))
        assert finding.code == "unmerged"
        runs(place, alternatives(finding.cure)[side])
        assert not place.git("ls-files", "-u") and not findings(place)
        assert digest(place, "public/pay.png") == [blue, red][side] != green
        place.git("stash", "drop", "-q")
        place.git("add", "-A")
        place.git("commit", "-q", "--allow-empty", "-m", "settled")


def _paint_uncommitted(place: Place, colour: str) -> None:
    from PIL import Image

    Image.new("RGB", (1024, 1024), colour).save(place.root / "in.png")
    place.ok("adopt", "pay", "in.png", "--route", "images", "--no-commit", "--force")
    (place.root / "in.png").unlink()


@pytest.mark.parametrize("side", [0, 1], ids=["removed here", "changed there"])
def test_a_conflict_with_a_removal_is_settled_from_one_side(
    side: int, place: Place, provider: Provider
) -> None:
    shop = _paint(place, provider, "green")
    place.git("switch", "-q", "-c", "topic")
    _paint(place, provider, "red")
    place.git("switch", "-q", "main")
    place.git("rm", "-q", "-r", "public", ".assetgen/records")
    place.git("commit", "-q", "-m", "removed")
    place._run(["git", "merge", "topic"], place.root, place.environ)
    finding = only(findings(place))
    assert finding.code == "unmerged"
    assert "git has not merged" in shop.fails().what
    runs(place, alternatives(finding.cure)[side])
    assert not place.git("ls-files", "-u")
    assert place.has("public/pay.png") is bool(side)
    assert place.has("public/pay-512.png") is bool(side)
    assert provider.billed == 0


@pytest.mark.parametrize("source", ["in.png", "assets.toml", "templates/cover/template.toml"])
def test_nothing_is_bought_while_what_it_is_made_from_is_unmerged(
    source: str, place: Place, provider: Provider
) -> None:
    shop = Shop(place, provider)
    shop.wants("a", more='inputs = ["in.png"]')
    place.write("in.png", place.picture("in.png").read_bytes())
    if source.startswith("templates"):
        place.write(source, (roots(place.root)[-1] / "cover/template.toml").read_bytes())
    commit(place)
    data = place.read(source)
    if source == "in.png":
        ours, theirs = (place.picture(source, (size, 9)).read_bytes() for size in (20, 30))
        place.write(source, data)
    else:
        ours, theirs = (b"# %d\n" % side + data for side in (1, 2))
    torn(place, source, ours, theirs)
    finding = only(findings(place))
    assert (finding.path, finding.code) == (
        source,
        "unmerged",
    ) and "made from it" in finding.message
    for force in (False, True):
        error = shop.fails(force=force)
        assert f"git has not merged {source}" in error.what and error.cure == finding.cure
    runs(place, alternatives(finding.cure)[0].rpartition("then run: ")[2])
    shop.buys()
    assert provider.billed == 1
    _again(place, source, ours, data + b"\n")
    assert "git has not merged" in shop.fails(force=True).what  # also one that is fresh
    assert provider.billed == 1


def _again(place: Place, source: str, ours: bytes, theirs: bytes) -> None:
    place.write(source, ours)
    commit(place, "bought")
    place.git("branch", "-q", "-D", "topic")
    torn(place, source, ours + b"\n\n", theirs)


@pytest.mark.parametrize("side", [0, 1], ids=["record of the file", "file of the record"])
@pytest.mark.parametrize("is_committed", [False, True])
def test_a_file_and_a_record_of_two_purchases_are_not_accepted(
    is_committed: bool, side: int, place: Place, provider: Provider
) -> None:
    _, digests = _conflict(place, provider, "merge")
    place.git("checkout", "--ours", "public")
    place.git("checkout", "--theirs", ".assetgen")
    place.git("add", "-A")
    if is_committed:
        place.git("commit", "-q", "-m", "merged by hand")
    finding, _variant = findings(place)
    assert finding.code == "edited" and "its record of another" in finding.message
    refused = place.run("accept", "pay")
    assert refused.code == 9 and "would join the two" in refused.err
    runs(place, alternatives(finding.cure)[side])
    assert not findings(place) and not findings(place, staged=True)
    assert digest(place, "public/pay.png") == list(digests.values())[side]
