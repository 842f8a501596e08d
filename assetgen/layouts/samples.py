"""Sample values for a layout, and entries of assets.toml with them that can be pasted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assetgen.errors import TemplateError
from assetgen.layouts.field import Field
from assetgen.layouts.kind import Kind
from assetgen.manifest.add_entries import key_of, written
from assetgen.manifest.schema import Manifest, listed_paths

_WIDEST_LINE = 80
#: The kind, the layout and the values of the image that fills a required picture value.
_PICTURE = ("cover", {"layout": "centred", "title": "…", "ground": "accent", "pattern": "rings"})


def entries(kind: Kind, layout: str, manifest: Manifest) -> list[dict[str, Any]]:
    """The assets of an example: one with the layout, then those that its values show.

    Their ids and paths are new in ``manifest``. Raises TemplateError if the example that
    template.toml states is wrong.
    """
    known = {asset.id for asset in manifest.asset}
    files = set(listed_paths(manifest))
    asset_id = _unused(layout, manifest, known=known, files=files)
    picture_id = _unused(f"{asset_id}-picture", manifest, known=known, files=files)
    values = sample(kind, layout, picture=f"@{picture_id}")
    title = values.get("title")
    alt = title if isinstance(title, str) else kind.layout(layout).doc
    entry = _entry(asset_id, kind.name, manifest, values={"layout": layout, **values}, alt=alt)
    named = f"@{picture_id}" in kind.pictures({"layout": layout, **values})
    others = (
        [_entry(picture_id, _PICTURE[0], manifest, values=_PICTURE[1], alt="")] if named else []
    )
    return [entry, *others]


def example(manifest: Manifest, kind: Kind, layout: str) -> str:
    """The assets of an example to paste into ``manifest``. Raises TemplateError."""
    return toml(entries(kind, layout, manifest))


def _unused(name: str, manifest: Manifest, *, known: set[str], files: set[str]) -> str:
    numbered = (f"{name}-{number}" for number in range(2, len(known) + len(files) + 3))
    for one in (name, *numbered):
        if one not in known and _path(one, manifest) not in files:
            return one
    raise AssertionError("more names than assets")


def _path(asset_id: str, manifest: Manifest) -> str:
    return f"{next(iter(manifest.project.outputs), 'public')}/img/{asset_id}.png"


def _entry(
    asset_id: str, kind: str, manifest: Manifest, *, values: Mapping[str, Any], alt: str
) -> dict[str, Any]:
    made: dict[str, Any] = {"id": asset_id, "kind": kind, "path": _path(asset_id, manifest)}
    made["alt"] = alt
    if manifest.defaults.route != "local":
        made["route"] = "local"
    if style := style_for(manifest):
        made |= {} if style == manifest.defaults.style else {"style": style}
    return {**made, "values": dict(values)}


def style_for(manifest: Manifest) -> str | None:
    """The style of an example: that of [defaults], or the only one."""
    return manifest.defaults.style or (
        next(iter(manifest.style)) if len(manifest.style) == 1 else None
    )


def sample(kind: Kind, layout: str, *, picture: str) -> dict[str, Any]:
    """The values of the example in template.toml, or made-up ones.

    ``picture`` fills required values that are pictures. Raises TemplateError.
    """
    fields = kind.fields(layout)
    stated = kind.layout(layout).example
    values = {**stated} or {
        name: _made_up(name, spec) for name, spec in fields.items() if _is_shown(spec)
    }
    for name, spec in fields.items():
        if spec.type == "picture" and spec.required and name not in values:
            values[name] = picture
    wrong = kind.examine({"layout": layout, **values})[1]
    if wrong and stated:
        what = f"the example of layout {layout!r} is wrong: {wrong[0].what}"
        where = f"templates/{kind.name}/template.toml"
        raise TemplateError(what, where=where, cure=wrong[0].cure)
    return values


def _is_shown(spec: Field) -> bool:
    """Whether a made-up example has a value; a default or nothing does for the others."""
    return spec.type != "picture" and (spec.required or spec.type in ("text", "list"))


def _made_up(name: str, spec: Field) -> Any:
    match spec.type:
        case "list" if spec.fields:
            return [_table(spec.fields) for _ in range(_many(spec))]
        case "list" if "number" in spec.of:
            return [(7 * index + 3) % 11 + 1 for index in range(_many(spec))]
        case "list":
            return [f"{_words(name)} {index + 1}" for index in range(_many(spec))]
        case "table":
            return _table(spec.fields)
        case "choice":
            return spec.default if spec.default is not None else next(iter(spec.of), "")
        case "number":
            return 12
        case "flag":
            return True
        case "colour":
            return "#4f46e5"
        case "point":
            return [0.5, 0.15]
        case "code":
            return "for line in code:\n    print(line)"
        case "language":
            return "python"
    return str(spec.default or _words(name))


def _table(fields: Mapping[str, Field]) -> dict[str, Any]:
    return {name: _made_up(name, spec) for name, spec in fields.items() if _is_shown(spec)}


def _many(spec: Field) -> int:
    return min(max(spec.min, 2), spec.max)


def _words(name: str) -> str:
    text = name.replace("_", " ").replace("-", " ").strip()
    return text[:1].upper() + text[1:]


# -- as TOML ---------------------------------------------------------------------------------------


def toml(entries: Sequence[Mapping[str, Any]]) -> str:
    """``entries`` as assets.toml contains them; long lists take a line for each element."""
    return "\n".join(map(_block, entries))


def _block(entry: Mapping[str, Any]) -> str:
    own = {name: value for name, value in entry.items() if name != "values"}
    return f"[[asset]]\n{_rows(own)}[asset.values]\n{_rows(entry['values'])}"


def _rows(table: Mapping[str, Any]) -> str:
    names = {key: key_of(key) for key in table}
    wide = max(map(len, names.values()), default=0)
    return "".join(_row(f"{names[key]:{wide}} = ", value) for key, value in table.items())


def _row(start: str, value: Any) -> str:
    line = start + written(value)
    if len(line) <= _WIDEST_LINE or not isinstance(value, (list, tuple)):
        return line + "\n"
    return f"{start}[\n" + "".join(f"  {written(one)},\n" for one in value) + "]\n"
