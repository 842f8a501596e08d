"""A kind: a template folder with its layouts."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import tomli

from assetgen.cure import Cure, advice
from assetgen.errors import ManifestError, TemplateError
from assetgen.fs import paths
from assetgen.layouts import chosen, fonts, palette
from assetgen.layouts.agreement import disagreements
from assetgen.layouts.chosen import Name
from assetgen.layouts.closure import MAX_TEMPLATE_BYTES, closure_of, roots, shipped_root
from assetgen.layouts.field import AUTO, Field
from assetgen.layouts.values import EMPTY, Form, did_you_mean, field_of, fill_in, pictures_in, typed
from assetgen.manifest.toml_faults import Fault, dotted
from assetgen.manifest.toml_positions import Key
from assetgen.text import brief

_Side = Annotated[int, msgspec.Meta(ge=1, le=8192)]


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to set a kind in type, in ``<layout>.html``.

    ``size`` is the nominal size; ``narrow`` is that of square and tall canvases, see Kind.nominal.
    """

    doc: str = ""
    size: tuple[_Side, _Side] | None = None
    narrow: tuple[_Side, _Side] | None = None
    source_type: Literal["algorithmicMedia", "dataDrivenMedia"] = "algorithmicMedia"
    transparent: bool = False
    values: dict[str, Field] = {}
    example: dict[str, Any] = {}
    """Values to show what the layout is for; they decide no image."""


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """template.toml. ``size`` and ``narrow`` are for layouts without a ``size`` of their own."""

    size: tuple[_Side, _Side]
    narrow: tuple[_Side, _Side] | None = None
    doc: str = ""
    layout: str | None = None
    values: dict[str, Field] = {}
    layouts: dict[str, Layout] = {}
    model_size: Annotated[str, msgspec.Meta(pattern=r"^\d+x\d+$")] | None = None
    ground: str | None = None
    """The layout of an asset with a painted ground that names no layout."""


@dataclass(frozen=True)
class Kind:
    """A kind: its name, its sheet, and the folder of templates that it is in."""

    name: str
    root: Path = field(compare=False)
    sheet: Sheet
    _read: dict[str, dict[str, bytes]] = field(default_factory=dict, compare=False, repr=False)
    _summed: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    _charts: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)
    _special: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def layout_name(self, values: Mapping[str, Any]) -> str:
        """The layout that ``values.layout`` or the kind's default names. Raises ManifestError."""
        name = values.get("layout", self.sheet.layout)
        if name is None:
            raise ManifestError(
                f"kind {self.name!r} has no layouts: only a paid route can make it",
                cure=advice('set route = "images", or another paid route, and write a prompt'),
            )
        if not isinstance(name, str) or name not in self.sheet.layouts:
            known = ", ".join(sorted(self.sheet.layouts))
            raise ManifestError(
                f"kind {self.name!r} has no layout {brief(name)}; it has: {known}",
                cure=self._other_layout(name),
            )
        return name

    def _other_layout(self, name: object) -> Cure:
        others = sorted(
            {k for root in (self.root, shipped_root()) for k in _kinds_with(root, name)}
            - {self.name}
        )
        if others:
            return advice(
                'write kind = "{others}", which has a layout of that name', others=others[0]
            )
        return did_you_mean(name, self.sheet.layouts) or advice("name one of these")

    def layout(self, name: str) -> Layout:
        return self.sheet.layouts[name]

    def fields(self, layout: str) -> dict[str, Field]:
        return {**self.sheet.values, **self.sheet.layouts[layout].values}

    def fill(self, values: Mapping[str, Any], name: Name = lambda: "") -> dict[str, Any]:
        """Check ``values`` against what the layout takes and add the defaults.

        Some choices are left to ``name``, the id of the image. Raises ManifestError for the first
        value that is wrong.
        """
        filled, wrong = self.examine(values, name)
        if wrong:
            raise ManifestError(wrong[0].what, cure=wrong[0].cure)
        return filled

    def examine(
        self, values: Mapping[str, Any], name: Name = lambda: ""
    ) -> tuple[dict[str, Any], list[Fault]]:
        """``values`` with the defaults, and all that is wrong, at keys such as ("values", "title").

        Raises ManifestError if they name no layout.
        """
        layout = self.layout_name(values)
        given = {key: value for key, value in values.items() if key != "layout"}
        form = Form(self.fields(layout), f"{self.name} layout {layout!r}")
        wrong: list[Fault] = []
        filled = fill_in(given, form, ("values",), wrong=wrong)
        wrong += disagreements(filled, form.fields, ("values",))
        return {"layout": layout, **chosen.settled(filled, form.fields, name)}, wrong

    def pictures(self, filled: Mapping[str, Any]) -> tuple[str, ...]:
        """The files and ``@id``s that picture values name, in the order of the sheet."""
        return tuple(dict.fromkeys(picture for _, picture in self.pictures_at(filled)))

    def pictures_at(self, filled: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
        """The files and ``@id``s that picture values name, each with its key."""
        yield from pictures_in(filled, self.fields(self.layout_name(filled)), ("values",))

    def size(self, layout: str) -> tuple[int, int]:
        """The nominal size, which is also that of an asset that asks for none."""
        return self.sheet.layouts[layout].size or self.sheet.size

    def nominal(self, layout: str, width: int, height: int) -> tuple[int, int]:
        """The size that a canvas of ``width`` x ``height`` is designed at.

        It is ``narrow`` up to a ratio of 5:4, if the layout has one: text that is composed for a
        canvas 1600 px wide would be half as large as possible on a square one.
        """
        own = self.sheet.layouts[layout]
        narrow = own.narrow or (None if own.size else self.sheet.narrow)
        return narrow if narrow and width * 4 <= height * 5 else self.size(layout)

    def files(self, layout: str) -> dict[str, bytes]:
        """The bytes of each file of a layout, by path in the templates. Raises TemplateError."""
        if layout not in self._read:
            self._read[layout] = closure_of(self.root, f"{self.name}/{layout}.html")
        return self._read[layout]

    def needs_series(self, layout: str) -> bool:
        """Whether a layout may use the colours of charts. Raises TemplateError."""
        if layout not in self._charts:
            files = self.files(layout)
            own = (data for name, data in files.items() if name != "base.css")
            self._charts[layout] = palette.needs_series(own)
        return self._charts[layout]

    def needs_code(self, layout: str) -> bool:
        """Whether a layout shows code in its colours. Raises TemplateError."""
        return palette.needs_code(self.files(layout).values())

    def special_texts(self, layout: str) -> tuple[str, ...]:
        """The pages of a layout that are written in more than Latin letters."""
        if layout not in self._special:
            pages = [data for name, data in self.files(layout).items() if name.endswith(".html")]
            self._special[layout] = tuple(
                " ".join(page.decode("utf-8", "replace").split())
                for page in pages
                if not page.isascii()
            )
        return self._special[layout]

    def trims(self, layout: str, key: Key) -> bool:
        """Whether the picture at a key such as ("values", "logo") loses its transparent edges."""
        names = [part for part in key[1:] if isinstance(part, str)]
        spec = field_of(self.fields(layout), ".".join(names))
        return spec is not None and spec.trim

    def sets_code(self, layout: str, name: str) -> bool:
        """Whether words between backticks are code in a value such as ``steps[0].text``."""
        spec = field_of(self.fields(layout), name)
        return spec is not None and spec.code

    def digest(self, layout: str, stack: fonts.Stack, rules: str = "") -> str:
        """sha256 over everything but the values that decides the drawing: files, sheet, fonts.

        ``rules``: those that only some texts are set by, see ``type_rules``.
        """
        key = f"{layout} {stack.digest} {rules}"
        if key not in self._summed:
            self._summed[key] = self._sum(layout, stack, rules)
        return self._summed[key]

    def _sum(self, layout: str, stack: fonts.Stack, rules: str) -> str:
        fields = self.fields(layout)
        sheet = msgspec.json.encode(_deciding({name: fields[name] for name in sorted(fields)}))
        sizes = msgspec.json.encode([self.nominal(layout, *ratio) for ratio in ((2, 1), (1, 1))])
        spec = self.layout(layout)
        said = {n: getattr(spec, n) for n in Layout.__struct_fields__ if n != "example"}
        own = msgspec.json.encode(said | {"values": _deciding(spec.values)})
        parts = {**self.files(layout), "values": sheet, "layout": own, "sizes": sizes}
        summed = hashlib.sha256(stack.digest.encode() + rules.encode())
        for name in sorted(parts):
            # Line ends are folded: a checkout on Windows must not make every image stale.
            text = parts[name].replace(b"\r\n", b"\n")
            summed.update(f"\n{name} {hashlib.sha256(text).hexdigest()}".encode())
        return "sha256:" + summed.hexdigest()

    def prompt_file(self) -> bytes | None:
        """The bytes of prompt.md; None if the kind has none. Raises TemplateError."""
        path = f"{self.name}/prompt.md"
        if not (self.root / path).is_file():
            return None
        return paths.read_regular(self.root, path, TemplateError, limit=MAX_TEMPLATE_BYTES)

    def scaffold(self, values: Mapping[str, Any], prompt: str) -> str:
        """The prompt as the kind's prompt.md frames it; the bare prompt if there is none.

        ``$prompt`` and the names of scalar values, and of lists of them, are replaced. Raises
        TemplateError.
        """
        path, data = f"{self.name}/prompt.md", self.prompt_file()
        if data is None:
            return prompt
        words = {name: said for name, value in values.items() if (said := _said(value)) is not None}
        try:
            return string.Template(data.decode("utf-8")).substitute(words, prompt=prompt).strip()
        except KeyError as exc:
            raise TemplateError(
                f"prompt.md of kind {self.name!r} uses {exc.args[0]!r}, "
                "which this asset does not have",
                where=f"templates/{path}",
                cure=advice("add it to [asset.values], or remove it from prompt.md"),
            ) from None
        except ValueError as exc:
            what = f"prompt.md of kind {self.name!r} cannot be read: {exc}"
            raise TemplateError(
                what, where=f"templates/{path}", cure=advice("write $$ for a dollar sign")
            ) from None


def _deciding(fields: Mapping[str, Field]) -> dict[str, Any]:
    """``fields`` as a digest has them, without those that decide no pixel of most."""
    return {
        name: {key: getattr(spec, key) for key in _DECIDING}
        | {"fields": _deciding(spec.fields)}
        | ({"trim": True} if spec.trim else {})
        for name, spec in fields.items()
    }


_DECIDING = ("type", "doc", "required", "default", "of", "min", "max")


#: The kind of an adopted image that states none; it has no layouts and no files.
NONE = Kind("", Path(), Sheet(size=(1, 1)))


def _said(value: object) -> str | None:
    """A value in words; None for what has none."""
    if isinstance(value, list) and all(isinstance(one, (str, int, float)) for one in value):
        return ", ".join(map(str, value))
    return str(value) if isinstance(value, (str, int, float)) else None


#: A name that is proposed for a folder of the project; others that exist are accepted too.
_KIND = re.compile(r"\w[\w-]{0,63}")


def find(project: Path, name: str) -> Kind:
    """The kind called ``name``.

    Raises ManifestError if there is none, TemplateError if it is broken.
    """
    for root in roots(project):
        sheet = root / name / "template.toml"
        if sheet.is_file() and not paths.problem(name):
            return _load(
                root, name, paths.read_regular(root, f"{name}/template.toml", TemplateError)
            )
    known = names(project)
    new = advice("use one of these, or make templates/{name}/template.toml", name=name)
    raise ManifestError(
        f"there is no kind {name!r}; there are: {', '.join(known)}",
        cure=did_you_mean(name, known)
        or (new if _KIND.fullmatch(name) else advice("use one of these")),
    )


def names(project: Path) -> tuple[str, ...]:
    """The names of all kinds, sorted."""
    sheets = (path for root in roots(project) for path in root.glob("*/template.toml"))
    return tuple(sorted({sheet.parent.name for sheet in sheets}))


def _kinds_with(root: Path, layout: object) -> Iterator[str]:
    """The kinds below ``root`` that have a layout of that name."""
    for path in root.glob("*/template.toml"):
        try:
            sheet = tomli.loads(
                paths.read_regular(
                    root, f"{path.parent.name}/template.toml", TemplateError
                ).decode()
            )
        except (TemplateError, ValueError, RecursionError):
            continue  # the asset that uses it reports it
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
    except (
        ValueError,
        msgspec.ValidationError,
        RecursionError,
    ) as exc:  # not UTF-8, not TOML, not a sheet
        raise TemplateError(
            f"this template.toml cannot be used: {exc}", where=where, cure=_CURE_OF_SHEETS
        ) from None
    for layout in sheet.layouts:
        if paths.problem(layout):
            what = f"the layout name {layout!r} {paths.problem(layout)}"
            raise TemplateError(
                what, where=where, cure=advice("name it like its file, without .html")
            )
    if sheet.layout is not None and sheet.layout not in sheet.layouts:
        cure = did_you_mean(sheet.layout, sheet.layouts) or advice(
            "add [layouts.{layout}]", layout=sheet.layout
        )
        raise TemplateError(
            f"layout = {sheet.layout!r} is not among [layouts]", where=where, cure=cure
        )
    if sheet.ground is not None and sheet.ground not in sheet.layouts:
        cure = did_you_mean(sheet.ground, sheet.layouts) or advice("name one of [layouts]")
        what = f"ground = {sheet.ground!r} is not among [layouts]"
        raise TemplateError(what, where=where, cure=cure)
    for fields in (sheet.values, *(layout.values for layout in sheet.layouts.values())):
        _refuse_defaults(fields, ("values",), where)
    return Kind(name, root, sheet)


_CURE_OF_SHEETS = advice("fix template.toml: docs/layouts.md lists what it can contain")


def _refuse_defaults(fields: Mapping[str, Field], at: Key, where: str) -> None:
    """Raise TemplateError for a default that the field itself would not take from an asset."""
    for key, spec in fields.items():
        if spec.auto and (spec.type != "choice" or len(spec.of) < 2 or AUTO in spec.of):
            what = f"{dotted((*at, key))} has auto = true, which needs a choice of several words"
            raise TemplateError(what, where=where, cure=_CURE_OF_SHEETS)
        if spec.default not in (None, EMPTY[spec.type]):
            wrong: list[Fault] = []
            typed(spec.default, spec, (*at, key, "default"), who=where, wrong=wrong)
            if wrong:
                raise TemplateError(wrong[0].what, where=where, cure=wrong[0].cure)
        _refuse_defaults(spec.fields, (*at, key, "fields"), where)


# Built here, in one thread: msgspec crashes where threads build the form of one class at once.
msgspec.json.Decoder(Sheet)
