"""The API calls of `calls.py`, made as a script would: `by_hand.py FILE [SIDE BY SIDE]`. Nothing is shown."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.exceptions import ClientError


def main(path: str, side_by_side: int) -> None:
    with open(path, encoding="utf-8") as lines:  # noqa: PTH123 - as a script would
        calls = [json.loads(line) for line in lines]
    clients = {}
    for service, region, *_ in calls:
        if (service, region) not in clients:
            clients[service, region] = boto3.client(service, region_name=region)

    def make(call: list[Any]) -> None:
        service, region, operation, parameters = call
        client = clients[service, region]
        method = next(name for name, api in client.meta.method_to_api_mapping.items() if api == operation)
        try:
            answer = getattr(client, method)(**parameters)
        except ClientError:
            return  # a stack that is not there yet
        if operation == "GetObject":
            answer["Body"].read()

    if side_by_side == 1:
        for call in calls:
            make(call)
    else:
        with ThreadPoolExecutor(side_by_side) as pool:
            list(pool.map(make, calls))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
