"""Commands that show the letters."""

from typing import Annotated

import typer

from outreach.campaign.paths import LETTERS
from outreach.cli import completion
from outreach.cli.alone import writes
from outreach.cli.options import Json, dates_on, open_folder
from outreach.cli.output import print_pairs, print_problems, say, show, show_records
from outreach.cli.views import letters_view
from outreach.errors import InputError, errors_in
from outreach.language import _

app = typer.Typer(no_args_is_help=True, help="List, show and begin letters.")


@app.command("list")
def list_letters(context: typer.Context, as_json: Json = False) -> None:
    """List the letters and how many get each, as in: outreach letters list."""
    folder = open_folder(context)
    show(letters_view(folder, dates_on(folder, None)), as_json=as_json)
    faults = [problem for problem in errors_in(folder.problems) if problem.path.startswith(f"{LETTERS}/")]
    print_problems(faults, err=True)
    if faults:
        raise typer.Exit(InputError.exit_code)


@app.command("show")
def show_letter(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", autocompletion=completion.letters, help="The letter's name, without .md."
        ),
    ],
    as_json: Json = False,
) -> None:
    """Show one letter's settings, recipients and questions, as in: outreach letters show joint."""
    folder = open_folder(context)
    (template,) = folder.templates_named([name])
    written = dates_on(folder, None)
    if as_json:
        show(letters_view(folder, written, [name]), as_json=True)
        return
    groups = folder.audiences.groups(template, in_office=written)
    print_pairs(
        [
            (_("name"), template.name),
            (_("file"), template.path),
            (_("title"), template.title),
            (_("subject"), template.subject),
            (_("kind"), template.kind.said),
            (_("language"), template.language),
            (_("audience"), _(" or ").join(template.audience)),
            (_("documents"), _("one for all of them") if template.joint else _("one each")),
            (_("recipients"), "\n".join(contact.id for group in groups for contact in group)),
            (
                _("questions"),
                "\n".join(f"{question.number}. {question.id}" for question in template.questions),
            ),
            (_("enclosures"), "\n".join(enclosure.title for enclosure in template.enclosures)),
            (_("copies"), "\n".join(template.copies)),
            (_("reply by"), template.reply_by),
        ]
    )


@app.command("new")
@writes
def begin_letter(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="The new letter's name, without .md."),
    ],
    as_json: Json = False,
) -> None:
    """Begin a new letter, as in: outreach letters new prefect."""
    from outreach.letters.new_letter import new_letter

    path = new_letter(open_folder(context).campaign, name)
    if as_json:
        show_records([{"path": path}])
    say(_("written  {path}; next: fill it in, then outreach preview {name}", path=path, name=name))
