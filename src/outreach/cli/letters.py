"""Commands that show the letters."""

from typing import TYPE_CHECKING, Annotated

import typer

from outreach.cli import completion
from outreach.cli.options import Json, open_folder
from outreach.cli.output import print_json, print_pairs, print_problems, print_table, say
from outreach.errors import InputError, errors_in
from outreach.language import _

if TYPE_CHECKING:
    from outreach.letters.folder import Folder
    from outreach.letters.template import Template

app = typer.Typer(no_args_is_help=True, help="List, show and begin letters.")


@app.command("list")
def list_letters(context: typer.Context, as_json: Json = False) -> None:
    """List the letters and how many get each, as in: outreach letters list."""
    folder = open_folder(context)
    rows = [_row(folder, template) for template in folder.templates]
    if as_json:
        print_json(rows)
    else:
        columns = (_("name"), _("title"), _("recipients"), _("joint"), _("kind"))
        shown = [
            [row["name"], row["title"], row["recipients"], _("yes") if row["joint"] else "", row["kind"]]
            for row in rows
        ]
        print_table(columns, shown)
    faults = [problem for problem in errors_in(folder.problems) if problem.path.startswith("letters/")]
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
    from outreach.letters.folder import recipient_groups

    folder = open_folder(context)
    (template,) = folder.chosen_templates([name])
    if as_json:
        print_json([_row(folder, template)])
        return
    groups = recipient_groups(folder, template)
    print_pairs(
        [
            (_("name"), template.name),
            (_("file"), template.path),
            (_("title"), template.title),
            (_("subject"), template.subject),
            (_("kind"), template.kind),
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
def new_letter(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="The new letter's name, without .md."),
    ],
) -> None:
    """Begin a new letter, as in: outreach letters new prefect."""
    from outreach.letters.new_letter import new_letter as begin

    path = begin(open_folder(context), name)
    say(_("written  {path}; next: fill it in, then outreach preview {name}", path=path, name=name))


def _row(folder: "Folder", template: "Template") -> dict[str, object]:
    from outreach.letters.folder import recipient_groups

    return {
        "name": template.name,
        "title": template.title,
        "audience": list(template.audience),
        "kind": template.kind,
        "joint": template.joint,
        "recipients": sum(len(group) for group in recipient_groups(folder, template)),
    }
