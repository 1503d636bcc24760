"""Saved queries of Athena and CloudWatch Logs, and the Glue tables they ask."""

from __future__ import annotations

from cfngen.sandbox.calls import call
from cfngen.sandbox.resources.kinds import Completion, Properties, ResourceType

_NAMED_QUERY = ("Name", "Database", "Description", "QueryString", "WorkGroup")


def _create_named_query(name: str, given: Properties) -> str:
    fields = {field: given[field] for field in _NAMED_QUERY if field in given}
    identifier: str = call("athena", "CreateNamedQuery", **{"Name": name, **fields})["NamedQueryId"]
    return identifier


def _delete_named_query(identifier: str, _: Properties) -> None:
    call("athena", "DeleteNamedQuery", NamedQueryId=identifier)


def _create_definition(name: str, given: Properties) -> str:
    identifier: str = call("logs", "PutQueryDefinition", **{"Name": name, **given})["queryDefinitionId"]
    return identifier


def _put_definition(identifier: str, new: Properties, _: Properties) -> None:
    call("logs", "PutQueryDefinition", QueryDefinitionId=identifier, **new)


def _delete_definition(identifier: str, _: Properties) -> None:
    call("logs", "DeleteQueryDefinition", queryDefinitionId=identifier)


TYPES = (
    Completion("AWS::Glue::Table", create_only=("CatalogId", "DatabaseName", "Name")),
    ResourceType(
        "AWS::Athena::NamedQuery",
        create=_create_named_query,
        configure=lambda _id, _new, _old: None,
        delete=_delete_named_query,
        attributes=lambda identifier, _: {"NamedQueryId": identifier},
        create_only=_NAMED_QUERY,
    ),
    ResourceType(
        "AWS::Logs::QueryDefinition",
        create=_create_definition,
        configure=_put_definition,
        delete=_delete_definition,
        attributes=lambda identifier, _: {"QueryDefinitionId": identifier},
    ),
)
