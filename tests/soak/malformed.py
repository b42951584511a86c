"""Malformed pictures by the thousand, in every mode: seeded damage to good JPEGs and PNGs (bits, cuts, lengths,
chunks and segments moved, doubled and removed, checksums put right again so that damage gets past them). Each file is
either done, in every mode with the same bytes, or named with a reason, in every mode the same; and there is no crash,
hang, leak, partial file or temporary. Best with a build with the address sanitizer:

    tests/soak/malformed.py build/asan/labday --files 4000 [--seed N] [--pictures FOLDER...]
"""

import argparse
import os
import random
import re
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

from kill_workers import processes_left

MODES = [
    "blocking",
    "async",
    "async:io=threads",
    "threads",
    "multiprocessing",
    "multiprocessing-pool",
    "multiprocessing-pool:start=spawn",
    "multiprocessing-joblib",
]
SANITIZER_STATUS = 99
ERROR = re.compile(r"(?:labday: )?(?P<path>.+?): (?:plan|read|decode|resize|encode|write): .+\. [A-Z].*\.")
PNG = b"\x89PNG\r\n\x1a\n"
INTERESTING = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


def chunks(content):
    """Of a PNG, as (kind, data); what does not parse is left out."""
    found, at = [], len(PNG)
    while at + 12 <= len(content):
        (size,) = struct.unpack_from(">I", content, at)
        if at + 12 + size > len(content):
            break
        found.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + size]))
        at += 12 + size
    return found


def png_of(parts):
    return PNG + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def segments(content):
    """Of a JPEG up to its first scan, as (offset, length with marker)."""
    found, at = [], 2
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] != 0xDA:
        (size,) = struct.unpack_from(">H", content, at + 2)
        found.append((at, size + 2))
        at += size + 2
    return found


def flip_bits(rng, content):
    data = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 8, 40])):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def cut(rng, content):
    return content[: rng.randrange(len(content))]


def put_number(rng, content):
    data = bytearray(content)
    width = rng.choice([1, 2, 4])
    value = rng.choice(INTERESTING) & ((1 << 8 * width) - 1)
    at = rng.randrange(max(1, min(len(data) - width, rng.choice([64, 1024, len(data)]))))
    data[at : at + width] = value.to_bytes(width, rng.choice(["big", "little"]))
    return bytes(data)


def move_a_piece(rng, content):
    begin = rng.randrange(len(content))
    piece = content[begin : begin + rng.randrange(1, 400)]
    to = rng.randrange(len(content))
    kind = rng.randrange(3)
    if kind == 0:
        return content[:to] + piece + content[to:]
    if kind == 1:
        return content[:begin] + content[begin + len(piece) :]
    return content[:to] + piece + content[to + len(piece) :]


def damage_inside_a_png(rng, content):
    """In a chunk whose checksum is right again, or of the list of chunks."""
    parts = chunks(content)
    if not parts:
        return flip_bits(rng, content)
    for _ in range(rng.choice([1, 1, 3])):
        index = rng.randrange(len(parts))
        kind, data = parts[index]
        what = rng.randrange(7)
        if what == 0 and data:
            parts[index] = (kind, flip_bits(rng, data))
        elif what == 1 and data:
            parts[index] = (kind, put_number(rng, data) if len(data) > 4 else data)
        elif what == 2:
            parts.insert(rng.randrange(len(parts) + 1), parts[index])
        elif what == 3 and len(parts) > 1:
            del parts[index]
        elif what == 4:
            parts[index] = (rng.choice([b"IHDR", b"IDAT", b"PLTE", b"tRNS", b"iCCP", b"eXIf", b"acTL", b"IEND"]), data)
        elif what == 5:
            other = rng.randrange(len(parts))
            parts[index], parts[other] = parts[other], parts[index]
        elif kind == b"IDAT":
            try:  # other pixels and filters, compressed again
                parts[index] = (kind, zlib.compress(flip_bits(rng, zlib.decompress(data)), 1))
            except zlib.error:
                parts[index] = (kind, data[: len(data) // 2])
    return png_of(parts)


def damage_inside_a_jpeg(rng, content):
    """In the tables and headers, where a byte says most."""
    found = segments(content)
    if not found:
        return flip_bits(rng, content)
    data = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 4])):
        at, size = rng.choice(found)
        what = rng.randrange(4)
        if what == 0:
            data[min(at + 1, len(data) - 1)] = rng.choice([0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC9, 0xDB, 0xDD, 0xE1, 0xE2, 0xEE, 0xD9])
        elif what == 1 and at + 4 <= len(data):
            data[at + 2 : at + 4] = struct.pack(">H", rng.choice([0, 1, 2, min(size, 0xFFFF), 0xFFFF, rng.randrange(65536)]))
        elif what == 2:
            data[min(at + 4 + rng.randrange(max(1, size - 4)), len(data) - 1)] = rng.randrange(256)
        else:
            piece = data[at : at + size]
            return bytes(data[:at] + piece + data[at:])
    return bytes(data)


def damaged(rng, content):
    inside = damage_inside_a_png if content.startswith(PNG) else damage_inside_a_jpeg
    return rng.choice([flip_bits, cut, put_number, move_a_piece, inside, inside, inside])(rng, content)


def originals(labday, folder, given):
    """Small good pictures to damage: labday's own samples as JPEG and PNG, and those that were named."""
    subprocess.run([labday, "samples", "-o", folder / "samples"], check=True, stdout=subprocess.DEVNULL)
    small = folder / "small"
    subprocess.run([labday, "resize", folder / "samples", "-o", small, "--width", "90", "--quiet"], check=True)
    found = sorted(small.iterdir()) + sorted((folder / "samples").iterdir())
    for name in given:
        found += [path for path in sorted(Path(name).rglob("*")) if path.is_file()]
    return [content for content in (path.read_bytes() for path in found) if 60 < len(content) < 300_000]


def run(options, photos, out, mode):
    command = [options.labday, "resize", photos, "-o", out, "--width", "40", "--mode", mode, "-j", "2", "--no-history",
               "--no-space-check", "--max-pixels", str(options.max_pixels)]  # fmt: skip
    environment = os.environ | {
        "ASAN_OPTIONS": f"exitcode={SANITIZER_STATUS}:abort_on_error=0:allocator_may_return_null=1",
        "UBSAN_OPTIONS": f"exitcode={SANITIZER_STATUS}:halt_on_error=1",
        "LC_ALL": "C.UTF-8",
    }
    job = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, start_new_session=True,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))  # fmt: skip
    try:
        stdout, stderr = job.communicate(timeout=options.patience)
    except subprocess.TimeoutExpired:
        os.killpg(job.pid, 9)
        keep(options, photos, f"{mode}: hangs")
    text = stderr.decode(errors="strict")
    if job.returncode not in (0, 1) or "Sanitizer" in text or "runtime error" in text:
        keep(options, photos, f"{mode}: exit status {job.returncode}\n{text[-4000:]}")
    if "worker process" in text:
        keep(options, photos, f"{mode}: a worker died\n{text[-4000:]}")
    if left := processes_left(job.pid):
        keep(options, photos, f"{mode}: processes {left} are left")
    errors = {found["path"]: line for line in text.splitlines() if (found := ERROR.fullmatch(line))}
    return errors, stdout


def keep(options, photos, what):
    kept = Path(tempfile.mkdtemp(prefix="labday-malformed-"))
    shutil.copytree(photos, kept / "photos")
    sys.exit(f"seed {options.seed}: {what}\nthe pictures are in {kept}")


def check(options, photos, out, errors, expected, mode):
    """Each source is done or named; the same ones as in the first mode."""
    files = {path.name: path.read_bytes() for path in out.iterdir()} if out.exists() else {}
    done = {name.rsplit("-40.png", 1)[0] for name in files if name.endswith("-40.png")}
    odd = [name for name in files if not name.endswith("-40.png")]
    if odd:
        keep(options, photos, f"{mode}: left behind: {odd[:5]}")
    for name, content in files.items():
        if content[:8] != PNG or content[-8:-4] != b"IEND":
            keep(options, photos, f"{mode}: {name} is not whole")
    named = {Path(path).name for path in errors}
    for source in photos.iterdir():
        if (source.stem in done) == (source.name in named):
            keep(options, photos, f"{mode}: {source.name} is {'done and' if source.stem in done else 'neither done nor'} named")
    if expected is not None and files != expected:
        keep(options, photos, f"{mode}: other files than in the first mode: {sorted(files.items() ^ expected.items())[:1]}")
    return files


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labday", type=Path)
    parser.add_argument("--pictures", nargs="*", default=[], help="folders of pictures to damage, besides samples")
    parser.add_argument("--files", type=int, default=4000)
    parser.add_argument("--at-once", type=int, default=500, help="in one folder")
    parser.add_argument("--patience", type=float, default=600, help="seconds for a folder in one mode")
    parser.add_argument("--max-pixels", type=int, default=4_000_000)
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    options.labday = options.labday.resolve()
    rng = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    total = done = 0
    with tempfile.TemporaryDirectory(prefix="labday-soak-") as name:
        folder = Path(name)
        good = originals(options.labday, folder, options.pictures)
        while total < options.files:
            photos = folder / "photos"
            photos.mkdir()
            count = min(options.at_once, options.files - total)
            for number in range(count):
                content = damaged(rng, rng.choice(good))
                ending = "png" if content.startswith(PNG) else "jpg"
                (photos / f"{number:05}.{ending}").write_bytes(content)
            expected = None
            for mode in options.modes.split(","):
                out = folder / "out"
                errors, _ = run(options, photos, out, mode)
                files = check(options, photos, out, errors, expected, mode)
                expected = files if expected is None else expected
                shutil.rmtree(out, ignore_errors=True)
            total += count
            done += len(expected)
            shutil.rmtree(photos)
            print(f"{total} pictures, {done} done, {total - done} named", flush=True)
    print(f"{total} malformed pictures in {len(options.modes.split(','))} modes; all as it should be")


if __name__ == "__main__":
    main()
