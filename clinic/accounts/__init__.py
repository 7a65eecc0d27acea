"""Accounts of the staff: signing in, rights, sessions."""
