"""A runbook or an entry as Markdown, and minimal edits that touch nothing else."""
