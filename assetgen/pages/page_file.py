"""Reads a page to edit it, and writes the result: the only code that changes pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assetgen.cure import Cure, advice
from assetgen.errors import StorageError
from assetgen.fs import paths, store
from assetgen.fs.tree import WorkTree
from assetgen.refs.scan.scan import MAX_BYTES


def read(tree: WorkTree, page: str) -> str:
    """The text of a page, with its byte order mark and line ends as they are.

    ``write`` then notices a change of the file. Raises StorageError for a link, a file that is not
    UTF-8, and one of more than ``MAX_BYTES`` bytes.
    """
    paths.refuse_links(tree.root, page)
    tree.digest(page)  # before the bytes are read, so that a later change shows
    data = paths.read_own(tree.root, page, StorageError, MAX_BYTES)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise StorageError(
            f"{page} is not UTF-8", where=page, cure=advice("save it as UTF-8")
        ) from None


def write(tree: WorkTree, texts: Mapping[str, str], *, again: Callable[[str], Cure]) -> None:
    """Write the text of each page, in one step for each; ``again`` is a page's command to repeat.

    Raises StorageError, and writes nothing, if one of them has changed since it was read.
    """
    for page in texts:
        if tree.changed_since(page):
            raise StorageError(
                "the page changed while assetgen was reading it; nothing was written",
                where=page,
                cure=again(page),
            )
    for page, text in texts.items():
        store.write(tree.root, page, text.encode())
