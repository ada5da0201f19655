"""Is this runbook production-grade? Rules, silences and the six questions, as pure functions of a file's bytes."""

from __future__ import annotations

from bot.runbooks.lint.judge import Report, Silenced, links_of, lint
from bot.runbooks.lint.page import Options
from bot.runbooks.lint.readiness import Answer, readiness
from bot.runbooks.lint.rule import Example, Rule
from bot.runbooks.lint.table import RULES

__all__ = ["RULES", "Answer", "Example", "Options", "Report", "Rule", "Silenced", "links_of", "lint", "readiness"]
