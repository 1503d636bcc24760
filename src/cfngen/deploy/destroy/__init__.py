"""Stacks deleted, and what they leave in the account.

removal.py      what the deletion of a deployed stack deletes, what stays, what data is lost
holding.py      what a resource holds: objects, log events, images
order.py        which stack goes before which, and which one must not go at all
flow.py         one stack: protection lifted, deleted, followed, protected again where that failed
leftovers.py    what deleted stacks have left
erase.py        a leftover deleted
bucket.py       a bucket emptied and deleted
"""
