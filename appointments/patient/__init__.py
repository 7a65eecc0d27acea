"""The patient's side: the form, the message, the private page."""
