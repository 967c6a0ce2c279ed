from collections.abc import Callable
from pathlib import Path

from tests.conftest import CONTACT, RunProgram, tagged_texts

TWO = CONTACT + CONTACT.replace('"maire"', '"autre"').replace('"Anne"', '"Berthe"')


def test_each_label_and_each_envelope_is_a_paragraph_of_its_own(
    campaign: Callable[..., Path], run: RunProgram
) -> None:
    root = campaign({"contacts/a.toml": TWO})
    assert run("generate", "--format", "pdf", root=root).exit_code == 0
    assert run("print", "--labels", "L7163", "--envelopes", "DL", root=root).exit_code == 0
    labels = tagged_texts((root / "out/print/labels.pdf").read_bytes())
    assert [tag for tag, _text in labels] == ["P", "P"]
    assert [name in text for (_tag, text), name in zip(labels, ("Anne", "Berthe"), strict=True)] == [True] * 2
    assert all(text.endswith("69130 ÉCULLY") for _tag, text in labels)
    envelopes = tagged_texts((root / "out/print/envelopes.pdf").read_bytes())
    assert [tag for tag, _text in envelopes] == ["P"] * 4
    assert [text for _tag, text in envelopes[1::2]] == [text for _tag, text in labels]


def test_the_titles_of_the_other_pages_are_headings(campaign: Callable[..., Path], run: RunProgram) -> None:
    root = campaign()
    assert run("generate", "--format", "pdf", root=root).exit_code == 0
    assert run("print", "--registered", root=root).exit_code == 0
    assert run("print", "--calibrate", root=root).exit_code == 0
    for name in ("print", "registered", "calibrate"):
        found = tagged_texts((root / f"out/print/{name}.pdf").read_bytes())
        assert found[0][0] == "H1"
        assert "Span" not in [tag for tag, _text in found]
