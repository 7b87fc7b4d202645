"""What is done about what participants say."""

from moderation.models.weekly import WeeklyTopic

__all__ = ["WeeklyTopic"]
