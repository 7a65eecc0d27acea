"""The patient's own page, behind its link and a second fact."""
