from __future__ import annotations

import ast

from collector.domain.errors import InputError
from collector.domain.faults import FAULTS, ValueRefused
from collector.web.shipped import shipped


def test_a_refused_value_is_told_by_its_word_and_not_quoted() -> None:
    error = ValueRefused("email")
    assert isinstance(error, InputError)
    assert (error.fault, str(error)) == ("email", FAULTS["email"])


def test_translators_see_every_text() -> None:
    template = (shipped("templates") / "public" / "_faults.html").read_text()
    listed = [
        ast.literal_eval(line.strip().removeprefix("_(").removesuffix("),"))
        for line in template.splitlines()
        if line.strip().startswith("_(")
    ]
    assert listed == list(FAULTS.values())
