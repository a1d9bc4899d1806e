"""What must vanish, shared by several service processes: the adapters on Valkey.

Read `connection.py`, then `store.py`.
"""
