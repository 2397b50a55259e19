"""Pages: Jinja2 templates in the languages this project speaks.

Message ids are the English texts. German stands in `locale/de.po`, whose header says how to update
it; it is compiled in memory at start, so no built file can be older than its source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final, Literal, get_args

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from collector.domain.note_texts import tell
from collector.domain.said import Said
from collector.web.formats import filters
from collector.web.shipped import shipped

Language = Literal["en", "de"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
LOCALE_FOLDER: Final = Path(__file__).with_name("locale")

_LANGUAGE_RANGE: Final = re.compile(
    r"\s*(?P<primary>[a-z]{1,8}|\*)(?:-[a-z0-9]{1,8})*\s*"
    r"(?:;\s*q=(?P<quality>0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Every template, once per language."""

    environments: Mapping[Language, Environment]

    def render(self, name: str, language: Language, **values: object) -> bytes:
        """Render one page as UTF-8; `name` is its path below the templates folder.

        A value that the template needs and does not get is `jinja2.UndefinedError`.
        """
        return self.environments[language].get_template(name).render(values).encode()


@cache
def open_pages() -> Pages:
    """Read the translations and make the template environments: once for all apps of a process."""
    folder = shipped("templates")
    return Pages(environments={language: _environment(folder, language) for language in LANGUAGES})


def choose_language(wanted: str | None, accept_language: str) -> Language:
    """Choose a page's language: the one asked for by name, else the visitor's best, else English.

    `wanted` is `_lang` or a like parameter, `accept_language` the header (RFC 9110, 12.5.4); a
    region counts as its language, a range that cannot be read as absent. Of equal qualities the
    first named wins.
    """
    named = _primary_subtag(wanted or "")
    if named is not None:
        return named
    qualities = _parse_qualities(accept_language)
    others = qualities.get("*", 0.0)
    order = [*(_primary_subtag(name) for name in qualities), *LANGUAGES]
    acceptable = [language for language in order if language and qualities.get(language, others)]
    return max(acceptable, key=lambda one: qualities.get(one, others), default="en")


def _primary_subtag(tag: str) -> Language | None:
    primary = tag.strip().lower().split("-")[0]
    return next((language for language in LANGUAGES if language == primary), None)


def _parse_qualities(accept_language: str) -> dict[str, float]:
    qualities: dict[str, float] = {}
    for found in map(_LANGUAGE_RANGE.fullmatch, accept_language.split(",")):
        if found:
            primary = found["primary"].lower()
            quality = float(found["quality"] or 1)
            qualities[primary] = max(quality, qualities.get(primary, 0.0))
    return qualities


def _environment(folder: Path, language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals["language"] = language
    environment.filters.update(filters(language))
    translations = _read_translations(language)
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["say"] = partial(_say, translations)
    environment.filters["translated"] = partial(_look_up, translations)
    environment.filters["told"] = lambda note: _look_up(translations, tell(note))
    return environment


def _say(translations: NullTranslations, said: Said) -> str:
    """Look up what the code says, and fill it in, values that were said included."""
    values = {
        name: _say(translations, one) if isinstance(one, Said) else one
        for name, one in said.values.items()
    }
    return translations.gettext(said.text).format(**values)


def _look_up(translations: NullTranslations, text: str) -> str:
    """Translate a text that came from elsewhere: `_` would take it for markup with places."""
    if isinstance(text, Said):
        return _say(translations, text)
    return translations.gettext(text) if text else ""


def _read_translations(language: Language) -> NullTranslations:
    if language == "en":
        return NullTranslations()
    with (LOCALE_FOLDER / f"{language}.po").open("rb") as source:
        catalog = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)
