import subprocess
import sys


def test_tensorflow_prints_nothing():
    code = (
        "from models_ml.cnn.quiet_tensorflow import quiet_tensorflow\n"
        "tensorflow = quiet_tensorflow()\n"
        "print(int(tensorflow.reduce_sum(tensorflow.constant([1, 2]))))\n"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert ran.stdout == "3\n"
    assert ran.stderr == ""
