"""A log of paid requests that lost what it had: nothing is bought, and the cure works."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from assetgen.errors import StorageError
from assetgen.fs import home
from assetgen.paid import journal
from assetgen.paid.log_file import NAME
from tests.support.place import Place
from tests.support.provider import Provider
from tests.support.shop import Shop
from tests.support.vendor import encoded, picture_reply


def _changed(sql: str) -> Callable[[Path], None]:
    def change(log: Path) -> None:
        with closing(sqlite3.connect(log)) as db:
            db.executescript(sql)

    return change


def _folder(log: Path) -> None:
    log.unlink()
    log.mkdir()


_LOST: dict[str, Callable[[Path], object]] = {
    "emptied": lambda log: log.write_bytes(b""),
    "removed": lambda log: log.unlink(),
    "garbage": lambda log: log.write_bytes(os.urandom(8192)),
    "half": lambda log: os.truncate(log, log.stat().st_size // 2),
    "a folder": _folder,
    "without a table": _changed("DROP TABLE entry"),
    "without tables": _changed("DROP TABLE entry; DROP TABLE checkout"),
    "without its entry": _changed("DELETE FROM entry"),
}


@pytest.mark.parametrize("harm", _LOST)
def test_a_lost_log_is_refused_until_the_user_begins_a_new_one(bare: Place, harm: str) -> None:
    log = journal.Journal(bare.root, lambda: "")
    number = log.sent("w", "a", "images", "openai-api", "o", {}).number
    log.file(number).write_bytes(b"{}")
    log.close()
    file = home.of(bare.root).path / NAME
    _LOST[harm](file)
    for read in (lambda root: journal.Journal(root, lambda: ""), journal.read_open):
        with pytest.raises(StorageError, match="damaged") as refused:
            read(bare.root)
        assert "assetgen doctor --keep-log" in str(refused.value.cure)
        assert ("nothing was sent" in refused.value.what) == (read is not journal.read_open)
    kept = journal.keep(bare.root)
    is_whole = harm == "without its entry"
    assert kept.is_new != is_whole
    aside = list(file.parent.glob(f"damaged-*-{NAME}"))
    assert [Path(path).name for path in kept.damaged] == [path.name for path in aside]
    again = journal.Journal(bare.root, lambda: "")
    assert again.open() == []
    again.close()
    strays = [reply.name for reply in (file.parent / home.REPLIES).iterdir()]
    assert len(strays) == 1 and strays[0].startswith("stray-")


def test_a_log_of_a_later_version_is_refused_and_stays(bare: Place) -> None:
    journal.Journal(bare.root, lambda: "").close()
    _changed("PRAGMA user_version = 99")(home.of(bare.root).path / NAME)
    for use in (journal.keep, journal.read_open, lambda root: journal.Journal(root, lambda: "")):
        with pytest.raises(StorageError, match="later version"):
            use(bare.root)


def test_the_reply_of_a_lost_log_is_adopted_and_not_bought_again(bare: Place) -> None:
    with Provider() as vendor:
        shop = Shop(bare, vendor)
        shop.wants("a")
        journal.Journal(bare.root, lambda: "").close()
        bare.write(".assetgen/cache/replies/1", picture_reply(encoded("PNG"))[0])
        refused = bare.run("generate")
        assert refused.code == 9 and "replies/1 belongs to an entry" in refused.err, refused.err
        assert bare.ok("doctor", "--keep-log").out.startswith("kept ")
        said = bare.run("doctor").out
        adopt = re.search(r"assetgen adopt ID ([^\s,]+)", said)
        assert adopt, said
        bare.ok("adopt", "a", adopt[1])
        shop.generate()
        assert vendor.billed == 0 and bare.has("public/a.png")
        (home.of(bare.root).path / NAME).write_bytes(b"no log" * 1000)
        told = bare.ok("doctor", "--keep-log").out
        assert re.match(r"began a new log \S+; the damaged one is \S+/damaged-\w+-", told), told
