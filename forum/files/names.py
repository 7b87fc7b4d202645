"""What a file may be called. Source: security.md FI-08."""

import re
import unicodedata

MAX_CHARACTERS, MAX_BYTES = 100, 200  # archives and some systems take 255 bytes
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls and direction overrides among them
NOT_IN_NAMES = re.compile(r'[<>:"|?*;]')
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def clean_name(name: str) -> str:
    """Return a name that is safe on every system and shows what it is, with its ending kept.

    Args:
        name: As it came, perhaps with a path before it.
    """
    name = unicodedata.normalize("NFC", name)
    name = "".join(character for character in name if unicodedata.category(character) not in INVISIBLE)
    name = NOT_IN_NAMES.sub("-", re.split(r"[/\\]", name)[-1])
    name = " ".join(name.split()).rstrip(" .")
    stem, dot, extension = name.rpartition(".") if "." in name else (name, "", "")
    stem = stem.strip(" .").lstrip("-~") or "document"
    if stem.partition(".")[0].strip().lower() in DEVICES:
        stem = f"_{stem}"
    return f"{_shortened(stem, len(extension) + 1)}{dot}{extension.strip()}"


def _shortened(stem: str, taken: int) -> str:
    """Cut a name's first part to what is left, never inside a character with its marks."""
    short = stem[: MAX_CHARACTERS - taken]
    short = short.encode()[: MAX_BYTES - taken].decode(errors="ignore")
    if len(short) < len(stem):
        while len(short) > 1 and unicodedata.combining(stem[len(short)]):
            short = short[:-1]
    return short.rstrip(" .")
