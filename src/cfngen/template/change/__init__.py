"""What a change means: what differs, what becomes of the resources, which version comes next."""
