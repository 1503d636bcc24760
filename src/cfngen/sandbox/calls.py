"""How a resource handler reaches a service: as every client does, through the emulator's own API.

So a deployed resource is what its service's describe and get calls answer, and what botocore's service
model refuses (an unknown member, a wrong type) is refused here too, as the real handlers do.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.model import ListShape, MapShape, Shape, StructureShape
from ministack.core.responses import get_account_id, get_region

_SESSION = botocore.session.Session()
_CREATING = threading.Lock()


def call(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    """One API call for the account and Region that the current stack is deployed in.

    Arguments:
        service: botocore's name of it.
        operation: the API's name, `PutEventSelectors`.
        parameters: template values; None is left out, the rest is made to fit (see `fit`).

    Raises:
        botocore.exceptions.ClientError: the service refused.
        botocore.exceptions.ParamValidationError: the service model has no such parameter.
    """
    made = client(service)
    shape = made.meta.service_model.operation_model(operation).input_shape
    given = {name: value for name, value in parameters.items() if value is not None}
    method = next(py for py, api in made.meta.method_to_api_mapping.items() if api == operation)
    answer: dict[str, Any] = getattr(made, method)(**(fit(shape, given) if shape else {}))
    return answer


def client(service: str) -> Any:
    """A client of the account and Region that the current request is about."""
    return _client(service, get_account_id(), get_region())


def fitted(service: str, shape: str, value: Any) -> Any:
    """`value` as the named shape of a service, for state that no API operation reaches."""
    return fit(client(service).meta.service_model.shape_for(shape), value)


def fit(shape: Shape, value: Any) -> Any:
    """A template's value as the service model wants it.

    Templates write every name with a capital and take "365" or "true" for a number or a boolean, as
    parameters are strings; where an API wants a JSON document as text, a template may hold the object,
    and the other way round.

    >>> from botocore.model import ServiceModel
    >>> model = botocore.session.Session().get_service_model("config")
    >>> shape = model.shape_for("RecordingGroup")
    >>> fit(shape, {"AllSupported": "true"})
    {'allSupported': True}
    """
    if isinstance(shape, StructureShape) and isinstance(value, str):
        value = json.loads(value)
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        names = {name.lower(): name for name in shape.members}
        known = {names.get(name.lower(), name): item for name, item in value.items()}
        return {
            name: fit(shape.members[name], item) if name in shape.members else item
            for name, item in known.items()
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [fit(shape.member, item) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {name: fit(shape.value, item) for name, item in value.items()}
    return _scalar(shape.type_name, value)


def _scalar(kind: str, value: Any) -> Any:
    if kind == "boolean" and isinstance(value, str):
        return value.lower() == "true"
    if kind in {"integer", "long"} and isinstance(value, str):
        return int(value)
    if kind in {"float", "double"} and isinstance(value, str):
        return float(value)
    if kind == "string" and isinstance(value, bool):
        return str(value).lower()
    if kind == "string" and isinstance(value, int | float):
        return str(value)
    if kind == "string" and isinstance(value, Mapping | list):
        return json.dumps(value)
    return value


@lru_cache(maxsize=256)
def _client(service: str, account: str, region: str) -> Any:
    with _CREATING:  # botocore's sessions are not safe to create clients on side by side
        return _SESSION.create_client(
            service,
            region_name=region,
            endpoint_url=f"http://{os.environ['BIND_HOST']}:{os.environ['GATEWAY_PORT']}",
            # The account's own id as access key is its root user: what CloudFormation may do is not tested.
            aws_access_key_id=account,
            aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, proxies={}),
        )
