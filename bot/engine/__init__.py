"""The Rasa agent as the dialogue engine."""
