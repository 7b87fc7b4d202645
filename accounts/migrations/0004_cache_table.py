"""A table for what limits attempts, where there is no Redis: all processes count together."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_audit_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE IF NOT EXISTS forum_cache (
                cache_key varchar(255) NOT NULL PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX IF NOT EXISTS forum_cache_expires ON forum_cache (expires);
            """,
            "DROP TABLE IF EXISTS forum_cache",
        ),
    ]
