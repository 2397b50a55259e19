from __future__ import annotations

from pathlib import Path

from tests.installation import SOURCE, installation
from tests.people import new_user, sign_in


def test_every_change_stands_in_the_log_for_admins(tmp_path: Path) -> None:
    with installation(tmp_path) as site:
        ada = sign_in(site)
        assert "Nothing was changed yet" in ada.text("/settings/audit")
        ada.post(f"/captures/{SOURCE}/pause")
        assert f"admin0@example.com capture.pause {SOURCE}" in ada.text("/settings/audit")
        (row,) = ada.get("/settings/audit?format=json").json()
        assert (row["deed"], row["at"]) == ("capture.pause", "2026-11-24T02:15:00.000Z")
        assert sign_in(site, new_user("editor")).get("/settings/audit").status_code == 403
