"""The layers: imports go down only, and a clean check loads nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from pathlib import Path

import pytest

import assetgen
from assetgen import gate, snapshot
from tests.place import Place
from tests.test_check import tiny

_PACKAGE = Path(assetgen.__file__).parent

# From the ground up; a module may import what stands on an earlier line than its own, at any place in its code.
_LAYERS = [
    ["assetgen", "errors"],
    ["escapes"],
    ["catalog", "container", "gitenv", "paths", "palette", "png", "profile", "quote", "reply", "rollout", "toml_lines"],
    ["chart", "codex", "fonts", "preview", "record", "refs", "seal", "snapshot", "toml_mistakes"],
    [
        "refs.folders",
        "refs.frontmatter",
        "refs.languages",
        "refs.lines",
        "refs.listing",
        "refs.literals",
        "refs.reference",
        "refs.syntax",
        "refs.words",
    ],
    ["refs.resolution", "refs.signs"],
    ["refs.aliases", "refs.element", "refs.globs", "refs.ignored", "refs.stylesheet"],
    ["refs.blocks", "refs.framework", "refs.script"],
    ["refs.served"],
    ["refs.document", "refs.endpoints"],
    ["refs.data", "refs.site"],
    ["refs.markup", "refs.resolve"],
    ["refs.scan"],
    ["refs.survey"],
    ["config", "kind", "ledger", "marking", "manifest"],
    ["page", "provider"],
    ["cost", "derive", "failures", "refs.proposal", "repo", "store", "terms"],
    ["engine", "journal", "lock", "order", "pace", "pictures", "plan", "terminal", "tree", "wire"],
    ["delivered", "starter"],
    ["snippets"],
    ["budget", "curl", "fetch", "fill", "fit", "guard", "outcome", "project", "routes", "spending"],
    ["emit", "insertion"],
    ["board", "check", "commission", "commit", "edit", "inline", "provenance", "receipt", "routes.images"],
    ["agents", "entries", "githook", "purchase", "render", "report", "routes.responses", "usage"],
    ["mend", "report_bills", "report_pages", "report_routes"],
    ["report_record"],
    ["doctor", "trial"],
    ["routes.local"],
    ["draft"],
    ["run"],
    ["adopt", "lookup", "wanted", "watch"],
    ["gate", "paste", "tools"],
    ["cli"],
    ["__main__"],
]
_HEIGHT = {module: height for height, modules in enumerate(_LAYERS) for module in modules}

_HEAVY = [
    *("PIL", "blitz_py", "minijinja", "git", "rich", "msgspec", "tomli", "filelock", "watchdog", "openai"),
    *("argparse", "json", "typing", "dataclasses", "pathlib", "re", "subprocess", "hashlib", "logging", "asyncio"),
]


def _modules() -> dict[str, Path]:
    found = {}
    for path in _PACKAGE.rglob("*.py"):
        name = ".".join(path.relative_to(_PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        found["assetgen" if name == "__init__" else name] = path
    return found


def _imports(path: Path) -> set[str]:
    """The modules of the package that a file imports, wherever it does; not what only type checkers see."""
    tree = ast.parse(path.read_text("utf-8"))
    hidden = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.dump(branch.test)
        for node in ast.walk(branch)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "assetgen":
            inside = node.module.removeprefix("assetgen").removeprefix(".")
            for name in node.names:
                below = f"{inside}.{name.name}".removeprefix(".")
                found.add(below if below in _modules() else inside or "assetgen")
        elif isinstance(node, ast.Import):
            found |= {name.name.removeprefix("assetgen.") for name in node.names if name.name.startswith("assetgen")}
    return found


def test_every_module_has_its_layer() -> None:
    assert set(_modules()) == set(_HEIGHT)


@pytest.mark.parametrize("module", sorted(_HEIGHT))
def test_imports_go_down_only(module: str) -> None:
    for imported in _imports(_modules()[module]):
        assert _HEIGHT[imported] < _HEIGHT[module], f"{module} imports {imported}"


@pytest.mark.parametrize(
    "module",
    ["errors", "paths", "palette", "toml_lines", "toml_mistakes", "record", "manifest", "plan", "cost", "ledger"],
)
def test_the_pure_middle_reaches_for_no_process_network_or_git(module: str) -> None:
    tree = ast.parse(_modules()[module].read_text("utf-8"))
    names = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names.isdisjoint({"subprocess", "socket", "git", "PIL", "assetgen.repo", "assetgen.store", "time"})


def _loaded(place: Place, *arguments: str) -> set[str]:
    """The modules that a command loads, as -X importtime tells."""
    command = [sys.executable, "-P", "-X", "importtime", "-m", "assetgen", *arguments]
    ran = subprocess.run(command, cwd=place.root, env=place.environ, capture_output=True, text=True, check=True)
    return {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if line.startswith("import time:")}


def _bare(place: Place) -> set[str]:
    command = [sys.executable, "-P", "-X", "importtime", "-c", "import runpy"]
    ran = subprocess.run(command, cwd=place.root, env=place.environ, capture_output=True, text=True, check=True)
    return {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if line.startswith("import time:")}


def test_a_clean_check_loads_nothing_but_the_snapshot(place: Place) -> None:
    tiny(place, "a")
    place.git("add", "-A")
    time.sleep(snapshot.RACY_NS / 1e9 + 0.1)
    gate.check(place.root, False, False, False, False, place.environ)
    gate.check(place.root, True, False, False, False, place.environ)
    for arguments in (["check"], ["check", "--staged"]):
        loaded = _loaded(place, *arguments)
        ours = {name for name in loaded if name.split(".")[0] == "assetgen"}
        assert ours == {"assetgen", "assetgen.gitenv", "assetgen.snapshot"}, arguments
        assert loaded.isdisjoint(set(_HEAVY) - _bare(place)), arguments


def test_a_full_check_loads_no_renderer_no_encoder_and_no_tables_for_people(place: Place) -> None:
    tiny(place, "a")
    loaded = _loaded(place, "check")
    assert "assetgen.gate" in loaded
    assert loaded.isdisjoint({"blitz_py", "PIL", "PIL.Image", "rich", "rich.console", "openai"})
