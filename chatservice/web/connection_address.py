"""The address that a request or a handshake comes from: the only place that reads one. It is never kept.

Behind web servers of ours the peer's address is theirs. Each of them appends the address that it sees to
X-Forwarded-For, so with n of them (CHAT_PROXY_HOPS) the n-th from the right is what the outermost saw; everything
further left is what the visitor's own browser claims, and is not believed.
"""

from quart import Request, Websocket

from chatservice.plain_handshakes import PlainHandshake


def address_of(connection: Request | Websocket, proxy_hops: int) -> str:
    """Return the address, or an empty text when there is none to believe."""
    seen = connection.headers.getlist("X-Forwarded-For") if proxy_hops else []
    return _believed(connection.remote_addr or "", seen, proxy_hops)


def address_behind(handshake: PlainHandshake, peer: str, proxy_hops: int) -> str:
    """Return the same for a handshake that Quart has not seen, which came from this peer."""
    forwarded_for = handshake.headers.get("x-forwarded-for")
    return _believed(peer, [] if forwarded_for is None else [forwarded_for], proxy_hops)


def _believed(peer: str, forwarded_for: list[str], proxy_hops: int) -> str:
    if proxy_hops == 0:
        return peer
    seen = ",".join(forwarded_for).split(",")
    return seen[-proxy_hops].strip() if len(seen) >= proxy_hops else ""
