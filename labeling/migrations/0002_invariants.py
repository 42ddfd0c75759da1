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
CREATE TRIGGER labeling_clip_inside_trial BEFORE INSERT ON labeling_clip
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

UNDO_IN_ITS_LOG = """
CREATE FUNCTION labeling_undo_in_its_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.assignment_id <>
     (SELECT assignment_id FROM labeling_operation WHERE id = NEW.undoes_id) THEN
    RAISE EXCEPTION 'an operation undoes one of another assignment'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labeling_undo_in_its_log BEFORE INSERT ON labeling_operation
FOR EACH ROW WHEN (NEW.undoes_id IS NOT NULL)
EXECUTE FUNCTION labeling_undo_in_its_log();
"""

SCORES_OF_WHOLE_TRIAL = """
CREATE FUNCTION labeling_scores_of_whole_trial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.n_frames <> (SELECT n_frames FROM labeling_trial WHERE id = NEW.trial_id) THEN
    RAISE EXCEPTION 'scores of % frames are not of the whole trial %',
      NEW.n_frames, NEW.trial_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labeling_scores_of_whole_trial BEFORE INSERT OR UPDATE ON labeling_scores
FOR EACH ROW EXECUTE FUNCTION labeling_scores_of_whole_trial();
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
    + never("labeling_clip", events="UPDATE", why="a clip never changes")
    + never("labeling_frame", events="UPDATE", why="a chosen frame never changes")
    + never(
        "labeling_trial",
        events="UPDATE OF session_id, number, first_row, n_frames",
        why="a trial stays where it is in its file",
    )
    + never(
        "labeling_label",
        events="UPDATE OF assignment_id, frame_id",
        why="a label stays with its frame",
    )
    + TRIAL_ROLE
    + INSIDE_TRIAL
    + INSIDE_CLIP
    + UNDO_IN_ITS_LOG
    + SCORES_OF_WHOLE_TRIAL
)

BACKWARD = """
DROP FUNCTION labeling_refuse, labeling_trial_role_stays, labeling_clip_inside_trial,
  labeling_frame_inside_trial, labeling_label_inside_clip, labeling_undo_in_its_log,
  labeling_scores_of_whole_trial CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("labeling", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
