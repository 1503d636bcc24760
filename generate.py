"""Generate the CloudFormation templates of out/ from the definitions of templates/, and lint them."""

import os
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(ROOT, "src"))


def main() -> int:
    """The exit code of `cfngen generate` in this project."""
    from cfngen.generate import fresh

    if not sys.argv[1:] and (summary := fresh.last_summary(ROOT)):
        try:
            print(summary, flush=True)
        except OSError:
            pass  # the command line says what is wrong with the output
        else:
            return 0
    from cfngen.cli.main import process

    return process(["--project", ROOT, "generate", *sys.argv[1:]])


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - a plain `python3` may be any
        sys.exit("error: this Python is older than 3.11\n  run: make generate")
    try:
        sys.exit(main())
    except ModuleNotFoundError as error:
        sys.exit(f"error: {sys.executable} has no module {error.name}\n  run: make generate")
