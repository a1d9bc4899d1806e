"""Adapters for what must vanish: conversations, queue, seats, duty and presence. Nothing here touches a disk."""
