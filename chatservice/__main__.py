"""`python -m chatservice`: the command line."""

import sys

from chatservice.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
