"""The rules of assets.toml that types cannot express."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from assetgen.fs import globs, paths
from assetgen.manifest import toml_mistakes
from assetgen.manifest.schema import (
    ALPHA_FORMATS,
    FILE,
    FORMATS,
    MAX_ALT,
    MODULES,
    Asset,
    Defaults,
    Manifest,
    Project,
    references,
    targets,
)
from assetgen.manifest.toml_lines import Key
from assetgen.text import brief

# -- mistakes --------------------------------------------------------------------------------------

_Mistake = tuple[tuple[str | int, ...], str, str | None]


def mistakes_of(manifest: Manifest) -> Iterator[_Mistake]:
    """Everything that the types alone cannot say, in the order of the file."""
    yield from _project_mistakes(manifest.project)
    yield from _glob_mistakes(("project", "content"), manifest.project.content)
    yield from _glob_mistakes(("project", "ignore"), manifest.project.ignore)
    yield from _glob_mistakes(("check", "ignore"), manifest.check.ignore)
    yield from _names_of_others(manifest, manifest.defaults, ("defaults",))
    for name, style in manifest.style.items():
        for key, what in _bad_texts({"prompt": style.prompt, "font": style.font or ""}):
            yield (("style", name, key), f"style.{name}.{what}", _TEXT_CURE)
    names: dict[str, int] = {}
    places: dict[str, str] = {}
    for index, asset in enumerate(manifest.asset):
        if asset.id in names:
            yield (
                ("asset", index, "id"),
                f"id {asset.id!r} is used twice",
                "give one of them another id",
            )
        names[asset.id] = index
        yield from _asset_mistakes(manifest, asset, index)
        for target in targets(asset):
            folded = target.path.lower()
            if folded in places:
                other = places[folded]
                what = f"{target.path} is already written by asset {other!r}"
                yield (
                    ("asset", index, "path"),
                    what,
                    "give one of them another path (case does not tell files apart)",
                )
            places[folded] = asset.id
    for index, asset in enumerate(manifest.asset):
        for folder in _parents(asset.path.lower()):
            if folder in places:
                yield (
                    ("asset", index, "path"),
                    f"{folder} is a file of asset {places[folder]!r}",
                    None,
                )
        for field, reference in references(asset):
            if reference.startswith("@") and reference[1:] not in names:
                near = difflib.get_close_matches(reference[1:], names, n=1)
                cure = (
                    f"did you mean @{near[0]}?"
                    if near
                    else "add that asset, or take the reference out"
                )
                yield (
                    ("asset", index, field),
                    f"{reference!r} is not an asset of this manifest",
                    cure,
                )


def _parents(path: str) -> Iterator[str]:
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def _project_mistakes(project: Project) -> Iterator[_Mistake]:
    at = ("project", "outputs")
    for index, folder in enumerate(project.outputs):
        if wrong := paths.problem(folder):
            yield (at, f"{folder!r} {wrong}", "name a folder below the project")
        for other in project.outputs[:index] + project.outputs[index + 1 :]:
            if folder.startswith(other + "/"):
                yield (
                    at,
                    f"{folder!r} lies in {other!r}, which is an output folder itself",
                    f"take {folder!r} out",
                )
        if folder in project.outputs[:index]:
            yield (at, f"{folder!r} is named twice", "take one of them out")
    if project.public is not None and (wrong := paths.problem(project.public)):
        yield (
            ("project", "public"),
            f"{project.public!r} {wrong}",
            "name a folder below the project",
        )
    if project.emit is not None:
        yield from _emit_mistakes(project.emit)


def _emit_mistakes(path: str) -> Iterator[_Mistake]:
    at, cure = ("project", "emit"), 'write emit = "src/assets.ts"'
    if wrong := paths.problem(path):
        yield (at, f"{path!r} {wrong}", cure)
    elif not path.endswith(MODULES):
        yield (
            at,
            f"{path!r} does not end in .ts, .js or .mjs",
            f"{cure}: the extension decides the form",
        )
    elif path.endswith(".d.ts"):
        yield (
            at,
            f"{path!r} is a declaration, which holds no data",
            f"{cure}, or a .js: its declarations come with it",
        )


def _glob_mistakes(at: tuple[str, str], patterns: tuple[str, ...]) -> Iterator[_Mistake]:
    for pattern in patterns:
        try:
            globs.matcher([pattern])
            if wrong := _wrong_way(pattern.removeprefix("!")):
                yield (
                    at,
                    f"{brief(pattern)} {wrong}",
                    'write it from the project\'s folder: "docs/**/*.md"',
                )
        except ValueError as exc:
            yield (
                at,
                f"{brief(pattern)} is no glob: {exc}",
                'write it as in content = ["docs/**/*.{md,mdx}"]',
            )


def _wrong_way(pattern: str) -> str | None:
    """What is wrong with how a glob leads to the pages."""
    if pattern.startswith("/"):
        return "is absolute; globs are relative to the project"
    if ".." in pattern.split("/"):
        return "leads out of the project"
    return "has a backslash; folders are parted by /" if "\\" in pattern else None


def _asset_mistakes(manifest: Manifest, asset: Asset, index: int) -> Iterator[_Mistake]:
    def at(key: str) -> tuple[str | int, ...]:
        return ("asset", index, key)

    if wrong := next((p for p in map(paths.problem, asset.id.split("/")) if p), None):
        yield (at("id"), f"{asset.id!r} {wrong}", "choose another id")
    if wrong := paths.problem(asset.kind):
        yield (at("kind"), f"{asset.kind!r} {wrong}", "name a folder in templates/")
    yield from _path_mistakes(manifest.project, asset, index)
    yield from _names_of_others(manifest, asset, ("asset", index))
    yield from _variants_mistakes(asset, at("variants"))
    if asset.page is not None and (wrong := paths.problem_of_page(asset.page)):
        yield (at("from"), f"from = {brief(asset.page)} {wrong}", "name a page below the project")
    if not asset.is_local and not asset.prompt and not asset.page:
        yield (
            at("prompt"),
            f"asset {asset.id!r} has no prompt, and route {asset.route!r} paints from one",
            'add prompt = "what the picture shows"',
        )
    if asset.background == "transparent" and asset.format not in ALPHA_FORMATS:
        yield (
            at("background"),
            f"{asset.format} files cannot be transparent",
            "use .png, .webp or .avif",
        )
    for field, reference in references(asset):
        if "://" in reference:
            yield (
                at(field),
                f"{reference!r}: URLs are not fetched",
                "download it into the project and name the file",
            )
        if not reference.startswith("@") and (wrong := paths.problem(reference)):
            yield (at(field), f"{reference!r} {wrong}", "name a file below the project")
    texts = {
        "alt": asset.alt,
        "prompt": asset.prompt,
        "model": asset.model or "",
        "quality": asset.quality or "",
    }
    for key, what in _bad_texts({**texts, "values": asset.values}):
        yield (("asset", index, *_key(f".{key}")), what, _TEXT_CURE)


def _names_of_others(
    manifest: Manifest, table: Defaults | Asset, at: tuple[str | int, ...]
) -> Iterator[_Mistake]:
    """A style or a gateway that ``table`` names and that there is none of."""
    if table.style is not None and table.style not in manifest.style:
        known = ", ".join(manifest.style) or "none"
        near = difflib.get_close_matches(table.style, manifest.style, n=1)
        cure = f"did you mean {near[0]}?" if near else f"add [style.{table.style}]"
        yield ((*at, "style"), f"there is no style {table.style!r}; there are: {known}", cure)
    if (
        table.route
        and table.route.startswith("gateway:")
        and table.route[8:] not in manifest.gateway
    ):
        name = table.route[8:]
        near = difflib.get_close_matches(name, manifest.gateway, n=1)
        cure = (
            f"did you mean gateway:{near[0]}?"
            if near
            else f"add [gateway.{name}] to {FILE}, a name only; where it is and its key stand in your own "
            "~/.config/assetgen/config.toml"
        )
        yield ((*at, "route"), f"there is no [gateway.{name}] in {FILE}", cure)


def _variants_mistakes(asset: Asset, at: tuple[str | int, ...]) -> Iterator[_Mistake]:
    if asset.variants is None:
        return
    for name in ("widths", "formats"):
        entries: tuple[int | str, ...] = getattr(asset.variants, name)
        if twice := next(
            (entry for index, entry in enumerate(entries) if entry in entries[:index]), None
        ):
            yield ((*at, name), f"variants.{name} names {twice} twice", "take one of them out")


def _path_mistakes(project: Project, asset: Asset, index: int) -> Iterator[_Mistake]:
    at = ("asset", index, "path")
    below = f"{project.outputs[0]}/{asset.path.lstrip('/')}"
    cure = (
        f'write path = "{below}"' if not paths.problem(below) else "name a file below the project"
    )
    if wrong := paths.problem(asset.path):
        yield (at, f"{asset.path!r} {wrong}", cure)
        return
    if "." not in asset.path or "." + asset.path.rpartition(".")[2].lower() not in FORMATS:
        yield (
            at,
            f"{asset.path!r} does not end in .png, .jpg, .webp or .avif",
            "the extension decides the format",
        )
        return
    if not any(asset.path.startswith(folder + "/") for folder in project.outputs):
        allowed = ", ".join(project.outputs)
        yield (
            at,
            f"{asset.path!r} is not in an output folder ({allowed})",
            f"{cure}, or add its folder to project.outputs",
        )


_TEXT_CURE = "take it out, or write it as plain text"


# Categories Cc (without line feed and tab) and Cs, and the embeddings, overrides and isolates of direction.
_BAD = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def problem_of_alt(alt: str) -> str | None:
    """Say what is wrong with a text for who cannot see a picture; None if a page and the manifest can hold it."""
    if len(alt) > MAX_ALT:
        return f"alt has {len(alt)} characters; at most {MAX_ALT} are written"
    return next((what for _, what in _bad_texts(alt, "alt")), None)


def _bad_texts(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Characters that no picture or page can hold: controls, and those that turn the reading direction."""
    if isinstance(value, str):
        if bad := _BAD.search(value):
            yield at, f"{at} holds the control character U+{ord(bad[0]):04X}"
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _bad_texts(inner, f"{at}.{key}" if at else str(key))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _bad_texts(inner, f"{at}[{index}]")
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        yield at, f"{at} is larger than a number in TOML may be"
    elif not isinstance(value, (int, float, bool)):
        yield at, f"{at} is a {type(value).__name__}, which a picture cannot hold"


def _key(path: str) -> Key:
    return toml_mistakes.key_at(path, {}, Manifest)
