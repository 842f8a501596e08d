"""OpenRouter's Images API: what each model takes, and the refusal of everything else."""

from __future__ import annotations

from typing import Any

from tests.support.provider.faults import Refused, invalid
from tests.support.provider.pictures import Picture

_RATIOS = ["1:1", "3:2", "2:3", "4:3", "3:4", "16:9", "9:16", "21:9", "auto"]
_PER_TOKEN = [
    {"billable": "input_image", "unit": "token", "cost_usd": 0.000008},
    {"billable": "input_text", "unit": "token", "cost_usd": 0.000005},
    {"billable": "output_image", "unit": "token", "cost_usd": 0.00003},
]


def _range(least: int, most: int) -> dict[str, Any]:
    return {"type": "range", "min": least, "max": most}


def _enum(*values: str) -> dict[str, Any]:
    return {"type": "enum", "values": list(values)}


def _endpoint(slug: str, takes: dict[str, Any], pricing: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "provider_name": slug.title(),
        "provider_slug": slug,
        "provider_tag": slug,
        "supported_parameters": takes,
        "allowed_passthrough_parameters": [],
        "supports_streaming": slug in ("openai", "azure"),
        "pricing": pricing,
    }


_OPENAI = {
    "aspect_ratio": _enum(*_RATIOS),
    "background": _enum("auto", "opaque"),
    "n": _range(1, 10),
    "input_references": _range(0, 16),
    "output_compression": _range(0, 100),
    "output_format": _enum("png", "jpeg", "webp"),
}
_QUALITIES = ("auto", "low", "medium", "high")
#: What GET /images/models/ID/endpoints answers, by model.
MODELS: dict[str, list[dict[str, Any]]] = {
    "openai/gpt-image-2": [
        _endpoint("openai", {**_OPENAI, "quality": _enum(*_QUALITIES)}, _PER_TOKEN),
        _endpoint("azure", {**_OPENAI, "quality": _enum(*_QUALITIES)}, _PER_TOKEN),
    ],
    "openai/gpt-image-2.6-sunburst": [
        _endpoint("openai", {**_OPENAI, "quality": _enum(*_QUALITIES, "xhigh", "max")}, _PER_TOKEN)
    ],
    "bytedance-seed/seedream-4.5": [
        _endpoint(
            "seed",
            {
                "resolution": _enum("1K", "2K", "4K"),
                "aspect_ratio": _enum(*_RATIOS[:-1]),
                "input_references": _range(0, 14),
                "seed": {"type": "boolean"},
            },
            [
                {"billable": "input_image", "unit": "image", "cost_usd": 0.003},
                {"billable": "output_image", "unit": "image", "cost_usd": 0.04, "variant": "1k"},
                {"billable": "output_image", "unit": "image", "cost_usd": 0.08, "variant": "4k"},
            ],
        )
    ],
    "recraft/recraft-v4.1": [
        _endpoint(
            "recraft",
            {
                "aspect_ratio": _enum("1:1", "4:3", "3:4", "16:9", "9:16", "auto"),
                "n": _range(1, 6),
                "input_references": _range(0, 1),
            },
            [{"billable": "output_image", "unit": "image", "cost_usd": 0.035}],
        )
    ],
    "their/own": [_endpoint("own", {"resolution": _enum("1K", "2K")}, [])],
    "sourceful/plain": [_endpoint("sourceful", {"seed": {"type": "boolean"}}, [])],
}
_ALWAYS = {"model", "prompt", "provider", "stream"}


def described(place: str) -> dict[str, Any] | None:
    """The answer to GET /images/models or one of its endpoints; None for an unknown model."""
    if place == "images/models":
        rows = [
            {"id": name, "supported_parameters": ends[0]["supported_parameters"]}
            for name, ends in MODELS.items()
        ]
        return {"data": rows}
    name = place.removeprefix("images/models/").removesuffix("/endpoints")
    return {"id": name, "endpoints": MODELS[name]} if name in MODELS else None


def check(asked: dict[str, Any]) -> None:
    """Refuse each field that the model, or the pinned channel, does not list. Raises Refused."""
    model = str(asked.get("model"))
    only = (asked.get("provider") or {}).get("only")
    ends = [one for one in MODELS.get(model, []) if not only or one["provider_slug"] in only]
    if not ends:
        raise Refused(invalid("model_not_found", f"No endpoints found for {model}.", "model"))
    takes = ends[0]["supported_parameters"]
    for key, value in asked.items():
        if key in _ALWAYS:
            continue
        form = takes.get(key)
        if form is None:
            text = f"Unsupported parameter: '{key}' is not supported by {model}."
            raise Refused(invalid("unsupported_parameter", text, key))
        if form["type"] == "enum" and value not in form["values"]:
            text = f"Invalid value for '{key}': {value!r}."
            raise Refused(invalid("invalid_value", text, key))


def streams(model: str) -> bool:
    """Whether a model sends previews; others ignore ``stream`` and answer at once."""
    return any(one["supports_streaming"] for one in MODELS[model])


def size(asked: dict[str, Any]) -> str:
    """Pixels for its resolution and aspect_ratio."""
    unit = {"1K": 1024, "2K": 2048, "4K": 2880}.get(str(asked.get("resolution", "1K")), 1024)
    ratio = str(asked.get("aspect_ratio", "1:1"))
    wide, high = (int(part) for part in (ratio if ":" in ratio else "1:1").split(":"))
    width = round(unit * (wide / high) ** 0.5 / 16) * 16
    return f"{width}x{round(unit * (high / wide) ** 0.5 / 16) * 16}"


def stream(
    pictures: list[Picture], partial: Picture, usage: dict[str, Any], created: int, form: str
) -> list[dict[str, Any]]:
    """The events of a streamed reply: two previews, then the image with its usage and price."""
    name = "image_generation"
    out: list[dict[str, Any]] = [
        {"type": f"{name}.partial_image", "b64_json": partial, "partial_image_index": index}
        for index in range(2)
    ]
    for picture in pictures:
        done = {"type": f"{name}.completed", "b64_json": picture, "created": created}
        out.append({**done, "media_type": f"image/{form}", "usage": usage})
    return out
