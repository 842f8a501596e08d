"""A review that is under way: the last look at the project, and a new one when files change."""

from __future__ import annotations

import time
from pathlib import Path
from threading import RLock

from msgspec import Struct

from assetgen.errors import AssetgenError, GitError
from assetgen.fs.git import Repository
from assetgen.review import earlier
from assetgen.review.facts import Detail, Earlier, Listing
from assetgen.review.pictures import Pictures
from assetgen.review.reading import Reading
from assetgen.review.stamps import Stamps
from assetgen.review.thumbnails import Thumbnails
from assetgen.settings.conditions import Conditions

# Looking for changes takes at most this part of the time.
_SHARE = 20
_OFTEN = 0.5


class Progress(Struct, frozen=True):
    """What the action that is under way is at, with the last preview."""

    words: str
    picture: str | None = None


class Review:
    """One project under review. Its methods may be called from several threads."""

    def __init__(self, root: Path, conditions: Conditions) -> None:
        """Look at the project. Raises AssetgenError for a mistake in the manifest."""
        self.root = root
        self.conditions = conditions
        self._lock = RLock()
        self._repository = Repository.open(root, conditions.environ)
        self.pictures = Pictures(root, self._blob)
        self.thumbnails = Thumbnails(conditions.environ)
        self._problem: str | None = None
        self.progress: Progress | None = None
        """What the action that is under way is at; None if there is none."""
        self.revision = 1
        self._is_surveyed = False
        self.reading = Reading(root, conditions, self.pictures)
        self._stamp()

    def _stamp(self) -> None:
        begun = time.monotonic()
        self._stamps = Stamps(self.root, self.reading.files(), self.reading.folders)
        self._pause(begun)

    def _pause(self, begun: float) -> None:
        now = time.monotonic()
        self._next = now + max(_OFTEN, _SHARE * (now - begun))

    def _blob(self, blob: str) -> bytes | None:
        with self._lock:
            if self._repository is None:
                return None
            return self._repository.blob_below(blob, 64 * 1024 * 1024)

    # -- what is shown -----------------------------------------------------------------------------

    def listing(self) -> Listing:
        """Every image, and whether what is shown is up to date."""
        with self._lock:
            return Listing(
                project=self.root.name,
                revision=self.revision,
                has_git=self._repository is not None,
                surveyed=self._is_surveyed,
                assets=self.reading.summaries,
                problem=self._problem,
            )

    def detail(self, asset_id: str) -> Detail:
        """Everything about one image. Raises KeyError for an unknown id, StorageError."""
        with self._lock:
            return self.reading.detail(asset_id)

    def since(self, name: str) -> Earlier:
        """The images that differ from the commit ``name``. Raises GitError."""
        with self._lock:
            if self._repository is None:
                raise GitError("this project is not in a git repository")
            assets = self.reading.project.manifest.asset
            here = {one.path for one in assets if self.reading.picture(one.id)}
            return earlier.since(self._repository, name, assets, self.pictures, here)

    def thumbnail(self, picture: str) -> bytes:
        """The small form of a picture. Raises StorageError."""
        return self.thumbnails.make(picture, lambda: self.pictures.read(picture))

    # -- changes -----------------------------------------------------------------------------------

    def survey(self) -> None:
        """Read the pages, once for each look at the project; the page is told."""
        with self._lock:
            if not self._is_surveyed:
                assert self.reading.uses is not None
                self._is_surveyed = True
                self.revision += 1
                self._stamp()

    def look(self) -> int:
        """Look at the project again if its files changed. Returns the number of the last look."""
        with self._lock:
            if time.monotonic() < self._next:
                return self.revision
            begun = time.monotonic()
            if not self._stamps.are_other():
                self._pause(begun)
                return self.revision
            self.again()
            return self.revision

    def again(self) -> None:
        """Look at the project again."""
        with self._lock:
            try:
                reading = Reading(self.root, self.conditions, self.pictures)
                if self._is_surveyed:
                    assert reading.uses is not None
            except AssetgenError as exc:
                where = f"{exc.where}: " if exc.where else ""
                self._problem = f"{where}{exc.what}"
            else:
                self.reading, self._problem = reading, None
            self.revision += 1
            self._stamp()

    def close(self) -> None:
        """End the process of git that is kept open."""
        with self._lock:
            if self._repository is not None:
                self._repository.close()
