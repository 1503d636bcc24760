"""How a difference between two templates is shown: to a person, on a pull request, to a program."""
