"""What the system does: every change of state goes through here."""
