"""Images that pages show, that no asset lists, and that are heavier than max_kb of [check]."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.check.problem import PageProblem
from assetgen.check.surveyed import SurveyedPages
from assetgen.cure import advice
from assetgen.fs import weighing
from assetgen.manifest.key_types import KB
from assetgen.plan.weight import in_kb

#: What browsers show, also in formats that assetgen does not make.
_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".svg")


def problems(pages: SurveyedPages) -> Iterator[PageProblem]:
    """One for each image that is too heavy: no one but its author can make it lighter."""
    project, limit = pages.project, pages.project.manifest.check.max_kb
    if limit is None or project.manifest.check.too_heavy == "off":
        return
    for path in sorted(pages.shown()):
        is_image = path.lower().endswith(_ENDINGS)
        if not is_image or path in pages.owners or pages.is_ignored(path):
            continue
        size = weighing.weight(project.tree, path)
        if size is not None and size > limit * KB:
            yield PageProblem(
                code="too-heavy",
                message=f"has {in_kb(size)} kB; at most {limit:,} kB are allowed "
                "(max_kb of [check]), and a page shows it",
                path=path,
                line=None,
                remark=advice(
                    "save it smaller or in another format, or make an asset of it: "
                    "assetgen keeps what it makes below the limit"
                ),
            )
