"""The notebook's job by Pillow: every source resized (bicubic) to five PNGs, by default with default settings on one
core.

Usage: pillow_job.py FOLDER OUTPUT [--compress-level N] [--processes N]. Prints the seconds from the first source opened
to the last file written, without the start of the interpreter. FOLDER is walked as labday walks it.
"""

import argparse
import functools
import os

from PIL import Image

from lib import job, pixels


def make_renditions(folder, output, options, source):
    names = [job.rendition_name(source, folder, percent) for percent in job.PERCENTS]
    job.make_folders(output, names)
    with Image.open(source) as image:
        image = pixels.expanded(image)
        for percent, name in zip(job.PERCENTS, names):
            resized = image.resize(job.rendition_size(image.size, percent), Image.Resampling.BICUBIC)
            resized.save(os.path.join(output, name), **options)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("output")
    parser.add_argument("--compress-level", type=int, help="zlib's level; Pillow's default is 6")
    parser.add_argument("--compress-type", type=int, help="zlib's strategy: 2 Huffman codes only, 3 run lengths")
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    asked = {"compress_level": arguments.compress_level, "compress_type": arguments.compress_type}
    options = {name: value for name, value in asked.items() if value is not None}
    make = functools.partial(make_renditions, arguments.folder, arguments.output, options)
    print(job.execute(make, list(job.sources(arguments.folder)), arguments.processes))


if __name__ == "__main__":
    main()
