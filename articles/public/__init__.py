"""What readers ask for: pages, their questions, feeds, and addresses of before."""
