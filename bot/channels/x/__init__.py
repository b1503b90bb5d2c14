"""X: mentions and direct messages in, answers in public and in private out. The wiring is in `side`."""
