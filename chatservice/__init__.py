"""The chat service of a support helpline: carries sealed envelopes between two browsers and forgets them.

Start reading in `app.py` (the only module that knows every part) and in docs/architecture.md.
"""
