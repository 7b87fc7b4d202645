"""Pictures: drawn anew, so that nothing is left of what else the file held.

Source: security.md FI-05, FI-06; ACC-03.
"""

import io
import warnings
from pathlib import Path
from typing import Any

from forum.files.kinds import Kind, RefusedFileError

MAX_PIXELS = 40_000_000
MAX_PIXELS_IN_MOTION = 80_000_000  # of all pictures of an animation together
PREVIEW = 480  # pixels, the longer side
SAVED_AS: dict[str, dict[str, Any]] = {  # somebody waits: speed before size
    "JPEG": {"quality": 90},
    "PNG": {"compress_level": 4},
    "WEBP": {"quality": 90, "method": 2},
    "GIF": {},
}


def redraw(path: Path, kind: Kind, folder: Path) -> dict[str, int]:
    """Draw a picture anew, without where and when and by whom it was taken, and a small one to show.

    Args:
        path: Where it is.
        kind: What its name says it is.
        folder: Gets the files ``content`` and ``preview``.

    Returns:
        The preview's ``width`` and ``height``.

    Raises:
        RefusedFileError: It is something else, is damaged or too large to be shown.
    """
    from PIL import Image, UnidentifiedImageError

    form = kind.name.upper()
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(path, formats=[form]) as image:
            image.verify()
        with Image.open(path, formats=[form]) as image:
            count = getattr(image, "n_frames", 1)
            if count > 1 and form != "JPEG":  # a camera may keep several in one, to show the first
                first = _redraw_motion(image, count, form, folder / "content")
            else:
                first = _redraw_still(image, form, folder / "content")
        return _preview(first, folder / "preview")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise RefusedFileError("pixels") from None
    except UnidentifiedImageError:
        raise RefusedFileError("other") from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, KeyError):
        raise RefusedFileError("damaged") from None  # Pillow raises any of these on broken pictures


def _redraw_still(image: Any, form: str, target: Path) -> Any:
    from PIL import ImageOps

    drawn = ImageOps.exif_transpose(_in_common_colours(image))
    if "transparency" in drawn.info:
        drawn = drawn.convert("RGBA")
    if form == "JPEG" and drawn.mode not in {"L", "RGB"}:
        drawn = drawn.convert("RGB")
    drawn.info.clear()
    drawn.save(target, format=form, **SAVED_AS[form])
    return drawn


def _redraw_motion(image: Any, count: int, form: str, target: Path) -> Any:
    from PIL import ImageSequence

    if count * image.width * image.height > MAX_PIXELS_IN_MOTION:
        raise RefusedFileError("pixels")
    frames, durations, loop = [], [], int(image.info.get("loop", 0))
    for frame in ImageSequence.Iterator(image):
        drawn = frame.convert("RGBA")
        durations.append(int(frame.info.get("duration", 100)))
        drawn.info.clear()
        frames.append(drawn)
    frames[0].save(
        target,
        format=form,
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=loop,
        **SAVED_AS[form],
    )
    return frames[0]


def _in_common_colours(image: Any) -> Any:
    """Return a picture whose colours need no profile; where that cannot be read, its numbers count as they are."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "RGBA", "CMYK"}:
        return image
    try:
        target = ImageCms.createProfile("sRGB")
        mode = "RGB" if image.mode == "CMYK" else image.mode
        converted = ImageCms.profileToProfile(
            image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), target, outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError):
        return image
    return converted or image


def _preview(image: Any, target: Path) -> dict[str, int]:
    small = image.convert("RGBA" if "A" in image.getbands() else "RGB")
    small.thumbnail((PREVIEW, PREVIEW))
    small.save(target, format="WEBP", quality=75)
    return {"width": small.width, "height": small.height}
