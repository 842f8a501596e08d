"""Who the user is, as git knows them."""

from __future__ import annotations

import os
import re

from assetgen.cure import command
from assetgen.errors import GitError
from assetgen.fs.git import Repository
from assetgen.gitenv import NO_GUESS

# Name, address, seconds and time zone, as git prints them.
_IDENT = re.compile(r"(.+) <([^<>]+)> \d+ [+-]\d{4}")


def identity(repository: Repository) -> tuple[str, str]:
    """Name and e-mail address of the author of commits. Raises GitError if none was configured."""
    ended = repository.git.ask("var", "GIT_AUTHOR_IDENT", settings=NO_GUESS)
    said = os.fsdecode(ended.out).strip("\n") if ended.status == 0 else ""
    found = _IDENT.fullmatch(said.encode("utf-8", "replace").decode())
    if found is None:
        raise GitError(
            "git does not know your name, so an approval would be no one's",
            cure=command('git config user.name "You" && git config user.email you@example.org'),
        )
    return found[1], found[2]
