"""What runs before the packages are there: with Python alone."""
