"""The real engine with a database and a clock of its own: chat, replay, simulate, bench and the tests run on it."""
