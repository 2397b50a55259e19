"""Sites with one fault each, and healthy ones, served on loopback under names of their own."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

from aiohttp.abc import AbstractResolver, ResolveResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SOURCE = "01990000-0000-7000-8000-000000000001"
OTHER = "01990000-0000-7000-8000-000000000002"
SHOP = "http://www.shop.localhost:{port}"
TAG = f'<script async src="/_lc/t.js" data-source="{SOURCE}"></script>'
FORM = (
    f'<form method="post" action="/_lc/f/{SOURCE}"><input type="email" name="email">'
    '<input type="submit"></form>'
)
TEXT = "<p>" + "We sell shoes. " * 40 + "</p>"


@dataclass(frozen=True)
class Site:
    """The pages of a site: path to (status, headers, body); the check begins at `start`."""

    pages: dict[str, tuple[int, dict[str, str], str]]
    start: str = "/"
    query: str = ""
    names: dict[str, tuple[tuple[str, ...], str | None]] = field(default_factory=dict)


def page(
    *, tag: str = TAG, form: str = FORM, head: str = "", more: str = "", **headers: str
) -> tuple[int, dict[str, str], str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    html = f"<!doctype html><html><head>{head}{tag}</head><body>{TEXT}{form}{more}</body></html>"
    return 200, named, html


def alone(**parts: str) -> Site:
    return Site({"/": page(**parts)})


def moved(to: str, status: int = 301) -> Site:
    """A redirect; `{query}` is the query as it came, `{lower}`, `{twice}` and so on made of it."""
    return Site({"/": (status, {"location": to}, ""), "/new": page()})


def led(html: str) -> Site:
    return Site({"/": (200, {}, html), "/new": page()})


def hidden(name: str, value: str = "") -> str:
    return FORM.replace("</form>", f'<input type="hidden" name="{name}" value="{value}"></form>')


def at(host: str, addresses: tuple[str, ...], cname: str | None = None) -> Site:
    tag = f'<script async src="http://{host}:{{port}}/_lc/t.js" data-source="{SOURCE}"></script>'
    form = FORM.replace("/_lc/", f"http://{host}:{{port}}/_lc/")
    names = {"www.shop.localhost": (("198.51.100.7",), None), host: (addresses, cname)}
    return Site({"/": page(tag=tag, form=form)}, names=names)


FAULTY: dict[str, tuple[str, Site]] = {
    "301 without the query": ("click_id_lost", moved("/new")),
    "302 without the query": ("parameters_lost", moved("/new?gclid={gclid}", 302)),
    "303 with the click id cut": ("click_id_changed", moved("/new?{cut}", 303)),
    "307 in lower case": ("lower_cased", moved("/new?{lower}", 307)),
    "308 encoded twice": ("double_encoded", moved("/new?{twice}", 308)),
    "decoded click id": ("click_id_changed", Site({"/": (301, {"location": "/new?{decoded}"}, ""), "/new": page()}, query="?gclid=a%252Bb&utm_source=x")),
    "a cleaned campaign": ("parameters_changed", moved("/new?gclid={gclid}&utm_source=collector&utm_medium=check&utm_campaign=test-cafe")),
    "the query twice": ("parameters_repeated", moved("/new?{query}&{query}")),
    "behind the fragment": ("moved_to_fragment", moved("/new#/?{query}")),
    "a sign-in page": ("parameters_nested", moved("/new?next=%2Foffer%3F{nested}")),
    "meta refresh": ("redirect_by_meta", led('<meta http-equiv="refresh" content="0; url=/new?{query}">')),
    "script redirect": ("redirect_by_script", led('<script>window.location.href = "/new?{query}"</script>')),
    "meta refresh without the query": ("click_id_lost", led('<meta http-equiv=refresh content="1;URL=\'/new\'">')),
    "a loop": ("redirect_loop", moved("/?{query}")),
    "no end": ("too_many_redirects", Site({"/": (302, {"location": "/?{query}&n=1"}, "")})),
    "not found": ("page_error", moved("/nowhere?{query}")),
    "a document": ("not_html", Site({"/": (200, {"content-type": "application/pdf"}, "%PDF")})),
    "metadata service": ("address_blocked", moved("http://169.254.169.254/latest?{query}")),
    "private address": ("address_blocked", moved("http://10.0.0.1/?{query}")),
    "no tag": ("tag_missing", alone(tag="")),
    "a tag manager": ("tag_manager", alone(tag='<script src="https://www.googletagmanager.com/gtm.js?id=GTM-1"></script>')),
    "tag twice": ("tag_twice", alone(tag=TAG + TAG)),
    "another capture": ("tag_wrong_capture", alone(tag=TAG.replace(SOURCE, OTHER))),
    "no capture": ("tag_without_capture", alone(tag=TAG.replace(SOURCE, ""))),
    "the script is not there": ("tag_unreachable", alone(tag=TAG.replace("_lc", "lc2"))),
    "held back by a consent tool": ("tag_waits", alone(tag=TAG.replace("async", 'type="text/plain"'))),
    "script-src": ("tag_blocked_by_csp", alone(content_security_policy="script-src https://cdn.example.com 'unsafe-inline'")),
    "default-src": ("tag_blocked_by_csp", alone(content_security_policy="default-src 'none'; connect-src *; form-action *")),
    "strict-dynamic": ("tag_blocked_by_csp", alone(content_security_policy="script-src 'self' 'strict-dynamic' 'nonce-abc'")),
    "connect-src in a meta": ("answer_blocked_by_csp", alone(head='<meta http-equiv="Content-Security-Policy" content="connect-src https://api.example.com">')),
    "form-action": ("form_blocked_by_csp", alone(content_security_policy="form-action 'none'")),
    "sandbox": ("sandboxed", alone(content_security_policy="sandbox allow-forms")),
    "another visitor's click id": ("baked_in_parameters", alone(form=hidden("gclid", "Cj0Other"), age="120")),
    "another visitor's click id in a form's address": ("baked_in_parameters", alone(form=FORM.replace(SOURCE, f"{SOURCE}?gclid=Cj0Other"))),
    "another visitor's UTMs": ("baked_in_parameters", alone(more='<a href="/next?utm_source=newsletter">on</a>', x_cache="HIT")),
    "another visitor's token": ("baked_in_token", alone(form=hidden("_token", "abcd"), age="9")),
    "form for another system": ("form_elsewhere", alone(form=FORM.replace(f"/_lc/f/{SOURCE}", "https://crm.example.com/in"))),
    "form of another capture": ("form_wrong_capture", alone(form=FORM.replace(SOURCE, OTHER))),
    "form by GET": ("form_by_get", alone(form=FORM.replace("post", "get"))),
    "a field without a name": ("field_without_name", alone(form=FORM.replace("</form>", "<input type=tel></form>"))),
    "a form in a frame": ("form_in_frame", alone(form='<iframe src="https://acme.typeform.com/to/x"></iframe>')),
    "filling is off": ("fill_off", alone(tag=TAG.replace("async", "async data-fill=off"), form=hidden("gclid"))),
    "no referrer": ("referrer_policy", alone(referrer_policy="no-referrer")),
    "no referrer by meta": ("referrer_policy", alone(head='<meta name="referrer" content="no-referrer">')),
    "consent refused by nobody": ("consent_ignored", alone(tag=TAG.replace("async", "async data-consent=none"), head='<script src="https://consent.cookiebot.com/uc.js"></script>')),
    "service worker": ("service_worker", alone(more="<script>navigator.serviceWorker.register('/sw.js')</script>")),
    "hash routing": ("hash_routing", alone(more='<a href="#/offer">Offer</a>')),
    "the query is taken away": ("query_removed_early", alone(head="<script>history.replaceState({}, '', location.pathname)</script>")),
    "another site's collector": ("cookie_third_party", at("collector.agency.localhost", ("198.51.100.7",))),
    "a CNAME elsewhere": ("cookie_seven_days", at("leads.shop.localhost", ("198.51.100.7",), "lb.cloud.example")),
    "another address": ("cookie_seven_days", at("leads.shop.localhost", ("203.0.113.9",))),
}  # fmt: skip

HEALTHY: dict[str, Site] = {
    "plain": alone(),
    "a redirect that keeps all": moved("/new?{query}"),
    "a redirect with a fragment": moved("/new?{query}#offer", 302),
    "two redirects": Site({"/": (302, {"location": "/b?{query}"}, ""), "/b": (307, {"location": "/new?{query}&lang=de"}, ""), "/new": page()}),
    "a policy that fits": alone(content_security_policy="default-src 'self'; form-action 'self'; script-src 'nonce-abc' 'strict-dynamic'", tag=TAG.replace("async", 'async nonce="abc"')),
    "a policy of hosts": alone(content_security_policy="script-src *.shop.localhost:*; connect-src http://www.shop.localhost:*; form-action 'self'"),
    "subdomain at the same address": at("leads.shop.localhost", ("198.51.9.9",)),
    "subdomain with a CNAME within": at("leads.shop.localhost", ("203.0.113.9",), "lb.shop.localhost"),
    "hidden inputs to fill": alone(form=hidden("gclid") + hidden("utm_source")),
    "our own values": alone(form=hidden("gclid", "TeSt_Click-Id0123456789"), age="3"),
    "a banner that the tag waits for": alone(head='<script src="https://consent.cookiebot.com/uc.js"></script>'),
    "links to others": alone(more='<a href="https://partner.example/?utm_source=shop&gclid=x">x</a><a href="/b?utm_source=menu">b</a>'),
    "an example of an ad": alone(more='<a href="/?utm_source=facebook&fbclid=IwAR0abc">Arrive from Facebook</a>'),
    "a search form": alone(more='<form action="/search"><input name="q"><input></form>'),
    "a film in a frame": alone(more='<iframe src="https://www.youtube.com/embed/x"></iframe>'),
    "a kept page": alone(age="500", x_cache="HIT", referrer_policy="strict-origin-when-cross-origin"),
    "a marked form": alone(form='<form method=post action="https://crm.example.com/in" data-collector><input type=email id=m></form>'),
    "the frozen script": alone(tag=TAG.replace("t.js", "t.v1.js")),
}  # fmt: skip


def serve_sites(sites: dict[str, Site]) -> Starlette:
    """Serve each site under its place in the table: /0/, /1/ ...; the script under /_lc/."""

    async def answer(request: Request) -> Response:
        place, _, rest = request.path_params["path"].partition("/")
        chosen = sites[list(sites)[int(place)]]
        status, headers, body = chosen.pages.get(f"/{rest}", (404, {}, "nothing here"))
        words = _words(request)
        headers = {name: _filled(value, words) for name, value in headers.items()}
        if headers.get("location", "").startswith("/"):
            headers["location"] = f"/{place}{headers['location']}"
        body = _filled(body, words).replace("url=/new", f"url=/{place}/new")
        body = body.replace("'/new'", f"/{place}/new").replace('"/new', f'"/{place}/new')
        kind = headers.pop("content-type", "text/html")
        return Response(body, status, headers, media_type=kind)

    async def script(request: Request) -> Response:
        return Response("'use strict'", media_type="text/javascript")

    return Starlette(
        routes=[
            Route("/_lc/{name}", script),
            Route("/{path:path}", answer),
        ]
    )


def _words(request: Request) -> dict[str, str]:
    query = request.url.query
    click = dict(pair.split("=", 1) for pair in query.split("&") if "=" in pair).get("gclid", "")
    return {
        "query": query,
        "gclid": click,
        "lower": query.lower(),
        "twice": query.replace("%", "%25"),
        "decoded": query.replace("%25", "%"),
        "cut": query.replace(click, click[:10]) if click else query,
        "nested": query.replace("&", "%26").replace("=", "%3D"),
        "port": str(request.url.port),
    }


def _filled(text: str, words: dict[str, str]) -> str:
    for name, value in words.items():
        text = text.replace(f"{{{name}}}", value)
    return text


class Loopback(AbstractResolver):
    """Leads every name to this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Nothing is open."""
