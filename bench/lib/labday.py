"""labday as a contestant."""

import re
import subprocess


def levels(labday):
    """What `--png` takes, as the help lists it."""
    text = subprocess.run([labday, "resize", "--help"], check=True, capture_output=True, text=True).stdout
    return re.search(r"--png [A-Z]*:?\{([a-z,]+)\}", text)[1].split(",")


def command(labday, level, mode, folder, output):
    """The same job as Pillow's: its pixels are those as stored."""
    return [labday, "resize", folder, "-o", output, "--mode", mode, "--png", level, "--orient", "none", "--quiet"]
