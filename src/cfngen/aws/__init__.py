"""One AWS account: its session, its calls, and steps that run side by side."""
