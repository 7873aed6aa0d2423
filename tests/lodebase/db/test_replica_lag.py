"""How far a replica is behind: the age of the oldest position of the primary that it has not replayed."""

from lodebase.db.replica import ReplicaLag


def looked(lag: ReplicaLag, replayed: int, written: int, now: float) -> tuple[bool, float | None]:
    """Whether the replica follows the primary, and how far it is behind, as one check finds it."""
    lag.record_replayed(replayed)
    return lag.written(written, now), lag.seconds(now)


def test_an_idle_replica_that_has_replayed_everything_is_not_behind() -> None:
    lag = ReplicaLag()
    assert looked(lag, 100, 100, 0.0) == (True, 0.0)
    assert looked(lag, 100, 100, 3600.0) == (True, 0.0)


def test_the_lag_of_a_busy_primary_is_the_age_of_what_is_not_replayed() -> None:
    lag = ReplicaLag()
    looked(lag, 100, 100, 0.0)
    assert looked(lag, 100, 200, 1.0) == (True, 0.0)
    assert looked(lag, 150, 300, 2.0) == (True, 1.0)
    assert looked(lag, 200, 400, 3.0) == (True, 1.0)
    assert looked(lag, 400, 400, 4.0) == (True, 0.0)


def test_a_replay_that_pauses_falls_behind_more_and_more() -> None:
    lag = ReplicaLag()
    looked(lag, 100, 100, 0.0)
    for second in range(1, 10_000):
        assert looked(lag, 100, 100 + second, float(second)) == (True, second - 1.0)
    # it catches up little by little
    assert looked(lag, 5_100, 10_100, 10_000.0)[1] == 4_999.0


def test_a_replica_counts_when_it_has_reached_what_the_primary_was_at_since_the_first_check() -> None:
    lag = ReplicaLag()
    assert looked(lag, 10, 1_000, 0.0) == (True, None)
    assert looked(lag, 999, 2_000, 1.0) == (True, None)
    assert looked(lag, 1_000, 3_000, 2.0) == (True, 1.0)


def test_a_replica_of_another_history_does_not_count_even_when_the_primary_has_passed_it() -> None:
    lag = ReplicaLag()
    looked(lag, 500, 500, 0.0)
    # the primary was recovered to an earlier point
    assert looked(lag, 500, 300, 1.0) == (False, None)
    assert looked(lag, 500, 400, 2.0) == (False, None)
    assert looked(lag, 500, 600, 3.0) == (True, None)
    assert looked(lag, 500, 700, 4.0) == (True, None)


def test_nothing_new_is_known_while_the_primary_is_away() -> None:
    lag = ReplicaLag()
    looked(lag, 100, 100, 0.0)
    lag.record_replayed(100)
    assert lag.seconds(1_000.0) == 0.0
    looked(lag, 100, 200, 1_001.0)
    assert lag.seconds(1_011.0) == 10.0
