"""A typed module in parts: one file for each page, and an index that loads them as needed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256

from assetgen.escapes import script
from assetgen.manifest.schema import Module
from assetgen.pages import module_entries
from assetgen.pages.module_entries import IGNORE, Entry

_LONGEST = 60
_BY_PAGE = """\
/** The images of the page with this path from the project; undefined if it has none. */
export async function byPage(path: string): Promise<PageAssets | undefined> {
  const load = modules.get(path.replace(/^(?:@site\\/|\\.?\\/)/, ""));
  return load && (await load()).assets;
}
"""


def place(module: Module, page: str) -> str:
    """The file with the images of a page: a name of its own, even where case does not count."""
    plain = re.sub(r"[^a-z0-9]+", "-", page.rpartition(".")[0].lower()).strip("-")[-_LONGEST:]
    digest = sha256(page.encode()).hexdigest()[:6]
    name = "-".join(filter(None, (plain.strip("-"), digest)))
    return f"{module.path}{name}.ts"


def index(module: Module) -> str:
    """The file with the function that finds the others."""
    return f"{module.path}index.ts"


def texts(module: Module, pages: Mapping[str, Mapping[str, Entry]]) -> Mapping[str, str]:
    """The text of each file, without its first lines; ``pages`` has the entries of each page."""
    entries = [one for page in pages.values() for one in page.values()]
    found = {index(module): _index(module, pages, module_entries.types(entries))}
    for page, own in pages.items():
        data = module_entries.literal(dict(own), "")
        said = f"{IGNORE}export const assets = {data} as const satisfies Record<string, Asset>;\n"
        found[place(module, page)] = f'import type {{ Asset }} from "./index";\n\n{said}'
    return found


def _index(module: Module, pages: Iterable[str], types: str) -> str:
    names = ((page, place(module, page).removeprefix(module.path)) for page in sorted(pages))
    loads = (
        f"  [{script(page)}, () => import({script('./' + name.removesuffix('.ts'))})],\n"
        for page, name in names
    )
    load = f"{IGNORE}type Load = () => Promise<{{ readonly assets: PageAssets }}>;\n"
    parts = (
        types,
        f"{IGNORE}export type PageAssets = {{ readonly [id: string]: Asset }};\n",
        load,
        f"{IGNORE}const modules = new Map<string, Load>([\n{''.join(loads)}]);\n",
        _BY_PAGE,
    )
    return "\n".join(parts)
