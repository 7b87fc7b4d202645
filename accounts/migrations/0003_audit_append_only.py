"""The database itself keeps the audit trail whole: entries are added and sealed once, and nothing else.

Disabling the trigger takes the table's owner and leaves the seals, which ``manage.py verify_audit`` checks.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.position IS NULL AND NEW.hash = '' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'The audit trail is append-only: an entry is added without a seal.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.position IS NULL AND OLD.hash = '' AND NEW.position > 0 AND NEW.hash ~ '^[0-9a-f]{64}$'
            AND to_jsonb(NEW) - '{position,hash}'::text[] = to_jsonb(OLD) - '{position,hash}'::text[]
        THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'The audit trail is append-only: entry % is sealed once and never changed.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RAISE EXCEPTION 'The audit trail is append-only: % is refused.', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_append_only BEFORE INSERT OR UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_keep_audit();
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON accounts_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_keep_audit();
"""
BACKWARD = """
DROP TRIGGER audit_not_emptied ON accounts_auditentry;
DROP TRIGGER audit_append_only ON accounts_auditentry;
DROP FUNCTION accounts_keep_audit();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_entry_and_terms")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
