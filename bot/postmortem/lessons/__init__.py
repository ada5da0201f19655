"""The lesson: what an incident changes in its runbook, as a minimal diff."""
