"""What `cfngen destroy` deletes, what stays, and what became of it: pages and JSON."""
