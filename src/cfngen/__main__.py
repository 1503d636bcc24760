"""`python -m cfngen`."""

import sys

from cfngen.cli import main

if __name__ == "__main__":
    sys.exit(main())
