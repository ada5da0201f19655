"""Markdown to a typed runbook, with the line of everything."""
