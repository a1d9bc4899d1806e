"""What a run measures, in which order, and about how long it takes. Pure: starts nothing."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass

OURS = "ours"
START_S = 2.5
"""To start and end one system, and what a window needs besides its seconds; seen on a quiet machine."""
WARM_UP_S = 0.7
LEAST_QUIET_S = 0.5
WEIGHING_S = 20.0
PAIR_S = {OURS: 0.035}
PEERS_PAIR_S = 0.004
ACCOUNT_S = 0.012


@dataclass(frozen=True)
class Plan:
    """What is measured."""

    systems: tuple[str, ...]
    sizes: tuple[int, ...]
    peers_most: int
    repetitions: int
    sat_s: float
    lat_s: float
    quiet_s: float
    idle: int

    def order(self, repetition: int) -> tuple[str, ...]:
        """Return the systems in the order of one repetition; each is first in turn."""
        first = repetition % len(self.systems)
        return self.systems[first:] + self.systems[:first]

    def sizes_of(self, system: str) -> tuple[int, ...]:
        """Return at how many pairs a system is measured."""
        return tuple(size for size in self.sizes if system == OURS or size <= self.peers_most)

    def most_pairs(self, warm_up: int) -> int:
        """Return how many mentors' accounts are needed."""
        if OURS not in self.systems:
            return 0
        return max([*self.sizes, self.idle // 2 + warm_up if self.idle else 0], default=0)

    def estimate_s(self) -> float:
        """Return about how long the run takes on a quiet machine."""
        total = ACCOUNT_S * self.most_pairs(0)
        for system in self.systems:
            pair_s = PAIR_S.get(system, PEERS_PAIR_S)
            sizes = self.sizes_of(system)
            saturations = 2 if system == OURS else 1
            windows = saturations * (self.sat_s + WARM_UP_S + LEAST_QUIET_S) * bool(self.sat_s)
            windows += (self.lat_s + LEAST_QUIET_S) * bool(self.lat_s)
            once = len(sizes) * windows + (START_S + pair_s * max(sizes) if sizes else 0)
            if self.idle:
                once += START_S + WEIGHING_S + pair_s * self.idle / 2
            total += once * self.repetitions
        return total


def make_plan(options: Namespace, peers: Sequence[str]) -> Plan:
    """Return the plan that the arguments ask for."""
    systems = (*(() if options.only_peers else (OURS,)), *peers)
    if options.quick:
        return Plan(systems or (OURS,), (50,), options.peers_most, 1, 2.0, 3.0, 1.0, 0)
    return Plan(
        systems or (OURS,),
        tuple(options.pairs),
        options.peers_most,
        options.repetitions,
        options.sat,
        options.lat,
        options.quiet,
        options.idle,
    )


def describe(plan: Plan) -> str:
    """Say what will be measured and about how long it takes."""
    minutes = plan.estimate_s() / 60
    sizes = ", ".join(map(str, plan.sizes)) or "none"
    idle = f"; memory of {plan.idle} participants" if plan.idle else ""
    return (
        f"{', '.join(plan.systems)}; pairs: {sizes}{idle}; {plan.repetitions} repetitions: "
        f"about {minutes:.0f} minutes on a quiet machine."
    )
