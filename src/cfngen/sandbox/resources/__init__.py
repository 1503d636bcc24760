"""The CloudFormation resource types that are added to MiniStack, one module a subject."""
