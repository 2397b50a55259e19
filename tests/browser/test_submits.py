"""One page, several submits: what is one lead, what are two, and who is the same person."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.shop import AD, AD_METADATA, Shop
from tests.browser.site import FORM, Page
from tests.browser.visitor import Visitor

INTO_FRAME = FORM.replace("<form", '<form target="answer"') + '<iframe name="answer"></iframe>'
"""The page stays; the thank-you page comes up in a frame."""

BY_SCRIPT = """async (values) => {
  const form = document.forms[0];
  for (const name in values) form.elements[name].value = values[name];
  return (await collector.submit(form)).event_id;
}"""


@pytest.fixture
def stays(shop: Shop) -> Shop:
    """A shop whose contact page stays where it is when its form is sent."""
    shop.site.pages["/contact"] = Page(body=INTO_FRAME)
    return shop


async def send_into_frame(shop: Shop, visitor: Visitor, **values: str) -> None:
    sent = len(shop.front.posts("/f"))
    await visitor.fill(**values)
    await visitor.page.get_by_role("button", name="Send").click()
    await shop.front.wait_for("/f", sent + 1)
    thanks = visitor.page.frame_locator("iframe").get_by_role("heading", level=1)
    await expect(thanks).to_have_text("Thank you")


async def test_two_people_at_one_stand_are_two_leads_of_two_people(
    stays: Shop, visitor: Visitor
) -> None:
    await visitor.land(f"/contact?{AD}")
    await send_into_frame(stays, visitor, email="ada@example.com")
    await send_into_frame(stays, visitor, email="grace@example.com")
    ada, grace = await stays.inbox.exactly(2)
    assert ada.body["event_id"] != grace.body["event_id"]
    assert [one.body["fields"]["email"] for one in (ada, grace)] == [
        "ada@example.com",
        "grace@example.com",
    ]
    assert ada.metadata == grace.metadata == AD_METADATA


async def test_a_corrected_resubmit_is_a_second_event_of_the_same_person(
    stays: Shop, visitor: Visitor
) -> None:
    await visitor.land(f"/contact?{AD}")
    await send_into_frame(stays, visitor, email="ada@example.com", message="Two rooms")
    await send_into_frame(stays, visitor, email="ada@example.com", message="Three rooms")
    first, second = await stays.inbox.exactly(2)
    assert first.body["event_id"] == second.body["event_id"]
    assert first.stored.id != second.stored.id
    assert second.body["fields"]["message"] == "Three rooms"
    assert first.metadata == second.metadata == AD_METADATA


async def test_the_same_submit_again_is_one_lead(stays: Shop, visitor: Visitor) -> None:
    await visitor.land(f"/contact?{AD}")
    await send_into_frame(stays, visitor, email="ada@example.com")
    await send_into_frame(stays, visitor, email="ada@example.com")
    assert (await stays.inbox.only()).metadata == AD_METADATA


async def test_after_a_reset_the_form_is_a_new_persons(stays: Shop, visitor: Visitor) -> None:
    await visitor.land(f"/contact?{AD}")
    await send_into_frame(stays, visitor, email="ada@example.com")
    await visitor.page.evaluate("document.forms[0].reset()")
    await send_into_frame(stays, visitor, email="ada@example.com")
    first, second = await stays.inbox.exactly(2)
    assert first.body["event_id"] != second.body["event_id"]


@pytest.mark.parametrize("form", [FORM, INTO_FRAME], ids=["the page leaves", "the page stays"])
async def test_a_double_click_is_one_lead(shop: Shop, visitor: Visitor, form: str) -> None:
    shop.site.pages["/contact"] = Page(body=form)
    await visitor.land(f"/contact?{AD}")
    await visitor.fill(email="ada@example.com")
    await visitor.page.get_by_role("button", name="Send").dblclick()
    assert (await shop.inbox.only()).metadata == AD_METADATA


async def test_a_form_sent_by_the_pages_own_script_keeps_its_page_and_its_ids(
    shop: Shop, visitor: Visitor
) -> None:
    await visitor.have_analytics()
    await visitor.land(f"/contact?{AD}")
    ids = [
        await visitor.page.evaluate(BY_SCRIPT, {"email": email})
        for email in ("ada@example.com", "grace@example.com")
    ]
    leads = await shop.inbox.exactly(2)
    assert [lead.body["event_id"] for lead in leads] == ids
    assert len(set(ids)) == 2
    for lead in leads:
        assert (
            lead.metadata
            == {"ga_client_id": lead.stored.attribution["ga_client_id"]} | AD_METADATA
        )
    assert visitor.page.url == shop.url(f"/contact?{AD}")
