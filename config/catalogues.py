"""The message catalogues: gathered, checked and compiled in Python, so that gettext is not needed.

``python -m config.catalogues`` writes the ``.po`` files; with ``--check`` it changes nothing and fails
where a string is missing, untranslated, fuzzy or holds other placeholders than the original; with
``--compile`` it writes the ``.mo`` files that the program reads.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import to_locale

from config import languages

BASE_DIR = Path(__file__).resolve().parent.parent
LOCALE = BASE_DIR / "locale"
LANGUAGES = [code for code, _name in languages.LANGUAGES if code != "en"]
APPS = ("accounts", "forum", "moderation", "webinars", "demo", "config")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def source_files() -> Iterator[Path]:
    """Yield every file that may hold strings a person reads."""
    for app in APPS:
        for file in sorted((BASE_DIR / app).rglob("*")):
            if file.suffix in {".py", ".html"} and "migrations" not in file.parts:
                yield file
    for file in sorted((BASE_DIR / "templates").rglob("*")):
        if file.suffix in {".html", ".txt"}:
            yield file


def gather() -> Catalog:
    """Return a catalogue of the strings in the code and the templates."""
    from django.utils.translation.template import templatize

    catalog = Catalog(project="Technical Assistance Forum", charset="utf-8")
    for file in source_files():
        text = file.read_text()
        name = str(file.relative_to(BASE_DIR))
        if "jinja2" in file.parts:
            found: Any = extract("jinja2.ext:babel_extract", io.BytesIO(text.encode()), KEYWORDS)
        elif file.suffix == ".py":
            found = extract("python", io.BytesIO(text.encode()), KEYWORDS)
        else:
            found = extract("python", io.BytesIO(_calls(templatize(text, origin=name)).encode()), KEYWORDS)
        for _line, message, comments, context in found:
            catalog.add(message, None, [(name, 0)], auto_comments=comments, context=context)
    return catalog


def _calls(templatized: str) -> str:
    """Keep only the calls from what Django makes of a template, so that it is Python."""
    calls = re.findall(
        r"""\b(?:_|n?gettext|n?pgettext)\((?:u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')[ ,]*(?:count)?)+\)""",
        templatized,
    )
    return "\n".join(calls)


def update_catalogues() -> None:
    """Bring the ``.po`` files up to date with the code, keeping what is translated."""
    gathered = gather()
    for language in LANGUAGES:
        file, locale = _po_file(language), to_locale(language)
        catalog = read_po(file.open("rb"), locale=locale) if file.exists() else Catalog(locale=locale, fuzzy=False)
        catalog.update(gathered, no_fuzzy_matching=True, update_header_comment=False, keep_user_comments=True)
        catalog.obsolete.clear()
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as stream:
            write_po(stream, catalog, sort_by_file=False, omit_header=False, include_lineno=False, width=110)


def faults() -> list[str]:
    """Return what is wrong with the catalogues, one sentence each."""
    sentences = []
    wanted = {_key(message) for message in gather() if message.id}
    for language in LANGUAGES:
        catalog = read_po(_po_file(language).open("rb"), locale=to_locale(language))
        present = {_key(message): message for message in catalog if message.id}
        for context, text in sorted(wanted - present.keys(), key=str):
            sentences.append(f"{language}: missing: {text!r}" + (f" ({context})" if context else ""))
        for key in sorted(wanted & present.keys(), key=str):
            sentences += [f"{language}: {fault}: {key[1]!r}" for fault in _faults_of(present[key], catalog.num_plurals)]
    return sentences


def _faults_of(message: Message, plurals: int) -> Iterator[str]:
    translations = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    originals = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
    if "fuzzy" in message.flags:
        yield "fuzzy"
    if not all(translations) or (message.pluralizable and len(translations) != plurals):
        yield "untranslated"
        return
    allowed = set(PLACEHOLDER.findall(" ".join(originals)))
    if any(set(PLACEHOLDER.findall(text or "")) - allowed for text in translations):
        yield "other placeholders"


def _key(message: Message) -> tuple[str | None, str]:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def compile_catalogues() -> None:
    """Write the ``.mo`` files that are older than their ``.po``."""
    for language in LANGUAGES:
        source = _po_file(language)
        target = source.with_suffix(".mo")
        if source.exists() and (not target.exists() or target.stat().st_mtime < source.stat().st_mtime):
            with (
                source.open("rb") as stream,
                NamedTemporaryFile(dir=target.parent, suffix=".mo", delete=False) as compiled,
            ):
                write_mo(compiled, read_po(stream, locale=to_locale(language)))
            Path(compiled.name).chmod(0o644)
            Path(compiled.name).replace(target)  # whole, for whoever starts at the same time


def _po_file(language: str) -> Path:
    return LOCALE / to_locale(language) / "LC_MESSAGES" / "django.po"


def main(arguments: list[str]) -> int:
    """Update the catalogues, or check or compile them."""
    if "--compile" in arguments:
        compile_catalogues()
        return 0
    if "--check" not in arguments:
        update_catalogues()
        return 0
    found = faults()
    sys.stdout.write("".join(f"{fault}\n" for fault in found) or "The catalogues are complete.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
