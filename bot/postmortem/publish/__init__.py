"""Where a proposed runbook change goes: a file, a local git branch, a GitHub pull request.

All three take a `Change`, do the same work however often they are asked, and answer with `Published`.
"""
