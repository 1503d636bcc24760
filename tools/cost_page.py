"""Write docs/cost.md: what each environment of deployments/ costs, and the answer to "about 0.05 a month".

python tools/cost_page.py
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from cfngen.cli.costing import account_of, usage_of
from cfngen.cost.estimate import CostLine, Estimate, estimate
from cfngen.cost.prices import table
from cfngen.present.cost import dollars, markdown
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

Other numbers stand in a file usage.yaml beside an environment's `environment.yaml`, or in the file of
`--usage`. Each of the assumptions below may be in it, as one number or as three; `resources` says what one
resource uses (`gb`, `puts` and `gets` of a bucket, `gb` of an image repository, `log_gb` of a log group,
`minutes` of a build project):

```yaml
management_events: 350000
queries: {low: 10, expected: 80, high: 400}
resources:
  artifact-stores/DataBucket: {gb: 40, gets: 200000}
```

Not in any sum: tax, support, credits, data transfer, and what people and workloads make beside these stacks
(clusters, training jobs, endpoints). AWS gives each free allowance once to an account or organization, so two
environments in one account share it. An account made since 15 July 2025 has credits instead of the free tier
of 12 months; the allowances below are those that never end.
"""

CLAIM = """## "About 0.05 US dollars a month"

That is what the team's own page says the audit trail costs. Each line of the page, and what it comes to for
{environment} as expected; its prices are those of us-east-1:

| line of the page | its price | price in {region} | here, US dollars a month |
| --- | ---: | ---: | ---: |
{lines}

What the page leaves out, of the stacks that record, ask and watch:

| what | US dollars a month |
| --- | ---: |
{rest}

{note}
"""

NOTE = """Both together, before rounding: {total}. Log files are a few KB each, and S3 moves no object under
128 KB to another class unless the bucket asks for that: all of the storage stays in Standard, so Standard-IA,
Glacier and Deep Archive come to nothing. The page's 0.004 is the price of Glacier Instant Retrieval; its rule
names Glacier Flexible Retrieval (0.0036 in us-east-1). ? marks a price that was not seen for {region}: it is
that of another Region. Not decided: whether CloudTrail's delivery to CloudWatch Logs costs 0.25 a GB more
(guides quote that from AWS's page; the price list and the invoice that were seen do not have it)."""

# What the page counts, its price, and the keys of the price table that this stands for.
LINES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("storage of log files, Standard, a GB-month", "0.023", ("s3.storage.standard",)),
    ("storage after 30 days, Standard-IA, a GB-month", "0.0125", ("s3.storage.standard-ia",)),
    ("storage after 90 days, Glacier, a GB-month", "0.004", ("s3.storage.glacier", "s3.storage.glacier-ir")),
    ("storage after 365 days, Deep Archive, a GB-month", "0.00099", ("s3.storage.deep-archive",)),
    ("data events, 100,000", "0.10", ("cloudtrail.data",)),
    ("Insights, 100,000 events analysed for each type", "0.35", ("cloudtrail.insights.management",)),
    ("management events, first copy", "free", ("cloudtrail.management.copy",)),
)
STACKS = ("audit-trail", "audit-alarms", "audit-queries", "compliance")


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
    trail = [line for line in found.lines if line.stack == "audit-trail"]
    counted = {key for _, _, keys in LINES for key in keys}
    lines, together = [], Decimal(0)
    for what, price, keys in LINES:
        usd = _sum(line for line in trail if line.key in keys)
        together += usd
        lines.append(f"| {what} | {price} | {_price(keys[0], found.region)} | {dollars(usd)} |")
    lines.append(f"| **together** | **0.05** | | **{dollars(together)}** |")
    rest, more = [], Decimal(0)
    for stack in STACKS:
        left_out = [line for line in found.lines if line.stack == stack]
        left_out = [line for line in left_out if stack != "audit-trail" or line.key not in counted]
        for key in dict.fromkeys(line.key for line in left_out):
            of_key = [line for line in left_out if line.key == key]
            usd = _sum(of_key)
            more += usd
            if usd >= Decimal("0.005"):
                mark = "" if all(line.confirmed for line in of_key) else " ?"
                rest.append(f"| {_title(of_key[0])} (`{stack}`){mark} | {dollars(usd)} |")
    rest.append(f"| **together, with what is less than a cent** | **{dollars(more)}** |")
    return CLAIM.format(
        environment="dev",
        region=found.region,
        lines="\n".join(lines),
        rest="\n".join(rest),
        note=NOTE.format(total=dollars(together + more), region=found.region),
    )


def _sum(lines: Iterable[CostLine]) -> Decimal:
    return sum((line.usd.expected for line in lines), Decimal(0))


def _price(key: str, region: str) -> str:
    """The price of the first tier, marked where it was not seen for the Region."""
    if key == "cloudtrail.management.copy":
        return "free"
    price = table().price(key, region)
    if price is None:
        return "not known"
    mark = "" if price.confirmed else " ?"
    return f"{price.tiers[0][1]}{mark}"


def _title(line: CostLine) -> str:
    return f"{line.price.service}: {line.item}" if line.price else line.item


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
