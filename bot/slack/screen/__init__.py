"""The screen: brings the messages and files of an incident to its newest state."""
