"""The job that every comparison executes: five bicubic renditions, 120 to 200 %, as PNG, of each source of a folder.

Sources, sizes and names are labday's. Peers that cannot walk a folder as labday does are given the whole job as a plan.
Nothing here imports Pillow, so that jobs which do not use it do not pay for it.
"""

import multiprocessing
import os
import time

PERCENTS = (120, 140, 160, 180, 200)
EXTENSIONS = (".jpg", ".jpeg", ".png")


def sources(folder):
    """The files that labday takes from `folder`, in its order."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(EXTENSIONS) and not name.startswith("."):
                yield os.path.join(root, name)


def rendition_size(size, percent):
    return tuple(max(1, side * percent // 100) for side in size)


def rendition_name(source, folder, percent):
    """Relative to the output folder."""
    return f"{os.path.splitext(os.path.relpath(source, folder))[0]}-{percent}.png"


def plan(folder, describe):
    """The job as plain data: a dictionary a source. `describe(source)` gives its size and Pillow's name of its channels
    (L, LA, RGB, RGBA)."""
    entries = []
    for source in sources(folder):
        size, channels = describe(source)
        renditions = []
        for percent in PERCENTS:
            width, height = rendition_size(size, percent)
            renditions.append({"name": rendition_name(source, folder, percent), "width": width, "height": height})
        entries.append({"source": source, "channels": channels, "renditions": renditions})
    return entries


def raw_bytes(entries):
    """Bytes of all pixels that the plan asks for."""
    return sum(
        rendition["width"] * rendition["height"] * len(entry["channels"])
        for entry in entries
        for rendition in entry["renditions"]
    )


def make_folders(output, names):
    for folder in {os.path.dirname(os.path.join(output, name)) for name in names}:
        os.makedirs(folder, exist_ok=True)


def execute(make_renditions, items, processes):
    """Calls `make_renditions(item)` for each item, in a pool where more than one process is asked for, one item at a
    time so that a large source keeps no others waiting. Returns the seconds that it took."""
    begin = time.perf_counter()
    if processes == 1:
        for item in items:
            make_renditions(item)
    else:
        with multiprocessing.Pool(processes) as pool:
            pool.map(make_renditions, items, chunksize=1)
    return time.perf_counter() - begin
