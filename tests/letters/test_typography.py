import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.letters.letter import Item, ItemList, Paragraph, Quote, Run
from outreach.letters.typography import french, typeset


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pourquoi ?", "Pourquoi_?"),
        ("Pourquoi?", "Pourquoi_?"),
        ("Non ! Si ; peut-être", "Non_! Si_; peut-être"),
        ("Quoi ?!", "Quoi_?!"),
        ("Objet : lettre", "Objet~: lettre"),
        ("à 12:30", "à 12:30"),
        ("« ici » et «là»", "«~ici~» et «~là~»"),
        ("20 % et 20%", "20~% et 20~%"),
        ("10,3 millions d'euros", "10,3~millions d’euros"),
        ("5 ans, 12 000 €", "5~ans, 12_000~€"),
        ("34 874 maires", "34_874 maires"),
        ("M. Doucet et Mme Martin", "M.~Doucet et Mme~Martin"),
        ("n° 12", "n°~12"),
        ("le 30 novembre et le 1er mai", "le 30~novembre et le 1er~mai"),
        ("l'audit...", "l’audit…"),
        ("l'« IA »", "l’«~IA~»"),
        ("(pourquoi ?)", "(pourquoi_?)"),
        (
            "voir https://example.org/a?b=c;d et a.b@example.org !",
            "voir https://example.org/a?b=c;d et a.b@example.org_!",
        ),
        ("www.example.org/l'un", "www.example.org/l'un"),
    ],
)
def test_french_spaces_and_signs(text: str, expected: str) -> None:
    assert french(text) == expected.replace("~", "\u00a0").replace("_", "\u202f")


@given(st.text(st.sampled_from("ab1 9%€«»:;!?.'’,()/@M°\u00a0\u202f\n")))
def test_twice_is_once(text: str) -> None:
    assert french(french(text)) == french(text)


def test_every_run_of_every_block_is_set() -> None:
    runs = (Run("Non", bold=True), Run(" !"))
    done = (Run("Non", bold=True), Run("\u202f!"))
    blocks = (Paragraph(runs), Quote((Paragraph(runs),)), ItemList((Item((Paragraph(runs),)),)))
    assert typeset(blocks) == (
        Paragraph(done),
        Quote((Paragraph(done),)),
        ItemList((Item((Paragraph(done),)),)),
    )
