"""Logo or signature file -> the picture that both formats print: upright, and no finer than paper shows."""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.errors import InputError, Problem
from outreach.files.reading import read_bytes
from outreach.language import _

if TYPE_CHECKING:  # slow to import, and most campaigns have no picture
    from PIL import Image

_RESOLUTION = 300
"""Pixels an inch, at most."""
_QUALITY = 92
"""Of a JPEG that is written anew."""
_ORIENTATION = 0x0112
"""Tag of EXIF; 1 is upright."""
_ENDINGS = {"PNG": (".png",), "JPEG": (".jpg", ".jpeg")}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is printed."""

    name: str
    """Of its file, relative to the campaign folder."""
    content: bytes
    """PNG or JPEG; the file's own bytes where they need no change."""
    is_png: bool
    is_changed: bool
    """The content is not the file's."""
    width: float
    """On paper, in mm, as `height`."""
    height: float


def read_picture(root: Path, name: str, width: float, height: float) -> Picture:
    """Return the picture, as large as its place in mm allows; the same file gives the same bytes.

    Raises:
        InputError: it is damaged, too large, in CMYK, no PNG or JPEG, or named as what it is not.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    original = read_bytes(root / name, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(original))
            _refuse_kind(name, image)
            image.load()
    except UnidentifiedImageError as error:
        raise _problem(name, _("is not a picture that can be printed"), _("use PNG or JPEG")) from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _problem(name, _("the picture is too large"), _("save it smaller")) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:  # what Pillow raises for what is cut off
        raise _problem(
            name, _("the picture is damaged or cut off"), _("save it again as PNG or JPEG")
        ) from error
    kind = _kind(image)
    upright = ImageOps.exif_transpose(image)
    scale = min(width / upright.width, height / upright.height)
    most = scale * _RESOLUTION / 25.4
    is_changed = most < 1 or image.getexif().get(_ORIENTATION, 1) != 1
    content = _written(upright, kind, min(most, 1)) if is_changed else original
    return Picture(name, content, kind == "PNG", is_changed, upright.width * scale, upright.height * scale)


def _refuse_kind(name: str, image: "Image.Image") -> None:
    kind = _kind(image)
    if kind not in _ENDINGS:
        raise _problem(name, _("is a {kind} picture, whatever its name", kind=kind), _("use PNG or JPEG"))
    if not name.lower().endswith(_ENDINGS[kind]):
        ending = _ENDINGS[kind][0]
        raise _problem(
            name,
            _("is a {kind} picture, whatever its name", kind=kind),
            _("let its name end in {ending}", ending=ending),
        )
    if image.mode == "CMYK":
        raise _problem(name, _("the picture is in CMYK, the colours of print"), _("save it as RGB"))


def _kind(image: "Image.Image") -> str:
    """Return the picture's format; a second picture that a telephone put behind a JPEG is not printed."""
    return "JPEG" if image.format == "MPO" else str(image.format)


def _written(image: "Image.Image", kind: str, scale: float) -> bytes:
    """Return the picture scaled, with its colour profile and nothing else of what the file said about it."""
    from PIL import Image

    profile = image.info.get("icc_profile")
    if scale < 1:
        if image.mode.startswith("I"):
            image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
        elif image.mode in ("1", "P", "PA"):
            image = image.convert("L" if image.mode == "1" else "RGBA")
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.LANCZOS)
    written = io.BytesIO()
    image.save(written, kind, quality=_QUALITY, icc_profile=profile)
    return written.getvalue()


def _problem(name: str, message: str, hint: str) -> InputError:
    return InputError(Problem(name, 0, message, hint, code="bad-picture"))
