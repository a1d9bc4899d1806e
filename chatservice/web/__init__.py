"""Everything that speaks HTTP or WebSocket: blueprints by reader, frames, access, headers, limits and views."""
