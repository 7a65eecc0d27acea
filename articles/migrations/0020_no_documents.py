"""Wagtail's documents are not installed any more, and people at the editors' desk have no pictures of themselves.

Nobody has rights to documents; what was put in lies in the folder media/documents and is not served. Their table stays
as it was, so that going back works, but holds nobody's account and no collection back.
"""

from functools import partial

from django.core.files.storage import default_storage
from django.db import migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

DOCUMENTS = "wagtaildocs"
TABLE = "wagtaildocs_document"


def take_away(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Their kind stays: what was done with them stands in Wagtail's log."""
    kinds = apps.get_model("contenttypes", "ContentType").objects.filter(app_label=DOCUMENTS)
    apps.get_model("auth", "Permission").objects.filter(content_type__in=kinds).delete()
    references = apps.get_model("wagtailcore", "ReferenceIndex").objects
    for name in ("content_type", "base_content_type", "to_content_type"):
        references.filter(**{f"{name}__in": kinds}).delete()
    apps.get_model("wagtailsearch", "IndexEntry").objects.filter(content_type__in=kinds).delete()
    apps.get_model("taggit", "TaggedItem").objects.filter(content_type__in=kinds).delete()
    with schema_editor.connection.cursor() as cursor:
        if TABLE in schema_editor.connection.introspection.table_names(cursor):
            root = "SELECT MIN(id) FROM wagtailcore_collection WHERE depth = 1"
            cursor.execute(f"UPDATE {TABLE} SET uploaded_by_user_id = NULL, collection_id = ({root})")  # noqa: S608 our words


def take_away_avatars(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """With their files."""
    profiles = apps.get_model("wagtailusers", "UserProfile").objects.exclude(avatar="")
    for file in profiles.values_list("avatar", flat=True):
        transaction.on_commit(partial(default_storage.delete, file))
    profiles.update(avatar="")


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0012_editors_may_lock"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("taggit", "0005_auto_20220424_2025"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("wagtailsearch", "0010_add_text_fields"),
        ("wagtailusers", "0015_userprofile_keyboard_shortcuts"),
    ]
    operations = [
        migrations.RunPython(take_away, migrations.RunPython.noop),
        migrations.RunPython(take_away_avatars, migrations.RunPython.noop),
    ]
