"""What CloudTrail leaves in its bucket: where files lie, what digests promise about them. Pure."""
