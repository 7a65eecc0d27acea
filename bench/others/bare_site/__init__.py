"""The least that Django can do for a POST: one row, saved."""
