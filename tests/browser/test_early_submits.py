"""A form that is sent before the file has come that copies it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.shop import AD, AD_METADATA, Shop
from tests.browser.site import Page
from tests.browser.visitor import Visitor

SCRIPT = Path(__file__).parents[2] / "static_js" / "dist" / "t.js"
THE_REST = "/" + re.findall(r'"(t-[0-9a-f]{6}\.js)"', SCRIPT.read_text())[0]
"""The file that the script loads where it is needed."""

FIELDS = """<label>email <input name="email"></label>
<select name="rooms"><option>1</option><option selected>2</option></select><button>Send</button>"""
BY_SCRIPT = f"""<form id="form" data-collector>{FIELDS}</form><script>
  form.addEventListener("submit", (event) => {{
    event.preventDefault();
    fetch("/order", {{method: "POST", body: new URLSearchParams(new FormData(form))}});
    THEN
  }});
</script>"""
BY_ITSELF = f'<form method="post" action="/go">{FIELDS}</form>'
SUBMIT = "document.forms[0].requestSubmit()"


@pytest.mark.parametrize("then", ["form.reset()", "form.outerHTML = '<p>Thank you</p>'"])
async def test_it_is_copied_as_it_was(shop: Shop, visitor: Visitor, then: str) -> None:
    shop.site.pages["/contact"] = Page(body=BY_SCRIPT.replace("THEN", then))
    with shop.front.holding(THE_REST) as hold:
        await visitor.land(f"/contact?{AD}")
        await hold.arrived()
        await visitor.fill(email="ada@example.com")
        await visitor.page.evaluate(SUBMIT)
        await shop.site.wait_for(2)
    lead = await shop.inbox.only()
    assert lead.body["fields"] == {"email": "ada@example.com", "rooms": "2"}
    assert lead.metadata == AD_METADATA


async def test_it_is_copied_while_the_visitor_is_on_the_way_to_the_next_page(
    shop: Shop, visitor: Visitor
) -> None:
    shop.site.pages["/contact"] = Page(body=BY_ITSELF, attributes='data-forms="all"')
    with shop.front.holding(THE_REST) as hold:
        await visitor.land(f"/contact?{AD}")
        await visitor.page.evaluate("document.forms[0].elements.email.value = 'ada@example.com'")
        await visitor.page.evaluate(SUBMIT)
        await hold.arrived()
    lead = await shop.inbox.only()
    shop.site.go.set()
    assert lead.body["fields"] == {"email": "ada@example.com", "rooms": "2"}
    assert lead.metadata == AD_METADATA
