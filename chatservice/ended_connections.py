"""Lets a connection of Hypercorn's leave nothing behind when it has ended.

Its server, protocol and writer hold each other, thirty objects and 10 KiB for a page that was read in a moment, until
the garbage collector looks through everything; and everybody waits while it does. Knows Hypercorn; `server.py` puts it
in place.
"""
# Hypercorn's types are not complete:
# pyright: reportUnknownMemberType=false

from hypercorn.asyncio.tcp_server import TCPServer


class EndingServer(TCPServer):
    """One connection, which lets go of everything at its end."""

    async def run(self) -> None:
        """Serve until it is over. Nothing of it is asked afterwards: its task group has ended with it."""
        try:
            await super().run()
        finally:
            self.__dict__.clear()
