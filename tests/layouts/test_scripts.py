"""scripts, type_rules: what a text needs, by its letters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assetgen.layouts import glue, kind, scripts, type_rules

_SH = "\u00ad"
_WORDS = {  # a text, and its words where no blank divides them
    "Thai": ("ย้ายระบบเดิม", ["ย้าย", "ระบบ", "เดิม"]),
    "Thai and English": ("ใช้ API ใหม่", ["ใช้ API ใหม่"]),
    "Lao": ("ພາສາລາວ", ["ພາສາ", "ລາວ"]),
    "Khmer": ("ភាសាខ្មែរជាភាសា", ["ភាសាខ្មែរ", "ជា", "ភាសា"]),
    "Burmese": ("မြန်မာဘာသာစကား", ["မြန်မာဘာသာ", "စကား"]),
    "Japanese": ("新しいアーキテクチャへの移行", ["新しい", "アーキテクチャへの", "移行"]),
    "kinsoku": ("データを、", ["データを、"]),
    "Chinese": ("迁移到架构。", ["迁移", "到", "架构。"]),
    "Korean": ("기존 시스템을", ["기존 시스템을"]),
    "English": ("event-driven", ["event-driven"]),
    "entity": ("a &amp; b&#39;漢字", ["a &amp; b&#39;", "漢字"]),
}


@pytest.mark.parametrize(("text", "words"), _WORDS.values(), ids=_WORDS)
def test_lines_break_between_words_of_scripts_without_blanks(text: str, words: list[str]) -> None:
    assert scripts.with_breaks(text).split(scripts.BREAK) == words


@pytest.mark.parametrize("word", ["ที่นี่", "ที่นั่น", "ที่ไหน", "เท่าไหร่", "ต่าง ๆ"])
def test_common_words_of_thai_are_not_divided(word: str) -> None:
    assert scripts.BREAK not in scripts.with_breaks(f"{word}")


def test_a_word_that_is_longer_than_a_line_breaks_where_its_script_allows_it() -> None:
    assert scripts.with_breaks("시스템을", loosely=True).split(scripts.BREAK) == list("시스템을")
    loose = scripts.with_breaks("データを、移行", loosely=True).split(scripts.BREAK)
    assert loose == ["デー", "タ", "を、", "移", "行"]


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("Größe Ågot", 0),
        ("Ελληνικά Русский", 0),
        ("שלום", 0),
        ("שָׁלוֹם", 1.3),
        ("Ế Ặ", 1.25),
        ("e\u0302\u0301", 1.25),
        ("漢字", 1.2),
        ("العربية", 1.4),
        ("ที่นี่", 1.45),
        ("ភាសា", 1.75),
        ("x ဘာသာ 漢", 1.75),
    ],
)
def test_a_line_is_as_high_as_the_marks_of_its_script_need(text: str, least: float) -> None:
    assert scripts.line_height(text) == least


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a ❤️ b", ["❤️"]),
        ("🏴‍☠️x", ["🏴‍☠️"]),
        ("👩🏽‍💻 👨‍👩‍👧‍👦", ["👩🏽‍💻", "👨‍👩‍👧‍👦"]),
        ("1️⃣ #⃣ 12", ["1️⃣", "#⃣"]),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", None),
        ("✌🏽☎︎", ["✌🏽"]),
        ("1 © # ☎ 2", []),
    ],
)
def test_a_sign_that_is_asked_for_as_an_emoji_is_found_whole(
    text: str, found: list[str] | None
) -> None:
    assert scripts.EMOJI.findall(text) == (found if found is not None else [text])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("כתוב ב C++ או C#.", ["C++", "C#"]),
        ("שפה (C++)!", ["C++"]),
        ("ירד -12.5% היום, 94 % אתמול", ["-12.5%", "94\u00a0%"]),
        ("ראו https://example.com/a/, תודה", ["https://example.com/a/"]),
        ("הכלי .NET ו-npm 3.1", [".NET"]),
        ("ב-C++ 20 ו-.NET?", ["C++\u00a020", ".NET"]),
    ],
)
def test_signs_stay_at_the_word_of_the_other_direction(text: str, kept: list[str]) -> None:
    found = scripts.with_signs(text).split(scripts.LEFT_ISOLATE)[1:]
    assert [one.partition(scripts.END)[0] for one in found] == kept


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("C++, C++17, C# and v2.0", ["C++,", "C++17,", "C#", "and", "v2.0"]),
        ("i-- or a->b", ["i--", "or", "a->b"]),
        ("10 % of 5 km in 3 days", ["10 %", "of", "5 km", "in", "3", "days"]),
        ("see src/pages/a.md or --all", ["see", "src/pages/a.md", "or", "--all"]),
        ("2023–2026 № 7 at 25 °C", ["2023–2026", "№ 7", "at", "25 °C"]),
        ("5 minutes, 10 seconds", ["5", "minutes,", "10", "seconds"]),
        ("12 € or 3 kB", ["12 €", "or", "3 kB"]),
    ],
)
def test_no_line_ends_between_a_sign_and_its_word(text: str, parts: list[str]) -> None:
    from icu4py.breakers import LineBreaker

    found = [part for part, _ in _segments(LineBreaker(glue.glued(text), "en"), glue.glued(text))]
    plain = [part.replace("\u2060", "").replace("\u00a0", " ").rstrip(" ") for part in found]
    assert plain == parts


def _segments(breaker: Any, text: str) -> Iterator[tuple[str, int]]:
    start = 0
    for _, end in breaker.segments():
        yield text[start:end], end
        start = end


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Plain – text", ""),
        ("日本語のグラフ", "JP"),
        ("한국어 漢字", "KR"),
        ("信号消失之前打开的地图", "SC"),
        ("尚無任何項目可以顯示", "TC"),
        ("שלום", ""),
    ],
)
def test_the_region_of_chinese_characters_is_that_of_the_text(text: str, region: str) -> None:
    assert scripts.region(text) == region


_RULES = {
    "Latin": ({"title": "Größe – “ok”, 10 things", "subtitle": "Русский"}, ""),
    "a unit": ({"title": "Größe: 5 km"}, "glue 1"),
    "a path": ({"title": "src/pages"}, "glue 1"),
    "an emoji": ({"title": "x 😀 ❤️"}, ""),
    "joined emoji": ({"title": "🏴‍☠️"}, "emoji 1"),
    "Hebrew": ({"author": "נועה", "title": "a"}, "direction 1"),
    "Thai": ({"title": "ไทย"}, "height 1, words 2"),
    "Vietnamese": ({"title": "Ế"}, "height 1"),
    "lines": ({"title": "a\nb"}, "lines 1"),
    "a line end at the end": ({"title": "a\n"}, ""),
    "soft hyphen": ({"title": f"a{_SH}b"}, "hyphens 1"),
    "code": ({"title": "the `plan`"}, "code 1"),
    "a name with backticks": ({"author": "`kim`", "title": "a"}, ""),
}


@pytest.mark.parametrize(("values", "rules"), _RULES.values(), ids=_RULES)
def test_only_images_that_a_rule_concerns_depend_on_it(
    values: dict[str, str], rules: str, tmp_path: Path
) -> None:
    cover = kind.find(tmp_path, "cover")
    assert type_rules.rules(cover, "split", cover.fill(values)) == rules


def test_an_emoji_of_a_badge_depends_on_the_rule_that_takes_its_box_away(tmp_path: Path) -> None:
    ui = kind.find(tmp_path, "ui")
    badges = ui.fill({"layout": "badges", "badges": [{"label": "❤️", "value": "3"}]})
    assert type_rules.rules(ui, "badges", badges) == "emoji 1"
