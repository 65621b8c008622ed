"""Questions about what layers are worth: how sure an accuracy is, and how alike noise looks."""

from __future__ import annotations

from random import Random

from explorer.labs.worth.wilson import wilson
from explorer.ui.learn.questions.question import Question, apart
from explorer.views.numbers import percent


def pictures_for_interval(random: Random) -> Question:
    """How many pictures make the uncertainty of an accuracy so many times smaller."""
    pictures, reach, times = random.choice((100, 200, 400)), random.choice((6, 12)), random.choice((2, 3))
    return Question(
        values={"pictures": pictures, "reach": reach, "smaller": reach // times, "times": times},
        right=f"{pictures * times**2:,}",
        # in proportion; the other way round; once more
        wrong=(f"{pictures * times:,}", f"{pictures}", f"{pictures * times**3:,}"),
    )


def all_correct(random: Random) -> Question:
    """Where Wilson's interval begins for a probe that makes no mistake."""
    pictures = random.choice((10, 20, 30, 50, 100, 200))
    right = percent(wilson(pictures, pictures)[0])
    return Question(
        values={"pictures": pictures},
        right=right,
        # no doubt at all; always the same; one more picture
        wrong=apart(right, "100.0\u00a0%", "95.0\u00a0%", percent(pictures / (pictures + 1))),
    )


def noise_alike(random: Random) -> Question:
    """The CKA of two layers of noise, as it is estimated simply."""
    features, pictures = random.choice((64, 128, 256, 512)), random.choice((32, 64, 128, 256))
    right = f"{features / (features + pictures):.2f}"
    return Question(
        values={"features": features, "pictures": pictures},
        right=right,
        # as it should be; the other way round; always
        wrong=apart(right, "0.00", f"{pictures / (features + pictures):.2f}", "1.00"),
    )
