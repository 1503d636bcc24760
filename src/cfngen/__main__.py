"""`python -m cfngen`, and the `cfngen` command; an interruption while it is loaded is quiet, too."""

import sys

INTERRUPTED = 130


def main() -> int:
    """Run the command; returns the exit code."""
    try:
        from cfngen.cli.main import process

        return process()
    except KeyboardInterrupt:
        return INTERRUPTED
    except RuntimeError as error:
        # While a class is made, as in an import, Python wraps it.
        if isinstance(error.__cause__, KeyboardInterrupt):
            return INTERRUPTED
        raise


if __name__ == "__main__":
    sys.exit(main())
