"""Who is at which other process: a replica of what Redis holds, so that nobody waits for Redis.

A process's users are read once (`load`) and kept up to date by notices. Notices that arrive while
they are being read are applied on top of what was read: they are in order, so the last one is
right.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

Users = dict[int, str]  # user id -> locale


class Elsewhere:
    """`changed(user_id)` is called when a user came to the first or left the last process."""

    def __init__(self, changed: Callable[[int], None]) -> None:
        self._changed = changed
        self._users: dict[str, Users] = {}
        self._processes: dict[int, tuple[str, ...]] = {}
        self._reading: dict[str, list[tuple[Users, Collection[int]]]] = {}

    def processes(self) -> set[str]:
        return set(self._users)

    def of(self, user_id: int) -> tuple[str, ...]:
        """The other processes that the user has sockets at."""
        return self._processes.get(user_id, ())

    def locale(self, user_id: int) -> str:
        for process in self.of(user_id):
            return self._users[process][user_id]
        return "en"

    def update(self, process: str, came: Users, went: Collection[int]) -> set[int]:
        """Applies a notice; the users who are new there."""
        if process in self._reading:
            self._reading[process].append((came, went))
        users = self._users.setdefault(process, {})
        new = came.keys() - users.keys()
        gone = users.keys() & set(went)
        users.update(came)
        for user_id in gone:
            del users[user_id]
        self._route(process, new, gone)
        return new

    def expect(self, process: str) -> None:
        """The process's users are about to be read: notices from now on come on top."""
        self._reading[process] = []

    def load(self, process: str, read: Mapping[int, str]) -> set[int]:
        """What was read becomes so; the users who are new there."""
        notices = self._reading.pop(process, None)
        if notices is None:  # it has gone meanwhile
            return set()
        users = dict(read)
        for came, went in notices:
            users.update(came)
            for user_id in went:
                users.pop(user_id, None)
        known = self._users.setdefault(process, {})
        return self.update(process, users, known.keys() - users.keys())

    def drop(self, process: str) -> None:
        """The process has gone."""
        self._reading.pop(process, None)
        users = self._users.pop(process, {})
        self._route(process, (), users)

    def _route(self, process: str, new: Collection[int], gone: Collection[int]) -> None:
        for user_id in new:
            self._processes[user_id] = (*self.of(user_id), process)
            if len(self.of(user_id)) == 1:
                self._changed(user_id)
        for user_id in gone:
            left = tuple(name for name in self.of(user_id) if name != process)
            if left:
                self._processes[user_id] = left
            else:
                del self._processes[user_id]
                self._changed(user_id)
