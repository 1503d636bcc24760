"""One module a command, and nothing else."""
