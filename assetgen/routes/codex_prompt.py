"""What Codex is asked for: the instructions for its agent, and the prompt for its image tool."""

from __future__ import annotations

import math

from assetgen.plan.wish import Wish


def brief(wish: Wish) -> str:
    """The instructions for the agent: one call of its image tool, with exactly this prompt."""
    transparent = "true" if wish.intent.background == "transparent" else "false"
    references = ""
    if wish.asset.inputs:
        references = " Use the attached images as its references (num_last_images_to_include)."
        if style := sum(one.get("role") == "style" for one in wish.intent.inputs):
            last = "The last of them is a" if style == 1 else f"The last {style} of them are"
            references += f" {last} reference{'s' * (style > 1)} for the style only."
    return (
        "Call the built-in image generation tool exactly once, with exactly the prompt between "
        f"the lines of dashes, and transparent_background={transparent}.{references} Run no "
        "commands, write no files, do not draw with code, do not call the tool again, whatever it "
        "answers. Then answer with the one word: done.\n"
        f"----------\n{prompt(wish)}\n----------\n"
    )


def prompt(wish: Wish) -> str:
    """The prompt of the wish, with the shape in words, since the tool accepts no size."""
    return f"{wish.intent.prompt}\n\n{_shape(wish)}".strip()


def _shape(wish: Wish) -> str:
    fit = wish.asset.fit
    size = f"{fit.width}x{fit.height}" if fit else wish.intent.size
    if size == "auto":
        return ""
    width, height = (int(side) for side in size.split("x"))
    if width == height:
        return "Square format."
    form = "Landscape" if width > height else "Portrait"
    common = math.gcd(width, height)
    ratio = (
        f"{width // common}:{height // common}"
        if max(width, height) // common <= 40
        else f"{width / height:.2f}:1"
    )
    return f"{form} format, aspect ratio {ratio}."
