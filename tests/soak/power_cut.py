"""Cuts the power in the middle of jobs with --durable: ext4 and XFS on a loop device are shut down without flushing
anything (FS_IOC_SHUTDOWN, no flush of the log), so that all that is only in memory is lost, and mounted again. Then:

- every file under a final name is whole;
- every done record in the journals is true;
- if the job had ended with 0 before the cut, all of it is there;
- --resume completes the job with the files of an undisturbed run, and has nothing to do after that.

    tests/soak/power_cut.py build/release/labday --rounds 50            (as root)

Needs root, loop devices, mkfs.ext4 (e2fsprogs) and mkfs.xfs (xfsprogs). Where one of them is missing it says so and
ends with 77. What it cannot show: a disk that does not keep its word about fsync.
"""

import argparse
import ctypes
import ctypes.util
import fcntl
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kill_workers import make_photos, processes_of

SKIPPED = 77
FS_IOC_SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32), of ext4, XFS and others
NO_LOG_FLUSH = struct.pack("I", 2)
MODES = [
    "blocking",
    "threads",
    "async",
    "async:io=threads",
    "multiprocessing",
    "multiprocessing-pool",
    "multiprocessing-joblib",
]
SCALES = "50%,120%,200%"
MAKE = {"ext4": ["mkfs.ext4", "-q", "-F"], "xfs": ["mkfs.xfs", "-q", "-f"]}
MEGABYTES = {"ext4": 96, "xfs": 320}  # XFS takes no less
MARK = 0xA7D9B1E5
INTENT, DONE = 1, 2


def skip(reason):
    print(f"SKIPPED: {reason}")
    sys.exit(SKIPPED)


class Hashes:
    """XXH3 from the library that labday uses."""

    def __init__(self):
        self.xxhash = ctypes.CDLL(ctypes.util.find_library("xxhash") or "libxxhash.so.0")
        self.xxhash.XXH3_64bits.restype = ctypes.c_uint64
        self.xxhash.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]

    def of(self, data):
        return self.xxhash.XXH3_64bits(data, len(data))


def payloads(content, hashes):
    """Of the whole records of a journal, in order; see journal_record.h."""
    at = content.find(struct.pack("<I", MARK))
    while at >= 0:
        frame = content[at : at + 16]
        if len(frame) == 16:
            _, size, checksum = struct.unpack("<IIQ", frame)
            payload = content[at + 16 : at + 16 + size]
            length = (len(payload) * 0x9E3779B97F4A7C15) & (2**64 - 1)
            if len(payload) == size and hashes.of(payload) ^ length == checksum:
                yield payload
        at = content.find(struct.pack("<I", MARK), at + 1)


def names_recorded_as_done(out, hashes):
    """Their done record found its intent. Where one of a name was withdrawn, others may hold."""
    names = set()
    for journal in sorted((out / ".labday").glob("journal-*")) if (out / ".labday").exists() else []:
        intents = {}
        for payload in payloads(journal.read_bytes(), hashes):
            if payload[0] == INTENT:
                (size,) = struct.unpack_from("<Q", payload, 1)
                intents[hashes.of(payload)] = os.fsdecode(payload[9 : 9 + size])
            elif payload[0] == DONE:
                link, withdrawn = struct.unpack_from("<QB", payload, 17)
                if not withdrawn and link in intents:
                    names.add(intents[link])
    return names


class Disk:
    """A file system in a file, on a loop device, in a mount namespace of our own."""

    def __init__(self, kind, folder):
        self.kind = kind
        self.image = folder / f"{kind}.img"
        self.mounted = folder / kind
        self.mounted.mkdir()

    def make(self):
        with open(self.image, "wb") as image:
            image.truncate(MEGABYTES[self.kind] << 20)
        subprocess.run([*MAKE[self.kind], self.image], check=True, capture_output=True)

    def mount(self):
        return subprocess.run(
            ["mount", "-o", "loop", "-t", self.kind, self.image, self.mounted], check=False, capture_output=True, text=True
        )

    def cut(self):
        descriptor = os.open(self.mounted, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, FS_IOC_SHUTDOWN, NO_LOG_FLUSH)
        finally:
            os.close(descriptor)

    def unmount(self):
        for _ in range(100):
            if subprocess.run(["umount", self.mounted], check=False, capture_output=True).returncode == 0:
                return
            time.sleep(0.05)
        sys.exit(f"{self.kind}: cannot be unmounted")


def files_of(out):
    """Without journals; of temporaries only that they are there."""
    return [path for path in out.rglob("*") if path.is_file() and ".labday" not in path.parts] if out.exists() else []


def is_temporary(path):
    return path.name.startswith(".labday-tmp-")


def check(out, reference, hashes, what):
    there = {os.fspath(path.relative_to(out)): path for path in files_of(out) if not is_temporary(path)}
    for name, path in there.items():
        if path.read_bytes() != (reference / name).read_bytes():
            sys.exit(f"{what}: {name} is not whole")
    recorded = names_recorded_as_done(out, hashes)
    if recorded - there.keys():
        sys.exit(f"{what}: recorded as done and lost: {sorted(recorded - there.keys())[:5]}")
    return len(there), len(recorded)


def run_until_cut(command, disk, seconds):
    """Cuts the power after a random time; the exit status, or None where the job was still running."""
    job = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    status = None
    try:
        status = job.wait(timeout=random.uniform(0, seconds))
    except subprocess.TimeoutExpired:
        pass
    disk.cut()
    try:
        job.wait(timeout=120)  # every call fails now; it ends by itself
    except subprocess.TimeoutExpired:
        os.killpg(job.pid, signal.SIGKILL)
        sys.exit(f"{command}: does not end once the disk is gone")
    while processes_of(job.pid):
        time.sleep(0.002)
    return status


def rounds_on(kind, options, folder, photos, reference, hashes):
    disk = Disk(kind, folder)
    cuts = jobs = lost_work = kept = 0
    while cuts < options.rounds:
        disk.make()
        if (mounted := disk.mount()).returncode != 0:
            skip(f"{kind} cannot be mounted on a loop device here: {mounted.stderr.strip()}")
        mode = MODES[jobs % len(MODES)]
        grain = random.choice(["source", "rendition"])
        what = f"{kind}, {mode} by {grain}"
        out = disk.mounted / "out" / "deep"
        command = [options.labday, "resize", photos, "-o", out, "--scale", SCALES, "--mode", mode, "--grain", grain]
        command += ["-j", "2", "--resume", "--durable", "--no-space-check"]
        begin = time.monotonic()
        subprocess.run([*command, "--quiet"], check=True)
        seconds = time.monotonic() - begin
        shutil.rmtree(disk.mounted / "out")
        jobs += 1
        for _ in range(4):  # again and again on the same disk
            status = run_until_cut(command, disk, seconds)
            cuts += 1
            disk.unmount()
            if (mounted := disk.mount()).returncode != 0:
                sys.exit(f"{what}: cannot be mounted again: {mounted.stderr}")
            there, recorded = check(out, reference, hashes, what)
            kept += recorded
            lost_work += there - recorded
            if status not in (None, 0, 1):
                sys.exit(f"{what}: exit status {status}")
            if status == 0 and there < len(list(reference.iterdir())):
                sys.exit(f"{what}: ended with 0, and {there} files are there")
            if status == 0:
                break
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        if ended.returncode != 0:
            sys.exit(f"{what}: --resume ended with {ended.returncode}\n{ended.stdout}{ended.stderr}")
        check(out, reference, hashes, what)
        missing = {path.name for path in reference.iterdir()} - {path.name for path in files_of(out)}
        left = [path for path in files_of(out) if is_temporary(path)]
        if missing or left:
            sys.exit(f"{what}: missing {sorted(missing)[:5]}, left {left[:5]}")
        again = subprocess.run(command, capture_output=True, text=True, check=True)
        if f"{len(list(reference.iterdir()))} there already" not in again.stdout:
            sys.exit(f"{what}: was done, and was done again\n{again.stdout}")
        disk.unmount()
        disk.image.unlink()
    print(f"{kind}: {jobs} jobs, {cuts} power cuts; after them {kept} renditions were recorded as done, and all of "
          f"those were there; {lost_work} were there without a record")  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labday", type=Path)
    parser.add_argument("--rounds", type=int, default=50, help="power cuts on each file system")
    parser.add_argument("--filesystems", default="ext4,xfs")
    parser.add_argument("--sources", type=int, default=48)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    options.labday = options.labday.resolve()
    if os.geteuid() != 0:
        skip("only root may mount")
    if os.environ.get("LABDAY_OWN_MOUNTS") != "1":
        # What is mounted here is seen by nobody else, and gone with this process.
        environment = os.environ | {"LABDAY_OWN_MOUNTS": "1"}
        if subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True).returncode != 0:
            skip("there can be no mount namespace of our own here")
        sys.exit(subprocess.run(["unshare", "--mount", sys.executable, *sys.argv], check=False, env=environment).returncode)
    kinds = options.filesystems.split(",")
    for kind in kinds:
        if shutil.which(MAKE[kind][0]) is None:
            skip(f"there is no {MAKE[kind][0]}")
    print(f"seed {options.seed}", flush=True)
    random.seed(options.seed)
    with tempfile.TemporaryDirectory(prefix="labday-soak-") as name:
        folder = Path(name)
        photos = make_photos(options.labday, folder, options.sources)
        reference = folder / "reference"
        subprocess.run(
            [options.labday, "resize", photos, "-o", reference, "--scale", SCALES, "--mode", "blocking", "--quiet"],
            check=True,
        )
        for kind in kinds:
            rounds_on(kind, options, folder, photos, reference, Hashes())
    print("all as it should be")


if __name__ == "__main__":
    main()
