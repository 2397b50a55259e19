from __future__ import annotations

import pytest

from collector.domain.fields import STANDARD, catalogue_with, custom_field
from collector.domain.mapped import CompiledMapping
from collector.domain.mapping_check import check_mapping
from collector.domain.suggestions import suggest_field, suggest_mapping

NAMES = {
    "email": "email E-Mail eMail e_mail E-Mail-Adresse emailAddress your-email form_fields[email]",
    "first_name": "Vorname vorname firstName first-name FIRST_NAME fname Ihr_Vorname",
    "last_name": "Nachname lastName surname Familienname NACHNAME",
    "full_name": "name Name your-name fullName Ansprechpartner",
    "phone": "Telefon Telefonnummer phone tel phone_number Rufnummer telefonnummer* Telefon-Nr.",
    "mobile": "Handy Mobiltelefon mobilePhone Handynummer cell_phone",
    "company": "Firma Unternehmen company companyName Firmenname organisation",
    "job_title": "jobTitle Position Beruf role",
    "postcode": "PLZ plz Postleitzahl zip zipCode postal_code",
    "city": "Ort Stadt city Wohnort",
    "street": "Straße STRASSE strasse Straße/Hausnummer Strasse_und_Hausnr. street address1 Stra\u00dfe",
    "country": "Land country",
    "date_of_birth": "Geburtsdatum birthday dateOfBirth",
    "message": "Nachricht Ihre-Nachricht message your-message comments Kommentar Bemerkungen",
    "region": "Bundesland state",
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [(name, field) for field, names in NAMES.items() for name in names.split()],
)
def test_a_name_in_english_or_german_means_a_field(name: str, expected: str) -> None:
    assert suggest_field(name, STANDARD) == expected


@pytest.mark.parametrize("name", ["gclid", "utm_source", "question_1", "x", "", "fbclid", "***"])
def test_what_means_nothing_or_is_marketing_is_left_alone(name: str) -> None:
    assert suggest_field(name, STANDARD) is None


def test_an_umlaut_may_come_decomposed() -> None:
    assert suggest_field("Vollsta\u0308ndiger Name", STANDARD) == "full_name"


def test_custom_fields_are_found_by_name_and_label() -> None:
    catalogue = catalogue_with([custom_field("car", label="Wunschmodell")])
    assert suggest_field("Wunsch-Modell", catalogue) == "car"
    assert suggest_field("Car", catalogue) == "car"


def test_a_suggestion_can_be_saved_and_withholds_no_lead() -> None:
    mapping = suggest_mapping(["E-Mail-Adresse", "Telefon", "Frage 1"], STANDARD, "DE")
    check_mapping(mapping, STANDARD)
    sent = {"E-Mail-Adresse": "no address", "Telefon": "0171 1234567", "Frage 1": "x"}
    assert CompiledMapping(mapping, STANDARD).apply(sent) == (
        {"email": "no address", "phone": "+491711234567", "Frage 1": "x"},
        {},
    )


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (
            {"Name": "Ada Lovelace"},
            {"full_name": "Ada Lovelace", "first_name": "Ada", "last_name": "Lovelace"},
        ),
        ({"Vorname": "Ada", "Name": "King"}, {"first_name": "Ada", "last_name": "King"}),
        ({"mail": "", "email": "a@b.de"}, {"email": "a@b.de"}),
    ],
    ids=["a whole name is split", "Name beside Vorname is the family's", "the first with a value"],
)
def test_names_that_belong_together_are_seen_together(
    sent: dict[str, str], expected: dict[str, str]
) -> None:
    mapping = suggest_mapping(sent, STANDARD)
    assert CompiledMapping(mapping, STANDARD).apply(dict(sent)).fields == expected
