"""The database announces each new post itself, so that no writer of posts can forget to."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION forum_announce_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('forum_posts', discussion.id || ':' || discussion.topic_id || ':' || discussion.room_id)
    FROM forum_discussion AS discussion WHERE discussion.id = NEW.discussion_id;
    RETURN NULL;
END $$;
CREATE TRIGGER forum_post_announced AFTER INSERT ON forum_post
    FOR EACH ROW EXECUTE FUNCTION forum_announce_post();
"""
BACKWARD = """
DROP TRIGGER forum_post_announced ON forum_post;
DROP FUNCTION forum_announce_post();
"""


class Migration(migrations.Migration):
    dependencies = [("forum", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
