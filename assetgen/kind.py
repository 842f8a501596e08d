"""A kind of picture: a folder in templates/ with template.toml, HTML layouts and a prompt scaffold.

Everything a layout can reach is found before anything is drawn: its includes, its stylesheets, its
pictures, by the literal names in the source. That closure is what is hashed, and the only thing that is
ever served to it, so the hash cannot forget a file.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import tomli

from assetgen import fonts, paths
from assetgen.errors import ManifestError, TemplateError
from assetgen.quote import brief

#: The largest file a layout may reach, in bytes.
MAX_TEMPLATE_BYTES = 4 * 1024 * 1024
#: The longest text a value may hold, in characters.
MAX_TEXT = 2000

FieldType = Literal["text", "number", "flag", "choice", "colour", "picture", "list", "table"]


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value that a layout takes from ``[asset.values]``."""

    type: FieldType
    doc: str = ""
    required: bool = False
    default: str | int | float | bool | None = None
    of: tuple[str, ...] = ()
    min: int = 0
    max: int = 24
    fields: dict[str, Field] = {}


_Side = Annotated[int, msgspec.Meta(ge=1, le=8192)]


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to set a kind in type, in ``<layout>.html``.

    ``size`` is the nominal size; ``narrow`` is the one for square and tall canvases (see ``Kind.nominal``).
    """

    doc: str = ""
    size: tuple[_Side, _Side] | None = None
    narrow: tuple[_Side, _Side] | None = None
    source_type: Literal["algorithmicMedia", "dataDrivenMedia"] = "algorithmicMedia"
    transparent: bool = False
    values: dict[str, Field] = {}


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """template.toml. ``size`` and ``narrow`` hold for all layouts that have no ``size`` of their own."""

    size: tuple[_Side, _Side]
    narrow: tuple[_Side, _Side] | None = None
    doc: str = ""
    layout: str | None = None
    values: dict[str, Field] = {}
    layouts: dict[str, Layout] = {}
    model_size: Annotated[str, msgspec.Meta(pattern=r"^\d+x\d+$")] | None = None


@dataclass(frozen=True)
class Kind:
    """A kind, ready to be asked: its sheet, its folder, the folder of templates that it belongs to."""

    name: str
    root: Path = field(compare=False)
    sheet: Sheet
    _read: dict[str, dict[str, bytes]] = field(default_factory=dict, compare=False, repr=False)
    _summed: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def layout_name(self, values: Mapping[str, Any]) -> str:
        """The layout that ``values.layout`` or the kind's own default names. Raises ManifestError."""
        name = values.get("layout", self.sheet.layout)
        if name is None:
            raise ManifestError(
                f"kind {self.name!r} has no layouts: only a painting route can make it",
                cure='route = "images", or another painting route, and a prompt',
            )
        if not isinstance(name, str) or name not in self.sheet.layouts:
            known = ", ".join(sorted(self.sheet.layouts))
            raise ManifestError(
                f"kind {self.name!r} has no layout {brief(name)}; it has: {known}", cure=self._other_layout(name)
            )
        return name

    def _other_layout(self, name: object) -> str:
        others = sorted({k for root in (self.root, shipped_root()) for k in _kinds_with(root, name)} - {self.name})
        if others:
            return f'write kind = "{others[0]}", which has a layout of that name'
        return _nearest(name, self.sheet.layouts) or "name one of these"

    def layout(self, name: str) -> Layout:
        return self.sheet.layouts[name]

    def fields(self, layout: str) -> dict[str, Field]:
        return {**self.sheet.values, **self.sheet.layouts[layout].values}

    def fill(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Check ``values`` against what the layout takes and add the defaults. Raises ManifestError."""
        layout = self.layout_name(values)
        given = {key: value for key, value in values.items() if key != "layout"}
        filled = _fill(given, self.fields(layout), "values", f"{self.name} layout {layout!r}")
        return {"layout": layout, **filled}

    def pictures(self, filled: Mapping[str, Any]) -> tuple[str, ...]:
        """The files and ``@id``s that picture values name, in the order of the sheet."""
        return tuple(dict.fromkeys(_pictures(filled, self.fields(self.layout_name(filled)))))

    def size(self, layout: str) -> tuple[int, int]:
        """The nominal size, which is also that of an asset that asks for none."""
        return self.sheet.layouts[layout].size or self.sheet.size

    def nominal(self, layout: str, width: int, height: int) -> tuple[int, int]:
        """The size that a canvas of ``width`` x ``height`` is designed at.

        It is ``narrow`` up to a ratio of 5:4, if the layout has one: what is composed 1600 px wide for a wide
        canvas would be half as large as it could be on a square one.
        """
        own = self.sheet.layouts[layout]
        narrow = own.narrow or (None if own.size else self.sheet.narrow)
        return narrow if narrow and width * 4 <= height * 5 else self.size(layout)

    def files(self, layout: str) -> dict[str, bytes]:
        """Every file the layout can reach: ``{path below the templates root: bytes}``. Raises TemplateError."""
        if layout not in self._read:
            self._read[layout] = _closure(self.root, f"{self.name}/{layout}.html")
        return self._read[layout]

    def digest(self, layout: str, stack: fonts.Stack) -> str:
        """sha256 over all that decides the drawing apart from the values: files, sheet, fonts."""
        key = f"{layout} {stack.digest}"
        if key not in self._summed:
            self._summed[key] = self._sum(layout, stack)
        return self._summed[key]

    def _sum(self, layout: str, stack: fonts.Stack) -> str:
        sheet = msgspec.json.encode({name: self.fields(layout)[name] for name in sorted(self.fields(layout))})
        sizes = msgspec.json.encode([self.nominal(layout, *ratio) for ratio in ((2, 1), (1, 1))])
        own = msgspec.json.encode(self.layout(layout))
        parts = {**self.files(layout), "values": sheet, "layout": own, "sizes": sizes}
        summed = hashlib.sha256(stack.digest.encode())
        for name in sorted(parts):
            # Line ends are folded: a checkout on Windows must not make every picture stale.
            text = parts[name].replace(b"\r\n", b"\n")
            summed.update(f"\n{name} {hashlib.sha256(text).hexdigest()}".encode())
        return "sha256:" + summed.hexdigest()

    def scaffold(self, values: Mapping[str, Any], prompt: str) -> str:
        """The prompt as the kind's prompt.md frames it; the bare prompt if there is none.

        ``$prompt`` and the names of scalar values, and of lists of them, stand for themselves. Raises TemplateError.
        """
        path = f"{self.name}/prompt.md"
        if not (self.root / path).is_file():
            return prompt
        words = {name: said for name, value in values.items() if (said := _said(value)) is not None}
        try:
            text = paths.read_regular(self.root, path, TemplateError, MAX_TEMPLATE_BYTES).decode("utf-8")
            return string.Template(text).substitute(words, prompt=prompt).strip()
        except KeyError as exc:
            raise TemplateError(
                f"prompt.md of kind {self.name!r} uses {exc.args[0]!r}, which this asset does not give",
                where=f"templates/{path}",
                cure="add it to [asset.values], or take it out of prompt.md",
            ) from None
        except ValueError as exc:
            what = f"prompt.md of kind {self.name!r} cannot be read: {exc}"
            raise TemplateError(what, where=f"templates/{path}", cure="write $$ for a dollar sign") from None


def _said(value: object) -> str | None:
    """A value in words; None for what has none."""
    if isinstance(value, list) and all(isinstance(one, (str, int, float)) for one in value):
        return ", ".join(map(str, value))
    return str(value) if isinstance(value, (str, int, float)) else None


def shipped_root() -> Path:
    """The templates that come with the package: inside it in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def roots(project: Path) -> tuple[Path, ...]:
    """Where templates are looked for, first hit wins."""
    own = project / "templates"
    return (own, shipped_root()) if own.is_dir() and not own.is_symlink() else (shipped_root(),)


def find(project: Path, name: str) -> Kind:
    """The kind called ``name``. Raises ManifestError if there is none, TemplateError if it is broken."""
    for root in roots(project):
        sheet = root / name / "template.toml"
        if sheet.is_file() and not paths.problem(name):
            return _load(root, name, paths.read_regular(root, f"{name}/template.toml", TemplateError))
    known = {path.parent.name for root in roots(project) for path in root.glob("*/template.toml")}
    raise ManifestError(
        f"there is no kind {name!r}; there are: {', '.join(sorted(known))}",
        cure=_nearest(name, known) or f"use one of these, or make templates/{name}/template.toml",
    )


def _nearest(name: object, known: Iterable[str]) -> str | None:
    near = difflib.get_close_matches(str(name), list(known), n=1)
    return f"did you mean {near[0]}?" if near else None


def _kinds_with(root: Path, layout: object) -> Iterator[str]:
    """The kinds below ``root`` that have a layout of that name."""
    for path in root.glob("*/template.toml"):
        try:
            sheet = tomli.loads(paths.read_regular(root, f"{path.parent.name}/template.toml", TemplateError).decode())
        except (TemplateError, ValueError, RecursionError):
            continue  # a broken one is somebody else's message
        layouts = sheet.get("layouts")
        if isinstance(layouts, dict) and isinstance(layout, str) and layout in layouts:
            yield path.parent.name


def available_fonts(project: Path) -> dict[str, fonts.Font]:
    """All fonts by family name; the project's own templates/fonts win over those that ship."""
    return fonts.collect(root / "fonts" for root in roots(project))


def _load(root: Path, name: str, data: bytes) -> Kind:
    where = f"templates/{name}/template.toml"
    try:
        sheet = msgspec.convert(tomli.loads(data.decode("utf-8")), Sheet, strict=True)
    except (ValueError, msgspec.ValidationError, RecursionError) as exc:  # not UTF-8, not TOML, not a sheet
        raise TemplateError(f"this template.toml cannot be used: {exc}", where=where, cure=_CURE_OF_SHEETS) from None
    for layout in sheet.layouts:
        if paths.problem(layout):
            what = f"the layout name {layout!r} {paths.problem(layout)}"
            raise TemplateError(what, where=where, cure="name it like its file, without .html")
    if sheet.layout is not None and sheet.layout not in sheet.layouts:
        cure = _nearest(sheet.layout, sheet.layouts) or f"add [layouts.{sheet.layout}]"
        raise TemplateError(f"layout = {sheet.layout!r} is not among [layouts]", where=where, cure=cure)
    for fields in (sheet.values, *(layout.values for layout in sheet.layouts.values())):
        _refuse_defaults(fields, "values", where)
    return Kind(name, root, sheet)


_CURE_OF_SHEETS = "mend template.toml: docs/layouts.md says what it may hold"


def _refuse_defaults(fields: Mapping[str, Field], at: str, where: str) -> None:
    """Raise TemplateError for a default that the field itself would not take from an asset."""
    for key, spec in fields.items():
        if spec.default not in (None, _EMPTY[spec.type]):
            try:
                _typed(spec.default, spec, f"{at}.{key}.default", where)
            except ManifestError as exc:
                raise TemplateError(exc.what, where=where, cure=exc.cure) from None
        _refuse_defaults(spec.fields, f"{at}.{key}.fields", where)


def _fill(given: Mapping[str, Any], fields: Mapping[str, Field], at: str, who: str) -> dict[str, Any]:
    for key in given:
        if key not in fields:
            what = f"{at}.{key} is not a value of {who}; it takes: {', '.join(fields)}"
            raise ManifestError(what, cure=_nearest(key, fields) or f"take {key} out")
    filled: dict[str, Any] = {}
    for key, spec in fields.items():
        if key in given:
            filled[key] = _typed(given[key], spec, f"{at}.{key}", who)
        elif spec.required:
            what = f"{at}.{key} is missing: {who} needs it ({spec.doc or spec.type})"
            raise ManifestError(what, cure=f"add {key} = {_example(spec)}")
        else:
            filled[key] = spec.default if spec.default is not None else _EMPTY[spec.type]
    return filled


_EMPTY: dict[str, Any] = {"text": "", "colour": "", "picture": "", "choice": "", "number": None, "flag": False}
_EMPTY |= {"list": [], "table": {}}


_EXAMPLES: dict[FieldType, str] = {
    "text": '"text in quotes"',
    "number": "12.5",
    "flag": "true",
    "colour": '"#0f172a"',
    "picture": '"public/img/a.png", or "@id" of another asset',
    "list": "[...]",
    "table": "{ ... }",
}


def _example(spec: Field) -> str:
    """What a value of that type looks like in TOML."""
    if spec.type == "choice":
        return f'"{spec.of[0]}"' if spec.of else '""'
    if spec.type == "list" and spec.fields:
        key, first = next(iter(spec.fields.items()))
        return f"[{{ {key} = {_EXAMPLES.get(first.type, _EXAMPLES['text'])} }}]"
    if spec.type == "list":
        return "[1, 2, 3]" if spec.of == ("number",) else '["one", "two"]'
    return _EXAMPLES[spec.type]


def _typed(value: Any, spec: Field, at: str, who: str) -> Any:
    match spec.type:
        case "text" if isinstance(value, str) and len(value) <= MAX_TEXT:
            return value
        case "text" if isinstance(value, str):
            what = f"{at} has {len(value)} characters; at most {MAX_TEXT} are set in type"
            raise ManifestError(what, cure="shorten it")
        case "number" if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15:
            return value
        case "flag" if isinstance(value, bool):
            return value
        case "choice" if value in spec.of:
            return value
        case "choice":
            cure = _nearest(value, spec.of) or f"write {at.rpartition('.')[2]} = {_example(spec)}"
            raise ManifestError(f"{at} = {brief(value)}; it is one of: {', '.join(spec.of)}", cure=cure)
        case "colour" if isinstance(value, str) and re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", value):
            return value
        case "picture" if isinstance(value, str) and value:
            if "://" in value:
                what = f"{at} = {brief(value)}: URLs are not fetched"
                raise ManifestError(what, cure="download it into the project and name the file")
            if not value.startswith("@") and (wrong := paths.problem(value)):
                raise ManifestError(f"{at} = {brief(value)} {wrong}", cure="name a file below the project")
            return value
        case "table" if isinstance(value, Mapping):
            return _fill(value, spec.fields, at, who)
        case "list" if isinstance(value, list):
            return _items(value, spec, at, who)
    raise ManifestError(f"{at} = {brief(value)} is not a {spec.type}", cure=_instead(value, spec, at))


def _instead(value: Any, spec: Field, at: str) -> str:
    """What to write for a value of another type: the same number without quotes, else an example."""
    number = value.strip().replace(",", ".") if spec.type == "number" and isinstance(value, str) else ""
    plain = number if re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", number) else ""
    name = at.rpartition(".")[2]
    if name.endswith("]"):
        return f"write {plain or _example(spec)} instead of {brief(value)}"
    return f"write {name} = {plain or _example(spec)}"


def _items(value: list[Any], spec: Field, at: str, who: str) -> list[Any]:
    if not spec.min <= len(value) <= spec.max:
        what = f"{at} has {len(value)} entries; {who} takes {spec.min} to {spec.max}"
        raise ManifestError(what, cure="add some" if len(value) < spec.min else "take some out")
    if spec.fields:
        for index, item in enumerate(value):
            if not isinstance(item, Mapping):
                what = f"{at}[{index}] = {brief(item)} is not a table"
                raise ManifestError(what, cure=f"write {at.rpartition('.')[2]} = {_example(spec)}")
        return [_fill(item, spec.fields, f"{at}[{index}]", who) for index, item in enumerate(value)]
    inner = Field(type="number" if spec.of == ("number",) else "text")
    return [_typed(item, inner, f"{at}[{index}]", who) for index, item in enumerate(value)]


def _pictures(filled: Mapping[str, Any], fields: Mapping[str, Field]) -> Iterator[str]:
    for key, spec in fields.items():
        value = filled.get(key)
        if spec.type == "picture" and value:
            yield value
        elif spec.type == "table" and value:
            yield from _pictures(value, spec.fields)
        elif spec.type == "list" and spec.fields:
            for item in value or ():
                yield from _pictures(item, spec.fields)


_INCLUDE = re.compile(r"""\{%-?\s*(?:include|extends|import|from)\s+(["'])(?P<name>[^"']+)\1""")
_DYNAMIC_INCLUDE = re.compile(r"""\{%-?\s*(?:include|extends|import|from)\s+(?!["'])""")
REFERENCE = re.compile(
    r"""(?P<before>\b(?:src|href)\s*=\s*["']|url\(\s*["']?)(?P<name>[A-Za-z0-9_./-]+\.[A-Za-z0-9]+)(?P<after>["']|\s*\)|["']\s*\))"""
)
_FONT_SUFFIXES = (".ttf", ".otf", ".woff", ".woff2")


def join(folder: str, name: str, at: str) -> str:
    """``name`` as seen from ``folder``, below the templates root. Raises TemplateError."""
    parts = [part for part in folder.split("/") if part]
    for part in name.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part == "..":
            what = f"{at} reaches {name!r}, which is outside templates/"
            raise TemplateError(what, cure="copy the file into templates/")
        elif part != ".":
            parts.append(part)
    joined = "/".join(parts)
    if wrong := paths.problem(joined):
        raise TemplateError(f"{at} reaches {name!r}, a name that {wrong}", cure="give the file another name")
    return joined


def _closure(root: Path, first: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    waiting = [first]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        home = next((base for base in (root, shipped_root()) if (base / name).is_file()), root)
        found[name] = paths.read_regular(home, name, TemplateError, MAX_TEMPLATE_BYTES)
        if not name.endswith((".html", ".css")):
            continue
        try:
            source = found[name].decode("utf-8")
        except UnicodeDecodeError:
            raise TemplateError("this is not UTF-8 text", where=f"templates/{name}", cure="save it as UTF-8") from None
        if _DYNAMIC_INCLUDE.search(source):
            what = "this includes a file whose name is not written out"
            cure = 'write the name in quotes: {% include "parts/x.html" %}'
            raise TemplateError(what, where=f"templates/{name}", cure=cure)
        folder = name.rpartition("/")[0]
        wanted = [m["name"] for m in _INCLUDE.finditer(source)]
        wanted += [m["name"] for m in REFERENCE.finditer(source) if not m["name"].endswith(_FONT_SUFFIXES)]
        waiting += [join(folder, reached, f"templates/{name}") for reached in wanted]
    return found
