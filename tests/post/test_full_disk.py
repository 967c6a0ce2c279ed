"""A disk that is full while the print run is joined is one clear line."""

from pathlib import Path

import pytest

from outreach.errors import WorldError
from outreach.post.merge import join
from tests.post.test_odd_pages import pdf


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk() -> None:
    with pytest.raises(WorldError) as caught:
        join([pdf()], Path("/dev/full"), "Essai")
    assert str(caught.value) == "/dev/full: cannot be written; No space left on device"
