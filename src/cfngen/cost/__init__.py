"""What stacks cost a month: templates with their values put in, usage, prices -> an estimate. Pure.

prices.py      the price table: per Region, with source, date and confidence
usage.py       what people and machines will do in a month: visible defaults, `usage.yaml`
account.py     the resources of an account-to-be, and what they send each other
models/        what each resource type is billed for; one file for each kind of service
estimate.py    all of it as lines, allowances and totals
change.py      what lies between two estimates
"""
