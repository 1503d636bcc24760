"""Python definitions to versioned, linted CloudFormation templates, deployed as reviewed change sets."""

__version__ = "0.1.0"
