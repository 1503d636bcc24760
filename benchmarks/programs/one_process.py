"""A cfngen command on one core, so that its instructions are all counted: `one_process.py COMMAND …`."""

import os
import sys

from cfngen.cli import main

if __name__ == "__main__":
    os.cpu_count = lambda: 1
    sys.exit(main.main(sys.argv[1:]))
