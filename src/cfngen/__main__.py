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
    except ModuleNotFoundError as error:
        sys.stderr.write(f"error: {sys.executable} has no module {error.name}\n  install cfngen with pip\n")
        return 1
    except RuntimeError as error:
        # While a class is made, as in an import, Python wraps it.
        if isinstance(error.__cause__, KeyboardInterrupt):
            return INTERRUPTED
        raise


if __name__ == "__main__":
    sys.exit(main())
