"""Suggestions for a mapping from the names that arrived, in English and German.

Case, separators, camelCase and umlauts make no difference, nor do words such as `your` that forms
put before a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from unicodedata import normalize

from collector.domain.fields import Catalogue, Field
from collector.domain.mapping import Mapping, Rule, is_marketing_name
from collector.domain.transforms import NamePart, Transform, Trim

_CAMEL = re.compile(r"(?<=[a-zäöüß0-9])(?=[A-ZÄÖÜ])")
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e"})
_FILLER_WORDS = (
    "your my our the please enter contact form fields field input lead customer user person data"
    " text billing shipping required optional ihr ihre ihren bitte kontakt formular feld kunde"
    " kunden person pflichtfeld angabe"
)
_FILLERS: Final = frozenset(_FILLER_WORDS.split())
"""Words that tell nothing about what a field holds."""

_SYNONYMS: Final = {
    "email": "email emailaddress mail mailaddress emailadresse mailadresse eml epost",
    "salutation": "salutation anrede geschlecht gender",
    "first_name": "firstname fname givenname forename vorname rufname",
    "last_name": "lastname lname surname familyname nachname familienname zuname",
    "full_name": "fullname name completename vollername vollstaendigername vorundnachname"
    " vornamenachname vornameundnachname namevorname ansprechpartner",
    "phone": "phone phonenumber telephone telephonenumber tel telno telefon telefonnummer telnr"
    " telefonnr rufnummer festnetz rueckrufnummer phoneno callback",
    "mobile": "mobile mobilephone mobilenumber cell cellphone cellnumber mobil mobilnummer"
    " mobiltelefon handy handynummer handynr",
    "company": "company companyname organisation organization organizationname business firm"
    " employer firma firmenname unternehmen unternehmensname arbeitgeber",
    "job_title": "jobtitle job role position occupation beruf stelle funktion taetigkeit",
    "website": "website url homepage web webseite internetseite",
    "street": "street streetaddress address address1 addressline1 strasse str strassehausnummer"
    " strasseundhausnummer strassehausnr strasseundhausnr strassenr strasseundnr"
    " strasseundnummer adresse anschrift",
    "address_line_2": "address2 addressline2 adresszusatz adresse2",
    "postcode": "postcode postalcode zip zipcode plz postleitzahl",
    "city": "city town place ort stadt wohnort",
    "region": "region state province county bundesland kanton",
    "country": "country countrycode land staat",
    "date_of_birth": "dateofbirth dob birthday birthdate geburtsdatum geburtstag",
    "subject": "subject topic betreff thema anliegen",
    "message": "message comment comments question enquiry inquiry notes body nachricht kommentar"
    " bemerkung bemerkungen anmerkung anmerkungen frage mitteilung ihrenachricht",
    "newsletter": "newsletter optin subscribe subscription marketingconsent newsletteranmeldung",
}
_BY_SYNONYM: Final = {word: name for name, words in _SYNONYMS.items() for word in words.split()}


def fold_name(name: str) -> tuple[str, ...]:
    """Fold a name to its words in small ASCII letters: `E-Mail-Adresse` to e, mail, adresse."""
    composed = normalize("NFC", name)
    spaced = _CAMEL.sub(" ", composed).casefold().translate(_UMLAUTS)
    return tuple(word for word in _SEPARATORS.split(spaced) if word)


def suggest_field(name: str, catalogue: Catalogue) -> str | None:
    """Name the field that an incoming name most likely means; None when nothing fits."""
    if is_marketing_name(name):
        return None
    own = {
        "".join(fold_name(text)): one.name
        for one in _custom(catalogue)
        for text in (one.name, one.label)
    }
    words = fold_name(name)
    for kept in (words, tuple(word for word in words if word not in _FILLERS)):
        joined = "".join(kept)
        found = own.get(joined) or _BY_SYNONYM.get(joined)
        if found:
            return found
    return None


def _custom(catalogue: Catalogue) -> Iterator[Field]:
    return (one for one in catalogue.values() if one.name not in _SYNONYMS)


def suggest_mapping(
    names: Iterable[str], catalogue: Catalogue, country: str | None = None
) -> Mapping:
    """Suggest rules for names that arrived; several names of one field are tried in order.

    What cannot be read is kept as it came: a suggestion must not withhold a lead.
    """
    found: dict[str, list[str]] = {}
    for name in names:
        if to := suggest_field(name, catalogue):
            found.setdefault(to, []).append(name)
    if "full_name" in found and "first_name" in found and "last_name" not in found:
        found["last_name"] = found.pop("full_name")  # beside `Vorname`, `Name` is the family's
    rules = [_rule(to, came) for to, came in found.items()]
    if "full_name" in found and not {"first_name", "last_name"} & found.keys():
        came = found["full_name"]
        rules.append(_rule("first_name", came, NamePart(part="first")))
        rules.append(_rule("last_name", came, NamePart(part="last")))
    return Mapping(rules=tuple(rules), country=country)


def _rule(to: str, names: list[str], *transforms: Transform) -> Rule:
    source = names[0] if len(names) == 1 else tuple(names)
    return Rule(to=to, from_=source, transforms=transforms or (Trim(),), otherwise="keep")
