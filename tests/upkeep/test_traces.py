"""What there is of a person, and that exactly this goes: the files of a campaign before and after."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from outreach.campaign.paths import ARCHIVE, JOURNAL
from outreach.errors import InputError
from outreach.journal.event import Answered, ArchivedFile, Event, Forgotten, tombstone
from outreach.journal.journal import Journal, open_journal
from outreach.journal.recording.recorder import Recorder
from outreach.journal.words import AnswerKind
from outreach.letters.folder import load_folder
from outreach.letters.piece import Manifest, Piece, PieceFile
from outreach.post.print_record import PrintRecord
from outreach.upkeep.forget import Traces, find_traces, forget
from tests.conftest import CONTACT, TODAY
from tests.journal.recorded import answered, noted, received, sent

Campaign = Callable[..., Path]

ID = "lyon"
"""Of the person: a part of other ids."""
LONGER = (f"maire-{ID}", f"{ID}-2", f"{ID}s", "maire")
NOW = datetime(2025, 1, 15, 9, 30, tzinfo=timezone.utc)
LIST = "out/print/registered.csv"
FILLED_IN = f"no;contact;letter;number\r\n1;maire-{ID};note;1A 1\r\n2;{ID}-2;note;1A 2\r\n"


def person(name: str) -> str:
    return CONTACT.replace('"maire"', f'"{name}"')


def table(*names: str) -> str:
    """Return a contact file in CSV."""
    rows = (f"{name};mayor;Exemple;69130;Écully;{ID}\n" for name in names)
    return "".join(("id;role;family_name;postal_code;city;tags\n", *rows))


@pytest.fixture
def root(campaign: Campaign) -> Path:
    """Return a campaign that knows the person and others whose ids have that id in them."""
    return campaign(
        {
            "contacts/a.toml": "".join(map(person, LONGER[:2])),
            "contacts/b.toml": person(ID),
            "contacts/c.csv": table(*LONGER[2:]),
        }
    )


def tree(root: Path) -> dict[str, bytes]:
    """Return every file but the journal, which is a database."""
    found = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(JOURNAL)}


@dataclass(frozen=True)
class Difference:
    gone: set[str]
    changed: set[str]
    new: set[str]


def difference(before: dict[str, bytes], after: dict[str, bytes]) -> Difference:
    return Difference(
        gone=before.keys() - after.keys(),
        changed={name for name, content in after.items() if before.get(name, content) != content},
        new=after.keys() - before.keys(),
    )


@contextmanager
def opened(root: Path) -> Iterator[Journal]:
    with open_journal(root, load_folder(root).campaign.country) as journal:
        yield journal


def record(root: Path, *events: Event) -> None:
    with opened(root) as journal, journal.store.writing():
        journal.store.append(events)


def find(root: Path, name: str = ID) -> Traces:
    with opened(root) as journal:
        return find_traces(load_folder(root), journal, root / "out", name)


def erase(root: Path, name: str = ID) -> tuple[Traces, Difference]:
    """Forget a person; return what was found before, and what became of the files."""
    before, folder = tree(root), load_folder(root)
    with opened(root) as journal:
        traces = find_traces(folder, journal, root / "out", name)
        assert tree(root) == before  # a look changes nothing
        forget(folder, journal, root / "out", name, Recorder("A", NOW, TODAY))
    return traces, difference(before, tree(root))


def gone(traces: Traces, *, below: str = "") -> list[str]:
    """Return the files that would be deleted."""
    return [one.path for one in traces.changes if one.is_deletion and one.path.startswith(below)]


def changed(traces: Traces) -> list[str]:
    """Return the files that would be changed."""
    return [one.path for one in traces.changes if not one.is_deletion]


def write(root: Path, name: str, content: str | bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def make(
    root: Path,
    name: str,
    *contacts: str,
    formats: tuple[str, ...] = ("pdf",),
    to: str = "",
    address: tuple[str, ...] = (),
) -> None:
    """Write the files of a letter, as if it had been generated."""
    manifest = Manifest(root / "out")
    letter, _, contact = name.partition("/")
    piece = Piece(letter, contacts, contact=contact, to=to, address=address, written=TODAY, composed=name)
    for kind in formats:
        write(root, f"out/{name}.{kind}", name)
        manifest.put(piece, PieceFile(f"{name}.{kind}", "0" * 64, 1))
    manifest.save()


def printed(root: Path, name: str, *contacts: str) -> None:
    """Write a file of the print run, with a record of whom it names."""
    write(root, f"out/print/{name}", name)
    run = PrintRecord(root / "out")
    run.put(name, contacts)
    run.save()


def archive(root: Path, content: str) -> ArchivedFile:
    with opened(root) as journal:
        return journal.archive.put("réponse.txt", content.encode())


def recorded(root: Path) -> list[Event]:
    with opened(root) as journal:
        return journal.store.read()


# Somebody of whom there is little


def test_whoever_is_in_no_letter_leaves_what_was_printed_alone(root: Path) -> None:
    make(root, f"note/maire-{ID}", f"maire-{ID}")
    for name in ("print.pdf", "labels.pdf"):
        printed(root, name, f"maire-{ID}", f"{ID}-2")
    write(root, LIST, FILLED_IN)
    traces, files = erase(root)
    assert (gone(traces), changed(traces)) == ([], ["contacts/b.toml"])
    assert files == Difference(gone=set(), changed={"contacts/b.toml"}, new=set())


def test_it_does_so_where_an_older_version_left_no_record_of_whom_the_files_name(root: Path) -> None:
    make(root, f"note/maire-{ID}", f"maire-{ID}")
    make(root, f"note/{ID}", ID, formats=("docx",))
    write(root, "out/print/print.pdf", "print")
    write(root, LIST, FILLED_IN)
    traces, files = erase(root)
    assert gone(traces) == [f"out/note/{ID}.docx"]
    assert files.gone == {f"out/note/{ID}.docx"}
    assert files.changed == {"contacts/b.toml", "out/manifest.json"}


def test_an_id_that_a_printed_file_is_called_by_is_not_whom_that_names(root: Path) -> None:
    write(root, "contacts/d.toml", person("labels"))
    printed(root, "labels.pdf", f"maire-{ID}")
    traces, files = erase(root, "labels")
    assert (gone(traces), changed(traces)) == ([], ["contacts/d.toml"])
    assert files == Difference(gone=set(), changed={"contacts/d.toml"}, new=set())


def test_letters_that_no_manifest_knows_go_too(root: Path) -> None:
    for name in (f"note/{ID}.pdf", f"note/69/{ID}.docx", f"note/{ID}-2.pdf", f"note/maire-{ID}.txt"):
        write(root, f"out/{name}", name)
    traces, files = erase(root)
    assert gone(traces) == [f"out/note/69/{ID}.docx", f"out/note/{ID}.pdf"]
    assert files.gone == set(gone(traces))


def test_without_letters_and_journal_only_the_contact_goes(root: Path) -> None:
    traces, files = erase(root)
    (change,) = traces.changes
    assert traces == Traces(ID, 0, (change,), (), ())
    assert (change.path, change.is_deletion) == ("contacts/b.toml", False)
    assert files == Difference(gone=set(), changed={"contacts/b.toml"}, new=set())


def test_whoever_is_in_the_journal_alone_can_be_forgotten(root: Path) -> None:
    record(root, sent(contact="ancien"), noted("2024-12-03", contact="maire"))
    traces, files = erase(root, "ancien")
    assert traces == Traces("ancien", 1, (), (), ())
    assert files == Difference(set(), set(), set())
    assert [event.contact for event in recorded(root)] == ["maire", ""]


def test_whoever_is_nowhere_cannot_be_forgotten(root: Path) -> None:
    with pytest.raises(InputError, match=f"no contact 'mare-{ID}'; did you mean maire-{ID}"):
        find(root, f"mare-{ID}")


def test_whoever_was_forgotten_is_nowhere_any_more(root: Path) -> None:
    record(root, sent(contact=ID))
    erase(root)
    with pytest.raises(InputError, match=f"no contact '{ID}'"):
        find(root)


# Copies of contact files


def test_copies_with_other_ids_that_this_one_is_a_part_of_stay_as_they_are(root: Path) -> None:
    for name in ("a.toml.bak", "d.TOML.BAK"):
        write(root, f"contacts/{name}", f"# {ID}\n" + "".join(map(person, LONGER)))
    write(root, "contacts/c.csv.bak", table(*LONGER))
    write(root, "contacts/vide.csv.bak", "")
    traces, files = erase(root)
    assert changed(traces) == ["contacts/b.toml"]
    assert files == Difference(gone=set(), changed={"contacts/b.toml"}, new=set())


def test_copies_that_hold_the_person_lose_it_alone(root: Path) -> None:
    write(root, "contacts/a.toml.bak", person(f"maire-{ID}") + person(ID) + person(f"{ID}-2"))
    write(root, "contacts/c.csv.bak-2", table(f"{ID}s", ID, "maire"))
    write(root, "contacts/d.TOML.BAK", person(ID))
    traces, files = erase(root)
    copies = ["contacts/a.toml.bak", "contacts/c.csv.bak-2", "contacts/d.TOML.BAK"]
    assert changed(traces) == sorted(["contacts/b.toml", *copies])
    assert files.changed == {"contacts/b.toml", *copies}
    after = tree(root)
    assert after["contacts/a.toml.bak"].decode() == person(f"maire-{ID}") + person(f"{ID}-2")
    assert after["contacts/c.csv.bak-2"].decode() == table(f"{ID}s", "maire")
    assert after["contacts/d.TOML.BAK"] == b""


def test_other_files_in_the_contacts_folder_are_no_copies(root: Path) -> None:
    write(root, "contacts/notes.md", ID)
    write(root, "contacts/old/a.toml.bak", person(ID))
    traces = find(root)
    assert (changed(traces), traces.left) == (["contacts/b.toml"], ("contacts/notes.md",))


def test_somebody_who_stands_in_two_files_goes_from_both(root: Path) -> None:
    write(root, "contacts/d.csv", table("autre", ID))
    traces, files = erase(root)
    assert changed(traces) == ["contacts/b.toml", "contacts/d.csv"]
    assert files.changed == {"contacts/b.toml", "contacts/d.csv"}
    assert tree(root)["contacts/d.csv"].decode() == table("autre")


# Somebody of whom there is much


@pytest.fixture
def known(root: Path) -> Path:
    """Return the campaign, with the person in all that can name it, and another one likewise."""
    other = f"maire-{ID}"
    write(root, "contacts/b.toml.bak", person(ID) + person(other))
    make(root, f"note/{ID}", ID, formats=("docx", "pdf"))
    make(root, f"note/{other}", other, formats=("docx", "pdf"))
    make(root, "ensemble/joint", other, ID)
    make(root, "commune/joint", other, ID, address=("Madame Anne EXEMPLE", "69130 ÉCULLY"))
    make(root, f"cada-referral/{other}", other, to=ID)
    printed(root, "print.pdf", other, ID)
    printed(root, "labels.pdf", other)
    printed(root, "envelopes.pdf", ID)
    write(root, "out/print/print-002.pdf", "of a version without a record")
    write(root, "out/print/notes.pdf", "somebody's own")
    write(root, "out/print/kept.csv", f"contact;letter;number\n{ID};note;1\n{other};note;2\n")
    for name in (ID, other):
        write(root, f"out/bundles/{name}.zip", name)
        write(root, f"out/bundles/x-{name}.zip", name)
    write(
        root,
        LIST,
        f"{FILLED_IN}3;{ID};note;\r\n4;joint;ensemble;1A 4\r\n5;{other};cada-referral;1A 3\r\n6;joint;commune;\r\n",
    )
    files = {name: archive(root, name) for name in ("one", "two", "both", "other")}
    record(
        root,
        replace(
            sent(contact=ID),
            piece=Piece("note", (ID,), files=(PieceFile("réponse.txt", files["one"].sha256),)),
        ),
        sent(contact=other),
        replace(received("2024-12-04"), contact=ID, files=(files["two"], files["both"])),
        replace(received("2024-12-04"), contact=other, files=(files["both"], files["other"])),
        answered("2024-12-20", AnswerKind.PARTIAL, contact=ID),
        answered("2024-12-21", AnswerKind.PARTIAL, contact=ID, files=(files["two"],)),
        noted("2024-12-22", "a appelé", contact=ID),
        answered("2024-12-23", AnswerKind.FORWARDED, contact=other, forwarded_to=ID),
    )
    return root


def place(file: ArchivedFile) -> str:
    return f"{ARCHIVE}/{file.path}"


def test_traces_name_all_that_there_is(known: Path) -> None:
    traces, other = find(known), f"maire-{ID}"
    assert changed(traces) == [
        "contacts/b.toml",
        "contacts/b.toml.bak",
        "out/manifest.json",
        "out/print/kept.csv",
        "out/print/registered.csv",
        "out/print/run.json",
    ]
    assert traces.events == 5
    assert gone(traces, below="out/") == [
        f"out/bundles/{ID}.zip",
        f"out/cada-referral/{other}.pdf",
        "out/commune/joint.pdf",
        "out/ensemble/joint.pdf",
        f"out/note/{ID}.docx",
        f"out/note/{ID}.pdf",
        "out/print/envelopes.pdf",
        "out/print/print-002.pdf",
        "out/print/print.pdf",
    ]
    archived = [(known / name).read_text(encoding="utf-8") for name in gone(traces, below=ARCHIVE)]
    assert sorted(archived) == ["one", "two"]
    assert [(known / place(file)).read_text(encoding="utf-8") for file in traces.shared] == ["both"]


def test_what_the_traces_name_goes_and_nothing_else(known: Path) -> None:
    traces, files = erase(known)
    assert files == Difference(gone=set(gone(traces)), changed=set(changed(traces)), new=set())


def test_what_is_changed_loses_the_person_alone(known: Path) -> None:
    other = f"maire-{ID}"
    erase(known)
    after = tree(known)
    assert after["contacts/b.toml"] == b""
    assert after["contacts/b.toml.bak"].decode() == person(other)
    assert after[LIST].decode() == f"{FILLED_IN}4;joint;ensemble;1A 4\r\n"
    assert after["out/print/kept.csv"].decode() == f"contact;letter;number\n{other};note;2\n"
    assert [piece.letter for piece in Manifest(known / "out").pieces()] == ["note"]
    assert [file.path for piece in Manifest(known / "out").pieces() for file in piece.files] == [
        f"note/{other}.docx",
        f"note/{other}.pdf",
    ]
    assert b'"lyon"' not in after["out/print/run.json"]


def test_of_the_events_only_counts_are_left(known: Path) -> None:
    before = [event for event in recorded(known) if event.contact != ID]
    erase(known)
    *others, forwarded, last = recorded(known)
    assert others == before[:-1]
    assert isinstance(forwarded, Answered)
    assert (forwarded.id, forwarded.forwarded_to) == (before[-1].id, "")
    assert last == Forgotten(
        id=last.id,
        at=TODAY,
        recorded_at=NOW,
        author="A",
        tombstone=tombstone(ID),
        counts={"sent": 1, "received": 1, "answered": 2},
        clock=len(before) + 5 + 1,
    )
