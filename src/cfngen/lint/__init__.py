"""Bytes to findings: cfn-lint's runner and this project's own rules, which are cfn-lint rules."""
