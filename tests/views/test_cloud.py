"""What the browser is sent holds every point, picture and neighbour."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from explorer.views.cloud import WIDE, Stop, Told, fitted, message

POINTS = np.array([[0.0, 0.0], [3.0, 1.0], [6.0, 2.0]])
NEIGHBOURS = np.array([[1, 2], [0, 2], [1, 0]])


def stop(**changes) -> Stop:
    made = Stop(name="stem", stage="stem", points=POINTS, explained=0.75, neighbours=NEIGHBOURS, alike=0.5)
    return made._replace(**changes)


def test_points_fill_their_field_with_one_unit_on_both_axes() -> None:
    assert fitted(POINTS).tolist() == [[-1.5, -0.5], [0, 0], [1.5, 0.5]]
    assert fitted(POINTS[:, ::-1]) == pytest.approx(np.array([[-1 / 3, -1], [0, 0], [1 / 3, 1]]))
    assert not fitted(np.ones((4, 2))).any()


def test_the_message_holds_points_neighbours_and_pictures() -> None:
    pictures = [Image.new("L", (8, 6), shade) for shade in (10, 20, 30)]
    made = message([Told("trained", [stop()])], pictures, np.array([1, 0, 1]), ["a", "b"], chance=1 / 3)
    (sent,) = made["networks"][0]["stops"]
    points = np.frombuffer(base64.b64decode(sent["points"]), "<i2").reshape(3, 2) / 32_767 * WIDE
    assert points == pytest.approx(fitted(POINTS), abs=1e-4)
    assert np.frombuffer(base64.b64decode(sent["neighbours"]), "<u2").tolist() == NEIGHBOURS.ravel().tolist()
    assert (sent["alike"], sent["explained"], made["labels"], made["side"]) == (0.5, 0.75, [1, 0, 1], 8)
    atlas = np.asarray(Image.open(io.BytesIO(base64.b64decode(made["atlas"].split(",")[1]))))
    assert [atlas[8 * (n // 2) + 4, 8 * (n % 2) + 4] for n in range(3)] == [10, 20, 30]


def test_another_message_has_another_name_and_the_same_one_the_same() -> None:
    pictures = [Image.new("RGB", (90, 60))] * 3
    stops = [stop(alike=None, explained=value) for value in (0.5, 0.5, np.nan)]
    made = [message([Told("trained", [one])], pictures, None, [], chance=None) for one in stops]
    assert made[0]["id"] == made[1]["id"] != made[2]["id"]
    assert made[2]["networks"][0]["stops"][0]["explained"] is None
