"""Definitions to bytes. The only importer of troposphere and awacs; never boto3.

Importing the wing installs the stand-in of `build.lean`, so that troposphere is imported without PyYAML,
whichever module needs it first.
"""

from cfngen.build import lean

lean.install()
