"""The page: a line for each stack, then what changes, then the sums."""

from __future__ import annotations

from cfngen.present.layout.lines import text_of
from cfngen.present.layout.page import Block, Item, Page, Permissions, Value, page_lines, place
from cfngen.present.style import Plain


def shown(page: Page, width: int = 100) -> str:
    return text_of(page_lines(page), Plain(), width)


REPLACED = Item(
    "replace",
    "ClusterRole",
    "AWS::IAM::Role",
    values=(Value("RoleName", "cluster-role", "control-plane-role"),),
    sentences=("only a new resource can have another RoleName", "the old resource is deleted"),
    blocked="protected; allow it with --allow-replace ClusterRole",
)


def test_a_page_reads_like_this() -> None:
    page = Page(
        place("dev", "111122223333", "ap-southeast-1"),
        (
            Block(
                "audit-trail", "1.0.0 -> 1.1.0", items=(Item("change", "A", "T"), Item("change", "B", "T"))
            ),
            Block(
                "platform-roles",
                "1.0.0 -> 2.0.0",
                items=(REPLACED,),
                permissions=Permissions(wider=1),
                blocked=True,
            ),
        ),
        same=("one", "two", "three"),
    )
    assert shown(page).splitlines() == [
        "dev · account 111122223333 · ap-southeast-1",
        "  audit-trail     1.0.0 -> 1.1.0  2 to change",
        "  platform-roles  1.0.0 -> 2.0.0  1 to replace, 1 wider   BLOCKED",
        "  3 stacks: no change",
        "",
        "audit-trail  1.0.0 -> 1.1.0",
        "  ~   A  T",
        "  ~   B  T",
        "",
        "platform-roles  1.0.0 -> 2.0.0",
        "  -/+ ClusterRole  AWS::IAM::Role  replace",
        "        RoleName  cluster-role -> control-plane-role",
        "        only a new resource can have another RoleName",
        "        the old resource is deleted",
        "        BLOCKED: protected; allow it with --allow-replace ClusterRole",
        "",
        "Plan: 0 to add, 2 to change, 1 to replace, 0 to delete. Permissions: 1 wider, 0 narrower. "
        "1 blocked.",
    ]


def test_many_additions_of_one_type_share_a_line() -> None:
    items = tuple(Item("add", f"Alarm{number}", "AWS::CloudWatch::Alarm") for number in range(20))
    text = shown(Page("dev", (Block("alarms", items=items),)), 100)
    assert "  +   20 AWS::CloudWatch::Alarm (Alarm0, Alarm1, Alarm2, Alarm3, Alarm4, and 15 more)" in text
    assert len(text.splitlines()) < 8
    whole = shown(Page("dev", (Block("alarms", items=items, full=True),)), 80)
    assert all(item.name in whole for item in items)
    assert "Plan: 20 to add, 0 to change" in text


def test_what_is_rare_is_summed_where_there_is_some() -> None:
    items = (
        Item("keep", "Bucket", "T"),
        Item("maybe-replace", "X", "T", certain=False),
        Item("import", "Y", "T"),
    )
    text = shown(
        Page("dev", (Block("a", items=(*items, Item("nothing", "P", "parameter", counted=False))),)), 200
    )
    assert "0 to delete, 1 to leave in the account" in text
    assert "1 maybe to replace" in text
    assert "1 to import" in text
    assert "without effect" not in text


def test_data_loss_and_doubt_are_words() -> None:
    item = Item("delete", "Table", "AWS::DynamoDB::Table", loses_data=True, certain=False)
    assert "  -   Table  AWS::DynamoDB::Table  delete (maybe)  DATA LOSS" in shown(
        Page("x", (Block("a", items=(item,)),))
    )
