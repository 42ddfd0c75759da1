from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def mark_demo_sessions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Mark sessions whose animal is "simulated", as the demo imported its sessions."""
    sessions = apps.get_model("labeling", "Session").objects
    sessions.filter(animal="simulated").update(is_simulated=True)


class Migration(migrations.Migration):
    """Store whether a session is simulated."""

    dependencies = [
        ("labeling", "0021_backbone_lineage"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="is_simulated",
            field=models.BooleanField(
                default=False,
                editable=False,
                help_text="The session file has the mark of the simulator.",
            ),
        ),
        migrations.RunPython(mark_demo_sessions, migrations.RunPython.noop),
    ]
