"""What the practice settles for itself in Django's admin."""
