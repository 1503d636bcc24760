"""Who may do what with what, for all stacks of one environment together. Pure.

model.py        rows, columns, cells and their proof
patterns.py     IAM's wildcards: what matches, what two patterns have in common
statements.py   a policy's statements, as they are judged
account.py      who holds which statements, what guards which resource, read from the templates
conditions.py   condition operators, on values that are known
decide.py       one request, decided as IAM decides it
situations.py   the situations that tell apart what policies say of a request
actions.py      the kinds of use for each resource type, with the actions that show them
claims.py       the claims about its cells
matrix.py       all of it as one table
"""
