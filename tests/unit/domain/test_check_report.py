from __future__ import annotations

from typing import Any

import pytest

from collector.domain.check_report import read_findings


def test_findings_are_read_with_what_is_missing_filled_in() -> None:
    read = read_findings({"url": "https://www.example.com/", "forms": [{"to": "/x"}], "new": 1})
    assert read["url"] == "https://www.example.com/"
    assert read["forms"][0]["method"] == "get"
    assert read["storage"] is True
    assert "new" not in read


def test_findings_are_cut_to_what_a_check_needs() -> None:
    forms = [{"title": "x" * 9_000}] * 500
    read = read_findings({"forms": forms, "frames": ["y" * 9_000]})
    assert len(read["forms"]) == 12
    assert len(read["forms"][0]["title"]) == len(read["frames"][0]) == 500


@pytest.mark.parametrize(
    "found", [None, [], "x", {"url": 1}, {"forms": {}}, {"forms": [1]}, {"age": "x"}]
)
def test_what_is_no_finding_is_refused(found: Any) -> None:
    with pytest.raises(ValueError, match="Expected"):
        read_findings(found)
