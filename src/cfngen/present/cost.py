"""An estimate as text, Markdown and JSON, and what a change adds to it in one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cfngen.cost.change import CostChange
from cfngen.cost.estimate import CostLine, Estimate
from cfngen.cost.prices import table
from cfngen.cost.quantity import NOTHING, Quantity, total
from cfngen.cost.usage import ASSUMPTIONS, OWN, Usage
from cfngen.present import FORMAT_VERSION, visible
from cfngen.present.style import Palette

_UNCONFIRMED = "?"
ALLOWANCES = (
    "each free allowance is given once to an account or organization, and price tiers count for all of it, "
    "not for each environment"
)
ROUNDING = "amounts are added up first and rounded to the cent then"


def text(
    estimate: Estimate, environment: str, collected: str, usage: Usage, palette: Palette, *, details: bool
) -> str:
    """The estimate for a person: a block a stack, the sums, what the numbers rest on.

    Arguments:
        details: show every resource rather than every kind of charge.
    """
    rows: list[tuple[str, Quantity | None]] = []
    for stack in dict.fromkeys(line.stack for line in estimate.lines):
        rows.append((stack, estimate.of_stack(stack)))
        for name, usd, lines in _charges(estimate, stack, details=details):
            rows.append((f"  {name}", usd))
            rows += [(f"      {_basis(line)}", None) for line in lines if details]
    rows.append(("at list prices", estimate.usd))
    rows += [
        (f"  free: {allowance.price.free_note.split(', ')[0]}", NOTHING - allowance.usd)
        for allowance in estimate.allowances
    ]
    rows.append(("if nothing else uses the free allowances", estimate.usd_after_allowances))
    width = max(len(name) for name, usd in rows if usd is not None) + 1
    assumed = used(estimate, usage)
    broad = max((len(name) for name, _, _ in assumed), default=0)
    head = f"{environment} · {estimate.region} · prices collected {collected}, before tax"
    column = max(9, *(len(dollars(case)) for _, cases in rows for case in cases or ())) + 1
    heads = _cells(("low", "expected", "high"), column)
    shown = [palette.colour(head, "bold"), f"{'US dollars a month':<{width}}{heads}", ""]
    for name, cases in rows:
        line = name if cases is None else f"{name:<{width}}{_cells(map(dollars, cases), column)}"
        shown.append(line if name.startswith(" ") else palette.colour(line, "bold"))
    shown += ["", *notes(estimate)]
    if assumed:
        shown += ["", f"assumptions (change them in deployments/{environment}/usage.yaml):"]
    shown += [f"  {name:<{broad}} {_cases(quantity):<28} {meaning}" for name, quantity, meaning in assumed]
    return visible.lines(shown)


def markdown(
    estimate: Estimate, environment: str, collected: str, usage: Usage, *, details: bool = False
) -> str:
    """The estimate for a page: tables of stacks, charges and assumptions.

    Arguments:
        details: show every resource rather than every kind of charge, with what it rests on.
    """
    lines = [
        f"## {environment}: {dollars(estimate.usd.expected)} US dollars a month in {estimate.region}",
        "",
        f"Between {dollars(estimate.usd.low)} and {dollars(estimate.usd.high)}; "
        f"{dollars(estimate.usd_after_allowances.expected)} where nothing else uses AWS's free allowances. "
        f"Prices collected {collected}, before tax.",
        "",
        "| stack | what is charged | low | expected | high |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for stack in dict.fromkeys(line.stack for line in estimate.lines):
        lines.append(f"| **{stack}** | | {_row(estimate.of_stack(stack), '**')} |")
        for name, usd, charged in _charges(estimate, stack, details=details):
            basis = f": {_basis(charged[0])}" if details else ""
            lines.append(f"| | {name}{basis} | {_row(usd)} |")
    lines += ["", *(f"- {note}" for note in notes(estimate)), ""]
    assumed = used(estimate, usage)
    if assumed:
        lines += ["| assumption | low | expected | high | meaning |", "| --- | ---: | ---: | ---: | --- |"]
    for name, quantity, meaning in assumed:
        numbers = " | ".join(plain(case) for case in quantity)
        lines.append(f"| `{name}` | {numbers} | {meaning} |")
    return visible.lines(lines) + "\n"


def document(estimate: Estimate, environment: str, collected: str, usage: Usage) -> dict[str, Any]:
    """The estimate as data, in the format of `cost.schema.json`."""
    return {
        "format_version": FORMAT_VERSION,
        "environment": environment,
        "region": estimate.region,
        "currency": "USD",
        "prices_collected": collected,
        "usd": _json(estimate.usd),
        "usd_after_allowances": _json(estimate.usd_after_allowances),
        "lines": [_line(line, estimate.region) for line in estimate.lines],
        "allowances": [
            {"item": each.price.item, "note": each.price.free_note, "usd": _json(each.usd)}
            for each in estimate.allowances
        ],
        "not_modelled": [
            {"stack": each.stack, "logical_id": each.logical_id, "type": each.type}
            for each in estimate.unmodelled
        ],
        "free_resources": estimate.free,
        "assumptions": {name: _json(quantity) for name, quantity, _ in used(estimate, usage)},
        "sources": {name: dict(source) for name, source in _sources(estimate).items()},
    }


def change_document(change: CostChange) -> dict[str, Any]:
    """What a change adds to the bill, as data."""
    return {
        "usd": _json(change.usd),
        "items": [
            {
                "service": item.service,
                "item": item.item,
                "stacks": list(item.stacks),
                "usd": _json(item.usd),
                "confirmed": item.confirmed,
            }
            for item in change.items
        ],
        "not_modelled": list(change.unmodelled),
        "no_price": list(change.unpriced),
        "retained": list(change.retained),
    }


def change_sentence(change: CostChange) -> str:
    """What a change adds to the bill, in one sentence. The three greatest changes are named."""
    named = [
        f"{_signed(item.usd)} {item.service}, {item.item}"
        f"{'' if item.confirmed else ' (price not confirmed)'}, in {', '.join(item.stacks)}"
        for item in change.items[:3]
    ]
    more = [f"{len(change.items) - 3} more"] if len(change.items) > 3 else []  # noqa: PLR2004
    hidden = not all(item.confirmed for item in change.items[3:])
    more += ["some of these prices are not confirmed"] if hidden else []
    unknown = [f"not modelled: {', '.join(change.unmodelled)}"] if change.unmodelled else []
    unknown += [f"without a price, so not counted: {', '.join(change.unpriced)}"] if change.unpriced else []
    kept = [f"stays in the account and is charged as before: {', '.join(change.retained)}"]
    why = "; ".join([*named, *more, *unknown, *(kept if change.retained else [])])
    return f"{_signed(change.usd)} USD a month{': ' if why else ''}{why}"


def _charges(
    estimate: Estimate, stack: str, *, details: bool
) -> Iterator[tuple[str, Quantity, list[CostLine]]]:
    groups: dict[tuple[str, ...], list[CostLine]] = {}
    for line in estimate.lines:
        if line.stack == stack:
            key = (line.key, line.logical_id) if details else (line.key,)
            groups.setdefault(key, []).append(line)
    for lines in groups.values():
        first = lines[0]
        mark = "" if all(line.confirmed for line in lines) else f" {_UNCONFIRMED}"
        place = f" ({first.logical_id})" if details or len(lines) == 1 else f" ({len(lines)} resources)"
        yield f"{first.item}{place}{mark}", total([line.usd for line in lines]), lines


def _basis(line: CostLine) -> str:
    """How much of what, its price, how surely that was seen, and when."""
    price = line.price
    amounts = [f"{case:,.0f}" if case >= 1000 else plain(_short(case)) for case in line.quantity]  # noqa: PLR2004
    amount = " / ".join(dict.fromkeys(amounts))
    if price is None:
        return f"{amount}; no price"
    bound, usd = price.tiers[0]
    first = "" if bound is None else f" for the first {plain(bound)}"
    per = f"{price.per:,}" if price.per > 1 else "1"
    return (
        f"{price.unit}: {amount}; {usd} US dollars for {per}{first}; "
        f"confidence {price.confidence}, {price.date}"
    )


def _short(number: Decimal) -> Decimal:
    """Three digits of it.

    >>> _short(Decimal("0.0055879")), _short(Decimal("16.76"))
    (Decimal('0.00559'), Decimal('16.8'))
    """
    return Decimal(f"{number:.3g}")


def notes(estimate: Estimate) -> Iterator[str]:
    """What a reader must know of the sums: unconfirmed and missing prices, what is not modelled."""
    if any(line.price is not None and not line.confirmed for line in estimate.lines):
        told = f"{_UNCONFIRMED} the price was not seen for {estimate.region}; it is that of another Region"
        yield told
    for line in {line.item: line for line in estimate.unpriced}.values():
        yield f"{_UNCONFIRMED} {line.item}: there is no price for {estimate.region}, so it counts nothing"
    yield from dict.fromkeys(line.note for line in estimate.lines if line.note)
    if estimate.unmodelled:
        types = ", ".join(dict.fromkeys(each.type for each in estimate.unmodelled))
        yield f"not modelled, so not in the sums: {types}"
    yield f"{estimate.free} resources are free by themselves"
    if estimate.allowances:
        yield ALLOWANCES
    yield ROUNDING


def used(estimate: Estimate, usage: Usage) -> list[tuple[str, Quantity, str]]:
    """The assumptions behind the estimate: name, number, meaning; those of single resources last."""
    names = dict.fromkeys(name for line in estimate.lines for name in line.assumptions)
    general = [(name, usage.get(name), each.meaning) for name, each in ASSUMPTIONS.items() if name in names]
    own = [name for name in names if name not in ASSUMPTIONS]
    return general + [(name, usage.get(name), OWN[name.rpartition(" ")[2]].meaning) for name in own]


def _sources(estimate: Estimate) -> Mapping[str, Mapping[str, str | None]]:
    """What the sources of the prices are, by name."""
    names = {name for line in estimate.lines if line.price for name in line.price.sources}
    return {name: source for name, source in table().sources.items() if name in names}


def _line(line: CostLine, region: str) -> dict[str, Any]:
    price = line.price
    return {
        "stack": line.stack,
        "logical_id": line.logical_id,
        "type": line.type,
        "item": line.item,
        "quantity": _json(line.quantity),
        "unit": price.unit if price else None,
        "price": price
        and {
            "key": price.key,
            "service": price.service,
            "region": region,
            "per": price.per,
            "tiers": [[None if bound is None else float(bound), float(usd)] for bound, usd in price.tiers],
            "free": float(price.free),
            "confidence": price.confidence,
            "confirmed": line.confirmed,
            "sources": list(price.sources),
            "date": price.date,
            "note": price.note or None,
        },
        "usd": _json(line.usd),
        "assumptions": list(line.assumptions),
        "note": line.note or None,
    }


def _json(quantity: Quantity) -> Mapping[str, float]:
    return {name: round(float(case), 10) + 0.0 for name, case in quantity._asdict().items()}


def _cells(cells: Iterable[str], broad: int) -> str:
    return "".join(f"{cell:>{broad}}" for cell in cells)


def _row(quantity: Quantity, style: str = "") -> str:
    return " | ".join(f"{style}{dollars(case)}{style}" for case in quantity)


def dollars(amount: Decimal) -> str:
    """An amount with two decimals, half a cent rounded up as on an invoice.

    >>> dollars(Decimal("1234.567")), dollars(Decimal("-0.001")), dollars(Decimal("0.125"))
    ('1,234.57', '0.00', '0.13')
    """
    cents = amount.scaleb(2).to_integral_value(ROUND_HALF_UP).scaleb(-2)
    return f"{cents if cents else Decimal(0):,.2f}"


def _signed(usd: Quantity) -> str:
    """What is expected, with its sign; less than half a cent with its first digit, and what it may become.

    >>> _signed(Quantity.of("-4.196")), _signed(Quantity.of("0.0000004")), _signed(Quantity.of(0))
    ('-4.20', '+0.0000004', '+0.00')
    >>> _signed(Quantity(Decimal(0), Decimal(0), Decimal(3)))
    '+0.00 (up to +3.00)'
    """
    text = dollars(abs(usd.expected))
    if text == "0.00" and usd.expected:
        text = f"{Decimal(f'{abs(usd.expected):.0e}'):f}"
    sign = "-" if usd.expected < 0 else "+"
    most = max(usd.low, usd.high, key=abs)
    open_ended = dollars(usd.expected) == "0.00" != dollars(most)
    return f"{sign}{text}" + (
        f" (up to {'-' if most < 0 else '+'}{dollars(abs(most))})" if open_ended else ""
    )


def _cases(quantity: Quantity) -> str:
    if quantity.low == quantity.high:
        return plain(quantity.expected)
    return " / ".join(plain(case) for case in quantity)


def plain(number: Decimal) -> str:
    """A number without an exponent or trailing zeros.

    >>> plain(Decimal("200000")), plain(Decimal("0.10"))
    ('200,000', '0.1')
    """
    return f"{number.normalize():,f}"
