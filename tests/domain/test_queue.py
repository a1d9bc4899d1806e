"""The queue against a plain sorted list."""

from hypothesis import given
from hypothesis import strategies as st

from chatservice.domain.queue import Queue

_steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from("abcdefgh"), st.integers(0, 5)),
        st.tuples(st.just("leave"), st.sampled_from("abcdefgh"), st.just(0)),
    )
)


@given(_steps)
def test_places_follow_arrival_whoever_comes_and_goes(steps):
    queue, model = Queue(), {}

    for what, name, since_ms in steps:
        if what == "add":
            queue.add(name, since_ms)
            model.setdefault(name, since_ms)
        else:
            queue.leave(name)
            model.pop(name, None)

        order = sorted(model, key=lambda waiting: (model[waiting], waiting))
        assert [name for name, _ in queue.first(100)] == order
        assert list(queue.in_order()) == order
        assert len(queue) == len(order)
        assert [queue.place(waiting) for waiting in order] == list(range(1, len(order) + 1))
        assert all(
            queue.place(gone) is None and gone not in queue for gone in "abcdefgh" if gone not in model
        )
