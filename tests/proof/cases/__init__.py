"""Who may and may not do what: one module a stack, each with `cases(here)`."""
