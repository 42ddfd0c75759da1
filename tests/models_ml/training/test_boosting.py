from dataclasses import replace

from models_ml.touches.evaluation import errors_at_best_threshold


def test_training_stops_on_touch_count_errors_of_the_validation_trials(data, start):
    values = []

    result = data.boost(start, on_round=lambda number, value: values.append(value))

    scores = result.classifier.scores(data.validation_features[0])
    n_errors, n_touches = errors_at_best_threshold(data.validation_labels, [scores])
    assert result.value == min(values)
    assert result.classifier.n_trees == values.index(min(values)) + 1
    assert 0 <= result.value - n_errors / n_touches < 1e-2


def test_unlabelled_validation_frames_do_not_decide_when_training_stops(data, start):
    labels = data.validation_labels[0].copy()
    labels[:100] = -1
    changed = data.validation_features[0].copy()
    changed[:90] *= -5

    one, other = (
        replace(
            data,
            validation_features=[features],
            validation_labels=[labels],
        ).boost(start)
        for features in (data.validation_features[0], changed)
    )

    assert (one.value, one.classifier.text) == (other.value, other.classifier.text)
