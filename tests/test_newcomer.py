"""A campaign of one's own for school meals, from an Excel file to its end, typed as somebody new would.

One script in two languages. Every output is read for what a newcomer stumbles over: a word of the other
language, of the shipped example or of the guide's, a table wider than the screen, a word broken in it. All
people are made up.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import docx
import pikepdf
import pytest
import xlsxwriter

from outreach import language
from tests.conftest import RunProgram, set_day
from tests.played import retouch


def _words(text: str) -> list[str]:
    return text.split()


FRENCH = {
    "title": "De bons repas pour nos écoles",
    "topic": "les repas de la cantine scolaire",
    "group": "Parents de Modèle",
    "home": "5 rue des Écoles",
    "town": "Modèle",
    "headings": "Civilité;NOM;Prénom;Fonction;Adresse;CP Ville;Courriel",
    "mr": "M.",
    "mrs": "Mme",
    "functions": "Maire;Adjointe aux écoles;Adjoint aux finances;Présidente de la communauté de communes;"
    "Conseillère départementale;Préfet;Députée;Cuisinier en chef;Directrice de l'école;Conseiller municipal",
    "councillor": "Conseiller municipal",
    "councillor_f": "Conseillère municipale",
    "street": "2 place du Marché",
    "moved": "7 chemin des Noyers",
    "letter": "premiere-lettre",
    "everybody": "tous",
    "mayor": "rôle:maire",
    "with_email": "avec:courriel",
    "dept_50": "département:50",
    "registered": "recommandé",
    "post": "courrier",
    "hand": "en-main-propre",
    "email": "courriel",
    "delivery": "distribution",
    "returned": "retour",
    "full": "réponse-complète",
    "partial": "partielle",
    "refusal": "refus",
    "meeting": "rendez-vous",
    "acknowledgement": "accusé",
    "forwarded": "transmission",
    "no_document": "document-inexistant",
    "favourable": "favorable",
    "department": "département",
    "role": "rôle",
    "by_letter": "lettre",
    "waiting": "issue:en-attente",
    "closed": "terminées",
    "yes": "Oui, dès la rentrée.",
    "later": "En mai.",
    "meet": "Par une réunion.",
    "why_again": "adresse corrigée",
    "why_stop": "les repas ont changé",
    "call": "a appelé, rappelle lundi",
    "vote": "vote du 17 mars",
    "before": "Nous vous écrivons",
    "after": "Comme convenu au marché, nous vous écrivons",
}
ENGLISH = {
    "title": "Good meals for our schools",
    "topic": "the meals of the school canteen",
    "group": "Parents of Modelton",
    "home": "5 School Road",
    "town": "Modelton",
    "headings": "Title;Surname;First name;Function;Address;Postcode city;E-mail",
    "mr": "Mr",
    "mrs": "Mrs",
    "functions": "Mayor;Deputy mayor;Deputy mayor;President of an intermunicipal body;Departmental councillor;"
    "Prefect;Member of parliament;Head cook;Headteacher;Municipal councillor",
    "councillor": "Municipal councillor",
    "councillor_f": "Municipal councillor",
    "street": "2 Market Square",
    "moved": "7 Walnut Lane",
    "letter": "first-letter",
    "everybody": "all",
    "mayor": "role:mayor",
    "with_email": "has:email",
    "dept_50": "department:50",
    "registered": "registered",
    "post": "post",
    "hand": "hand",
    "email": "email",
    "delivery": "delivery",
    "returned": "returned",
    "full": "full",
    "partial": "partial",
    "refusal": "refusal",
    "meeting": "meeting",
    "acknowledgement": "acknowledgement",
    "forwarded": "forwarded",
    "no_document": "no-such-document",
    "favourable": "favourable",
    "department": "department",
    "role": "role",
    "by_letter": "letter",
    "waiting": "outcome:waiting",
    "closed": "closed",
    "yes": "Yes, this autumn.",
    "later": "In May.",
    "meet": "At a meeting.",
    "why_again": "address corrected",
    "why_stop": "the meals have changed",
    "call": "called, calls again on Monday",
    "vote": "vote of 17 March",
    "before": "We are writing to you",
    "after": "As agreed on the market, we are writing to you",
}
SPOKEN: Mapping[str, Mapping[str, str]] = {"fr": FRENCH, "en": ENGLISH}
OF_ENGLISH = _words(
    "letter letters sent received answer answers answered draft next due the of to and for from with without not"
    " none nobody nothing is are was were will be been has have had this that these those it its their them they"
    " you your we our who whom whose what which when where why how day days late overdue open opened stopped"
    " waiting refused returned forwarded partial full reminder thanks name town role mayor councillor deputy"
    " council department files written created changed identical edited sheet sheets warning error errors"
    " found already again first last second only also all each every more less there here now today"
    " before after since until by then else run see give choose read shows listed unknown did known checked"
    " never registered hand email mail address given family gender title tags closing"
    " salutation reason status outcome printed print asked ask request law made meant"
)
OF_FRENCH = _words(
    "lettre lettres envoyé envoyée envoyées reçu reçue reçues réponse réponses répondu relance ensuite échéance"
    " échéances retard attente destinataire destinataires écrit écrits créé créés modifié modifiés fichier"
    " fichiers dossier aucun aucune rien personne jamais déjà encore après avant depuis jusque avec sans pour dans"
    " sur sous vers chez est sont était cette cet ces ceux celui qui quoi dont où quand comment pourquoi jour"
    " jours mois suite suites état accusé réception demander attendu courrier recommandé courriel propre refus"
    " refusée partielle complète rendez-vous revenue transmise terminée terminées avertissement avertissements"
    " attention erreur erreurs vérifié vérifiés lancez montre voir ajoutez choisissez vouliez vous nous une"
    " rôle mot-clé règle délai loi issue nom prénom ville adresse fonction étiquettes générées imprimer poster"
    " contacts-à noté annulé arrêté suivi feuille feuilles générée"
)
OTHER = {"fr": OF_ENGLISH, "en": OF_FRENCH}
FOREIGN = re.compile(r"cam[ée]ra|vid[ée]o|surveill|\blyon|vélo|cycl|tilleul|val-exemple", re.IGNORECASE)
"""Words of the shipped campaign and of the guide's."""
TYPED = re.compile(
    r"`[^`]*`|\boutreach(?: [a-z]+)*|(?:\b[a-z]+ )?--[a-z-]+(?: \w+:\S+)?|\{\{.*?\}\}|\S*[\w-]+(?:\.|/)[\w/-]+"
    r"|\b[0-9a-f]{8}\b|\b[\w-]+-\d{5}\b"
)
"""Commands, options with what they choose, marks of templates, files and ids: the same in every language."""
IDS = re.compile(
    r"\b(?:reminder|thanks|correction|documents-request|cada-referral|cada-notice|legal_form|representative"
    r"|seat|checked|sender)\b"
)
"""Names of letters and keys of settings, as they are written in files."""
NAMES = _words(
    "Aube Bruyère Cerise Dune Étoile Fougère Genêt Houx Iris Jonquille Kaki Lavande Mélèze Noisette Olivier"
    " Pivoine Quetsche Roseau Sureau Troène Ulmaire Verveine Wasabi Xérès Yucca Zinnia Acacia Bouleau Cyprès"
    " Douglas Érable Frêne Groseille Hêtre Ifé Jasmin Lierre Myrtille Noyer Orme"
)
GIVEN = _words("Anne Zoé Paul Inès Elsa Marc Sara Hugo Léa Théo")
PLACES = ("01999 {town}", "35999 {town}-sur-Mer", "50999 Saint-{town}")
WITHOUT_GENDER, WITHOUT_EMAIL = (10, 25), range(3, 40, 7)


def _people(words: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield the rows of a volunteer's list: ten functions first, councillors after them."""
    yield words["headings"].split(";")
    functions = words["functions"].split(";")
    for number, family in enumerate(NAMES):
        given, is_woman = GIVEN[number % 10], number % 10 in {0, 1, 3, 4, 6, 8}
        office = words["councillor_f" if is_woman else "councillor"]
        yield [
            "" if number in WITHOUT_GENDER else words["mrs" if is_woman else "mr"],
            family.upper(),
            given,
            functions[number] if number < len(functions) else office,
            words["street"],
            PLACES[number % 3].format(**words),
            "" if number in WITHOUT_EMAIL else f"contact-{number}@example.org",
        ]


def _write_files(words: Mapping[str, str]) -> None:
    """Write what a volunteer has before: a list, and the group's paper as PDF and as DOCX."""
    with xlsxwriter.Workbook("people.xlsx") as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(_people(words)):
            sheet.write_row(line, 0, row)
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595.28, 841.89))
        pdf.pages[0].Contents = pdf.make_stream(b"0.2 0.5 0.3 rg 0 820 595 22 re f")
        pdf.save("paper.pdf")
    paper = docx.Document()
    paper.sections[0].header.paragraphs[0].text = words["group"]
    paper.save("paper.docx")


class Session:
    """What one person types, in one language; every answer is looked at before the next command."""

    def __init__(self, run: RunProgram, spoken: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.run, self._monkeypatch, self._spoken = run, monkeypatch, spoken
        self.faults: list[tuple[str, str, str]] = []
        self._is_wide = False
        self.words = SPOKEN[spoken]

    def on(self, day: str) -> None:
        """Make it that day."""
        set_day(self._monkeypatch, date.fromisoformat(day))

    def type(self, line: str, *, ends: int = 0) -> str:
        """Type a command with words of the language in braces, and return all that it shows."""
        command = line.format(**self.words)
        done = self.run(*shlex.split(command)[1:])
        assert done.exit_code == ends, (command, done.output)
        self._look(command, done.output)
        return done.output

    def table(self, line: str) -> str:
        """Type a command that shows a table; on a screen of any width its words are whole."""
        narrow = self.type(line)
        self._is_wide = True
        self._monkeypatch.setenv("COLUMNS", "400")
        wide = self.type(line)
        self._monkeypatch.setenv("COLUMNS", "80")
        self._is_wide = False
        if sorted(re.sub("─+", "", narrow).split()) != sorted(re.sub("─+", "", wide).split()):
            self.faults.append((line, "broken", narrow))
        return narrow

    def _look(self, command: str, shown: str) -> None:
        is_sheet = " show " in command or command.endswith("doctor")
        is_table = False
        for line in shown.splitlines():
            is_table = bool(line.strip()) and (is_table or "───" in line)
            is_row = is_table or is_sheet or (line.startswith(" ") and " why " not in command)
            if is_row and len(line.rstrip()) > 80 and not self._is_wide:
                self.faults.append((command, "wide", line))
            self.faults += [(command, word, line) for word in FOREIGN.findall(line)]
            # What may be typed for a role in any language stands in the first column of `contacts roles`.
            read = re.sub(r"^ \S+", "", line) if command.endswith(" roles") else line
            words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", IDS.sub("", TYPED.sub("", read)).lower())
            self.faults += [(command, word, line) for word in OTHER[self._spoken] if word in words]


@pytest.fixture(params=["fr", "en"])
def session(
    request: pytest.FixtureRequest, run: RunProgram, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Session:
    """Return what one types with the files of the campaign to come at hand, on a screen of 80 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("OUTREACH_LANG", request.param)
    language.use(request.param)
    _write_files(SPOKEN[request.param])
    return Session(run, request.param, monkeypatch)


def test_a_campaign_from_a_list_to_its_end(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    _begin(session, monkeypatch)
    _write_and_send(session)
    _hear_back(session)
    _look_around(session)
    _contradict(session)
    _remind(session)
    _close(session)
    assert not session.faults, "\n".join(map(str, session.faults))


def _begin(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.on("2025-03-03")
    session.type("outreach")
    session.type(
        'outreach init meals --title "{title}" --topic "{topic}" --name "{group}" --address "{home}"'
        ' --address "01999 {town}" --email parents@example.org --place {town} --letterhead paper.pdf'
        " --letterhead paper.docx"
    )
    assert (Path("meals/out/page-1.png")).read_bytes().startswith(b"\x89PNG")
    monkeypatch.chdir("meals")
    settings = Path("outreach.toml").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^\W*(letterhead|background) = (\S+)", settings) == [
        ("letterhead", '"paper.docx"'),
        ("background", '"paper.pdf"'),
    ]
    session.type("outreach")
    session.type("outreach contacts import ../people.xlsx --dry-run")
    imported = session.type("outreach contacts import ../people.xlsx --yes")
    assert "contacts/people.csv" in imported
    assert imported.count("people.xlsx:") == 2  # two functions that no role stands for, and no other doubt
    session.type("outreach")
    session.type("outreach contacts list")
    session.table("outreach contacts list --all")
    shown = session.type('outreach contacts show "Anne Aube"')
    assert "01999 {town}".format(**session.words).upper() in shown
    session.type("outreach contacts checked {everybody} cada")
    session.type("outreach check")
    session.table("outreach letters list")
    session.type("outreach letters show {letter}")
    assert session.words["topic"].split()[-1] in session.type('outreach preview {letter} --to "Anne Aube"')
    session.type('outreach preview {letter} --to "Anne Aub"', ends=3)


def _write_and_send(session: Session) -> None:
    words = session.words
    session.on("2025-03-04")
    session.type("outreach log")
    early = session.type("outreach print", ends=3)
    assert len(early.splitlines()) == 1  # not a line for each of the forty
    session.type("outreach generate")
    for name in ("bruyere-zoe-35999", "cerise-paul-50999"):
        retouch(
            Path("out", words["letter"], f"{name}.docx"),
            "- {before}\n+ {after}\n".format(**words),
        )
    session.type('outreach generate --to "Zoé Bruyère" --to "Paul Cerise"', ends=4)
    session.type("outreach print --calibrate")
    session.type("outreach print {letter} --not {with_email} --dry-run")
    session.type("outreach print {letter} --not {with_email} --labels L7163")
    session.type('outreach print {letter} --to {mayor} --to "Zoé Bruyère" --registered')
    session.type('outreach sent {letter} --to {mayor} --on 2025-03-04 --via {registered} --tracking "1A 1"')
    session.type("outreach sent {letter} --not {mayor} --not {with_email} --on 2025-03-04 --via {post}")
    session.type('outreach sent {letter} --to "Zoé Bruyère" --on 2025-03-04 --via {hand}')
    session.type("outreach sent {letter} --to {mayor} --on 2025-03-04 --via {post}", ends=4)
    session.type("outreach sent {letter} --not {mayor} --on 2025-03-04 --via xyz", ends=2)
    session.type("outreach sent {letter} --to {with_email} --on 2025-03-04 --via {email}")
    session.type("outreach sent {letter} --not {everybody} --on 2025-03-04 --via {email}", ends=3)
    session.type("outreach due")
    session.type("outreach due --within 60")
    session.type("outreach status")
    session.type("outreach")


def _hear_back(session: Session) -> None:
    session.on("2025-03-12")
    session.type('outreach received "Anne Aube" --on 2025-03-06 --proof {delivery}')
    session.type('outreach answer "Inès Dune" --on 2025-03-11 --kind {returned}')
    session.table("outreach due")
    session.type('outreach contacts edit "Inès Dune" --address "{moved}"')
    session.type('outreach generate --to "Inès Dune"')
    printed = session.type('outreach print {letter} --to "Inès Dune" --again')
    command = next(line for line in printed.splitlines() if "outreach sent" in line)
    assert command.partition("outreach ")[2].startswith("sent {letter} --to".format(**session.words))
    assert "--again --reason" in command
    session.type(
        'outreach sent {letter} --to "Inès Dune" --on 2025-03-12 --via {post} --again --reason "{why_again}"'
    )
    session.on("2025-03-20")
    for who, kind, more in (
        ("Elsa Étoile", "partial", '--question 1="{yes}"'),
        ("Marc Fougère", "refusal", ""),
        ("Sara Genêt", "meeting", ""),
        ("Hugo Houx", "acknowledgement", ""),
        ("Léa Iris", "forwarded", '--forwarded-to "Marc Fougère"'),
        ("Théo Jonquille", "no_document", ""),
        ("Anne Kaki", "full", '--question 3="{meet}" --question 1="{yes}" --question 2="{later}"'),
        ("Zoé Lavande", "full", '--position {favourable} --source "{vote}"'),
    ):
        session.type(f'outreach answer "{who}" --on 2025-03-18 --kind {{{kind}}} {more}')
    session.type('outreach answer "Zoé Lavande" --on 2025-03-18 --kind {partial} --question 9=1', ends=3)
    session.type('outreach answer "Zoé Lavande" --on 2025-03-18 --kind xyz', ends=2)
    session.type('outreach note "Zoé Lavande" "{call}"')
    whole = session.type('outreach status "Anne Kaki"')
    replies = [session.words[name] for name in ("yes", "later", "meet")]
    assert [f"{number}. {text}" for number, text in enumerate(replies, 1)] == re.findall(
        r"(?m)^ +(\d\. .+)$", whole
    )


def _look_around(session: Session) -> None:
    session.table("outreach status --all --to {dept_50}")
    session.table("outreach status --by {department}")
    session.table("outreach status --by {role}")
    session.table("outreach status --by {by_letter}")
    session.type("outreach answers")
    grid = session.table("outreach answers --all")
    assert re.search(r"Anne Kaki.* \+\+\+ *\n", grid)
    session.type("outreach answers --by question")
    session.table('outreach answers --by question --to "Elsa Étoile" --to "Anne Kaki"')
    assert "answers.csv" in session.type("outreach answers --csv answers.csv")
    session.type("outreach contacts export waiting.xlsx --to {waiting}")
    session.table("outreach contacts roles")
    session.type("outreach contacts dedupe")
    session.type("outreach doctor")


def _contradict(session: Session) -> None:
    """Two organisers record different answers of one person; the second one is taken back."""
    session.type('outreach answer "Paul Wasabi" --on 2025-03-19 --kind {full} --question 1="{yes}"')
    settings = Path("outreach.toml")
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('# author = "Camille"', 'author = "Camille"'), encoding="utf-8")
    session.type('outreach answer "Paul Wasabi" --on 2025-03-19 --kind {refusal}')
    named = session.type("outreach status")
    assert "outreach log undo" in named
    assert "outreach log undo" in session.type("outreach check")
    session.table('outreach log "Paul Wasabi"')
    whole = session.type('outreach status "Paul Wasabi"')
    last = re.findall(r"\(([0-9a-f]{8})\)", whole)[-1]
    session.type(f"outreach log undo {last}")
    assert "outreach log undo" not in session.type("outreach status")
    assert "outreach log undo" not in session.type("outreach check")


def _remind(session: Session) -> None:
    session.on("2025-04-10")
    session.type("outreach")
    session.type("outreach due")
    session.table("outreach due --all")
    session.type('outreach why "Anne Aube"')
    session.type('outreach why "Zoé Bruyère"')
    session.type("outreach generate thanks", ends=3)
    session.type("outreach followup --dry-run --format txt")
    session.type("outreach followup")
    session.type("outreach print reminder")
    session.type("outreach sent reminder --on 2025-04-10 --via {post}")
    session.type('outreach followup thanks --to "Anne Kaki"')
    session.type('outreach print thanks --to "Anne Kaki"')
    session.type('outreach sent thanks --to "Anne Kaki" --on 2025-04-10 --via {post}')
    session.table("outreach log --all")
    session.type("outreach log")
    session.table("outreach status --all")
    session.type("outreach due --within 60 --ics due.ics")


def _close(session: Session) -> None:
    session.on("2025-05-20")
    session.type('outreach stop "Anne Aube"', ends=2)
    rows = _rows(session, "status")
    for contact in dict.fromkeys(row["contact"] for row in rows if row["status"] != "closed"):
        session.type(f'outreach stop {contact} --reason "{{why_stop}}"')
    assert {row["status"] for row in _rows(session, "status")} == {"closed"}
    assert _rows(session, "due") == []
    assert "{closed}".format(**session.words) in session.type("outreach status")
    session.type("outreach due")
    session.type("outreach")
    session.type("outreach log export journal.zip --with-files")
    session.type("outreach log verify")
    session.type("outreach check")


def _rows(session: Session, command: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(session.run("--json", *command.split()).stdout)
    return rows
