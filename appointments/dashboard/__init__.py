"""The dashboard: how quickly patients were called, and what came of it."""
