"""Our own rules, as cfn-lint rules: one a file, each with its reason and source.

Ids are in the range that cfn-lint keeps for its users, 9000 to 9999, from 9501 on: a file of one-line custom
rules (`cfn-lint --custom-rules`) takes 9001 and what follows. An E is an error, a W a warning, an I for
information. `cfn-lint --append-rules src/cfngen/lint/rules` runs them without cfngen.
https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md

Modules whose names begin with an underscore hold what rules share; cfn-lint leaves them alone.
"""
