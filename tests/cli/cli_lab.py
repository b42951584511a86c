"""What the tests of the command line share: a folder in which labday is run as a user would run it.

Every run is watched, whatever it is a test of: it must end by itself, its text must be valid UTF-8, no
sanitizer may complain, no temporary file may stay, and nothing may change outside the folders it was given
to write to. So a test only has to say what is special about it.
"""

import hashlib
import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from pictures import photo

TIMEOUT_SECONDS = 240  # only a hang takes this long, also in a sanitizer build on a loaded machine
SANITIZER_STATUS = 99  # none of labday's own statuses
DEFAULT_PERCENTS = ["120", "140", "160", "180", "200"]

# Every mode, and the variants that work in another way.
MODES = [
    "blocking",
    "async",
    "async:io=threads",
    "threads",
    "multiprocessing",
    "multiprocessing:start=spawn",
    "multiprocessing-pool",
    "multiprocessing-joblib",
]

STAGES = "plan|read|decode|resize|encode|write"
# `labday: ` stands before errors that concern the whole command.
ERROR_LINE = re.compile(
    rf"(?:labday: )?(?:(?P<path>.+?): )?(?P<stage>{STAGES}): (?P<detail>.+)\. (?P<remedy>[A-Z].*)\."
)


@dataclass
class Outcome:
    """How a run of labday ended."""

    command: str
    status: int
    stdout: str
    stderr: str

    @property
    def errors(self):
        """The error lines on stderr, as matches with the groups path, stage, detail, remedy."""
        return [found for found in map(ERROR_LINE.fullmatch, self.stderr.splitlines()) if found]

    def error_for(self, path):
        """The only error line for a path (given as it is printed)."""
        found = [error for error in self.errors if error["path"] == str(path)]
        assert len(found) == 1, f"{len(found)} error lines for {path}\n{self}"
        return found[0]

    def __str__(self):
        return f"$ {self.command}\nstatus {self.status}\n-- stdout\n{self.stdout}-- stderr\n{self.stderr}"


class Lab:
    """A folder of its own for one test: photos/ to take from, out/ to write to (not made yet), tmp/ for
    $TMPDIR; labday is started in it."""

    def __init__(self, binary, root, prefix=()):
        self.binary = Path(binary)
        self.root = Path(root)
        self.photos = self.root / "photos"
        self.out = self.root / "out"
        self.tmp = self.root / "tmp"
        self.prefix = list(prefix)
        self.photos.mkdir()
        self.tmp.mkdir()

    @property
    def sanitized(self):
        """Whether it is built with a sanitizer that keeps memory of its own beside the program's."""
        return bool(os.environ.get("LABDAY_SANITIZE"))

    def busy_photo(self, width, height, seed=0):
        """A photo over which a sanitizer, which is slower, is busy for about as long as others over this size."""
        return photo(width // 3, height // 3, seed=seed) if self.sanitized else photo(width, height, seed=seed)

    def environment(self):
        kept = {
            name: os.environ[name] for name in ("PATH", "LSAN_OPTIONS", "TSAN_OPTIONS") if name in os.environ
        }
        return kept | {
            "HOME": str(self.root),
            "TMPDIR": str(self.tmp),
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm",
            "LABDAY_HISTORY": "off",
            "ASAN_OPTIONS": f"exitcode={SANITIZER_STATUS}:abort_on_error=0",
            "UBSAN_OPTIONS": f"exitcode={SANITIZER_STATUS}:print_stacktrace=1",
        }

    def command(self, *arguments, prefix=()):
        return [
            os.fsencode(str(part) if isinstance(part, (int, float)) else part)
            for part in [*prefix, *self.prefix, self.binary, *arguments]
        ]

    def run(self, *arguments, status=0, writes=(), prefix=(), **options):
        """Runs labday and checks its exit status (one, or any of a tuple) and what every run must keep to.
        `writes`: what it may change besides out/."""
        writable = [self.out, *map(Path, writes)]
        before = snapshot(self.root, writable)
        command = self.command(*arguments, prefix=prefix)
        defaults = dict(
            cwd=self.root,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT_SECONDS,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        done = subprocess.run(command, check=False, **(defaults | options))
        outcome = self.outcome(command, done.returncode, done.stdout or b"", done.stderr or b"")
        wanted = status if isinstance(status, tuple) else (status,)
        assert outcome.status in wanted, f"exit status {outcome.status}, not {status}\n{outcome}"
        assert temporaries(self.root) == [], f"temporary files stayed\n{outcome}"
        assert changes(before, snapshot(self.root, writable)) == [], f"changed outside the output\n{outcome}"
        return outcome

    def resize(self, *arguments, **options):
        """`labday resize photos -o out`, and what is given."""
        return self.run("resize", "photos", "-o", "out", *arguments, **options)

    def start(self, *arguments, **options):
        """Starts labday as the leader of its own session, to be signalled and finished by the test."""
        defaults = dict(
            cwd=self.root,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        return subprocess.Popen(self.command(*arguments), **(defaults | options))

    def outcome(self, command, status, stdout, stderr):
        """Decodes strictly: whatever a file is called, labday writes text."""
        shown = " ".join(shlex.quote(os.fsdecode(part)) for part in command)
        outcome = Outcome(shown, status, stdout.decode("utf-8"), stderr.decode("utf-8"))
        assert status != SANITIZER_STATUS and "Sanitizer" not in outcome.stderr, outcome
        assert status >= 0 or -status in (
            signal.SIGINT,
            signal.SIGTERM,
            signal.SIGKILL,
            signal.SIGPIPE,
        ), f"killed by signal {-status}\n{outcome}"
        return outcome

    def outputs(self, folder=None):
        """The files below out/ as sorted relative paths; str, with surrogates for bytes that are no UTF-8."""
        return list_files(folder or self.out)

    def bytes_of_outputs(self, folder=None):
        folder = folder or self.out
        return {name: (folder / name).read_bytes() for name in list_files(folder)}


JOURNALS = ".labday"  # the folder of --resume's journals in an output folder


def list_files(folder):
    """All files but the journals."""
    return sorted(
        os.path.relpath(os.path.join(where, name), folder)
        for where, _, names in os.walk(folder)
        if os.path.basename(where) != JOURNALS
        for name in names
    )


def temporaries(folder):
    return [
        os.path.join(where, name)
        for where, folders, names in os.walk(folder)
        for name in folders + names
        if name.startswith(".labday") and name != JOURNALS
    ]


def snapshot(root, but_for=()):
    """Everything below `root` that a careless program could change, without what lies in `but_for`."""
    left_out = {str(path) for path in but_for}
    parents = {str(parent) for path in but_for for parent in Path(path).parents}
    seen = {}

    def look(path):
        if path in left_out:
            return
        found = os.lstat(path)
        state = (stat.S_IFMT(found.st_mode), stat.S_IMODE(found.st_mode), found.st_uid, found.st_ino)
        if stat.S_ISREG(found.st_mode):
            with open(path, "rb") as file:
                state += (found.st_mtime_ns, hashlib.sha256(file.read()).hexdigest())
        elif stat.S_ISLNK(found.st_mode):
            state += (os.readlink(path),)
        elif stat.S_ISDIR(found.st_mode):
            # A file that came and went in a folder leaves a trace in its time.
            state += () if path in parents else (found.st_mtime_ns,)
            for name in os.listdir(path):
                look(os.path.join(path, name))
        seen[path] = state

    look(str(root))
    return seen


def changes(before, after):
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def processes_of_session(session):
    """Processes, zombies apart, that still belong to the session; field 6 of proc(5)'s stat."""
    alive = []
    for entry in os.listdir("/proc"):
        try:
            fields = Path("/proc", entry, "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if entry.isdigit() and fields[0] != "Z" and int(fields[3]) == session:
            alive.append(int(entry))
    return alive


def nobody_prefix():
    """How to run a program as a user to whom permissions apply; skips where root cannot become one."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root passes over permissions, and there is no setpriv to become nobody")
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def mount_prefix(out, mount, keep=None):
    """A prefix that runs a command after `mount`, a shell line in which $OUT is the folder `out`, in a mount
    namespace of its own, and then copies `out` as the command left it to `keep`. Skips where mounting is not
    permitted."""
    unshare = (
        ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    )
    probe = [*unshare, "mount", "-t", "tmpfs", "none", "/mnt"]
    if (
        shutil.which("unshare") is None
        or subprocess.run(probe, check=False, capture_output=True).returncode != 0
    ):
        pytest.skip("mounting is not permitted here")
    copy = f'cp -R "$OUT/." {shlex.quote(str(keep))};' if keep else ""
    script = f'OUT={shlex.quote(str(out))}; {mount} || exit 98; "$@"; status=$?; {copy} exit $status'
    return [*unshare, "sh", "-c", script, "sh"]


def strace_prefix(*options):
    """A prefix that runs a command under strace. Skips where there is none, or where it may not trace."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("there is no strace")
    probe = subprocess.run([strace, "-o", os.devnull, "true"], check=False, capture_output=True)
    if probe.returncode != 0:
        pytest.skip("tracing is not permitted here")
    # LeakSanitizer stops the threads that it looks at by tracing them, and fails where somebody else does.
    return [strace, "-qq", "-E", "LSAN_OPTIONS=detect_leaks=0", *options]
