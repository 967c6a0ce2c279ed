"""The one grammar of what steps count from and are ended by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.country.fact import Fact, FactError, Happening, parse_fact

STEPS = ("receipt-due", "general-silence")
WORDS = [happening.value for happening in Happening]
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]*", fullmatch=True)
"""Names of letters, and so of their files."""
FACTS = st.one_of(
    st.builds(Fact, st.sampled_from([one for one in Happening if one is not Happening.SENT])),
    st.builds(Fact, st.just(Happening.RECEIVED), NAMES),
    st.builds(Fact, st.just(Happening.SENT), NAMES, st.integers(1, 10**6)),
    st.builds(Fact, st.sampled_from(STEPS)),
)


@given(FACTS)
def test_a_fact_is_read_as_it_is_written(fact: Fact) -> None:
    assert parse_fact(str(fact), STEPS) == fact


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("received", Fact(Happening.RECEIVED)),
        ("received:cada-referral", Fact(Happening.RECEIVED, "cada-referral")),
        ("sent:reminder", Fact(Happening.SENT, "reminder")),
        ("sent:reminder:2", Fact(Happening.SENT, "reminder", 2)),
        ("no-such-document", Fact(Happening.NO_SUCH_DOCUMENT)),
        ("general-silence", Fact("general-silence")),
    ],
)
def test_the_forms_of_a_fact(text: str, fact: Fact) -> None:
    assert parse_fact(text, STEPS) == fact
    assert str(fact) == text
    assert fact.is_step is (text in STEPS)


def test_the_first_sending_needs_no_number() -> None:
    assert parse_fact("sent:reminder:1", ()) == parse_fact("sent:reminder", ())
    assert str(Fact(Happening.SENT, "reminder", 1)) == "sent:reminder"


@pytest.mark.parametrize("word", WORDS)
def test_every_happening_is_known_as_a_word(word: str) -> None:
    text = "sent:reminder" if word == "sent" else word
    assert parse_fact(text, ()).what is Happening(word)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("anwsered", "did you mean answered?"),
        ("refusal", "did you mean refused?"),
        ("general-silense", "did you mean general-silence?"),
        ("snt:reminder", "did you mean sent:LETTER?"),
        ("Received", "did you mean received?"),
        ("sent", "say which letter, as in sent:reminder"),
        ("answered:x", "write 'answered' alone"),
        ("refused:a:2", "write 'refused' alone"),
        ("received:a:2", "write 'received' alone"),
        ("received ", "did you mean received?"),
    ],
)
def test_what_is_no_fact_says_what_would_be(text: str, hint: str) -> None:
    with pytest.raises(FactError) as caught:
        parse_fact(text, STEPS)
    assert str(caught.value) == hint


@pytest.mark.parametrize("text", ["", "sent:", "sent:reminder:0", "sent:reminder:second", "sent:a:1:2", ":"])
def test_what_has_another_form_is_no_fact(text: str) -> None:
    with pytest.raises(FactError):
        parse_fact(text, STEPS)


def test_a_word_like_no_other_names_them_all() -> None:
    with pytest.raises(FactError) as caught:
        parse_fact("xyz", ())
    known = ["sent:LETTER" if word == "sent" else word for word in WORDS]
    assert str(caught.value) == f"known: {', '.join(known)}"


def test_a_step_is_known_only_where_it_may_be_named() -> None:
    with pytest.raises(FactError):
        parse_fact("general-silence", ())


@given(st.text(max_size=12) | st.from_regex(r"[a-z-]{1,9}(:[a-z0-9-]{0,5}){0,3}", fullmatch=True))
def test_whatever_is_read_is_written_in_the_same_words(text: str) -> None:
    try:
        fact = parse_fact(text, STEPS)
    except FactError:
        return
    assert parse_fact(str(fact), STEPS) == fact
    assert text in {str(fact), f"{fact}:{fact.number}"}
