"""The rule table: every rule of lint, in the order of its id. To add one, write it beside its kin and list it here."""

from __future__ import annotations

from bot.runbooks.lint import contacts, craft, entries, health, history, links, prose, shape, signs, silence, undo
from bot.runbooks.lint.rule import Rule

RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        shape.six_sections,
        shape.neighbours,
        health.dashboard,
        health.few_metrics,
        health.bands,
        entries.ids,
        entries.thresholds,
        entries.steps,
        entries.verification,
        entries.escalation,
        contacts.phones,
        contacts.names_and_numbers,
        contacts.order_and_purpose,
        contacts.beyond_on_call,
        undo.conditions,
        undo.one_command,
        undo.authority,
        undo.state,
        history.change_log,
        prose.nothing_left_open,
        silence.silences,
        signs.number_of_modes,
        craft.expectation,
        craft.executable,
        craft.few_steps,
        craft.waits,
        signs.signals,
        signs.ambiguity,
        signs.severity_and_cause,
        signs.owned_and_drilled,
        history.fresh_log,
        prose.no_lecture,
        shape.no_onboarding,
        shape.short,
        craft.destruction,
        links.still_there,
        history.reviewed,
    )
}
