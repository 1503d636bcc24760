"""Generate the CloudFormation templates of out/ from the definitions of templates/, and lint them."""

import os
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(ROOT, "src"))

if __name__ == "__main__":
    from cfngen.generate import fresh

    if not sys.argv[1:] and (said := fresh.told(ROOT)):
        print(said)
    else:
        from cfngen.cli.main import process

        sys.exit(process(["--project", ROOT, "generate", *sys.argv[1:]]))
