"""Which place in its queue each caller is told, and whether that is news."""

from __future__ import annotations

from collections.abc import Iterator

from queue_manager.commands import AnnouncePosition
from queue_manager.line import Line, LiveCall

POSITIONS_SPOKEN = 20
"""Places are told in numbers up to this; who stands further back hears "many", once."""


class Positions:
    """Places in line, as they were told."""

    def __init__(self, line: Line) -> None:
        """Nobody stands in the line yet."""
        self._line = line
        self._moved: dict[str, None] = {}

    def moved(self, call: LiveCall) -> None:
        """Places in this call's queue change."""
        if call.wish is not None:
            self._moved[call.wish.queue] = None

    def news(self) -> Iterator[AnnouncePosition]:
        """Tell the first callers of each queue that moved their new place."""
        for queue in self._moved:
            for place, call in enumerate(self._line.first_of_queue(queue, POSITIONS_SPOKEN), start=1):
                yield from _told(call, place)
        self._moved.clear()

    def far(self, call: LiveCall) -> Iterator[AnnouncePosition]:
        """Tell a caller who stands further back than places are told in numbers."""
        if call.id in self._line and self._line.position(call.id) > POSITIONS_SPOKEN:
            yield from _told(call, POSITIONS_SPOKEN + 1)


def _told(call: LiveCall, place: int) -> Iterator[AnnouncePosition]:
    if call.confirmed and call.position != place:
        call.position = place
        yield AnnouncePosition(call.id, call.channel, place)
