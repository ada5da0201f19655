"""Runbooks: Markdown to a typed model and back, edits that touch nothing else, and the library in service."""
