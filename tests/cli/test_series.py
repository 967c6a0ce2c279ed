"""Refusals of one request by several administrations: one referral about all of them, and a notice to each."""

import io
import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from typer.testing import Result

from tests.conftest import APPLICANT, CONTACT, LETTER, REPOSITORY, faults, set_day

Campaign = Callable[..., Path]
Run = Callable[..., Result]

BODIES = {"a": "Alpe", "b": "Brie", "c": "Causse", "d": "Drac", "e": "Esterel", "f": "Forez"}
AUTHORITY = (
    CONTACT.replace('"maire"', '"cada"')
    .replace('"mayor"', '"authority"')
    .replace("Exemple", "Avis")
    .replace('["a"]', '["cada"]')
)
SERIES = "cada-referral/joint.papers"
VIA = ("--via", "registered")


def body(name: str) -> str:
    return CONTACT.replace('"maire"', f'"{name}"').replace(
        "address =", f'organisation = "Mairie de {BODIES[name]}"\naddress ='
    )


FILES = {
    "outreach.toml": APPLICANT.replace("[sender]", 'topic = "le plan de circulation"\n[sender]'),
    "contacts/a.toml": "".join(map(body, BODIES)) + AUTHORITY,
    "letters/papers.md": LETTER.replace(
        'title = "Lettre"', 'title = "Les caméras"\nkind = "documents"'
    ).replace('"all"', '"role:mayor"'),
    **{
        f"letters/{name}": (REPOSITORY / "letters" / name).read_text(encoding="utf-8")
        for name in ("cada-referral.md", "cada-notice.md", "_documents.md")
    },
}


@pytest.fixture(autouse=True)
def autumn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all of it lie in the past."""
    set_day(monkeypatch, date(2025, 10, 1))


def ok(done: Result) -> Result:
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture
def asked(campaign: Campaign, run: Run) -> Callable[..., Path]:
    """Return a function that sends the request to bodies, two days before each received it."""

    def ask(**received: str) -> Path:
        root = campaign(FILES)
        ok(run("generate", "papers", "--date", "2025-01-08", root=root))
        for name, day in received.items():
            on = date.fromisoformat(day) - timedelta(days=2)
            ok(run("sent", "papers", "--on", str(on), *VIA, "--to", name, root=root))
            ok(run("received", name, "--on", day, "--proof", "delivery", root=root))
        return root

    return ask


def days(names: str, day: str = "2025-01-10") -> dict[str, str]:
    return dict.fromkeys(names, day)


def made(run: Run, root: Path, on: str, *args: str) -> list[str]:
    done = run("followup", "--on", on, "--format", "txt", "--json", *args, root=root)
    return [file["path"].removesuffix(".txt") for file in json.loads(done.stdout)]


def text(root: Path, name: str = SERIES) -> str:
    found = (root / f"out/{name}.txt").read_text(encoding="utf-8")
    return found.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def journal(run: Run, root: Path, contact: str = "") -> list[tuple[str, str, str]]:
    rows: list[dict[str, Any]] = json.loads(run("log", *filter(None, [contact]), "--json", root=root).stdout)
    return [(row["kind"], row["contact"], row["letter"]) for row in rows if "cada" in row["letter"]]


def due(run: Run, root: Path, on: str) -> list[tuple[str, str, str]]:
    rows = json.loads(run("due", "--on", on, "--json", root=root).stdout)
    return [(row["contact"], row["step"], row["due_on"]) for row in rows]


def notices(names: Sequence[str]) -> list[str]:
    return [f"cada-notice/{name}" for name in names]


def test_four_refusals_are_four_referrals(asked: Callable[..., Path], run: Run) -> None:
    root = asked(**days("abcd"))
    assert made(run, root, "2025-02-11") == [f"cada-referral/{name}" for name in "abcd"]
    assert "du refus opposé à notre demande" in text(root, "cada-referral/a")


@pytest.mark.parametrize("names", ["abcde", "abcdef"])
def test_five_or_six_are_one_that_names_all_and_a_notice_to_each(
    asked: Callable[..., Path], run: Run, names: str
) -> None:
    root = asked(**days(names))
    assert made(run, root, "2025-02-10") == []
    assert made(run, root, "2025-02-11") == [*notices(names), SERIES]
    shown = text(root)
    assert f"une série de {len(names)} demandes" in shown
    for number, name in enumerate(names, 1):
        line = f"{number}. Mairie de {BODIES[name]} (maire : Mme Anne Exemple) : demande du 8 janvier 2025"
        assert shown.count(line) == 1
        assert shown.count(f"Mairie de {BODIES[name]}") == 1
    assert "1. la liste des caméras en service" in shown
    assert f"– Copies des {len(names)} demandes\n– Preuves de leur réception\n" in shown
    assert "Copies des refus" not in shown
    assert "Demandeur : Groupe Essai (association loi 1901)." in shown
    notice = text(root, f"cada-notice/{names[-1]}")
    assert "Par lettre du 8 janvier 2025, « Une demande »" in notice
    assert "par lettre du 11 février 2025, nous avons saisi la Commission" in notice
    assert "L. 342-1 et R. 343-3-1" in notice


def test_each_refusal_says_what_came_of_it(asked: Callable[..., Path], run: Run) -> None:
    root = asked(**days("abcde"))
    refused = ("--on", "2025-01-20", "--kind", "refusal", "--dated", "2025-01-17")
    ok(run("answer", "b", *refused, root=root))
    ok(run("answer", "c", "--on", "2025-01-21", "--kind", "partial", root=root))
    ok(run("answer", "d", "--on", "2025-01-22", "--kind", "refusal", root=root))
    assert SERIES in made(run, root, "2025-02-11")
    lines = [line.partition(" : demande ")[2] for line in text(root).splitlines()]
    proof = "du 8 janvier 2025, envoyée le même jour et reçue le 10 janvier 2025"
    assert [line for line in lines if line] == [
        f"{proof} ; refus implicite né le 10 février 2025 ;",
        f"{proof} ; refus du 17 janvier 2025 ;",
        f"{proof} ; réponse partielle reçue le 21 janvier 2025, refus implicite né le 10 février 2025 pour le reste ;",
        f"{proof} ; refus reçu le 22 janvier 2025 ;",
        f"{proof} ; refus implicite né le 10 février 2025.",
    ]
    assert "– Copies des refus et des réponses reçus\n" in text(root)
    rest = [name for name in "abcde" if "au reste de cette demande." in text(root, f"cada-notice/{name}")]
    assert rest == ["c"]


def test_who_has_answered_in_full_is_not_in_it(asked: Callable[..., Path], run: Run) -> None:
    root = asked(**days("abcdef"))
    ok(run("answer", "b", "--on", "2025-02-01", "--kind", "full", root=root))
    assert made(run, root, "2025-02-11") == [*notices("acdef"), SERIES]
    assert "Brie" not in text(root)


def test_refusals_wait_for_the_fifth_but_never_past_a_safe_day(asked: Callable[..., Path], run: Run) -> None:
    # Born on 10 February, safe until 9 April; the fifth is born on 10 March.
    root = asked(**days("abcd"), e="2025-02-10")
    done = run("followup", "--on", "2025-02-11", "--format", "txt", root=root)
    assert (done.exit_code, done.stdout) == (0, f"0 files in {root / 'out'}\n")
    assert done.stderr.splitlines()[0] == (
        "warning: letter 'cada-referral' to 'a' waits for others: from 2025-03-11 on it can be one letter about"
        " all; `outreach followup cada-referral --to a` makes it alone"
    )
    assert len(done.stderr.splitlines()) == 4
    assert ("a", "cada-referral", "2025-04-09") in due(run, root, "2025-02-11")
    assert made(run, root, "2025-03-10") == []
    assert made(run, root, "2025-03-11") == [*notices("abcde"), SERIES]
    assert made(run, root, "2025-02-11", "cada-referral", "--to", "a") == ["cada-referral/a"]


def test_where_the_fifth_would_come_too_late_each_goes_alone(asked: Callable[..., Path], run: Run) -> None:
    root = asked(
        **days("abcd"), e="2025-03-10"
    )  # a refusal of 10 April; the safe day of the others is the 9th
    assert made(run, root, "2025-03-25") == [f"cada-referral/{name}" for name in "abcd"]


def test_the_last_safe_day_is_still_in_time(asked: Callable[..., Path], run: Run) -> None:
    root = asked(**days("abcd"), e="2025-03-08")  # a refusal of 8 April
    assert made(run, root, "2025-04-08") == []
    assert made(run, root, "2025-04-09") == [*notices("abcde"), SERIES]


def test_an_expired_one_is_left_out_and_named_unless_late(asked: Callable[..., Path], run: Run) -> None:
    root = asked(a="2025-01-10", **days("bcdef", "2025-03-10"))
    ok(run("answer", "a", "--on", "2025-01-15", "--kind", "acknowledgement", root=root))
    done = run("followup", "--on", "2025-04-11", "--format", "txt", root=root)
    assert done.exit_code == 0
    assert done.stderr == (
        "warning: letter 'cada-referral' to 'a' is left out: its limit passed on 2025-04-09, and binds; say --late"
        " to make it all the same; `outreach why a` has the rule\n"
    )
    assert "une série de 5 demandes" in text(root)
    assert "Alpe" not in text(root)
    assert made(run, root, "2025-04-11", "--late") == [*notices("abcdef"), SERIES]
    assert "(le délai de saisine s'achevait le 9 avril 2025 ; nous prions la Commission" in text(root)


def test_an_expired_one_that_may_not_be_bound_goes_alone(asked: Callable[..., Path], run: Run) -> None:
    root = asked(a="2025-01-10", **days("bcdef", "2025-03-10"))
    assert made(run, root, "2025-04-11") == [*notices("bcdef"), SERIES, "cada-referral/a"]
    assert "Le délai de saisine s'achevait le 9 avril 2025." in text(root, "cada-referral/a")
    assert made(run, root, "2025-04-11", "--late") == [*notices("abcdef"), SERIES]
    assert "nous n'avons reçu aucun accusé de réception mentionnant" in text(root)
    assert not (root / "out/cada-referral/a.txt").exists()


def test_whoever_was_referred_alone_is_not_in_it(asked: Callable[..., Path], run: Run) -> None:
    root = asked(**days("abcdef"))
    made(run, root, "2025-02-11", "--not", "b", "--not", "c", "--not", "d", "--not", "e", "--not", "f")
    ok(run("sent", "cada-referral", "--on", "2025-02-12", *VIA, root=root))
    assert made(run, root, "2025-02-13") == [*notices("bcdef"), SERIES]
    assert "Alpe" not in text(root)


def test_one_of_a_series_brings_the_others_and_who_is_not_wanted_stays_out(
    asked: Callable[..., Path], run: Run
) -> None:
    root = asked(**days("abcdef"))
    assert made(run, root, "2025-02-11", "--to", "a") == [*notices("abcdef"), SERIES]
    assert made(run, root, "2025-02-11", "--not", "a") == [*notices("bcdef"), SERIES]
    assert made(run, root, "2025-02-11", "--not", "a", "--not", "b") == [
        f"cada-referral/{name}" for name in "cdef"
    ]


def test_two_contacts_of_one_body_are_one_administration(asked: Callable[..., Path], run: Run) -> None:
    root = asked(**days("abcde"))
    path = root / "contacts/a.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("Mairie de Brie", "Mairie de Alpe"), encoding="utf-8"
    )
    assert SERIES not in made(run, root, "2025-02-11")


def test_a_series_takes_the_place_of_single_ones_that_were_made(asked: Callable[..., Path], run: Run) -> None:
    root = asked(**days("abcde"))
    made(run, root, "2025-02-11", "--not", "e")
    assert (root / "out/cada-referral/a.txt").exists()
    (root / "out/cada-referral/b.txt").write_text("à la main", encoding="utf-8")
    done = run("followup", "--on", "2025-02-12", "--format", "txt", root=root)
    assert "deleted  cada-referral/a.txt\n" in done.stderr
    assert (
        "cada-referral/b.txt: warning: was edited by hand, and is not deleted; move it away\n" in done.stderr
    )
    assert sorted(path.name for path in (root / "out/cada-referral").iterdir()) == [
        "b.txt",
        "joint.papers.txt",
    ]


def test_single_ones_take_the_place_of_a_series_that_is_none_any_more(
    asked: Callable[..., Path], run: Run
) -> None:
    root = asked(**days("abcde"))
    made(run, root, "2025-02-11")
    ok(run("answer", "e", "--on", "2025-02-12", "--kind", "full", root=root))
    done = ok(run("followup", "--on", "2025-02-13", "--format", "txt", root=root))
    assert done.stderr == f"deleted  {SERIES}.txt\n"
    assert sorted(path.name for path in (root / "out/cada-referral").iterdir()) == [
        f"{name}.txt" for name in "abcd"
    ]


@pytest.fixture
def referred(asked: Callable[..., Path], run: Run) -> Path:
    """Return a campaign whose five refusals were referred in one letter on 12 February."""
    root = asked(**days("abcde"))
    ok(run("followup", "--on", "2025-02-11", root=root))
    sent = run(
        "sent", "cada-referral", "--on", "2025-02-12", *VIA, "--tracking", "1A 123 456 7890 1", root=root
    )
    assert (sent.exit_code, faults(sent)) == (0, "")
    return root


def test_it_is_kept_once_and_recorded_under_each(referred: Path, run: Run) -> None:
    assert journal(run, referred) == [("sent", name, "cada-referral") for name in "abcde"]
    for name in "abcde":
        assert journal(run, referred, name) == [("sent", name, "cada-referral")]
        assert "cada-referral" in run("why", name, root=referred).stdout
    assert len(list((referred / "archive").rglob("*.pdf"))) == 5 + 1
    rows = json.loads(run("status", "--letter", "cada-referral", "--json", root=referred).stdout)
    assert [(row["contact"], row["status"]) for row in rows if row["letter"] == "cada-referral"] == [
        (name, "sent") for name in "abcde"
    ]
    assert made(run, referred, "2025-02-13") == notices("abcde")
    assert run("sent", "cada-referral", "--on", "2025-02-13", *VIA, root=referred).exit_code == 4
    assert "cada" not in ok(run("print", "papers", "--again", root=referred)).stderr


def test_the_notices_are_due_until_they_were_sent(referred: Path, run: Run) -> None:
    assert due(run, referred, "2025-02-13") == [(name, "cada-notice", "2025-02-12") for name in "abcde"]
    ok(run("sent", "cada-notice", "--on", "2025-02-13", "--via", "post", root=referred))
    assert due(run, referred, "2025-02-13") == []
    assert run("followup", "--on", "2025-02-14", root=referred).stdout == "nothing is due\n"


def test_one_registration_serves_all(referred: Path, run: Run, tmp_path: Path) -> None:
    scan = tmp_path / "cada.pdf"
    scan.write_bytes(b"%PDF-1.4 cada")
    registered = ("--letter", "cada-referral", "--on", "2025-02-17", "--proof", "acknowledgement")
    done = ok(run("received", "c", *registered, "--file", str(scan), root=referred))
    assert [line.split("  ")[:3] for line in done.stdout.splitlines()] == [
        ["received", name, "cada-referral"] for name in "abcde"
    ]
    for name in "abcde":
        why = run("why", name, "--on", "2025-03-01", root=referred).stdout
        assert "2025-03-17  cada-opinion" in why
        assert "2025-04-17  cada-confirmed" in why
    ok(run("log", "verify", root=referred))


def test_an_answer_of_one_is_no_answer_of_the_others(referred: Path, run: Run) -> None:
    ok(run("answer", "a", "--letter", "papers", "--on", "2025-02-20", "--kind", "full", root=referred))
    rows = json.loads(
        run("status", "--letter", "papers", "--json", "--on", "2025-02-21", root=referred).stdout
    )
    assert [row["outcome"] for row in rows[:5]] == ["full", *["tacit-refusal"] * 4]


def test_a_series_that_came_back_did_so_for_all(referred: Path, run: Run) -> None:
    back = ("--letter", "cada-referral", "--on", "2025-02-20", "--kind", "returned")
    assert len(ok(run("answer", "a", *back, root=referred)).stdout.splitlines()) == 5
    assert {row[1] for row in due(run, referred, "2025-02-21")} == {"cada-referral"}


def test_undo_takes_back_one_record_or_the_whole_batch(referred: Path, run: Run) -> None:
    rows = json.loads(run("log", "--json", root=referred).stdout)
    event = next(row["id"] for row in rows if row["letter"] == "cada-referral" and row["contact"] == "b")
    done = ok(run("log", "undo", event[-8:], "--batch", root=referred))
    assert len(done.stdout.splitlines()) == 5
    assert {row[1] for row in due(run, referred, "2025-02-13")} == {"cada-referral"}
    assert made(run, referred, "2025-02-11") == [*notices("abcde"), SERIES]
    voiding = json.loads(run("log", "--json", root=referred).stdout)[-1]["id"]
    ok(run("log", "undo", voiding, "--batch", root=referred))
    assert {row[1] for row in due(run, referred, "2025-02-13")} == {"cada-notice"}


def test_one_undone_alone_is_due_again_alone(referred: Path, run: Run) -> None:
    rows = json.loads(run("log", "--json", root=referred).stdout)
    event = next(row["id"] for row in rows if row["letter"] == "cada-referral" and row["contact"] == "b")
    ok(run("log", "undo", event, root=referred))
    assert [row for row in due(run, referred, "2025-02-13") if row[1] == "cada-referral"] == [
        ("b", "cada-referral", "2025-04-09")
    ]
    assert "cada-referral/b" in made(run, referred, "2025-02-13")


@pytest.mark.parametrize("what", ["answer", "stop", "sent alone"])
def test_it_is_held_back_once_it_names_one_too_many(
    asked: Callable[..., Path], run: Run, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_day(monkeypatch, date(2025, 2, 12))
    root = asked(**days("abcdef"))
    ok(run("followup", "--on", "2025-02-11", root=root))
    if what == "answer":
        ok(run("answer", "b", "--on", "2025-02-12", "--kind", "full", root=root))
    elif what == "stop":
        ok(run("stop", "b", "--reason", "réglé", root=root))
    else:
        other = str(root / "other")
        ok(
            run(
                "followup",
                "--on",
                "2025-02-11",
                "--out",
                other,
                *(f"--not={name}" for name in "acdef"),
                root=root,
            )
        )
        held = (root / "out").rename(root / "held")
        (root / "other").rename(root / "out")
        ok(run("sent", "cada-referral", "--on", "2025-02-12", *VIA, root=root))
        (root / "out").rename(root / "other")
        held.rename(root / "out")
    for command in (("print", "cada-referral"), ("sent", "cada-referral", "--on", "2025-02-12", *VIA)):
        done = run(*command, root=root)
        assert done.exit_code == 4, done.output
        assert done.stderr.startswith("letter 'cada-referral' to 'b' is left out: ")
        assert "run `outreach followup` again" in done.stderr
    assert SERIES in made(run, root, "2025-02-12")
    assert "Brie" not in text(root)


def test_it_is_printed_once_with_one_label(asked: Callable[..., Path], run: Run) -> None:
    root = asked(**days("abcde"))
    ok(run("followup", "--on", "2025-02-11", root=root))
    ok(run("print", "cada-referral", "--labels", "L7163", root=root))
    with pdfplumber.open(io.BytesIO((root / "out/print/labels.pdf").read_bytes())) as labels:
        assert labels.pages[0].extract_text().count("AVIS") == 1
    with pdfplumber.open(io.BytesIO((root / "out/print/print.pdf").read_bytes())) as printed:
        assert sum("Autorités en cause" in page.extract_text() for page in printed.pages) == 1


def test_whoever_is_forgotten_leaves_the_registration_to_the_others(referred: Path, run: Run) -> None:
    registered = ("--letter", "cada-referral", "--on", "2025-02-17", "--proof", "acknowledgement")
    ok(run("received", "a", *registered, root=referred))
    ok(run("contacts", "forget", "a", "--yes", root=referred))
    assert "2025-03-17  cada-opinion" in run("why", "b", root=referred).stdout
    assert journal(run, referred) == [
        (kind, name, "cada-referral") for kind in ("sent", "received") for name in "bcde"
    ]


def test_what_is_missing_is_said_once_and_no_notice_is_made(asked: Callable[..., Path], run: Run) -> None:
    root = asked(**days("abcde"))
    path = root / "outreach.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("legal_form", "# legal_form"), encoding="utf-8")
    done = run("followup", "--on", "2025-02-11", root=root)
    assert done.exit_code == 3
    assert done.stderr.count("lacks legal_form") == 1
    assert not (root / "out/cada-notice").exists()


def test_without_a_notice_in_the_campaign_the_referral_is_made_and_it_is_named(
    asked: Callable[..., Path], run: Run
) -> None:
    root = asked(**days("abcde"))
    (root / "letters/cada-notice.md").unlink()
    done = run("followup", "--on", "2025-02-11", root=root)
    assert done.exit_code == 3
    assert "a step calls for the letter 'cada-notice', which is not there" in done.stderr
    assert (root / f"out/{SERIES}.pdf").exists()


def test_check_reads_what_a_referral_says_of_several(campaign: Campaign, run: Run) -> None:
    wrong = str(FILES["letters/cada-referral.md"]).replace("one.about.authority", "one.about.autority")
    done = run("check", root=campaign({**FILES, "letters/cada-referral.md": wrong}))
    assert done.exit_code == 3
    assert "unknown field about.autority; did you mean about.authority?" in done.stdout


def test_a_referral_that_speaks_of_one_says_how_to_name_several(asked: Callable[..., Path], run: Run) -> None:
    root = asked(**days("abcde"))
    path = root / "letters/cada-referral.md"
    path.write_text(
        '+++\ntitle = "T"\nkind = "referral"\naudience = "tag:cada"\nsubject = "S"\n+++\n{{ about.authority }}\n',
        encoding="utf-8",
    )
    done = run("followup", "--on", "2025-02-11", root=root)
    assert done.exit_code == 3
    assert done.stderr.splitlines()[0] == (
        "letters/cada-referral.md:7: about.authority differs between the recipients;"
        " write {% for one in earlier %}{{ one.about.authority }}"
    )


def test_its_tracking_number_is_recorded_under_each(asked: Callable[..., Path], run: Run) -> None:
    root = asked(**days("abcde"))
    ok(run("followup", "--on", "2025-02-11", root=root))
    ok(run("print", "cada-referral", "--registered", root=root))
    path = root / "out/print/registered.csv"
    header, row = path.read_text(encoding="utf-8-sig").splitlines()
    assert row.split(";")[1] == "joint.papers"
    path.write_text(f"{header}\n{row.replace(';10;;', ';10;1A 123 456 7890 1;')}\n", encoding="utf-8")
    sent = ("sent", "cada-referral", "--on", "2025-02-12", *VIA, "--tracking-file", str(path))
    ok(run(*sent, root=root))
    rows = json.loads(run("log", "--json", root=root).stdout)
    assert [row["data"]["tracking"] for row in rows if row["letter"] == "cada-referral"] == [
        "1A 123 456 7890 1"
    ] * 5


def test_a_request_is_referred_once_whatever_the_letters_date(referred: Path, run: Run) -> None:
    assert made(run, referred, "2025-02-20", "cada-referral", "--to", "a") == ["cada-referral/a"]
    done = run("sent", "cada-referral", "--on", "2025-02-20", *VIA, root=referred)
    assert done.exit_code == 4
    assert done.stderr.startswith(
        "letter 'cada-referral' to 'a' is left out: it was sent by registered mail on 2025-02-12; say --again"
    )


def test_a_notice_goes_with_its_referral_or_after_it(asked: Callable[..., Path], run: Run) -> None:
    root = asked(**days("abcde"))
    ok(run("followup", "--on", "2025-02-11", root=root))
    ok(run("print", "cada-notice", root=root))
    record = ("--on", "2025-02-12", *VIA)
    refused = run("sent", "cada-notice", *record, root=root)
    assert refused.exit_code == 4
    assert refused.stderr.splitlines()[0] == (
        "letter 'cada-notice' to 'a' is left out: no referral that names it was sent;"
        " run `outreach followup`, and record the referral first or with it"
    )
    assert len(ok(run("sent", "cada-referral", "cada-notice", *record, root=root)).stdout.splitlines()) == 10


def test_a_notice_of_a_series_that_is_none_any_more_stays(asked: Callable[..., Path], run: Run) -> None:
    root = asked(**days("abcde"))
    ok(run("followup", "--on", "2025-02-11", root=root))
    ok(run("answer", "e", "--on", "2025-02-12", "--kind", "full", root=root))
    ok(run("followup", "--on", "2025-02-13", root=root))
    assert run("print", "cada-notice", root=root).exit_code == 4
    both = run("sent", "cada-referral", "cada-notice", "--on", "2025-02-13", *VIA, root=root)
    assert both.stdout.count("cada-referral") == 4
    assert "cada-notice" not in both.stdout
