"""A real scheduler with two worker processes on this machine, reached over the loopback."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster
from typer.testing import Result

from tests.conftest import CONTACT, png

Campaign = Callable[..., Path]
Run = Callable[..., Result]

COUNT = 40
CONTACTS = "".join(
    CONTACT.replace('"maire"', f'"m{number}"').replace("Exemple", f"Nom{number}") for number in range(COUNT)
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as found:
        yield found


def files_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in sorted((root / "out").rglob("*.*"))
    }


def campaign_files() -> dict[str, str | bytes]:
    from tests.conftest import LETTER, SETTINGS

    return {
        "contacts/a.toml": CONTACTS,
        "letters/note.md": LETTER.replace("Bonjour", '{% include "_p.md" %} Bonjour'),
        "letters/_p.md": "Un passage.",
        "logo.png": png(60, 20),
        "outreach.toml": SETTINGS.replace("[letter]", 'logo = "logo.png"\n[letter]'),
    }


def test_a_cluster_makes_the_same_bytes(campaign: Campaign, run: Run, cluster: Any) -> None:
    root = campaign(campaign_files())
    assert run("generate", "--jobs", "1", root=root).exit_code == 0
    here = files_of(root)
    for path in (root / "out").rglob("*.*"):
        path.unlink()
    done = run("generate", "--scheduler", cluster.scheduler_address, root=root)
    assert done.exit_code == 0
    assert files_of(root) == here
    assert len(here) == 2 * COUNT + 1


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_the_letters_of_a_killed_worker_are_made_again(campaign: Campaign, run: Run, cluster: Any) -> None:
    root = campaign(campaign_files())
    with Client(cluster.scheduler_address) as client:
        victims = [int(number) for number in client.run(os.getpid).values()]

    def kill() -> None:
        while not list((root / "out").glob("note/*.pdf")):
            time.sleep(0.02)
        os.kill(victims[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    done = run("generate", "--scheduler", cluster.scheduler_address, root=root)
    killer.join(timeout=30)
    assert done.exit_code == 0
    manifest = json.loads((root / "out/manifest.json").read_text(encoding="utf-8"))
    paths = [file["path"] for piece in manifest for file in piece["files"]]
    assert (len(manifest), len(paths)) == (COUNT, 2 * COUNT)
    assert all((root / "out" / path).is_file() for path in paths)


def test_nobody_at_the_address(campaign: Campaign, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outreach.letters.making.cluster._PATIENCE", "1s")
    done = run("generate", "--scheduler", "tcp://127.0.0.1:9", root=campaign())
    assert done.exit_code == 5
    assert done.stderr.startswith("no cluster answers at tcp://127.0.0.1:9: ")
    assert done.stderr.rstrip().endswith("start one with `dask scheduler`, or leave --scheduler out")
