"""Acknowledged labels survive `kill -9` of every process while someone labels."""

import json
import re
import threading
import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import requests

pytestmark = pytest.mark.slow

RETRY_SECONDS = 0.2


class LabellingClient:
    """Labels one frame after another and, like the page, retries until acknowledged."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False
        self.client = str(uuid4())
        self.acknowledged: dict[int, int] = {}
        self.log_in(username, password)

    def log_in(self, username: str, password: str) -> None:
        login = f"{self.url}/login/"
        page = self.http.get(login)
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
        form = {"username": username, "password": password}
        answer = self.http.post(login, {**form, "csrfmiddlewaretoken": token})
        assert answer.url == f"{self.url}/"

    def open_first_clip(self) -> dict:
        subset = re.search(r'href="(/subsets/\d+/)"', self.get("/subsets/"))[1]
        self.clip = re.search(r'href="(/assignments/\d+/)"', self.get(subset))[1]
        return self.state()

    def state(self) -> dict:
        page = self.get(self.clip)
        self.token = re.search(r'name="csrf-token" content="(\w+)"', page)[1]
        return json.loads(
            re.search(r'id="assignment-state"[^>]*>(.*?)</script>', page, re.S)[1]
        )

    def get(self, path: str) -> str:
        response = self.http.get(self.url + path)
        response.raise_for_status()
        return response.text

    def label_every_frame(self, state: dict) -> None:
        start, stop = state["clip"]["start"], state["clip"]["stop"]
        for sequence, frame in enumerate(range(start, stop), start=1):
            value = frame % 3
            operation = {
                "id": str(uuid4()),
                "sequence": sequence,
                "revision": sequence - 1,
                "runs": [[frame, frame + 1, value]],
                "undoes": None,
                "suggestion_shown": True,
                "made_at": datetime.now(UTC).isoformat(),
            }
            self.send_until_acknowledged(state["operations_url"], operation)
            self.acknowledged[frame] = value

    def send_until_acknowledged(self, path: str, operation: dict) -> None:
        batch = {"client": self.client, "operations": [operation]}
        headers = {"X-CSRFToken": self.token}
        while True:
            try:
                answer = self.http.post(
                    self.url + path, json=batch, headers=headers, timeout=10
                )
                if answer.status_code == 200:
                    (receipt,) = answer.json()["acknowledged"]
                    assert receipt["id"] == operation["id"]
                    return
                assert answer.status_code >= 500, answer.text
            except (requests.RequestException, OSError):
                pass
            time.sleep(RETRY_SECONDS)


def labels_in(state: dict) -> dict[int, int]:
    return {
        frame: value
        for start, stop, value in state["labels"]
        for frame in range(start, stop)
    }


def wait_for(client: LabellingClient, n_acknowledged: int) -> None:
    deadline = time.monotonic() + 60
    while len(client.acknowledged) < n_acknowledged:
        assert time.monotonic() < deadline, "labels are no longer acknowledged"
        time.sleep(0.005)


def test_kill_9_of_everything_loses_no_acknowledged_label(launched):
    launched.settings["DEMO"] = "1"
    launched.start()
    logins = (launched.var / "demo-logins.txt").read_text()
    password = re.search(r"^ada\s+(\S+)", logins, re.M)[1]
    client = LabellingClient(launched.url, "ada", password)
    state = client.open_first_clip()
    labelling = threading.Thread(
        target=client.label_every_frame, args=[state], daemon=True
    )
    labelling.start()

    # First only the web server, then only the database: both are restarted.
    wait_for(client, 10)
    launched.kill(*launched.children("web server"))
    wait_for(client, 20)
    launched.kill(*launched.postgres())
    wait_for(client, 30)
    # Then everything at once, as in a power cut.
    launched.kill_launcher()
    launched.kill(*launched.leftovers())
    before = dict(client.acknowledged)
    launched.start()
    after_restart = labels_in(client.state())
    labelling.join(timeout=60)

    assert (launched.var / "demo-logins.txt").stat().st_mode & 0o777 == 0o600
    assert len(before) >= 30
    assert before.items() <= after_restart.items()
    assert not labelling.is_alive()
    assert labels_in(client.state()) == client.acknowledged
    assert len(client.acknowledged) == state["clip"]["stop"] - state["clip"]["start"]
