"""Records that lie in a temporary file behave as those of a list."""

import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.errors import WorldError
from outreach.files.spool import Spool

RECORDS = st.one_of(st.text(), st.lists(st.integers()), st.dictionaries(st.text(), st.none()))


def spool_of(records: list[object]) -> Spool[object]:
    spool: Spool[object] = Spool()
    for record in records:
        spool.append(record)
    return spool


@given(st.lists(RECORDS, max_size=20), st.slices(20))
def test_a_spool_reads_as_the_list_of_its_records(records: list[object], part: slice) -> None:
    spool = spool_of(records)
    assert (len(spool), list(spool), spool[part]) == (len(records), records, records[part])
    assert list(spool) == records  # a second time too


@given(st.lists(RECORDS, min_size=1), st.data())
def test_a_record_is_replaced_in_its_place(records: list[object], data: st.DataObject) -> None:
    spool = spool_of(records)
    place = data.draw(st.integers(-len(records), len(records) - 1))
    spool[place] = records[place] = {"a longer": "record than the one that was there"}
    spool.append("last")
    assert list(spool) == [*records, "last"]


def test_records_are_read_while_others_come() -> None:
    spool = spool_of(["a", "b", "c"])
    read = []
    for record in spool:
        read.append(record)
        if len(spool) < 5:
            spool.append(f"{record}{record}")
    assert read[:3] == ["a", "b", "c"]
    assert list(spool)[3:] == ["aa", "bb"]


def test_a_missing_place_is_none() -> None:
    with pytest.raises(IndexError):
        _ = spool_of(["a"])[1]


def test_no_room_for_the_file_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    spool = spool_of([])

    def full(_content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spool._file, "write", full)
    with pytest.raises(WorldError) as raised:
        spool.append("a")
    assert (raised.value.exit_code, raised.value.problems[0].path) == (5, tempfile.gettempdir())
