"""What a command costs that has little to do, compared with starting Python."""

from __future__ import annotations

import shutil
from functools import partial

from benchmarks import measure
from benchmarks.measure import ASSETGEN, PYTHON, Reading

_BARE = "python -c pass"
_GOALS = {
    "assetgen --version": 1.3,
    "assetgen --help": 2.5,
    "assetgen plan, one title changed": 10,
    "assetgen generate, the same, with its commit": 18,
    "assetgen generate --no-commit": None,
}


def main() -> None:
    quick = measure.options(__doc__)
    with measure.scratch() as folder:
        environ = measure.environment(folder)
        project = measure.project(folder / "project", 100, "--bytes", "2000")
        manifest = project / "assets.toml"
        text = manifest.read_text().replace("post number 0", "post number nought", 1)
        manifest.write_text(text)
        measure.heading("A project of 100 assets")

        def fresh(*words: str) -> Reading:
            place = folder / "copy"
            shutil.copytree(project, place)
            taken = measure.run([ASSETGEN, *words], place, environ)
            shutil.rmtree(place)
            return taken

        words = (["--version"], ["--help"], ["plan"], ["generate"], ["generate", "--no-commit"])
        cases = {name: partial(fresh, *of) for name, of in zip(_GOALS, words, strict=True)}
        bare = partial(measure.run, [PYTHON, "-c", "pass"], folder, environ)
        found = measure.rounds({_BARE: bare, **cases}, 5 if quick else 15)
        measure.table(found)
        for name, goal in _GOALS.items():
            measure.ratio(name, measure.ratios(found, name, _BARE), goal)


if __name__ == "__main__":
    main()
