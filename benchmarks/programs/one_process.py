"""A cfngen command on one core, so that its instructions are all counted: `one_process.py COMMAND …`."""

import os
import sys

from cfngen import cli

if __name__ == "__main__":
    os.cpu_count = lambda: 1
    sys.exit(cli.main(sys.argv[1:]))
