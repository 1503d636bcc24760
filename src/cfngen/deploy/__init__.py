"""out/ -> an account: change sets made, explained, executed, followed.

    request.py               what is asked for: verified bytes, checked parameters, tags, protection
    stack.py, status.py      a stack as it is, and what its status allows; nothing else knows status strings
    flow.py                  one stack: plan -> confirm -> execute -> follow -> protect
    stack_run.py, trail.py   what every step of that needs, and what it would leave if it were cut short
    outcome.py               how it ended, as values
    overview.py, last_change.py  how an environment stands, and who changed its stacks last
    changeset/               change sets: made, found again, read, judged, deleted
    adoption/                what was made by hand, found, described, imported
    operation/               operations: executed, followed, explained, recovered from
    destroy/                 stacks deleted, and what they leave in the account
    protect.py               termination protection and stack policy
    drift.py                 what was changed by hand
    bucket.py, publish.py    templates in a bucket, links and files that fill in their values
    planning.py              the plan of an environment, for programs

A step that takes time is a generator: it yields the seconds it wants to wait, `aws/scheduler.py` waits.
"""
