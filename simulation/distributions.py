"""How long things last: what people write (`lognormal:240,180`) and what it draws. Seconds everywhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from contact_centre.errors import BadInput

LONGEST_S = 86_400.0
"""Nothing here lasts longer than a day."""
FORMS = "fixed:SECONDS, exponential:MEAN or lognormal:MEAN,DEVIATION"


@dataclass(frozen=True, slots=True)
class Duration:
    """One distribution of lengths."""

    form: Literal["fixed", "exponential", "lognormal", "observed", "never"]
    mean_s: float = 0.0
    deviation_s: float = 0.0
    """Standard deviation; of the lognormal form only."""
    observed: tuple[float, ...] = ()
    """What was seen; of the observed form only: each is as likely as another."""

    def draw(self, chance: Random) -> float:
        """One length (s); infinity when it never happens."""
        match self.form:
            case "fixed":
                return self.mean_s
            case "exponential":
                return chance.expovariate(1.0 / self.mean_s)
            case "lognormal":
                spread = math.log1p((self.deviation_s / self.mean_s) ** 2)
                return chance.lognormvariate(math.log(self.mean_s) - spread / 2, math.sqrt(spread))
            case "observed":
                return self.observed[int(chance.random() * len(self.observed))]
            case "never":
                return math.inf


NEVER = Duration("never", math.inf)


def seen(lengths: Sequence[float]) -> Duration:
    """What was observed, drawn again.

    Raises:
        BadInput: nothing was observed.
    """
    if not lengths:
        raise BadInput("nothing was observed to draw from")
    return Duration("observed", math.fsum(lengths) / len(lengths), observed=tuple(lengths))


def read_duration(text: str) -> Duration:
    """Read one of the forms; `none` is never, and a number alone is fixed.

    Raises:
        BadInput: saying what is wrong.
    """
    form, _, rest = text.strip().partition(":")
    if form == "none" and not rest:
        return NEVER
    if not rest:
        form, rest = "fixed", form
    numbers = [_seconds(part, text) for part in rest.split(",")]
    if form == "fixed" and len(numbers) == 1:
        return Duration("fixed", numbers[0])
    if numbers[0] <= 0:
        raise BadInput(f"'{text[:60]}': the mean must be above 0")
    if form == "exponential" and len(numbers) == 1:
        return Duration("exponential", numbers[0])
    if form == "lognormal" and len(numbers) == 2:
        return Duration("lognormal", numbers[0], numbers[1])
    raise BadInput(f"'{text[:60]}' is no length of time; write {FORMS}")


def _seconds(part: str, text: str) -> float:
    try:
        value = float(part)
    except ValueError:
        raise BadInput(f"'{text[:60]}' is no length of time; write {FORMS}") from None
    if not 0 <= value <= LONGEST_S:
        raise BadInput(f"'{text[:60]}': a length is from 0 to {LONGEST_S:.0f} seconds")
    return value
