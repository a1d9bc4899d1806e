"""What the commands do, one module each. `cli.py` says which there are."""
