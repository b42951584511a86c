"""Kills random workers with SIGKILL while jobs run, for as long as is asked, and checks what must hold then: each
job ends, every rendition is there or its source is named, the files are those of the baseline, and no process,
shared memory or temporary is left.

    tests/soak/kill_workers.py build/release/labday --seconds 60
"""

import argparse
import filecmp
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MODES = [
    "multiprocessing",
    "multiprocessing:start=spawn",
    "multiprocessing-pool",
    "multiprocessing-pool:chunk=3,maxtasks=5",
    "multiprocessing-pool:start=spawn",
    "multiprocessing-joblib",
    "multiprocessing-joblib:batch=4,max_nbytes=1",
]
SCALES = "50%,120%,200%"
RENDITIONS = 3


def children(pid):
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def processes_of(session):
    """Of a session, zombies included."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        if int(fields[3]) == session:
            found.append(int(entry.name))
    return found


def processes_left(session, patience=10):
    """Those of a session whose leader is reaped, once a process that was just told to die has had time to: a
    sanitizer's own helper outlives its killed worker by a moment, and init reaps when it comes to it."""
    deadline = time.monotonic() + patience
    while (left := processes_of(session)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def make_photos(labday, folder, sources):
    subprocess.run([labday, "samples", "-o", folder / "originals"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(
        [labday, "resize", folder / "originals", "-o", folder / "photos", "--width", "240", "--quiet"], check=True
    )
    shutil.rmtree(folder / "originals")
    originals = sorted((folder / "photos").iterdir())
    for number in range(len(originals), sources):
        os.link(originals[number % len(originals)], folder / "photos" / f"{number:04}.png")
    return folder / "photos"


def run_under_fire(labday, photos, out, mode, grain, pause):
    """Returns how many workers were killed, and the sources named as failed."""
    job = subprocess.Popen(
        [labday, "resize", photos, "-o", out, "--scale", SCALES, "--mode", mode, "--grain", grain, "-j", "3"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    killed = 0
    begin = time.monotonic()
    try:
        while job.poll() is None:
            time.sleep(random.uniform(0, 2 * pause))
            victims = children(job.pid)
            # A worker that could not yet begin any task is a failed start, and many in a row are reported as that.
            if victims and out.exists() and any(out.iterdir()):
                try:
                    os.kill(random.choice(victims), signal.SIGKILL)
                    killed += 1
                except ProcessLookupError:
                    pass
            if time.monotonic() - begin > 240:
                sys.exit(f"{mode} by {grain}: the job does not end")
        stdout, stderr = job.communicate()
    finally:
        if job.poll() is None:
            os.killpg(job.pid, signal.SIGKILL)
    if job.returncode not in (0, 1):
        sys.exit(f"{mode} by {grain}: exit status {job.returncode}\n{stdout}{stderr}")
    failed = set(re.findall(r"^(?:labday: )?(.+?): decode: .*worker process", stderr, re.MULTILINE))
    if (job.returncode == 1) != bool(failed):
        sys.exit(f"{mode} by {grain}: exit status {job.returncode}\n{stderr}")
    left = processes_left(job.pid)
    if left:
        sys.exit(f"{mode} by {grain}: processes {left} are left")
    return killed, {Path(path).stem for path in failed}


def check_files(out, reference, failed, what):
    files = {path.name for path in out.iterdir()}
    expected = {path.name for path in reference.iterdir()}
    if files - expected:
        sys.exit(f"{what}: left behind: {sorted(files - expected)[:5]}")
    missing = {name for name in expected - files if name.rsplit("-", 1)[0] not in failed}
    if missing:
        sys.exit(f"{what}: neither made nor named: {sorted(missing)[:5]}")
    _, different, errors = filecmp.cmpfiles(out, reference, sorted(files), shallow=False)
    if different or errors:
        sys.exit(f"{what}: differ from the baseline: {(different + errors)[:5]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labday", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--sources", type=int, default=120)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    random.seed(options.seed)
    labday = options.labday.resolve()
    jobs = killed = failed_sources = 0
    with tempfile.TemporaryDirectory(prefix="labday-soak-") as name:
        folder = Path(name)
        photos = make_photos(labday, folder, options.sources)
        reference = folder / "reference"
        begin = time.monotonic()
        subprocess.run(
            [labday, "resize", photos, "-o", reference, "--scale", SCALES, "--mode", "blocking", "--quiet"],
            check=True,
        )
        per_task = (time.monotonic() - begin) / options.sources
        end = time.monotonic() + options.seconds
        while time.monotonic() < end or jobs == 0:
            mode = MODES[jobs % len(MODES)]
            grain = random.choice(["source", "rendition"])
            out = folder / "out"
            now_killed, failed = run_under_fire(labday, photos, out, mode, grain, random.choice([2, 10]) * per_task)
            check_files(out, reference, failed, f"{mode} by {grain}")
            shutil.rmtree(out)
            jobs += 1
            killed += now_killed
            failed_sources += len(failed)
    print(f"{jobs} jobs, {killed} workers killed, {failed_sources} sources failed and were named; all as it should be")


if __name__ == "__main__":
    main()
