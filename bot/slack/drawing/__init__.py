"""What people see, drawn: pure functions of the state. Nothing here calls Slack or reads a clock."""
