"""One execution of a command as a fresh process: seconds, CPU seconds, and, in an execution of its own, peak memory."""

import dataclasses
import os
import subprocess
import threading
import time

SAMPLE_SECONDS = 0.01


class Failed(Exception):
    """The command failed; the text says how, in its own last words."""


@dataclasses.dataclass
class Usage:
    seconds: float  # from the start of the process to its end
    cpu_seconds: float  # user and system, of the process and its descendants


def descendants(pid):
    """The process and those that it started, as far as they live."""
    yield pid
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as children:
                for child in children.read().split():
                    yield from descendants(int(child))
    except (FileNotFoundError, ProcessLookupError):
        pass


def proportional_bytes(pid):
    """Resident memory, pages that several processes share divided among them (PSS): a sum over processes counts each
    page once."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
            return next(int(line.split()[1]) * 1024 for line in rollup if line.startswith("Pss:"))
    except (FileNotFoundError, ProcessLookupError, PermissionError, StopIteration):
        return 0


class MemoryWatch(threading.Thread):
    """Samples the memory of a process and its descendants until stop()."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid = pid
        self.peak_bytes = 0
        self.ended = threading.Event()
        self.start()

    def run(self):
        while not self.ended.wait(SAMPLE_SECONDS):
            self.peak_bytes = max(self.peak_bytes, sum(map(proportional_bytes, descendants(self.pid))))

    def stop(self):
        self.ended.set()
        self.join()
        return self.peak_bytes


def start(command, environment, log):
    return subprocess.Popen(
        command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log
    )


def check(command, status, log_path):
    if status == 0:
        return
    with open(log_path, encoding="utf-8", errors="replace") as log:
        words = " ".join(log.read().split()) or "it said nothing"
    raise Failed(f"{command[0]} ended with status {status}: {words[-300:]}")


def timed(command, environment, log_path):
    """Executes it with nothing beside it. Raises Failed."""
    with open(log_path, "wb") as log:
        begin = time.perf_counter()
        process = start(command, environment, log)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    check(command, process.returncode, log_path)
    return Usage(seconds, usage.ru_utime + usage.ru_stime)


def peak_memory(command, environment, log_path):
    """Executes it under a watch, whose work would disturb a measurement of time, and returns the peak in bytes. Raises
    Failed."""
    with open(log_path, "wb") as log:
        process = start(command, environment, log)
        watch = MemoryWatch(process.pid)
        status = process.wait()
    peak = watch.stop()
    check(command, status, log_path)
    return peak
