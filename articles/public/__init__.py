"""What readers ask for: pages, what they may ask, and feeds."""
