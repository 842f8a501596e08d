"""The rules of assets.toml that types cannot express."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from assetgen.cure import Blank, Cure, advice
from assetgen.fs import paths
from assetgen.manifest import ground_rules, grounds, named, placeholders, variant_rules
from assetgen.manifest.key_types import Ground
from assetgen.manifest.module_rules import of_modules, of_patterns
from assetgen.manifest.painting_rules import of_candidates, of_input, of_inputs, of_steps
from assetgen.manifest.schema import (
    ALPHA_FORMATS,
    FILE,
    FORMATS,
    MAX_ALT,
    Asset,
    Defaults,
    Manifest,
    Project,
    references_at,
    targets,
)
from assetgen.manifest.target import Target
from assetgen.manifest.toml_faults import Fault, dotted, leaves, nearest
from assetgen.manifest.toml_positions import Key
from assetgen.route_names import ADOPTED
from assetgen.text import brief


def broken_rules(manifest: Manifest) -> Iterator[Fault]:
    """Everything that is wrong although it is of the right type."""
    near = _Nearest()
    yield from broken_rules_of_tables(manifest, near)
    yield from broken_rules_of_assets(manifest, near)
    yield from _of_all(manifest, near)


def broken_rules_of_tables(manifest: Manifest, near: _Nearest | None = None) -> Iterator[Fault]:
    """What is wrong with the tables that are no assets."""
    yield from _of_project(manifest.project)
    yield from of_patterns(("project", "content"), manifest.project.content)
    yield from of_patterns(("project", "ignore"), manifest.project.ignore)
    yield from of_patterns(("check", "ignore"), manifest.check.ignore)
    near = near or _Nearest()
    yield from _of_names(manifest, manifest.defaults, ("defaults",), near=near)
    yield from of_candidates(manifest.defaults, ("defaults",), manifest.defaults.model)
    for number, rule in enumerate(manifest.collection):
        yield from of_candidates(rule, ("collection", number), rule.model, manifest.defaults)
    if manifest.defaults.route == ADOPTED:
        what = f"route {ADOPTED!r} is for single assets, whose images exist"
        yield Fault(("defaults", "route"), what, advice("set it in these assets"))
    for name, style in manifest.style.items():
        for number, reference in enumerate(style.references):
            yield from of_input(reference, ("style", name, "references", number))
        texts = {"prompt": style.prompt, "font": style.font or ""}
        yield from _bad_texts({**texts, "values": style.values}, ("style", name))
    yield from _bad_texts({"values": manifest.defaults.values}, ("defaults",))


def broken_rules_of_assets(manifest: Manifest, near: _Nearest | None = None) -> Iterator[Fault]:
    """What is wrong with each asset by itself."""
    near = near or _Nearest()
    for index, asset in enumerate(manifest.asset):
        yield from _of_asset(manifest, asset, ("asset", index), near=near)


class _Nearest:
    """The name that another is most likely a misspelling of, for the first fifty: it takes long."""

    def __init__(self) -> None:
        self._found: dict[str, str | None] = {}

    def __call__(self, name: str, names: Collection[str]) -> str | None:
        if name not in self._found and len(self._found) < 50:
            self._found[name] = nearest(name, names)
        return self._found.get(name)


# -- tables ----------------------------------------------------------------------------------------


def _of_project(project: Project) -> Iterator[Fault]:
    at = ("project", "outputs")
    for index, folder in enumerate(project.outputs):
        if wrong := paths.problem_of_file(folder):
            yield Fault(at, f"{folder!r} {wrong}", advice("name a folder below the project"))
        for other in project.outputs[:index] + project.outputs[index + 1 :]:
            if folder.startswith(other + "/"):
                what = f"{folder!r} is in {other!r}, which is an output folder itself"
                yield Fault(at, what, advice("remove {folder}", folder=repr(folder)))
        if folder in project.outputs[:index]:
            yield Fault(at, f"{folder!r} is listed twice", advice("remove one of them"))
    if project.public is not None and (wrong := paths.problem_of_file(project.public)):
        what, cure = f"{project.public!r} {wrong}", advice("name a folder below the project")
        yield Fault(("project", "public"), what, cure)
    if project.url is not None and not _SITE.fullmatch(project.url):
        what = f"url = {brief(project.url)} is not the URL of a site"
        yield Fault(("project", "url"), what, advice('write url = "https://example.org"'))
    yield from of_modules(project)


_SITE = re.compile(r"https?://[^\s/?#@\\\"'<>]+(?:/[^\s?#\\\"'<>]*)?")


def _of_names(
    manifest: Manifest, table: Defaults | Asset | Ground, at: Key, *, near: _Nearest
) -> Iterator[Fault]:
    """A style or a gateway that ``table`` names and that does not exist."""
    # What an asset has from [defaults] is a mistake of [defaults] alone.
    usual = None if isinstance(table, Defaults) else manifest.defaults
    if table.style is not None and table.style not in manifest.style:
        known = ", ".join(manifest.style) or "none"
        meant = near(table.style, manifest.style)
        cure = (
            advice("did you mean {meant}?", meant=meant)
            if meant
            else advice("add [style.{style}]", style=table.style)
        )
        what = f"there is no style {table.style!r}; there are: {known}"
        if usual is None or usual.style != table.style:
            yield Fault((*at, "style"), what, cure)
    route = table.route or ""
    name = route.removeprefix("gateway:")
    if name != route and name not in manifest.gateway:
        meant = near(name, manifest.gateway)
        cure = (
            advice("did you mean gateway:{meant}?", meant=meant)
            if meant
            else _ADD_GATEWAY.filled(name=name)
        )
        if usual is None or usual.route != route:
            yield Fault((*at, "route"), f"there is no [gateway.{name}] in {FILE}", cure)


_ADD_GATEWAY = advice(
    "add [gateway.{name}] to {file}, only the name; its address and key belong in your own "
    "~/.config/assetgen/config.toml",
    name=Blank("name"),
    file=FILE,
)


# -- one asset -------------------------------------------------------------------------------------


def _of_asset(manifest: Manifest, asset: Asset, at: Key, *, near: _Nearest) -> Iterator[Fault]:
    if table := grounds.table_of(asset):  # the rest is that of its cover
        yield from _of_names(manifest, table, at, near=near)
        yield from _of_prompt(manifest, asset, at)
        yield from _bad_texts({"prompt": asset.prompt}, at)
        if grounds.page_of_cover(asset) is not None:
            yield from _of_placeholders({"prompt": asset.prompt}, at)
        return
    if wrong := next((p for p in map(paths.problem, asset.id.split("/")) if p), None):
        yield Fault((*at, "id"), f"{asset.id!r} {wrong}", advice("choose another id"))
    has_kind = asset.kind or not asset.is_adopted
    if has_kind and (wrong := paths.problem(asset.kind)):
        yield Fault((*at, "kind"), f"{asset.kind!r} {wrong}", advice("name a folder in templates/"))
    if asset.draft and asset.is_adopted:
        what = f"route {ADOPTED!r} is for an image that exists, and a draft has none"
        yield Fault((*at, "draft"), what, advice("remove draft from the asset"))
    yield from _of_path(manifest.project, asset, at)
    yield from _of_names(manifest, asset, at, near=near)
    yield from variant_rules.broken(asset, at)
    yield from ground_rules.of_ground(manifest, asset, at)
    if asset.page is not None:
        if wrong := paths.problem_of_page(asset.page):
            what = f"from = {brief(asset.page)} {wrong}"
            yield Fault((*at, "from"), what, advice("name a page below the project"))
        yield from _of_placeholders({"alt": asset.alt, "prompt": asset.prompt}, at)
    yield from _of_prompt(manifest, asset, at)
    if asset.background == "transparent" and _format(asset) not in (None, *ALPHA_FORMATS):
        what = f"{_format(asset)} files cannot be transparent"
        yield Fault((*at, "background"), what, advice("use .png, .webp or .avif"))
    if asset.background == "transparent" and asset.variants:
        for fmt in dict.fromkeys(asset.variants.formats):
            if fmt not in ALPHA_FORMATS:
                what = f"{fmt} files cannot be transparent, and variants.formats lists {fmt}"
                cure = advice('remove "{fmt}" from variants.formats, or remove background', fmt=fmt)
                yield Fault((*at, "variants", "formats"), what, cure)
    texts = {"alt": asset.alt, "prompt": asset.prompt, "values": asset.values}
    yield from _bad_texts(texts, at)


def _of_prompt(manifest: Manifest, asset: Asset, at: Key) -> Iterator[Fault]:
    """What is wrong with what only painted images have, and with the size."""
    if asset.is_painted:  # elsewhere there are no candidates at all
        yield from of_candidates(asset, at, manifest.model_of(asset), manifest.defaults)
    yield from named.broken(asset, at)
    if without_prompt(asset):
        yield Fault((*at, "prompt"), *without_prompt_words(asset))
    yield from of_inputs(manifest, asset, at)
    yield from _bad_texts({"model": asset.model or "", "quality": asset.quality or ""}, at)
    yield from of_steps(asset, at, manifest.model_of(asset))
    for index, step in enumerate(asset.refine):
        yield from _bad_texts({"say": step.say}, (*at, "refine", index))


def _of_placeholders(texts: Mapping[str, str], at: Key) -> Iterator[Fault]:
    """Placeholders of an asset with a page for which there are no words."""
    for key, text in texts.items():
        names, prefixes = placeholders.OF_PAGE, (placeholders.PAGE,)
        if wrong := placeholders.problem(text, names, prefixes):
            yield Fault((*at, key), f"{key}: {wrong[0]}", wrong[1])


def without_prompt(asset: Asset) -> bool:
    """Whether an asset lacks the prompt that its route needs."""
    draws_from_prompt = asset.route is not None and not (asset.is_local or asset.is_adopted)
    return draws_from_prompt and not asset.prompt and not asset.page


def without_prompt_words(asset: Asset) -> tuple[str, Cure]:
    """What is wrong with an asset ``without_prompt``, and the cure."""
    what = f"asset {asset.id!r} has no prompt, and route {asset.route!r} draws from one"
    return what, advice('add prompt = "what the image shows"')


def _of_path(project: Project, asset: Asset, at: Key) -> Iterator[Fault]:
    at = (*at, "path")
    if wrong := paths.problem_of_file(asset.path):
        yield Fault(at, f"{asset.path!r} {wrong}", _better_path(project, asset))
    elif _format(asset) is None:
        what = f"{asset.path!r} does not end in .png, .jpg, .webp or .avif"
        png = PurePosixPath(asset.path).with_suffix(".png").as_posix()
        yield Fault(at, what, advice('write path = "{png}"', png=png))
    elif project.outputs and not any(asset.path.startswith(f"{one}/") for one in project.outputs):
        what = f"{asset.path!r} is not in an output folder ({', '.join(project.outputs)})"
        cure = advice(
            "{better_path}, or add its folder to project.outputs",
            better_path=_better_path(project, asset),
        )
        yield Fault(at, what, cure)


def _better_path(project: Project, asset: Asset) -> Cure:
    """What to write instead of a path that is in no output folder."""
    below = f"{next(iter(project.outputs), 'public')}/{asset.path.lstrip('/')}"
    return (
        advice("choose a name that every system accepts")
        if paths.problem_of_file(below)
        else advice('write path = "{below}"', below=below)
    )


def _format(asset: Asset) -> str | None:
    """The format that the extension of the asset's path names; None if it names none."""
    dot, extension = asset.path.rpartition(".")[1:]
    return FORMATS.get(dot + extension.lower())


# -- all assets together ---------------------------------------------------------------------------


def _of_all(manifest: Manifest, near: _Nearest) -> Iterator[Fault]:
    assets = manifest.asset
    names: dict[str, int] = {}
    places: dict[str, Asset] = {}
    for index, asset in enumerate(assets, start=1):
        at: Key = ("asset", index - 1)
        if asset.id in names:
            yield from _same_id(asset, assets[names[asset.id] - 1], names[asset.id], number=index)
        names.setdefault(asset.id, index)
        own = {paths.folded(target.path): target for target in _files(asset)}
        for folded, target in own.items():
            if (other := places.get(folded)) is not None:
                yield from _same_path(asset, target.path, other, at)
            places[folded] = asset
    told: set[Key] = set()
    for index, asset in enumerate(assets):
        at, told = ("asset", index), {key for key in told if key[0] == "style"}
        for folder in _parents(paths.folded(asset.path)):
            if folder in places:
                yield Fault(
                    (*at, "path"), f"{folder} is a file of asset {places[folder].id!r}", None
                )
        for key, reference in _named_by(manifest, asset):
            if reference.startswith("@") and reference[1:] not in names and key not in told:
                told.add(key)
                meant = near(reference[1:], names)
                missing = advice("add that asset, or remove the reference")
                what = f"{reference!r} is not an asset of this manifest"
                yield Fault(
                    key if key[0] == "style" else (*at, *key),
                    what,
                    advice("did you mean @{meant}?", meant=meant) if meant else missing,
                )


def _same_id(asset: Asset, other: Asset, first: int, number: int) -> Iterator[Fault]:
    """The fault of asset ``number`` that has the id of asset ``first``."""
    at: Key = ("asset", number - 1, "id")
    if not grounds.cover_of(asset):
        what = f"id {asset.id!r} is used twice: by assets {first} and {number}"
        cure = advice("give one another id; if a merge kept both, remove one [[asset]] block")
        yield Fault(at, what, cure)
    elif not grounds.cover_of(other):  # else their covers have one id
        yield Fault(at, *ground_rules.same_id(asset, other))


def _same_path(asset: Asset, path: str, other: Asset, at: Key) -> Iterator[Fault]:
    if not grounds.cover_of(asset):
        what = f"{path} is already written by asset {other.id!r}"
        cure = advice(
            "give one of them another path (neither case nor NFC and NFD make a difference)"
        )
        yield Fault((*at, "path"), what, cure)
    elif grounds.cover_of(asset) != grounds.cover_of(other):  # else two covers have one id
        yield Fault((*at, "path"), *ground_rules.same_path(asset, path, other))


def _named_by(manifest: Manifest, asset: Asset) -> Iterator[tuple[Key, str]]:
    """The images that an asset names, each with its key in the asset, or that of its style."""
    yield from manifest.input_keys(asset)
    yield from (one for one in references_at(asset) if one[0][0] != "inputs")


def _files(asset: Asset) -> tuple[Target, ...]:
    return targets(asset) if _format(asset) else ()


def _parents(path: str) -> Iterator[str]:
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


# -- text ------------------------------------------------------------------------------------------

# Categories Cc (without line feed and tab) and Cs, and the characters that embed, override and
# isolate a reading direction.
_BAD = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_TEXT_CURE = advice("remove it, or write it as plain text")


def problem_of_alt(alt: str) -> str | None:
    """What is wrong with an alternative text; None if pages and the manifest can contain it."""
    if len(alt) > MAX_ALT:
        return f"alt has {len(alt)} characters; at most {MAX_ALT} are allowed"
    return next((fault.what for fault in _bad_texts(alt, ("alt",))), None)


def _bad_texts(value: Any, at: Key) -> Iterator[Fault]:
    """Texts that no image or page can contain: control and direction characters."""
    for key, leaf in leaves(value, at):
        yield from _bad_leaf(leaf, key)


def _bad_leaf(value: Any, at: Key) -> Iterator[Fault]:
    if isinstance(value, str):
        if bad := _BAD.search(value):
            yield _bad_text(at, f"contains the control character U+{ord(bad[0]):04X}")
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        yield _bad_text(at, "is larger than a number in TOML can be")
    elif not isinstance(value, (int, float, bool)):
        yield _bad_text(at, f"is a {type(value).__name__}, which an image cannot show")


def _bad_text(at: Key, what: str) -> Fault:
    shown = at[2:] if at[0] == "asset" else at
    return Fault(at, f"{dotted(shown)} {what}", _TEXT_CURE)
