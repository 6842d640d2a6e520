"""The replica of who is at which process, under any order of reading and notices."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.cluster.elsewhere import Elsewhere

USERS = st.integers(1, 3)
PROCESSES = st.sampled_from(["p", "q"])
STEPS = st.lists(
    st.tuples(st.sampled_from(["came", "went", "read", "answer", "gone"]), PROCESSES, USERS),
    max_size=30,
)


@given(STEPS)
def test_it_ends_up_with_what_is_there(steps: list[tuple[str, str, int]]) -> None:
    """Redis holds `there`; reading takes a while, and notices overtake it."""
    there: dict[str, set[int]] = {"p": set(), "q": set()}
    online: Counter[int] = Counter()
    replica = Elsewhere(lambda user_id: online.update([user_id]))
    under_way: dict[str, dict[int, str]] = {}
    for step, process, user_id in steps:
        if step == "came":
            there[process].add(user_id)
            replica.update(process, {user_id: "en"}, ())
        elif step == "went":
            there[process].discard(user_id)
            replica.update(process, {}, [user_id])
        elif step == "read" and process not in under_way:
            replica.expect(process)
            under_way[process] = dict.fromkeys(there[process], "en")
        elif step == "answer" and process in under_way:
            replica.load(process, under_way.pop(process))
        elif step == "gone":
            there[process].clear()
            replica.drop(process)
    for user_id in (1, 2, 3):
        assert set(replica.of(user_id)) == {p for p, users in there.items() if user_id in users}
        # told at every change and only then: an odd number of times where they are now there
        assert online[user_id] % 2 == bool(replica.of(user_id))


def test_the_locale_is_that_of_the_user() -> None:
    replica = Elsewhere(lambda _: None)
    replica.update("p", {1: "zh-CN"}, ())
    assert replica.locale(1) == "zh-CN"
    assert replica.locale(2) == "en"
    replica.drop("p")
    assert replica.locale(1) == "en"
