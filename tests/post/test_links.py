"""Links in letters that are joined into one file: each stays tagged as the link that it is."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from typer.testing import Result

from tests.conftest import CONTACT, LETTER, SETTINGS

Campaign = Callable[..., Path]
Run = Callable[..., Result]

NAMES = ("un", "deux", "trois")
CONTACTS = "".join(CONTACT.replace('"maire"', f'"{name}"') for name in NAMES)
LINKS = LETTER.replace(
    "Bonjour à",
    "Voir [le site](https://example.org/{{ recipient.id }}/a).\n\n\\newpage\n\n"
    "Et [la suite](https://example.org/{{ recipient.id }}/b), [la fin](https://example.org/c).\n\nBonjour à",
)
ADDRESSES = [
    f"https://example.org/{path}" for name in NAMES for path in (f"{name}/a", f"{name}/b", "c")
]  # in the order of the pages


@pytest.fixture
def printed(campaign: Campaign, run: Run) -> Callable[..., Path]:
    """Return a function that prints letters with links, and returns the file."""

    def make(*args: str, settings: str = "") -> Path:
        root = campaign(
            {
                "outreach.toml": SETTINGS + settings,
                "contacts/a.toml": CONTACTS,
                "letters/note.md": LINKS,
            }
        )
        assert run("generate", "--format", "pdf", root=root).exit_code == 0
        assert run("print", *args, root=root).exit_code == 0
        return root / "out/print" / ("reprint.pdf" if "--from" in args else "print.pdf")

    return make


def links(pdf: pikepdf.Pdf) -> Iterator[tuple[Any, Any]]:
    """Yield each link of a file with its page, in the order of the pages."""
    for page in pdf.pages:
        for annotation in page.obj.get("/Annots", ()):
            yield page.obj, annotation


def parents(pdf: pikepdf.Pdf) -> dict[int, Any]:
    """Return the parent tree of a file, which is one list of keys and values."""
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    return {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}


def references(element: Any) -> list[Any]:
    """Return what refers to an annotation in a structure element."""
    kids = element.K if isinstance(element.K, pikepdf.Array) else [element.K]
    return [kid for kid in kids if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/OBJR"]


@pytest.mark.parametrize("args", [(), ("--simplex",), ("--from", "2")])
def test_each_link_leads_to_the_element_that_refers_to_it(
    printed: Callable[..., Path], args: tuple[str, ...]
) -> None:
    with pikepdf.open(printed(*args)) as pdf:
        tree = parents(pdf)
        found = []
        for page, link in links(pdf):
            element = tree[int(link.StructParent)]
            (reference,) = references(element)
            assert str(element.S) == "/Link"
            assert reference.Obj.objgen == link.objgen
            assert reference.get("/Pg", element.get("/Pg")).objgen == page.objgen
            found.append(str(link.A.URI))
        assert found == (ADDRESSES[3:] if "--from" in args else ADDRESSES)


def test_no_two_links_or_pages_have_the_same_key(printed: Callable[..., Path]) -> None:
    with pikepdf.open(printed()) as pdf:
        keys = [int(link.StructParent) for _page, link in links(pdf)]
        keys += [int(page.obj.StructParents) for page in pdf.pages if "/StructParents" in page.obj]
        assert len(keys) == len(set(keys))
        assert set(keys) == set(parents(pdf))
        assert int(pdf.Root.StructTreeRoot.ParentTreeNextKey) > max(keys)


def test_links_stay_tagged_under_a_run_number(printed: Callable[..., Path]) -> None:
    with pikepdf.open(printed(settings="[layout]\nrun_number = true\n")) as pdf:
        tree = parents(pdf)
        found = list(links(pdf))
        referred = [
            reference for _page, link in found for reference in references(tree[int(link.StructParent)])
        ]
        assert [one.Obj.objgen for one in referred] == [link.objgen for _page, link in found]
        assert len(found) == len(ADDRESSES)
