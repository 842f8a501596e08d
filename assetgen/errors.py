"""Every failure that assetgen can name, as a tree; the class decides the exit code.

AssetgenError
├── ManifestError       2   assets.toml (or an input that it names) is not usable
├── AccountError        3   key, quota, credit, organisation: only the account's owner can fix it
├── UnsupportedOption   4   the route does not support an option
├── RoutingError        5   the provider, its channel or its address
├── ModerationError     6   the provider's safety system refused the request
├── BusyError           7   a rate limit, or another run has the lock
├── TemplateError       8   a template, its values, a font
├── StorageError        9   reading, writing, or a file that must not be replaced
├── GitError           10   git failed, or an operation such as a merge is in progress
├── TrustError         11   only the user may allow it: an origin, a budget
└── UnknownOutcome     12   a paid request without a reply: it may have been billed
"""

from __future__ import annotations

TYPE_CHECKING = False  # --version would load typing for this alone
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from assetgen.cure import Cure


class AssetgenError(Exception):
    """A failure: what happened, where, and the command or edit that fixes it."""

    exit_code = 1
    mistakes: Sequence[Mistake] = ()
    """Every mistake in assets.toml, in the order of the file, if that is what failed."""
    others = 0
    """How many mistakes assets.toml has besides, which did not matter for what was asked."""

    def __init__(self, what: str, *, where: str | None = None, cure: Cure | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.cure = cure

    def about(self, asset_id: str, place: str | None = None) -> Self:
        """The same failure about one asset; its id fills the blank ID of the cure.

        ``place`` is where the asset is defined. The place is never repeated.
        """
        asset, known = f"asset {asset_id}", self.where or ""
        where = place or asset
        if asset in known.split(", "):
            where = known if ":" in known else max(where, known, key=len)  # it knows the line
        elif known and not where.startswith(known):
            where = f"{where}, {known}"
        cure = self.cure.filled(ID=asset_id) if self.cure else None
        return type(self)(self.what, where=where, cure=cure)


class Mistake:
    """One mistake in assets.toml, as a value; ``error`` is what it is raised as if it is alone.

    ``key`` is its key, such as ("asset", 2, "fit", "width"). ``where`` is assets.toml:LINE:COL and
    the asset. ``line`` and ``col`` start at 1 and are None if the file has no such place.
    """

    __slots__ = ("col", "cure", "error", "key", "line", "what", "where")

    def __init__(
        self,
        what: str,
        *,
        where: str,
        cure: Cure | None,
        key: tuple[str | int, ...],
        error: type[AssetgenError],
        line: int | None,
        col: int | None,
    ) -> None:
        self.error = error
        self.key = key
        self.what = what
        self.where = where
        self.line = line
        self.col = col
        self.cure = cure


class ManifestError(AssetgenError):
    exit_code = 2


class AccountError(AssetgenError):
    exit_code = 3


class UnsupportedOption(AssetgenError):
    exit_code = 4


class RoutingError(AssetgenError):
    exit_code = 5


class ModerationError(AssetgenError):
    exit_code = 6


class BusyError(AssetgenError):
    exit_code = 7


class TemplateError(AssetgenError):
    exit_code = 8


class StorageError(AssetgenError):
    exit_code = 9


class GitError(AssetgenError):
    exit_code = 10


class TrustError(AssetgenError):
    exit_code = 11


class UnknownOutcome(AssetgenError):
    exit_code = 12


def refusal(mistakes: Sequence[Mistake], *, others: int = 0) -> AssetgenError:
    """One error for all ``mistakes``: the first about trust, otherwise the first."""
    chief = next((one for one in mistakes if one.error is TrustError), mistakes[0])
    error = chief.error(chief.what, where=chief.where, cure=chief.cure)
    error.mistakes, error.others = tuple(mistakes), others
    return error


INTERRUPTED = 130
#: The exit code that a shell reports if the reader of a pipe is gone: 128 + SIGPIPE.
UNREAD = 141
