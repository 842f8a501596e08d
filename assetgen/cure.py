"""What to do about a problem: a command or advice, built from a template and its fields.

This is the one place where a field is quoted. Loads nothing at import: every error names a cure.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import NoReturn, TypeAlias


class Blank:
    """A field that is filled in later; until then its name is shown."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


#: The id of the asset, which is filled in where the asset is known.
ID = Blank("ID")

if TYPE_CHECKING:
    Field: TypeAlias = "str | int | Sequence[str] | Blank | Cure"


class Cure:
    """A command or advice; its text is safe to print, and its commands are safe to run.

    Made by ``command`` and ``advice`` only. It cannot be changed.
    """

    __slots__ = ("fields", "is_command", "template")

    template: str
    fields: dict[str, Field]
    is_command: bool

    def __init__(self, template: str, fields: dict[str, Field], *, is_command: bool) -> None:
        for name, value in zip(self.__slots__, (fields, is_command, template), strict=True):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a cure cannot be changed: {name}")

    def __str__(self) -> str:
        return "".join(self._parts())

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.template, self.fields, self.is_command)

    def __repr__(self) -> str:
        return f"<cure: {self}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cure) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def filled(self, **values: Field) -> Cure:
        """The same cure with its blanks of these names filled in."""
        fields = {name: _filled(value, values) for name, value in self.fields.items()}
        return Cure(self.template, fields, is_command=self.is_command)

    def split(self, way: Cure | None = None) -> tuple[str, str]:
        """The command that it begins with, or "", and the rest of its text.

        Each command begins with ``way`` ("cd site") if it matters where it is run: a user may copy
        any of them.
        """
        begin = f"{way} && " if way else ""
        if self.is_command:
            return _Command(self).after(begin), ""
        parts = self._parts() or [""]
        first, *rest = (part.after(begin) if isinstance(part, _Command) else part for part in parts)
        if isinstance(parts[0], _Command):
            return first, "".join(rest)
        return "", first + "".join(rest)

    def _parts(self) -> list[str]:
        from string import Formatter

        parts: list[str] = []
        before = ""
        for text, name, _, _ in Formatter().parse(self.template):
            before += text
            parts += [text] if text else []
            parts += self._field(self.fields[name], before) if name else []
        return parts

    def _field(self, value: Field, before: str) -> list[str]:
        if isinstance(value, Cure):
            return [_Command(value)] if value.is_command else value._parts()
        if isinstance(value, Blank):
            return [value.name]
        words = [str(value)] if isinstance(value, (str, int)) else value
        if not self.is_command:
            return [", ".join(map(_readable, words))]
        # git expands patterns in paths by itself, whatever the shell does.
        program = before.rpartition("&& ")[2]
        of_git = program.startswith("git ") and " -- " in program
        of_git = of_git and not program.startswith("git mv ")  # it takes paths as they are
        return [" ".join(_word(_literal(word) if of_git else word) for word in words)]


def _again(template: str, fields: dict[str, Field], is_command: bool) -> Cure:
    return Cure(template, fields, is_command=is_command)


# What these do is the same wherever they are run.
_EVERYWHERE = ("codex ", "export ", "npm ", "pip ", "sudo ")


class _Command(str):
    """The text of a command inside advice."""

    __slots__ = ()

    def after(self, begin: str) -> str:
        """The command with ``begin`` before it, if it matters where it is run."""
        return str(self) if self.startswith(_EVERYWHERE) else f"{begin}{self}"


def command(template: str, /, **fields: Field) -> Cure:
    """A command for a POSIX shell; ``template`` is a literal with a ``{name}`` for each field.

    Each field becomes one quoted word, each item of a list too; a cure becomes part of the command.
    Name paths for git after ``--``: then they mean exactly these files.
    """
    return Cure(template, fields, is_command=True)


def advice(template: str, /, **fields: Field) -> Cure:
    """What to do, in words; fields are cleaned for reading, and a command is put in as a cure."""
    return Cure(template, fields, is_command=False)


def _filled(field: Field, values: dict[str, Field]) -> Field:
    if isinstance(field, Cure):
        return field.filled(**values)
    return values.get(field.name, field) if isinstance(field, Blank) else field


_PATTERN = frozenset("*?[\\")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-")


def _word(text: str) -> str:
    """``text`` as one word of a POSIX shell that is no option, on one line."""
    if text.startswith("-"):
        text = f"./{text}"
    if text and _PLAIN.issuperset(text):
        return text
    if all(_visible(text)):
        return "'" + text.replace("'", "'\"'\"'") + "'"
    coded = "".join(map(_coded, text, _visible(text)))
    # $(...) would drop line ends at the end, and so name another file.
    return f"$'{coded}'" if text.endswith("\n") else f"\"$(printf '{coded.replace('%', '%%')}')\""


def _coded(char: str, is_seen: bool) -> str:
    if is_seen and char not in "\\'":
        return char
    return "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogateescape"))


def _literal(path: str) -> str:
    """A path for git that is no pattern; ":/" begins one from the top of the working tree."""
    if path.startswith(":/"):
        return f":(top,literal){path[2:]}" if _PATTERN & set(path) else path
    return f":(literal){path}" if path.startswith(":") or _PATTERN & set(path) else path


_LONGEST = 2000


def _readable(text: str) -> str:
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return "".join(
        char if seen else f"\\u{ord(char):04x}"
        for char, seen in zip(shown, _visible(shown), strict=True)
    )


def _visible(text: str) -> Iterator[bool]:
    """Whether each character only shows itself."""
    from assetgen.escapes import is_printable

    return map(is_printable, text)
