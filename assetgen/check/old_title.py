"""Alternative texts that repeat a title which the page no longer has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from assetgen.check.findings import Finding
from assetgen.cure import advice
from assetgen.manifest import placeholders
from assetgen.manifest.schema import FILE
from assetgen.plan.decide import Decision
from assetgen.plan.workspace import Workspace
from assetgen.text import brief


def findings(project: Workspace, decision: Decision) -> Iterator[Finding]:
    """The finding on the alternative text of a stale image, if it repeats an old title."""
    asset = decision.asset
    for old, new in _changed(project, decision):
        if old and old in asset.alt and new not in asset.alt:
            alt = placeholders.escaped(asset.alt).replace(placeholders.escaped(old), "{title}")
            yield Finding(
                path=FILE,
                code="old-title",
                message=f"{asset.id}: alt repeats {brief(old)}, and the title is {brief(new)} now",
                cure=advice("write alt = {alt}", alt=json.dumps(alt, ensure_ascii=False)),
                level="warning",
                line=project.line(asset.id, "alt"),
            )
            return


def _changed(project: Workspace, decision: Decision) -> Iterator[tuple[str, str]]:
    """The title that the page had, and the one that it has now."""
    page = decision.asset.page
    for one in decision.reasons if page else ():
        old, new = str(one.old or ""), str(one.new or "")
        if one.field == "values.title":
            yield old, new
        elif one.field == "prompt" and page:  # a painted image has its title only there
            title = str(project.page(page).stated().get("title", ""))
            yield _title_before(old, new, title), title


def _title_before(before: str, prompt: str, title: str) -> str:
    """What was in the prompt ``before`` where ``title`` is now; "" if more is different."""
    if not title or title not in prompt:
        return ""
    first, second, *rest = map(re.escape, prompt.split(title))
    whole = f"{first}(?P<title>.+){second}" + "".join(f"(?P=title){one}" for one in rest)
    found = re.fullmatch(whole, before, re.S)
    return found["title"] if found else ""
