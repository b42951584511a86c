"""Fixtures of the tests against Pillow."""

import pytest

from decoding import dump


@pytest.fixture
def decode(tmp_path):
    """Bytes to what labday makes of them."""

    def run(data, *options):
        path = tmp_path / "picture"
        path.write_bytes(data)
        return dump([path], *options)[0]

    return run
