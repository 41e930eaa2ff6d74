"""Files, locks, worker processes."""
