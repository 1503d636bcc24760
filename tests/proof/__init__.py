"""Proof that what is deployed permits what is needed and nothing else, by judges that are not ours."""
