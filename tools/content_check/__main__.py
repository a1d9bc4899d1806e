"""`python -m tools.content_check [content]`: say what is wrong with the content, and end with 1 when something is."""

import argparse
import sys
from pathlib import Path

from tools.content_check import check


def main() -> int:
    """Check the folder, print the findings and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.content_check",
        description="Kontrollerar sidor och datafiler. Fel stoppar publicering, råd gör det inte.",
    )
    parser.add_argument("content", nargs="?", default="content", type=Path, help="mappen med innehållet")
    findings = check(parser.parse_args().content)
    print(findings.report())
    return 1 if findings.errors else 0


if __name__ == "__main__":
    sys.exit(main())
