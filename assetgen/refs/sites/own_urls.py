"""Pages whose URL does not follow from their path: they or their folders state another."""

from __future__ import annotations

import re

from assetgen.refs.folders import below, upwards
from assetgen.refs.sites import literals
from assetgen.refs.sites.question import Question

_STATED = re.compile(r"^[ \t]*[\"']?(?:permalink|url|cascade)[\"']?[ \t]*[:=]", re.M)
_HEAD = 4000


def may_have(question: Question) -> bool:
    """Whether the page or the data of its folders may state its URL."""
    text = question.text or ""
    if _STATED.search(text[:_HEAD]):
        return True
    if question.site.framework == "hugo":
        return any(
            _is_stated(question, below(one, "_index.md")) for one in upwards(question.folder)
        )
    return any(
        _is_stated(question, below(folder, f"{folder.rpartition('/')[2]}{end}"))
        for folder in upwards(question.folder)
        for end in (".json", ".11tydata.json", ".11tydata.js", ".11tydata.cjs", ".11tydata.mjs")
    )


def _is_stated(question: Question, path: str) -> bool:
    found = literals.text_of(question.listing.read(path))
    return re.search(r"permalink|cascade", found) is not None
