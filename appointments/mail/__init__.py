"""Mails: their texts, when they are owed, and how they are sent."""
