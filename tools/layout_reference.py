"""Write the reference of docs/layouts.md, and its pictures, from templates/*/template.toml.

python tools/layout_reference.py
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from assetgen.layouts.field import Field  # noqa: E402
from assetgen.layouts.kind import Layout, Sheet  # noqa: E402
from assetgen.layouts.values import flattened, in_words, notes_of  # noqa: E402
from tools import layout_pictures  # noqa: E402

TARGET = ROOT / "docs" / "layouts.md"
BEGIN, END = "<!-- reference: made from templates/*/template.toml -->", "<!-- reference: end -->"


def rows(values: dict[str, Field]) -> list[str]:
    """A table row for each value, followed by the rows of its fields."""
    found = []
    for name, spec in flattened(values):
        notes = notes_of(spec)
        notes += [f"default `{spec.default}`"] if spec.default is not None else []
        doc = spec.doc or ("light or dark background" if name == "theme" else "")
        text = doc + (f" ({', '.join(notes)})" if notes else "")
        found.append(f"| `{name}` | {in_words(spec, '`')} | {text} |")
    return found


def nominal(sheet: Sheet | Layout) -> str:
    """The nominal size of a kind or a layout."""
    narrow = sheet.narrow
    narrower = f", {narrow[0]} x {narrow[1]} for square and tall canvases" if narrow else ""
    return f"{sheet.size[0]} x {sheet.size[1]}{narrower}" if sheet.size else ""


def reference() -> str:
    """The reference of all layouts."""
    lines: list[str] = []
    table = ["| value | type | meaning |", "|---|---|---|"]
    before = ""
    for of, layout in layout_pictures.layouts():
        if of.name != before:
            before = of.name
            size = f"Nominal size: {nominal(of.sheet)}. Default layout: `{of.sheet.layout}`."
            lines += [f"### {of.name}", "", f"{of.sheet.doc}.", "", size, ""]
            if of.sheet.values:
                lines += ["Values of all layouts:", "", *table, *rows(of.sheet.values), ""]
        one = of.layout(layout)
        size = f" Nominal size: {nominal(one)}." if one.size else ""
        alt, file = layout_pictures.alternative(of, layout), layout_pictures.name(of, layout)
        lines += [f"#### {of.name} / {layout}", "", f"{one.doc}.{size}", ""]
        lines += [f"![{alt}]({file})", ""]
        if one.values:
            lines += [*table, *rows(one.values), ""]
    return "\n".join(lines)


def page(text: str) -> str:
    """``text`` of docs/layouts.md with the reference as it is now."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{reference()}\n{END}{rest.split(END)[1]}"


def main() -> None:
    """Replace the text between the two comments, and the pictures that look different now."""
    TARGET.write_text(page(TARGET.read_text("utf-8")), "utf-8")
    for name in layout_pictures.renew():
        print(f"docs/layouts/{name}")


if __name__ == "__main__":
    main()
