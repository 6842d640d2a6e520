"""Questions of one kind that are asked at the same moment, answered together in a reader thread.

While some are being answered the next gather: nobody waits for others to come. So one who asks
alone is answered as soon as by a read of its own, and ten thousand need fifty reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from app.messaging.errors import Refused, not_now
from models.reader import Reader

# questions that are answered together
BATCH = 200
# questions that may wait for their turn; who asks more is refused, and comes again
WAITING = 10_000

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Waiting = list[tuple[Question, "asyncio.Future[Answer]"]]


class Gatherer(Generic[Question, Answer]):
    """`await ask(question)` is its answer, out of `work(questions)`.

    `work` gives an answer each, or the exception for who asked; it begins after all of them have
    asked. Where it raises, each question is asked alone: what is wrong with one harms no other.
    """

    def __init__(
        self, reader: Reader, work: Callable[[Sequence[Question]], Sequence[Answer | Exception]]
    ) -> None:
        self._reader = reader
        self._work = work
        self._waiting: Waiting[Question, Answer] = []
        self._busy = False
        self._answered = 0.0  # when the last answer came, or who is first in the queue asked
        self._task: asyncio.Task[None] | None = None  # kept here, as nobody awaits it

    async def ask(self, question: Question) -> Answer:
        """Raises Refused (-8) when the database is away, or too many wait."""
        if len(self._waiting) >= WAITING:
            raise not_now()
        if not self._busy:
            return await self._ask_alone(question)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        return await future

    async def _ask_alone(self, question: Question) -> Answer:
        """Nobody else is being answered: a task and a future less."""
        loop = asyncio.get_running_loop()
        self._busy, self._answered = True, loop.time()
        try:
            (answer,) = await self._reader.run(lambda: self._work([question]))
            self._answered = loop.time()
        finally:
            self._busy = bool(self._waiting)
            if self._busy:
                self._task = loop.create_task(self._run())
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _run(self) -> None:
        """As long as there are answers a long queue is waited out; without any only so long."""
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                if loop.time() - self._answered >= self._reader.timeout:
                    late, self._waiting = self._waiting, []
                    _give(late, [not_now()] * len(late))
                    return
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                if await self._answer([one for one in batch if not one[1].done()]):
                    self._answered = loop.time()
        finally:
            self._busy = False

    async def _answer(self, batch: Waiting[Question, Answer]) -> bool:
        """False when the database is away."""
        questions = [question for question, _ in batch]
        answers: Sequence[Answer | Exception]
        try:
            answers = await self._reader.run(lambda: self._work(questions))
        except Refused as refused:
            _give(batch, [refused] * len(batch))
            return False
        except Exception as error:
            if len(batch) > 1:
                return all([await self._answer([one]) for one in batch])
            answers = [error]
        _give(batch, answers)
        return True


def _give(batch: Waiting[Question, Answer], answers: Sequence[Answer | Exception]) -> None:
    for (_, future), answer in zip(batch, answers, strict=True):
        if future.done():  # who asked has gone
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
