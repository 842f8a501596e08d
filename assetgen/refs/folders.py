"""Paths below the folders of a repository, as text; none leaves the repository."""

from __future__ import annotations


def joined(folder: str, path: str) -> str | None:
    """``path`` below ``folder``, without ``.`` and ``..``; None if it leaves the repository."""
    parts = folder.split("/") if folder else []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part and part != ".":
            parts.append(part)
    return "/".join(parts)


def below(folder: str, path: str) -> str:
    """``path``, which has no ``.`` and ``..``, in ``folder``; "" is the repository."""
    return f"{folder}/{path}" if folder else path


def clamped(folder: str, path: str) -> str:
    """``path`` as a browser reads it on a page in ``folder``: ``..`` stops at the root."""
    parts = folder.split("/") if folder else []
    for part in path.split("/"):
        if part == "..":
            if parts:
                parts.pop()
        elif part and part != ".":
            parts.append(part)
    return "/".join(parts)


def within(folder: str, path: str) -> str | None:
    """``path`` relative to ``folder``; None if it is not below it."""
    if not folder:
        return path
    return path[len(folder) + 1 :] if path.startswith(f"{folder}/") else None


def upwards(folder: str) -> list[str]:
    """``folder`` and every folder above it, the repository ("") last."""
    found = []
    while folder:
        found.append(folder)
        folder = folder.rpartition("/")[0]
    return [*found, ""]
