"""The notebook's job by Pillow: every source resized (bicubic) to five PNGs with default settings, on one core.

Usage: pillow_job.py FOLDER OUTPUT. Prints the seconds from the first source opened to the last file written, without
the start of the interpreter. FOLDER is walked as labday walks it.
"""

import os
import sys
import time

from PIL import Image

PERCENTS = (120, 140, 160, 180, 200)
EXTENSIONS = (".jpg", ".jpeg", ".png")


def sources(folder):
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(EXTENSIONS) and not name.startswith("."):
                yield os.path.join(root, name)


def make_renditions(source, folder, output):
    stem = os.path.splitext(os.path.relpath(source, folder))[0]
    os.makedirs(os.path.dirname(os.path.join(output, stem)), exist_ok=True)
    with Image.open(source) as image:
        image.load()
        # Modes that Pillow would resize by nearest neighbour are expanded first, as labday does.
        if image.mode not in ("L", "LA", "RGB", "RGBA"):
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        for percent in PERCENTS:
            size = tuple(max(1, side * percent // 100) for side in image.size)
            resized = image.resize(size, Image.Resampling.BICUBIC)
            resized.save(os.path.join(output, f"{stem}-{percent}.png"))


def main():
    folder, output = sys.argv[1:]
    begin = time.perf_counter()
    for source in sources(folder):
        make_renditions(source, folder, output)
    print(time.perf_counter() - begin)


if __name__ == "__main__":
    main()
