"""Placeholders: what fills them, what a brace is, and what is refused with which cure."""

from __future__ import annotations

import pytest

from assetgen.manifest import parse, placeholders
from assetgen.plan.page import read, word

_POST = """---
title: Hello {x}
tags: [one, two]
credit:
  by: Ada
images: [{src: a.png}, b.png]
draft: true
---
"""
_PAGE = "content/blog/hello/index.mdx"


def _filled(text: str, page: str = _POST, path: str = _PAGE) -> str:
    found = read(page, path)
    return placeholders.filled(text, lambda name: word(found, path, name), str.upper)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Cover: {title}", "COVER: Hello {x}"),
        ("{tags} {slug}", "one, two hello"),
        ("{page.credit.by}, {page.images[0].src}, {page.images[1]}", "Ada, a.png, b.png"),
        ("a{page.none?}b", "AB"),
        ("{{title}} }}", "{TITLE} }"),
        ("{ title }", "Hello {x}"),
        ("${title}", "${TITLE}"),
    ],
)
def test_a_placeholder_is_filled_once_with_a_word_of_the_page(text: str, filled: str) -> None:
    assert _filled(text) == filled


@pytest.mark.parametrize(
    ("text", "name"),
    [("{date}", "date"), ("{page.credit}", "page.credit"), ("{page.images[9]}", "page.images[9]")],
)
def test_a_word_that_the_page_does_not_have_is_absent(text: str, name: str) -> None:
    with pytest.raises(placeholders.Absent, match=name.replace("[", r"\[")):
        _filled(text)


@pytest.mark.parametrize(
    ("path", "page", "slug"),
    [
        ("content/hello.en.md", _POST, "hello"),
        ("app/blog/[slug]/page.mdx", _POST, "[slug]"),
        ("index.md", _POST, "index"),
        ("a.md", "---\nslug: /blog/own/\n---\n", "own"),
    ],
)
def test_the_slug_is_the_last_part_of_the_url(path: str, page: str, slug: str) -> None:
    assert _filled("{slug}", page, path) == slug


@pytest.mark.parametrize(
    ("path", "page", "locale"),
    [
        ("content/de/blog/hello.md", _POST, "de"),
        ("i18n/pt-BR/docs/hello.md", _POST, "pt-BR"),
        ("content/de/hello.fr.md", _POST, "fr"),
        ("content/hello.md", "---\nlang: es-419\n---\n", "es-419"),
        ("content/blog/hello.md", _POST, ""),
    ],
)
def test_the_locale_is_that_of_the_page_of_its_name_or_of_a_folder(
    path: str, page: str, locale: str
) -> None:
    assert word(read(page, path), path, "locale") == locale


@pytest.mark.parametrize(
    ("text", "what", "cure"),
    [
        ("{titel}", "no placeholder {titel}", "for braces write {{titel}}"),
        ("{description?}", "no placeholder {description?}", "{page.KEY}"),
        ("{page.}", "no placeholder {page.}", "{title}"),
        ("{}", "no placeholder {}", "{{}}"),
        ("a } b", "a single }", "for a brace write }}"),
        ("a { b", "a single {", "for a brace write {{"),
    ],
)
def test_what_is_no_placeholder_is_refused(text: str, what: str, cure: str) -> None:
    wrong = placeholders.problem(text, placeholders.OF_PAGE, ["page."])
    assert wrong is not None
    assert what in wrong[0]
    assert cure in str(wrong[1])
    entry = '[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a.png"\nfrom = "a.md"\n'
    [fault] = parse.read(f'{entry}alt = "{text}"\n'.encode()).faults
    assert fault.key == ("asset", 0, "alt")


def test_escaped_text_is_left_as_it_is() -> None:
    text = "a {title} } {{"
    assert placeholders.filled(placeholders.escaped(text), lambda _: "") == text
    assert placeholders.problem(placeholders.escaped(text), ()) is None
