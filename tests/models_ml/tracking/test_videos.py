import shutil
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from models_ml.tracking.exceptions import VideoError
from models_ml.tracking.videos import decoded_frames, read_facts


def frames_of_opencv(path):
    video = cv2.VideoCapture(str(path))
    while (answer := video.read())[0]:
        yield cv2.cvtColor(answer[1], cv2.COLOR_BGR2GRAY)


def test_facts_of_a_video_are_read(oracle):
    facts = read_facts(oracle[0])

    assert (facts.width, facts.height) == (640, 480)
    assert (facts.n_frames, facts.rate_hz, facts.codec) == (113, 25.0, "h264")


@pytest.mark.parametrize(
    ("suffix", "codec", "pix_fmt"),
    [
        (".mp4", "libx264", "yuv420p"),
        (".mp4", "libx264", "yuvj420p"),
        (".mp4", "libx264", "yuv444p"),
        (".mp4", "mpeg4", "yuv420p"),
        (".avi", "mjpeg", "yuvj420p"),
        (".avi", "rawvideo", "gray"),
        (".mkv", "ffv1", "gray"),
    ],
)
def test_grey_frames_equal_those_of_opencv(
    tmp_path, write_video, spots, suffix, codec, pix_fmt
):
    path = write_video(
        tmp_path / f"v{suffix}", spots()[0], codec=codec, pix_fmt=pix_fmt
    )

    ours = [frame.grey for frame in decoded_frames(path)]
    theirs = list(frames_of_opencv(path))

    assert len(ours) == len(theirs) == 12
    assert all(map(np.array_equal, ours, theirs))


def test_grey_frames_of_a_colour_video_equal_those_of_opencv(tmp_path, write_video):
    rng = np.random.default_rng(1)
    pictures = [np.kron(rng.integers(0, 256, (8, 8, 3), np.uint8), np.ones((8, 8, 1)))]
    path = write_video(tmp_path / "v.mp4", [pictures[0].astype(np.uint8)])

    (ours,) = decoded_frames(path)
    (theirs,) = frames_of_opencv(path)

    assert np.array_equal(ours.grey, theirs)


def test_a_frame_that_cannot_be_decoded_does_not_move_the_others(
    tmp_path, write_video, spots
):
    whole = write_video(
        tmp_path / "whole.avi", spots()[0], codec="mjpeg", pix_fmt="yuvj420p"
    )
    data = bytearray(whole.read_bytes())
    with av.open(str(whole)) as container:
        packets = [packet for packet in container.demux() if packet.size]
    start = data.find(bytes(packets[5]))
    data[start : start + packets[5].size] = bytes(packets[5].size)
    broken = tmp_path / "broken.avi"
    broken.write_bytes(data)

    good = list(decoded_frames(whole))
    found = list(decoded_frames(broken))

    assert [frame.index for frame in found] == list(range(12))
    assert [frame.index for frame in found if frame.damaged] == [5]
    assert found[5].grey is None
    assert all(
        np.array_equal(found[place].grey, good[place].grey)
        for place in range(12)
        if place != 5
    )


def test_a_truncated_video_has_its_undamaged_frames(tmp_path, write_video, spots):
    whole = write_video(
        tmp_path / "whole.mp4",
        spots()[0],
        codec="mjpeg",
        pix_fmt="yuvj420p",
        movflags="faststart",
    )
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])

    good = list(decoded_frames(whole))
    found = [frame for frame in decoded_frames(cut) if not frame.damaged]

    assert read_facts(cut).n_frames == 12
    assert 5 <= len(found) < 12
    assert [frame.index for frame in found] == list(range(len(found)))
    assert all(np.array_equal(frame.grey, good[frame.index].grey) for frame in found)


def test_a_video_without_its_index_is_refused(oracle, tmp_path):
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(oracle[0].read_bytes()[:100_000])

    with pytest.raises(
        VideoError, match=r"cut.mp4 is not a video, or its end is missing"
    ):
        read_facts(cut)


def test_a_picture_named_as_a_video_is_refused(tmp_path):
    path = tmp_path / "a-1.mp4"
    Image.new("L", (64, 64)).save(path, format="png")

    with pytest.raises(VideoError, match=r"a-1.mp4 is not a video"):
        read_facts(path)


def test_a_list_of_other_files_is_refused(oracle, tmp_path):
    shutil.copy(oracle[0], tmp_path / "secret.ts")
    path = tmp_path / "a-1.mp4"
    path.write_text(f"ffconcat version 1.0\nfile '{tmp_path}/secret.ts'\n")

    with pytest.raises(VideoError, match=r"a-1.mp4 is not a video"):
        read_facts(path)


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "a-1.mp4"
    path.touch()

    with pytest.raises(VideoError, match=r"a-1.mp4 is not a video"):
        read_facts(path)


def test_a_video_of_no_frames_is_refused(tmp_path):
    path = tmp_path / "a-1.avi"
    with av.open(str(path), "w") as video:
        stream = video.add_stream("mjpeg", rate=25)
        stream.height, stream.width, stream.pix_fmt = 64, 64, "yuvj420p"
        video.start_encoding()

    with pytest.raises(VideoError, match="has no frames"):
        read_facts(path)
    with pytest.raises(VideoError, match="has no frames"):
        list(decoded_frames(path))


def jpegs(shape, n_frames):
    """Return grey pictures as packets of a motion JPEG."""
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.height, encoder.width, encoder.pix_fmt = *shape, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    packets = []
    for _ in range(n_frames):
        frame = av.VideoFrame.from_ndarray(np.full(shape, 90, np.uint8), format="gray")
        packets += encoder.encode(frame.reformat(format="yuvj420p"))
    return [*packets, *encoder.encode(None)]


def test_frames_of_another_size_within_a_video_are_marked(tmp_path):
    path = tmp_path / "a-1.avi"
    packets = [*jpegs((96, 128), 4), *jpegs((64, 96), 2), *jpegs((96, 128), 3)]
    with av.open(str(path), "w") as video:
        stream = video.add_stream("mjpeg", rate=25)
        stream.height, stream.width, stream.pix_fmt = 96, 128, "yuvj420p"
        for index, packet in enumerate(packets):
            packet.stream, packet.time_base = stream, Fraction(1, 25)
            packet.pts = packet.dts = index
            video.mux(packet)

    found = list(decoded_frames(path))

    assert [frame.index for frame in found] == list(range(9))
    assert [frame.index for frame in found if frame.damaged] == [4, 5]
    shapes = [frame.grey.shape for frame in found if frame.grey is not None]
    assert shapes == [(96, 128)] * 7


def test_decoding_does_not_change_the_file(oracle, tmp_path):
    path = tmp_path / "a-1.mp4"
    path.write_bytes(oracle[0].read_bytes())
    path.chmod(0o400)
    before = path.stat()

    assert len(list(decoded_frames(path))) == 113
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.read_bytes() == oracle[0].read_bytes()
