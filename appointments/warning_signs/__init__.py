"""Warning signs: what cannot wait for a routine visit."""
