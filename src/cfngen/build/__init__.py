"""Definitions to bytes. The only importer of troposphere and awacs; never boto3."""
