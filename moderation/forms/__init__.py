"""Input of the moderator’s pages."""
