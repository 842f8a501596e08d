"""Images in chat completions, in the three forms that services use, and strict about fields."""

from __future__ import annotations

import base64
from typing import Any

from tests.support.provider.faults import Refused, invalid
from tests.support.provider.images import Job, from_data_url
from tests.support.provider.pictures import Picture

#: The fields that a chat completion takes here; everything else is refused.
FIELDS = {"model", "messages", "stream"}
#: Models that are only on the path of chats, and those that are only on that of images.
CHATS = {
    "vercel": ("google/gemini-3.1-flash-image",),
    "laozhang": ("gpt-4o-image", "sora_image"),
    "chat": ("gemini-3.1-flash-image", "gpt-image-2"),
}


def check(asked: dict[str, Any], profile: str) -> Job:
    """The job of a chat. Raises Refused."""
    known = FIELDS | ({"modalities"} if profile == "vercel" else set())
    for key in asked:
        if key not in known:
            raise Refused(invalid("unknown_parameter", f"Unknown parameter: '{key}'.", key))
    model = str(asked.get("model"))
    if model not in CHATS[profile]:
        text = f"Model '{model}' is not a language model; use /images/generations."
        raise Refused(invalid("model_not_found", text, "model"))
    [message] = asked["messages"]
    if set(message) != {"role", "content"} or message["role"] != "user":
        raise Refused(invalid("invalid_value", "Invalid value for 'messages'.", "messages"))
    prompt, inputs = message["content"], 0
    if isinstance(prompt, list):
        urls = [part["image_url"]["url"] for part in prompt if part["type"] == "image_url"]
        if not all(map(from_data_url, urls)):
            raise Refused(invalid("invalid_value", "Invalid image_url.", "messages"))
        inputs = len(urls)
        prompt = next(part["text"] for part in prompt if part["type"] == "text")
    if not prompt:
        raise Refused(invalid("empty_string", "Invalid 'messages': empty.", "messages"))
    return Job(model, prompt, (1024, 1024), "medium", "png", False, 1, 0, False, ((1, 1),) * inputs)


def document(
    profile: str, job: Job, pictures: list[Picture], links: list[str] | None, created: int
) -> dict[str, Any]:
    """The completion: images beside the words, or Markdown with addresses or data in them."""
    urls = links or [f"data:image/{job.form};base64,{_text(one)}" for one in pictures]
    message: dict[str, Any] = {"role": "assistant", "content": "Here is your image."}
    if profile == "vercel" and links is None:
        message["images"] = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    else:
        message["content"] += "".join(f"\n\n![image]({url})" for url in urls)
    usage = job.usage(len(pictures))
    return {
        "id": f"chatcmpl-{created}",
        "object": "chat.completion",
        "created": created,
        "model": job.model,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {
            "prompt_tokens": usage["input_tokens"],
            "completion_tokens": usage["output_tokens"],
            "total_tokens": usage["total_tokens"],
        },
    }


def _text(picture: Picture) -> str:
    text = b"".join(picture.text).decode()
    return text or base64.b64encode(picture.bytes).decode()
