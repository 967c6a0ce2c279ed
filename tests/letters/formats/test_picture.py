"""Logo and signature in both formats: as a phone, a scanner or a graphic designer hands them over."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from PIL import Image

from outreach.errors import InputError
from outreach.letters.formats.docx import render_docx
from outreach.letters.formats.pdf import render_pdf
from outreach.letters.formats.picture import read_picture
from outreach.letters.formats.stationery import Stationery
from outreach.letters.letter import Letter
from tests.conftest import LETTER, SETTINGS, RunProgram, png

MakeLetter = Callable[..., Letter]
RENDERERS = [render_docx, render_pdf]
RED, BLUE = (255, 0, 0), (0, 0, 255)


def picture(kind: str, size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    """Return a picture whose upper half is red and whose lower half is blue."""
    image = Image.new("RGB", size, BLUE)
    image.paste(RED, (0, 0, size[0], size[1] // 2))
    written = io.BytesIO()
    image.convert(mode).save(written, kind, **options)
    return written.getvalue()


def turned(kind: str) -> bytes:
    """Return the picture as a telephone stores it: on its side, with a word about how it was held."""
    exif = Image.Exif()
    exif[0x0112] = 6
    written = io.BytesIO()
    with Image.open(io.BytesIO(picture(kind))) as image:
        image.rotate(90, expand=True).save(written, kind, exif=exif)
    return written.getvalue()


def without_jfif(content: bytes) -> bytes:
    """Return the JPEG without its first segment, as some cameras write it."""
    assert content[2:4] == b"\xff\xe0"
    return content[:2] + content[4 + int.from_bytes(content[4:6], "big") :]


ADOBE = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x01"
JPEG = picture("JPEG")


def shown(render: Callable[[Letter, Stationery], bytes], letter: Letter, on: Stationery) -> Image.Image:
    """Return the one picture of a letter, as it is stored in it."""
    content = render(letter, on)
    if render is render_docx:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            (name,) = [name for name in package.namelist() if name.startswith("word/media/")]
            return Image.open(io.BytesIO(package.read(name))).convert("RGB")
    with pdfplumber.open(io.BytesIO(content)) as document:
        (found,) = document.pages[0].images
        stream = found["stream"]
        if "DCTDecode" in str(stream["Filter"]):
            return Image.open(io.BytesIO(stream.rawdata)).convert("RGB")
        return Image.frombytes("RGB", (stream["Width"], stream["Height"]), stream.get_data())


def is_near(found: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(found, wanted, strict=True))


@pytest.mark.parametrize("render", RENDERERS)
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.png", picture("PNG")),
        ("logo.jpg", JPEG),
        ("logo.JPEG", JPEG),
        ("logo.jpg", turned("JPEG")),
        ("logo.png", turned("PNG")),
        ("logo.jpg", without_jfif(JPEG)),
        ("logo.jpg", JPEG[:2] + ADOBE + without_jfif(JPEG)[2:]),
        ("logo.jpg", picture("MPO", save_all=True, append_images=[Image.new("RGB", (60, 40))])),
        ("logo.png", picture("PNG", mode="P")),
        ("logo.png", picture("PNG", (3000, 2000))),
        ("logo.jpg", picture("JPEG", (3000, 2000))),
        ("logo.png", picture("PNG", (3000, 2000), "P")),
    ],
)
def test_every_usual_picture_is_printed_upright(
    make_letter: MakeLetter,
    stationery: Stationery,
    render: Callable[[Letter, Stationery], bytes],
    name: str,
    content: bytes,
) -> None:
    (stationery.root / name).write_bytes(content)
    image = shown(render, make_letter(logo=name), stationery)
    assert image.width / image.height == pytest.approx(1.5, abs=0.02)
    assert is_near(image.getpixel((5, 5)), RED)
    assert is_near(image.getpixel((5, image.height - 5)), BLUE)


@pytest.mark.parametrize("render", RENDERERS)
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_large_picture_has_300_pixels_an_inch_of_its_place(
    make_letter: MakeLetter,
    stationery: Stationery,
    tmp_path: Path,
    render: Callable[[Letter, Stationery], bytes],
    mode: str,
) -> None:
    written = io.BytesIO()
    Image.new(mode, (600, 400)).save(written, "PNG")
    (tmp_path / "logo.png").write_bytes(written.getvalue())
    content = render(make_letter(logo="logo.png"), stationery)
    assert content == render(make_letter(logo="logo.png"), Stationery(stationery.layout, tmp_path))
    if render is render_docx:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            size = Image.open(io.BytesIO(package.read("word/media/letter1.png"))).size
    else:
        with pdfplumber.open(io.BytesIO(content)) as document:
            size = document.pages[0].images[0]["srcsize"]
    assert tuple(size) == (round(21 / 25.4 * 300), round(14 / 25.4 * 300))


def test_a_small_picture_is_stored_as_it_is(
    make_letter: MakeLetter, stationery: Stationery, tmp_path: Path
) -> None:
    content = picture("JPEG", comment=b"as it came")
    (tmp_path / "logo.jpg").write_bytes(content)
    with zipfile.ZipFile(io.BytesIO(render_docx(make_letter(logo="logo.jpg"), stationery))) as package:
        assert package.read("word/media/letter1.jpg") == content


DAMAGED = "the picture is damaged or cut off; save it again as PNG or JPEG"
NONE = "is not a picture that can be printed; use PNG or JPEG"


@pytest.mark.parametrize("render", RENDERERS)
@pytest.mark.parametrize(
    ("file", "message"),
    [
        (
            ("l.jpg", picture("JPEG", mode="CMYK")),
            "the picture is in CMYK, the colours of print; save it as RGB",
        ),
        (("l.jpg", picture("JPEG", (400, 400))[:1500]), DAMAGED),
        (("l.png", png(400, 400)[:100]), DAMAGED),
        (("l.png", JPEG), "is a JPEG picture, whatever its name; let its name end in .jpg"),
        (("l.jpg", picture("PNG")), "is a PNG picture, whatever its name; let its name end in .png"),
        (("l.png", picture("WEBP")), "is a WEBP picture, whatever its name; use PNG or JPEG"),
        (("l.jpg", picture("GIF")), "is a GIF picture, whatever its name; use PNG or JPEG"),
        (("l.jpg", picture("TIFF", mode="CMYK")), "is a TIFF picture, whatever its name; use PNG or JPEG"),
        (("l.png", b""), NONE),
        (("l.png", b"no picture"), NONE),
        (("l.png", b"\x89PNG\r\n\x1a\n"), NONE),
        (("l.jpg", b"\xff\xd8\xff\xe0\x00"), NONE),
    ],
)
def test_what_cannot_be_printed_is_an_error_with_a_way_out(
    make_letter: MakeLetter,
    stationery: Stationery,
    render: Callable[[Letter, Stationery], bytes],
    file: tuple[str, bytes],
    message: str,
) -> None:
    name, content = file
    (stationery.root / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        render(make_letter(signature_image=name), stationery)
    assert str(caught.value) == f"{name}: {message}"


def test_more_pixels_than_any_paper_shows_are_an_error_and_no_warning(
    make_letter: MakeLetter, stationery: Stationery, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    (tmp_path / "l.png").write_bytes(png(10_000, 9_500))
    with pytest.raises(InputError, match=r"^l\.png: the picture is too large; save it smaller$"):
        render_pdf(make_letter(logo="l.png"), stationery)
    assert not recwarn.list


def test_a_spoilt_picture_is_named_once_for_all_letters(
    campaign: Callable[..., Path], run: RunProgram
) -> None:
    root = campaign(
        {
            "outreach.toml": SETTINGS.replace("[letter]", 'logo = "l.jpg"\n[letter]'),
            "letters/b.md": LETTER,
            "letters/c.md": LETTER,
            "l.jpg": picture("JPEG", mode="CMYK"),
        }
    )
    for command in ("generate", "check"):
        done = run(command, root=root)
        assert done.exit_code == 3
        named = [line.strip() for line in (done.stdout + done.stderr).splitlines() if "l.jpg" in line]
        assert named == ["l.jpg: the picture is in CMYK, the colours of print; save it as RGB"]


def test_who_cannot_see_it_reads_the_senders_name(
    make_letter: MakeLetter, stationery: Stationery, tmp_path: Path
) -> None:
    (tmp_path / "img_0042.png").write_bytes(png(40, 20))
    letter = make_letter(logo="img_0042.png", signature_image="img_0042.png", signature=("Anne Essai",))
    with zipfile.ZipFile(io.BytesIO(render_docx(letter, stationery))) as package:
        body = package.read("word/document.xml").decode()
    assert re.findall(r'<wp:docPr [^>]*descr="(.*?)"', body) == ["Groupe Essai"] * 2
    assert "img_0042" not in body
    with pdfplumber.open(io.BytesIO(render_pdf(letter, stationery))) as document:

        def figures(elements: list[dict[str, Any]]) -> list[str]:
            own = [one["alt_text"] for one in elements if one["type"] == "Figure"]
            return own + [text for one in elements for text in figures(one.get("children", []))]

        assert figures(document.structure_tree) == ["Groupe Essai"] * 2


@pytest.mark.parametrize(("mode", "mixed"), [("1", 128), ("P", 128), ("L", 128)])
def test_fine_lines_grow_grey_where_a_picture_is_scaled(tmp_path: Path, mode: str, mixed: int) -> None:
    image = Image.new("L", (600, 600), 255)
    for row in range(0, 600, 2):
        image.paste(0, (0, row, 600, row + 1))
    image.convert(mode).save(tmp_path / "l.png")
    with Image.open(io.BytesIO(read_picture(tmp_path, "l.png", 10, 10).content)) as scaled:
        assert is_near(scaled.convert("RGB").getpixel((60, 60)), (mixed, mixed, mixed))


def test_a_fine_scan_keeps_its_greys_and_a_picture_its_colour_profile(tmp_path: Path) -> None:
    Image.new("I;16", (600, 600), 128 * 256).save(tmp_path / "scan.png")
    with Image.open(io.BytesIO(read_picture(tmp_path, "scan.png", 10, 10).content)) as scaled:
        assert scaled.getpixel((60, 60)) == 128
    Image.new("RGB", (600, 600)).save(tmp_path / "l.jpg", icc_profile=b"a profile")
    with Image.open(io.BytesIO(read_picture(tmp_path, "l.jpg", 10, 10).content)) as scaled:
        assert scaled.info["icc_profile"] == b"a profile"


def test_one_file_may_be_logo_and_signature(
    make_letter: MakeLetter, stationery: Stationery, tmp_path: Path
) -> None:
    (tmp_path / "l.png").write_bytes(png(40, 40))
    with zipfile.ZipFile(
        io.BytesIO(render_docx(make_letter(logo="l.png", signature_image="l.png"), stationery))
    ) as package:
        body = package.read("word/document.xml").decode()
    assert [int(height) / 36000 for height in re.findall(r'<wp:extent cx="\d+" cy="(\d+)"', body)] == [14, 26]
