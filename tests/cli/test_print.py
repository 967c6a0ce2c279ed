"""A print run on a small campaign, measured in the files that come out."""

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import pdfplumber
import pikepdf
import pytest
from typer.testing import Result

from outreach.country.country import load_country
from outreach.errors import InputError
from outreach.letters.folder import load_folder
from outreach.post.print_files import write_run
from outreach.post.print_run import plan_run
from outreach.post.request import RunRequest
from tests.conftest import CONTACT, LETTER, MM, SETTINGS, Word, faults, png

Campaign = Callable[..., Path]
Run = Callable[..., Result]
Words = Callable[[bytes], list[Word]]

CONTACTS = "".join(
    CONTACT.replace('"maire"', f'"{name}"')
    .replace("Exemple", family)
    .replace('"69130"', f'"{code}"')
    .replace('"69081"', '""')
    for name, family, code in (
        ("un", "Zola", "69003"),
        ("deux", "Bern", "01000"),
        ("trois", "Musil", "69002"),
    )
)
LONG = LETTER.replace("Bonjour à", "\\newpage\n\nBonjour à").replace("Lettre", "Deux pages")
JOINT = LETTER.replace("audience", "joint = true\naudience").replace("{{ recipient.name }}", "tous")
FILES = {"contacts/a.toml": CONTACTS, "letters/note.md": LETTER, "letters/page.md": LONG}


@pytest.fixture
def made(campaign: Campaign, run: Run) -> Callable[..., Path]:
    """Return a function that writes a campaign and generates its letters."""

    def make(files: dict[str, str | bytes] | None = None, settings: str = "") -> Path:
        root = campaign({**FILES, "outreach.toml": SETTINGS + settings, **(files or {})})
        assert run("generate", "--format", "pdf", root=root).exit_code == 0
        return root

    return make


def printed(root: Path, name: str = "print.pdf") -> Path:
    return root / "out" / "print" / name


def texts(path: Path) -> list[str]:
    """Return each page's text."""
    with pdfplumber.open(path) as pdf:
        return [page.extract_text() for page in pdf.pages]


def names(path: Path) -> list[str]:
    """Return whom each page greets or is signed for; empty for a blank page."""
    return [
        "cover"
        if "Tirage" in text
        else (re.findall(r"(?:Anne|Bonjour à Anne) ([A-Z][\w]+)", text) or [""])[0]
        for text in texts(path)
    ]


def pdf_of(pages: int, **save: object) -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        pdf.save(target, **save)
    return target.getvalue()


def test_each_letter_begins_on_a_front_page_behind_the_cover(made: Callable[..., Path], run: Run) -> None:
    root = made()
    done = run("print", root=root)
    assert (done.exit_code, faults(done)) == (0, "")
    assert done.stdout.splitlines() == ["6 letters, 9 pages, 7 sheets", "written  print/print.pdf"]
    found = names(printed(root))
    assert found == [
        "cover",
        "",
        "ZOLA",
        "",
        "ZOLA",
        "Zola",
        "BERN",
        "",
        "BERN",
        "Bern",
        "MUSIL",
        "",
        "MUSIL",
        "Musil",
    ]


def test_the_cover_counts_and_lists_in_the_printing_order(made: Callable[..., Path], run: Run) -> None:
    root = made()
    run("print", root=root)
    cover = texts(printed(root))[0].splitlines()
    assert cover[0] == "Tirage – Essai"
    assert cover[1] == "15 janvier 2025"
    assert cover[2:7] == [
        "Lettres 6",
        "Pages imprimées 9",
        "Feuilles, page de garde comprise 7",
        "Lettre lettres : 3, feuilles : 3",
        "Deux pages lettres : 3, feuilles : 3",
    ]
    assert [line for line in cover if line[:1].isdigit()][1:] == [
        "1 Lettre Madame Anne ZOLA 1 2",
        "2 Deux pages Madame Anne ZOLA 2 3",
        "3 Lettre Madame Anne BERN 1 4",
        "4 Deux pages Madame Anne BERN 2 5",
        "5 Lettre Madame Anne MUSIL 1 6",
        "6 Deux pages Madame Anne MUSIL 2 7",
    ]


def test_one_side_only_leaves_the_blank_pages_out(made: Callable[..., Path], run: Run) -> None:
    root = made()
    assert run("print", "--simplex", root=root).stdout.splitlines()[0] == (
        "6 letters, 9 pages, 10 sheets, one side only"
    )
    assert names(printed(root))[:4] == ["cover", "ZOLA", "ZOLA", "Zola"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("contact", ["ZOLA", "BERN", "MUSIL"]),
        ("name", ["BERN", "MUSIL", "ZOLA"]),
        ("postal-code", ["BERN", "MUSIL", "ZOLA"]),
    ],
)
def test_the_order_can_be_chosen(made: Callable[..., Path], run: Run, sort: str, expected: list[str]) -> None:
    root = made()
    run("print", "note", "--sort", sort, root=root)
    assert [name for name in names(printed(root)) if name not in ("", "cover")] == expected


def test_sorted_by_letter_all_of_one_kind_come_first(made: Callable[..., Path], run: Run) -> None:
    root = made()
    run("print", "--sort", "letter", "--simplex", root=root)
    assert names(printed(root))[1:6] == ["ZOLA", "BERN", "MUSIL", "ZOLA", "Zola"]


def test_a_reprint_keeps_numbers_and_bytes_and_has_no_cover(made: Callable[..., Path], run: Run) -> None:
    root = made(settings="[layout]\nrun_number = true\n")

    def pages(path: Path) -> list[bytes]:
        with pikepdf.open(path) as pdf:
            return [b"".join(part.read_bytes() for part in _contents(page)) for page in pdf.pages]

    run("print", root=root)
    whole, shown = pages(printed(root)), texts(printed(root))
    assert "4/6" in shown[8]
    assert "4/6" in shown[9]
    assert run("print", "--from", "4", "--count", "1", root=root).stdout.splitlines()[0] == (
        "1 letter, 2 pages, 1 sheet, of a run of 6"
    )
    again = printed(root, "reprint.pdf")
    assert pages(again) == whole[8:10]
    assert "4/6" in texts(again)[0]
    run("print", "--to", "deux", root=root)
    assert pages(again) == whole[6:10]
    assert pages(printed(root)) == whole
    run("print", root=root)
    assert not again.exists()


def _contents(page: pikepdf.Page) -> list[pikepdf.Object]:
    contents = page.obj.get("/Contents")
    return (
        list(contents) if isinstance(contents, pikepdf.Array) else [contents] if contents is not None else []
    )


def test_the_run_number_stands_in_the_foot_near_the_edge(
    made: Callable[..., Path], run: Run, words: Words
) -> None:
    root = made(settings="[layout]\nrun_number = true\n")
    run("print", "note", root=root)
    mark = next(word for word in words(printed(root).read_bytes()) if word.text == "2/3")
    assert 9 <= mark.left <= 11
    assert 285 <= mark.top <= mark.bottom <= 291


def test_the_whole_stays_archival_tagged_and_valid(made: Callable[..., Path], run: Run) -> None:
    root = made(settings="[layout]\nrun_number = true\n")
    run("print", root=root)
    with pikepdf.open(printed(root)) as pdf:
        assert pdf.check_pdf_syntax() == []
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfuaid:part"]) == ("2", "1")
            assert metadata["dc:title"] == "Tirage – Essai"
        tree = pdf.Root.StructTreeRoot
        assert bool(pdf.Root.MarkInfo.Marked)
        keys = [int(key) for key in list(tree.ParentTree.Nums)[::2]]
        assert keys == sorted(set(keys))
        used = [int(page.obj.StructParents) for page in pdf.pages if "/StructParents" in page.obj]
        assert len(used) == len(set(used))
        assert set(used) <= set(keys)
        pages = {page.obj.objgen for page in pdf.pages}
        assert all(_page_of(kid) in pages for kid in tree.K)


def _page_of(element: pikepdf.Object) -> tuple[int, int] | None:
    """Return the page that a structure element, or the first of its children that says so, stands on."""
    if "/Pg" in element:
        return element.Pg.objgen
    kids: pikepdf.Object | list[pikepdf.Object] = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            found = _page_of(kid)
            if found:
                return found
    return None


def test_bookmarks_lead_to_each_letter(made: Callable[..., Path], run: Run) -> None:
    root = made()
    run("print", root=root)
    with pikepdf.open(printed(root)) as pdf, pdf.open_outline() as outline:
        pages = [page.objgen for page in pdf.pages]
        entries = [(str(entry.title), pages.index(entry.destination[0].objgen)) for entry in outline.root]
    assert entries[0] == ("1. Madame Anne ZOLA – Lettre", 2)
    assert [page for _title, page in entries] == [2, 4, 6, 8, 10, 12]
    assert entries[-1][0] == "6. Madame Anne MUSIL – Deux pages"


def test_a_run_that_fails_leaves_no_part_of_it(made: Callable[..., Path]) -> None:
    root = made()
    folder = load_folder(root)
    print_run = plan_run(folder, root / "out", RunRequest(), date(2025, 1, 15))
    print_run.letters[-1].file.path.unlink()
    with pytest.raises(InputError, match="is not there; check its name"):
        write_run(print_run, root / "out", sheets_per_file=2)
    assert list((root / "out/print").glob("*.pdf")) == []


def test_the_same_run_gives_the_same_bytes(made: Callable[..., Path], run: Run) -> None:
    root = made()
    run("print", root=root)
    first = printed(root).read_bytes()
    run("print", root=root)
    assert printed(root).read_bytes() == first


def test_enclosures_follow_their_letter_and_are_stored_once(made: Callable[..., Path], run: Run) -> None:
    annex = pdf_of(3)
    enclosing = LETTER.replace("subject", 'enclosures = ["A", { title = "B", file = "annex.pdf" }]\nsubject')
    root = made({"letters/note.md": enclosing, "annex.pdf": annex})
    done = run("print", "note", root=root)
    assert done.stdout.splitlines()[0] == "3 letters, 12 pages, 10 sheets"
    assert names(printed(root)) == [
        "cover",
        "",
        *(["ZOLA"] + [""] * 5),
        *(["BERN"] + [""] * 5),
        *(["MUSIL"] + [""] * 5),
    ]
    assert "1 Lettre Madame Anne ZOLA 1+3 2–4" in texts(printed(root))[0]
    with pikepdf.open(printed(root)) as pdf:
        # An annex of unknown making takes away what only our own files can claim.
        assert "/StructTreeRoot" not in pdf.Root
        assert "/Metadata" not in pdf.Root


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "is not there; check its name"),
        (
            pdf_of(1, encryption=pikepdf.Encryption(owner="a", user="b")),
            "is encrypted and cannot be printed; save it",
        ),
        (b"texte", "is not a PDF that can be read; save it again"),
    ],
)
def test_an_enclosure_that_cannot_be_printed(
    campaign: Campaign, run: Run, content: bytes | None, fault: str
) -> None:
    enclosing = LETTER.replace("subject", 'enclosures = [{ title = "B", file = "annex.pdf" }]\nsubject')
    root = campaign({"letters/note.md": enclosing, **({"annex.pdf": content} if content else {})})
    run("generate", root=root)
    done = run("print", root=root)
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith(f"annex.pdf: {fault}")
    assert f"letters/note.md:4: annex.pdf {fault}" in run("check", root=root).stdout


def test_letters_that_are_missing_or_have_changed_are_all_named(made: Callable[..., Path], run: Run) -> None:
    root = made()
    out = root / "out"
    (out / "note" / "un.pdf").unlink()
    letter = root / "letters" / "page.md"
    letter.write_text(letter.read_text(encoding="utf-8").replace("Bonjour", "Bonsoir"), encoding="utf-8")
    (root / "letters" / "rien.md").write_text(LETTER, encoding="utf-8")
    done = run("print", root=root)
    assert (done.exit_code, done.stdout) == (3, "")
    assert not printed(root).exists()
    assert sorted(done.stderr.splitlines()) == [
        "note/un.pdf: is gone; run `outreach generate note`",
        *(
            f"page/{name}.pdf: its text, contact or layout has changed since it was generated; "
            "run `outreach generate page`"
            for name in ("deux", "trois", "un")
        ),
        *(
            f"rien/{name}.pdf: was never generated; run `outreach generate rien`"
            for name in ("deux", "trois", "un")
        ),
    ]


def test_a_date_that_was_changed_since_is_named(made: Callable[..., Path], run: Run) -> None:
    root = made()
    settings = (root / "outreach.toml").read_text(encoding="utf-8")
    changed = settings.replace("2024-11-30", "2024-12-05")
    assert changed != settings
    (root / "outreach.toml").write_text(changed, encoding="utf-8")
    result = run("print", "note", root=root)
    assert result.exit_code == 0
    assert faults(result) == (
        "outreach.toml: warning: 3 letters are dated 2024-11-30, the settings say 2024-12-05;"
        " generate again, unless you gave that date with --date\n"
    )
    assert run("generate", "note", "--format", "pdf", root=root).exit_code == 0
    assert faults(run("print", "note", root=root)) == ""


def test_a_docx_that_was_edited_is_named_when_its_pdf_is_printed(made: Callable[..., Path], run: Run) -> None:
    root = made()
    assert run("generate", "note", root=root).exit_code == 0
    (root / "out/note/un.docx").write_bytes(b"edited")
    done = run("print", "note", root=root)
    assert (done.exit_code, faults(done)) == (
        0,
        "note/un.docx: warning: was edited by hand, and note/un.pdf is printed without that;"
        " save it as PDF under that name, and print again\n",
    )


def test_a_pdf_that_was_edited_is_printed_as_it_is(made: Callable[..., Path], run: Run) -> None:
    root = made()
    run("generate", "note", root=root)
    (root / "out/note/deux.docx").write_bytes(b"edited")
    (root / "out/note/deux.pdf").write_bytes((root / "out/page/trois.pdf").read_bytes())
    letter = root / "letters/note.md"
    letter.write_text(letter.read_text(encoding="utf-8").replace("Bonjour", "Bonsoir"), encoding="utf-8")
    run("generate", "note", "--not", "deux", root=root)
    done = run("print", "note", root=root)
    assert (done.exit_code, faults(done)) == (
        0,
        "note/deux.pdf: warning: was edited by hand, and is printed as it is\n",
    )
    assert done.stdout.startswith("3 letters, 4 pages, ")
    shown = texts(printed(root))
    assert "Bonsoir à Anne Zola" in shown[2]
    assert "Bonjour à Anne Musil" in shown[5]
    (root / "out/note/deux.pdf").write_bytes(b"%PDF-1.7 broken")
    broken = run("print", "note", root=root)
    assert (broken.exit_code, broken.stderr) == (
        3,
        "note/deux.pdf: is not a PDF that can be read; save it again\n",
    )


def test_who_left_office_or_was_sent_the_letter_is_left_out_and_named(
    made: Callable[..., Path], run: Run
) -> None:
    root = made()
    contacts = root / "contacts/a.toml"
    first, second = CONTACTS.split('id = "deux"')
    contacts.write_text(f'{first}id = "deux"\nterm_end = 2024-11-29{second}', encoding="utf-8")
    assert run("sent", "note", "--to", "un", "--on", "2024-12-02", "--via", "email", root=root).exit_code == 0
    posted = "letter 'note' to 'un' is left out: it was sent by e-mail on 2024-12-02; say --again if it goes once more, and for `sent` --reason TEXT"
    former = (
        "letter 'note' to 'deux' is left out: not in office on 2024-11-30, the letter's date;"
        " say --with-former if it goes all the same"
    )
    done = run("print", "note", root=root)
    assert (done.exit_code, faults(done).splitlines()) == (0, [f"warning: {posted}", f"warning: {former}"])
    assert names(printed(root)) == ["cover", "", "MUSIL", ""]
    refused = run("print", "note", "--to", "deux", root=root)
    assert (refused.exit_code, refused.stdout, refused.stderr) == (4, "", f"{former}\n")
    (root / "out/note/deux.pdf").unlink()
    run("generate", "note", "--to", "trois", "--format", "pdf", root=root)
    assert run("print", "note", root=root).exit_code == 0
    contacts.write_text(f'{first}id = "deux"\nterm_end = 2024-11-30{second}', encoding="utf-8")
    run("generate", "note", "--format", "pdf", root=root)
    assert faults(run("print", "note", "--again", root=root)) == ""
    assert [name for name in names(printed(root)) if name] == ["cover", "ZOLA", "BERN", "MUSIL"]


@pytest.mark.parametrize(
    ("window", "offset", "code"),
    [
        ("dl-right", "[0, 12]", 3),
        ("dl-right", "[0, 11]", 0),
        ("dl-right", "[-16, 0]", 3),
        ("dl-right", "[-15, -20]", 0),
        ("c5-right", "[0, -18]", 3),
        ("none", "[-5, -5]", 0),
        ("none", "[0, 14]", 3),
    ],
)
def test_an_offset_that_moves_the_address_away_is_a_fault(
    campaign: Campaign, run: Run, window: str, offset: str, code: int
) -> None:
    layout = f'[layout]\nwindow = "{window}"\noffset_mm = {offset}\n'
    done = run("check", root=campaign({**FILES, "outreach.toml": SETTINGS + layout}))
    message = "offset_mm moves the address into the date or out of the window"
    assert (done.exit_code, message in done.stdout) == (code, code == 3)


def test_a_box_of_every_envelope_keeps_off_the_edges() -> None:
    for size in load_country("fr").envelopes.values():
        assert size.width - size.box["left"] - size.box["width"] >= 15
        assert size.height - size.box["top"] - size.box["height"] >= 15


def test_labels_stay_beside_envelopes_and_a_reprint(made: Callable[..., Path], run: Run) -> None:
    root = made()
    run("print", "note", "--labels", "L7163", root=root)
    labels = printed(root, "labels.pdf").read_bytes()
    run("print", "note", "--envelopes", "C5", root=root)
    reprint = run("print", "note", "--to", "deux", "--labels", "L7163", root=root)
    assert reprint.stdout.splitlines()[1:] == [
        "written  print/reprint.pdf",
        "written  print/reprint-labels.pdf",
    ]
    assert printed(root, "labels.pdf").read_bytes() == labels
    assert printed(root, "envelopes.pdf").exists()
    assert "ZOLA" not in "".join(texts(printed(root, "reprint-labels.pdf")))
    run("print", "note", "--sort", "name", root=root)
    assert sorted(path.name for path in printed(root).parent.iterdir()) == [
        "envelopes.pdf",
        "labels.pdf",
        "print.pdf",
        "reprint-labels.pdf",
        "run.json",
    ]


def test_a_reprint_leaves_the_runs_list_for_registered_mail(made: Callable[..., Path], run: Run) -> None:
    root = made()
    run("print", "note", "--registered", root=root)
    whole = printed(root, "registered.csv").read_bytes()
    part = ("print", "note", "--to", "deux", "--registered")
    assert run(*part, root=root).exit_code == 0
    assert printed(root, "registered.csv").read_bytes() == whole
    own = printed(root, "reprint-registered.csv")
    filled = own.read_text(encoding="utf-8-sig").replace(";10;;", ";10;1A 123 456 7890 1;")
    assert "1A 123" in filled
    own.write_text(filled, encoding="utf-8-sig")
    refused = run(*part, root=root)
    assert (refused.exit_code, refused.stderr.split(": ")[0]) == (4, "print/reprint-registered.csv")
    assert own.read_text(encoding="utf-8-sig") == filled


def test_the_cover_names_all_addressees_of_a_joint_letter(made: Callable[..., Path], run: Run) -> None:
    root = made({"letters/note.md": JOINT})
    run("print", "note", root=root)
    cover = " ".join(texts(printed(root))[0].split())
    assert "Anne Zola, Anne Bern, Anne Musil" in cover


def test_many_at_one_address_get_as_many_labels_and_envelopes_as_their_names_take(
    made: Callable[..., Path], run: Run
) -> None:
    families = [f"Essai{letter}" for letter in "ABCDEFGHIJ"]
    contacts = "".join(
        CONTACT.replace('"maire"', f'"{family.lower()}"').replace("Exemple", family) for family in families
    )
    root = made({"contacts/a.toml": contacts})
    options = ("--labels", "L7163", "--envelopes", "C5", "--merge-same-address")
    done = run("print", "note", *options, root=root)
    assert (done.exit_code, faults(done)) == (0, "")
    envelopes = texts(printed(root, "envelopes.pdf"))
    assert len(envelopes) == 4
    for name in ("labels.pdf", "envelopes.pdf"):
        shown = "".join(texts(printed(root, name)))
        assert [shown.count(family.upper()) for family in families] == [1] * 10
        assert shown.count("1 PLACE DE LA MAIRIE") == 4
    alone = run("print", "note", "--merge-same-address", root=root)
    assert alone.exit_code == 2


def test_a_protected_enclosure_is_printed_where_its_owner_allows_it(
    made: Callable[..., Path], run: Run
) -> None:
    letter = LETTER.replace("audience", 'enclosures = [{ title = "A", file = "annex.pdf" }]\naudience')
    may = pikepdf.Encryption(owner="secret", allow=pikepdf.Permissions(extract=False))
    root = made({"letters/note.md": letter, "annex.pdf": pdf_of(2, encryption=may)})
    done = run("print", "note", root=root)
    assert (done.exit_code, faults(done)) == (0, "")
    assert done.stdout.startswith("3 letters, 9 pages, ")
    never = pikepdf.Permissions(print_lowres=False, print_highres=False)
    (root / "annex.pdf").write_bytes(pdf_of(2, encryption=pikepdf.Encryption(owner="secret", allow=never)))
    run("generate", root=root)
    refused = run("print", "note", root=root)
    assert (refused.exit_code, refused.stderr) == (
        3,
        "annex.pdf: is encrypted and cannot be printed; save it without protection\n",
    )


def test_a_damaged_enclosure_is_refused(made: Callable[..., Path], run: Run) -> None:
    letter = LETTER.replace("audience", 'enclosures = [{ title = "A", file = "annex.pdf" }]\naudience')
    whole = pdf_of(3)
    root = made({"letters/note.md": letter, "annex.pdf": whole})
    (root / "annex.pdf").write_bytes(whole[: whole.index(b"xref")])
    run("generate", root=root)
    done = run("print", "note", root=root)
    assert (done.exit_code, done.stderr) == (
        3,
        "annex.pdf: is damaged, and pages may be lost; save it again\n",
    )


def test_what_was_filled_into_a_form_is_printed(made: Callable[..., Path], run: Run) -> None:
    letter = LETTER.replace("audience", 'enclosures = [{ title = "A", file = "annex.pdf" }]\naudience')
    root = made({"letters/note.md": letter, "annex.pdf": form("rempli")})
    done = run("print", "note", "--to", "un", root=root)
    assert (done.exit_code, faults(done), done.exception) == (0, "", None)
    with pikepdf.open(printed(root, "reprint.pdf")) as pdf:
        assert "/Annots" not in pdf.pages[-2].obj or not list(pdf.pages[-2].obj.Annots)
    assert "rempli" in "".join(texts(printed(root, "reprint.pdf")))


def form(value: str) -> bytes:
    """Return a PDF whose only page has a field with that value."""
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        widget = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T=pikepdf.String("name"),
                V=pikepdf.String(value),
                DA=pikepdf.String("/Helv 12 Tf 0 g"),
                Rect=pikepdf.Array([100, 600, 400, 630]),
                F=4,
            )
        )
        page.obj.Annots = pikepdf.Array([widget])
        pdf.Root.AcroForm = pikepdf.Dictionary(
            Fields=pikepdf.Array([widget]),
            DA=pikepdf.String("/Helv 12 Tf 0 g"),
            DR=pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=font)),
        )
        pdf.save(target)
    return target.getvalue()


def test_a_reprint_counts_in_the_run_on_paper(made: Callable[..., Path], run: Run) -> None:
    root = made(settings="[layout]\nrun_number = true\n")
    run("print", "note", root=root)
    new = CONTACT.replace('"maire"', '"zero"').replace("Exemple", "Proust")
    (root / "contacts/0.toml").write_text(new, encoding="utf-8")
    run("generate", "--format", "pdf", root=root)
    done = run("print", "note", "--from", "2", "--count", "1", root=root)
    assert (done.exit_code, done.stderr) == (0, "")
    again = printed(root, "reprint.pdf")
    assert "Anne Bern" in texts(again)[0]
    assert "2/3" in texts(again)[0]
    run("sent", "note", "--to", "un", "--on", "2024-12-02", "--via", "post", root=root)
    run("print", "note", "--from", "2", "--count", "1", root=root)
    assert "Anne Bern" in texts(again)[0]
    letter = root / "letters/note.md"
    letter.write_text(letter.read_text(encoding="utf-8").replace("Bonjour", "Bonsoir"), encoding="utf-8")
    run("generate", "--format", "pdf", root=root)
    changed = run("print", "note", "--from", "2", "--count", "1", root=root)
    assert changed.stderr == (
        "note/deux.pdf: warning: is not as it was when the run was printed;"
        " put the new one in the place of the old\n"
    )


def test_what_others_put_beside_a_run_stays(made: Callable[..., Path], run: Run) -> None:
    root = made()
    run("print", "note", "--registered", root=root)
    own = printed(root, "registered-rempli.csv")
    own.write_text("contact;number\n", encoding="utf-8")
    run("print", "note", root=root)
    assert own.exists()


def test_a_body_that_its_address_repeats_is_merged(made: Callable[..., Path], run: Run) -> None:
    body = (
        '[[contact]]\nid = "p"\nrole = "prefect"\norganisation = "Préfecture A"\n'
        'address = ["Préfecture A", "1 rue A"]\npostal_code = "69003"\ncity = "Lyon"\n'
    )
    root = made({"contacts/a.toml": body})
    done = run("print", "note", "--labels", "L7163", "--merge-same-address", root=root)
    assert done.exit_code == 0
    with pdfplumber.open(printed(root, "labels.pdf")) as pdf:
        assert pdf.pages[0].extract_text().splitlines()[0] == "Préfecture A"


def test_no_letters_of_an_earlier_run_lie_beside_the_new_ones(made: Callable[..., Path], run: Run) -> None:
    root = made()
    run("print", "--labels", "L7163", "--envelopes", "DL", "--registered", root=root)
    run("print", "--to", "un", root=root)
    besides = {"labels.pdf", "envelopes.pdf", "registered.pdf", "registered.csv", "run.json"}
    assert {path.name for path in (root / "out/print").iterdir()} == {"print.pdf", "reprint.pdf", *besides}
    run("print", "note", root=root)
    assert {path.name for path in (root / "out/print").iterdir()} == {"print.pdf", *besides}


def test_a_dry_run_counts_and_writes_nothing(made: Callable[..., Path], run: Run) -> None:
    root = made()
    done = run("print", "--dry-run", "--labels", "L7163", root=root)
    assert done.stdout == "6 letters, 9 pages, 7 sheets\n"
    assert run("print", "--dry-run", "--labels", "L716", root=root).exit_code == 3
    assert not printed(root).parent.exists()


def test_a_large_run_is_written_in_parts(made: Callable[..., Path], run: Run) -> None:
    root = made()
    run("print", root=root)
    done = run("print", "--sheets-per-file", "3", root=root)
    assert done.stdout.splitlines()[1:] == [f"written  print/print-00{n}.pdf" for n in (1, 2, 3)]
    assert not printed(root).exists()
    assert [len(names(printed(root, f"print-00{n}.pdf"))) for n in (1, 2, 3)] == [6, 6, 2]
    run("print", root=root)
    assert sorted(path.name for path in printed(root).parent.iterdir()) == ["print.pdf", "run.json"]


SHEETS = [
    ("L7160", 3, 7, 7.2, 15.1, 66.0, 38.1, 63.5, 38.1),
    ("L7161", 3, 6, 7.4, 8.82, 65.9, 46.7, 63.5, 46.6),
    ("L7162", 2, 8, 4.67, 13.0, 102.5, 33.9, 99.1, 33.9),
    ("L7163", 2, 7, 4.65, 15.1, 101.6, 38.1, 99.1, 38.1),
    ("L7165", 2, 4, 4.7, 13.0, 101.6, 67.7, 99.1, 67.7),
    ("3474", 3, 8, 0, 0, 70, 37, 70, 37),
    ("3475", 3, 8, 0, 4.4, 70, 36, 70, 36),
]


@pytest.mark.parametrize(
    ("name", "columns", "rows", "left", "top", "right", "down", "width", "height"), SHEETS
)
def test_every_word_stands_inside_its_label(  # noqa: PLR0913, PLR0917  (a sheet's measures)
    made: Callable[..., Path],
    run: Run,
    words: Words,
    name: str,
    columns: int,
    rows: int,
    left: float,
    top: float,
    right: float,
    down: float,
    width: float,
    height: float,
) -> None:
    root = made()
    skip = columns * rows - 2
    assert run("print", "note", "--labels", name, "--skip", str(skip), root=root).exit_code == 0
    found = words(printed(root, "labels.pdf").read_bytes())
    assert [word.text for word in found if word.text in ("ZOLA", "BERN", "MUSIL")] == [
        "ZOLA",
        "BERN",
        "MUSIL",
    ]
    places = {"ZOLA": skip, "BERN": skip + 1, "MUSIL": 0}
    for text, place in places.items():
        word = next(one for one in found if one.text == text)
        assert word.page == (2 if text == "MUSIL" else 1)
        x = left + place % columns * right
        y = top + place // columns * down
        lines = [
            one
            for one in found
            if one.page == word.page and x <= one.left < x + width and y <= one.top < y + height
        ]
        assert len({round(one.top) for one in lines}) == 5
        assert min(one.left for one in lines) >= x + 2.9
        assert max(one.right for one in lines) <= x + width - 2.9
        assert max(one.bottom for one in lines) <= y + height - 2.9


def test_labels_follow_the_order_of_the_letters_and_merge_only_when_asked(
    made: Callable[..., Path], run: Run
) -> None:
    root = made()
    run("print", "--labels", "L7160", root=root)
    assert "".join(texts(printed(root, "labels.pdf"))).count("ZOLA") == 2
    run("print", "--labels", "L7160", "--merge-same-address", root=root)
    assert "".join(texts(printed(root, "labels.pdf"))).count("ZOLA") == 1
    same = CONTACTS.replace('"01000"', '"69003"')
    root = made({"contacts/a.toml": same})
    run("print", "note", "--labels", "L7160", "--merge-same-address", root=root)
    shown = texts(printed(root, "labels.pdf"))[0]
    assert re.search(r"Anne ZOLA.*\n(.*\n)*?.*Anne BERN.*\n(.*\n)*?.*69003 ÉCULLY", shown)
    assert shown.count("69003") == 1


def test_outlines_are_drawn_only_when_asked(made: Callable[..., Path], run: Run) -> None:
    root = made()
    for options, count in (((), 0), (("--outlines",), 14)):
        run("print", "note", "--labels", "L7163", *options, root=root)
        with pdfplumber.open(printed(root, "labels.pdf")) as pdf:
            assert len(pdf.pages[0].rects) == count


def test_a_sheet_of_the_campaigns_own(made: Callable[..., Path], run: Run, words: Words) -> None:
    own = "[labels.mien]\ncolumns = 1\nrows = 2\nwidth = 100\nheight = 50\nleft = 50\ntop = 20\npitch_x = 100\npitch_y = 60\n"
    root = made(settings=own)
    run("print", "note", "--labels", "mien", root=root)
    found = [word for word in words(printed(root, "labels.pdf").read_bytes()) if word.text == "Madame"]
    assert [(word.page, word.top > 80) for word in found] == [(1, False), (1, True), (2, False)]
    assert {round(word.left) for word in found} == {53}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            "[labels.mien]\ncolumns = 1\n",
            "the label sheet lacks rows, width, height, left, top, pitch_x, pitch_y",
        ),
        (
            "[labels.mien]\ncolumns = 3\nrows = 1\nwidth = 90\nheight = 50\nleft = 0\ntop = 0\npitch_x = 90\npitch_y = 0\n",
            "the labels do not fit on A4; they reach 270 x 50 mm",
        ),
        (
            "[labels.mien]\ncolumns = 2\nrows = 1\nwidth = 90\nheight = 50\nleft = 0\ntop = 0\n"
            "pitch_x = 20\npitch_y = 0\n",
            "the labels lie on top of each other; a pitch is at least the label's size",
        ),
        (
            "[layout]\noffset_mm = 3\n",
            "offset_mm must be two numbers, up to 20 mm each way; right and down in mm, as in [1.5, -2]",
        ),
        ('[print]\nenvelope_sender = "bak"\n', "unknown envelope_sender 'bak'; did you mean back?"),
        (
            "[[print.tariff]]\ngrams = 20\neuro = 5\n",
            "unknown key 'euro' in [print.tariff]; did you mean euros?",
        ),
    ],
)
def test_faults_of_the_settings(campaign: Campaign, run: Run, settings: str, expected: str) -> None:
    done = run("check", root=campaign({"outreach.toml": SETTINGS + settings}))
    assert done.exit_code == 3
    assert expected in done.stdout


@pytest.mark.parametrize(
    ("size", "width", "height", "left", "top"),
    [
        ("DL", 220, 110, 108, 52),
        ("C6", 162, 114, 70, 56),
        ("C5", 229, 162, 112, 80),
        ("C4", 324, 229, 170, 120),
    ],
)
def test_the_address_stands_on_the_lower_right_of_an_envelope(  # noqa: PLR0913, PLR0917  (a size and its measures)
    made: Callable[..., Path],
    run: Run,
    words: Words,
    size: str,
    width: float,
    height: float,
    left: float,
    top: float,
) -> None:
    root = made()
    assert run("print", "note", "--envelopes", size, root=root).exit_code == 0
    content = printed(root, "envelopes.pdf").read_bytes()
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        assert [(round(page.width * MM), round(page.height * MM)) for page in pdf.pages] == [
            (width, height)
        ] * 3
    found = [word for word in words(content) if word.page == 1]
    address = [word for word in found if word.top > top - 1]
    assert {word.text for word in address} >= {"Madame", "ZOLA", "69003", "ÉCULLY"}
    assert min(word.left for word in address) == pytest.approx(left, abs=0.5)
    assert max(word.bottom for word in address) < height - 15
    sender = [word for word in found if word not in address]
    assert {word.text for word in sender} >= {"Groupe", "Essai"}
    assert max(word.right for word in sender) < width - 74
    assert max(word.bottom for word in sender) < 40


def test_the_sender_may_stand_on_the_back(made: Callable[..., Path], run: Run) -> None:
    root = made(settings='[print]\nenvelope_sender = "back"\n')
    run("print", "note", "--to", "un", "--envelopes", "C6", root=root)
    front, back = texts(printed(root, "reprint-envelopes.pdf"))
    assert "Groupe Essai" not in front
    assert back.splitlines()[0] == "Groupe Essai"


def test_an_address_that_does_not_fit_is_never_cut(made: Callable[..., Path], run: Run) -> None:
    wide = CONTACTS.replace("1 place de la Mairie", "W" * 24)
    root = made({"contacts/a.toml": wide})
    done = run("print", "note", "--labels", "L7160", root=root)
    assert done.exit_code == 3
    assert done.stderr.splitlines() == [
        f"contact '{name}': the address does not fit at 8 pt; shorten its lines"
        for name in ("un", "deux", "trois")
    ]
    assert not printed(root).exists()
    assert run("print", "note", "--labels", "L7163", root=root).exit_code == 0


def test_a_measured_offset_moves_addresses_and_folds(
    made: Callable[..., Path], run: Run, words: Words
) -> None:
    def place(root: Path) -> tuple[float, float, float, float]:
        letter = next(word for word in words((root / "out/note/un.pdf").read_bytes()) if word.text == "ZOLA")
        run("print", "note", "--labels", "L7163", root=root)
        label = next(word for word in words(printed(root, "labels.pdf").read_bytes()) if word.text == "ZOLA")
        return letter.left, letter.top, label.left, label.top

    before = place(made())
    after = place(made(settings="[layout]\noffset_mm = [2, -1.5]\n"))
    assert [round(b - a, 1) for a, b in zip(before, after, strict=True)] == [2, -1.5, 2, -1.5]


def test_the_calibration_page_shows_window_folds_and_rulers(made: Callable[..., Path], run: Run) -> None:
    root = made()
    assert run("print", "--calibrate", root=root).stdout == "written  print/calibrate.pdf\n"
    with pdfplumber.open(printed(root, "calibrate.pdf")) as pdf:
        (page,) = pdf.pages
        rects = sorted(
            (round(r["x0"] * MM), round(r["top"] * MM), round(r["x1"] * MM), round(r["bottom"] * MM))
            for r in page.rects
        )
        rulers = [line for line in page.lines if abs(line["x0"] - line["x1"]) < 0.01]
        folds = sorted({round(line["top"] * MM) for line in page.lines if line["x1"] - line["x0"] > 500})
    assert rects == [(90, 34, 210, 90), (105, 55, 190, 79)]
    assert folds == [99, 198]
    assert [round(b["x0"] * MM - a["x0"] * MM, 2) for a, b in pairwise(rulers[10:21])] == [1.0] * 10


def test_the_list_for_registered_mail_comes_back_as_tracking_numbers(
    made: Callable[..., Path], run: Run
) -> None:
    tariffs = "[print]\npaper_gsm = 80\nenvelope_grams = 6\n[[print.tariff]]\ngrams = 20\neuros = 5.36\n"
    root = made({"letters/ensemble.md": JOINT}, settings=tariffs)
    done = run("print", "--registered", root=root)
    assert [line.split()[-1] for line in done.stdout.splitlines()[1:]] == [
        "print/print.pdf",
        "print/registered.pdf",
        "print/registered.csv",
    ]
    path = printed(root, "registered.csv")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert [(row["no"], row["contact"], row["letter"], row["grams"], row["euros"]) for row in rows[:3]] == [
        ("1", "joint", "ensemble", "11", "5,36"),
        ("2", "un", "note", "11", "5,36"),
        ("3", "un", "page", "11", "5,36"),
    ]
    shown = texts(printed(root, "registered.pdf"))[0]
    assert "Total : 7 lettres, 77 g, 37,52 €" in shown.replace("\u00a0", " ")
    assert "Groupe Essai, 1 rue de l'Essai, 69001 LYON" in shown
    for number, row in enumerate(rows):
        row["number"] = f"1A 123 456 789{number} 1"
    filled = io.StringIO(newline="")
    writer = csv.DictWriter(filled, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(filled.getvalue(), encoding="utf-8-sig")
    options = ("--on", "2024-12-02", "--via", "registered", "--tracking-file", str(path))
    assert run("sent", "note", "page", "ensemble", *options, root=root).exit_code == 0
    events = json.loads(run("log", "--json", root=root).stdout)
    numbers = {(event["contact"], event["letter"]): event["data"]["tracking"] for event in events}
    assert numbers["un", "note"] == "1A 123 456 7891 1"
    assert numbers["un", "page"] == "1A 123 456 7892 1"
    assert numbers["trois", "ensemble"] == "1A 123 456 7890 1"
    run("print", "--registered", root=root)
    again = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert again[1]["number"] == "1A 123 456 7891 1"


def test_a_list_that_was_filled_in_is_not_lost(made: Callable[..., Path], run: Run) -> None:
    root = made()
    run("print", "note", "--registered", root=root)
    path = printed(root, "registered.csv")
    filled = path.read_text(encoding="utf-8-sig").replace(";6;;", ";6;1A 123 456 7890 1;", 1)
    filled = filled.replace(";10;;", ";10;1A 123 456 7890 1;", 1)
    assert "1A 123" in filled
    path.write_text(filled, encoding="utf-8-sig")
    assert run("print", "note", root=root).exit_code == 0
    assert path.read_text(encoding="utf-8-sig") == filled
    refused = run("print", "note", "--registered", root=root)
    assert (refused.exit_code, refused.stderr) == (
        4,
        "print/registered.csv: numbers were filled in that are not recorded yet;"
        " record them with `outreach sent --tracking-file`, or move the file away\n",
    )
    recorded = ("note", "--to", "un", "--on", "2024-12-02", "--via", "registered")
    assert run("sent", *recorded, "--tracking-file", str(path), root=root).exit_code == 0
    assert run("print", "note", "--registered", "--again", root=root).exit_code == 0
    assert "1A 123 456 7890 1" in path.read_text(encoding="utf-8-sig")
    run("answer", "un", "--on", "2024-12-20", "--kind", "returned", root=root)
    assert run("print", "note", "--registered", "--again", root=root).exit_code == 0
    assert "1A 123" not in path.read_text(encoding="utf-8-sig")


def test_send_hands_the_file_to_the_queue_after_asking(
    made: Callable[..., Path], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = tmp_path / "queue.py"
    queue.write_text("import shutil, sys\nshutil.copy(sys.argv[-1], sys.argv[1])\n", encoding="utf-8")
    taken = tmp_path / "taken.pdf"
    root = made(
        settings=f"[print]\ncommand = '''\"{_python()}\" \"{queue.as_posix()}\" \"{taken.as_posix()}\"'''\n"
    )
    monkeypatch.setattr("outreach.cli.post.is_terminal", lambda: True)
    assert run("print", "--send", root=root, typed="n\n").exit_code == 0
    assert not taken.exists()
    assert run("print", "--send", "--yes", root=root).stdout.splitlines()[-1] == "sent to the printer"
    assert taken.read_bytes() == printed(root).read_bytes()


def _python() -> str:
    import sys

    return Path(sys.executable).as_posix()


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (
            "no-such-queue",
            "no program 'no-such-queue' takes print jobs here; name another program in [print] command",
        ),
        (
            "PYTHON -c 'import sys; sys.exit(\"no default destination\")'",
            "did not take print.pdf: no default destination",
        ),
    ],
)
def test_without_a_queue_there_is_a_clear_error(
    made: Callable[..., Path], run: Run, command: str, expected: str
) -> None:
    root = made(settings=f"[print]\ncommand = '''{command.replace('PYTHON', _python())}'''\n")
    done = run("print", "--send", "--yes", root=root)
    assert done.exit_code == 5
    assert expected in done.stderr


@pytest.mark.parametrize(
    ("args", "stderr"),
    [
        (("--labels", "L716"), "no label sheet 'L716'; did you mean L7160 or L7161 or L7162?\n"),
        (("--labels", "L7163", "--skip", "14"), "--skip 14 leaves no label; a sheet has 14\n"),
        (("nte",), "no letter 'nte'; did you mean note?\n"),
        (("--to", "quatre"), "no contact 'quatre'; known: un, deux, trois\n"),
        (("--from", "99"), "there is nothing to print; the run has 6 letters\n"),
    ],
)
def test_bad_options(made: Callable[..., Path], run: Run, args: tuple[str, ...], stderr: str) -> None:
    done = run("print", *args, root=made())
    assert (done.exit_code, done.stderr) == (3, stderr)


def test_one_label_for_one_household_and_none_for_two(made: Callable[..., Path], run: Run) -> None:
    def at(name: str, street: str) -> str:
        return (
            CONTACT.replace('"maire"', f'"{name}"')
            .replace("Exemple", name.upper())
            .replace('["Hôtel de Ville", "1 place de la Mairie"]', f'["{street}", "Le Bourg"]')
        )

    contacts = at("ana", "12 rue A") + at("bea", "12 RUE A") + at("zoe", "30 rue B")
    root = made({"contacts/a.toml": contacts})
    assert run("print", "note", "--labels", "L7165", "--merge-same-address", root=root).exit_code == 0
    with pdfplumber.open(printed(root, "labels.pdf")) as pdf:
        left, right = (
            pdf.pages[0].crop((x * 72 / 25.4, 0, (x + 100) * 72 / 25.4, 240)) for x in (4.7, 106.3)
        )
        assert left.extract_text().splitlines() == [
            "Madame Anne ANA",
            "Madame Anne BEA",
            "12 RUE A",
            "LE BOURG",
            "69130 ÉCULLY",
        ]
        assert "ZOE" in right.extract_text()


def test_a_picture_of_all_letters_is_stored_once(made: Callable[..., Path], run: Run) -> None:
    settings = SETTINGS.replace("[letter]", 'logo = "logo.png"\n[letter]')
    root = made({"logo.png": png(40, 40), "outreach.toml": settings})
    run("print", root=root)
    with pikepdf.open(printed(root)) as pdf:
        pictures = [
            one for one in pdf.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
        ]
        with pdf.open_metadata() as metadata:
            assert metadata["{http://ns.adobe.com/xap/1.0/t/pg/}NPages"] == str(len(pdf.pages))
    assert len(pictures) == 1


def test_each_letter_says_its_own_language(made: Callable[..., Path], run: Run) -> None:
    english = LETTER.replace("subject", 'language = "en"\nsubject')
    root = made({"letters/page.md": english})
    run("print", root=root)
    with pikepdf.open(printed(root)) as pdf:
        assert [str(kid.Lang) for kid in pdf.Root.StructTreeRoot.K] == ["fr", *["fr", "en"] * 3]


def test_an_offset_never_pushes_a_label_off_the_sheet(made: Callable[..., Path], run: Run) -> None:
    root = made(settings="[layout]\noffset_mm = [-6, 0]\n")
    done = run("print", "note", "--labels", "3474", root=root)
    assert done.exit_code == 3
    assert done.stderr.startswith("outreach.toml: offset_mm moves addresses off the sheet, to -1 x 5 mm; ")


def test_one_letter_can_be_printed_though_others_were_never_made(campaign: Campaign, run: Run) -> None:
    root = campaign(FILES)
    run("generate", "--to", "un", "--format", "pdf", root=root)
    assert run("print", "--to", "un", root=root).stdout.splitlines()[0] == "2 letters, 3 pages, 2 sheets"


@pytest.mark.parametrize("args", [("--skip", "2"), ("--outlines",), ("--send",), ("--calibrate", "note")])
def test_options_that_need_another(made: Callable[..., Path], run: Run, args: tuple[str, ...]) -> None:
    done = run("print", *args, root=made())
    assert done.exit_code == (4 if args == ("--send",) else 2)


def test_a_mailing_of_thousands_is_set_in_pieces(
    made: Callable[..., Path], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = made()
    options = ("note", "--labels", "L7165", "--skip", "7", "--envelopes", "DL")
    run("print", *options, root=root)
    whole = [texts(printed(root, name)) for name in ("labels.pdf", "envelopes.pdf")]
    monkeypatch.setattr("outreach.post.labels._BATCH", 1)
    run("print", *options, root=root)
    assert [texts(printed(root, name)) for name in ("labels.pdf", "envelopes.pdf")] == whole
    assert len(whole[0]) == 2


@pytest.mark.office
def test_qpdf_finds_nothing_wrong(made: Callable[..., Path], run: Run) -> None:
    assert shutil.which("qpdf"), "qpdf is needed"
    root = made(settings="[layout]\nrun_number = true\n")
    run("print", "--labels", "L7163", "--envelopes", "C5", "--registered", root=root)
    run("print", "--calibrate", root=root)
    for path in printed(root).parent.glob("*.pdf"):
        done = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_an_enclosure_outside_the_campaign_is_printed_only_when_allowed(
    made: Callable[..., Path], run: Run
) -> None:
    letter = LETTER.replace("audience", 'enclosures = [{ title = "A", file = "../annex.pdf" }]\naudience')
    root = made({"letters/note.md": letter})
    (root.parent / "annex.pdf").write_bytes(pdf_of(2))
    refused = run("print", "note", root=root)
    assert (refused.exit_code, refused.stderr) == (
        3,
        "../annex.pdf: the enclosure lies outside the campaign folder; copy it into the folder, "
        "or use --allow-outside\n",
    )
    assert run("print", "note", "--allow-outside", root=root).exit_code == 0
