"""Paths that begin with a name (``img/x.png``): relative in a browser, else a guess."""

from __future__ import annotations

import re

from assetgen.refs.folders import below, clamped, joined
from assetgen.refs.languages import SCRIPTS, suffix
from assetgen.refs.sites import module_names, relative_paths
from assetgen.refs.sites.question import Question, has_placeholder, names_file
from assetgen.refs.sites.resolution import How, Resolution
from assetgen.refs.sites.url_hints import url_hint
from assetgen.refs.sites.verdict import DYNAMIC, EXTERNAL, first_existing, settled, unknown

# What a browser reads from the URL of the file.
_WEB_MANIFEST = re.compile(r"(?:(?:^|/)manifest\.json|\.webmanifest)\Z")


def resolve(question: Question, path: str) -> Resolution:
    """The file that ``path`` means."""
    if question.is_in_module:
        return module_names.by_name(question, path)
    if question.kind == "new_url":
        return relative_paths.resolve(question, path)
    if question.is_in_site_config:
        site = question.site
        places = [*site.files(path), below(site.root, path)]
        return settled(question, "bare", places) if names_file(path) else EXTERNAL
    beside = joined(question.folder, path)
    if beside is None:
        return EXTERNAL
    if beside in question.listing:
        return Resolution("relative" if question.is_relative else "bare", beside, True)
    found = _by_rules(question, path)
    return found if found is not None else _missing(question, path, beside)


def _by_rules(question: Question, path: str) -> Resolution | None:
    rules: tuple[tuple[How, list[str]], ...] = (
        ("relative-url", relative_paths.by_page_url(question, path)),
        ("bare", _from_the_top(question, path)),
    )
    for rule, places in rules:
        there = first_existing(question.listing, places)
        if there is not None:
            how = rule if question.is_relative else "bare"
            return Resolution(how, there, True, hint=url_hint(question, there))
    return None


def _from_the_top(question: Question, path: str) -> list[str]:
    top, site = clamped("", path), question.site
    return [*site.files(top), below(site.root, top), top] if top else []


def _missing(question: Question, path: str, beside: str) -> Resolution:
    is_file, is_relative = names_file(path), question.is_relative
    if not is_file and is_relative:
        return EXTERNAL
    if has_placeholder(path):
        return DYNAMIC
    candidates = question.listing.ending(clamped("", path))
    if is_relative and not (candidates and suffix(question.file) in SCRIPTS):
        return relative_paths.missing(question, path, _likeliest(question, path, beside))
    places = [beside, *_from_the_top(question, path)]
    other = settled(question, "bare", places)
    if other.candidates and not candidates:  # only the case of the name differs
        return other
    if is_file and not candidates and question.is_after_base:
        return settled(question, "absolute", question.site.files(path) or places)
    is_elsewhere = question.is_output or question.is_in_build_config
    if not candidates and is_file and not is_elsewhere:
        evident = (
            _in_existing_folder(question, path, places)
            or _in_bundle(question, path, beside)
            or (beside if _WEB_MANIFEST.search(question.file) else None)
        )
        if evident is not None:
            return settled(question, "bare", (evident,))
    return unknown(candidates)


def _likeliest(question: Question, path: str, beside: str) -> str:
    """Where the file would be: Mintlify reads every path from the top of the documentation."""
    if question.is_read_by_browser and (served := relative_paths.by_page_url(question, path)):
        return served[0]
    folder = beside.rpartition("/")[0]
    if question.site.framework != "mintlify" or question.listing.folder_exists(folder):
        return beside
    return below(question.site.root, clamped("", path))


def _in_existing_folder(question: Question, path: str, places: list[str]) -> str | None:
    """The place of ``images/x.png`` where public/images exists without an x.png."""
    if "/" not in path:
        return None
    exists = question.listing.folder_exists
    return next((place for place in places if exists(place.rpartition("/")[0])), None)


def _in_bundle(question: Question, path: str, beside: str) -> str | None:
    """``beside`` where the page is a bundle of Hugo with other images: names are of these."""
    stem = question.file.rpartition("/")[2].partition(".")[0]
    is_bundle = question.site.framework == "hugo" and stem in ("index", "_index")
    if "/" in path or question.kind != "frontmatter" or not is_bundle:
        return None
    inside = question.listing.starting(f"{question.folder}/") if question.folder else ()
    return beside if any(map(names_file, inside)) else None
