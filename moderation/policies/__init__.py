"""Who may do what in moderation, and why not."""
