"""Token buckets and windows: bounded, and by a clock that is given."""

import pytest

from app.access.throttle import REMEMBERED, Bucket, Buckets, Window


class Clock:
    """Time stands still unless it is told to move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = Bucket(rate=5, burst=30, now=0)
    assert [bucket.wait(0) for _ in range(30)] == [0] * 30
    assert bucket.wait(0) == pytest.approx(0.2)
    assert bucket.wait(0.1) == pytest.approx(0.1)
    assert bucket.wait(0.2) == 0
    assert bucket.wait(0.2) > 0
    assert [bucket.wait(1000) for _ in range(31)] == [0] * 30 + [pytest.approx(0.2)]


def test_waiting_takes_nothing() -> None:
    bucket = Bucket(rate=1, burst=1, now=0)
    assert bucket.wait(0) == 0
    for _ in range(100):
        assert bucket.wait(0.5) == pytest.approx(0.5)
    assert bucket.wait(1) == 0


def test_a_debt_grows_and_is_paid_off() -> None:
    bucket = Bucket(rate=10, burst=20, now=0)
    assert [bucket.owe(0) for _ in range(20)] == [0] * 20
    assert [bucket.owe(0) for _ in range(3)] == pytest.approx([0.1, 0.2, 0.3])
    assert bucket.owe(1) == 0


def test_less_than_one_at_a_time_is_still_one(clock: Clock) -> None:
    """`--request-rate 0.1`, whose burst is twice that: slow, but nobody is refused for ever."""
    buckets = Buckets(0.1, 0.2, clock)
    assert buckets.wait("alice") == 0
    assert buckets.wait("alice") == pytest.approx(10)
    clock.now += 10
    assert buckets.wait("alice") == 0
    bucket = Bucket(rate=0.1, burst=0.2, now=0)
    assert [bucket.owe(0), bucket.owe(10), bucket.owe(10)] == pytest.approx([0, 0, 10])


def test_a_rate_of_0_is_no_limit(clock: Clock) -> None:
    bucket = Bucket(rate=0, burst=0, now=0)
    assert {bucket.wait(0) for _ in range(1000)} == {bucket.owe(0) for _ in range(1000)} == {0}
    buckets = Buckets(0, 0, clock)
    assert {buckets.wait("anybody") for _ in range(1000)} == {0}
    window = Window(0, 60, clock)
    for _ in range(1000):
        window.add("anybody")
    assert window.wait("anybody") == 0


def test_everybody_has_a_bucket_of_their_own(clock: Clock) -> None:
    buckets = Buckets(1, 2, clock)
    assert [buckets.wait("alice") for _ in range(3)] == [0, 0, pytest.approx(1)]
    assert buckets.wait("bob") == 0
    clock.now += 1
    assert buckets.wait("alice") == 0


def test_a_full_table_of_buckets_forgets_the_longest_unused(clock: Clock) -> None:
    buckets = Buckets(0.001, 1, clock)
    for user in range(REMEMBERED):
        assert buckets.wait(user) == 0
    assert buckets.wait(0) > 0  # used again: now 1 is the longest unused
    assert buckets.wait("one more") == 0
    assert buckets.wait(0) > 0
    assert buckets.wait(REMEMBERED - 1) > 0
    assert buckets.wait(1) == 0, "it was forgotten, so it starts anew"
    assert len(buckets._table) == REMEMBERED


def test_a_window_is_full_until_its_oldest_event_leaves(clock: Clock) -> None:
    window = Window(3, 900, clock)
    for _ in range(3):
        assert window.wait("alice") == 0
        window.add("alice")
        clock.now += 100
    assert window.wait("alice") == pytest.approx(600)
    assert window.wait("bob") == 0
    clock.now += 599.9
    assert window.wait("alice") == pytest.approx(0.1)
    clock.now += 0.1
    assert window.wait("alice") == 0
    window.add("alice")
    assert window.wait("alice") == pytest.approx(100)


def test_a_window_can_be_cleared_and_forgiven(clock: Clock) -> None:
    window = Window(2, 900, clock)
    window.add("alice")
    clock.now += 10
    window.add("alice")
    assert window.wait("alice") > 0
    window.forgive("alice")
    assert window.wait("alice") == 0
    window.add("alice")
    assert window.wait("alice") > 0
    window.clear("alice")
    assert window.wait("alice") == 0
    window.forgive("alice")
    window.clear("nobody")
    window.forgive("nobody")


def test_a_full_window_forgets_the_longest_unused(clock: Clock) -> None:
    window = Window(1, 900, clock)
    for user in range(REMEMBERED):
        window.add(user)
    assert window.wait(0) > 0
    window.add(0)
    window.add("one more")
    assert window.wait(1) == 0, "it was forgotten"
    assert min(window.wait(user) for user in (0, 2, REMEMBERED - 1, "one more")) > 0
    assert len(window._table) == REMEMBERED


def test_a_key_keeps_no_more_events_than_count(clock: Clock) -> None:
    window = Window(5, 900, clock)
    for _ in range(100):
        window.add("alice")
    assert len(window._table["alice"]) == 5
