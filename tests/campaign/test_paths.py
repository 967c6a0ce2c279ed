from collections.abc import Callable
from pathlib import Path

import pytest

from outreach.campaign.paths import find_root
from outreach.errors import InputError

Campaign = Callable[..., Path]


def test_the_campaign_is_found_from_a_folder_below(campaign: Campaign, tmp_path: Path) -> None:
    root = campaign()
    assert find_root(root / "letters") == root
    with pytest.raises(InputError, match=r"no outreach\.toml here or above"):
        find_root(tmp_path)
