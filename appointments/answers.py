"""One place for each answer of the form."""
