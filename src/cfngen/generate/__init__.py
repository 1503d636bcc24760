"""Definitions to templates: templates/ -> out/. Never an AWS account."""
