"""What tells advertising from patients."""
