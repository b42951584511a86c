"""What a comparison found, as data (results.json) and as tables (table.md)."""

import datetime
import functools
import json
import os
import re
import statistics
import subprocess
from pathlib import Path

from lib import job, rounds, tables


def field(path, pattern):
    """The first match in a file; `unknown` where there is none."""
    try:
        found = re.search(pattern, Path(path).read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else "unknown"


def machine():
    return {
        "processor": field("/proc/cpuinfo", r"^model name\s*: (.+)$"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_kb": field("/proc/meminfo", r"^MemTotal:\s*(\d+)"),
        "system": field("/etc/os-release", r'^PRETTY_NAME="(.+)"$'),
        "kernel": os.uname().release,
    }


@functools.cache
def commit():
    """Of the working tree when this was first asked."""
    command = ["git", "-C", Path(__file__).parent, "describe", "--always", "--dirty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def result(entry, baseline, raw_bytes):
    seconds = [usage.seconds for usage in entry.usages]
    return {
        "tool": entry.contestant.tool,
        "setting": entry.contestant.setting,
        "size_class": entry.contestant.size_class,
        "kernel": entry.contestant.kernel,
        "cores": entry.cores,
        "core_count": entry.core_count,
        "seconds": seconds,
        "cpu_seconds": [usage.cpu_seconds for usage in entry.usages],
        "median_seconds": statistics.median(seconds),
        "median_cpu_seconds": statistics.median(usage.cpu_seconds for usage in entry.usages),
        "megabytes_per_second": raw_bytes / 1e6 / statistics.median(seconds),
        "times_baseline": rounds.median_ratio([usage.seconds for usage in baseline.usages], seconds),
        "bytes": entry.bytes,
        "bytes_of_baseline": entry.bytes / baseline.bytes,
        "peak_memory_bytes": entry.peak_bytes,
        "mean_pixel_difference": entry.mean_difference,
    }


def make(entries, baseline_name, folder, plan, round_count, found, missing):
    """The record as plain data; the entries include the baseline, and it has not failed."""
    raw_bytes = job.raw_bytes(plan)
    baselines = {entry.cores: entry for entry in entries if entry.contestant.name == baseline_name}
    return {
        "schema": "labday.peers/1",
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
        "tools": {tool.name: version for tool, version in found},
        "baseline": baseline_name,
        "job": {
            "folder": Path(folder).name,
            "sources": len(plan),
            "renditions": sum(len(entry["renditions"]) for entry in plan),
            "raw_bytes": raw_bytes,
        },
        "rounds": round_count,
        "results": [result(entry, baselines[entry.cores], raw_bytes) for entry in entries if not entry.failure],
        "left_out": [*missing, *(entry.failure for entry in entries if entry.failure)],
    }


HEADER = ["tool", "setting", "MB/s", "seconds", "spread", "times Pillow", "CPU s", "bytes of Pillow's", "peak MB",
          "kernel", "pixels against Pillow's"]
FLUSH_LEFT = {0, 1, 9, 10}


def row(own):
    difference = own["mean_pixel_difference"]
    return [
        own["tool"],
        own["setting"],
        f"{own['megabytes_per_second']:.0f}",
        f"{own['median_seconds']:.2f}",
        tables.spread(own["seconds"]),
        f"{own['times_baseline']:.1f}",
        f"{own['median_cpu_seconds']:.2f}",
        f"{own['bytes_of_baseline']:.3f}",
        f"{own['peak_memory_bytes'] / 1e6:.0f}",
        own["kernel"],
        "the same" if difference == 0 else f"differ by {difference:.2f} of 255",
    ]


def markdown(record):
    about, machine_ = record["job"], record["machine"]
    parts = [
        f"{about['sources']} sources of `{about['folder']}`, {about['renditions']} renditions, "
        f"{about['raw_bytes'] / 1e6:.0f} MB of raw pixels. Medians of {record['rounds']} interleaved rounds, each "
        f"execution a fresh process, timed from its start to its end; {record['date'][:10]}, labday {record['commit']}.\n"
    ]
    for cores, title in (("one", "One core"), ("all", f"All cores ({machine_['cores']})")):
        results = [own for own in record["results"] if own["cores"] == cores]
        if results:
            results.sort(key=lambda own: -own["megabytes_per_second"])
            parts.append(f"### {title}\n\n{tables.markdown(HEADER, list(map(row, results)), FLUSH_LEFT)}")
    parts.append(
        f"{machine_['processor']}, {machine_['system']}, Linux {machine_['kernel']}. "
        + "; ".join(f"{name}: {version}" for name, version in record["tools"].items())
        + ".\n"
    )
    if record["left_out"]:
        parts.append("Left out:\n\n" + "".join(f"- {sentence}\n" for sentence in record["left_out"]))
    return "\n".join(parts)


def write(record, folder):
    os.makedirs(folder, exist_ok=True)
    Path(folder, "results.json").write_text(
        json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    Path(folder, "table.md").write_text(markdown(record), encoding="utf-8")
