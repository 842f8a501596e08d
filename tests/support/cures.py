"""The commands that cures contain, and projects in which they are printed and run."""

from __future__ import annotations

import ast
import importlib
import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

import assetgen
from assetgen import cli
from assetgen.cure import Cure
from assetgen.settings.conditions import Conditions
from tests.support import forks
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop, posts

_PACKAGE = Path(assetgen.__file__).parent
#: The module and the template of a command.
Key = tuple[str, str]


@cache
def commands() -> frozenset[Key]:
    """Every command that a cure can contain."""
    return frozenset(
        (_module(path), str(node.args[0].value))
        for path in _PACKAGE.rglob("*.py")
        if path.name != "cure.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "command"
        and isinstance(node.args[0], ast.Constant)
    )


def _module(path: Path) -> str:
    return path.relative_to(_PACKAGE).with_suffix("").as_posix()


def _built_on_loading(key: Key) -> set[str]:
    """The commands of a template in the tables of its module."""
    module = importlib.import_module("assetgen." + key[0].replace("/", "."))
    tables = [one for one in vars(module).values() if isinstance(one, dict)]
    cures = [one for table in tables for one in table.values() if isinstance(one, Cure)]
    return {str(one) for one in cures if one.template == key[1]}


@contextmanager
def _watched() -> Iterator[list[tuple[str | None, Cure]]]:
    """Every cure that is built meanwhile, and its module; None where a blank was filled in."""
    built: list[tuple[str | None, Cure]] = []
    real = Cure.__init__

    def noted(self: Cure, template: str, fields: object, *, is_command: bool) -> None:
        real(self, template, fields, is_command=is_command)  # type: ignore[arg-type]
        maker = sys._getframe(1).f_back
        path = Path(maker.f_code.co_filename) if maker else _PACKAGE / "cure.py"
        own = path.is_relative_to(_PACKAGE) and path.name != "cure.py"
        built.append((_module(path) if own else None, self))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cure, "__init__", noted)
        yield built


@contextmanager
def _waiting(patience: float | None) -> Iterator[None]:
    """Let commands wait ``patience`` seconds for a reply."""
    with pytest.MonkeyPatch.context() as patch:
        if patience is not None:
            usual = Conditions.__init__.__defaults__ or ()
            patch.setattr(Conditions.__init__, "__defaults__", (*usual[:-1], patience))
        yield


@dataclass(frozen=True)
class Printed:
    """What one command printed, and the cures that it built."""

    code: int
    text: str
    built: list[tuple[str | None, Cure]]

    def command(self, key: Key) -> str:
        """The whole command, as it is printed, that contains the one of ``key``."""
        made = [(module, one) for module, one in self.built if one.is_command]
        own = {str(one) for module, one in made if self._is_of(key, module, one)}
        if not own:  # it was built when its module was loaded
            own = _built_on_loading(key) if "{" in key[1] else {key[1]}
        longer = {str(one) for _, one in made} | own
        nested = {text for text in longer for _, one in made if _contains(one, text)}
        seen = [text for text in own if self._prints(text, is_part=text in nested)]
        assert seen, f"{key} is not printed, but {own} was built:\n{self.text}"
        if seen[0] not in nested:
            longer = {one for one in longer if not one.startswith(f"{seen[0]} --")}
        around = [one for one in longer if one in self.text and seen[0] in one]
        whole = max(around, key=len)
        line = next(line for line in self.text.splitlines() if whole in line)
        before, _, after = line.partition(whole)
        is_joined = whole.startswith(" && ") or before.endswith("&& ")
        begin = re.split(r": |, or ", before)[-1] if is_joined else ""
        return begin + whole + (after if after.startswith(" && ") else "")

    def _prints(self, text: str, *, is_part: bool) -> bool:
        """Whether it prints a command, not only another one with more options."""
        end = "" if is_part else "(?! --)"
        return re.search(re.escape(text) + end, self.text) is not None

    @staticmethod
    def _is_of(key: Key, module: str | None, one: Cure) -> bool:
        return one.template == key[1] and module in (key[0], None)


def _contains(cure: Cure, text: str) -> bool:
    """Whether another command is a part of ``cure``."""
    parts = [part for part in cure.fields.values() if isinstance(part, Cure)]
    return any(str(part) == text or _contains(part, text) for part in parts)


class Stage:
    """A project and a provider, in which a state is brought about; commands run in this process."""

    def __init__(self, place: Place, provider: Provider) -> None:
        self.place = place
        self.provider = provider
        self.shop = Shop(place, provider)
        self.environ = self.shop.environ
        self.folder = "."
        self.patience: float | None = None
        """Seconds that a command waits for a reply, if not as long as it usually does."""
        self.ends = ExitStack()
        """What a state began, such as a server, and ends with the test."""

    def run(self, *arguments: str) -> Printed:
        """Run a command as a user would, and note the cures that it builds."""
        stream = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
        code: object
        with (
            self._surroundings(),
            _waiting(self.patience),
            _watched() as built,
            redirect_stdout(stream),
            redirect_stderr(stream),
        ):
            try:
                code = cli.run(arguments)
            except SystemExit as exc:
                code = exc.code
        text = stream.buffer.getvalue().decode()
        return Printed(code if isinstance(code, int) else 0, text, built)

    def ok(self, *arguments: str) -> None:
        """Run a command, which must succeed."""
        ran = self.run(*arguments)
        assert ran.code == 0, ran.text

    @contextmanager
    def _surroundings(self) -> Iterator[None]:
        before, here, stdin = dict(os.environ), Path.cwd(), sys.stdin
        ending = signal.getsignal(signal.SIGTERM)
        os.environ.clear()
        os.environ.update(self.environ)
        os.chdir(self.place.root / self.folder)
        try:
            with open(os.devnull) as sys.stdin:
                yield
        finally:
            os.chdir(here)
            os.environ.clear()
            os.environ.update(before)
            sys.stdin = stdin
            signal.signal(signal.SIGTERM, ending)

    def shell(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a printed command as a user would."""
        return forks.shell(command, self.place.root / self.folder, self.environ)

    def commit(self) -> None:
        """Commit everything."""
        self.place.git("add", "-A")
        self.place.git("commit", "-q", "--allow-empty", "-m", "all")

    def payments(self) -> int:
        """How many paid requests the provider received."""
        return len(posts(self.provider))

    # -- what is lost ------------------------------------------------------------------------------

    def contents(self) -> dict[bytes, str]:
        """The files of the working tree, by content."""
        files = (path for path in self.place.root.rglob("*") if path.is_file())
        own = (path for path in files if not path.is_symlink() and not self._is_inner(path))
        return {path.read_bytes(): str(path.relative_to(self.place.root)) for path in own}

    def _is_inner(self, path: Path) -> bool:
        inner = path.relative_to(self.place.root).parts
        return inner[0] == ".git" or inner[:2] == (".assetgen", "cache")

    def lost(self, before: Mapping[bytes, str]) -> list[str]:
        """Files of ``before`` whose bytes are neither here, nor part of a file, nor in git."""
        after = list(self.contents())
        gone = {
            data: name for data, name in before.items() if not any(data in one for one in after)
        }
        return [name for data, name in gone.items() if not self._is_in_git(data)]

    def _is_in_git(self, data: bytes) -> bool:
        asked = subprocess.run(
            ["git", "hash-object", "--stdin"], input=data, capture_output=True, cwd=self.place.root
        )
        held = ["git", "cat-file", "-e", asked.stdout.decode().strip()]
        return subprocess.run(held, cwd=self.place.root, capture_output=True).returncode == 0


@dataclass(frozen=True)
class State:
    """A state, the command that prints the cure of ``key`` there, and what the cure does."""

    key: Key
    prepare: Callable[[Stage], None]
    prints: str = "check"
    parts: tuple[Key, ...] = ()
    """Other commands that the printed command contains."""
    fills: Mapping[str, str] = field(default_factory=dict)
    """What the user writes in place of a word in capitals."""
    first: Callable[[Stage], None] | None = None
    """What the cure tells the user to do before the command."""
    settles: bool = True
    """Whether the cure is not printed again; False if the command only shows something."""
    pays: int = 0
    """How many images the cure says that it buys."""
    replaces: tuple[str, ...] = ()
    """The files that the cure says that it overwrites."""
    needs_root: bool = False
    exits: tuple[int, ...] = (0,)
    """How the command may end; another code than 0 needs a reason beside it."""
    shown: Callable[[Stage], Printed] | None = None
    """What prints the cure, if ``prints`` alone does not."""

    @property
    def keys(self) -> tuple[Key, ...]:
        """The commands that it runs."""
        return (self.key, *self.parts)

    @property
    def name(self) -> str:
        return ": ".join(self.key)

    def check(self, stage: Stage) -> None:
        """Bring the state about, print the cure, run it, and look at what it did."""
        self.prepare(stage)
        printed = self._shown(stage)
        command = printed.command(self.key)
        for part in self.parts:
            assert printed.command(part) == command
        filled = command
        for word, value in self.fills.items():
            assert word in filled, filled
            filled = filled.replace(word, value)
        if self.first:
            self.first(stage)
        before, paid = stage.contents(), stage.payments()
        done = stage.shell(filled)
        assert done.returncode in self.exits, f"{filled}\n{done.stdout}\n{done.stderr}"
        assert stage.payments() - paid == self.pays, filled
        assert sorted(set(stage.lost(before)) - set(self.replaces)) == [], filled
        assert not list(stage.place.root.rglob("P"))
        if self.settles:
            again = self._shown(stage)
            assert command not in again.text, again.text

    def _shown(self, stage: Stage) -> Printed:
        return self.shown(stage) if self.shown else stage.run(*self.prints.split())
