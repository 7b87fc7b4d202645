"""Posts are counted over a year, and found that are held, without reading their texts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forum", "0010_activity_catalogue")]

    operations = [
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["posted_at"], include=["author", "state", "discussion"], name="post_counted"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(condition=models.Q(("state", "held")), fields=["discussion"], name="post_held"),
        ),
    ]
