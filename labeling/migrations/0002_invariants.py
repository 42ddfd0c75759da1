"""What no constraint can say, as triggers: valid for PostgreSQL 15 and later."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION labeling_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0]
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def never(table: str, *, events: str, why: str) -> str:
    return f"""
CREATE TRIGGER {table}_never_changes BEFORE {events} ON {table}
FOR EACH ROW EXECUTE FUNCTION labeling_refuse('{why}');
"""


TRIAL_ROLE = """
CREATE FUNCTION labeling_trial_role_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'trial % keeps its role %: a role is drawn once', OLD.id, OLD.role
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER labeling_trial_role_stays BEFORE UPDATE OF role ON labeling_trial
FOR EACH ROW WHEN (OLD.role <> '' AND NEW.role IS DISTINCT FROM OLD.role)
EXECUTE FUNCTION labeling_trial_role_stays();
"""

INSIDE_TRIAL = """
CREATE FUNCTION labeling_clip_inside_trial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.stop > (SELECT n_frames FROM labeling_trial WHERE id = NEW.trial_id) THEN
    RAISE EXCEPTION 'clip [%, %) leaves its trial %', NEW.start, NEW.stop, NEW.trial_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labeling_clip_inside_trial BEFORE INSERT OR UPDATE ON labeling_clip
FOR EACH ROW EXECUTE FUNCTION labeling_clip_inside_trial();

CREATE FUNCTION labeling_frame_inside_trial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM added JOIN labeling_trial t ON t.id = added.trial_id
             WHERE added.index >= t.n_frames) THEN
    RAISE EXCEPTION 'a frame lies behind the end of its trial'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER labeling_frame_inside_trial AFTER INSERT ON labeling_frame
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION labeling_frame_inside_trial();
"""

INSIDE_CLIP = """
CREATE FUNCTION labeling_label_inside_clip() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM added
    JOIN labeling_frame f ON f.id = added.frame_id
    JOIN labeling_assignment a ON a.id = added.assignment_id
    JOIN labeling_clip c ON c.id = a.clip_id
    WHERE f.trial_id <> c.trial_id OR f.index < c.start OR f.index >= c.stop
  ) THEN
    RAISE EXCEPTION 'a label lies outside the clip of its assignment'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER labeling_label_inside_clip AFTER INSERT ON labeling_label
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION labeling_label_inside_clip();
"""

FORWARD = (
    REFUSE
    + never("labeling_operation", events="UPDATE OR DELETE", why="the log only grows")
    + never(
        "labeling_backbone", events="UPDATE OR DELETE", why="a backbone never changes"
    )
    + never(
        "labeling_modelversion",
        events="UPDATE OR DELETE",
        why="a model version never changes",
    )
    + never(
        "labeling_labelsnapshot",
        events="UPDATE OR DELETE",
        why="a snapshot never changes",
    )
    + never("labeling_frame", events="UPDATE", why="a chosen frame never changes")
    + TRIAL_ROLE
    + INSIDE_TRIAL
    + INSIDE_CLIP
)

BACKWARD = """
DROP FUNCTION labeling_refuse, labeling_trial_role_stays, labeling_clip_inside_trial,
  labeling_frame_inside_trial, labeling_label_inside_clip CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("labeling", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
