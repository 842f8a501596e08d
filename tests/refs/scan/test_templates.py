"""Template languages: which paths are written as plain text in them, and where."""

from __future__ import annotations

import pytest

from assetgen.refs.scan.scan import find
from tests.support.scanning import kinds_and_targets

_A = [("jsx_attr", "/a.png")]
_AB = [("jsx_attr", "/a.png"), ("jsx_attr", "/b.png")]

_ATTRIBUTES = {
    # what is in src="", and what is found
    "{{ '/a.png' | url }}": _A,
    "{{- '/a.png' | relative_url -}}": _A,
    "{{ '/a.png'|url }}?v=1": _A,
    "{{ site.baseurl }}/a.png": _A,
    "{{ site.url }}{{ site.baseurl }}/a.png": _A,
    "{{ '/a.png' | prepend: site.baseurl }}": _A,
    "{{ url_for('static', filename='/a.png') }}": _A,
    "{{ cover or '/a.png' }}": _A,
    "{{ page.image | default: '/a.png' }}": _A,
    "{{ '/a.png' if dark else '/b.png' }}": _AB,
    "{% if dark %}/a.png{% else %}/b.png{% endif %}": _AB,
    "{{#if dark}}/a.png{{else}}/b.png{{/if}}": _AB,
    "{{ if .Dark }}/a.png{{ else }}/b.png{{ end }}": _AB,
    "{% static '/a.png' %}": _A,
    "{% link /a.png %}": _A,
    "<%= asset_path '/a.png' %>": _A,
    "<%= base %>/a.png": _A,
    '{{ "/a.png" | url }}': _A,
    '{{ relURL "/a.png" }}': _A,
    '<%= url_for("/a.png") %>': _A,
    "{{ page.dir }}/a.png": [("dynamic", "{{ page.dir }}/a.png")],
    "{{ '/img/' + name + '.png' }}": [("dynamic", "{{ '/img/' + name + '.png' }}")],
    "/img/{{ name }}.png": [("dynamic", "/img/{{ name }}.png")],
    "{{ image }}": [("dynamic", "{{ image }}")],
}


@pytest.mark.parametrize(("value", "expected"), _ATTRIBUTES.items())
@pytest.mark.parametrize("suffix", ["njk", "liquid", "html", "md"])
def test_a_source_in_a_template(value: str, expected: list[tuple[str, str]], suffix: str) -> None:
    page = f'<p class="x {{{{ y }}}}">\n<img src="{value}" alt="A" width="9">\n<b>z</b>\n'
    found = find(f"a.{suffix}", page.encode())
    assert kinds_and_targets(found) == expected
    for row in found:
        assert (row.line, row.alt, row.width, row.element) == (2, "A", 9, "img")
        assert page[slice(*row.marks.raw)] == row.raw


_PAGES: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "another attribute": (
        "a.njk",
        "<video poster=\"{{ '/a.png' | url }}\"><a href=\"{{ '/b.png' | url }}\">",
        [("jsx_attr", "/a.png"), ("link", "/b.png")],
    ),
    "a source set": (
        "a.liquid",
        "<img alt='' srcset=\"{{ '/a.png' | url }} 1x, {{ '/b.png' | url: 1 }} 2x, /c.png 3x\">",
        [("srcset", "/a.png"), ("srcset", "/b.png"), ("srcset", "/c.png")],
    ),
    "a card": (
        "a.webc",
        '<meta property="og:image" content="{{ \'/a.png\' | absolute_url }}">',
        _A,
    ),
    "without quotes": ("layouts/a.html", '<img src={{ "/a.png" | relURL }} alt=x>', _A),
    "a style": (
        "a.html",
        (
            "<p style=\"background: url('{{ '/a.png' | url }}')\">"
            "<style>.a { background: url({{ '/b.png' | url }}) }</style>"
        ),
        [("inline_css_url", "/a.png"), ("css_url", "/b.png")],
    ),
    "structured data": (
        "a.njk",
        (
            '<script type="application/ld+json">{"image": "{{ \'/a.png\' | url }}", '
            '"logo": "{{ "/b.png" | url }}", "x": {"image": {{ "/c.png" | jsonify }}}}</script>'
        ),
        [("json_string", "/a.png"), ("json_string", "/b.png"), ("json_string", "/c.png")],
    ),
    "a script": (
        "a.njk",
        "<script>let a = \"{{ '/a.png' | url }}\"</script>",
        [
            ("js_string", "/a.png"),
        ],
    ),
    "data": ("a.json", '{"image": "{{ site.url }}/a.png"}', [("json_string", "/a.png")]),
    "the head of a template": (
        "a.njk",
        "---\nimage: /a.png\ncover: \"{{ '/b.png' | url }}\"\n---\n<img src='/c.png' alt=''>",
        [("frontmatter", "/a.png"), ("frontmatter", "/b.png"), ("jsx_attr", "/c.png")],
    ),
    "code": (
        "a.njk",
        (
            "{% set hero = '/a.png' %}{% include 'b.njk' %}{{ x | default('img/c.png') }}"
            "{# '/no.png' #}{% if x == '/no.png' %}"
        ),
        [("js_string", "/a.png"), ("js_string", "img/c.png")],
    ),
    "a resource of Hugo": (
        "layouts/a.html",
        '{{ with resources.Get "img/a.png" }}{{ .RelPermalink }}{{ end }}{{/* "/no.png" */}}',
        [("js_string", "img/a.png")],
    ),
    "a comment of Liquid": (
        "a.liquid",
        "{% comment %}<img src='/no.png'>{% endcomment %}<img src='/a.png' alt=''>",
        _A,
    ),
    "a comment of Handlebars": ("a.hbs", "{{!-- '/no.png' --}}<img src='/a.png' alt=''>", _A),
    "an include of Jekyll": (
        "a.md",
        "{% include figure.html image_path='/a.png' alt='A' %}\n\n`{{ '/no.png' }}`\n",
        [("js_string", "/a.png")],
    ),
    "Markdown": (
        "a.md",
        (
            "![A]({{ '/a.png' | relative_url }})\n![B]({{ site.baseurl }}/b.png)\n"
            "![C]({% link c/c.png %})\n![D]({{ page.x }}/d.png)"
        ),
        [
            ("md_image", "/a.png"),
            ("md_image", "/b.png"),
            ("md_image", "c/c.png"),
            ("dynamic", "{{ page.x }}/d.png"),
        ],
    ),
    "svelte": (
        "a.svelte",
        (
            '<script>import { base } from "$app/paths"</script><img alt="" src="{base}/a.png">'
            '<img alt="" src={base}/b.png><img alt="" src={`${base}/c.png`}>'
            '<img alt="" src="{dir}/d.png"><img alt="" src={base + "/e.png"}>'
            "{#each [{ src: '/f.png' }] as one}{/each}"
        ),
        [
            ("jsx_attr", "/a.png"),
            ("jsx_attr", "/b.png"),
            ("jsx_attr", "/c.png"),
            ("dynamic", "{dir}/d.png"),
            ("jsx_attr", "/e.png"),
            ("js_string", "/f.png"),
        ],
    ),
    "svx": (
        "a.svx",
        "---\ncover: /a.png\n---\n<script>import b from './b.png'</script>\n\n![C](./c.png)\n",
        [("frontmatter", "/a.png"), ("import", "./b.png"), ("md_image", "./c.png")],
    ),
    "a component of MDC": (
        "a.md",
        (
            'text :nuxt-img{src="/a.png" alt="A"} and :b{x=1}\n\n'
            '::video{#id .c poster="/b.png"}\n::\n\n::card{image=/c.png}\ntext\n::\n'
            '`:img{src="/no.png"}`\n\n    :img{src="/no.png"}\n'
        ),
        [("jsx_attr", "/a.png"), ("jsx_attr", "/b.png"), ("jsx_attr", "/c.png")],
    ),
    "the properties of MDC": (
        "a.md",
        (
            "::hero\n---\nimage: /a.png\nitems:\n  - src: /b.png\n---\n#text\n![C](/c.png)\n::\n"
            "  ::inner\n  ---\n  icon: /d.svg\n  ---\n  ::\n"
        ),
        [
            ("frontmatter", "/a.png"),
            ("frontmatter", "/b.png"),
            ("md_image", "/c.png"),
            ("frontmatter", "/d.svg"),
        ],
    ),
    "a path below a base in code": (
        "a.ts",
        (
            "a({ content: site + '/a.png', b: import.meta.env.BASE_URL + 'img/b.png',"
            " c: `${siteUrl}/c.png`, d: dir + '/d.png', e: new URL('/e.png', site) })"
        ),
        [
            ("js_string", "/a.png"),
            ("js_string", "img/b.png"),
            ("js_string", "/c.png"),
            ("js_string", "/e.png"),
        ],
    ),
    "a base with another one": (
        "a.tsx",
        (
            "a({ b: `${process.env.BASE_PATH || ''}/b.png`, c: (base ?? '/x') + '/c.png',"
            " d: `${import.meta.env.BASE_URL.replace(/\\/$/, '')}/d.png`,"
            " e: `${dir || ''}/e.png` }); b(<img alt='' src={`${basePath || ''}/f.png`} />)"
        ),
        [
            ("js_string", "/b.png"),
            ("js_string", "/c.png"),
            ("js_string", "/d.png"),
            ("dynamic", "${dir || ''}/e.png"),
            ("jsx_attr", "/f.png"),
        ],
    ),
    "a hole after the path": (
        "a.tsx",
        (
            "a({ b: `/b.png?v=${v}`, c: `${siteUrl}/c.svg#${id}`, d: `/${d}.png?v=${v}` });"
            " b(<img alt='' src={`/e.png?v=${v}`} />); c({ background: `url(/f.png?${v})` })"
        ),
        [
            ("js_string", "/b.png"),
            ("js_string", "/c.svg"),
            ("dynamic", "/${d}.png?v=${v}"),
            ("jsx_attr", "/e.png"),
            ("inline_css_url", "/f.png"),
        ],
    ),
    "a hole of a template after the path": (
        "a.njk",
        (
            '<img src="/a.png?v={{ v }}" alt=""><use href="{{ base }}/b.svg#{{ id }}"></use>'
            "<p style=\"background: url('/c.png?{{ v }}')\"><img src='/{{ d }}.png?{{ v }}' alt=''>"
        ),
        [
            ("jsx_attr", "/a.png"),
            ("jsx_attr", "/b.svg"),
            ("inline_css_url", "/c.png"),
            ("dynamic", "/{{ d }}.png?{{ v }}"),
        ],
    ),
    "a hole of a style sheet after the path": (
        "a.scss",
        ".a { background: url('/a.png?v=#{$v}'); mask: url(/b.svg##{$id}) }",
        [("css_url", "/a.png"), ("css_url", "/b.svg")],
    ),
    "JSON that a template makes": (
        "a.njk",
        (
            "---\npermalink: /site.webmanifest\n---\n{% set x = 1 %}\n"
            '{ "name": "{{ x }}", "icons": [{ "src": "/a.png" }, '
            '{ "src": "{{ \'/b.png\' | url }}" }] }'
        ),
        [("json_string", "/a.png"), ("json_string", "/b.png")],
    ),
    "regular expressions": (
        "a.mdx",
        (
            "<img src={p.replace(/\\//g,'-') || '/a.png'} alt='' />\n\n"
            "<img src={x(/[\"/{]/, a / b) ? '/b.png' : '/c.png'} alt='' />\n\n"
            "{list.filter((x) => /'/.test(x)).map(() => <img src='/d.png' alt='' />)}\n"
        ),
        [
            ("jsx_attr", "/a.png"),
            ("jsx_attr", "/b.png"),
            ("jsx_attr", "/c.png"),
            ("jsx_attr", "/d.png"),
        ],
    ),
    "data that is a list": (
        "a.yml",
        "- image: /a.png\n- image: /b.png\n",
        [("frontmatter", "/a.png"), ("frontmatter", "/b.png")],
    ),
    "a division": (
        "a.tsx",
        "const a = <A b={x / 2} c={y / 3}><img src='/a.png' alt='' /></A>",
        _A,
    ),
}


@pytest.mark.parametrize(("file", "text", "expected"), _PAGES.values(), ids=_PAGES)
def test_a_page_of_a_template_engine_refers_to(
    file: str, text: str, expected: list[tuple[str, str]]
) -> None:
    found = find(file, text.encode())
    assert kinds_and_targets(found) == expected
    for row in found:
        if row.kind != "dynamic":
            assert text[slice(*row.marks.raw)] == row.raw
