import resource
import subprocess
import sys

import av
import numpy as np
import pytest

from models_ml.tracking.crops import cut
from models_ml.tracking.exceptions import VideoError
from models_ml.tracking.tracked_video import (
    FrameState,
    TrackingSettings,
    read_tracked_video,
    track_video,
)
from models_ml.tracking.videos import decoded_frames


@pytest.fixture
def settings(oracle):
    return TrackingSettings(template=oracle[1]["template_img"], crop_px=(61, 61))


@pytest.fixture
def spot_settings(spots):
    return TrackingSettings(template=spots()[0][0][28:43, 18:33].copy(), crop_px=(9, 9))


def test_the_video_of_whacc_is_tracked_as_in_whacc(oracle, settings, tmp_path):
    video, whacc = oracle

    track_video(video, tmp_path / "9", settings)
    tracked = read_tracked_video(video, tmp_path / "9", settings)

    corners = tracked.records["corner"]
    assert np.array_equal(corners, whacc["locations_x_y"])
    # Crops of grey video from the same pixels as WhACC's: every grey value is equal.
    assert np.array_equal(tracked.crops[::4], whacc["images"])
    for frame in decoded_frames(video):
        crop = cut(frame.grey, tuple(corners[frame.index]), (61, 61))
        assert np.array_equal(tracked.crops[frame.index], crop)


def test_positions_are_as_exact_as_those_of_whacc(oracle, settings, tmp_path):
    video, whacc = oracle
    truth = whacc["pole_truth_xy"]
    is_inside = (truth >= 30).all(axis=1) & (truth < (640 - 30, 480 - 30)).all(axis=1)
    track_video(video, tmp_path / "9", settings)
    records = read_tracked_video(video, tmp_path / "9", settings).records

    def mean_distance(corners):
        return np.linalg.norm(corners + 30 - truth, axis=1)[is_inside].mean()

    assert is_inside.sum() > 40
    assert mean_distance(records["corner"]) <= mean_distance(whacc["locations_x_y"])
    assert mean_distance(records["fine"]) < mean_distance(whacc["locations_x_y"])


def test_a_pole_outside_the_picture_is_marked(oracle, settings, tmp_path):
    video, whacc = oracle
    track_video(video, tmp_path / "9", settings)
    states = read_tracked_video(video, tmp_path / "9", settings).records["state"]

    y = whacc["pole_truth_xy"][:, 1]
    assert set(states[y > 500]) == {FrameState.POLE_OUT}
    assert set(states[y < 449]) == {FrameState.TRACKED}


def test_frames_that_cannot_be_decoded_are_marked(
    tmp_path, write_video, spots, spot_settings
):
    path = write_video(
        tmp_path / "a.avi", spots()[0], codec="mjpeg", pix_fmt="yuvj420p"
    )
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux() if packet.size]
    for broken in (0, 5, 6):
        start = data.find(bytes(packets[broken]))
        data[start : start + packets[broken].size] = bytes(packets[broken].size)
    path.write_bytes(data)

    track_video(path, tmp_path / "a", spot_settings)
    tracked = read_tracked_video(path, tmp_path / "a", spot_settings)

    is_damaged = tracked.records["state"] == FrameState.DAMAGED
    assert np.flatnonzero(is_damaged).tolist() == [0, 5, 6]
    assert np.isnan(tracked.records["value"]).tolist() == is_damaged.tolist()
    assert np.array_equal(tracked.crops[0], tracked.crops[1])
    assert np.array_equal(tracked.crops[6], tracked.crops[4])
    assert tracked.records["corner"][7].tolist() == [42, 38]


def test_a_video_without_a_decodable_frame_is_refused(
    tmp_path, write_video, spots, spot_settings
):
    path = write_video(
        tmp_path / "a.avi", spots()[0][:2], codec="mjpeg", pix_fmt="yuvj420p"
    )
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux() if packet.size]
    for packet in packets:
        start = data.find(bytes(packet))
        data[start : start + packet.size] = bytes(packet.size)
    path.write_bytes(data)

    with pytest.raises(VideoError, match=r"None of the 2 frames of a.avi can"):
        track_video(path, tmp_path / "a", spot_settings)
    assert list(tmp_path.iterdir()) == [path]


def test_a_stored_result_is_valid_for_its_video_and_settings_only(
    tmp_path, write_video, spots, spot_settings
):
    path = write_video(tmp_path / "a.mp4", spots()[0])
    other = TrackingSettings(template=spot_settings.template, crop_px=(7, 7))
    assert read_tracked_video(path, tmp_path / "a", spot_settings) is None
    track_video(path, tmp_path / "a", spot_settings)

    assert read_tracked_video(path, tmp_path / "a", spot_settings) is not None
    assert read_tracked_video(path, tmp_path / "a", other) is None
    (tmp_path / "a.crops").write_bytes(b"half")
    assert read_tracked_video(path, tmp_path / "a", spot_settings) is None
    (tmp_path / "a.npz").write_bytes(b"PK")
    assert read_tracked_video(path, tmp_path / "a", spot_settings) is None


FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from models_ml.tracking.tracked_video import TrackingSettings, track_video
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
with np.load(sys.argv[3]) as file:
    settings = TrackingSettings(template=file["template_img"], crop_px=(61, 61))
try:
    track_video(Path(sys.argv[1]), Path(sys.argv[2]), settings)
except OSError as error:
    print(error.errno)
"""


def test_a_full_disk_leaves_no_file(oracle, tmp_path):
    video = oracle[0]
    script = [sys.executable, "-c", FULL_DISK, video, tmp_path / "part"]

    found = subprocess.run(
        [*script, video.with_name("whacc.npz")],
        capture_output=True,
        text=True,
        check=True,
    )

    assert found.stdout == "27\n"
    assert list(tmp_path.iterdir()) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
