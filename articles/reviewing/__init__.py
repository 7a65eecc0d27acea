"""The medical review: who may make which text public, and what has changed in it."""
