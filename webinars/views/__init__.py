"""The pages of webinars."""
