"""What people do in Slack: parsed, asked of the desk, answered in the acknowledgement."""
