"""Pages with a fault that only a live check can see, and healthy ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.browser.shop import FOREIGN, PATH, Topology
from tests.browser.site import FORM, Page

OTHER = "01990000-0000-7000-8000-00000000000f"
ELSEWHERE = FORM.replace("{collector}/f/{source_id}", "/order")
OPEN_BANNER = "<script>window.OneTrust = {IsAlertBoxClosed: () => false};</script>"
GA_LATER = (
    "<script>setTimeout(() => { document.cookie = '_ga=GA1.1.7.8; path=/'; }, 3500);</script>"
)
REFUSED = OPEN_BANNER.replace("false", "true") + "<script>OnetrustActiveGroups = 'C0001';</script>"
ACCEPTED = REFUSED.replace("C0001", "C0001,C0002,C0004")
LATE = (
    "<script>addEventListener('load', () => setTimeout(() => {"
    " window.OneTrust = {IsAlertBoxClosed: () => false}; }, 1500));</script>"
)
WORKER = (
    "<script>navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)"
    ".then(() => { document.title = 'ready'; });</script>"
)


class Script(Page):
    """A page that is no page but a script."""

    def render(self, collector: str, source_id: str) -> str:
        """Write it as it is."""
        return self.body


WORKER_SCRIPT = Script(
    body="addEventListener('fetch', (event) => event.respondWith(fetch(event.request)));"
    "addEventListener('activate', (event) => event.waitUntil(clients.claim()));",
    headers={"Content-Type": "text/javascript"},
)


@dataclass(frozen=True, kw_only=True)
class LiveSite:
    """A landing page, where the collector stands, whether Google Analytics' cookie is there.

    `settles` says that only time shows it; `again` that the page is looked at twice.
    """

    page: Page
    place: Topology = PATH
    analytics: bool = True
    settles: bool = False
    again: bool = False
    more: Mapping[str, Page] = field(default_factory=dict)


def site(form: str = FORM, head: str = "", attributes: str = "", **more: object) -> LiveSite:
    """A shop's landing page with its form."""
    headers = more.pop("headers", {})
    page = Page(body=f"<h1>Offer</h1>{form}", head=head, attributes=attributes, headers=headers)  # type: ignore[arg-type]
    return LiveSite(page=page, **more)  # type: ignore[arg-type]


FAULTY: dict[str, tuple[str, LiveSite]] = {
    "consent late": ("consent_late", site(head=LATE)),
    "consent refused": ("consent_refused", site(head=REFUSED)),
    "consent ignored": ("consent_ignored", site(head=OPEN_BANNER, attributes='data-consent="none"')),
    "cross-site cookie": ("cookie_foreign", site(place=FOREIGN)),
    "service worker": ("service_worker", site(head=WORKER, again=True, more={"/sw.js": WORKER_SCRIPT})),
    "slow _ga": ("analytics_late", site(head=GA_LATER, analytics=False)),
    "a tag that sets no _ga": ("analytics_silent", site(head="<script>gtag = () => {};</script>", analytics=False, settles=True)),
    "no _ga at all": ("analytics_absent", site(analytics=False, settles=True)),
    "no referrer": ("no_referrer", site(headers={"Referrer-Policy": "no-referrer"})),
    "hash routing": ("hash_routing", site(form=f'{FORM}<a href="#/offer">Offer</a>')),
    "form elsewhere": ("form_elsewhere", site(form=ELSEWHERE)),
    "copies are off": ("forms_off", site(form=ELSEWHERE, attributes='data-forms="off"')),
    "form by GET": ("form_by_get", site(form=FORM.replace("post", "get"))),
    "form of another capture": ("form_other_capture", site(form=FORM.replace("{source_id}", OTHER))),
    "a field without a name": ("fields_nameless", site(form=FORM.replace('<textarea name="message"', "<textarea"))),
    "a form in a frame": ("form_in_frame", site(form='<iframe src="https://www.partner.test/" title="x"></iframe>')),
    "filling is off": ("fill_off", site(form=f'{FORM}<form><input type="hidden" name="gclid"></form>', attributes='data-fill="off"')),
}  # fmt: skip

HEALTHY: dict[str, LiveSite] = {
    "plain": site(),
    "a marked form": site(form=ELSEWHERE.replace("<form", "<form data-collector")),
    "copies of all forms": site(form=ELSEWHERE, attributes='data-forms="all"'),
    "a banner that waits": site(head=OPEN_BANNER, analytics=False),
    "a banner that was accepted": site(head=ACCEPTED),
    "nobody has to be asked": site(attributes='data-consent="none"'),
    "a search form": site(form=f'{FORM}<form action="/search"><input name="q"><input></form>'),
    "a film in a frame": site(form=f'{FORM}<iframe src="https://www.partner.test/" title="x"></iframe>'),
    "hidden inputs to fill": site(form=f'{FORM}<form action="/order"><input type="hidden" name="gclid"></form>'),
    "links to others": site(form=f'{FORM}<a href="https://www.partner.test/?gclid=x">Partner</a>'),
    "a fragment that is a place on the page": site(form=f'{FORM}<a href="#top">Up</a>'),
    "a policy": site(headers={"Content-Security-Policy": "default-src 'self'; img-src data:; script-src 'self'"}),
    "a referrer of the origin alone": site(headers={"Referrer-Policy": "origin"}),
}  # fmt: skip
