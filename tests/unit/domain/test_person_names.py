from __future__ import annotations

import pytest

from collector.domain.person_names import first_name_of, last_name_of


@pytest.mark.parametrize(
    ("whole", "first", "last"),
    [
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("  Ada   King Lovelace ", "Ada King", "Lovelace"),
        ("Lovelace, Ada", "Ada", "Lovelace"),
        ("Ursula von der Leyen", "Ursula", "von der Leyen"),
        ("Herr Dr. Hans-Peter Müller", "Hans-Peter", "Müller"),
        ("von Goethe, Johann", "Johann", "von Goethe"),
        ("Ada", "Ada", ""),
        ("Dr. Ada", "Ada", ""),
        ("Ada,", "Ada", ""),
        ("", "", ""),
    ],
)
def test_a_whole_name_is_split(whole: str, first: str, last: str) -> None:
    assert (first_name_of(whole), last_name_of(whole)) == (first, last)
