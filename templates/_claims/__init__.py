"""What each stack promises beyond its template, judged by an IAM evaluator and, in the account, by verify.

One module a stack, of the same name. `table.py` is how a line of who may do what is written.
"""
