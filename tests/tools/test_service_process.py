"""The ports of a service that a test, a bench or a film starts: nobody else's, for as long as whoever asked runs."""

import socket

from tools.service_process import FIRST_PORTS, PORTS_IN_A_RUN, free_port, own_ports


def test_two_who_ask_at_once_are_never_given_the_same_port() -> None:
    one, other = own_ports(FIRST_PORTS), own_ports(FIRST_PORTS)

    theirs = [{next(ports) for _ in range(PORTS_IN_A_RUN + 1)} for ports in (one, other)]

    assert theirs[0].isdisjoint(theirs[1])


def test_a_port_on_which_somebody_listens_is_given_to_nobody() -> None:
    # Not the last one of a run: then the next one asked for would be its neighbour.
    while (port := free_port() + 1) % PORTS_IN_A_RUN == 0:
        pass
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", port))

        assert free_port() != port
