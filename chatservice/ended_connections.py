"""Lets a connection of Hypercorn's end when its peer has hung up, and leave nothing behind.

By itself it would stay for as long as an idle peer may, ten seconds, with a descriptor and 20 KiB. Then its server,
protocol and writer would hold each other, thirty objects for a page that was read in a moment, until the garbage
collector looks through everything; and everybody waits while it does. Knows Hypercorn; `server.py` puts it in place.
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

    async def _read_data(self) -> None:
        await super()._read_data()
        # Whoever has hung up asks for nothing more: nobody need wait for it.
        await self.idle_task.stop()
