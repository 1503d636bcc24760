"""out/ -> an account: change sets made, explained, executed, followed; the only importer of botocore.

    request.py, verify.py    what is asked for: verified bytes, checked parameters, tags, protection
    account.py, calls.py     who and where; one API call, and what its failure means
    stack.py, status.py      a stack as it is, and what its status allows; nothing else knows status strings
    changeset.py, judge.py   a change set as dataclasses, and what it does in the words of `cfngen diff`
    create.py, read.py       change sets made and found again, read, deleted
    plan.py, deploy.py       the flow: plan -> confirm -> execute -> follow -> protect
    execute.py, protect.py   executed once; termination protection and stack policy
    follow.py, events.py     one operation to its end; progress and root cause
    run.py, trail.py         what a run needs, and what it would leave if it were cut short
    poller.py, clock.py      all stacks in one thread, each in its turn, in the order of their dependencies
    publish.py               templates in a bucket, each version once
    quick_create.py, template_configuration.py   values for the console, for CodePipeline
    explain.py, drift.py, recover.py, upload.py, remedies.py

A step that takes time is a generator: it yields the seconds it wants to wait, the poller does the waiting.
"""
