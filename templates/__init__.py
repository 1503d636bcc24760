"""What is deployed: one module a stack. Modules that start with an underscore are shared by several."""
