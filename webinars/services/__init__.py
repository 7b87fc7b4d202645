"""What changes webinars."""
