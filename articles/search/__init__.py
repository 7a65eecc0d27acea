"""Finding an article in the words people type."""
