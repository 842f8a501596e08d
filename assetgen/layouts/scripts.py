"""What scripts need that the engine does not know: direction, breaks, line height, emoji.

Sources: Unicode 17 (UAX 9, 14 and 29, UTS 51) and, for words, the dictionaries of ICU.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Where a line may break without a sign, and marks of direction that draw nothing.
BREAK, LEFT_TO_RIGHT, RIGHT_TO_LEFT = "\u200b", "\u200e", "\u200f"
LEFT_ISOLATE, END = "\u2066", "\u2069"
#: A line end that the author wrote, and a place for a hyphen.
LINE_END, SOFT_HYPHEN = "\u2028", "\u00ad"
#: Begins a text whose lines the engine would break too late, see ``needs_measuring``.
MEASURED = "\ue000"

# -- emoji -----------------------------------------------------------------------------------------

_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe"
    "\u2600-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_TONE = "[\U0001f3fb-\U0001f3ff]"
_ONE = rf"(?:{_PICTURE}(?:\ufe0f{_TONE}?|{_TONE}\ufe0f?)?(?:[\U000e0020-\U000e007e]+\U000e007f)?)"
#: A sign that is asked for as an emoji: by a selector, a tone, a joiner, tags, or as a keycap.
EMOJI = re.compile(
    rf"[0-9#*]\ufe0f?\u20e3|{_ONE}(?:\u200d{_ONE})+"
    rf"|{_PICTURE}(?:\ufe0f{_TONE}?|{_TONE}\ufe0f?)(?:[\U000e0020-\U000e007e]+\U000e007f)?"
    rf"|{_PICTURE}[\U000e0020-\U000e007e]+\U000e007f"
)
#: Signs that are emoji without being asked; some text fonts have a plainer form.
EMOJI_ALWAYS = re.compile(
    "[\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1"
    "\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705"
    "\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50"
    "\u2b55\U0001f004\U0001f0cf\U0001f18e\U0001f191-\U0001f19a\U0001f201\U0001f21a\U0001f22f"
    "\U0001f232-\U0001f236\U0001f238-\U0001f23a\U0001f250\U0001f251](?!\ufe0e)"
)

# -- direction -------------------------------------------------------------------------------------

# Words of the other direction with signs at their ends: the signs would go to the other side.
_SIGNED = re.compile(
    r"(?<![^\s(\[«„“\"'\-\u05be])(?:[a-z]+://\S*[^\s.,;:!?)\]]"
    r"|(?:[.@#$~/][A-Za-z][\w./@\u2060-]*|[A-Za-z][\w.]*[+#]+)(?:\s\d[\d.]*)?(?<![.,])"
    r"|[+\-−±]\d[\d.,]*(?<![.,])\s?%?|\d[\d.,]*(?<![.,])\s?[°%]C?)"
    r"(?![^\s.,;:!?)\]»“”\"'])"
)


def letters(text: str) -> tuple[int, int]:
    """How many letters of a text are written to the right, and how many to the left."""
    kinds = [unicodedata.bidirectional(char) for char in text]
    return kinds.count("L"), sum(kind in ("R", "AL") for kind in kinds)


def begins_right(text: str) -> bool:
    """Whether the first letter of a text is written from right to left."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("L", "R", "AL"):
            return kind != "L"
    return False


def with_signs(text: str) -> str:
    """``text`` in which words and numbers of the other direction keep the signs at their ends."""

    def kept(match: re.Match[str]) -> str:
        joined = re.sub(r"\s", "\u00a0", match[0])
        return f"{LEFT_ISOLATE}{joined}{END}"

    return _SIGNED.sub(kept, text)


def base_mark(text: str) -> str:
    """The mark that gives each line of a paragraph the direction of the whole; "" if none does."""
    if not letters(text)[1]:
        return ""
    return RIGHT_TO_LEFT if text[:1] == RIGHT_TO_LEFT or begins_right(text) else LEFT_TO_RIGHT


# -- words -----------------------------------------------------------------------------------------

_BY_DICTIONARY = (  # scripts that put no blanks between words, and the language of the dictionary
    (re.compile("[\u0e00-\u0e7f]+"), "th"),
    (re.compile("[\u0e80-\u0eff]+"), "lo"),
    (re.compile("[\u1780-\u17ff\u19e0-\u19ff]+"), "km"),
    (re.compile("[\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff]+"), "my"),
)
_HANS = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_KANAS = "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
_EASTERN = f"{_HANS}{_KANAS}{_HANGUL}"
_HAN, _KANA = re.compile(f"[{_HANS}]"), re.compile(f"[{_KANAS}]")
#: Texts whose lines break only where this module says so.
KEPT_WORDS = re.compile(f"[{_EASTERN}\u3001-\u303f\uff01-\uff65]")


def has_words(text: str) -> bool:
    """Whether a text has words that no blanks divide, or blanks that alone divide them."""
    return bool(KEPT_WORDS.search(text)) or any(chars.search(text) for chars, _ in _BY_DICTIONARY)


# Common characters that only one of the two ways of writing Chinese has.
_TRADITIONAL = re.compile(
    "[這國說時會們個無與為學體發點過還對開關長門來從後東車書見話語電頭樣經網買賣]"
)
_SIMPLIFIED = re.compile(
    "[这国说时会们个无与为学体发点过还对开关长门来从后东车书见话语电头样经网买卖]"
)


def region(text: str) -> str:
    """Whose forms of Chinese characters a text is written with: JP, KR, SC or TC; "" for none."""
    if text.isascii():
        return ""
    if _KANA.search(text):
        return "JP"
    if re.search(f"[{_HANGUL}]", text):
        return "KR"
    if not KEPT_WORDS.search(text):
        return ""
    return "TC" if len(_TRADITIONAL.findall(text)) > len(_SIMPLIFIED.findall(text)) else "SC"


_ENTITY = re.compile("&[#0-9A-Za-z]{1,32};")


@lru_cache(maxsize=1024)
def with_breaks(text: str, *, loosely: bool = False) -> str:
    """HTML ``text`` with a break between words that have no blanks between them.

    ``loosely``: wherever the rules of the script allow it, for words longer than a line.
    """
    ends = set()
    for pattern, language in _BY_DICTIONARY:
        for run in pattern.finditer(text):
            ends |= {run.start() + end for end in _lines(run[0], language)}
    if KEPT_WORDS.search(text):
        allowed = _loose(text) if loosely else _between_words(text)
        near = (end for end in allowed if KEPT_WORDS.search(text[max(end - 1, 0) : end + 1]))
        ends |= set(near)
    for entity in _ENTITY.finditer(text):
        ends -= set(range(entity.start() + 1, entity.end()))
    parts = []
    start = 0
    for end in sorted(ends - {0, len(text)}):
        if not (text[end - 1].isspace() or text[end].isspace()):
            parts.append(text[start:end])
            start = end
    return BREAK.join((*parts, text[start:]))


def _lines(text: str, locale: str) -> set[int]:
    from icu4py.breakers import LineBreaker

    ends = {end for _, end in LineBreaker(text, locale).segments()}
    for word in _THAI_WORDS.finditer(text) if locale == "th" else ():
        ends -= set(range(word.start() + 1, word.end()))
    return ends


# Words that the dictionary of ICU takes for two, and the sign of repetition, which ends a word.
_THAI_WORDS = re.compile(
    "ที่(?:นี่|นั่น|นั้น|โน่น|ไหน|ใด|สุด)|อะไร|เท่า(?:ไหร่|ไร|นั้น|นี้)|เมื่อ(?:ไหร่|ไร)|อย่าง(?:ไร|นี้|นั้น)|[\u0e01-\u0e4e]\u0e46"
)


def _between_words(text: str) -> set[int]:
    """Japanese between phrases, Chinese between words, Korean at blanks only."""
    from icu4py.breakers import WordBreaker

    if _KANA.search(text):
        return _lines(text, "ja@lb=strict;lw=phrase")
    if not _HAN.search(text):
        return set()
    words = {end for _, end in WordBreaker(text, "zh").segments()}
    return _lines(text, "zh@lb=strict") & words


def _loose(text: str) -> set[int]:
    return _lines(text, "ja@lb=strict" if _KANA.search(text) else "ko@lb=strict")


# -- height ----------------------------------------------------------------------------------------

#: The lowest line, in ems, in which the marks of a script do not touch those of the next.
_HEIGHTS = (
    ("\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefe", 1.4),  # Arabic
    ("\u0591-\u05c7", 1.3),  # the points of Hebrew
    ("\u0700-\u074f\u0780-\u07bf", 1.4),
    ("\u0900-\u097f\ua8e0-\ua8ff", 1.4),  # Devanagari
    ("\u0980-\u0a7f", 1.4),  # Bengali, Gurmukhi
    ("\u0a80-\u0aff", 1.4),
    ("\u0b00-\u0b7f", 1.5),
    ("\u0b80-\u0bff", 1.35),  # Tamil
    ("\u0c00-\u0d7f", 1.55),  # Telugu, Kannada, Malayalam
    ("\u0d80-\u0dff", 1.4),
    ("\u0e00-\u0eff", 1.45),  # Thai, Lao
    ("\u0f00-\u0fff", 1.7),  # Tibetan
    ("\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff", 1.75),  # Burmese
    ("\u1780-\u17ff", 1.75),  # Khmer
    (_EASTERN, 1.2),
)
_LOW = tuple((re.compile(f"[{chars}]"), high) for chars, high in _HEIGHTS)
#: Letters that a font joins or stacks: a letter space would tear them.
_JOINED = re.compile(
    "[\u0600-\u109f\u1780-\u17ff\ua8e0-\ua8ff\uaa60-\uaa7f\ufb1d-\ufdff\ufe70-\ufefe]"
)
_STACK = 1.25


def line_height(text: str) -> float:
    """The lowest line of a text, in ems; 0 if any line does."""
    found = [high for chars, high in _LOW if chars.search(text)]
    if any(char > "\u00ff" for char in text) and _has_stack(text):
        found.append(_STACK)
    return max(found, default=0.0)


#: Whether a text may need anything of this module.
SPECIAL = re.compile(
    f"[{LINE_END}{SOFT_HYPHEN}{LEFT_TO_RIGHT}{RIGHT_TO_LEFT}\ufe0f\u20e3\u200d`\u0300-\u036f\u0590-\u109f\u1100-\u11ff"
    f"\u1780-\u17ff\u19e0-\u19ff\u1ea0-\u1eff\u231a-\u2bff\u2e80-\ufb00\ufb1d-\ufdff\ufe70-\uffef"
    "\U00010800-\U00010fff\U0001e800-\U0001efff\U0001f000-\U0003ffff]"
)


def leading(text: str, line: float) -> float:
    """How many times higher than ``line``, in ems, each line of ``text`` is; at least once."""
    return max(1.0, line_height(text) / line)


def _has_stack(text: str) -> bool:
    """Whether a letter carries two marks above one another, as in Vietnamese."""
    marks = 0
    for char in unicodedata.normalize("NFD", text):
        marks = marks + 1 if unicodedata.combining(char) == 230 else 0
        if marks == 2:
            return True
    return False


_STACKED = re.compile("[\u0900-\u0dff\u0f00-\u109f\u1780-\u17ff\ua8e0-\ua8ff\uaa60-\uaa7f]")


def needs_measuring(text: str) -> bool:
    """Whether the engine is wrong about the width of a line (blitz-py 0.5.0).

    It is with letters that are drawn in another order than written, as in Bengali and Burmese, and
    with a blank at the end of a line from right to left.
    """
    return bool(_STACKED.search(text)) or (" " in text.strip() and letters(text)[1] > 0)


def is_joined(text: str) -> bool:
    """Whether letter spacing would tear the text."""
    return bool(_JOINED.search(text))
