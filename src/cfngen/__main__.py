"""`python -m cfngen`."""

import sys

from cfngen.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
