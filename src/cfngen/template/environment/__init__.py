"""A deployment file, checked, and its values put into a template."""
