"""A package of files that were compressed one by one is one that any program reads."""

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from outreach.files.zipped import joined, packed


@given(st.dictionaries(st.text("abcé/._", min_size=1), st.tuples(st.binary(), st.booleans()), max_size=5))
def test_what_is_joined_is_read_back(files: dict[str, tuple[bytes, bool]]) -> None:
    content = joined(packed(name, data, is_tight=is_tight) for name, (data, is_tight) in files.items())
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        assert {name: package.read(name) for name in package.namelist()} == {
            name: data for name, (data, _) in files.items()
        }


def test_it_is_what_the_standard_library_writes_on_unix() -> None:
    files = {"[Content_Types].xml": b"<a/>" * 99, "word/média.png": bytes(range(256))}
    expected = io.BytesIO()
    with zipfile.ZipFile(expected, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = 0o600 << 16
            info.compress_type = zipfile.ZIP_STORED if name.endswith("png") else zipfile.ZIP_DEFLATED
            package.writestr(info, data)
    content = joined(packed(name, data, is_tight=name.endswith("png")) for name, data in files.items())
    assert content == expected.getvalue()
