"""How changes are laid out: one page for plan, diff, deploy, destroy and adopt."""
