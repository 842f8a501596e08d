"""The events of watch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from assetgen.cure import advice
from assetgen.report.text import MOST, console
from assetgen.text import clean


def _failures(event: Mapping[str, Any]) -> list[str]:
    """A line for each mistake in assets.toml, or one for another error."""
    lines = []
    for error in event.get("mistakes") or [event]:
        where = f"{error['where']}: " if error["where"] else ""
        cure = advice("; cure: {error}", error=error["cure"]) if error["cure"] else advice("")
        lines.append(f"failed  {where}{error['what']}{cure}")
    if more := event.get("more"):
        lines.append(f"failed  ... and {more} more")
    return lines


def watched(event: Mapping[str, Any], stream: IO[str]) -> None:
    """Print one event on one line."""
    match event["event"]:
        case "started":
            how = "; polling" if event["polling"] else ""
            then = "new images are committed" if event["commit"] else "nothing is committed"
            line = f"watching {', '.join(event['watching'])}{how}; nothing is bought, {then}"
            line += "; stop with Ctrl-C"
        case "made":
            kind = "draft" if event["draft"] else "made "
            line = f"{kind}  {event['id']}  {event['files'][0]}  {event['ms']} ms"
            line += "".join(f"; removed {path}" for path in event["removed"])
        case "would-cost":
            ids = ", ".join(event["ids"][:MOST])
            line = f"would cost  {ids}  {event['surface']}: {event['words']}"
            line += "; not bought; to buy: assetgen generate"
        case "failed":
            *before, line = _failures(event)
            for one in before:
                console(stream).print(clean(one))
        case "not-there":
            line = f"missing  {event['path']}:{event['line']}: {event['message']}"
            line += f"; cure: {event['cure']}"
        case "polling":
            line = f"note  {event['what']}; cure: {event['cure']}"
        case "waiting":
            line = f"waiting  {event['what']}"
        case "committed":
            line = f"committed as {event['commit']}"
        case "settled":
            line = "fixed: nothing fails any more"
        case _:
            line = str(event["event"])
    console(stream).print(clean(line))
    stream.flush()
