"""From where somebody comes, as coarsely as one can use it: one home, never one person, and never a server of ours.

Knows how addresses are written. Keeps none: whoever asks puts the answer into a keyed hash at once
(web/letter_limits.py, live/blocks.py).
"""

import ipaddress
from typing import Final

# Where a web server in front of us is, or an onion service: everybody comes from there, so it is nobody's home.
_OURS: Final = tuple(
    map(
        ipaddress.ip_network,
        ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"),
    )
)
_WIDTHS: Final = {4: 32, 6: 64}
"""One home has a whole /64 of the new addresses to choose from."""


def home_of(address: str) -> str | None:
    """Return the network that an address belongs to as one home has it; None for a server of ours or no address."""
    try:
        sender = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(sender, ipaddress.IPv6Address):
        sender = sender.ipv4_mapped or sender
    if any(sender in network for network in _OURS):
        return None
    return str(ipaddress.ip_network((sender, _WIDTHS[sender.version]), strict=False))
