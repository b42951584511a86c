"""Makes bench/ importable as its own scripts see it, and the makers of pictures of the tests against Pillow."""

import sys
from pathlib import Path

for folder in ("tests/oracle", "bench"):
    sys.path.insert(0, str(Path(__file__).parents[2] / folder))
