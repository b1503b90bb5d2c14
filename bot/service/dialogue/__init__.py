"""The conversation: what a message means where it stands (moves), and what the assistant does about it (steps)."""
