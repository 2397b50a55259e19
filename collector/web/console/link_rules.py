"""Naming rules: which sources and mediums links may name, how values are spelt, own templates."""

from __future__ import annotations

from typing import Any, Final, cast, get_args

from collector.domain.errors import InputError
from collector.domain.link_rules import Case, LinkRules, Separator
from collector.domain.link_rules_text import (
    parse_spellings,
    parse_template,
    render_spellings,
    render_template,
)
from collector.domain.link_templates import TEMPLATES
from collector.storage.link_rules import (
    DeleteTemplate,
    SaveLinkRules,
    SaveTemplate,
    own_templates,
    read_link_rules,
)
from collector.web.answer import Answer
from collector.web.console.captures import require_all_captures
from collector.web.console.endpoint import ConsoleEndpoint
from collector.web.console.visit import Visit

CASES: Final = get_args(Case)
SEPARATORS: Final = get_args(Separator)
_TEXTS: Final = ("case", "separator", "sources", "mediums")


class LinkRulesPage(ConsoleEndpoint):
    """`/console/links/rules`: everybody reads them; they belong to no capture alone."""

    methods = ("GET", "HEAD", "POST")

    async def show(self, visit: Visit) -> Answer:
        """Show the rules, and the templates; one of them as it could be changed."""
        return await _page(visit, await _given(visit))

    async def act(self, visit: Visit) -> Answer:
        """Keep the rules, or say what is wrong with them. Raises RoleRefused."""
        require_all_captures(visit)
        given: dict[str, Any] = {name: visit.said(name) for name in _TEXTS}
        given["allow_placeholders"] = bool(visit.said("allow_placeholders"))
        try:
            write = SaveLinkRules(rules=_rules_of(given), now=visit.now)
            await visit.write(write, "link.rules", "rules")
        except InputError as error:
            return await _page(visit, given, status=422, error=error)
        return visit.redirect("/links/rules?said=saved")


class LinkTemplates(ConsoleEndpoint):
    """`/console/links/templates`: keep one."""

    methods = ("POST",)

    async def act(self, visit: Visit) -> Answer:
        """Keep a template, or say what is wrong with it. Raises RoleRefused."""
        require_all_captures(visit)
        made = {"name": visit.said("name").strip(), "lines": visit.said("lines")}
        try:
            write = SaveTemplate(
                name=made["name"], values=parse_template(made["lines"]), now=visit.now
            )
            await visit.write(write, "link.template.save", made["name"])
        except InputError as error:
            given = await _given(visit)
            return await _page(visit, given, status=422, template=made, template_error=error)
        return visit.redirect("/links/rules?said=template")


class ForgetTemplate(ConsoleEndpoint):
    """`/console/links/templates/{template}/delete`."""

    methods = ("POST",)

    async def act(self, visit: Visit) -> Answer:
        """Forget it. Raises RoleRefused."""
        require_all_captures(visit)
        name = visit.path["template"]
        await visit.write(DeleteTemplate(name=name), "link.template.delete", name)
        return visit.redirect("/links/rules")


def _rules_of(given: dict[str, Any]) -> LinkRules:
    """Read the form. Raises InputError."""
    for name, choices in (("case", CASES), ("separator", SEPARATORS)):
        if given[name] not in choices:
            raise InputError("this is not one of the choices", field=name)
    return LinkRules(
        case=cast("Case", given["case"]),
        separator=cast("Separator", given["separator"]),
        sources=parse_spellings(given["sources"], "sources"),
        mediums=parse_spellings(given["mediums"], "mediums"),
        allow_placeholders=given["allow_placeholders"],
    )


async def _given(visit: Visit) -> dict[str, Any]:
    """Write the stored rules as the form has them."""
    rules = await visit.services.store.read(read_link_rules)
    return {
        "case": rules.case,
        "separator": rules.separator,
        "sources": render_spellings(rules.sources),
        "mediums": render_spellings(rules.mediums),
        "allow_placeholders": rules.allow_placeholders,
    }


async def _page(
    visit: Visit,
    given: dict[str, Any],
    status: int = 200,
    template: dict[str, str] | None = None,
    **more: Any,
) -> Answer:
    own = await visit.services.store.read(own_templates)
    every = {name: dict(values) for name, values in TEMPLATES.items()} | own
    opened = visit.asked("template")
    chosen = {"name": opened, "lines": render_template(every.get(opened, {}))}
    return visit.page(
        "link_rules",
        status=status,
        given=given,
        cases=CASES,
        separators=SEPARATORS,
        own=own,
        templates=every,
        template=template or chosen,
        said=visit.asked("said"),
        may=visit.user.is_at_least("editor") and visit.user.source_ids is None,
        **{"error": None, "template_error": None, **more},
    )
