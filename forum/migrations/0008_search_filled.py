"""Let search find what was written before it."""

from django.db import migrations

# What was there before; an update that changes nothing brings topics and entries in.
FILL = """
SELECT count(forum_search_add_post(post)) FROM forum_post AS post;
SELECT count(forum_search_add_parts(post_id, NULL, NULL))
FROM (SELECT post_id FROM forum_posttranslation UNION SELECT post_id FROM forum_attachment) AS parts;
UPDATE forum_topic SET id = id;
UPDATE forum_libraryentry SET id = id;
"""


class Migration(migrations.Migration):
    dependencies = [("forum", "0007_search")]

    operations = [migrations.RunSQL(FILL, "TRUNCATE forum_searchdocument")]
