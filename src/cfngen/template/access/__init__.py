"""Policies, and the permissions that a template gives."""
