"""Change sets: made, found again, read, judged, deleted."""
