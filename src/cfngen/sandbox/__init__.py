"""An AWS to try things on: MiniStack on 127.0.0.1, completed with what our templates need.

    launcher.py     start one in a process of its own, know its address, stop it
    __main__.py     that process: `python -m cfngen.sandbox`
    guard.py        refuses what a web page sends, and turns off what runs code
    emulator.py     MiniStack with the additions below, in this process; the only importer of ministack
    calls.py        how a resource handler calls the emulator's own service APIs
    resources/      CloudFormation resource types
    operations/     API operations that MiniStack's services lack

Needs the extra: `pip install 'cfngen[sandbox]'`. What it cannot show is in docs/sandbox.md.
"""
