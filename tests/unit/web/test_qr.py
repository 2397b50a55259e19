from __future__ import annotations

import re

import segno

from collector.web.qr import qr_code

LINK = "https://www.example.com/offer?gclid=Cj0KCQ-TeSt_aB-cD_eF-wcB&_check=1795486501-x"


def test_the_path_draws_exactly_the_codes_dark_modules() -> None:
    code = qr_code(LINK)
    drawn = [[0] * code.size for _ in range(code.size)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", code.path):
        drawn[int(y)][int(x) : int(x) + int(width)] = [1] * int(width)
    expected = segno.make(LINK, error="m", micro=False, boost_error=False).matrix
    assert drawn == [list(row) for row in expected]
    assert re.fullmatch(r"[Mhvz\d -]+", code.path)
