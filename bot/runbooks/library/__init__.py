"""The runbooks in service: loaded, watched, and the last good version of each kept."""
