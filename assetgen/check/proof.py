"""check --rehash: what each record says of itself and of its files, worked out again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from assetgen.check.findings import Finding
from assetgen.cure import Cure
from assetgen.errors import AssetgenError, StorageError
from assetgen.fs import originals
from assetgen.image import ico, marking, xmp
from assetgen.paid import inputs
from assetgen.plan import record_cures
from assetgen.plan.workspace import Workspace
from assetgen.record import proof, proof_of_requests, record
from assetgen.record.intent import PARENT_ROLE
from assetgen.record.record import Record
from assetgen.record.schema import Original, Predicate, Statement

#: How many contradictions of one record are reported.
_MOST = 3


def findings(project: Workspace) -> Iterator[Finding]:
    """One finding for each record that is whole and contradicts itself or its files."""
    for asset_id in project.recorded.ids():
        (place, data), known = project.recorded.find(asset_id), project.record(asset_id)
        if data is None or not isinstance(known, Record):
            continue  # the finding of the record says so
        found = list(_contradictions(project, data))
        if found:
            more = f" (and {len(found) - _MOST} more)" if len(found) > _MOST else ""
            yield Finding(
                path=place,
                code="record",
                message=f"contradicts itself: {'; '.join(found[:_MOST])}{more}",
                cure=_settling(project, known),
            )


def _settling(project: Workspace, known: Record) -> Cure:
    """The command that settles that a record contradicts itself; it draws nothing that is paid."""
    asset = next((one for one in project.manifest.asset if one.id == known.asset_id), None)
    if asset is None:
        return record_cures.leaving(project.tree, known.path, known, ())
    return record_cures.replacing(
        project.tree, known.path, asset, lambda data: _proves(project, data, known.path)
    )


def _proves(project: Workspace, data: bytes, place: str) -> bool:
    """Whether a record agrees with itself and with the files that are there."""
    known = record.usable(data, place)
    if known is None:
        return False
    is_same = all(project.tree.digest(path) == made for path, made in known.subject.items())
    return is_same and not any(_contradictions(project, data))


def _contradictions(project: Workspace, data: bytes) -> Iterator[str]:
    whole = record.statement(data)
    try:
        stated = msgspec.convert(whole, Statement)
    except msgspec.ValidationError as exc:
        yield f"a part does not have its form: {exc}"
        return
    yield from proof.contradictions(whole, stated)
    yield from _of_files(project, stated)


def _of_files(project: Workspace, stated: Statement) -> Iterator[str]:
    """What the record says of its files and of the original, against their bytes."""
    observed = {one.path: one for one in stated.predicate.observed}
    files: list[bytes] = []
    for subject in stated.subject:
        data = project.tree.read(subject.name)
        if data is None or _sha(data) != subject.digest.sha256:
            continue  # missing, changed, or a Git LFS pointer: that is a finding of its own
        files.append(data)
        try:
            seen = ico.facts(data)
        except StorageError:
            yield f"{subject.name} is no picture"
            continue
        said = observed.get(subject.name)
        measured = (seen.format, seen.width, seen.height, seen.alpha)
        if said and said.bytes is not msgspec.UNSET and said.bytes != len(data):
            yield f"observed does not have the bytes of {subject.name}"
        if said and (said.format, said.width, said.height, said.alpha) != measured:
            yield f"observed does not have the size, format or alpha of {subject.name}"
    if len(files) == len(stated.subject):
        yield from _of_marking(stated, files)
    yield from _of_inputs(project, stated.predicate)
    if stated.predicate.original is not None:
        yield from _of_original(project, stated.predicate.original, files)


def _of_inputs(project: Workspace, predicate: Predicate) -> Iterator[str]:
    """Whether the images in the request are the inputs, as far as these are still there."""
    references = [one for one in predicate.inputs if one.get("role") != "mask"]
    sent = proof_of_requests.references(predicate)
    for given, digest in zip(references, sent, strict=False):
        path, wanted = str(given.get("path")), str(given.get("sha256"))
        if given.get("role") == PARENT_ROLE:
            path, data = "the image before the step", originals.read(project.root, wanted)
        else:
            data = None if path.startswith("@") else project.tree.read(path)
        if data is None or _sha(data) != wanted:
            continue
        try:
            known = inputs.of(data, path).digest
        except AssetgenError:
            continue
        if digest != known:
            yield f"request.body has another image than {path}"


def _of_marking(stated: Statement, files: list[bytes]) -> Iterator[str]:
    said = stated.predicate.marking
    if said.xmp != all(xmp.source_type(data) for data in files):
        yield "marking.xmp does not say whether the files have XMP with a source type"
    is_brought = stated.predicate.storage.reason in ("adopted", "accepted")
    written = {
        found
        for data in files
        if not xmp.has_credentials(data)
        and (found := _ours(data) if is_brought else xmp.source_type(data))
    }
    if written - {said.digital_source_type}:
        types = ", ".join(sorted(written))
        yield f"marking.digitalSourceType is not that in the XMP of the files ({types})"
    if (said.c2pa == "provider") != any(map(xmp.has_credentials, files)):
        yield "marking.c2pa does not say whether the files have Content Credentials"


def _ours(data: bytes) -> str | None:
    """The source type in a packet of assetgen."""
    found = xmp.OURS.search(data)
    return found[1].decode() if found else None


def _of_original(project: Workspace, said: Original, files: list[bytes]) -> Iterator[str]:
    """The original is in the cache, or a file is the original with a mark."""
    digest = said.digest.removeprefix("sha256:")
    bare = (one for data in files for one in (data, marking.unmarked(data)))
    data = next((one for one in bare if _sha(one) == digest), None)
    data = data or originals.read(project.root, digest)
    if data is None:
        alike = (one for one in files if f"image/{ico.facts(one).format}" == said.media_type)
        if any(len(marking.unmarked(one)) == said.bytes for one in alike):
            yield "original.digest is not that of the file without its mark"
        return
    seen = ico.facts(data)
    measured = (len(data), f"image/{seen.format}", seen.width, seen.height, seen.alpha)
    if (said.bytes, said.media_type, said.width, said.height, said.alpha) != measured:
        yield "original does not have the size, format or alpha of the original"
    if said.c2pa != xmp.credentials(data):
        yield "original.c2pa is not what the original's Content Credentials say"


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
