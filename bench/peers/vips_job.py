"""The job by libvips, called through GObject introspection, which Debian has (of pyvips it has none).

Usage: vips_job.py PLAN OUTPUT LEVEL FILTER PROCESSES, FILTER being `up` or `all` (adaptive).
"""

import functools
import json
import os
import sys
from pathlib import Path

import gi

gi.require_version("Vips", "8.0")
from gi.repository import GObject, Vips  # noqa: E402

sys.path.insert(0, str(Path(__file__).parents[1]))
from lib import job  # noqa: E402


def call(operation_name, **arguments):
    """Calls an operation of libvips; returns its image, if it makes one."""
    operation = Vips.Operation.new(operation_name)
    for name, value in arguments.items():
        GObject.Object.set_property(operation, name.rstrip("_").replace("_", "-"), value)
    if operation.build() != 0:
        raise RuntimeError(f"{operation_name}: {Vips.error_buffer()}")
    return operation.props.out if hasattr(operation.props, "out") else None


def resized(source, width, height):
    alpha = source.hasalpha()
    if alpha:
        source = call("premultiply", in_=source)
    result = call("resize", in_=source, scale=width / source.props.width,
                  vscale=height / source.props.height, kernel=Vips.Kernel.CUBIC)
    if alpha:
        result = call("cast", in_=call("unpremultiply", in_=result), format=Vips.BandFormat.UCHAR)
    return result


def make_renditions(output, level, filters, entry):
    names = [rendition["name"] for rendition in entry["renditions"]]
    job.make_folders(output, names)
    load = "pngload" if entry["source"].lower().endswith(".png") else "jpegload"
    decoded = call("copy", in_=call(load, filename=entry["source"]))
    # Five readers: the pixels are kept.
    source = decoded.copy_memory()
    for rendition in entry["renditions"]:
        image = resized(source, rendition["width"], rendition["height"])
        call("pngsave", in_=image, filename=os.path.join(output, rendition["name"]), compression=level, filter=filters,
             strip=True)


def main():
    plan, output, level, filters, processes = sys.argv[1:]
    Vips.init("vips_job")
    # A cache of operations would keep images alive.
    Vips.cache_set_max(0)
    entries = json.loads(Path(plan).read_text(encoding="utf-8"))
    chosen = {"up": Vips.ForeignPngFilter.UP, "all": Vips.ForeignPngFilter.ALL}[filters]
    print(job.execute(functools.partial(make_renditions, output, int(level), chosen), entries, int(processes)))


if __name__ == "__main__":
    main()
