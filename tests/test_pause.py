"""Code that waits in a greenlet: the loop goes on, and nobody is woken who does not wait."""

import asyncio
import threading
from typing import Any, cast

import pytest

from app.messaging.pause import Pause, in_thread
from tests.in_greenlet import in_greenlet

LONG = 60.0


@pytest.fixture
async def pause() -> Pause:
    return Pause(asyncio.get_running_loop())


async def waiting(pause: Pause) -> None:
    for _ in range(3):  # turns: of the task, of what it starts, and of the greenlet
        await asyncio.sleep(0)
    assert pause.is_on


def wait_and_be_woken(pause: Pause, seconds: float) -> bool:
    """In the next turn, which is before any timer's, however slow the machine is."""
    asyncio.get_running_loop().call_soon(pause.wake)
    assert pause.wait(seconds)
    return True


async def test_the_loop_goes_on_until_it_is_woken(pause: Pause) -> None:
    result = asyncio.create_task(in_greenlet(lambda: pause.wait(LONG)))
    await waiting(pause)
    asyncio.get_running_loop().call_soon(pause.wake)
    assert await result is True
    assert not pause.is_on


async def test_it_waits_no_longer_than_it_said(pause: Pause) -> None:
    assert await in_greenlet(lambda: pause.wait(0.001)) is False
    assert not pause.is_on


async def test_who_was_woken_is_not_woken_again_by_the_time(pause: Pause) -> None:
    """The first wait's time ends while the second one goes on."""
    loop = asyncio.get_running_loop()

    def twice() -> list[bool]:
        return [wait_and_be_woken(pause, 0.01), pause.wait(LONG)]

    result = asyncio.create_task(in_greenlet(twice))
    await asyncio.sleep(0.02)  # longer than the first would have waited
    assert pause.is_on
    loop.call_soon(pause.wake)
    assert await result == [True, True]


async def test_a_later_end_than_the_last_waits_is_kept(pause: Pause) -> None:
    """The first wait's timer is still there, and comes too early for the second."""
    loop = asyncio.get_running_loop()

    def twice() -> float:
        wait_and_be_woken(pause, 0.01)
        began = loop.time()
        assert pause.wait(0.03) is False
        return loop.time() - began

    assert await in_greenlet(twice) >= 0.03


async def test_an_earlier_end_than_the_last_waits_is_kept(pause: Pause) -> None:
    def twice() -> bool:
        wait_and_be_woken(pause, LONG)
        return pause.wait(0.01)

    assert await in_greenlet(twice) is False


async def test_who_waits_for_ever_is_not_woken_by_a_timer_that_was_left(pause: Pause) -> None:
    loop = asyncio.get_running_loop()

    def twice() -> list[bool]:
        return [wait_and_be_woken(pause, 0.01), pause.wait()]

    result = asyncio.create_task(in_greenlet(twice))
    await asyncio.sleep(0.02)
    assert pause.is_on
    loop.call_soon(pause.wake)
    assert await result == [True, True]


async def test_many_waits_need_one_timer(pause: Pause, monkeypatch: pytest.MonkeyPatch) -> None:
    loop, timers = asyncio.get_running_loop(), []

    def call_at(*of: Any, made: Any = loop.call_at) -> asyncio.TimerHandle:
        timers.append(made(*of))
        return cast("asyncio.TimerHandle", timers[-1])

    monkeypatch.setattr(loop, "call_at", call_at)
    async with asyncio.TaskGroup() as group:
        result = group.create_task(in_greenlet(lambda: [pause.wait(LONG) for _ in range(20)]))
        while not result.done():
            if pause.is_on:
                loop.call_soon(pause.wake)
            await asyncio.sleep(0)
    assert result.result() == [True] * 20
    # the test's own patience and the pause's
    assert len(timers) == 2


async def test_nobody_waits_and_is_woken(pause: Pause) -> None:
    pause.wake()
    assert not pause.is_on


async def test_nothing_may_wait_on_the_loop_itself(pause: Pause) -> None:
    with pytest.raises(RuntimeError, match="event loop"):
        pause.wait(LONG)


async def test_what_a_thread_makes_is_waited_for() -> None:
    loop, go_on = asyncio.get_running_loop(), threading.Event()

    def work() -> str:
        assert go_on.wait(LONG)
        return threading.current_thread().name

    result = asyncio.create_task(in_greenlet(lambda: in_thread(loop, work)))
    await asyncio.sleep(0)
    go_on.set()  # by the loop, which is free
    assert await result == "aside"


async def test_what_a_thread_raises_is_raised() -> None:
    loop = asyncio.get_running_loop()

    def work() -> None:
        raise LookupError("no such host")

    with pytest.raises(LookupError, match="no such host"):
        await in_greenlet(lambda: in_thread(loop, work))
