"""The wings and their order: imports go down only, and a clean check loads nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import assetgen
from assetgen import snapshot
from assetgen.check import check
from tests.support.place import Place
from tests.support.tiny import tiny, want

_PACKAGE = Path(assetgen.__file__).parent

# From the ground up. A wing may import what is on an earlier line, wherever its code does so.
_WINGS = """
    escapes gitenv route_names
    cure
    errors
    text terminal snapshot terms embedded loose_json way
    verdicts
    fs
    record codex refs
    manifest
    image settings
    layouts
    init
    plan
    paid
    routes
    pages
    generate check
    diff
    doctor
    report
    watch
    review
    commands
    cli
    __main__
"""
_HEIGHT = {wing: at for at, line in enumerate(_WINGS.split("\n")) for wing in line.split()}

_HEAVY = [
    *("PIL", "blitz_py", "minijinja", "git", "rich", "msgspec", "tomli", "filelock", "watchdog"),
    *("openai", "argparse", "json", "typing", "dataclasses", "pathlib", "re", "subprocess"),
    *("hashlib", "logging", "asyncio"),
]


def _modules() -> dict[str, Path]:
    found = {}
    for path in _PACKAGE.rglob("*.py"):
        name = ".".join(path.relative_to(_PACKAGE).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    del found["__init__"]
    return found


_MODULES = _modules()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _imports(path: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of everything that a file imports from the package, for type checkers too."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "assetgen":
            inside = (node.module or "").removeprefix("assetgen").removeprefix(".")
            for name in node.names:
                below = f"{inside}.{name.name}".removeprefix(".")
                if below in _MODULES:
                    yield below, ""
                elif inside:
                    yield inside, name.name
        elif isinstance(node, ast.Import):
            yield from (
                (name.name.removeprefix("assetgen."), "")
                for name in node.names
                if name.name.startswith("assetgen.")
            )


def _wing(module: str) -> str:
    return module.partition(".")[0]


_IN_EACH = pytest.mark.parametrize("wing", sorted({_wing(module) for module in _MODULES}))


def _modules_of(wing: str) -> list[str]:
    return [module for module in sorted(_MODULES) if _wing(module) == wing]


def test_every_wing_has_its_place() -> None:
    assert {_wing(module) for module in _MODULES} == set(_HEIGHT)


@_IN_EACH
def test_imports_between_wings_go_down_only(wing: str) -> None:
    for module in _modules_of(wing):
        for imported, _ in _imports(_MODULES[module]):
            if _wing(imported) != wing:
                assert _HEIGHT[_wing(imported)] < _HEIGHT[wing], f"{module}: {imported}"


@_IN_EACH
def test_no_module_takes_a_private_name_of_another(wing: str) -> None:
    for module in _modules_of(wing):
        assert not _private_names(module), module


def _private_names(module: str) -> set[str]:
    """The private names of other modules that a module uses."""
    tree = _tree(_MODULES[module])
    taken = {
        f"{imported}.{name}"
        for imported, name in _imports(_MODULES[module])
        if name.startswith("_")
    }
    modules = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "assetgen"
        for name in node.names
        if f"{node.module}.{name.name}".removeprefix("assetgen.") in _MODULES
    }
    taken |= {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in modules
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
    }
    return taken


@_IN_EACH
def test_files_functions_and_classes_stay_small(wing: str) -> None:
    for module in _modules_of(wing):
        assert len(_MODULES[module].read_text("utf-8").splitlines()) <= 400, module
        for node in ast.walk(_tree(_MODULES[module])):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                assert _height(node) <= 60, f"{module}: {node.name}"
            elif isinstance(node, ast.ClassDef):
                methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
                assert _height(node) <= 200 and len(methods) <= 20, f"{module}: {node.name}"


def _height(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """The lines from the name to the end, without decorators."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_modules_import_each_other_in_a_circle() -> None:
    arrows = {module: {to for to, _ in _imports(path)} for module, path in _MODULES.items()}
    while ends := [module for module, to in arrows.items() if not to & arrows.keys()]:
        for module in ends:
            del arrows[module]
    assert not arrows, f"in or above a circle: {sorted(arrows)}"


@pytest.mark.parametrize(
    "module",
    [
        *("errors", "fs.paths", "layouts.palette", "manifest.toml_positions", "record.record"),
        *(
            "manifest.toml_faults",
            "manifest.schema_faults",
            "manifest.repair",
            "manifest.schema",
            "manifest.rules",
            "manifest.parse",
        ),
        *(
            "plan.wish",
            "plan.intent",
            "plan.order",
            "plan.refusals",
            "plan.faults",
            "plan.scope",
            "plan.decide",
            "plan.cost",
            "plan.describe",
            "record.ledger",
        ),
    ],
)
def test_the_pure_core_imports_no_process_network_or_git(module: str) -> None:
    tree = _tree(_MODULES[module])
    names = {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {imported for imported, _ in _imports(_MODULES[module])}
    assert names.isdisjoint({"subprocess", "socket", "git", "PIL", "fs.git", "fs.store", "time"})


def _loaded(place: Place, *arguments: str) -> set[str]:
    """The modules that Python loads, as -X importtime lists them."""
    command = [sys.executable, "-P", "-X", "importtime", *arguments]
    ran = subprocess.run(
        command, cwd=place.root, env=place.environ, capture_output=True, text=True, check=True
    )
    lines = ran.stderr.splitlines()
    return {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}


def test_a_clean_check_loads_only_the_snapshot(place: Place) -> None:
    tiny(place, "a")
    place.git("add", "-A")
    time.sleep(snapshot.RACY_NS / 1e9 + 0.1)
    check.check(place.root, place.environ)
    check.check(place.root, place.environ, staged=True)
    bare = _loaded(place, "-c", "import runpy")
    for arguments in (["check"], ["check", "--staged"]):
        loaded = _loaded(place, "-m", "assetgen", *arguments)
        ours = {name for name in loaded if name.split(".")[0] == "assetgen"}
        assert ours == {"assetgen", "assetgen.gitenv", "assetgen.snapshot"}, arguments
        assert loaded.isdisjoint(set(_HEAVY) - bare), arguments


def test_a_full_check_loads_no_renderer_encoder_or_terminal_tables(place: Place) -> None:
    tiny(place, "a")
    loaded = _loaded(place, "-m", "assetgen", "check")
    assert "assetgen.check.check" in loaded
    assert loaded.isdisjoint({"blitz_py", "PIL", "PIL.Image", "rich", "rich.console", "openai"})
    assert loaded.isdisjoint({"yaml", "assetgen.pages.proposals", "assetgen.layouts.scripts"})


# What a command that changes little does not load. Each of these costs more than git status.
_NOT_NEEDED = {
    "--version": {"argparse", "typing", "re", "pathlib", "dataclasses", "msgspec"},
    "--help": {"typing", "pathlib", "dataclasses", "msgspec", "shutil"},
    "plan": {
        *("rich", "filelock", "git", "PIL", "deflate", "blitz_py", "minijinja", "openai"),
        *("asyncio", "logging", "assetgen.image.derive", "assetgen.image.marking"),
        *("yaml", "assetgen.layouts.scripts"),
    },
    "generate": {"rich", "git", "openai", "asyncio", "watchdog", "http", "ssl"},
}


@pytest.mark.parametrize("command", _NOT_NEEDED)
def test_a_command_loads_only_what_it_uses(command: str, place: Place) -> None:
    tiny(place, "a")
    place.git("add", "-A")
    place.git("commit", "-q", "-m", "tiny")
    want(place, "a", a='values = { title = "Changed" }')
    loaded = _loaded(place, "-m", "assetgen", command)
    assert not loaded & _NOT_NEEDED[command] - _loaded(place, "-c", "import runpy")
    if command == "generate":
        assert place.git("log", "-1", "--format=%s") == "assetgen: a"


def test_no_test_file_imports_from_another() -> None:
    root = Path(__file__).parent
    for path in root.rglob("*.py"):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests"):
                assert (node.module or "").startswith("tests.support"), path
