"""What a module of templates/ is written with: stacks, parameters, policies, recipes, suppressions.

Importing the package installs the stand-in of `define.fast_imports`, so that troposphere is imported without
PyYAML, whichever module needs it first.
"""

from cfngen.define import fast_imports

fast_imports.install()
