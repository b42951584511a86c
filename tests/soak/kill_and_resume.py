"""Kills whole jobs, the process group at once, with SIGKILL at random moments, in all modes; then lets --resume
finish them, and checks what must hold: what has its final name is whole at every moment, the files at the end are
those of an undisturbed run, nothing is made again that was recorded as done, and no temporary is left.

    tests/soak/kill_and_resume.py build/release/labday --kills 200
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kill_workers import make_photos, processes_of

MODES = [
    "blocking",
    "threads",
    "async",
    "async:io=threads",
    "multiprocessing",
    "multiprocessing:start=spawn",
    "multiprocessing-pool",
    "multiprocessing-joblib",
]
SCALES = "50%,120%,200%"


def files_of(folder):
    """Of the output folder, without journals."""
    names = folder.rglob("*") if folder.exists() else []
    return [name for name in names if name.is_file() and ".labday" not in name.parts]


def is_temporary(path):
    return path.name.startswith(".labday-tmp-")


def check(out, reference, what):
    for path in files_of(out):
        if not is_temporary(path) and path.read_bytes() != (reference / path.relative_to(out)).read_bytes():
            sys.exit(f"{what}: {path.name} is not whole")


def run_and_kill(command, limit):
    """Kills the process group after a random time; true where the job was still running."""
    job = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        job.wait(timeout=random.uniform(0, limit))
    except subprocess.TimeoutExpired:
        os.killpg(job.pid, signal.SIGKILL)
    stderr = job.communicate()[1]
    while processes_of(job.pid):
        time.sleep(0.002)
    if job.returncode not in (0, -signal.SIGKILL):
        sys.exit(f"{command}: exit status {job.returncode}\n{stderr}")
    return job.returncode != 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labday", type=Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--sources", type=int, default=24)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    random.seed(options.seed)
    labday = options.labday.resolve()
    kills = jobs = 0
    with tempfile.TemporaryDirectory(prefix="labday-soak-") as name:
        folder = Path(name)
        photos = make_photos(labday, folder, options.sources)
        reference = folder / "reference"
        subprocess.run(
            [labday, "resize", photos, "-o", reference, "--scale", SCALES, "--mode", "blocking", "--quiet"], check=True
        )
        out = folder / "out"
        while kills < options.kills:
            mode = MODES[jobs % len(MODES)]
            grain = random.choice(["source", "rendition"])
            what = f"{mode} by {grain}"
            command = [labday, "resize", photos, "-o", out, "--scale", SCALES, "--mode", mode, "--grain", grain]
            command += ["-j", "3", "--resume", *random.choice([[], ["--durable"]])]
            begin = time.monotonic()
            subprocess.run([*command, "--quiet"], check=True)
            limit = time.monotonic() - begin
            shutil.rmtree(out)
            jobs += 1
            for _ in range(4):  # again and again into the same folder
                killed = run_and_kill(command, limit)
                kills += killed
                check(out, reference, what)
                if not killed:
                    break
            ended = subprocess.run(command, capture_output=True, text=True, check=False)
            if ended.returncode != 0:
                sys.exit(f"{what}: --resume ended with {ended.returncode}\n{ended.stdout}{ended.stderr}")
            check(out, reference, what)
            missing = {path.name for path in reference.iterdir()} - {path.name for path in out.iterdir()}
            left = [path for path in files_of(out) if is_temporary(path)]
            if missing or left:
                sys.exit(f"{what}: missing {sorted(missing)[:5]}, left {left[:5]}")
            again = subprocess.run(command, capture_output=True, text=True, check=True)
            if f"{len(list(reference.iterdir()))} there already" not in again.stdout:
                sys.exit(f"{what}: was done, and was done again\n{again.stdout}")
            shutil.rmtree(out)
    print(f"{jobs} jobs, {kills} times killed; all as it should be")


if __name__ == "__main__":
    main()
