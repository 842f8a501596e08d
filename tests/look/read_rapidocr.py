"""Reads images with RapidOCR, in its own environment: a JSON list of paths in, the lines out."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from rapidocr import RapidOCR

logging.disable(logging.CRITICAL)
_ONE_THREAD = {
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Global.use_cls": False,
}


def main() -> None:
    """Answer each line of stdin until it ends."""
    reader = RapidOCR(params=_ONE_THREAD)
    for asked in sys.stdin:
        wanted = json.loads(asked)
        print(json.dumps([_read(reader, path, wanted["mode"]) for path in wanted["paths"]]))
        sys.stdout.flush()


def _read(reader: RapidOCR, path: str, mode: str) -> list[dict[str, Any]]:
    if mode == "line":
        found = reader(path, use_det=False)
        return [{"text": text, "box": None} for text in found.txts or ()]
    found = reader(path, use_det=True, use_rec=True)
    lines = []
    for box, text in zip(found.boxes if found.txts else (), found.txts or (), strict=True):
        xs, ys = [float(x) for x, _ in box], [float(y) for _, y in box]
        lines.append({"text": text, "box": [min(xs), min(ys), max(xs), max(ys)]})
    return lines


main()
