"""init --agents: instructions for agents; a later version updates them, and no edit is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from assetgen.commands import init, parser
from assetgen.errors import StorageError
from assetgen.init import agents, sealed, served
from tests.support.branches import runs
from tests.support.place import Place

SECTION = agents.with_section(None)
WRITTEN = [agents.SKILL, agents.INTERFACE, agents.AGENTS]
CLAUDE = [served.CLAUDE_SKILL, served.CLAUDE]


def earlier(data: bytes) -> bytes:
    """Text of another version: other words with a correct digest."""
    digest = sealed.digest
    if data.startswith(b"<!-- assetgen begin"):
        text = b"## Pictures\n\nAs it was.\n"
        return b"<!-- assetgen begin; by hand of 0.1: sha256:%s -->\n%s<!-- assetgen end -->\n" % (
            *(digest(text).encode(), text),
        )
    text, last = (
        data.rpartition(b"\n# ")[::2]
        if data.startswith(b"interface")
        else data.rpartition(b"\n<!-- ")[::2]
    )
    text = text.replace(b"assetgen", b"ASSETGEN") + b"\n"
    mark = b"# " if data.startswith(b"interface") else b"<!-- "
    return text + mark + re.sub(rb"[0-9a-f]{64}", digest(text).encode(), last)


EARLIER = earlier(SECTION)


def windows(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


# -- the section of AGENTS.md ----------------------------------------------------------------------

BECOMES: dict[str, tuple[bytes | None, bytes]] = {
    "none": (None, SECTION),
    "empty": (b"", SECTION),
    "a text": (b"# Rules\n\nBe kind.\n", b"# Rules\n\nBe kind.\n\n" + SECTION),
    "a text and an empty line": (b"Be kind.\n\n", b"Be kind.\n\n" + SECTION),
    "no newline at the end": (b"Be kind.", b"Be kind.\n\n" + SECTION),
    "not UTF-8": (b"caf\xe9\n", b"caf\xe9\n\n" + SECTION),
    "a byte order mark": (b"\xef\xbb\xbf# Rules\n", b"\xef\xbb\xbf# Rules\n\n" + SECTION),
    "Windows": (b"Be kind.\r\n", b"Be kind.\r\n\r\n" + windows(SECTION)),
    "Windows without newline": (b"One.\r\nTwo.", b"One.\r\nTwo.\r\n\r\n" + windows(SECTION)),
    "an old section": (
        b"One.\n\n" + EARLIER + b"\nTwo. \t\n\n",
        b"One.\n\n" + SECTION + b"\nTwo. \t\n\n",
    ),
    "an old section at the end": (
        b"One.\n" + EARLIER.rstrip(b"\n"),
        b"One.\n" + SECTION.rstrip(b"\n"),
    ),
    "an old section of Windows": (
        b"One.\r\n" + windows(EARLIER) + b"Two",
        b"One.\r\n" + windows(SECTION) + b"Two",
    ),
    "an old section of Unix in a text of Windows": (b"One.\r\n" + EARLIER, b"One.\r\n" + SECTION),
    "this section": (b"One.\n" + SECTION + b"Two.", b"One.\n" + SECTION + b"Two."),
    "this section of Windows": (windows(b"One.\n" + SECTION), windows(b"One.\n" + SECTION)),
    "talk of assetgen": (
        b"See <!-- assetgen begin -->.\n",
        b"See <!-- assetgen begin -->.\n\n" + SECTION,
    ),
}


@pytest.mark.parametrize("case", BECOMES)
def test_the_section_is_added_to_agents_md_and_every_other_byte_stays(
    case: str, bare: Place
) -> None:
    before, after = BECOMES[case]
    if before is not None:
        bare.write(agents.AGENTS, before)
    done = agents.init(bare.root)
    assert bare.read(agents.AGENTS) == after
    assert (agents.AGENTS in done.written, done.kept) == (before != after, {})
    assert agents.init(bare.root).written == []
    assert bare.read(agents.AGENTS) == after


STAYS: dict[str, tuple[bytes, str]] = {
    "edited": (SECTION.replace(b"Never", b"Always"), "its assetgen section was changed"),
    "an earlier one, edited": (
        EARLIER.replace(b"was", b"is"),
        "its assetgen section was changed",
    ),
    "a line more": (
        SECTION.replace(b"<!-- assetgen end", b"Ours.\n<!-- assetgen end"),
        "was changed",
    ),
    "no end": (SECTION.replace(b"<!-- assetgen end -->\n", b""), "damaged or duplicated"),
    "no beginning": (SECTION.partition(b"\n")[2], "damaged or duplicated"),
    "no digest": (re.sub(rb"sha256:\w+", b"", SECTION), "damaged or duplicated"),
    "twice": (SECTION + SECTION, "damaged or duplicated"),
    "turned round": (
        b"<!-- assetgen end -->\n" + SECTION.partition(b"\n")[0] + b"\n",
        "damaged or duplicated",
    ),
    "UTF-16": ("Be kind.\n".encode("utf-16"), "not UTF-8 text"),
}


@pytest.mark.parametrize("case", STAYS)
def test_an_edited_section_is_kept_and_reported(case: str, bare: Place) -> None:
    before, why = STAYS[case]
    before = before if case == "UTF-16" else b"One.\n" + before + b"Two.\n"
    bare.write(agents.AGENTS, before)
    done = agents.init(bare.root)
    assert bare.read(agents.AGENTS) == before
    assert list(done.kept) == [agents.AGENTS]
    assert why in done.kept[agents.AGENTS] and "run this again" in done.kept[agents.AGENTS]
    assert done.written == [agents.SKILL, agents.INTERFACE]


# -- which agents ----------------------------------------------------------------------------------

#: What is in the repository, the agents that are named, and what is written besides WRITTEN.
SERVED: dict[str, tuple[list[str], tuple[str, ...], list[str]]] = {
    "no traces": ([], (), []),
    "Codex": ([".codex/config.toml"], (), []),
    "CLAUDE.md": (["CLAUDE.md"], (), CLAUDE),
    "the settings of Claude Code": ([".claude/settings.json"], (), CLAUDE),
    "CLAUDE.md in .claude": (
        [".claude/CLAUDE.md"],
        (),
        [served.CLAUDE_SKILL, ".claude/CLAUDE.md"],
    ),
    "rules of Cursor": ([".cursor/rules/a.mdc"], (), [served.RULE]),
    "old rules of Cursor": ([".cursorrules"], (), [served.RULE]),
    "named": ([], ("cursor",), [served.RULE]),
    "one found, one named": ([".cursor/x"], ("claude",), [*CLAUDE, served.RULE]),
    "always served": ([], ("codex", "agents-md"), []),
    "above the project": (["../.claude/settings.json"], (), CLAUDE),
}


@pytest.mark.parametrize("case", SERVED)
def test_agents_with_traces_and_named_agents_get_their_files(case: str, place: Place) -> None:
    there, named, more = SERVED[case]
    project = Place(place.root / "site", place.root.parent / "home")
    for path in there:
        project.write(path, "# Rules\n")
    done = agents.init(project.root, named=named)
    assert (set(done.written), done.kept) == ({*WRITTEN, *more}, {})
    assert agents.init(project.root, named=named).written == []
    skill = project.read(agents.SKILL)
    if served.CLAUDE_SKILL in more:
        assert project.read(served.CLAUDE_SKILL) == skill
        assert served.CLAUDE_SKILL.encode() in project.read(more[1])
    if served.RULE in more:
        head, body = (project.read(served.RULE).decode().split("---\n", 2))[1:]
        assert head.endswith("alwaysApply: false\n")
        assert (
            body.rpartition("<!--")[0] == skill.decode().split("---\n", 2)[2].rpartition("<!--")[0]
        )


#: The text of CLAUDE.md, and whether it gets a section of its own.
IMPORTS = {
    "only an import": ("@AGENTS.md\n", False),
    "Windows": ("@AGENTS.md\r\n", False),
    "an import with a folder": ("@./AGENTS.md", False),
    "in a sentence": ("# Rules\n\nRead @AGENTS.md.\n", False),
    "another file": ("@docs/AGENTS.md\n@AGENTS.md.bak\n", True),
    "in code": ("`@AGENTS.md`\n\n```\n@AGENTS.md\n```\n", True),
    "an address": ("mail me@AGENTS.md\n", True),
    "without @": ("Read AGENTS.md\n", True),
    "with a section": ("@AGENTS.md\n" + EARLIER.decode(), True),
}


@pytest.mark.parametrize("case", IMPORTS)
def test_a_claude_md_that_imports_agents_md_gets_no_section(case: str, bare: Place) -> None:
    text, has_section = IMPORTS[case]
    bare.write("CLAUDE.md", text.encode())
    done = agents.init(bare.root)
    assert ("CLAUDE.md" in done.written, done.kept) == (has_section, {})
    assert (bare.read("CLAUDE.md") == text.encode()) is not has_section
    assert bare.read("CLAUDE.md").count(b"<!-- assetgen begin") == has_section


def test_a_file_behind_two_names_is_written_once(place: Place) -> None:
    (place.root / "CLAUDE.md").symlink_to("AGENTS.md")
    (place.root / ".claude").mkdir()
    (place.root / ".claude/skills").symlink_to("../.agents/skills")
    assert set(agents.init(place.root).written) == set(WRITTEN)
    assert place.read("AGENTS.md") == SECTION and (place.root / "CLAUDE.md").is_symlink()
    assert agents.to_commit(place.root) == [".agents/skills/assetgen", "AGENTS.md"]


def test_ignored_files_are_written_but_not_offered_for_the_commit(place: Place) -> None:
    place.write(".gitignore", ".claude/\n")
    place.write("CLAUDE.md", "# Rules\n")
    last = place.ok("init", "--agents", "cursor").out.splitlines()[-1]
    assert place.has(served.CLAUDE_SKILL)
    assert last == (
        "and commit: git add -- assets.toml .assetgen .gitattributes .gitignore "
        ".agents/skills/assetgen .cursor/rules/assetgen.mdc AGENTS.md CLAUDE.md"
    )
    runs(place, last.removeprefix("and commit: "))


@pytest.mark.parametrize("name", [".claude", "CLAUDE.md", ".cursor"])
def test_a_found_agent_whose_files_are_outside_is_left_out(
    name: str, place: Place, tmp_path: Path
) -> None:
    outside = tmp_path / "dotfiles"
    outside.write_text("keep") if name == "CLAUDE.md" else outside.mkdir()
    (place.root / name).symlink_to(outside)
    ran = place.ok("init", "--agents")
    [left] = [line for line in ran.out.splitlines() if line.startswith("left ")]
    assert "symbolic link" in left and name in left
    assert all(place.has(path) for path in WRITTEN)
    assert outside.read_text() == "keep" if name == "CLAUDE.md" else not list(outside.iterdir())
    runs(place, ran.out.splitlines()[-1].removeprefix("and commit: "))


@pytest.mark.parametrize("given", ["copilots", "claude,vim", "", ","])
def test_an_unknown_agent_is_a_usage_error_that_lists_the_names(given: str, bare: Place) -> None:
    assert init.AGENTS == served.NAMES
    ran = bare.run("init", "--agents", given)
    assert ran.code == 2 and not bare.has("assets.toml")
    assert "is not one of: codex, agents-md, claude, cursor" in " ".join(ran.err.split())


# -- the files that are ours as a whole ------------------------------------------------------------


@pytest.mark.parametrize("path", [agents.SKILL, agents.INTERFACE])
@pytest.mark.parametrize("turned", [bytes, windows], ids=["Unix", "Windows"])
def test_an_unchanged_file_of_an_earlier_version_is_renewed(
    path: str, turned: Callable[[bytes], bytes], bare: Place
) -> None:
    agents.init(bare.root)
    now = bare.read(path)
    assert earlier(now) != now
    bare.write(path, turned(earlier(now)))
    assert agents.init(bare.root).written == [path]
    assert bare.read(path) == turned(now)
    assert agents.init(bare.root).written == []


@pytest.mark.parametrize("path", [agents.SKILL, agents.INTERFACE])
@pytest.mark.parametrize("edit", ["a word", "a line after", "no seal", "their own", "empty"])
def test_an_edited_file_is_kept_and_reported(path: str, edit: str, bare: Place) -> None:
    agents.init(bare.root)
    now = bare.read(path)
    edits = {
        "a word": now.replace(b"image", b"photo", 1),
        "a line after": now + b"# ours\n",
        "no seal": now.rpartition(b"sha256")[0],
        "their own": b"---\nname: assetgen\n---\n",
        "empty": b"",
    }
    bare.write(path, edits[edit])
    done = agents.init(bare.root)
    assert (done.written, list(done.kept)) == ([], [path])
    assert bare.read(path) == edits[edit]
    (bare.root / path).unlink()
    assert agents.init(bare.root).written == [path]
    assert bare.read(path) == now


# -- what they say ---------------------------------------------------------------------------------


def test_the_skill_is_one_that_agents_can_read(bare: Place) -> None:
    agents.init(bare.root)
    _, head, body = bare.read(agents.SKILL).decode().split("---\n", 2)
    found = re.fullmatch(r"name: (\S+)\ndescription: ([^:#\n]+)\n", head)  # plain in YAML
    assert found
    name, description = found.groups()
    assert name == Path(agents.SKILL).parent.name == "assetgen"
    assert 100 < len(description) < 1024
    assert body.count("\n") < 80
    interface = bare.read(agents.INTERFACE).decode()
    assert re.findall(r"^(\w+):$", interface, re.M) == ["interface", "policy"]
    stated = dict(re.findall(r"^  (\w+): (.+)$", interface, re.M))
    assert set(stated) == {
        "display_name",
        "short_description",
        "default_prompt",
        "allow_implicit_invocation",
    }
    assert "$assetgen" in json.loads(stated["default_prompt"])


def test_every_command_and_option_in_the_instructions_exists(bare: Place) -> None:
    agents.init(bare.root, named=served.NAMES)
    told = re.findall(
        r"assetgen ([a-z]+)((?: --?[a-z-]+| ID| KIND/LAYOUT)*)`?\b",
        "".join(bare.read(p).decode() for p in (*WRITTEN, *CLAUDE, served.RULE)),
    )
    named = [(name, said.split()) for name, said in told if name in parser.COMMANDS]
    assert {name for name, _ in named} == {
        *("next", "adopt", "generate", "check", "init", "layouts", "snippet"),
        *("pick", "refine", "show"),
    }
    for name, arguments in named:
        words = ["brighter"] if name == "refine" and "--undo" not in arguments else []
        assert parser.parse([name, *arguments, *words]).command == name
    assert ("generate", ["ID", "--free", "--no-commit"]) in named
    assert ("layouts", ["KIND/LAYOUT"]) in named


def test_every_field_in_the_instructions_is_in_the_output_of_next(place: Place) -> None:
    agents.init(place.root)
    place.manifest(
        '[[asset]]\nid = "a"\nkind = "cover"\npath = "public/a.png"\nalt = "A"\n'
        'route = "codex"\nprompt = "A"\n'
    )
    [want] = place.ok("next", "--json").data
    skill = place.read(agents.SKILL).decode()
    for field in ("route", "prompt", "transparent", "inputs", "next", "surface"):
        assert f"`{field}`" in skill and field in want, field


# -- the command -----------------------------------------------------------------------------------


def test_init_prints_what_it_wrote_and_what_to_commit(place: Place) -> None:
    lines = place.ok("init", "--agents").out.splitlines()
    assert lines[4:] == [
        *(f"wrote {path}" for path in WRITTEN),
        "next: assetgen generate",
        (
            "and commit: git add -- assets.toml .assetgen .gitattributes .gitignore "
            ".agents/skills/assetgen AGENTS.md"
        ),
    ]
    place.git(*lines[-1].removeprefix("and commit: git ").split())
    assert set(WRITTEN) <= set(place.git("diff", "--cached", "--name-only").splitlines())
    place.ok("generate", "--no-commit")
    assert place.ok("check").out.startswith("assetgen: 1 file")
    assert place.ok("init", "--agents").out == "everything exists already; next: assetgen plan\n"
    assert place.ok("init", "--agents", "--json").data == {"written": [], "kept": {}}


def test_init_prints_what_it_left_unchanged(place: Place) -> None:
    place.ok("init", "--agents")
    place.write(agents.SKILL, "mine\n")
    assert place.ok("init", "--agents").out.splitlines()[0] == (
        f"left {agents.SKILL} as it is: it was changed; "
        "for the text of this version, delete it and run this again"
    )
    assert list(place.ok("init", "--agents", "--json").data["kept"]) == [agents.SKILL]
    assert place.read(agents.SKILL) == b"mine\n"


def test_without_the_option_no_instructions_are_written(place: Place) -> None:
    place.ok("init")
    assert not any(place.has(path) for path in (".agents", agents.AGENTS))


@pytest.mark.parametrize(
    "name", [".agents", ".agents/skills", agents.SKILL, agents.INTERFACE, agents.AGENTS]
)
def test_no_instructions_are_written_if_one_path_is_a_link(
    name: str, bare: Place, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    is_file = Path(name).suffix != "" and not name.endswith("agents")
    outside.write_text("keep") if is_file else outside.mkdir()
    (bare.root / name).parent.mkdir(parents=True, exist_ok=True)
    (bare.root / name).symlink_to(outside)
    with pytest.raises(StorageError, match="symbolic link"):
        agents.init(bare.root)
    assert outside.read_text() == "keep" if is_file else list(outside.iterdir()) == []
    assert not any((bare.root / path).is_file() for path in WRITTEN if path != name)


@pytest.mark.parametrize(
    ("there", "said"), [("AGENTS.md/a", "is not a regular file"), (".agents", "cannot be written")]
)
def test_an_obstacle_is_reported_with_its_path(there: str, said: str, place: Place) -> None:
    place.write(there, "keep")
    ran = place.run("init", "--agents")
    assert (ran.code, said in ran.err) == (9, True), ran.err
    assert place.read(there) == b"keep"


# -- links -----------------------------------------------------------------------------------------


def test_a_link_to_a_file_of_the_repository_is_followed(place: Place) -> None:
    place.write("CLAUDE.md", "# Rules\n")
    place.write("shared/skills/.keep", "")
    (place.root / "AGENTS.md").symlink_to("CLAUDE.md")
    (place.root / ".agents").mkdir()
    (place.root / ".agents/skills").symlink_to("../shared/skills")
    ran = place.ok("init", "--agents")
    assert "rm " not in ran.out + ran.err
    last = ran.out.splitlines()[-1]
    assert last.endswith(" shared/skills/assetgen .claude/skills/assetgen CLAUDE.md")
    runs(place, last.removeprefix("and commit: "))
    staged = place.git("diff", "--cached", "--name-only").splitlines()
    assert {"CLAUDE.md", "shared/skills/assetgen/SKILL.md"} <= set(staged)
    assert (place.root / "AGENTS.md").is_symlink() and (place.root / ".agents/skills").is_symlink()
    assert place.read("CLAUDE.md").startswith(b"# Rules\n\n<!-- assetgen begin")
    assert place.has("shared/skills/assetgen/SKILL.md")
    before = place.read("CLAUDE.md")
    place.ok("init", "--agents")
    assert place.read("CLAUDE.md") == before


def test_a_link_to_a_file_above_the_project_is_followed_in_its_repository(place: Place) -> None:
    place.write("AGENTS.md", "# All\n")
    project = Place(place.root / "site", place.root.parent / "home")
    (project.root / "AGENTS.md").symlink_to("../AGENTS.md")
    project.ok("init", "--agents")
    assert b"assetgen begin" in place.read("AGENTS.md")
    assert (project.root / "AGENTS.md").is_symlink()


@pytest.mark.parametrize("target", ["../elsewhere.md", ".git/config"])
def test_a_link_out_of_the_repository_or_into_git_is_not_followed(
    place: Place, target: str
) -> None:
    outside = place.root / target
    before = outside.read_bytes() if outside.exists() else None
    (place.root / "AGENTS.md").symlink_to(target)
    assert place.run("init", "--agents").code == 9
    assert (outside.read_bytes() if outside.exists() else None) == before


@pytest.mark.parametrize(
    ("link", "target"), [("AGENTS.md", "CLAUDE.md"), (".agents/skills", "../shared")]
)
def test_a_link_that_is_checked_out_as_text_is_never_written_into(
    place: Place, link: str, target: str
) -> None:
    place.write("CLAUDE.md", "# Rules\n")
    place.write("shared/.keep", "")
    (place.root / link).parent.mkdir(exist_ok=True)
    (place.root / link).symlink_to(target)
    place.git("add", "-A")
    place.git("commit", "-qm", "link")
    place.git("config", "core.symlinks", "false")
    (place.root / link).unlink()
    place.git("checkout", "--", link)
    assert place.read(link) == target.encode()
    ran = place.run("init", "--agents")
    assert place.read(link) == target.encode()
    assert "is a link in git" in ran.out + ran.err
