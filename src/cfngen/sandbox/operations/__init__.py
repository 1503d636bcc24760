"""The API operations that are added to MiniStack, one module a service."""
