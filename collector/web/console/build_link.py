"""The builder of campaign links: a form sent by GET, so that its address can be shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from collector.domain.errors import InputError
from collector.domain.link_build import ORDER, blanks_of, build_link
from collector.domain.link_lint import LintedLink, lint_link
from collector.domain.link_rules import LinkRules
from collector.domain.link_values import holds_placeholder
from collector.domain.said import Said
from collector.storage.link_rules import read_link_rules
from collector.web.answer import Answer
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.visit import Visit
from collector.web.qr import QrCode, qr_code

LONGEST_PAGE: Final = 2_000
MOST_IN_A_CODE: Final = 2_000
"""A QR code of error correction M holds 2,331 bytes; long before that no phone reads it."""
BLANK: Final = "blank."
"""What begins the name of an input that fills a template's blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A link, what the linter says of it, and its QR code unless a platform completes it."""

    linted: LintedLink
    qr: QrCode | None

    @property
    def link(self) -> str:
        """The link itself."""
        return self.linted.link


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a link is to be built of, as the form says it."""

    page: str
    template: str
    values: dict[str, str]
    blanks: dict[str, str]

    def build(self, rules: LinkRules) -> Built:
        """Build the link. Raises InputError naming the input at fault."""
        if not self.page or len(self.page) > LONGEST_PAGE:
            raise InputError(
                "write the whole address of a page, such as https://www.example.com/offer",
                field="page",
            )
        link = build_link(
            self.page,
            rules,
            template=self.template or None,
            values={name: value for name, value in self.values.items() if value},
            blanks=self.blanks,
        )
        completed = any(map(holds_placeholder, self.templated(rules).values()))
        allowed = rules.allow_placeholders or completed
        linted = lint_link(link, msgspec.structs.replace(rules, allow_placeholders=allowed))
        drawn = len(link.encode()) <= MOST_IN_A_CODE and not holds_placeholder(link)
        return Built(linted=linted, qr=qr_code(link) if drawn else None)

    def templated(self, rules: LinkRules) -> dict[str, str]:
        """Give the template's values that the form leaves as they are, blanks filled or not."""
        values = rules.templates.get(self.template, {})
        return {
            name: value
            for name, value in values.items()
            if not self.values.get(name.removeprefix("utm_"))
        }

    def missing(self, rules: LinkRules) -> dict[str, str]:
        """Name the template's blanks, and what fills each."""
        return {name: self.blanks.get(name, "") for name in blanks_of(self.templated(rules))}


class BuildLink(ConsoleEndpoint):
    """`/console/links`: keeps nothing, so that everybody who may look may build."""

    async def show(self, visit: Visit) -> Answer:
        """Show the form, and the link as far as it can be built."""
        rules = await visit.services.store.read(read_link_rules)
        order = _order(visit)
        blanks, built, error = order.missing(rules), None, None
        begun = bool(order.page or order.template or any(order.values.values()))
        if begun and all(blanks.values()):
            try:
                built = order.build(rules)
            except InputError as wrong:
                error = wrong
        return visit.page(
            "build_link",
            order=order,
            names=ORDER,
            templates=list(rules.templates),
            templated=order.templated(rules),
            more={name: one for name, one in order.templated(rules).items() if _is_more(name)},
            blanks=blanks,
            known={"source": list(rules.sources), "medium": list(rules.mediums)},
            begun=begun,
            built=built,
            error=error,
            cure=lambda one: Said(one.cure),
        )


def _order(visit: Visit) -> Order:
    blanks = {
        name.removeprefix(BLANK): value.strip()
        for name, value in visit.query
        if name.startswith(BLANK) and value.strip()
    }
    return Order(
        page=visit.asked("page").strip(),
        template=visit.asked("template"),
        values={name: visit.asked(name).strip() for name in ORDER},
        blanks=blanks,
    )


def _is_more(name: str) -> bool:
    """Whether a template's parameter has no input of its own in the form."""
    return name.removeprefix("utm_") not in ORDER
