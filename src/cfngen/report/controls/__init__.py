"""Evidence for the controls of CIS, FSBP, SOC 2, ISO 27001, HIPAA and GDPR, from templates and claims.

prowler.json    which checks of prowler belong to which control; made by tools/controls.py
mapping.py      the same as dataclasses, with source, commit, licence and date
stacks.py       the resources of all stacks, as the rows ask for them
row.py          what in a template shows what a check looks at
rows/           the rows, one module a subject
subjects.py     what each control is about, in our own words
evidence.py     each control's evidence: pure

Evidence is for a control, never proof that somebody complies: what is outside of the stacks is not seen here.
"""
