"""A page as a browser would read it: scripts, forms with their controls, frames, metas.

Read by lexbor (selectolax), which builds the tree by the HTML standard: forms broken by tables and
unclosed tags belong to what browsers think they belong to. The standard library's parser only
tokenizes, and html5lib, which builds the tree too, is slow and no longer kept.
"""

from __future__ import annotations

from urllib.parse import urljoin

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from collector.domain.said import Said

_CONTROLS = "input, select, textarea"
_LONGEST = 80
_UNSENT = frozenset({"submit", "button", "reset", "image"})


class Tag(msgspec.Struct, frozen=True):
    """An element: its attributes as written, and the text within where it is a script."""

    name: str
    attributes: dict[str, str]
    text: str = ""

    def get(self, name: str) -> str:
        """Read an attribute; empty where there is none."""
        return self.attributes.get(name, "").strip()


class Form(msgspec.Struct, frozen=True):
    """A form and the controls that are sent with it; labels count as names."""

    tag: Tag
    action: str
    controls: tuple[Tag, ...]
    labelled: frozenset[str] = frozenset()

    @property
    def wants_person(self) -> bool:
        """Whether it asks for an e-mail address or a phone number: a lead form."""
        return any(_asks_for_person(control) for control in self.controls)

    @property
    def title(self) -> Said:
        """Name the form in a report."""
        named = self.tag.get("id") or self.tag.get("name") or self.tag.get("class")
        if named:
            return Said("form {name}", name=named[:_LONGEST])
        return Said("form to {address}", address=self.action.partition("?")[0][:_LONGEST])


class Page(msgspec.Struct, frozen=True):
    """What the rules look at; addresses are absolute."""

    url: str
    html: str
    scripts: tuple[Tag, ...]
    forms: tuple[Form, ...]
    frames: tuple[str, ...]
    metas: tuple[Tag, ...]
    links: tuple[str, ...]
    words: int

    def meta(self, kind: str, name: str) -> list[str]:
        """Read the contents of metas such as `http-equiv` refresh or `name` referrer."""
        found = [meta for meta in self.metas if meta.get(kind).lower() == name]
        return [meta.get("content") for meta in found]

    def absolute(self, address: str) -> str:
        """Resolve an address of the page; what is none is left as it is."""
        return absolute(self.url, address)


def absolute(base: str, address: str) -> str:
    """Resolve an address against another; what is none is left as it is."""
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return address


def read_page(url: str, html: str) -> Page:
    """Read a page that came from `url`."""
    tree = LexborHTMLParser(html)
    base = tree.css_first("base[href]")
    at = absolute(url, base.attributes.get("href") or "") if base else url
    frames = [absolute(at, tag.get("src")) for tag in _tags(tree, "iframe[src], frame[src]")]
    links = [absolute(at, tag.get("href")) for tag in _tags(tree, "a[href], link[href]")]
    scripts = tuple(_tag(node, with_text=True) for node in tree.css("script"))
    forms = tuple(_form(node, at) for node in tree.css("form"))
    metas = tuple(_tags(tree, "meta"))
    return Page(url, html, scripts, forms, tuple(frames), metas, tuple(links), _words(tree))


def _words(tree: LexborHTMLParser) -> int:
    for node in tree.css("script, style, noscript"):
        node.decompose()
    return len(tree.body.text(separator=" ").split()) if tree.body else 0


def _tags(tree: LexborHTMLParser, selector: str) -> list[Tag]:
    return [_tag(node) for node in tree.css(selector)]


def _tag(node: LexborNode, *, with_text: bool = False) -> Tag:
    attributes = {name.lower(): value or "" for name, value in node.attributes.items()}
    return Tag(node.tag or "", attributes, (node.text() or "") if with_text else "")


def _form(node: LexborNode, base: str) -> Form:
    controls = [_tag(control) for control in node.css(_CONTROLS)]
    sent = tuple(one for one in controls if one.get("type").lower() not in _UNSENT)
    labels = frozenset(_tag(label).get("for") for label in node.css("label[for]"))
    tag = _tag(node)
    return Form(tag, absolute(base, tag.get("action")), sent, labels)


def _asks_for_person(control: Tag) -> bool:
    if control.get("type").lower() in {"email", "tel"}:
        return True
    named = f"{control.get('name')} {control.get('id')}".lower()
    return any(word in named for word in ("mail", "phone", "telefon", "tel"))
