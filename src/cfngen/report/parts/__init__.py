"""The parts of the page: each module turns what is known into what its part shows, and draws nothing."""
