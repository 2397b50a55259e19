from __future__ import annotations

import ast
from pathlib import Path

from tests.installation import SOURCE, installation
from tests.people import PASSWORD, add_destination, new_user, sign_in

ROOT = Path(__file__).parents[4]


def test_every_change_stands_in_the_log_for_admins(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        ada = sign_in(site)
        assert "Nothing was changed yet" in ada.text("/settings/audit")
        ada.post(f"/captures/{SOURCE}/pause")
        said = f"admin0@example.com Paused a capture capture.pause Website {SOURCE}"
        assert said in ada.text("/settings/audit")
        (row,) = ada.get("/settings/audit?format=json").json()
        assert (row["deed"], row["at"]) == ("capture.pause", "2026-11-24T02:15:00.000Z")
        assert sign_in(site, new_user("editor")).get("/settings/audit").status_code == 403


def test_each_line_names_the_thing_and_leads_to_it(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        ada = sign_in(site)
        add_destination(site, "https://hooks.example.org/x", SOURCE, name="Sales")
        site.post({"name": "Cy", "email": "cy@example.com"})
        lead = site.events()[0].id
        ada.post(f"/leads/{lead}/retry", {"delivery": "1"})
        ada.post("/destinations/to-Sales/pause")
        ada.post(f"/leads/{lead}/spam")
        new = {"email": "bo@example.com", "password": PASSWORD, "role": "editor"}
        ada.post("/settings/users", new | {"capture": SOURCE})
        page = ada.get("/settings/audit").text
        assert f'<a href="/console/leads/{lead}">Sales</a>' in page
        assert '<a href="/console/destinations/to-Sales">Sales</a>' in page
        assert f'<a href="/console/leads/{lead}">the lead</a>' in page
        assert "Cy" not in page
        text = ada.text("/settings/audit", **{"accept-language": "de"})
        assert "Benutzer hinzugefügt user.create bo@example.com beschränkt auf Website" in text
        ada.post(f"/leads/{lead}/erase", {"word": "ERASE"})
        assert f'<a href="/console/leads/{lead}">' not in ada.get("/settings/audit").text


def test_every_deed_has_words() -> None:
    said = (ROOT / "templates/console/audit_log.html").read_text()
    kinds = {"capture", "check", "delivery", "destination", "field", "key", "lead", "lead_type"}
    kinds |= {"link", "session", "site", "user", "view"}
    deeds = {
        node.value
        for folder in ("web/console", "cli")
        for path in (ROOT / "collector" / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.partition(".")[0] in kinds
        and node.value.partition(".")[2].replace("_", "").replace(".", "").isalpha()
    }
    assert len(deeds) > 35
    assert [one for one in sorted(deeds) if f'"{one}": _("' not in said] == []
