"""All that is known of an environment, as one HTML page. Pure, but for the files that `source` reads."""
