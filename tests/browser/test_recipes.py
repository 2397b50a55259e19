"""What docs/recipes.md says, tried on the markup that stands there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from tests.browser.shop import AD, AD_METADATA, GCLID, Shop
from tests.browser.site import TAG, Page
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.long

DOCS = Path(__file__).parents[2] / "docs" / "recipes.md"
MARKUP = dict(
    re.findall(r"^## (.+?)\n.*?^```html\n(.+?)^```", DOCS.read_text(), re.MULTILINE | re.DOTALL)
)

AJAX = """<script>
  const form = document.forms[0];
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await fetch("/order", {method: "POST", body: new URLSearchParams(new FormData(form))});
    %s
  });
</script>"""
"""What the system's own script does: sends by itself, and then shows it in its own way."""

SAYS_CF7 = 'form.parentNode.dispatchEvent(new CustomEvent("wpcf7mailsent", {bubbles: true}));'
SAYS_ELEMENTOR = "heard.submit_success({target: form});"
JQUERY = """<script>
  const heard = {};
  window.jQuery = () => ({on: (types, listen) => types.split(" ").forEach((type) => (heard[type] = listen))});
  jQuery.fn = {on() {}};
</script>"""
HIDES = 'form.style.display = "none"; form.nextElementSibling.style.display = "block";'


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What is around the markup, and what the collector's lead and the other system's order hold."""

    script: str = ""
    attributes: str = ""
    tag: str = TAG
    lead: dict[str, object]
    order: dict[str, str] = field(default_factory=dict)


ALL = 'data-forms="all"'
ADA = "ada@example.com"
RECIPES = {
    "Plain HTML": Recipe(lead={"name": "", "email": ADA}),
    "Tag manager": Recipe(tag="", lead={"email": ADA}, order={"email": ADA}),
    "WordPress: Contact Form 7": Recipe(
        script=AJAX % SAYS_CF7,
        attributes=ALL,
        lead={"your-email": ADA, "gclid": GCLID},
        order={"your-email": ADA, "gclid": GCLID},
    ),
    "WordPress: Gravity Forms": Recipe(
        attributes=ALL,
        lead={"input_3": ADA, "input_4": GCLID, "gform_unique_id": ""},
        order={"input_3": ADA, "input_4": GCLID},
    ),
    "WordPress: Elementor": Recipe(
        script=JQUERY + AJAX % SAYS_ELEMENTOR,
        attributes=ALL,
        lead={
            "post_id": "12",
            "form_id": "5d1c2a9",
            "form_fields[email]": ADA,
            "form_fields[gclid]": GCLID,
        },
        order={"form_fields[gclid]": GCLID},
    ),
    "Webflow": Recipe(
        script=AJAX % HIDES, lead={"email": ADA, "gclid": GCLID}, order={"gclid": GCLID}
    ),
}


async def test_every_recipe_is_tried() -> None:
    assert list(MARKUP) == list(RECIPES)


@pytest.mark.parametrize(("name", "recipe"), RECIPES.items(), ids=RECIPES)
async def test_a_recipe_works_on_its_markup(
    shop: Shop, visitor: Visitor, name: str, recipe: Recipe
) -> None:
    markup = MARKUP[name].replace("https://www.example.com/_lc", "{collector}")
    shop.site.pages["/contact"] = Page(
        tag=recipe.tag,
        body=markup.replace("SOURCE_ID", "{source_id}") + recipe.script,
        attributes=recipe.attributes,
    )
    await visitor.land(f"/contact?{AD}")
    await visitor.page.locator("input[type=email]").fill(ADA)
    if GCLID in recipe.order.values():
        await visitor.page.wait_for_function(
            "[...document.querySelectorAll('[type=hidden]')].some(({value}) => value.startsWith('Cj0'))"
        )
    await visitor.page.get_by_role("button", name="Send").click()
    lead = await shop.inbox.only()
    assert lead.body["fields"] == recipe.lead
    assert lead.metadata == AD_METADATA
    if recipe.order:
        assert recipe.order.items() <= sent_to_other(shop).items()


def sent_to_other(shop: Shop) -> dict[str, str]:
    """Read the one order, URL-encoded or multipart."""
    (order,) = (one.decode() for one in shop.site.orders)
    parts = re.findall(r'name="([^"]+)"\r\n\r\n(.*?)\r\n--', order, re.DOTALL)
    return dict(parts or parse_qsl(order, keep_blank_values=True))
