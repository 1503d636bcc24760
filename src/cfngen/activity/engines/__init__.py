"""Who answers: DuckDB on this machine, or Athena in the account."""
