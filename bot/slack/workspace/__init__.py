"""The workspace behind the app: its Web API, its channels, people and groups, and doing a thing once in it."""
