"""What decides an image, and the digests of what is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

_PIXELS_OF_A_MODEL = 1536 * 1024
#: The role of the image that a step changes, among the inputs of an intent.
PARENT_ROLE = "parent"


class Intent(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that decides what the picture is. Only a change of this makes a picture stale."""

    kind: str
    medium: str
    prompt: str
    values: dict[str, Any]
    inputs: list[dict[str, Any]]
    mask: str | None
    model: str | None
    size: str
    quality: str | None
    background: str
    take: int
    template: str | None = None
    palette: list[str] | None = None
    font: str | None = None
    options: dict[str, Any] | None = None
    box: list[int] | None = None
    """The part that an edit may change: x, y, width, height in pixels of its input."""
    after: dict[str, Any] | None = None
    """The intent of the image that a refinement changes, without its digest."""

    @property
    def pixels(self) -> int:
        """The pixels of the picture, or how many to expect where the model decides its size."""
        width, _, height = self.size.partition("x")
        if width.isdigit() and height.isdigit():
            return int(width) * int(height)
        return _PIXELS_OF_A_MODEL

    def stated(self, prompts: str) -> dict[str, Any]:
        """The intent as a record states it, with its digest; ``prompts`` is "text" or "digest"."""
        stated: dict[str, Any] = msgspec.to_builtins(self)
        if prompts == "digest":
            stated = _without_prompts(stated)
        return {**stated, "digest": digest(stated)}

    @property
    def digests(self) -> tuple[str, ...]:
        """Its digests as records may have it: with the prompt, or with a digest of the prompt."""
        return tuple(self.stated(prompts)["digest"] for prompts in ("text", "digest"))

    def former_digest(self, path: str) -> str | None:
        """The digest that the intent of a step had when it named the ``path`` of the asset too.

        None for an image without steps.
        """
        if self.after is None:
            return None
        return digest(_rewritten(msgspec.to_builtins(self), lambda one: {**one, "path": path}))

    def changes(self, old: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
        """Each field that differs from a recorded intent, as (name, old, new)."""
        new: dict[str, Any] = msgspec.to_builtins(self)
        stated = str(old.get("prompt", ""))
        if stated.startswith("sha256:") and stated != self.prompt:
            new = _without_prompts(new)
        if old.get("digest") == digest(new):
            return []
        return list(changes({k: v for k, v in old.items() if k != "digest"}, new))


def current(intent: Mapping[str, Any]) -> Mapping[str, Any]:
    """A recorded intent in the form in which it is written now.

    The image before a step was named by the path of its asset too, which does not decide an image.
    """
    made = _rewritten(intent, lambda one: {k: v for k, v in one.items() if k != "path"})
    if made == intent or "digest" not in intent:
        return made
    return {**made, "digest": digest({k: v for k, v in made.items() if k != "digest"})}


def chain(intent: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The intents of a refined image, the last step first, and that before all steps at the end."""
    found = [intent]
    while isinstance(after := found[-1].get("after"), Mapping):
        found.append(after)
    return found


def of_steps(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, str | None, str | None]]:
    """In which steps two chains differ, in words; nothing if in none."""
    before, after = _steps_in_words(old), _steps_in_words(new)
    if before == after:
        return
    at = 0
    while before[at : at + 1] == after[at : at + 1]:
        at += 1
    yield "refine", "; ".join(before[at:]) or None, "; ".join(after[at:]) or None


def _steps_in_words(steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each step of a chain of intents, the first one first, as a reader knows it again."""
    found = []
    for step in reversed(steps[:-1]):
        where = f" in {step['box']}" if step.get("box") else ""
        where = " in a mask" if step.get("mask") else where
        found.append(f"{step.get('prompt')}{where}")
    return found


def _rewritten(
    intent: Mapping[str, Any], change: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """``intent`` with a ``change`` of the image that each step changes, among its inputs."""
    *steps, made = chain(intent)
    for step in reversed(steps):
        inputs = step.get("inputs")
        changed = [
            change(one) if isinstance(one, Mapping) and one.get("role") == PARENT_ROLE else one
            for one in (inputs if isinstance(inputs, list) else ())
        ]
        made = {**step, "inputs": changed if isinstance(inputs, list) else inputs, "after": made}
    return made


def _without_prompts(intent: dict[str, Any]) -> dict[str, Any]:
    """An intent with digests of its prompts."""
    prompt, after = intent["prompt"], intent.get("after")
    made = {**intent, "prompt": digest_text(prompt)} if prompt else dict(intent)
    return {**made, "after": _without_prompts(after)} if after else made


def changes(old: Any, new: Any, at: str = "") -> Any:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*new, *old)):
            yield from changes(old.get(key), new.get(key), f"{at}.{key}" if at else str(key))
    elif isinstance(old, list) and isinstance(new, list) and old and new and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from changes(before, after, f"{at}[{index}]")
    elif old != new:
        yield at, old, new


def canonical(value: Any) -> bytes:
    """RFC 8785 JSON of a value without floats and with names below U+D800, as in all records."""
    return msgspec.json.encode(value, order="sorted")


def digest(value: Any) -> str:
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()


def digest_text(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
