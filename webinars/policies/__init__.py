"""Who may do what about webinars, and why not."""
