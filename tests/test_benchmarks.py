"""The scripts that benchmarks run import names that exist."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
_IMPORT = re.compile(r"from (assetgen[\w.]*) import (\w+(?:, \w+)*)")
_IMPORTS = sorted(
    (path.name, module, name)
    for path in _FOLDER.glob("*.py")
    for module, names in _IMPORT.findall(path.read_text("utf-8"))
    for name in names.split(", ")
)


@pytest.mark.parametrize(("file", "module", "name"), _IMPORTS)
def test_every_name_that_a_benchmark_imports_exists(file: str, module: str, name: str) -> None:
    found = importlib.import_module(module)
    if not hasattr(found, name):
        importlib.import_module(f"{module}.{name}")
