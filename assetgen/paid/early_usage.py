"""The usage in a plain reply of the Images API, before its images are decoded. Pure."""

from __future__ import annotations

import msgspec

from assetgen.paid import side_data
from assetgen.plan.routing import Answer

#: The fewest bytes of an image as base64, in its quotation marks.
_SHORTEST = 100
_QUOTE = ord('"')


class _Datum(msgspec.Struct, frozen=True):
    b64_json: msgspec.Raw = msgspec.Raw()


class _Reply(msgspec.Struct, frozen=True):
    data: list[_Datum] = []
    usage: msgspec.Raw = msgspec.Raw()


_FORM = msgspec.json.Decoder(_Reply)


def of_images(data: bytes) -> Answer | None:
    """The answer without its images; None unless each image is in the reply itself."""
    try:
        reply = _FORM.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    texts = [memoryview(datum.b64_json) for datum in reply.data]
    if not texts or not all(len(text) > _SHORTEST and text[0] == _QUOTE for text in texts):
        return None
    return Answer(usage=side_data.usage(reply.usage))
