"""A field that is missing, made on the page where it is missed."""

from __future__ import annotations

from collector.domain.fields import custom_field
from collector.storage.fields import SaveField
from collector.web.console.visit import Visit


def given_field(visit: Visit) -> dict[str, str]:
    """Read the form as it was sent."""
    return {name: visit.said(name) for name in ("name", "label", "type", "choices")}


async def make_field(visit: Visit) -> None:
    """Create the field of the form. Raises InputError."""
    given = given_field(visit)
    choices = given["choices"].splitlines()
    made = custom_field(given["name"].strip(), given["type"], given["label"], choices)
    write = SaveField(field=made, now=visit.now, create=True)
    await visit.write(write, "field.create", made.name)
