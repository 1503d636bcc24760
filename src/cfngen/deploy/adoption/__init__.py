"""What was made by hand, taken into the stack that describes it.

existing.py      which resources of a template have a fixed name, and which of those exist; owners
description.py   a resource as it is, in the template's terms, and how it differs; pure
importing.py     the template that takes in what exists and changes nothing; pure
"""
