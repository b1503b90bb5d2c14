"""The commands of `hizmet`, a module a group; bot/cli.py loads the one that was called."""
