"""The open loop: due is due, and a late message counts from then."""

from tests.bench.pacing import Pace


class Sink:
    """Takes what it has room for."""

    def __init__(self, room: int = 100) -> None:
        self.left = room
        self.dues: list[float] = []

    def room(self) -> int:
        return self.left

    def send(self, count: int, due: float) -> None:
        assert count == 1
        self.left -= 1
        self.dues.append(due)


def test_messages_are_spread_over_time_and_senders() -> None:
    one, two = Sink(), Sink()
    pace = Pace([one, two], rate=10, start=100.0, until=100.5)
    assert pace.next == 100.0
    for now in (100.0, 100.1, 100.35, 101.0):
        pace.send(now)
    assert [round(due, 3) for due in one.dues] == [100.0, 100.2, 100.4]
    assert [round(due, 3) for due in two.dues] == [100.1, 100.3]
    assert pace.ended


def test_who_slept_sends_all_of_it_with_the_time_it_was_due() -> None:
    sink = Sink()
    Pace([sink], rate=10, start=0.0, until=10.0).send(0.75)
    assert [round(due, 3) for due in sink.dues] == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]


def test_what_finds_no_room_waits_and_keeps_its_time() -> None:
    full, free = Sink(room=1), Sink()
    pace = Pace([full, free], rate=10, start=0.0, until=0.5)
    pace.send(1.0)
    assert (len(full.dues), len(free.dues)) == (1, 2)
    assert not pace.ended
    full.left = 1
    pace.send(2.0)
    assert [round(due, 3) for due in full.dues] == [0.0, 0.2]
    full.left = 1
    pace.send(3.0)
    assert [round(due, 3) for due in full.dues] == [0.0, 0.2, 0.4]
    assert pace.ended


def test_a_burst_is_due_at_once_and_then_the_rate_goes_on() -> None:
    sink = Sink()
    Pace([sink], rate=5, start=10.0, until=10.5, burst=3).send(11.0)
    assert [round(due, 3) for due in sink.dues] == [10.0, 10.0, 10.0, 10.2, 10.4]
