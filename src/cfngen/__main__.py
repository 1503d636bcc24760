"""`python -m cfngen`."""

import sys

from cfngen.cli.main import process

if __name__ == "__main__":
    sys.exit(process())
