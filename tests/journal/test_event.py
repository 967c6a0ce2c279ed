import uuid
from datetime import datetime, timedelta, timezone

from outreach.journal.event import new_id

NOW = datetime(2025, 1, 15, 9, 30, tzinfo=timezone.utc)


def test_an_id_is_a_uuid_of_version_7_in_the_order_of_time() -> None:
    first, second = new_id(NOW), new_id(NOW + timedelta(milliseconds=1))
    assert first < second
    assert uuid.UUID(first).version == 7
    assert uuid.UUID(first).variant == uuid.RFC_4122
    assert uuid.UUID(first).int >> 80 == int(NOW.timestamp() * 1000)


def test_the_ids_of_a_batch_keep_its_order() -> None:
    ids = [new_id(NOW, number) for number in (0, 1, 2, 4095, 4096, 1 << 20, (1 << 32) - 1)]
    assert ids == sorted(ids)
    assert {uuid.UUID(one).version for one in ids} == {7}
