"""Whether the account is what out/ promises: claims, each checked by calls that only read.

claims.py     a claim: a sentence, what it is about, how it is checked, what that needs
results.py    what became of it: holds, does not hold, not yet, cannot tell
generic.py    the claims that every template makes by itself
declared.py   the claims of out/<stack>.claims.json, with the deployment's values
world.py      the account and the deployed stacks, each call made once
run.py        all claims side by side
checks/       how each kind of claim is checked, one module a kind
chain/        CloudTrail's digest files: signatures, hashes, the links between them
"""
