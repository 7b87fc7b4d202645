from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def hear_of_topics(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Following a room has meant being told of its topics; that is now one of the levels."""
    apps.get_model("forum", "Follow").objects.filter(room__isnull=False).update(level="topics")


class Migration(migrations.Migration):
    dependencies = [("forum", "0005_reading_writing_library")]

    operations = [migrations.RunPython(hear_of_topics, migrations.RunPython.noop)]
