import cv2
import numpy as np
import pytest

from models_ml.tracking.exceptions import TemplateError
from models_ml.tracking.match_bound import TILE_PX, MatchBound
from models_ml.tracking.matching import PoleMatcher
from models_ml.tracking.videos import decoded_frames


@pytest.fixture(scope="module")
def decoded(oracle):
    return [frame.grey for frame in decoded_frames(oracle[0])]


def whole_frame_best(grey, template):
    matches = cv2.matchTemplate(grey, template, cv2.TM_CCOEFF)
    _, value, _, corner = cv2.minMaxLoc(matches)
    return corner, value


def test_matches_equal_those_of_whacc_in_its_video(oracle, decoded):
    matcher = PoleMatcher(oracle[1]["template_img"])

    found = [matcher.match(grey) for grey in decoded]

    corners = np.array([(match.x, match.y) for match in found])
    assert np.array_equal(corners, oracle[1]["locations_x_y"])
    values = np.array([match.value for match in found])
    assert np.allclose(values, oracle[1]["max_val_stack"], rtol=0, atol=200)
    n_searched_all = sum(match.searched_all for match in found)
    assert 1 <= n_searched_all < len(found)


def test_matches_equal_those_of_whole_frames_if_copies_appear(spots):
    frames, corners = spots(24)
    template = frames[0][28:43, 18:33].copy()
    rng = np.random.default_rng(2)
    matcher = PoleMatcher(template)
    for index, frame in enumerate(frames):
        # A copy of the pole appears far away, fainter or brighter than the pole.
        if index % 5 > 2:
            patch = frame[70:85, 100:115]
            strength = rng.uniform(0.8, 1.2)
            patch[:] = np.clip(template * strength, 0, 255)
        found = matcher.match(frame)

        assert ((found.x, found.y), index) == (
            whole_frame_best(frame, template)[0],
            index,
        )
    assert corners[-1] != (18, 28)


def test_matches_of_noise_equal_those_of_whole_frames():
    rng = np.random.default_rng(3)
    template = rng.integers(0, 256, (9, 14), np.uint8)
    matcher = PoleMatcher(template)
    for _ in range(20):
        frame = rng.integers(0, 256, (75, 101), np.uint8)
        found = matcher.match(frame)

        assert ((found.x, found.y), found.value) == whole_frame_best(frame, template)


def test_match_of_a_black_frame_equals_that_of_the_whole_frame(spots):
    template = spots()[0][0][28:43, 18:33].copy()
    matcher = PoleMatcher(template)
    black = np.zeros((96, 128), np.uint8)
    matcher.match(spots()[0][0])

    found = matcher.match(black)

    assert (found.x, found.y) == whole_frame_best(black, template)[0]
    assert found.score == 0


def test_score_is_the_correlation(decoded, oracle):
    template = oracle[1]["template_img"]

    found = PoleMatcher(template).match(decoded[-1])

    below = decoded[-1][found.y : found.y + 61, found.x : found.x + 61]
    expected = np.corrcoef(below.ravel(), template.ravel())[0, 1]
    assert found.score == pytest.approx(expected, abs=1e-5)


def test_fine_position_follows_a_pole_that_moves_by_tenths_of_a_pixel():
    def picture(x):
        rows, columns = np.mgrid[:80, :100]
        return (
            40 + 150 * np.exp(-((columns - x) ** 2 + (rows - 40) ** 2) / 60)
        ).astype(np.uint8)

    matcher = PoleMatcher(picture(50)[25:56, 35:66].copy())
    truth = np.arange(45, 55, 0.1)

    found = np.array([matcher.match(picture(x)).x_fine for x in truth]) + 15

    assert np.abs(found - truth).max() < 0.1


def test_bound_is_never_below_a_match(decoded, oracle):
    template = oracle[1]["template_img"]
    bound = MatchBound(template)
    reference = cv2.matchTemplate(decoded[70], template, cv2.TM_CCOEFF)
    bound.set_reference(decoded[70], reference)

    for grey in decoded[60:85:4]:
        matches = cv2.matchTemplate(grey, template, cv2.TM_CCOEFF)
        highest = bound.highest(grey)
        everywhere = np.kron(highest, np.ones((TILE_PX, TILE_PX)))
        inside = everywhere[: matches.shape[0], : matches.shape[1]]
        assert (matches <= inside + 200).all()


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        (np.full((5, 5), 7, np.uint8), "every pixel has the grey value 7"),
        (np.zeros((0, 5), np.uint8), "got uint8 of shape"),
        (np.zeros((5, 5)), "got float64 of shape"),
    ],
)
def test_a_template_without_contrast_is_refused(template, sentence):
    with pytest.raises(TemplateError, match=sentence):
        PoleMatcher(template)


def test_a_frame_smaller_than_the_template_is_refused():
    matcher = PoleMatcher(np.eye(20, dtype=np.uint8))

    with pytest.raises(TemplateError, match="smaller than the template of 20x20"):
        matcher.match(np.zeros((10, 40), np.uint8))
