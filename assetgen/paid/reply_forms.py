"""The strict forms of the replies of providers, and how JSON is read into them. Pure."""

from __future__ import annotations

from typing import Any

import msgspec


class Unreadable(ValueError):
    """The bytes are not a reply of the expected kind; the text says why."""

    def __init__(self, what: str, *, is_cut_short: bool = False, is_whole: bool = False) -> None:
        super().__init__(what)
        self.is_cut_short = is_cut_short
        """Whether the end of a reply is missing."""
        self.is_whole = is_whole
        """Whether it is complete JSON, so that fetching it again would give the same."""


# Only images and ids have strict types: no odd field beside them may lose a paid image.


class Datum(msgspec.Struct, frozen=True):
    """One image of a reply of the Images API."""

    b64_json: bytes | None = None  # msgspec decodes base64 in the same pass
    url: str | None = None
    revised_prompt: Any = None


class ImagesReply(msgspec.Struct, frozen=True):
    """A reply of the Images API."""

    data: list[Datum] | None = None
    usage: msgspec.Raw = msgspec.Raw()
    model: Any = None
    created: Any = None
    error: Any = None


class Item(msgspec.Struct, frozen=True):
    """One item of a response."""

    type: str = ""
    status: str | None = None
    result: bytes | None = None
    revised_prompt: Any = None
    error: Any = None


class Response(msgspec.Struct, frozen=True):
    """A reply of the Responses API."""

    id: str | None = None
    status: str | None = None
    model: Any = None
    created_at: Any = None
    output: list[Item] = []
    error: Any = None
    incomplete_details: Any = None
    usage: msgspec.Raw = msgspec.Raw()
    tool_usage: msgspec.Raw = msgspec.Raw()


class Event(msgspec.Struct, frozen=True):
    """One event of a stream."""

    type: str = ""
    b64_json: bytes | None = None
    partial_image_b64: bytes | None = None
    usage: msgspec.Raw = msgspec.Raw()
    created_at: Any = None
    created: Any = None
    """OpenRouter's name for it."""
    response: msgspec.Raw = msgspec.Raw()
    item: Item | None = None
    error: Any = None
    code: Any = None
    message: Any = None


class Kind(msgspec.Struct, frozen=True):
    """The type of an event."""

    type: str = ""


# Built here, in one thread: msgspec crashes where threads build the form of one class at once.
for _form in (ImagesReply, Response, Event, Kind):
    msgspec.json.Decoder(_form)


def decoded(data: bytes | msgspec.Raw, form: type[Any]) -> Any:
    """``data`` as one of the forms. Raises Unreadable."""
    try:
        return msgspec.json.decode(data, type=form)
    except msgspec.ValidationError as exc:
        what = f"the reply does not have the expected structure: {exc}".replace("`", "'")
        raise Unreadable(what, is_whole=True) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as exc:
        first = bytes(data[:40]).lstrip()[:1] if isinstance(data, bytes) else b""
        if isinstance(data, bytes) and not data.strip():
            raise Unreadable("the reply is empty") from None
        what = "the reply is HTML" if first == b"<" else f"the reply is not JSON ({exc})"
        is_cut_short = first == b"{" and "truncated" in str(exc)
        raise Unreadable(what, is_cut_short=is_cut_short) from None
