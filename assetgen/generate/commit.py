"""One commit of exactly what a run made. If git refuses, the files stay and the outcome says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from assetgen.cure import Cure, advice, command
from assetgen.errors import GitError
from assetgen.fs import commits, git_cures, store
from assetgen.fs.git import Repository
from assetgen.fs.held import Held
from assetgen.generate.outcome import Made, Outcome
from assetgen.plan import gitignore
from assetgen.record import baseline, batch_file, record


def commit(root: Path, environ: Mapping[str, str], outcome: Outcome) -> None:
    """Commit what was made, if the project is in a repository; a refusal is part of the outcome."""
    try:
        _refuse_in_hook(environ)
        begun = store.begun_commit(root)
        written_too = outcome.others_written or outcome.schema or outcome.module_gone
        if not (outcome.made or outcome.standing or written_too or begun):
            return
        repository = Repository.open(root, environ)
        if repository is None:
            outcome.has_no_repository = True
            return
        if begun:  # and killed
            commits.settle(repository, begun)
        seen = repository.status(_all_paths(outcome))
        made = [
            *outcome.made,
            *(one for one in outcome.standing if not seen.keys().isdisjoint(one.written)),
        ]
        others = [path for path in outcome.others_written if path in seen]
        others += [path for path in outcome.schema if "??" not in seen.get(path, ["??"])]
        gone = [path for path in outcome.module_gone if path in seen]
        if made or others or gone:
            removed = [*(path for one in made for path in one.removed), *gone]
            written = [*(path for one in made for path in one.written), *others]
            message = _message(root, made, others)
            store.note_commit(root, [*written, *removed])
            outcome.commit = commits.commit(repository, written, removed, message, seen=seen)
        store.note_commit(root, ())
    except GitError as exc:
        outcome.uncommitted = exc


def commit_removal(
    root: Path, environ: Mapping[str, str], ids: Sequence[str], paths: Sequence[str]
) -> str | None:
    """Commit that the files of ``ids`` were removed; None without a repository. Raises GitError."""
    subject = f"assetgen: remove {ids[0] if len(ids) == 1 else f'{len(ids)} pictures'}"
    trailers = [f"Assetgen-Removed: {asset_id}" for asset_id in ids]
    message = "\n".join([subject, "", *trailers, ""])
    return _commit_only(root, environ, message, removed=paths)


def commit_fonts(
    root: Path, environ: Mapping[str, str], names: Sequence[str], paths: Sequence[str]
) -> str | None:
    """Commit fonts that were installed; None without a repository. Raises GitError."""
    message = f"assetgen: add the fonts {', '.join(names)}\n"
    return _commit_only(root, environ, message, written=paths)


def commit_approvals(
    root: Path,
    environ: Mapping[str, str],
    verb: str,
    ids: Sequence[str],
    *,
    written: Sequence[str] = (),
    removed: Sequence[str] = (),
) -> str | None:
    """Commit that pictures were approved, or not any more ("approve", "revoke"). Raises GitError.

    None without a change.
    """
    subject = f"assetgen: {verb} {ids[0] if len(ids) == 1 else f'{len(ids)} pictures'}"
    name = {"approve": "Approved", "revoke": "Revoked"}[verb]
    trailers = [f"Assetgen-{name}: {asset_id}" for asset_id in ids]
    message = "\n".join([subject, "", *trailers, ""])
    return _commit_only(root, environ, message, written=written, removed=removed)


def _commit_only(
    root: Path,
    environ: Mapping[str, str],
    message: str,
    *,
    written: Sequence[str] = (),
    removed: Sequence[str] = (),
) -> str | None:
    """Commit nothing but these paths; None without a repository or a change. Raises GitError."""
    _refuse_in_hook(environ)
    repository = Repository.open(root, environ)
    if repository is None:
        return None
    seen = repository.status([*written, *removed])
    return commits.commit(repository, written, removed, message, seen=seen) if seen else None


def _refuse_in_hook(environ: Mapping[str, str]) -> None:
    if "GIT_INDEX_FILE" in environ:
        raise GitError(
            "this runs inside a git hook, where a second commit would break yours; "
            "nothing was committed",
            cure=advice("stage the pictures and their records, then commit again"),
        )


def leave(root: Path, environ: Mapping[str, str], outcome: Outcome, here: Path) -> None:
    """Set ``to_add`` to the ``git add`` line for the new files, as typed in ``here``.

    The user stages them.
    """
    try:
        if not (outcome.made or outcome.gitignore):
            return
        repository = Repository.open(root, environ, index_file=True)
        if repository is None:
            outcome.has_no_repository = True
            return
        written = [path for one in outcome.made for path in one.written]
        written += [baseline.FILE] if outcome.baseline else []
        written += [gitignore.FILE] if outcome.gitignore else []
        commits.refuse_ignored(repository, written)
        changed = repository.status(outcome.module) if outcome.module else {}
        written += [path for path in outcome.module if path in changed]
        left = [path for one in outcome.made for path in one.removed]
        removed = repository.tracked([*left, *outcome.module_gone])
        above = repository.prefix()
        # A hook runs at the top, but the user may have called git commit in a folder below: there,
        # ":/" is the top.
        is_at_top = not environ.get("GIT_PREFIX") and (here / above).resolve() == root
        place = above if is_at_top else f":/{above}"
        sparse, whole = git_cures.is_sparse(repository), [*written, *removed]
        whole = whole if sparse else git_cures.shorter(repository, whole)
        outcome.to_add = git_cures.staging([place + path for path in whole], needs_sparse=sparse)
    except GitError as exc:
        outcome.uncommitted = exc


def by_hand(outcome: Outcome, held: Held) -> Cure:
    """The command by which the user commits the pictures made, and what goes with them."""
    message = _subject([one.decision.asset.id for one in outcome.made])
    files = [path for one in outcome.made for path in (*one.written, *one.removed)]
    paths = [*files, *outcome.others_written]
    paths += [path for path in outcome.module_gone if path in held.index]
    add = git_cures.adding(held, paths)
    return command("{add} && git commit -m {message}", add=add, message=message)


def _all_paths(outcome: Outcome) -> list[str]:
    images = [*outcome.made, *outcome.standing]
    paths = [path for one in images for path in (*one.written, *one.removed)]
    return [*paths, *outcome.others_written, *outcome.schema, *outcome.module_gone]


def _subject(names: Sequence[str]) -> str:
    return f"assetgen: {names[0]}" if len(names) == 1 else f"assetgen: {len(names)} pictures"


def _message(root: Path, made: Sequence[Made], others: Sequence[str]) -> str:
    """Subject and trailers; the trailers are for `git log`, assetgen does not read them."""
    batches = [Path(path).stem for path in others if path.startswith(f"{batch_file.FOLDER}/")]
    sent = [f"batch {one}" for one in batches]
    names = [one.decision.asset.id for one in made] or sent[:1] or list(others[:1])
    subject = _subject(names)
    trailers = [f"Assetgen-Batch: {one}" for one in batches]
    for one in made:
        if one.candidates:
            trailers.append(f"Assetgen-Candidates: {one.decision.asset.id}")
            continue
        data = (root / one.record).read_bytes()
        known = record.read.__wrapped__(data, one.record)  # once each: none is kept
        trailers.append(f"Assetgen-Asset: {one.files[0]}")
        if known.request:
            trailers.append(f"Assetgen-Request: {known.request}")
        trailers.append(f"Assetgen-Route: {known.owner or 'unknown'}/{known.surface or 'unknown'}")
    return "\n".join([subject, *(["", *trailers] if trailers else []), ""])
