"""Mozilla's HTTP Observatory, run on this machine. Read __main__.py."""
