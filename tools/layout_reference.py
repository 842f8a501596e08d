"""Write the reference of docs/layouts.md from templates/*/template.toml.

python tools/layout_reference.py
"""

from pathlib import Path
from typing import Any

import msgspec
import tomli

from assetgen.layouts.values import Field, flattened, in_words, notes_of

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- reference: made from templates/*/template.toml -->", "<!-- reference: end -->"


def rows(values: dict[str, Any]) -> list[str]:
    """A table row for each value, followed by the rows of its fields."""
    found = []
    for name, spec in flattened(msgspec.convert(values, dict[str, Field])):
        notes = notes_of(spec)
        notes += [f"default `{spec.default}`"] if spec.default is not None else []
        doc = spec.doc or ("light or dark background" if name == "theme" else "")
        text = doc + (f" ({', '.join(notes)})" if notes else "")
        found.append(f"| `{name}` | {in_words(spec, '`')} | {text} |")
    return found


def nominal(sheet: dict[str, Any]) -> str:
    """The nominal size of a kind or a layout."""
    narrow = sheet.get("narrow")
    narrower = f", {narrow[0]} x {narrow[1]} for square and tall canvases" if narrow else ""
    return f"{sheet['size'][0]} x {sheet['size'][1]}{narrower}"


def main() -> None:
    """Replace the text between the two comments."""
    lines: list[str] = []
    table = ["| value | type | meaning |", "|---|---|---|"]
    for path in sorted(ROOT.glob("templates/*/template.toml")):
        sheet = tomli.loads(path.read_text("utf-8"))
        lines += [
            f"### {path.parent.name}",
            "",
            f"{sheet['doc']}.",
            "",
            f"Nominal size: {nominal(sheet)}. Default layout: `{sheet['layout']}`.",
            "",
        ]
        if sheet.get("values"):
            lines += ["Values of all layouts:", "", *table, *rows(sheet["values"]), ""]
        for name, layout in sheet["layouts"].items():
            size = f" Nominal size: {nominal(layout)}." if "size" in layout else ""
            lines += [f"#### {path.parent.name} / {name}", "", f"{layout['doc']}.{size}", ""]
            if layout.get("values"):
                lines += [*table, *rows(layout["values"]), ""]
    target = ROOT / "docs" / "layouts.md"
    before, rest = target.read_text("utf-8").split(BEGIN)
    target.write_text(
        before + BEGIN + "\n\n" + "\n".join(lines) + "\n" + END + rest.split(END)[1], "utf-8"
    )


if __name__ == "__main__":
    main()
