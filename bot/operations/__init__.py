"""What keeps the system running: logs, health, metrics, doctor, backup."""
