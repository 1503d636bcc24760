"""The API calls of `calls.py`, made as a script would: `by_hand.py FILE`. Nothing is read or shown."""

import json
import sys

import boto3
from botocore.exceptions import ClientError


def main(path: str) -> None:
    clients = {}
    with open(path, encoding="utf-8") as lines:  # noqa: PTH123 - as a script would
        calls = [json.loads(line) for line in lines]
    for service, operation, parameters in calls:
        if service not in clients:
            clients[service] = boto3.client(service)
        client = clients[service]
        method = next(name for name, api in client.meta.method_to_api_mapping.items() if api == operation)
        try:
            getattr(client, method)(**parameters)
        except ClientError:
            continue  # a stack that is not there yet


if __name__ == "__main__":
    main(sys.argv[1])
