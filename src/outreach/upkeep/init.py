"""Start a campaign: copy the starter's letters, contacts and settings into a folder."""

from importlib.resources import files
from pathlib import Path

from outreach.campaign.paths import ARCHIVE, CONTACTS, JOURNAL, LETTERS, OUT, SETTINGS
from outreach.errors import Problem, RefusedError
from outreach.files.atomic import write_whole
from outreach.language import _

GITIGNORE = ".gitignore"
_IGNORED = f"{OUT}/\n{ARCHIVE}/\n{JOURNAL}*\n*.rejected.csv\n*.bak\n"
"""What holds personal data or is made again, and has no place in a shared history."""


def copy_starter(target: Path) -> list[Path]:
    """Copy the starter campaign and return the files made.

    Args:
        target: The folder; made if it does not exist. Files of other names in it are left alone.

    Raises:
        RefusedError: one of the starter's files is there already; nothing was copied.
        WorldError: a file cannot be written.
    """
    starter = _starter()
    names = [SETTINGS, *_names(starter / LETTERS, starter), *_names(starter / CONTACTS, starter)]
    present = [name for name in names if (target / name).exists()]
    if present:
        raise RefusedError(
            Problem(present[0], 0, _("is there already"), _("choose an empty folder; nothing was copied"))
        )
    ignore = target / GITIGNORE
    written = [] if ignore.exists() else [write_whole(ignore, _IGNORED.encode(), GITIGNORE)]
    return written + [write_whole(target / name, (starter / name).read_bytes(), name) for name in names]


def _starter() -> Path:
    """Return the starter's folder: in an installed package its own data, in a source tree the repository."""
    package = Path(str(files("outreach")))
    carried = package / "data" / "starter"
    return carried if carried.is_dir() else package.parents[1]


def _names(folder: Path, root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in sorted(folder.glob("*")) if path.is_file()]
