"""Write docs/cost.md: what each environment of deployments/ costs, and the answer to "about 0.05 a month".

python tools/cost_page.py
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from cfngen.cli.costing import account_of, usage_of
from cfngen.cost.estimate import CostLine, Estimate, estimate
from cfngen.cost.prices import table
from cfngen.present.cost import markdown
from cfngen.project import Project
from cfngen.template.environment.deployment_file import environments

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "cost.md"

HEAD = """# What the stacks cost

Made by `python tools/cost_page.py` from `out/`, the values of `deployments/` and the price table of cfngen;
`cfngen cost --env ENV` prints the same for one environment, `--details` resource by resource. Each price has
its Region, source, date and confidence in `src/cfngen/cost/prices.json`; `tools/prices.py` renews the table
from the AWS price list. How much is used is assumed: the assumptions stand below each estimate, and
`cfngen cost --env ENV --usage FILE` takes other numbers.
"""

CLAIM = """## "About 0.05 US dollars a month"

That is what the team's own page says the audit trail costs. Its prices are those of us-east-1, and it counts
the storage of log files, data events and Insights alone. Line by line, for {environment} as expected:

| what | counted there | here, US dollars a month |
| --- | --- | ---: |
"""

# What the page counts, by the keys of the price table; everything else is left out there.
COUNTED = ("s3.storage", "cloudtrail.data", "cloudtrail.insights", "cloudtrail.management")


def page() -> str:
    """The page, in Markdown."""
    project = Project(ROOT)
    prices = table()
    parts, dev = [HEAD], None
    for where in environments(project):
        usage = usage_of(project, where, None)
        found = estimate(account_of(project, where, usage), prices, where.region)
        parts.append(markdown(found, where.name, prices.collected, usage))
        dev = found if where.name == "dev" else dev
    if dev is not None:
        parts.insert(1, _claim(dev))
    return "\n".join(parts)


def _claim(found: Estimate) -> str:
    rows = []
    for stack in ("audit-trail", "audit-alarms", "audit-queries", "compliance"):
        for key in dict.fromkeys(line.key for line in found.lines if line.stack == stack):
            lines = [line for line in found.lines if line.stack == stack and line.key == key]
            usd = sum((line.usd.expected for line in lines), Decimal(0))
            if usd >= Decimal("0.005"):
                rows.append((stack, lines[0], usd))
    text = CLAIM.format(environment="dev")
    for stack, line, usd in rows:
        counted = "yes" if stack == "audit-trail" and line.key.startswith(COUNTED) else "no"
        text += f"| {_title(line)} (`{stack}`) | {counted} | {usd:,.2f} |\n"
    total = sum((usd for _, _, usd in rows), Decimal(0))
    return text + f"| **together** | | **{total:,.2f}** |\n"


def _title(line: CostLine) -> str:
    return f"{line.price.service}: {line.item}" if line.price else line.item


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
