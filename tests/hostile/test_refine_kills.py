"""Steps of a refined image that are killed at any call: none is bought twice, no image is lost."""

from __future__ import annotations

import io
import shutil
import sqlite3
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from assetgen.check import check
from assetgen.errors import UnknownOutcome
from assetgen.fs import home, kept
from assetgen.generate import refine
from assetgen.generate.options import Options
from tests.support.harm import CALLS, Harm, Runner
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler is installed"),
]

_LASTING = tuple(call for call in CALLS if call != "mkdir")
_WRITES = ("write", "pwrite", "send")
_BOX = (16, 16, 32, 32)
_SAYS = ("A paper plane", "A paper boat", "a red door", "warmer light")


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with Runner(tmp_path_factory.mktemp("runner") / "a") as running:
        yield running


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider(polls=0) as running:
        running.repaints = _nudged
        yield running


def _nudged(data: bytes) -> bytes:
    """Every pixel a little different, as a model that draws all of it again leaves them."""
    image = Image.open(io.BytesIO(data)).convert("RGB").point(lambda value: value ^ 1)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


class Studio:
    """A project whose image is bought, copied for each trial."""

    def __init__(self, folder: Path, runner: Runner, provider: Provider, *steps: str) -> None:
        self._folder, self._runner, self._provider = folder, runner, provider
        self._start = self._shop(folder / "start")
        self._start.wants("a")
        text = self._start.place.read("assets.toml").decode()
        self._start.place.manifest(text.replace("1024x1024", "1024x640"))
        self._start.place.start()
        assert self._start.run("generate").code == 0
        for step in steps:
            assert self._start.run("refine", "a", step).code == 0
        self.base = self._start.place.read("public/a.png")
        self._trial = 0

    def _shop(self, root: Path) -> Shop:
        return Shop(Place(root, self._folder / "home"), self._provider)

    def change(self, old: str, new: str) -> None:
        """Change the manifest that each trial begins with."""
        text = self._start.place.read("assets.toml").decode()
        self._start.place.manifest(text.replace(old, new))

    def trial(self) -> Trial:
        self._trial += 1
        root = self._folder / f"trial{self._trial}"
        shutil.copytree(self._start.place.root, root, symlinks=True)
        place = home.of(root)
        with closing(sqlite3.connect(place.path / "journal.db")) as log, log:
            log.execute("UPDATE checkout SET token = ?", (kept.token(place),))  # no foreign log
        return Trial(self._shop(root), self._runner)


class Trial:
    """One project whose step is harmed."""

    def __init__(self, shop: Shop, runner: Runner) -> None:
        self.shop, self._runner = shop, runner
        self._before = len(shop.provider.requests)

    def harmed(self, harm: Harm, *arguments: str) -> int:
        struck = self._runner.run(self.shop.place.root, self.shop.environ, harm, *arguments)
        assert "Traceback" not in struck.said, struck.said
        if struck.code != -9:
            assert struck.code == 0, struck.said
        return struck.code

    def orders(self) -> Counter[str]:
        """How often each image was asked for, by its words."""
        found: Counter[str] = Counter()
        for seen in self.shop.provider.requests[self._before :]:
            if seen.method == "POST":
                found.update(words for words in _SAYS if words.encode() in seen.body)
        return found

    def steps(self) -> list[str]:
        """What the steps in assets.toml say."""
        [asset] = tomllib.loads(self.shop.place.read("assets.toml").decode())["asset"]
        return [step["say"] for step in asset.get("refine", [])]

    def recover(self) -> bool:
        """Generate; whether the outcome of a request is unknown, which is reported."""
        before = self.orders()
        assert max(before.values(), default=0) <= 1, before
        outcome = self.shop.generate(jobs=1)
        after = self.orders()
        assert max(after.values(), default=0) <= 1, f"bought twice: {before}, then {after}"
        assert all(isinstance(one.error, UnknownOutcome) for one in outcome.failed), outcome.failed
        opened = self.shop.open_entries()
        assert len(opened) == len(outcome.failed), (opened, outcome.failed)
        self.shop.generate(jobs=1)
        assert self.orders() == after
        return bool(outcome.failed)

    def done(self) -> None:
        found = check.check(self.shop.place.root, self.shop.environ).findings
        assert not found, found
        writing = self.shop.place.root / ".assetgen/cache/writing"
        assert not writing.exists() or not list(writing.iterdir())
        shutil.rmtree(self.shop.place.root)


def _outside(data: bytes) -> bytes:
    image = Image.open(io.BytesIO(data)).convert("RGB")
    x, y, width, height = _BOX
    image.paste(0, (x, y, x + width, y + height))
    return image.tobytes()


@pytest.mark.parametrize("torn", [False, True], ids=["whole", "torn"])
def test_a_step_killed_at_a_call_is_bought_once_and_undone_for_free(
    tmp_path: Path, runner: Runner, provider: Provider, torn: bool
) -> None:
    studio, ended = Studio(tmp_path, runner, provider), Counter[str]()
    box = ",".join(map(str, _BOX))
    for number in range(1, 10_000, 5 if torn else 3):
        trial = studio.trial()
        harm = Harm(number, _WRITES if torn else _LASTING, torn=torn)
        code = trial.harmed(harm, "refine", "a", "a red door", "--box", box)
        assert trial.steps() in ([], ["a red door"])
        is_sent = trial.orders()["a red door"] > 0
        assert trial.steps() or not is_sent, "what is paid for is in assets.toml"
        is_unknown = trial.recover()
        place = trial.shop.place
        if trial.steps() and not is_unknown:
            assert _outside(place.read("public/a.png")) == _outside(studio.base)
        else:
            assert place.read("public/a.png") == studio.base
        ended["unknown" if is_unknown else "made" if trial.steps() else "not begun"] += 1
        orders = trial.orders()
        if trial.steps():
            refine.undo(place.root, "a", Options(commit=False), trial.shop.environ)
            assert place.read("public/a.png") == studio.base and trial.orders() == orders
        trial.done()
        if code != -9:
            break
    print(f"\nrefine: {number} calls, {dict(ended)}")
    assert number > (10 if torn else 100) and ended["made"] > 0 and ended["not begun"] > 0
    assert torn or ended["unknown"] > 0


def test_a_chain_killed_at_a_call_is_bought_once_and_continued(
    tmp_path: Path, runner: Runner, provider: Provider
) -> None:
    studio, ended = Studio(tmp_path, runner, provider, "a red door", "warmer light"), Counter[str]()
    studio.change("A paper plane leaving", "A paper boat leaving")
    for number in range(1, 10_000, 7):
        trial = studio.trial()
        code = trial.harmed(Harm(number, _LASTING), "generate", "--no-commit")
        is_unknown = trial.recover()
        bought = trial.orders()
        if is_unknown:
            assert trial.shop.place.read("public/a.png") == studio.base
            outcome = trial.shop.generate("a", force=True)
            assert not outcome.failed, outcome.failed
            twice = {words for words, count in trial.orders().items() if count > 1}
            assert len(twice) <= 1, f"only what is unknown is bought again: {twice}"
            assert set(trial.orders()) == set(_SAYS[1:])
        else:
            assert bought == dict.fromkeys(_SAYS[1:], 1)
        assert len(trial.shop.place.record("a")["refined"]) == 2
        ended["unknown" if is_unknown else "clean"] += 1
        trial.done()
        if code != -9:
            break
    print(f"\nchain: {number} calls, {dict(ended)}")
    assert number > 200 and ended["clean"] > ended["unknown"] > 0
