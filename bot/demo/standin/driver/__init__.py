"""People: act in the workspace as somebody would, and read what they would see."""
