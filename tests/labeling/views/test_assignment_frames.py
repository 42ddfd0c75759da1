"""The frames of a clip, as the labelling page fetches them."""

import gzip

import h5py
import numpy as np
import pytest
import zstandard
from django.urls import reverse

pytestmark = pytest.mark.django_db


def frames_url(client, assignment):
    """Return the URL of frames that the labelling page names."""
    page = client.get(reverse("assignment-detail", args=[assignment.pk]))
    return page.context["state"]["block"]["url"]


def unpacked_zstd(stream):
    return zstandard.ZstdDecompressor().decompressobj().decompress(stream)


@pytest.mark.parametrize(
    ("accepts", "encoding", "decode"),
    [
        ("gzip, deflate, br, zstd", "zstd", unpacked_zstd),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("zstd;q=0, gzip;q=0.5", "gzip", gzip.decompress),
    ],
)
def test_frames_arrive_complete_as_differences_between_frames(
    client, assignment, data_root, accepts, encoding, decode
):
    url = frames_url(client, assignment)

    response = client.get(url, headers={"Accept-Encoding": accepts})

    body = np.frombuffer(decode(response.getvalue()), np.uint8)
    with h5py.File(data_root / "real.h5") as file:
        expected = file["images"][0:40, :, :, 2]
    differences = body.reshape(expected.shape)
    assert response.headers.get("Content-Encoding") == encoding
    assert (np.cumsum(differences, axis=0, dtype=np.uint8) == expected).all()
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"


def test_frames_under_another_digest_are_not_found(client, assignment):
    url = reverse("assignment-frames", args=[assignment.pk, "0" * 32])

    assert client.get(url).status_code == 404


def test_frames_whose_file_is_gone_are_refused_in_a_sentence(
    client, assignment, data_root
):
    url = frames_url(client, assignment)
    (data_root / "real.h5").unlink()

    response = client.get(
        url, headers={"Accept": "application/octet-stream, application/json"}
    )

    assert response.status_code == 400
    assert response.json()["error"].startswith("There is no session file 'real.h5'")
