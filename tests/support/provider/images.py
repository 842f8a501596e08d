"""Image requests: allowed keys, costs in tokens, and the replies of the Images API."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from typing import Any

from PIL import Image

from tests.support.provider.faults import (
    INVALID,
    USER,
    Refusal,
    Refused,
    invalid,
    no_such_model,
    opaque_only,
    user_error,
)
from tests.support.provider.pictures import Picture

# id -> (created, shutdown date); what is not here "does not exist"
IMAGE_MODELS: dict[str, tuple[int, str | None]] = {
    "gpt-image-1.5": (1764547200, "2026-12-01"),
    "gpt-image-1-mini": (1759276800, "2026-12-01"),
    "chatgpt-image-latest": (1764547200, "2026-12-01"),
    "gpt-image-2": (1776729600, None),
    "gpt-image-2-2026-04-21": (1776729600, None),
    "gpt-image-2.5-sunburst": (1788825600, None),
    "gpt-image-2.5-sunburst-2026-09-08": (1788825600, None),
    "gpt-image-2.5-flare": (1788825600, None),
    "gpt-image-2.5-flare-2026-09-08": (1788825600, None),
    "gpt-image-2.6-sunburst": (1793750400, None),
    "gpt-image-2.6-flare": (1793750400, None),
}
TEXT_MODELS: dict[str, tuple[int, str | None]] = {
    "gpt-5": (1754438400, "2026-12-11"),
    "gpt-5-mini": (1754438400, "2026-12-11"),
    "gpt-5-nano": (1754438400, "2026-12-11"),
    "gpt-5.5": (1776902400, None),
    "gpt-5.5-2026-04-23": (1776902400, None),
    "gpt-6.1-sol": (1790000000, None),
    "gpt-6.1-terra": (1790000000, None),
}
COMMON = {
    "background",
    "complexity",
    "frame_count",
    "frame_duration_ms",
    "model",
    "moderation",
    "n",
    "output_compression",
    "output_format",
    "partial_images",
    "prompt",
    "quality",
    "safety_identifier",
    "size",
    "stream",
    "svg",
    "user",
}
EDIT = COMMON | {"image", "image[]", "images", "input_fidelity", "mask", "markup"}
TOOL = COMMON - {"n", "prompt", "stream", "user", "safety_identifier"} | {
    "type",
    "action",
    "input_fidelity",
    "input_image_mask",
}
NUMBERS = ("n", "output_compression", "partial_images", "frame_count", "frame_duration_ms")
RANGES = {"n": (1, 10), "output_compression": (0, 100), "partial_images": (0, 3)}
OLD_SIZES = ("1024x1024", "1024x1536", "1536x1024")
OLD_TOKENS = {
    "low": dict(zip(OLD_SIZES, (272, 408, 400), strict=True)),
    "medium": dict(zip(OLD_SIZES, (1056, 1584, 1568), strict=True)),
    "high": dict(zip(OLD_SIZES, (4160, 6240, 6208), strict=True)),
}
TYPES = {
    bool: "a boolean",
    int: "an integer",
    float: "a decimal number",
    dict: "an object",
    list: "an array",
}


@dataclass(frozen=True)
class Job:
    """A valid request: the images to generate."""

    model: str
    prompt: str
    size: tuple[int, int]
    quality: str
    form: str
    alpha: bool
    n: int
    partials: int
    stream: bool
    inputs: tuple[tuple[int, int], ...] = ()
    by_url: bool = False

    @property
    def size_text(self) -> str:
        return f"{self.size[0]}x{self.size[1]}"

    @property
    def background(self) -> str:
        return "transparent" if self.alpha else "opaque"

    def usage(self, pictures: int, partials: int = 0) -> dict[str, Any]:
        """The token counts that the reply states."""
        text = len(self.prompt) // 4 + 7
        image = sum(min(1536, -(-width // 32) * -(-height // 32)) for width, height in self.inputs)
        output = pictures * tokens(self.model, self.quality, *self.size) + 100 * partials
        return {
            "input_tokens": text + image,
            "input_tokens_details": {"image_tokens": image, "text_tokens": text},
            "output_tokens": output,
            "output_tokens_details": {"image_tokens": output, "text_tokens": 0},
            "total_tokens": text + image + output,
        }


def is_old(model: str) -> bool:
    return model.startswith(("gpt-image-1", "chatgpt-image"))


def tokens(model: str, quality: str, width: int, height: int) -> int:
    """Output tokens of one picture."""
    if is_old(model):
        return OLD_TOKENS[quality].get(f"{width}x{height}", 1056)
    long, short = max(width, height), min(width, height)
    grain = {"low": 16, "medium": 48, "high": 96, "xhigh": 72, "max": 96}[quality]
    if "-2." in model:
        grain = {"low": 16, "medium": 32, "high": 48, "xhigh": 72, "max": 96}[quality]
    steps = (2 * grain * short + long) // (2 * long)
    return -(-grain * steps * (2_000_000 + width * height) // 4_000_000)


def check(
    asked: dict[str, Any], known: set[str], kind: str, *, models: list[str], transparent_ok: bool
) -> Job:
    """Let a request through, or refuse it: model, unknown keys, prompt, images, n, then the rest.

    Raises Refused.
    """
    tool = kind == "tool"
    _model(asked, models, tool)
    model = asked["model"]
    for key in asked:
        if key not in known:
            name = f"tools[0].{key}" if tool else key
            raise Refused(invalid("unknown_parameter", f"Unknown parameter: '{name}'.", name))
    if not tool:
        _prompt(asked.get("prompt"))
    inputs = _images(asked) if kind == "edit" else ()
    given = {key: value for key, value in asked.items() if value is not None}
    for key in ("n", *NUMBERS):
        if key in given:
            _number(key, given[key], tool)
    where = "tools" if tool else None
    old = is_old(model)
    quality = _one_of(given, "quality", "auto", _qualities(model), where)
    form = _one_of(given, "output_format", "png", _formats(model), where)
    background = _one_of(given, "background", "auto", ("transparent", "opaque", "auto"), where)
    _one_of(given, "moderation", "auto", ("low", "auto"), where)
    if "input_fidelity" in given and not old:
        text = f"The model '{model}' does not support the 'input_fidelity' parameter."
        raise Refused(user_error("invalid_input_fidelity_model", text, where or "input_fidelity"))
    for key in ("complexity", "frame_count", "frame_duration_ms", "svg"):
        if key in given and "-2.6-" not in model:
            text = f"The '{key}' parameter is not supported for this model."
            raise Refused(user_error("invalid_value", text, where or key))
    size = _size(given.get("size", "auto"), old, where)
    if background == "transparent":
        _transparent(model, form, transparent_ok, where)
    return Job(
        model=model,
        prompt=str(asked.get("prompt", "")),
        size=size,
        quality="medium" if quality == "auto" else quality,
        form=form,
        alpha=background == "transparent",
        n=int(given.get("n", 1)),
        partials=int(given.get("partial_images", 0)),
        stream=given.get("stream") in (True, "true", "True", "1"),
        inputs=inputs,
    )


def _model(asked: dict[str, Any], models: list[str], tool: bool) -> None:
    if asked.get("model") is None:
        if tool:
            asked["model"] = "gpt-image-2.6-sunburst"
            return
        raise Refused(
            invalid("missing_required_parameter", "Missing required parameter: 'model'.", "model")
        )
    if not isinstance(asked["model"], str):
        raise Refused(_type("model", "a string", asked["model"]))
    if asked["model"] not in models:
        refusal = no_such_model(asked["model"])
        raise Refused(user_error("invalid_value", refusal.message, "tools") if tool else refusal)


def _prompt(prompt: Any) -> None:
    if prompt is None:
        raise Refused(
            invalid("missing_required_parameter", "Missing required parameter: 'prompt'.", "prompt")
        )
    if not isinstance(prompt, str):
        raise Refused(_type("prompt", "a string", prompt))
    if not prompt:
        text = "Invalid 'prompt': empty string. Expected a string with minimum length 1, "
        text += "but got an empty string instead."
        raise Refused(invalid("empty_string", text, "prompt"))
    if len(prompt) > 32_000:
        text = (
            "Invalid 'prompt': string too long. Expected a string with maximum length 32000, "
            f"but got a string with length {len(prompt)} instead."
        )
        raise Refused(invalid("string_above_max_length", text, "prompt"))


def _images(asked: dict[str, Any]) -> tuple[tuple[int, int], ...]:
    """The sizes of the input pictures of an edit, from a form's files or from JSON."""
    given = asked.get("image") or asked.get("image[]") or asked.get("images")
    if not given:
        raise Refused(
            invalid("missing_required_parameter", "Missing required parameter: 'image'.", "image")
        )
    if len(given) > 16:
        text = (
            "Invalid 'image': array too long. Expected an array with maximum length 16, "
            f"but got an array with length {len(given)} instead."
        )
        raise Refused(invalid("array_above_max_length", text, "image"))
    sizes = tuple(_input(image, number) for number, image in enumerate(given, 1))
    if asked.get("mask"):
        _mask(asked["mask"], sizes[0])
    return sizes


def _input(image: Any, number: int) -> tuple[int, int]:
    if isinstance(image, dict):
        data = from_data_url(image.get("image_url"))
        if data is None:
            return (1024, 1024)  # a file id or a foreign URL: not fetched
        image = ("image", "", "image/png", data)
    _, _, kind, data = image
    if kind not in ("image/png", "image/jpeg", "image/webp"):
        text = (
            f"Invalid file 'image': unsupported mimetype ('{kind}'). "
            "Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'."
        )
        raise Refused(Refusal(400, INVALID, "unsupported_file_mimetype", text, "image"))
    try:
        with Image.open(io.BytesIO(data)) as opened:
            return opened.size
    except (OSError, ValueError):
        text = f"Invalid image file or mode for image {number}, please check your image file."
        raise Refused(user_error("invalid_image_file", text, "image")) from None


def _mask(mask: Any, size: tuple[int, int]) -> None:
    data = from_data_url(mask[0].get("image_url")) if isinstance(mask[0], dict) else mask[0][3]
    if data is None:
        return
    bad = "Invalid mask image format - "
    try:
        with Image.open(io.BytesIO(data)) as opened:
            found, form, mode = opened.size, opened.format, opened.mode
    except (OSError, ValueError):
        raise Refused(user_error("invalid_image_file", bad + "not an image.", "mask")) from None
    if found != size:
        raise Refused(
            user_error(
                "invalid_mask_image_format", bad + "mask size does not match image size.", "mask"
            )
        )
    if form != "PNG" or "A" not in mode:
        raise Refused(
            user_error("invalid_mask_image_format", bad + "mask has no alpha channel.", "mask")
        )


def from_data_url(url: Any) -> bytes | None:
    """The bytes of a data: URL, or None for any other."""
    if isinstance(url, str) and url.startswith("data:"):
        return base64.b64decode(url.partition(",")[2])
    return None


def _type(key: str, wanted: str, value: Any) -> Refusal:
    got = TYPES.get(type(value), "a string")
    return invalid(
        "invalid_type", f"Invalid type for '{key}': expected {wanted}, but got {got} instead.", key
    )


def _number(key: str, value: Any, tool: bool) -> None:
    name = f"tools[0].{key}" if tool else key
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(_type(name, "an integer", value))
    low, high = RANGES.get(key, (1, 10_000))
    if value < low:
        text = f"Invalid '{name}': integer below minimum value. Expected a value >= {low}, "
        text += f"but got {value} instead."
        raise Refused(invalid("integer_below_min_value", text, name))
    if value > high:
        text = f"Invalid '{name}': integer above maximum value. Expected a value <= {high}, "
        text += f"but got {value} instead."
        raise Refused(invalid("integer_above_max_value", text, name))


def _qualities(model: str) -> tuple[str, ...]:
    return ("low", "medium", "high", *(("xhigh", "max") if "-2." in model else ()), "auto")


def _formats(model: str) -> tuple[str, ...]:
    return ("png", "jpeg", "webp", *(("gif", "svg") if "-2.6-" in model else ()))


def _one_of(
    given: dict[str, Any], key: str, default: str, allowed: tuple[str, ...], where: str | None
) -> str:
    value = given.get(key, default)
    if value in allowed:
        return str(value)
    names = ", ".join(f"'{name}'" for name in allowed[:-1]) + f", and '{allowed[-1]}'"
    text = f"Invalid value: '{value}'. Supported values are: {names}."
    raise Refused(invalid("invalid_value", text, where or key))


def _size(text: Any, old: bool, where: str | None) -> tuple[int, int]:
    if text == "auto":
        return (1024, 1024)
    if old:
        _one_of({"size": text}, "size", "auto", (*OLD_SIZES, "auto"), where)
    found = re.fullmatch(r"([1-9]\d{0,5})x([1-9]\d{0,5})", str(text))
    reason = "Expected WIDTHxHEIGHT or 'auto'."
    if found:
        width, height = int(found[1]), int(found[2])
        long, short = max(width, height), min(width, height)
        if width % 16 or height % 16:
            reason = "Width and height must both be divisible by 16."
        elif long > 3840:
            reason = "The longest edge must be less than or equal to 3840."
        elif long > 3 * short:
            reason = "The aspect ratio must be less than or equal to 3:1."
        elif width * height < 655_360:
            reason = "Requested resolution is below the current minimum pixel budget."
        elif width * height > 8_294_400:
            reason = "Requested resolution is above the current maximum pixel budget."
        else:
            return (width, height)
    raise Refused(user_error("invalid_value", f"Invalid size '{text}'. {reason}", where or "size"))


def _transparent(model: str, form: str, allowed: bool, where: str | None) -> None:
    if model.startswith("gpt-image-2") and "-2." not in model and not allowed:
        raise Refused(opaque_only(where or "background"))
    if form == "jpeg":
        text = "Transparent background is not supported for output format 'jpeg'."
        raise Refused(Refusal(400, USER, "invalid_value", text, where or "background"))


def asked_by(
    json: dict[str, Any] | None, fields: dict[str, list[str]], files: list[Any]
) -> dict[str, Any]:
    """The keys of a request, whichever form it came in."""
    if json is not None:
        named = dict(json)
        if isinstance(named.get("mask"), dict):
            named["mask"] = [named["mask"]]
        return named
    asked: dict[str, Any] = {key: values[0] for key, values in fields.items()}
    for key in NUMBERS:
        if key in asked and re.fullmatch(r"-?\d+", asked[key]):
            asked[key] = int(asked[key])
    for part in files:
        asked.setdefault(part[0], []).append(part)
    return asked


def document(job: Job, pictures: list[Picture], created: int) -> dict[str, Any]:
    """The reply: no id and no model."""
    return {
        "created": created,
        "background": job.background,
        "data": [{"b64_json": picture} for picture in pictures],
        "output_format": job.form,
        "quality": job.quality,
        "size": job.size_text,
        "usage": job.usage(len(pictures)),
    }


def stream(
    job: Job, kind: str, pictures: list[Picture], partial: Picture, created: int
) -> list[dict[str, Any]]:
    """The events of a streamed reply."""
    name = "image_edit" if kind == "edit" else "image_generation"
    said = {
        "background": job.background,
        "created_at": created,
        "output_format": job.form,
        "quality": job.quality,
        "size": job.size_text,
    }
    out: list[dict[str, Any]] = []
    for index in range(job.partials):
        partly = {
            "type": f"{name}.partial_image",
            "b64_json": partial,
            "partial_image_index": index,
        }
        out.append(partly | said)
    usage = job.usage(1, job.partials)
    usage.pop("output_tokens_details")
    for picture in pictures:
        out.append({"type": f"{name}.completed", "b64_json": picture, **said, "usage": usage})
    return out
