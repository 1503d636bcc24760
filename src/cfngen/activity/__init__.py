"""CloudTrail's log files -> who did what."""
