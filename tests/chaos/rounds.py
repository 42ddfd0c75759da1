"""One round: alice labels while faults happen, then everything is compared.

Stored operations must be in the log once and in order, labels must follow from the log,
and every browser must show them.
"""

import os
import random
import time

from tests.chaos.device import Device
from tests.chaos.world import FIRST, LAST, World

# Number of faults in a round.
STEPS = int(os.environ.get("STEPS", "6"))
ROUNDS_OF_A_DECK = 10


def hand_of(seed: int) -> list[str]:
    """Return the faults of a round.

    Ten rounds, from a seed that ends in 0, share one shuffled deck: each kind of fault
    comes up in proportion to its weight, and at least once.
    """
    number, position = divmod(seed, ROUNDS_OF_A_DECK)
    n_cards = ROUNDS_OF_A_DECK * STEPS
    total = sum(weight for weight, _ in EVENTS.values())
    deck = [
        name
        for name, (weight, _) in EVENTS.items()
        for _ in range(max(1, round(n_cards * weight / total)))
    ]
    rng = random.Random(number)  # noqa: S311
    rng.shuffle(deck)
    return deck[position::ROUNDS_OF_A_DECK]


def play_round(world: World, clip: int, seed: int) -> dict[str, int]:
    """Play a round; return how often each fault happened."""
    rng = random.Random(seed)  # noqa: S311
    n_devices = 2 if seed % 3 == 0 else 1
    devices = [Device(world, window, clip, rng) for window in range(n_devices)]
    happened: dict[str, int] = {"two devices": 1} if len(devices) == 2 else {}
    world.devices = devices
    try:
        for device in devices:
            device.open()
        for name in hand_of(seed):
            device = rng.choice(devices)
            device.label()
            EVENTS[name][1](world, device)
            happened[name] = happened.get(name, 0) + 1
            device.label()
            time.sleep(rng.random() / 10)
        for device in devices:
            device.remember_stored()
        check(world, clip, devices)
    except BaseException:
        # Unsaved operations of this round must not enter the next one.
        world.close_windows()
        raise
    for device in devices:
        device.leave()
    return happened


def check(world: World, clip: int, devices: list[Device]) -> None:
    """End all faults; compare stored operations, the log, the labels and the pages."""
    # Requests while the server is down would only take time.
    world.product.wait_until_it_answers()
    *earlier, last = devices
    for device in earlier:
        device.heal()
    shown = [last.heal()]
    # The others' pages do not show yet what the last one sent.
    shown += [device.heal() for device in earlier]
    log = world.rows(
        "SELECT id::text, client, sequence, revision, applied, runs "
        "FROM labeling_operation WHERE assignment_id = %s ORDER BY revision",
        clip,
    )
    in_log = {row[0]: row for row in log}
    for device in devices:
        lost = [each for each in device.stored if each not in in_log]
        assert not lost, (
            f"{len(lost)} of {len(device.stored)} stored operations are lost"
        )
        for pk, operation in device.stored.items():
            assert in_log[pk][5] == operation["runs"], f"{pk} was changed on its way"
    assert [row[3] for row in log] == list(range(1, len(log) + 1))
    latest: dict[str, int] = {}
    for _, client, sequence, *_ in log:
        assert sequence > latest.get(client, 0), f"{client}: {sequence} is out of order"
        latest[client] = sequence
    labels = labels_of(world, clip)
    assert replayed(log) == labels
    assert shown == [labels] * len(devices)


def labels_of(world: World, clip: int) -> list[int]:
    """Return the labels in the table, a value for each frame."""
    values = [-1] * (LAST - FIRST)
    for index, value in world.rows(
        "SELECT f.index, l.value FROM labeling_label l JOIN labeling_frame f "
        "ON f.id = l.frame_id WHERE l.assignment_id = %s",
        clip,
    ):
        values[index - FIRST] = value
    return values


def replayed(log: list[tuple]) -> list[int]:
    """Return the labels that follow from a log, computed in plain Python."""
    values = [-1] * (LAST - FIRST)
    for *_, applied, runs in log:
        for start, stop, value in runs if applied else ():
            for frame in range(start, stop):
                values[frame - FIRST] = -1 if value is None else value
    return values


def kill_server(world: World, device: Device) -> None:
    world.kill_server()
    device.label()


def restart_database(world: World, device: Device) -> None:
    world.product.kill(*world.product.postgres())
    device.label()


def expire_login(world: World, device: Device) -> None:
    world.rows("DELETE FROM django_session")
    device.label()
    world.login = world.log_in()
    for each in world.devices:
        each.log_in()


def cut_network(world: World, device: Device) -> None:
    device.context.set_offline(True)
    device.label()
    if device.rng.random() < 0.5:
        device.kill_tab()
    device.context.set_offline(False)


EVENTS = {
    "network cut": (4, cut_network),
    "request or answer lost": (4, lambda world, device: device.spoil()),
    "tab killed": (3, lambda world, device: device.kill_tab()),
    "page reloaded": (2, lambda world, device: device.reload()),
    "second tab": (2, lambda world, device: device.second_tab()),
    "batch replayed": (2, lambda world, device: device.replay()),
    "login expired": (1, expire_login),
    "server killed": (1, kill_server),
    "database killed": (0.5, restart_database),
}
