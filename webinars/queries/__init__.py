"""What the pages of webinars show."""
