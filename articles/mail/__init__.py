"""Mails to editors and reviewers."""
