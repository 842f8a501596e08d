"""What refs, snippet and emit report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from assetgen.cure import advice, command
from assetgen.errors import ManifestError
from assetgen.manifest.schema import FILE, SCHEMA, Module, module_files
from assetgen.report.text import MOST, console, error, show_cure
from assetgen.text import clean, count

if TYPE_CHECKING:
    from assetgen.check.fix import AddedImages, Fixed
    from assetgen.check.problem import PageProblem
    from assetgen.cure import Cure
    from assetgen.pages.paste import Pasted
    from assetgen.pages.typed_module import Emitted
    from assetgen.refs.survey import ResolvedReference, Survey


def references(found: Survey, stream: IO[str], *, has_manifest: bool = True) -> None:
    """Print every reference and its file: grouped by page in a terminal, else one per line."""
    out = console(stream)
    page = ""
    for row in found.rows:
        named, means = row.reference, row.resolution
        raw, target = clean(" ".join(named.raw.split()), 300), clean(_target(row), 300)
        colour = "red" if row.is_dangling else "dim" if means.path is None else None
        if not stream.isatty():
            stream.write(
                f"{clean(named.file)}:{named.line}:{named.col}: {named.kind} {raw} -> {target}\n"
            )
            continue
        if named.file != page:
            page = named.file
            out.print(clean(page), style="bold")
        out.print(f"{named.line:>5}:{named.col:<4} {raw}")
        out.print(f"           -> {target}", style=colour)
    for line in _counted(found, has_manifest):
        out.print(line)


def outside(files: Sequence[str], stream: IO[str]) -> None:
    """Print the files that were named and that check does not read."""
    for file in files:
        stream.write(
            clean(f"note: project.content does not match {file}, so check does not read it") + "\n"
        )


def without_manifest(stream: IO[str]) -> None:
    """Print that there is no manifest."""
    stream.write(f"note: there is no {FILE}, so every possible page is listed\n")


def vain(globs: Sequence[str], stream: IO[str], *, is_named: bool) -> None:
    """Print the patterns that match no page, or that check compares no pages at all."""
    if not is_named:
        stream.write(
            "note: project.content names no pages, so every possible page is listed, "
            "and check compares none of them\n"
        )
    for glob in globs:
        stream.write(clean(f"note: no page matches {glob!r} of project.content") + "\n")


def _target(row: ResolvedReference) -> str:
    means = row.resolution
    if means.path is None:
        named = f": {means.candidates[0]}" if len(means.candidates) == 1 else ""
        return f"{means.how}{named}"
    if row.is_dangling:
        return f"{means.path} (missing)"
    return means.path if means.exists else f"{means.path} (made by a build)"


def _counted(found: Survey, has_manifest: bool) -> Iterable[str]:
    rows = found.rows
    pages = {row.reference.file for row in rows}
    yield f"{count(len(rows), 'reference')} in {len(pages)} of {count(len(found.pages), 'page')}"
    dangling = sum(row.is_dangling for row in rows)
    without = sum(row.reference.alt_status == "missing" for row in rows)
    way = " (to add them to assets.toml: assetgen refs --add)" if has_manifest else ""
    said = [
        f"{dangling} to missing images{way}" if dangling else "",
        f"{without} without alternative text" if without else "",
    ]
    yield from (line for line in said if line)


def added(found: AddedImages, stream: IO[str]) -> None:
    """Print what was added to the manifest, and what was not and why."""
    out = console(stream)
    for proposal in found.proposals.proposals:
        entry = proposal.entry
        line = found.added.lines.get(str(entry["id"]))
        fate = f", draft: {_kind_of(entry)}" if proposal.guess else ""
        out.print(clean(f"added {entry['id']}  {entry['path']}  ({FILE}:{line}){fate}"))
        if proposal.size:
            out.print(clean(f"      {proposal.size}", 200))
    for refusal in found.proposals.refusals:
        error(ManifestError(refusal.what, where=refusal.reference.place, cure=refusal.cure), stream)
    for row, correction in found.misspelled.items():
        named, meant = row.reference, correction.written
        fix = command("assetgen refs --fix {place}", place=named.place)
        if correction.moved:
            was = f"{row.resolution.path} was moved to {correction.moved}"
            out.print(clean(f"left  {named.place}: {named.raw}: {was}"))
            show_cure(advice("{fix} (writes the new path, if the page can name it)", fix=fix), out)
            continue
        out.print(clean(f"left  {named.place}: {named.raw} looks like a misspelling of {meant}"))
        cure = advice("{fix} (writes that)", fix=fix)
        if meant.lower() != named.raw.lower():  # else it would be a second image of that name
            add = command("assetgen refs --add {place}", place=named.place)
            cure = advice("{cure}, or to add an image: {add}", cure=cure, add=add)
        show_cure(cure, out)
    for row, main in found.variants.items():
        out.print(
            clean(
                f"left  {row.reference.place}: {row.reference.raw} looks like a variant of {main}"
            )
        )
        out.print(
            clean(
                "        add to that asset: "
                'variants = { widths = [640, 1200], formats = ["avif", "webp"] }'
            )
        )
    if not (
        found.proposals.proposals or found.proposals.refusals or found.misspelled or found.variants
    ):
        out.print("nothing to add: every image in the pages exists, or is in assets.toml already")
    if found.added.ids:
        if found.proposals.remarks:
            out.print(f"drafts: their comments in {FILE} say what to write before you remove draft")
        ids = found.added.ids if len(found.added.ids) <= MOST else ()
        out.print(clean(f"next: review {FILE}, then {' '.join(('assetgen generate', *ids))}"))


def _kind_of(entry: Mapping[str, Any]) -> str:
    layout = entry.get("values", {}).get("layout")
    return f"{entry['kind']}/{layout}" if layout else str(entry["kind"])


def added_json(found: AddedImages) -> dict[str, Any]:
    """The same as data."""
    return {
        "added": [
            {
                **one.entry,
                "line": found.added.lines.get(str(one.entry["id"])),
                "guess": one.guess or None,
            }
            for one in found.proposals.proposals
        ],
        "refused": [
            {
                "file": one.reference.file,
                "line": one.reference.line,
                "what": one.what,
                "cure": str(one.cure),
            }
            for one in found.proposals.refusals
        ],
        "slips": [
            {
                "file": row.reference.file,
                "line": row.reference.line,
                "raw": row.reference.raw,
                "meant": one.written,
                "moved": one.moved,
            }
            for row, one in found.misspelled.items()
        ],
        "variants": [
            {
                "file": row.reference.file,
                "line": row.reference.line,
                "raw": row.reference.raw,
                "of": main,
            }
            for row, main in found.variants.items()
        ],
        "outside": list(found.outside),
    }


def fixed(found: Fixed, stream: IO[str], add: Cure) -> None:
    """Print what was written into pages, and what is left to their authors.

    ``add`` stages the pages.
    """
    out = console(stream)
    for problem in found.done:
        wrote = re.sub("^writes ", "wrote ", str(problem.remark or ""))
        out.print(clean(f"fixed  {problem.path}:{problem.line}: {problem.code}: {wrote}"))
    for problem in found.left:
        out.print(clean(f"left   {problem.path}:{problem.line}: {problem.code}: {problem.message}"))
        show_cure(problem.cure(), out)
    if not found.done and not found.left:
        out.print("nothing to fix: pages, manifest and files agree")
    if found.pages:
        out.print(f"next: {add}")


def fixed_json(found: Fixed) -> dict[str, Any]:
    """The same as data."""
    return {
        "mended": list(map(problem_json, found.done)),
        "left": list(map(problem_json, found.left)),
    }


def pasted(done: Pasted, stream: IO[str], add: Cure) -> None:
    """Print what was appended to a page, which ``add`` stages."""
    made = done.inserted
    if not made.is_new:
        stream.write(clean(f"nothing to do: {done.page}:{made.line} shows it already") + "\n")
        return
    stream.write(clean(f"wrote {done.page}:{made.line}") + "\n")
    for line in (*made.imports, *made.markup.split("\n")):
        stream.write(f"  {clean(line, len(line))}\n")
    stream.write(f"next: {add}\n")


def pasted_json(asset_id: str, done: Pasted) -> dict[str, Any]:
    """The same as data."""
    made = done.inserted
    text = "\n".join([*made.imports, *([""] if made.imports else []), made.markup])
    return {
        "id": asset_id,
        "for": made.form,
        "snippet": text,
        "page": done.page,
        "line": made.line,
        "written": made.is_new,
    }


def problem_json(problem: PageProblem) -> dict[str, Any]:
    """One problem as data."""
    return {
        "path": problem.path,
        "line": problem.line,
        "col": problem.col,
        "code": problem.code,
        "message": problem.message,
        "cure": str(problem.cure()),
    }


# -- the typed module ------------------------------------------------------------------------------


def emitted(done: Emitted, stream: IO[str], errors: IO[str]) -> None:
    """Print what happened to the typed modules; on ``errors`` the images that they leave out."""
    for one in done.modules:
        held = count(one.assets, "picture")
        if one.path.endswith("/"):
            _emitted_folder(one.path, done, held, stream)
            continue
        changed = [path for path in done.changed if path in module_files(Module(one.path))]
        for path in changed:
            stream.write(clean(f"wrote {path} ({held})") + "\n")
        if not changed:
            stream.write(clean(f"{one.path} is up to date ({held})") + "\n")
    for path in done.schema:
        stream.write(f"wrote {path}\n")
    if not done.modules and not done.schema:
        stream.write(f"{SCHEMA} is up to date\n")
    for remark in done.remarks[:MOST]:
        fate = "is in it, but" if remark.is_in else "is left out:"
        errors.write(clean(f"warning: {remark.asset_id} {fate} {remark.why}") + "\n")
        errors.write(f"  cure: {remark.cure}\n")
    if len(done.remarks) > MOST:
        errors.write(f"... and {len(done.remarks) - MOST} more (--json lists them)\n")


def _emitted_folder(path: str, done: Emitted, held: str, stream: IO[str]) -> None:
    """What happened to the modules of pages, in one line."""
    number = sum(one.startswith(path) for one in done.changed)
    gone = sum(one.startswith(path) for one in done.removed)
    said = [f"wrote {count(number, 'file')}"] if number else []
    said += [f"removed {count(gone, 'file')}"] if gone else []
    if said:
        stream.write(clean(f"{' and '.join(said)} in {path} ({held})") + "\n")
    else:
        stream.write(clean(f"{path} is up to date ({held})") + "\n")


def emitted_json(done: Emitted) -> dict[str, Any]:
    """What happened to the typed modules, as data."""
    return {
        "path": done.modules[0].path if done.modules else None,
        "files": list(done.files),
        "changed": list(done.changed),
        **({"removed": list(done.removed)} if done.removed else {}),
        "assets": sum(one.assets for one in done.modules[:1]),
        "modules": [{"path": one.path, "assets": one.assets} for one in done.modules],
        "schema": list(done.schema),
        "warnings": [
            {"id": one.asset_id, "left_out": not one.is_in, "why": one.why, "cure": str(one.cure)}
            for one in done.remarks
        ],
    }


def as_data(row: ResolvedReference) -> dict[str, str | int | bool | None]:
    """A reference and its file, as data."""
    found, means = row.reference, row.resolution
    return {
        "file": found.file,
        "line": found.line,
        "col": found.col,
        "kind": found.kind,
        "raw": found.raw,
        "alt": found.alt,
        "alt_status": found.alt_status,
        "dynamic": found.dynamic,
        "resolution": means.how,
        "resolved": means.path,
        "exists": means.exists,
        "width": found.width,
        "height": found.height,
    }
