"""Python definitions to versioned, linted CloudFormation templates, deployed as reviewed change sets."""
