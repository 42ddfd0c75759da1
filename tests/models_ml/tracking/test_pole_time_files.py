import h5py
import numpy as np
import pytest
from scipy.io import savemat

from models_ml.tracking.exceptions import PoleTimesError
from models_ml.tracking.pole_time_files import read_pole_times_file

TIMES = np.array([[10, 20, 30], [100, 200, 300]])
EXPECTED = {9: (10.0, 100.0), 12: (20.0, 200.0), 101: (30.0, 300.0)}


def test_a_csv_is_read(tmp_path):
    path = tmp_path / "times.csv"
    path.write_text("\ufefftrial, up ,down\n9,10,100\n\n12,,\n")

    times = read_pole_times_file(path, [9, 12, 101])

    assert times[9] == (10, 100)
    assert np.isnan(times[12]).all()


def test_matlab_files_of_version_five_are_read(tmp_path):
    savemat(tmp_path / "a.mat", {"pole_times": TIMES})
    savemat(tmp_path / "b.mat", {"pole_times": TIMES, "trial_nums": [9, 12, 101]})

    assert read_pole_times_file(tmp_path / "a.mat", [9, 12, 101]) == EXPECTED
    assert read_pole_times_file(tmp_path / "b.mat", [7]) == EXPECTED


def test_matlab_files_of_version_seven_three_are_read(tmp_path):
    path = tmp_path / "a.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        # MATLAB transposes the axes.
        file["pole_times"] = TIMES.T
        file["trial_nums"] = np.array([[9.0], [12.0], [101.0]])

    assert read_pole_times_file(path, [7]) == EXPECTED


def test_the_key_of_whacc_is_read(tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["pole_times"] = TIMES

    assert read_pole_times_file(path, [9, 12, 101]) == EXPECTED


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", r"times.csv has the header \(none\)\. It must be trial,up,down"),
        ("a,b\n", "header a,b"),
        ("trial,up,down\n9,x,100\n", "Line 2 of times.csv is 9,x,100"),
        ("trial,up,down\n9,1\n", "Line 2 of times.csv is 9,1"),
        ("trial,up,down\n9,1,2\n9,1,2\n", "Trial 9 occurs again in line 3"),
        ("trial,up,down\n9,100,10\n", "trial 9 are 100 and 10"),
        ("trial,up,down\n9,5,\n", "trial 9 are 5 and nan"),
    ],
)
def test_an_invalid_csv_is_refused(tmp_path, text, sentence):
    path = tmp_path / "times.csv"
    path.write_text(text)

    with pytest.raises(PoleTimesError, match=sentence):
        read_pole_times_file(path, [9])


def test_files_without_times_are_refused(tmp_path):
    (tmp_path / "a.mat").write_bytes(b"no matlab" * 100)
    (tmp_path / "a.h5").write_bytes(b"no hdf5")
    savemat(tmp_path / "other.mat", {"x": 1})
    savemat(tmp_path / "shape.mat", {"pole_times": TIMES})
    savemat(tmp_path / "words.mat", {"pole_times": np.array(["a", "b"], object)})

    for name, sentence in {
        "a.mat": "a.mat cannot be read as a MATLAB file",
        "a.h5": "a.h5 cannot be read as an HDF5 file",
        "a.txt": "a.txt is not a .csv, .mat or .h5 file",
        "missing.csv": "cannot be read as a table",
        "other.mat": "other.mat has no pole_times",
        "shape.mat": r"pole_times in shape.mat .* must have \(2, 1\)",
        "words.mat": "pole_times in words.mat",
    }.items():
        with pytest.raises(PoleTimesError, match=sentence):
            read_pole_times_file(tmp_path / name, [9])
