"""What became of claims, for each reader: a person, a program, a build, a pull request."""
