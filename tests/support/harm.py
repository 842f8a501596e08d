"""A project that is harmed in the middle of a run, and what must be true afterwards."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from assetgen.check import check
from assetgen.doctor import doctor
from assetgen.errors import UnknownOutcome
from assetgen.fs import home
from assetgen.paid import replies, task_replies
from assetgen.paid.journal import Entry, Fate, Journal
from assetgen.plan import routing
from tests.support.place import Place, Ran
from tests.support.provider import Provider
from tests.support.shop import Shop

#: What the user has in the project: never to be changed, whatever happens.
USERS = {
    "notes.txt": b"mine\n",
    "public/photo.png": b"a picture of somebody else's\n",
    "public/robots.txt": b"User-agent: *\n",
    "assets/readme.md": b"# Mine\n",
}

_BEFORE = """
[project]
ignore = ["public/photo.png"]

[[asset]]
id = "one"
kind = "cover"
path = "public/one.png"
alt = "One"
variants = { widths = [320, 640], formats = ["png", "webp"] }
[asset.values]
title = "Before"

[[asset]]
id = "two"
kind = "cover"
path = "public/two.jpg"
alt = "Two"
[asset.values]
title = "Before"

[[asset]]
id = "deep/three"
kind = "cover"
path = "assets/deep/three.png"
alt = "Three"
size = "600x315"
[asset.values]
title = "Before"
"""

# Other pictures, one file fewer, one changed path: old files must be removed.
_AFTER = (
    _BEFORE.replace('"Before"', '"After"')
    .replace("[320, 640]", "[320]")
    .replace('path = "public/two.jpg"', 'path = "public/other.jpg"')
)


class Harmed:
    """One project in one of two situations, copied for each trial, and its allowed final trees."""

    def __init__(self, folder: Path, *, fresh: bool) -> None:
        self._folder = folder
        self._start = folder / "start"
        start = Place(self._start, folder / "home")
        for path, data in USERS.items():
            start.write(path, data)
        if not fresh:
            start.manifest(_BEFORE)
            start.start().ok("generate")
        start.manifest(_AFTER)
        if fresh:
            start.start()
        self.old = pictures(start)
        self.new = pictures(self._finished())
        #: Every path that the run removes, and its note.
        self.going = {*(self.old.keys() - self.new.keys()), ".assetgen/cache/under-way.json"}
        self._trial = 0

    def place(self) -> Place:
        """The project before the run, in a folder of its own."""
        self._trial += 1
        place = Place(self._folder / f"trial{self._trial}", self._folder / "home")
        shutil.rmtree(place.root)
        # Hard links would share the harm; a copy has other inodes, as a checkout has.
        shutil.copytree(self._start, place.root, symlinks=True)
        return place

    def done(self, place: Place) -> None:
        shutil.rmtree(place.root)

    def _finished(self) -> Place:
        place = Place(self._folder / "finished", self._folder / "home")
        shutil.rmtree(place.root)
        shutil.copytree(self._start, place.root, symlinks=True)
        place.ok("generate", "--no-commit")
        return place


@dataclass(frozen=True)
class Tampered:
    """One run under strace: how it ended, and whether any call was tampered with at all."""

    ran: Ran
    hit: bool


def run_under(
    place: Place, call: str, effect: str, *arguments: str, only: Iterable[str] = ()
) -> Tampered:
    """Run the command while strace tampers with the system call ``call``.

    If ``only`` names paths, calls on other paths are left alone. strace counts calls per thread.
    """
    log = place.root.with_name("strace.log")
    strace = [
        "strace",
        "-f",
        "-qq",
        "-o",
        str(log),
        "-e",
        f"trace={call}",
        "-e",
        f"inject={call}:{effect}",
    ]
    for path in only:
        strace += ["-P", str(place.root / path)]
    command = [*strace, sys.executable, "-P", "-m", "assetgen", *arguments]
    ran = place._run(command, place.root, {**place.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    said = log.read_text("utf-8", "replace")
    return Tampered(ran, "(INJECTED)" in said or "killed by SIGKILL" in said)


def pictures(place: Place) -> dict[str, str]:
    """path -> sha256 of everything but git's folder, the cache and the manifest."""
    return dict(_digests(place.root))


def _digests(root: Path) -> Iterator[tuple[str, str]]:
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in (".git", "cache")]
        for name in files:
            path = Path(folder, name)
            if name != "assets.toml":
                yield (
                    path.relative_to(root).as_posix(),
                    hashlib.sha256(path.read_bytes()).hexdigest(),
                )


def assert_whole(harmed: Harmed, place: Place) -> None:
    """Every file is the old one or the new one, and the user's are as they were."""
    for path, digest in pictures(place).items():
        assert digest in (harmed.old.get(path), harmed.new.get(path)), (
            f"{path} is neither old nor new"
        )
    for path, data in USERS.items():
        assert place.read(path) == data, f"{path} of the user's was lost"


def assert_recovers(harmed: Harmed, place: Place) -> None:
    """The same command without --force finishes the work and leaves nothing; check agrees."""
    place.ok("generate", "--no-commit")
    assert pictures(place) == harmed.new
    place.ok("check")
    assert list((place.root / ".assetgen/cache/writing").iterdir()) == []
    assert not place.has(".assetgen/cache/under-way.json")


# -- what is paid for ------------------------------------------------------------------------------

#: The calls that can be tampered with, by the number that the library below gives them.
CALLS = (
    *(
        "open",
        "write",
        "pwrite",
        "fsync",
        "fdatasync",
        "ftruncate",
        "rename",
        "unlink",
        "mkdir",
        "syncfs",
    ),
    *("connect", "send", "recv"),
)

# strace counts calls per thread, so the calls of the first thread would hide those of the thread
# that buys. This library counts for the whole process, and also reaches the calls of sqlite.
_LIBRARY = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int seen;
static int when, classes, number, lasting, torn, report = -1;

void harm_arm(int w, int c, int n, int l, int t, int r) {
  when = w; number = n; lasting = l; torn = t; report = r; classes = c;
}

static int struck(int kind) {
  if (!(classes >> kind & 1)) return 0;
  int now = atomic_fetch_add(&seen, 1) + 1;
  int hit = now == when || (lasting && now > when);
  char line[2] = {(char)('a' + kind), hit ? '!' : '.'};
  syscall(SYS_write, report, line, 2);
  return hit;
}

static int spoilt(int kind) {
  if (!struck(kind)) return 0;
  if (!number) kill(getpid(), SIGKILL);
  errno = number;
  return 1;
}

#define REAL(name, result, ...) \
  static result (*real)(__VA_ARGS__); \
  if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define OPEN(name) \
int name(const char *path, int flags, ...) { \
  REAL(#name, int, const char *, int, ...); \
  va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list); \
  if (flags & O_CREAT && spoilt(0)) return -1; \
  return real(path, flags, mode); }
OPEN(open)
OPEN(open64)

#define WRITE(kind, body) \
  if (struck(kind)) { \
    if (torn) { size = size / 2; body; } \
    if (!number) kill(getpid(), SIGKILL); \
    errno = number; return -1; } \
  return body

ssize_t write(int fd, const void *data, size_t size) {
  REAL("write", ssize_t, int, const void *, size_t);
  if (fd <= 2) return real(fd, data, size);
  WRITE(1, real(fd, data, size));
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
  REAL("pwrite64", ssize_t, int, const void *, size_t, off64_t);
  WRITE(2, real(fd, data, size, at));
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
  REAL("pwrite", ssize_t, int, const void *, size_t, off_t);
  WRITE(2, real(fd, data, size, at));
}

#define PLAIN(kind, name, parameters, arguments, ...) \
int name parameters { REAL(#name, int, __VA_ARGS__); return spoilt(kind) ? -1 : real arguments; }
PLAIN(3, fsync, (int fd), (fd), int)
PLAIN(4, fdatasync, (int fd), (fd), int)
PLAIN(5, ftruncate, (int fd, off_t to), (fd, to), int, off_t)
PLAIN(5, ftruncate64, (int fd, off64_t to), (fd, to), int, off64_t)
PLAIN(6, rename, (const char *a, const char *b), (a, b), const char *, const char *)
PLAIN(7, unlink, (const char *a), (a), const char *)
PLAIN(8, mkdir, (const char *a, mode_t mode), (a, mode), const char *, mode_t)
PLAIN(9, syncfs, (int fd), (fd), int)
PLAIN(10, connect, (int fd, const struct sockaddr *a, socklen_t size), (fd, a, size),
      int, const struct sockaddr *, socklen_t)

/* A connection that fails once stays broken; otherwise the client would wait for a reply. */
static int broken(int fd) { int error = errno; shutdown(fd, SHUT_RDWR); errno = error; return -1; }

ssize_t send(int fd, const void *data, size_t size, int flags) {
  REAL("send", ssize_t, int, const void *, size_t, int);
  if (struck(11)) {
    if (torn) real(fd, data, size / 2, flags);
    if (!number) kill(getpid(), SIGKILL);
    errno = number;
    return broken(fd);
  }
  return real(fd, data, size, flags);
}
ssize_t recv(int fd, void *data, size_t size, int flags) {
  REAL("recv", ssize_t, int, void *, size_t, int);
  return spoilt(12) ? broken(fd) : real(fd, data, size, flags);
}
"""


@dataclass(frozen=True)
class Harm:
    """A kill or an error at call number ``when`` of those named; 0 only counts the calls."""

    when: int
    calls: Sequence[str] = CALLS
    error: int = 0
    lasting: bool = False
    torn: bool = False
    """Whether half of what was to be written goes out first."""


@dataclass(frozen=True)
class Struck:
    """One run that was tampered with: its exit code (-9: killed), its output and its calls."""

    code: int
    said: str
    calls: Sequence[str]
    hit: str | None
    """The call that was tampered with."""


class Runner:
    """Runs the command and harms it, each time in a new process with all modules imported."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        source, library = folder / "harm.c", folder / "harm.so"
        source.write_text(_LIBRARY)
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-O1", "-w", "-o", library, source, "-ldl"], check=True
        )
        environ = {
            **os.environ,
            "LD_PRELOAD": str(library),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONWARNINGS": "error",
        }
        command = [sys.executable, "-m", "tests.support.harm", str(library)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def run(self, root: Path, environ: Mapping[str, str], harm: Harm, *arguments: str) -> Struck:
        assert self._process.stdin and self._process.stdout
        said, calls = self._folder / "said", self._folder / "calls"
        order = {
            "root": str(root),
            "environ": dict(environ),
            "arguments": arguments,
            "said": str(said),
            "calls": str(calls),
            "arm": [
                harm.when,
                sum(1 << CALLS.index(call) for call in harm.calls),
                harm.error,
                harm.lasting,
                harm.torn,
            ],
        }
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        made = calls.read_bytes()
        names = [CALLS[kind - ord("a")] for kind in made[::2]]
        struck = made[1::2].find(b"!")
        return Struck(
            code, said.read_text("utf-8", "replace"), names, names[struck] if struck >= 0 else None
        )


def _serve(library: str) -> None:
    """Fork a child for each order on standard input; the answer is its exit code or signal."""
    from PIL import Image

    import assetgen.generate.buyer
    import assetgen.generate.performer
    import assetgen.paid.download
    import assetgen.routes.readiness  # noqa: F401

    Image.init()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _obey(json.loads(line), library)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _obey(order: Mapping[str, Any], library: str) -> None:
    from assetgen.__main__ import main

    code: object = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        said = os.open(order["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        calls = os.open(order["calls"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.chdir(order["root"])
        os.environ.clear()
        os.environ.update(order["environ"])
        sys.argv = ["assetgen", *order["arguments"]]
        ctypes.CDLL(library).harm_arm(*map(int, order["arm"]), calls)
        main()
    except SystemExit as exc:
        code = exc.code
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)


ASSETS = ("one", "two")


class Stand:
    """A shop whose runs are harmed one by one, each in its own project; counts how they ended."""

    def __init__(
        self,
        folder: Path,
        runner: Runner,
        provider: Provider,
        route: str,
        more: str = "",
        *,
        git: bool = False,
        profile: str | None = None,
    ) -> None:
        self.provider, self._profile = provider, profile
        self._git = git
        self._folder, self._runner, self._route, self._more = folder, runner, route, more
        self._trial = 0
        self.ended: Counter[str] = Counter()

    def trial(self) -> Trial:
        self._trial += 1
        shop = Shop(
            Place(self._folder / f"trial{self._trial}", self._folder / "home"),
            self.provider,
            self._route,
        )
        if self._profile:
            shop.gateway(profile=self._profile)
            own = self._folder / "config.toml"
            own.write_text(shop.user_config)
            shop.environ["ASSETGEN_CONFIG"] = str(own)
        shop.wants(*ASSETS, more=self._more)
        text = shop.place.read("assets.toml").decode()
        if self._profile == "chat":  # it has no field for these
            text = text.replace('size = "1024x1024"', "").replace('quality = "low"', "")
        # Each asset has its own words, so that the bill distinguishes them.
        words = {
            asset_id: f"Number {asset_id}{self._trial} of {self._folder.name}"
            for asset_id in ASSETS
        }
        for said in words.values():
            text = text.replace("A paper plane leaving", f"{said}: a plane leaving", 1)
        shop.place.manifest(text)
        if self._git:
            shop.place.start()
        return Trial(shop, self._runner, words, self.ended)


@dataclass
class Trial:
    """One project whose purchase is harmed, and what must be true afterwards."""

    shop: Shop
    runner: Runner
    words: Mapping[str, str]
    ended: Counter[str]

    @cached_property
    def root(self) -> Path:
        return self.shop.place.root

    @property
    def kept(self) -> Path:
        """Where what is paid for is kept: the repository's folder, or the cache outside git."""
        return home.of(self.root).path

    def harmed(self, harm: Harm, *arguments: str) -> Struck:
        """One run of generate with harm done to it."""
        arguments = arguments or ("generate", "--no-commit", "-j", "1")
        return self.runner.run(self.root, self.shop.environ, harm, *arguments)

    def orders(self) -> dict[str, int]:
        """How often each asset was requested and so, with this provider, billed."""
        posts = [
            seen.body.decode() for seen in self.shop.provider.requests if seen.method == "POST"
        ]
        return {
            asset_id: sum(words in body for body in posts) for asset_id, words in self.words.items()
        }

    def in_place(self) -> set[str]:
        return {a for a in ASSETS if self.shop.place.has(f".assetgen/records/{a}.json")}

    def _stored(self, entry: Entry) -> bool:
        """Whether a whole picture, or the id to fetch it by, is on the disk."""
        file = self.kept / "replies" / str(entry.number)
        data = file.read_bytes() if file.exists() else b""
        try:
            answer = routing.load_lane(entry.lane).read(
                data, streamed=bool(entry.evidence["streamed"])
            )
        except replies.Unreadable:
            begun_id = {"responses": replies.begun_id, "tasks": task_replies.begun_id}
            named = begun_id[entry.lane](data) if entry.lane in begun_id else None
            return bool(entry.response_id or named)
        return bool(answer.pictures or answer.response_id)

    def assert_paid_once(self) -> None:
        """Billed pictures are in place or reported; stored ones are free; --force buys the rest."""
        has_log = (self.kept / "journal.db").exists()
        entries = self.shop.open_entries() if has_log else []
        before, owned = self.orders(), {entry.asset_id for entry in entries if self._stored(entry)}
        assert max(before.values()) <= 1, f"bought twice within one run: {before}"
        told = {
            one.entry.asset_id: one.is_free
            for one in doctor.examine(self.root, self.root, self.shop.conditions()).standing
        }
        assert {a for a, count in before.items() if count} <= {*told, *self.in_place()}
        outcome = self.shop.generate(jobs=1)
        after, unknown = self.orders(), {failure.asset_id for failure in outcome.failed}
        assert max(after.values()) <= 1, f"bought twice unasked: {before}, then {after}"
        assert all(isinstance(failure.error, UnknownOutcome) for failure in outcome.failed), (
            outcome.failed
        )
        assert not owned & unknown, f"paid for, on the disk, and lost: {owned & unknown}"
        assert all(after[a] == before[a] for a in owned), "bought again what was on the disk"
        assert all(told[a] for a in owned & told.keys()), (
            "doctor takes for lost what is on the disk"
        )
        assert self.in_place() == set(ASSETS) - unknown
        standing = {entry.asset_id for entry in self.shop.open_entries()}
        assert standing == unknown, "what is reported is what is open"
        self._assert_settled(unknown)
        self.ended["unknown" if unknown else "clean"] += 1
        if unknown:
            forced = self.shop.generate(*unknown, force=True)
            assert not forced.failed and not self.shop.open_entries()
            assert self.orders() == {a: after[a] + (a in unknown) for a in ASSETS}
        self._assert_settled(set())

    def done(self) -> None:
        shutil.rmtree(self.root)

    def _assert_settled(self, missing: set[str]) -> None:
        """Check finds nothing but what is missing, and nothing half written is left."""
        found = check.check(self.root, self.shop.environ).findings
        assert {finding.path for finding in found} == {
            f"public/{asset_id}.png" for asset_id in missing
        }, found
        assert list((self.root / ".assetgen/cache/writing").iterdir()) == []
        waiting = {path.name for path in (self.kept / "replies").iterdir()}
        assert waiting <= {
            str(entry.number) for entry in self._entries() if entry.fate is not Fate.PLACED
        }
        assert (self.root / ".assetgen/cache/.gitignore").read_text().strip() == "*"

    def _entries(self) -> list[Entry]:
        log = Journal(self.root, lambda: "2026-11-23T12:00:00Z")
        try:
            count = log._db.execute("SELECT count(*) FROM entry").fetchone()[0]
            return [log.entry(number) for number in range(1, count + 1)]
        finally:
            log.close()


@contextmanager
def mounted(folder: Path, *arguments: str) -> Iterator[None]:
    """Something mounted over ``folder`` for a while."""
    subprocess.run(["mount", *arguments, str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


@dataclass(frozen=True)
class Route:
    """A route, as assets name it."""

    name: str
    more: str = ""
    profile: str | None = None
    """The profile of the gateway that it is at; None for OpenAI's own routes."""


STREAMED = "[asset.options]\npartial_images = 2"


def sweep(
    folder: Path,
    runners: Sequence[Runner],
    route: Route,
    harm: Callable[[int], Harm],
    *arguments: str,
    every: int = 1,
    fault: Mapping[str, Any] | None = None,
    git: bool = False,
) -> tuple[Counter[str], Counter[str]]:
    """Do harm at each call, or at every n-th, until a run ends untouched; all runners at once.

    ``fault`` is what befalls each reply besides, as ``Provider.fault`` takes it. With ``git``, each
    project is a repository, whose folder has the log, the replies and the originals.
    Returns how often each call was struck, and how the projects ended.
    """
    struck: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    with (
        Provider(route.profile or "openai", polls=1) as provider,
        ThreadPoolExecutor(len(runners)) as pool,
    ):
        if fault:
            provider.fault(**fault, times=1_000_000)
        futures = []
        for number, runner in enumerate(runners):
            place = folder / f"stand{number}"
            stand = Stand(
                place, runner, provider, route.name, route.more, git=git, profile=route.profile
            )
            numbers = range(1 + number * every, 10_000, every * len(runners))
            futures.append(pool.submit(_swept, stand, numbers, harm, arguments))
        for future in futures:
            one, stands = future.result()
            struck += one
            ended += stands
    print(f"\n{route.name}: {sum(struck.values())} points {dict(struck)}, ended {dict(ended)}")
    return struck, ended


def _swept(
    stand: Stand, numbers: Iterable[int], harm: Callable[[int], Harm], arguments: Sequence[str]
) -> tuple[Counter[str], Counter[str]]:
    struck: Counter[str] = Counter()
    for number in numbers:
        trial = stand.trial()
        run = trial.harmed(harm(number), *arguments)
        assert "Traceback" not in run.said, run.said
        trial.assert_paid_once()
        if run.hit is None:
            assert run.code == 0, run.said
            break
        struck[run.hit] += 1
        trial.done()
    return struck, stand.ended


if __name__ == "__main__":
    _serve(sys.argv[1])
