"""Begin a new letter with a template that can be generated as it is."""

from outreach.campaign.campaign import Campaign
from outreach.campaign.paths import template_path
from outreach.errors import Problem, RefusedError
from outreach.files.atomic import write_whole
from outreach.files.toml import load_words
from outreach.language import _
from outreach.letters.template import RESERVED, is_letter_name, unusable_name


def new_letter(campaign: Campaign, name: str) -> str:
    """Write letters/NAME.md in the campaign's language, and return its path as messages name it.

    Raises:
        InputError: the name cannot be that of a folder.
        RefusedError: there is such a letter.
        WorldError: the file cannot be written.
    """
    if not is_letter_name(name) or name.startswith("_") or name in RESERVED:
        raise unusable_name(name)
    shown = template_path(name)
    path = campaign.path(shown)
    if path.exists() or path.is_symlink():
        raise RefusedError(Problem(shown, 0, _("is there already"), _("choose another name"), code="exists"))
    text = str(load_words("new_letter.toml", campaign.language)["text"])
    write_whole(path, text.replace("NAME", name).encode(), shown)
    return shown
