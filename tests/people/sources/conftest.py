"""How the tests of foreign files bring one in."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Campaign = Callable[..., Path]
Run = Callable[..., Result]
Bring = Callable[..., tuple[Result, list[dict[str, Any]]]]


@pytest.fixture
def bring(campaign: Campaign, run: Run, tmp_path: Path) -> Bring:
    """Return how a file is imported into an empty campaign: what was said, and who is there then."""

    def bring_in(content: str | bytes, *options: str, name: str = "liste.csv") -> tuple[Result, list[Any]]:
        root = campaign({"contacts/a.toml": ""})
        for former in (root / "contacts").glob("*.csv"):
            former.unlink()
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        done = run("contacts", "import", str(path), "--yes", *options, root=root)
        return done, json.loads(run("contacts", "list", "--json", root=root).stdout)

    return bring_in
