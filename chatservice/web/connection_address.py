"""The address that a request or a handshake comes from: the only place that reads one. It is never kept.

Behind web servers of ours the peer's address is theirs. Each of them appends the address that it sees to
X-Forwarded-For, so with n of them (CHAT_PROXY_HOPS) the n-th from the right is what the outermost saw; everything
further left is what the visitor's own browser claims, and is not believed.
"""

from quart import Request, Websocket


def address_of(connection: Request | Websocket, proxy_hops: int) -> str:
    """Return the address, or an empty text when there is none to believe."""
    if proxy_hops == 0:
        return connection.remote_addr or ""
    seen = ",".join(connection.headers.getlist("X-Forwarded-For")).split(",")
    return seen[-proxy_hops].strip() if len(seen) >= proxy_hops else ""
